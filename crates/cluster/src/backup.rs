//! Base backups of a running cluster, and their retention.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::access_rules::SUPERUSER;
use crate::binaries::Binaries;
use crate::directory::{Directory, SOCKET_NAME, create_directory, prepare_shared_folder};
use crate::error::Error;
use crate::lifecycle::{MAINTENANCE_DATABASE, find_running};
use crate::process::{command, run, server_user};
use crate::session::Session;
use crate::system::User;
use crate::timelines::lowest_segment;

/// The programs that a backup needs.
const PROGRAMS: [&str; 3] = ["pg_basebackup", "pg_verifybackup", "pg_waldump"];

/// The program that removes archived segments.
const CLEANUP: &str = "pg_archivecleanup";

/// The name of a backup that is not complete.
const INCOMPLETE: &str = "incomplete";

/// The name of the next backup: the server's time in UTC, rounded up to a second, so that it is not before the backup's end.
const NAME_QUERY: &str = r#"SELECT to_char((clock_timestamp() AT TIME ZONE 'UTC') + interval '999999 us', 'YYYYMMDD"T"HH24MISS"Z"')"#;

/// The interval in which a taken name is tried again.
const NAME_INTERVAL: Duration = Duration::from_millis(100);

/// The format of a name; 0 is any digit.
const NAME_FORMAT: &str = "00000000T000000Z";

/// A complete backup.
#[derive(Debug)]
pub struct Backup {
    /// Its folder. The name is the time of its end in UTC, such as `20261130T121500Z`.
    pub folder: PathBuf,
    /// The older backups that were removed.
    pub removed: Vec<PathBuf>,
}

/// Writes a base backup of the server that runs in `directory` to a new folder in `target`, and verifies it. With `keep`,
/// removes the oldest backups in `target` until as many are left. Then it removes the segments in `archive` that are before the
/// first segment of each backup that is left.
///
/// # Errors
/// No server runs in `directory`, PostgreSQL's user can't write to `target`, or a program fails. An incomplete backup is
/// removed. If old data can't be removed, the new backup is complete, and the error names it.
pub fn back_up(
    directory: &Path,
    target: &Path,
    keep: Option<usize>,
    archive: Option<&Path>,
) -> Result<Backup, Error> {
    let home = directory.join("cluster");
    let home = home.canonicalize().map_err(Error::file("find", &home))?;
    let user = Directory::owner(directory, server_user()?)?;
    let binaries = Binaries::find_for(directory)?.reachable_by(user.as_ref())?;
    binaries.check_programs(&PROGRAMS)?;
    if keep.is_some() && archive.is_some() {
        binaries.check_programs(&[CLEANUP])?;
    }
    let folders = Directory::of_home(home);
    let Some(socket_folder) = find_running(&folders, || true) else {
        return Err(Error::Directory { path: folders.data(), reason: "no server runs on these data".into() });
    };
    let target = std::path::absolute(target).map_err(Error::file("find", target))?;
    prepare_shared_folder(&target, user.as_ref())?;
    let target = create_directory(&target)?;
    if target.starts_with(&folders.home) {
        return Err(Error::Directory {
            path: target,
            reason: "a backup in the data directory would be lost with it; name another folder".into(),
        });
    }
    let work = Work { binaries, user, socket_folder };
    let folder = work.write(&target)?;
    let removed = match keep {
        Some(keep) => work.retain(&target, keep, archive).map_err(|error| Error::Directory {
            path: folder.clone(),
            reason: format!(
                "this backup is complete and verified, but older data could not be removed: {error}"
            ),
        })?,
        None => Vec::new(),
    };
    Ok(Backup { folder, removed })
}

