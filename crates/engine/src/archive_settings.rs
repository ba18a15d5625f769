//! The settings of archives, and the part that the server passes in: files.

use domain::ArchiveKind;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::ArchivedRow;

/// The maximum number of rows of one part of an archive: one file and one transaction.
pub const ARCHIVE_ROWS_MAX: i64 = 10_000;

/// The time between two archives of a server.
pub const ARCHIVE_INTERVAL: Duration = Duration::from_secs(3_600);

/// Rows that are written to a file before they are deleted.
#[derive(Debug, Clone)]
pub struct ArchiveRows {
    /// Their kind.
    pub kind: ArchiveKind,
    /// The identity of the ledger, a UUID.
    pub ledger: String,
    /// The id up to which earlier rows are archived.
    pub after: i64,
    /// The rows, by ascending id. There is at least one.
    pub rows: Vec<ArchivedRow>,
}

/// Writes archived rows to files.
pub trait ArchiveWriter: Send + Sync {
    /// Writes rows, and returns after they are on disk. It replaces files of rows that are after `rows.after`: their deletion
    /// was not committed. It blocks the thread.
    ///
    /// # Errors
    /// The reason, as text: a file can't be written, or the files are not those of rows up to `rows.after`.
    fn write(&self, rows: &ArchiveRows) -> Result<(), String>;
}

/// The settings of archives.
#[derive(Clone)]
pub struct ArchiveSettings {
    /// Writes the files. `None` if nothing is archived by this server.
    pub writer: Option<Arc<dyn ArchiveWriter>>,
    /// The age from which movements are archived, in days; at least [`domain::ARCHIVE_AGE_DAYS_MIN`]. `None` for never.
    pub ledger_days: Option<i32>,
    /// The age from which audit events are archived, in days; at least [`domain::ARCHIVE_AGE_DAYS_MIN`]. `None` for never.
    pub audit_days: Option<i32>,
    /// The time between two archives.
    pub interval: Duration,
}

impl Default for ArchiveSettings {
    fn default() -> Self {
        Self { writer: None, ledger_days: None, audit_days: None, interval: ARCHIVE_INTERVAL }
    }
}

impl ArchiveSettings {
    /// Returns the age from which rows of this kind are archived, in days. `None` for never.
    pub(crate) fn days(&self, kind: ArchiveKind) -> Option<i32> {
        match kind {
            ArchiveKind::Movements => self.ledger_days,
            ArchiveKind::Audit => self.audit_days,
        }
    }
}

impl fmt::Debug for ArchiveSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveSettings")
            .field("ledger_days", &self.ledger_days)
            .field("audit_days", &self.audit_days)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
