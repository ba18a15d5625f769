//! Archives old movements and audit events: writes them to files, and deletes them.
//!
//! The file of a part is on disk before the part is deleted. If the server stops in between, the part is written again. See
//! decision record 0135.

use crate::archive_settings::{ARCHIVE_ROWS_MAX, ArchiveRows, ArchiveWriter};
use crate::background::pacer::Pacer;
use crate::{Engine, Error, Result};
use chrono::TimeDelta;
use domain::{ArchiveKind, Origin, Time, check_archive_time};
use std::sync::Arc;
use std::time::Duration;
use store::NextArchivePart;
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::watch;
use tokio::time::Instant;

/// The longest delay of the first archive, so that it does not slow the start.
const DELAY_MAX: Duration = Duration::from_secs(60);

/// The longest time before a failed archive is tried again. The disk of the archive may fill or fail for a moment.
const RETRY_INTERVAL_MAX: Duration = Duration::from_secs(60);

/// The reason why an archive ended early. The parts before are archived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// A file can't be written, or the folder has other files than it should.
    #[error("{0}")]
    Files(String),
    /// Another server or command archives rows of the same kind.
    #[error("another server or command archives the {} at this moment", .0.noun())]
    Busy(ArchiveKind),
    /// The database fails, or the time is too late.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// The result of an archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Archived {
    /// The files that were written.
    pub files: u64,
    /// The rows in them, which are deleted from the database.
    pub rows: u64,
}

impl Engine {
    /// Archives the rows of a kind that are older than `before`, in parts of at most [`ARCHIVE_ROWS_MAX`] rows. Each part has an
    /// event in the audit log. Ends early if the engine stops.
    ///
    /// # Errors
    /// [`ArchiveError`]. [`domain::Error::Invalid`] if `before` is later than [`domain::ARCHIVE_AGE_DAYS_MIN`] days ago.
    pub async fn archive(
        &self,
        origin: &Origin,
        kind: ArchiveKind,
        before: Time,
        writer: &Arc<dyn ArchiveWriter>,
    ) -> std::result::Result<Archived, ArchiveError> {
        let now = self.store().now().await.map_err(Error::from)?;
        check_archive_time(before, now).map_err(Error::from)?;
        let mut pacer = Pacer::new(&self.shared.notifier, self.shared.stopping.subscribe());
        let mut archived = Archived::default();
        while !*self.shared.stopping.borrow() {
            let begun = Instant::now();
            let rows = self.archive_part(origin, kind, before, writer).await?;
            if rows == 0 {
                break;
            }
            archived.files += 1;
            archived.rows += rows;
            pacer.pause(begun.elapsed(), 0, false).await;
        }
        Ok(archived)
    }

    /// Archives the next part, and returns the number of its rows.
    async fn archive_part(
        &self,
        origin: &Origin,
        kind: ArchiveKind,
        before: Time,
        writer: &Arc<dyn ArchiveWriter>,
    ) -> std::result::Result<u64, ArchiveError> {
        let next = self.store().archive_next(kind, before, ARCHIVE_ROWS_MAX).await;
        let mut part = match next.map_err(Error::from)? {
            NextArchivePart::None => return Ok(0),
            NextArchivePart::Busy => return Err(ArchiveError::Busy(kind)),
            NextArchivePart::Part(part) => part,
        };
        let rows = std::mem::take(&mut part.rows);
        let rows = ArchiveRows { kind, ledger: part.ledger.clone(), after: part.after, rows };
        let writer = writer.clone();
        let written = tokio::task::spawn_blocking(move || writer.write(&rows).map(|()| rows));
        let written = written.await.map_err(|error| ArchiveError::Files(error.to_string()))?;
        part.rows = written.map_err(ArchiveError::Files)?.rows;
        let count = part.rows.len() as u64;
        part.delete(origin).await.map_err(Error::from)?;
        Ok(count)
    }

    /// Archives the rows that are older than the settings say.
    async fn archive_old(&self) -> std::result::Result<(), ArchiveError> {
        let settings = &self.shared.settings.archive;
        let Some(writer) = &settings.writer else { return Ok(()) };
        for kind in ArchiveKind::ALL {
            let Some(days) = settings.days(kind) else { continue };
            let before = self.archive_time(days).await?;
            let archived = match self.archive(&Origin::SYSTEM, kind, before, writer).await {
                Err(ArchiveError::Busy(_)) => continue,
                archived => archived?,
            };
            if archived.rows > 0 {
                let Archived { files, rows } = archived;
                tracing::info!(kind = kind.as_str(), files, rows, "old rows archived");
            }
        }
        Ok(())
    }

    /// Returns the time this many days ago.
    async fn archive_time(&self, days: i32) -> Result<Time> {
        Ok(self.store().now().await? - TimeDelta::days(days.into()))
    }
}

/// Archives at every interval until `stopping`, if the settings say so. A failed archive is tried again earlier.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("the archive of old rows", status);
    let settings = &engine.shared.settings.archive;
    let interval = settings.interval;
    let mut wait = match settings.writer {
        Some(_) => DELAY_MAX.min(interval),
        None => Duration::MAX,
    };
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match failure.note(engine.archive_old().await) {
            Some(()) => interval,
            None => RETRY_INTERVAL_MAX.min(interval),
        };
    }
}
