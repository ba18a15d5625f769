//! New names are taken apart, so that short parts of them are found fast.

use crate::Engine;
use crate::background::pacer::Rest;
use crate::background::repeated_failure::RepeatedFailure;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often new names are looked for.
const INTERVAL: Duration = Duration::from_secs(1);

/// Takes new names apart until `stopping`. A failure is logged and tried again; until then those names are looked at
/// one by one.
pub(crate) async fn keep_indexed(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rest = Rest::new(&engine.shared.notifier, stopping.clone());
    let mut failure = RepeatedFailure::of("the decomposition of new names");
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
                    tracing::debug!(names, "names taken apart");
                }
                Err(error) => {
                    failure.failed(&error);
                    break;
                }
            }
            rest.after(begun.elapsed(), 0, false).await;
        }
    }
}
