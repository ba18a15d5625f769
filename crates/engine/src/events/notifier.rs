//! Commit notifications: within this process at once, to other servers by NOTIFY.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Store;
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::{Notify, watch};

/// The minimum time between two NOTIFYs. A NOTIFY in every commit would serialize the commits.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(50);

/// The pause before a failed NOTIFY is retried.
const NOTIFY_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The time after which the event feed polls without a notification. Changes by SQL of other applications notify nobody.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The pause before a failed LISTEN is retried.
const LISTEN_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// A topic of change notifications: entities that can change without a movement in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Created items, and changed descriptions of items.
    Items,
    /// Extended blocks.
    Blocks,
    /// Created and cancelled orders.
    Orders,
    /// Created and changed warehouses.
    Warehouses,
    /// Stock levels whose movements are above the low watermark.
    Stock,
}

impl Topic {
    /// The topics that servers announce to each other. [`Topic::Stock`] is not one: each server reads the ledger.
    pub const ANNOUNCED: [Self; 4] = [Self::Items, Self::Blocks, Self::Orders, Self::Warehouses];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The bit of changed SKUs in a notification. They are no topic: subscribers receive them as changes of items.
const SKUS_BIT: u8 = 1 << 5;

/// The bit of changed webhook endpoints in a notification. They are no topic: only the senders need them.
const WEBHOOKS_BIT: u8 = 1 << 6;

/// The minimum time between two rises of the SKUs' version by announcements. Each rise clears the cache of SKUs. Without the
/// limit, another server's import of SKUs would keep the cache empty.
const SKU_CLEARING_INTERVAL: Duration = Duration::from_millis(100);

/// The version of the SKUs in the cache for answers.
#[derive(Default)]
struct SkuVersion {
    version: AtomicU64,
    /// Whether an announced change has not raised the version yet.
    is_announced: AtomicBool,
    /// The time of the last rise by an announcement.
    raised_at: Mutex<Option<Instant>>,
}

impl SkuVersion {
    /// Returns the version. Raises it first if a change was announced and the last such rise is
    /// [`SKU_CLEARING_INTERVAL`] ago, so the last announcement of many is never lost.
    fn current(&self) -> u64 {
        if self.is_announced.load(Ordering::Acquire) {
            let mut raised_at = self.raised_at.lock().unwrap_or_else(PoisonError::into_inner);
            let is_due = raised_at.is_none_or(|at| at.elapsed() >= SKU_CLEARING_INTERVAL);
            if is_due && self.is_announced.swap(false, Ordering::AcqRel) {
                *raised_at = Some(Instant::now());
                self.raise();
            }
        }
        self.version.load(Ordering::Acquire)
    }

    fn announced(&self) {
        self.is_announced.store(true, Ordering::Release);
    }

    fn raise(&self) {
        self.version.fetch_add(1, Ordering::AcqRel);
    }
}

/// A version per topic, which rises with each change.
pub(crate) type TopicVersions = [u64; Topic::ANNOUNCED.len()];

/// Notifies subscribers of this process and other servers of commits.
pub(crate) struct CommitNotifier {
    /// Wakes the task that notifies other servers.
    pending: Notify,
    /// The topics that changed since other servers were last notified, as bits.
    pending_topics: AtomicU8,
    topic_versions: [AtomicU64; Topic::ANNOUNCED.len()],
    skus: SkuVersion,
    /// Notified after a change of a webhook endpoint by any server.
    webhooks: Notify,
    /// The random id of this process. It marks this server's own NOTIFYs, which the server receives too.
    origin: u64,
    /// The number of commits of this server and of notifications by others.
    commits: watch::Sender<u64>,
}

impl CommitNotifier {
    pub(crate) fn new() -> Self {
        Self {
            pending: Notify::new(),
            pending_topics: AtomicU8::new(0),
            topic_versions: Default::default(),
            skus: SkuVersion::default(),
            webhooks: Notify::new(),
            origin: RandomState::new().hash_one(()),
            commits: watch::Sender::new(0),
        }
    }

    /// Subscribes to commits. The value is a count that rises with each commit.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// Returns the current version of each topic.
    pub(crate) fn topic_versions(&self) -> TopicVersions {
        std::array::from_fn(|index| self.topic_versions[index].load(Ordering::Acquire))
    }

