//! Writes the signals of items that are low, sold out or back in stock.
//!
//! Signals follow the ledger, so they include the changes of every writer. One server derives them at a time: the store
//! locks their position. See decision record 0086.

use crate::events::notifier::POLL_INTERVAL;
use crate::{Engine, Result};
use domain::derive_signals;
use std::sync::Arc;
use std::time::Duration;
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::watch;
use tokio::time::Instant;

/// The minimum time between two reads of the ledger.
const INTERVAL_MIN: Duration = Duration::from_millis(250);

/// The movements that one transaction reads.
const MOVEMENTS_MAX: i64 = 5_000;

/// Writes signals until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut commits = engine.shared.notifier.subscribe();
    let mut failure = RepeatedFailure::of("the writing of signals", status);
    let mut limit = MOVEMENTS_MAX;
    loop {
        commits.mark_unchanged();
        let next = Instant::now() + POLL_INTERVAL;
        let has_more = match engine.signals_write(limit).await {
            Ok(has_more) => {
                failure.succeeded();
                limit = MOVEMENTS_MAX;
                has_more
            }
            Err(error) => {
                failure.failed(&error);
                // A smaller page is read within the statement timeout.
                limit = (limit / 2).max(1);
                false
            }
        };
        let wait = async {
            if has_more {
                return;
            }
            tokio::time::sleep(INTERVAL_MIN).await;
            // The only error is a timeout: the notifier lives as long as the engine.
            drop(tokio::time::timeout_at(next, commits.changed()).await);
        };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = wait => {}
        }
    }
}

impl Engine {
    /// Writes the signals of the next movements, at most `limit`. Returns whether there may be more movements.
    async fn signals_write(&self, limit: i64) -> Result<bool> {
        let Some(mut page) = self.store().signals_next(limit).await? else { return Ok(false) };
        let threshold = self.shared.settings.low_stock_units;
        let mut unsold = std::mem::take(&mut page.unsold);
        let signals = derive_signals(&mut unsold, threshold, &page.changes);
        let has_more = page.has_more;
        page.write(&signals, &unsold).await?;
        if !signals.is_empty() {
            self.shared.notifier.committed();
        }
        Ok(has_more)
    }
}
