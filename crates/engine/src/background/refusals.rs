//! Writes the counts of refused units, and deletes old ones.

use crate::{Engine, Result};
use chrono::TimeDelta;
use std::time::Duration;
use supervision::RepeatedFailure;
use tokio::sync::watch;
use tokio::time::Instant;

/// The time between two writes.
const FLUSH_INTERVAL: Duration = Duration::from_secs(2);

/// The time between two deletions of old counts.
const RETENTION_INTERVAL: Duration = Duration::from_secs(600);

/// The age of counts that are deleted, in days. It exceeds the longest span of an activity.
const RETENTION_DAYS: i64 = 100;

/// Writes counts until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut failure = RepeatedFailure::of("the writing of refused units");
    let mut retention_at = Instant::now();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(FLUSH_INTERVAL) => {}
        }
        let mut result = engine.refusals_flush().await;
        if result.is_ok() && Instant::now() >= retention_at {
            result = engine.refusals_expire().await;
            retention_at = Instant::now() + RETENTION_INTERVAL;
        }
        match result {
            Ok(()) => failure.succeeded(),
            Err(error) => failure.failed(&error),
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