/// The complete backups in `folder`, the oldest first.
pub(crate) fn backups(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file("read", folder))? {
        let entry = entry.map_err(Error::file("read", folder))?;
        if is_name(&entry.file_name().to_string_lossy()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn is_name(name: &str) -> bool {
    let fits = |(found, format): (char, char)| match format {
        '0' => found.is_ascii_digit(),
        _ => found == format,
    };
    name.len() == NAME_FORMAT.len() && name.chars().zip(NAME_FORMAT.chars()).all(fits)
}

struct Work {
    binaries: Binaries,
    user: Option<User>,
    socket_folder: PathBuf,
}

impl Work {
    fn write(&self, target: &Path) -> Result<PathBuf, Error> {
        let incomplete = target.join(INCOMPLETE);
        // Only one of two backups creates the folder, and only that one removes it.
        let mut create = command(Path::new("/bin/mkdir"), self.user.as_ref(), target);
        if let Err(error) = run(create.args(["-m", "0700", INCOMPLETE])) {
            if incomplete.symlink_metadata().is_err() {
                return Err(error);
            }
            return Err(Error::Directory {
                path: incomplete,
                reason: "another backup runs, or was interrupted; wait for its end, or remove this folder"
                    .into(),
            });
        }
        let written = self.write_incomplete(target, &incomplete);
        if written.is_err() {
            let _ = self.remove(&incomplete);
        }
        written
    }

    fn write_incomplete(&self, target: &Path, incomplete: &Path) -> Result<PathBuf, Error> {
        let mut backup = self.command("pg_basebackup", target);
        backup.args(["--no-password", "--wal-method=stream", "--checkpoint=fast", "--pgdata", INCOMPLETE]);
        run(backup.arg("--username").arg(SUPERUSER).arg("--host").arg(&self.socket_folder))?;
        run(self.command("pg_verifybackup", target).args(["--quiet", INCOMPLETE]))?;
        let socket = self.socket_folder.join(SOCKET_NAME);
        let mut session = Session::connect(&socket, SUPERUSER, MAINTENANCE_DATABASE)?;
        let folder = loop {
            let rows = session.query(NAME_QUERY)?;
            let name = rows.into_iter().flatten().flatten().next().unwrap_or_default();
            let folder = target.join(name);
            if !folder.exists() {
                break folder;
            }
            // Another backup ended in this second.
            thread::sleep(NAME_INTERVAL);
        };
        fs::rename(incomplete, &folder).map_err(Error::file("complete", &folder))?;
        Ok(folder)
    }

    /// Removes the oldest backups, and then the archived segments that the remaining ones do not need. After a restore to a
    /// point in time, the oldest backup may be of an abandoned timeline, at a higher position than the later ones.
    fn retain(&self, target: &Path, keep: usize, archive: Option<&Path>) -> Result<Vec<PathBuf>, Error> {
        let mut removed = backups(target)?;
        let kept = removed.split_off(removed.len().saturating_sub(keep.max(1)));
        removed.iter().try_for_each(|backup| self.remove(backup))?;
        let Some(archive) = archive else { return Ok(removed) };
        let needed = kept.iter().map(|backup| first_segment(backup)).collect::<Result<_, _>>()?;
        if let Some(first) = lowest_segment(needed) {
            let archive = std::path::absolute(archive).map_err(Error::file("find", archive))?;
            run(self.command(CLEANUP, target).arg(archive).arg(first))?;
        }
        Ok(removed)
    }

    fn remove(&self, folder: &Path) -> Result<(), Error> {
        run(command(Path::new("/bin/rm"), self.user.as_ref(), Path::new("/")).arg("-rf").arg(folder))
            .map(drop)
    }

    fn command(&self, program: &str, folder: &Path) -> std::process::Command {
        command(&self.binaries.program(program), self.user.as_ref(), folder)
    }
}

/// The name of the first segment of the log that a backup needs.
fn first_segment(backup: &Path) -> Result<String, Error> {
    let path = backup.join("backup_label");
    let label = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let line = label.lines().find_map(|line| line.strip_prefix("START WAL LOCATION: "));
    let segment = line.and_then(|line| line.split_once("(file ")?.1.strip_suffix(')'));
    segment.map(str::to_owned).ok_or(Error::Directory { path, reason: "it names no first segment".into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_backups_have_a_name() {
        assert!(is_name("20261130T121500Z"));
        for other in ["incomplete", "20261130T121500Z.old", "20261130-121500Z", "2026113éT12150Z", ""] {
            assert!(!is_name(other), "{other}");
        }
    }
}
