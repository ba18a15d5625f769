//! The timelines of the write-ahead log. A restore to a point in time begins a new timeline, which contains the log of its
//! parent up to that point. The log after that point is abandoned, and so are the backups that end in it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The file of a base backup that names the files and the log that it needs.
pub(crate) const MANIFEST: &str = "backup_manifest";

/// The digits of a timeline at the beginning of the name of a segment.
const TIMELINE_DIGITS: usize = 8;

/// The end of a backup in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BackupEnd {
    timeline: u32,
    position: u64,
}

impl BackupEnd {
    /// Reads it from the manifest of a backup.
    pub(crate) fn read(backup: &Path) -> Result<Self, Error> {
        let path = backup.join(MANIFEST);
        let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        Self::parse(&text).ok_or(Error::Directory { path, reason: "it names no range of the log".into() })
    }

    fn parse(manifest: &str) -> Option<Self> {
        // The ranges follow the list of files.
        let (_, ranges) = manifest.rsplit_once("\"WAL-Ranges\"")?;
        let value = |name: &str| {
            let (_, rest) = ranges.rsplit_once(name)?;
            Some(rest.trim_start_matches([':', ' ', '"']).split([',', '"', ' ', '}']).next()?.trim())
        };
        Some(Self {
            timeline: value("\"Timeline\"")?.parse().ok()?,
            position: position(value("\"End-LSN\"")?)?,
        })
    }

    /// Whether a recovery that begins with the backup can follow the log to `timeline`; `None` stands for the newest timeline
    /// that PostgreSQL finds. `folders` have the log.
    pub(crate) fn leads_to(self, timeline: Option<u32>, folders: &[PathBuf]) -> Result<bool, Error> {
        let target = match timeline {
            Some(timeline) => timeline,
            None => newest_after(self.timeline, folders)?,
        };
        if target == self.timeline {
            return Ok(true);
        }
        let history = history(target, folders)?.unwrap_or_default();
        Ok(parents(&history).any(|(parent, end)| parent == self.timeline && self.position <= end))
    }
}

/// Returns the newest timeline that descends from `timeline`, or `timeline`. PostgreSQL searches it in the same way: up to the
/// first number without a history file.
fn newest_after(timeline: u32, folders: &[PathBuf]) -> Result<u32, Error> {
    let mut newest = timeline;
    while history(newest.saturating_add(1), folders)?.is_some() {
        newest += 1;
    }
    Ok(newest)
}

/// Reads the history file of a timeline from the first folder that has it.
fn history(timeline: u32, folders: &[PathBuf]) -> Result<Option<String>, Error> {
    for folder in folders {
        let path = folder.join(format!("{timeline:08X}.history"));
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::file("read", &path)(error)),
        }
    }
    Ok(None)
}

/// The timelines in a history file, each with the position at which the next one leaves it.
fn parents(history: &str) -> impl Iterator<Item = (u32, u64)> {
    history.lines().filter_map(|line| {
        let mut fields = line.split_whitespace();
        Some((fields.next()?.parse().ok()?, position(fields.next()?)?))
    })
}

/// Parses a position in the log, such as `0/3000028`.
fn position(text: &str) -> Option<u64> {
    let (high, low) = text.split_once('/')?;
    let part = |digits| u32::from_str_radix(digits, 16).ok().map(u64::from);
    Some(part(high)? << 32 | part(low)?)
}

/// The segment with the lowest position, on any timeline. `pg_archivecleanup` compares positions only: it also removes the
/// segments of other timelines that are before its argument.
pub(crate) fn lowest_segment(segments: Vec<String>) -> Option<String> {
    segments.into_iter().min_by_key(|segment| segment.get(TIMELINE_DIGITS..).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{create_directory, unique_name};

    #[test]
    fn the_end_of_a_backup_is_in_its_manifest() {
        let manifest = "{ \"Files\": [\n{ \"Path\": \"End-LSN\", \"Size\": 3 }\n],\n\"WAL-Ranges\": [\n\
                        { \"Timeline\": 2, \"Start-LSN\": \"0/2000028\", \"End-LSN\": \"1/2000100\" }\n],\n\
                        \"Manifest-Checksum\": \"0a\"}\n";
        assert_eq!(BackupEnd::parse(manifest), Some(BackupEnd { timeline: 2, position: 0x1_0200_0100 }));
        assert_eq!(BackupEnd::parse("{ \"Files\": [] }"), None);
    }

    #[test]
    fn a_backup_of_an_abandoned_timeline_leads_to_its_own_only() {
        let folder = create_directory(&std::env::temp_dir().join(unique_name("stockhold-timelines")))
            .expect("a folder");
        fs::write(folder.join("00000002.history"), "1\t0/3000100\tbefore 2026-11-30\n").expect("written");
        let third = "1\t0/3000100\tbefore 2026-11-30\n\n2\t0/5000000\tno recovery target specified\n";
        fs::write(folder.join("00000003.history"), third).expect("written");
        let folders = [folder.join("missing"), folder.clone()];
        let leads = |timeline: u32, position: u64, target: Option<u32>| {
            BackupEnd { timeline, position }.leads_to(target, &folders).expect("readable")
        };
        for target in [None, Some(1), Some(2), Some(3)] {
            assert!(leads(1, 0x300_0100, target), "{target:?}");
            assert_eq!(leads(1, 0x300_0101, target), target == Some(1), "{target:?}");
        }
        assert!(leads(2, 0x500_0000, None) && !leads(2, 0x500_0001, None));
        assert!(leads(2, 0x500_0001, Some(2)) && !leads(2, 0x400_0000, Some(1)));
        assert!(leads(3, 0x900_0000, None) && !leads(3, 0x900_0000, Some(2)));
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn the_lowest_segment_is_the_one_with_the_lowest_position() {
        let segments = ["000000010000000000000009", "000000020000000000000005", "000000010000000000000007"];
        let lowest = lowest_segment(segments.map(str::to_owned).to_vec());
        assert_eq!(lowest.as_deref(), Some("000000020000000000000005"));
        assert_eq!(lowest_segment(Vec::new()), None);
    }
}