    /// Returns the version of the SKUs. It rises with each change by this server at once, and with the announced changes
    /// of others at most once per [`SKU_CLEARING_INTERVAL`].
    pub(crate) fn sku_version(&self) -> u64 {
        self.skus.current()
    }

    /// Counts a committed change of SKUs by this server. A trigger announces the change to other servers.
    pub(crate) fn skus_changed(&self) {
        self.raise_versions(SKUS_BIT);
    }

    /// Publishes a committed change of a webhook endpoint.
    pub(crate) fn webhooks_changed(&self) {
        self.webhooks.notify_one();
        self.pending_topics.fetch_or(WEBHOOKS_BIT, Ordering::AcqRel);
        self.pending.notify_one();
    }

    /// Is notified after a change of a webhook endpoint by any server.
    pub(crate) fn webhooks(&self) -> &Notify {
        &self.webhooks
    }

    /// Publishes a committed change of this topic.
    pub(crate) fn publish(&self, topic: Topic) {
        self.raise_versions(topic.bit());
        self.pending_topics.fetch_or(topic.bit(), Ordering::AcqRel);
        self.committed();
    }

    fn raise_versions(&self, bits: u8) {
        for topic in Topic::ANNOUNCED.into_iter().filter(|topic| bits & topic.bit() != 0) {
            self.topic_versions[topic as usize].fetch_add(1, Ordering::AcqRel);
        }
        if bits & SKUS_BIT != 0 {
            self.skus.raise();
        }
    }

    /// Notifies subscribers of this process at once, and other servers within [`NOTIFY_INTERVAL`].
    pub(crate) fn committed(&self) {
        self.count_commit();
        self.pending.notify_one();
    }

    fn count_commit(&self) {
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Notifies other servers of commits, many at a time, until `stopping`. A failed notification is sent again.
    pub(crate) async fn announce(
        &self,
        store: Store,
        mut stopping: watch::Receiver<bool>,
        status: &Arc<WorkerStatus>,
    ) {
        let mut failure = RepeatedFailure::of("the notification of other servers", status);
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.pending.notified() => {}
            }
            let topics = self.pending_topics.swap(0, Ordering::AcqRel);
            let announced = store.events_announce(&format!("{} {topics}", self.origin)).await;
            let mut pause = NOTIFY_INTERVAL;
            if failure.note(announced).is_none() {
                self.pending_topics.fetch_or(topics, Ordering::AcqRel);
                self.pending.notify_one();
                pause = NOTIFY_RETRY_INTERVAL;
            }
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Receives the notifications of other servers, until `stopping`.
    pub(crate) async fn listen(
        &self,
        store: Store,
        mut stopping: watch::Receiver<bool>,
        status: &Arc<WorkerStatus>,
    ) {
        let mut failure = RepeatedFailure::of("the receipt of notifications by other servers", status);
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.listen_while_connected(&store, &mut failure) => {}
            }
            // Nothing is announced to this server until it listens again: every topic counts as changed.
            self.count_all_as_changed();
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(LISTEN_RETRY_INTERVAL) => {}
            }
        }
    }

    async fn listen_while_connected(&self, store: &Store, failure: &mut RepeatedFailure) {
        let Some(mut listener) = failure.note(store.events_listen().await) else { return };
        // Entries that were read before the LISTEN may be outdated by a change whose notification was lost.
        self.count_all_as_changed();
        while let Ok(Some(notification)) = listener.try_recv().await {
            let topics = self.topics_of_others(notification.payload()).unwrap_or(0);
            self.raise_versions(topics & !SKUS_BIT);
            if topics & SKUS_BIT != 0 {
                self.skus.announced();
            }
            if topics & WEBHOOKS_BIT != 0 {
                self.webhooks.notify_one();
            }
            self.count_commit();
        }
    }

    fn count_all_as_changed(&self) {
        self.raise_versions(u8::MAX);
        self.webhooks.notify_one();
        self.count_commit();
    }

    /// Returns the topics in another server's notification, as bits.
    fn topics_of_others(&self, payload: &str) -> Option<u8> {
        let (origin, topics) = payload.split_once(' ')?;
        if origin == self.origin.to_string() { None } else { topics.parse().ok() }
    }
}

#[cfg(test)]
mod tests;
