//! The event feed: one reader per process polls the ledger and broadcasts pages to all subscribers.
//!
//! A subscriber that keeps up adds no load to the database. The pace of the reader bounds the load on this process: pages
//! become less frequent with more subscribers and with larger pages.

use crate::events::notifier::{CommitNotifier, TopicVersions};
use crate::events::page::ChangePage;
use crate::keys_by_id::AnswerKeys;
use crate::{CachedJson, KeysById, Result, Settings};
use domain::{ItemStock, LedgerCursor, Movement, Signal};
use moka::future::Cache;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{OpenTransaction, Store};
use tokio::sync::{Notify, Semaphore, broadcast, watch};

/// Pages buffered for a slow subscriber. A subscriber that is further behind gets one page with `skipped`.
const PAGES_BUFFERED_MAX: usize = 16;

/// Subscribers that may read the ledger at the same time because they resume from an older cursor.
const RESUMES_MAX: usize = 4;

/// The time to live of a page that was read for a resuming subscriber, for others with the same cursor.
const RESUME_CACHED: Duration = Duration::from_millis(500);

/// The most cached pages of resuming subscribers.
const RESUMES_CACHED_MAX: u64 = 64;

/// The lag of the event feed behind commits, and its cause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedLag {
    /// The age of the oldest committed movement above the low watermark.
    pub lag: Duration,
    /// The open transaction that has written to the ledger and holds the low watermark back.
    pub holder: OpenTransaction,
}

/// The event feed of one process.
pub(crate) struct Feed {
    pub(super) store: Store,
    pub(super) notifier: Arc<CommitNotifier>,
    pub(super) answer_keys: AnswerKeys,
    /// The position of the last page that was sent. `None` without subscribers. The lock is held while a page is read and
    /// sent, so that a new subscriber receives every page after its own position.
    pub(super) position: tokio::sync::Mutex<Option<Position>>,
    /// The sender of pages. It is replaced to end all subscriptions.
    pub(super) pages: Mutex<broadcast::Sender<Arc<CachedJson<ChangePage>>>>,
    /// The low watermark at the last poll, as a movement id.
    pub(super) watermark: watch::Sender<i64>,
    pub(super) lag: watch::Sender<Option<FeedLag>>,
    /// Long polls that wait for the low watermark to advance.
    pub(super) waiting: AtomicUsize,
    /// Wakes the reader for the first subscriber.
    pub(super) joined: Notify,
    pub(super) streams: Arc<Semaphore>,
    pub(super) streams_max: usize,
    pub(super) rows_per_second: usize,
    pub(super) resumes: Semaphore,
    pub(super) resumed: Cache<(i64, LedgerCursor), Arc<Resumed>>,
}

/// The position up to which everything was sent to subscribers.
pub(super) struct Position {
    pub(super) cursor: LedgerCursor,
    pub(super) topic_versions: TopicVersions,
}

/// The movements between a resuming subscriber's cursor and the feed's position.
pub(super) struct Resumed {
    pub(super) skipped: bool,
    pub(super) events: Vec<Movement>,
    pub(super) signals: Vec<Signal>,
    pub(super) items: Vec<ItemStock>,
    pub(super) keys: Arc<KeysById>,
}

/// Counts one waiting long poll until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(feed: &'a Feed) -> Self {
        feed.waiting.fetch_add(1, Ordering::AcqRel);
        Self(&feed.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Feed {
    pub(crate) fn new(
        store: Store,
        notifier: Arc<CommitNotifier>,
        answer_keys: AnswerKeys,
        settings: &Settings,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            notifier,
            answer_keys,
            position: tokio::sync::Mutex::new(None),
            pages: Mutex::new(broadcast::Sender::new(PAGES_BUFFERED_MAX)),
            watermark: watch::Sender::new(0),
            lag: watch::Sender::new(None),
            waiting: AtomicUsize::new(0),
            joined: Notify::new(),
            streams: Arc::new(Semaphore::new(settings.event_streams_max)),
            streams_max: settings.event_streams_max,
            rows_per_second: settings.event_stream_lines_per_second.max(1),
            resumes: Semaphore::new(RESUMES_MAX),
            resumed: Cache::builder().max_capacity(RESUMES_CACHED_MAX).time_to_live(RESUME_CACHED).build(),
        })
    }

    /// Returns the lag. `None` while there is none.
    pub(crate) fn lag(&self) -> Option<FeedLag> {
        self.lag.borrow().clone()
    }

    /// Returns the number of open streams.
    pub(crate) fn open_streams(&self) -> usize {
        self.streams_max.saturating_sub(self.streams.available_permits())
    }

    /// Returns the lag in whole seconds.
    pub(crate) fn lag_seconds(&self) -> u64 {
        self.lag.borrow().as_ref().map_or(0, |lag| lag.lag.as_secs())
    }

    /// Waits until the low watermark is above `position`. The caller sets a timeout.
    pub(crate) async fn advanced(&self, position: i64) {
        let mut watermark = self.watermark.subscribe();
        let _waiting = Waiting::new(self);
        self.joined.notify_one();
        // The sender lives as long as this reference, so there is no error.
        drop(watermark.wait_for(|watermark| *watermark > position).await);
    }

    pub(super) fn pages(&self) -> MutexGuard<'_, broadcast::Sender<Arc<CachedJson<ChangePage>>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to the pages after the returned position.
    pub(super) async fn join(
        &self,
    ) -> Result<(broadcast::Receiver<Arc<CachedJson<ChangePage>>>, LedgerCursor)> {
        let mut position = self.position.lock().await;
        let cursor = match &*position {
            Some(Position { cursor, .. }) if self.pages().receiver_count() > 0 => cursor.clone(),
            _ => {
                let topic_versions = self.notifier.topic_versions();
                let cursor = self.store.low_watermark().await?.cursor;
                *position = Some(Position { cursor: cursor.clone(), topic_versions });
                cursor
            }
        };
        let pages = self.pages().subscribe();
        self.joined.notify_one();
        Ok((pages, cursor))
    }

    /// Ends all subscriptions.
    pub(super) fn end_subscriptions(&self) {
        *self.pages() = broadcast::Sender::new(PAGES_BUFFERED_MAX);
    }
}
