//! Writes the counts of refused units, and deletes old ones.

use crate::{Engine, Result};
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::watch;
use tokio::time::Instant;

/// The time between two writes.
const FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// The time between two deletions of old counts.
const RETENTION_INTERVAL: Duration = Duration::from_secs(600);

/// The time before a failed deletion is tried again.
const RETENTION_RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// The age of counts that are deleted, in days. It exceeds the longest span of an activity.
const RETENTION_DAYS: i64 = 100;

/// Writes counts until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("the writing of refused units", status);
    let mut retention_failure = RepeatedFailure::of("the removal of old counts of refused units", status);
    let mut retention_at = Instant::now();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(FLUSH_INTERVAL) => {}
        }
        failure.note(engine.refusals_flush().await);
        if Instant::now() >= retention_at {
            let expired = retention_failure.note(engine.refusals_expire().await);
            let interval = if expired.is_some() { RETENTION_INTERVAL } else { RETENTION_RETRY_INTERVAL };
            retention_at = Instant::now() + interval;
        }
    }
}

impl Engine {
    /// Writes the counts since the last flush. If the write fails, they are kept for the next one.
    pub(crate) async fn refusals_flush(&self) -> Result<()> {
        let refusals = &self.shared.writer.refusals;
        let counts = refusals.take();
        if counts.is_empty() {
            return Ok(());
        }
        let written = self.store().refused_add(&counts).await;
        if written.is_err() {
            refusals.add(counts);
        }
        Ok(written?)
    }

    async fn refusals_expire(&self) -> Result<()> {
        let before = self.store().now().await? - TimeDelta::days(RETENTION_DAYS);
        self.store().refused_expire(before).await?;
        Ok(())
    }
}
