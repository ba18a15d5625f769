//! Events: the commits, and their announcement between servers.

use crate::events::subscription::{FeedLag, Subscription};
use crate::{Context, Engine, Error, Result};
use domain::{LedgerCursor, Movement};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;
use store::Store;
use tokio::sync::{Notify, watch};

/// The most movements that one reading returns.
pub const EVENTS_MAX: i64 = 1_000;

/// Movements that were committed, and the cursor for the next reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// By ascending id; those of one item are in the order in which they happened.
    pub events: Vec<Movement>,
    /// The position up to which `events` is complete. It advances even if there was nothing to read.
    pub cursor: LedgerCursor,
    /// The age of the oldest committed line that can't be delivered yet, in seconds: an open transaction that has
    /// written before it holds it back.
    pub lag_seconds: u64,
}

/// The least time between two announcements to other servers: a NOTIFY in every commit would make the
/// commits wait for each other.
const ANNOUNCE_INTERVAL: Duration = Duration::from_millis(50);

/// How long after which a watcher looks by itself: what others write by hand announces nothing.
pub(crate) const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How long to wait before the database is asked again for its announcements.
const RELISTEN_INTERVAL: Duration = Duration::from_secs(1);

/// Kinds of things that can change without a line in the ledger: a name, a block's time, a new order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What describes an item, or a new item.
    Items,
    /// Until when a block holds.
    Blocks,
    /// A new order, or one that was given up.
    Orders,
    /// A warehouse.
    Warehouses,
    /// Stock levels, while the ledger's lines about them can't be delivered yet.
    Stock,
}

impl Kind {
    /// The kinds that servers announce to each other: all but [`Kind::Stock`], which each reads from the ledger.
    pub const ANNOUNCED: [Self; 4] = [Self::Items, Self::Blocks, Self::Orders, Self::Warehouses];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How often something of each kind was touched.
pub(crate) type Touched = [u64; Kind::ANNOUNCED.len()];

/// Who is told that something was committed.
pub(crate) struct CommitNotifier {
    /// Commits of this server that the others have not been told of.
    pending: Notify,
    /// The kinds of which something was touched since the others were told, as bits.
    untold_kinds: AtomicU8,
    touched: [AtomicU64; Kind::ANNOUNCED.len()],
    /// Tells this server's announcements from others': it hears its own too.
    origin: u64,
    /// Counts what was commits of, here and from elsewhere.
    commits: watch::Sender<u64>,
}

impl CommitNotifier {
    pub(crate) fn new() -> Self {
        Self {
            pending: Notify::new(),
            untold_kinds: AtomicU8::new(0),
            touched: Default::default(),
            origin: RandomState::new().hash_one(()),
            commits: watch::Sender::new(0),
        }
    }

    /// What is told whenever something was committed: a count that has risen.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// How often something of each kind was touched, here and elsewhere.
    pub(crate) fn touched(&self) -> Touched {
        std::array::from_fn(|index| self.touched[index].load(Ordering::Acquire))
    }

    /// Tells that something of this kind was committed.
    pub(crate) fn touch(&self, kind: Kind) {
        self.touch_bits(kind.bit());
        self.untold_kinds.fetch_or(kind.bit(), Ordering::AcqRel);
        self.committed();
    }

    fn touch_bits(&self, bits: u8) {
        for kind in Kind::ANNOUNCED.into_iter().filter(|kind| bits & kind.bit() != 0) {
            self.touched[kind as usize].fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Tells watchers of this server at once, and other servers soon.
    pub(crate) fn committed(&self) {
        self.commits();
        self.pending.notify_one();
    }

    fn commits(&self) {
        self.commits.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Announces commits to other servers, many at a time, until `stopping`.
    pub(crate) async fn announce(&self, store: Store, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.pending.notified() => {}
            }
            let kinds = self.untold_kinds.swap(0, Ordering::AcqRel);
            if let Err(error) = store.events_announce(&format!("{} {kinds}", self.origin)).await {
                tracing::debug!(%error, "other servers could not be told");
            }
            tokio::time::sleep(ANNOUNCE_INTERVAL).await;
        }
    }

    /// Hears what other servers announce, until `stopping`.
    pub(crate) async fn listen(&self, store: Store, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.listen_while_connected(&store) => {}
            }
            // What was announced while nobody listened is lost: look.
            self.touch_bits(u8::MAX);
            self.commits();
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(RELISTEN_INTERVAL) => {}
            }
        }
    }

    async fn listen_while_connected(&self, store: &Store) {
        let Ok(mut listener) = store.events_listen().await else { return };
        while let Ok(Some(told)) = listener.try_recv().await {
            self.touch_bits(self.kinds_told(told.payload()).unwrap_or(0));
            self.commits();
        }
    }

    /// The kinds that another server's announcement names.
    fn kinds_told(&self, announcement: &str) -> Option<u8> {
        let (origin, kinds) = announcement.split_once(' ')?;
        if origin == self.origin.to_string() { None } else { kinds.parse().ok() }
    }
}

impl Engine {
    /// Tells watchers that something of this kind was touched, unless it failed.
    pub(crate) fn touched<T>(&self, kind: Kind, done: Result<T>) -> Result<T> {
        if matches!(done, Ok(_) | Err(Error::Answered(_))) {
            self.shared.notifier.touch(kind);
        }
        done
    }

    /// At most `limit` movements after a cursor, in the order of each item. If there are none, waits up to `wait` for
    /// some. Without a cursor there are none, and the cursor is that of now.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`]; a `limit` that is not 1 to [`EVENTS_MAX`].
    pub async fn events(
        &self,
        _context: &Context,
        after: Option<LedgerCursor>,
        limit: i64,
        wait: Duration,
    ) -> Result<EventPage> {
        if !(1..=EVENTS_MAX).contains(&limit) {
            let reason = format!("must be 1 to {EVENTS_MAX}, not {limit}");
            return Err(domain::Error::invalid("limit", reason).into());
        }
        let (feed, store) = (&self.shared.feed, self.store());
        let Some(after) = after else {
            let (events, cursor) = (Vec::new(), store.watermark().await?.cursor);
            return Ok(EventPage { events, cursor, lag_seconds: feed.lag_seconds() });
        };
        let deadline = tokio::time::Instant::now() + wait;
        let mut stopping = self.shared.stopping.subscribe();
        loop {
            let store::EventPage { events, cursor } = store.events_after(&after, limit).await?;
            let is_over = *stopping.borrow() || tokio::time::Instant::now() >= deadline;
            if !events.is_empty() || is_over {
                return Ok(EventPage { events, cursor, lag_seconds: feed.lag_seconds() });
            }
            let advanced = tokio::time::timeout_at(deadline, feed.advanced(cursor.position));
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => {}
                _ = advanced => {}
            }
        }
    }

    /// Follows what is committed after a cursor, or from now on. A cursor of another history counts as one from which
    /// more happened than a page can have.
    ///
    /// # Errors
    /// [`Error::StreamsFull`]; if the database does not answer.
    pub async fn subscribe(&self, _context: &Context, after: Option<LedgerCursor>) -> Result<Subscription> {
        self.shared.feed.subscribe(after).await
    }

    /// How far events lag because a transaction holds them back; `None` while none does.
    pub fn feed_lag(&self) -> Option<FeedLag> {
        self.shared.feed.lag()
    }
}
