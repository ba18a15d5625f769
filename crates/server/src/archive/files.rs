//! The files of an archive: JSON lines, compressed by gzip.

use super::manifest::{ArchivedFile, Manifest, replace};
use engine::{ArchiveRows, ArchiveWriter};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use std::fs::{self, DirBuilder};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// The mode of a new folder: the owner may use it.
const FOLDER_MODE: u32 = 0o700;

/// The subfolder of the archive for files of uncommitted parts: their rows are still in the database.
const REPLACED: &str = "replaced";

/// Writes the files of an archive into a folder.
pub(crate) struct ArchiveFiles {
    directory: PathBuf,
}

impl ArchiveFiles {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Returns the manifest, without the files whose rows are in the database: these are moved to the folder [`REPLACED`].
    fn manifest(&self, rows: &ArchiveRows) -> Result<Manifest, String> {
        let (directory, kind) = (&self.directory, rows.kind);
        let folder = directory.display();
        let Some(mut manifest) = Manifest::read(directory)? else {
            if rows.after > 0 {
                return Err(format!(
                    "{folder} has no manifest, but the {} up to {} are archived: name their folder, or copy its \
                     manifest.json",
                    kind.noun(),
                    rows.after
                ));
            }
            return Ok(Manifest { ledger: rows.ledger.clone(), files: Vec::new() });
        };
        if manifest.ledger != rows.ledger {
            return Err(format!("{folder} has the archive of another ledger: name another folder"));
        }
        let is_replaced = |file: &mut ArchivedFile| file.kind == kind.as_str() && file.last > rows.after;
        let replaced: Vec<_> = manifest.files.extract_if(.., is_replaced).collect();
        let position = manifest.position(kind);
        if position != rows.after {
            return Err(format!(
                "{folder} has the {} up to {position}, but those up to {} are archived: name their folder, or copy its \
                 manifest.json",
                kind.noun(),
                rows.after
            ));
        }
        for file in &replaced {
            self.set_aside(file)
                .map_err(|error| format!("{folder}: {} can't be moved: {error}", file.name))?;
        }
        Ok(manifest)
    }

    /// Moves a file to the folder [`REPLACED`]. Nothing is ever deleted: the database may be a copy of another one.
    fn set_aside(&self, file: &ArchivedFile) -> io::Result<()> {
        let from = self.directory.join(&file.name);
        if !from.try_exists()? {
            return Ok(());
        }
        let replaced = self.directory.join(REPLACED);
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&replaced)?;
        let digest = file.sha256.get(..16).unwrap_or_default();
        fs::rename(from, replaced.join(format!("{}.{digest}", file.name)))
    }
}

impl ArchiveWriter for ArchiveFiles {
    fn write(&self, rows: &ArchiveRows) -> Result<(), String> {
        let (Some(first), Some(last)) = (rows.rows.first(), rows.rows.last()) else { return Ok(()) };
        let failed = |error: io::Error| format!("{} can't be written: {error}", self.directory.display());
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&self.directory).map_err(failed)?;
        let mut manifest = self.manifest(rows)?;
        let kind = rows.kind.as_str();
        let month = first.created_at.format("%Y-%m");
        let name = format!("{kind}-{month}-{:012}-{:012}.jsonl.gz", first.id, last.id);
        let content = compress(rows.rows.iter().map(|row| row.line.as_str())).map_err(failed)?;
        replace(&self.directory, &name, &content).map_err(failed)?;
        manifest.files.push(ArchivedFile {
            name,
            kind: kind.to_owned(),
            after: rows.after,
            first: first.id,
            last: last.id,
            rows: u64::try_from(rows.rows.len()).unwrap_or(u64::MAX),
            sha256: digest(&content),
        });
        manifest.write(&self.directory).map_err(failed)
    }
}

/// Returns lines as a gzip file. The same lines have the same bytes.
fn compress<'a>(lines: impl Iterator<Item = &'a str>) -> io::Result<Vec<u8>> {
    let mut file = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    for line in lines {
        file.write_all(line.as_bytes())?;
        file.write_all(b"\n")?;
    }
    file.finish()
}

