//! Fills orders whose missing units wait, in the order of the queue.
//!
//! The task wakes after commits, reads the queue in pages, and submits a partial allocation for each order of which a missing
//! item has units. The row lock of the order decides between servers: the second one finds no missing units. While the queue
//! is empty, the task reads it only after a change of orders and every [`EMPTY_POLL_INTERVAL`].
//!
//! With [`crate::Settings::waiting_first`], a request that takes units of an item that waiting orders miss is submitted after
//! the next pass over the queue.

use crate::events::notifier::POLL_INTERVAL;
use crate::{Context, Engine, Error, Response, Result, Topic};
use domain::{FillOrder, ItemId, Request};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::watch;
use tokio::time::Instant;

/// The minimum time between two passes over the queue.
const INTERVAL_MIN: Duration = Duration::from_millis(100);

/// The minimum time before a pass that a request waits for. Requests that arrive within it share the pass.
const REQUESTED_INTERVAL_MIN: Duration = Duration::from_millis(10);

/// The time after which an empty queue is read again without a notification.
const EMPTY_POLL_INTERVAL: Duration = Duration::from_secs(10);

/// The orders of the queue that one statement reads.
const PAGE_ORDERS_MAX: i64 = 100;

/// Fills waiting orders until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut commits = engine.shared.notifier.subscribe();
    let queue = &engine.shared.waiting;
    let mut failure = RepeatedFailure::of("the filling of waiting orders", status);
    loop {
        commits.mark_unchanged();
        let version = orders_version(&engine);
        let has_orders = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            filled = engine.waiting_pass() => match filled {
                Ok(has_orders) => {
                    failure.succeeded();
                    has_orders
                }
                Err(error) => {
                    failure.failed(&error);
                    true
                }
            }
        };
        let commit = async {
            tokio::time::sleep(INTERVAL_MIN).await;
            let limit = if has_orders { POLL_INTERVAL } else { EMPTY_POLL_INTERVAL };
            let wake = async {
                loop {
                    if commits.changed().await.is_err() || has_orders || orders_version(&engine) != version {
                        return;
                    }
                }
            };
            drop(tokio::time::timeout_at(Instant::now() + limit, wake).await);
        };
        let request = async {
            queue.requested().await;
            tokio::time::sleep(REQUESTED_INTERVAL_MIN).await;
        };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = request => {}
            () = commit => {}
        }
    }
}

/// Returns the version of the orders. It rises when an order begins to wait.
fn orders_version(engine: &Engine) -> u64 {
    engine.shared.notifier.topic_versions()[Topic::Orders as usize]
}

impl Engine {
    /// Lets waiting orders take units before a request that takes units of the same items, if the settings say so.
    ///
    /// # Errors
    /// [`Error::Contended`] if no pass over the queue succeeds within the time of a batch.
    pub(crate) async fn serve_waiting_first(&self, request: &Request) -> Result<()> {
        let (settings, queue) = (&self.shared.settings, &self.shared.waiting);
        if !settings.waiting_first || !queue.concerns(request) {
            return Ok(());
        }
        // During an outage no pass succeeds.
        self.store().check_available()?;
        let mut stopping = self.shared.stopping.subscribe();
        let served = async {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => {}
                () = queue.next_pass() => {}
            }
        };
        tokio::time::timeout(settings.batch_timeout, served).await.map_err(|_| Error::Contended)
    }

    /// Passes over the queue once. Returns whether it has orders. An order that fails does not stop the pass.
    async fn waiting_pass(&self) -> Result<bool> {
        let queue = &self.shared.waiting;
        queue.begin_pass();
        let mut failed = None;
        let missed = self.waiting_fill(&mut failed).await?;
        let has_orders = !missed.is_empty();
        queue.end_pass(missed);
        failed.map_or(Ok(has_orders), Err)
    }

    /// Fills the orders of the queue. Returns the items that they missed before, and the last failure of an order in `failed`.
    ///
    /// An order takes no units of an item that an earlier order still misses, also if more of them arrive during the pass. The
    /// next pass gives these out in the order of the queue.
    async fn waiting_fill(&self, failed: &mut Option<Error>) -> Result<HashSet<ItemId>> {
        let (mut after, mut items, mut short) = (None, HashSet::new(), HashSet::new());
        loop {
            let page = self.store().orders_waiting(after, PAGE_ORDERS_MAX).await?;
            items.extend(page.iter().flat_map(|waiting| &waiting.missing));
            for waiting in &page {
                let missing = waiting.missing.iter().copied();
                let open: BTreeSet<_> = missing.clone().filter(|item| !short.contains(item)).collect();
                if !waiting.has_units || open.is_empty() {
                    short.extend(missing);
                    continue;
                }
                let context = Context::new("system", format!("fill-{}", waiting.place.order));
                let fill = Request::Fill(FillOrder::of_queue(waiting.place.order, open));
                match self.run_request::<FillOrder>(&context, fill, None).await.map(Response::fresh) {
                    Ok(filled) => {
                        let missing = filled.iter().flat_map(|filled| &filled.output.missing);
                        short.extend(missing.map(|(item, _)| *item));
                    }
                    // The order was filled or cancelled meanwhile.
                    Err(Error::Rejected(_)) => {}
                    // It keeps its place until the next pass.
                    Err(Error::StockLocked | Error::Contended) => short.extend(missing),
                    Err(error) => {
                        if matches!(error, Error::Overloaded | Error::OutcomeUnknown | Error::Unavailable) {
                            short.extend(missing);
                        }
                        *failed = Some(error);
                    }
                }
            }
            let is_full = i64::try_from(page.len()).is_ok_and(|count| count == PAGE_ORDERS_MAX);
            match page.last().filter(|_| is_full) {
                Some(last) => after = Some(last.place),
                None => return Ok(items),
            }
        }
    }
}
