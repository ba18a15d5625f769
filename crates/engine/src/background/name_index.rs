//! Index of name fragments, which searches of one or two letters use.

use crate::Engine;
use crate::background::pacer::Pacer;
use crate::background::repeated_failure::RepeatedFailure;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// The time between two searches for new names.
const INTERVAL: Duration = Duration::from_secs(1);

/// Indexes new names until `stopping`. A failure is logged and retried. Until then searches scan the names that are not
/// indexed.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pacer = Pacer::new(&engine.shared.notifier, stopping.clone());
    let mut failure = RepeatedFailure::of("the indexing of new names");
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = interval.tick() => {}
        }
        while !*stopping.borrow() {
            let begun = Instant::now();
            match engine.store().index_new_names().await {
                Ok(names) => {
                    failure.succeeded();
                    if names == 0 {
                        break;
                    }
                    tracing::debug!(names, "names indexed");
                }
                Err(error) => {
                    failure.failed(&error);
                    break;
                }
            }
            pacer.pause(begun.elapsed(), 0, false).await;
        }
    }
}