/// Returns a SHA-256 as 64 hexadecimal digits.
fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file, and returns its text. The error is the reason, without the name.
pub(super) fn read(directory: &Path, file: &ArchivedFile) -> Result<String, String> {
    let content =
        fs::read(directory.join(&file.name)).map_err(|error| format!("it can't be read: {error}"))?;
    if digest(&content) != file.sha256 {
        return Err("its SHA-256 differs from the manifest's".to_owned());
    }
    let mut text = String::new();
    let decoded = GzDecoder::new(&*content).read_to_string(&mut text);
    decoded.map_err(|error| format!("it can't be decompressed: {error}"))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ArchiveKind;
    use store::ArchivedRow;

    fn rows(after: i64, ids: impl Iterator<Item = i64>) -> ArchiveRows {
        let row = |id| ArchivedRow {
            id,
            created_at: "2026-01-31T10:00:00Z".parse().expect("a time"),
            line: format!("{{\"id\":{id}}}"),
        };
        let rows = ids.map(row).collect();
        ArchiveRows { kind: ArchiveKind::Movements, ledger: "one".to_owned(), after, rows }
    }

    fn names(directory: &Path) -> Vec<String> {
        let manifest = Manifest::read(directory).expect("read").expect("a manifest");
        manifest.files.into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn a_part_that_was_not_deleted_is_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = ArchiveFiles::new(folder.path().join("archive"));
        let directory = &files.directory;
        files.write(&rows(0, 3..=5)).expect("written");
        files.write(&rows(5, 6..=9)).expect("written");
        let first = "movements-2026-01-000000000003-000000000005.jsonl.gz";
        assert_eq!(names(directory), [first, "movements-2026-01-000000000006-000000000009.jsonl.gz"]);
        // The deletion of the second part failed, and the next try has more rows.
        files.write(&rows(5, 6..=11)).expect("written");
        assert_eq!(names(directory), [first, "movements-2026-01-000000000006-000000000011.jsonl.gz"]);
        let replaced: Vec<_> = fs::read_dir(directory.join(REPLACED)).expect("a folder").collect();
        assert_eq!(replaced.len(), 1);
        let manifest = Manifest::read(directory).expect("read").expect("a manifest");
        assert_eq!(
            read(directory, &manifest.files[0]).expect("read"),
            "{\"id\":3}\n{\"id\":4}\n{\"id\":5}\n"
        );
        let altered = ArchivedFile { sha256: String::new(), ..manifest.files[0].clone() };
        assert!(read(directory, &altered).is_err());
    }

    #[test]
    fn a_folder_of_other_rows_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = ArchiveFiles::new(folder.path().to_owned());
        assert!(files.write(&rows(7, 8..=9)).expect_err("no manifest").contains("has no manifest"));
        files.write(&rows(0, 1..=2)).expect("written");
        assert!(files.write(&rows(7, 8..=9)).expect_err("a gap").contains("up to 2"));
        assert!(files.write(&rows(1, 2..=2)).expect_err("an overlap").contains("up to 0"));
        assert!(!folder.path().join(REPLACED).exists(), "a file of a refused folder was moved");
        let foreign = ArchiveRows { ledger: "two".to_owned(), ..rows(2, 3..=3) };
        assert!(files.write(&foreign).expect_err("another ledger").contains("another ledger"));
        let audit = ArchiveRows { kind: ArchiveKind::Audit, ..rows(0, 1..=1) };
        files.write(&audit).expect("kinds are separate");
        files.write(&rows(2, 3..=3)).expect("written");
        assert_eq!(names(folder.path()).len(), 3);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        fs::write(&path, "").expect("a file");
        let error = ArchiveFiles::new(path).write(&rows(0, 1..=2)).expect_err("no folder");
        assert!(error.contains("can't be written"), "{error}");
    }
}
