//! The manifest of an archive: its files in the order of their rows, each with its SHA-256.

use domain::ArchiveKind;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";

/// The mode of new files: the owner may read and write them. Audit events have names and addresses.
const FILE_MODE: u32 = 0o600;

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The identity of the ledger, a UUID.
    pub(super) ledger: String,
    /// The files, in the order in which they were written.
    pub(super) files: Vec<ArchivedFile>,
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ArchivedFile {
    /// The name, without a folder.
    pub(super) name: String,
    /// The kind of its rows: `movements` or `audit`.
    pub(super) kind: String,
    /// The id up to which earlier files have the rows.
    pub(super) after: i64,
    /// The id of the first row.
    pub(super) first: i64,
    /// The id of the last row.
    pub(super) last: i64,
    /// The number of rows.
    pub(super) rows: u64,
    /// The SHA-256 of the file, as 64 hexadecimal digits.
    pub(super) sha256: String,
}

impl Manifest {
    /// Reads the manifest of a folder. `None` if there is none.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, String> {
        let path = directory.join(MANIFEST);
        let failed = |error: &dyn std::fmt::Display| format!("{} can't be read: {error}", path.display());
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Writes the manifest, and returns after it is on disk.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        replace(directory, MANIFEST, &text)
    }

    /// Returns the id up to which the files have the rows of a kind. 0 without a file.
    pub(super) fn position(&self, kind: ArchiveKind) -> i64 {
        let of_kind = self.files.iter().rev().find(|file| file.kind == kind.as_str());
        of_kind.map_or(0, |file| file.last)
    }
}

/// Writes a file in one step: other programs see the former content or the new one, also after a crash.
pub(super) fn replace(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let draft = directory.join(format!(".{name}.tmp"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, directory.join(name))?;
    // The new name is on disk after the folder is.
    File::open(directory)?.sync_all()
}
