//! The live feed: one reader per process follows the ledger and broadcasts what it reads to every subscriber.
//!
//! A subscriber costs the database nothing while it keeps up. The reader's pace bounds what all subscribers together
//! cost this process: the more of them there are, and the larger its pages, the rarer the pages.

use crate::events::notifier::{CommitNotifier, LOOK_INTERVAL, Touched};
use crate::{CachedJson, EVENTS_MAX, Error, Kind, Result, Settings};
use domain::{ItemStock, LedgerCursor, Movement};
use moka::future::Cache;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{OpenTransaction, Store, Watermark};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast, watch};
use tokio::time::Instant;

/// The least time between two pages: changes that come faster are put together.
const PAGE_INTERVAL_MIN: Duration = Duration::from_millis(100);

/// A page counts as so many lines more than it has: the fixed cost of sending it. With 1,000 streams there are two pages
/// per second.
const PAGE_LINES: usize = 25;

/// Pages that wait for a slow subscriber. Beyond them it gets one page that says that it skipped some.
const PAGES_WAITING_MAX: usize = 16;

/// Subscribers that read the ledger at the same time, because they go on from an older cursor.
const RESUMES_MAX: usize = 4;

/// How long a page that was read for a resuming subscriber is cached for others with the same cursor.
const RESUME_CACHED: Duration = Duration::from_millis(500);

/// The most such pages.
const RESUMES_CACHED_MAX: u64 = 64;

/// After this time without an answer from the database, the subscriptions end.
const UNANSWERED_MAX: Duration = Duration::from_secs(5);

/// A lag of this length is logged, and shown in the health report.
pub(crate) const LAG_LOGGED_MIN: Duration = Duration::from_secs(10);

/// The time between two log lines about the same lag.
const LAG_LOGGED_INTERVAL: Duration = Duration::from_secs(60);

/// One message of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// The position up to which this page and those before it are complete.
    pub cursor: LedgerCursor,
    /// More happened than a page may have: `events` and `items` are empty.
    pub skipped: bool,
    /// Kinds of things that changed and that `events` does not tell of.
    pub touched: Vec<Kind>,
    /// By ascending id.
    pub events: Vec<Movement>,
    /// The items that `events` names, just after the last event or a moment later.
    pub items: Vec<ItemStock>,
    /// How far the feed lags, in seconds: the age of the oldest committed line that it can't deliver yet.
    pub lag_seconds: u64,
}

impl ChangePage {
    /// An empty page.
    fn at(cursor: LedgerCursor) -> Self {
        Self {
            cursor,
            skipped: false,
            touched: Vec::new(),
            events: Vec::new(),
            items: Vec::new(),
            lag_seconds: 0,
        }
    }
}

/// How far the feed lags, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedLag {
    /// The age of the oldest committed line that the feed can't deliver yet.
    pub lag: Duration,
    /// The transaction that holds it back: it has written to the ledger and is still open.
    pub holder: OpenTransaction,
}

/// The feed of one process.
pub(crate) struct Feed {
    store: Store,
    notifier: Arc<CommitNotifier>,
    /// The position of the last page that was sent; `None` while nobody is subscribed. It is locked while a page is read
    /// and sent, so that a new subscriber gets each page after its own position.
    position: tokio::sync::Mutex<Option<Position>>,
    /// Replaced when the subscriptions end.
    pages: Mutex<broadcast::Sender<Arc<CachedJson<ChangePage>>>>,
    /// The place of the low watermark at the last look.
    watermark: watch::Sender<i64>,
    lag: watch::Sender<Option<FeedLag>>,
    /// Readings that wait for the watermark to advance.
    waiting: AtomicUsize,
    /// Notified when there is a first subscriber.
    joined: Notify,
    streams: Arc<Semaphore>,
    streams_max: usize,
    lines_per_second: usize,
    resumes: Semaphore,
    resumed: Cache<(i64, LedgerCursor), Arc<Resumed>>,
}

/// Up to where subscribers were sent everything.
struct Position {
    cursor: LedgerCursor,
    touched: Touched,
}

/// Lines between a resuming subscriber's cursor and the feed's position.
struct Resumed {
    skipped: bool,
    events: Vec<Movement>,
    items: Vec<ItemStock>,
}

/// Counts one reading that waits, until it is dropped.
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
    pub(crate) fn new(store: Store, notifier: Arc<CommitNotifier>, settings: &Settings) -> Arc<Self> {
        Arc::new(Self {
            store,
            notifier,
            position: tokio::sync::Mutex::new(None),
            pages: Mutex::new(broadcast::Sender::new(PAGES_WAITING_MAX)),
            watermark: watch::Sender::new(0),
            lag: watch::Sender::new(None),
            waiting: AtomicUsize::new(0),
            joined: Notify::new(),
            streams: Arc::new(Semaphore::new(settings.event_streams_max)),
            streams_max: settings.event_streams_max,
            lines_per_second: settings.event_stream_lines_per_second.max(1),
            resumes: Semaphore::new(RESUMES_MAX),
            resumed: Cache::builder().max_capacity(RESUMES_CACHED_MAX).time_to_live(RESUME_CACHED).build(),
        })
    }

    /// How far the feed lags; `None` while it does not.
    pub(crate) fn lag(&self) -> Option<FeedLag> {
        self.lag.borrow().clone()
    }

    /// How far the feed lags, in whole seconds.
    pub(crate) fn lag_seconds(&self) -> u64 {
        self.lag.borrow().as_ref().map_or(0, |lag| lag.lag.as_secs())
    }

    /// Waits until the low watermark is beyond `place`. The caller limits the time.
    pub(crate) async fn advanced(&self, place: i64) {
        let mut watermark = self.watermark.subscribe();
        let _waiting = Waiting::new(self);
        self.joined.notify_one();
        // The sender is there as long as this reference.
        drop(watermark.wait_for(|watermark| *watermark > place).await);
    }

    fn pages(&self) -> MutexGuard<'_, broadcast::Sender<Arc<CachedJson<ChangePage>>>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes after a cursor, or from now on. The first page comes at once.
    pub(crate) async fn subscribe(self: &Arc<Self>, after: Option<LedgerCursor>) -> Result<Subscription> {
        let full = Error::StreamsFull { max: self.streams_max };
        let permit = self.streams.clone().try_acquire_owned().map_err(|_| full)?;
        let (pages, position) = self.join().await?;
        let mut page = match after {
            None => ChangePage::at(position),
            Some(after) => self.resume(after, position).await?,
        };
        if self.lag().is_some() {
            page.touched.push(Kind::Stock);
        }
        let delivered = page.cursor.clone();
        let first = ChangePage { lag_seconds: self.lag_seconds(), ..page };
        Ok(Subscription { feed: self.clone(), pages, first: Some(first), delivered, _permit: permit })
    }

    /// The pages after the returned position.
    async fn join(&self) -> Result<(broadcast::Receiver<Arc<CachedJson<ChangePage>>>, LedgerCursor)> {
        let mut position = self.position.lock().await;
        let cursor = match &*position {
            Some(Position { cursor, .. }) if self.pages().receiver_count() > 0 => cursor.clone(),
            _ => {
                let touched = self.notifier.touched();
                let cursor = self.store.watermark().await?.cursor;
                *position = Some(Position { cursor: cursor.clone(), touched });
                cursor
            }
        };
        let pages = self.pages().subscribe();
        self.joined.notify_one();
        Ok((pages, cursor))
    }

    /// A page with the lines between a cursor and the feed's position.
    async fn resume(&self, after: LedgerCursor, position: LedgerCursor) -> Result<ChangePage> {
        // Nobody knows what was touched in the meantime.
        let touched = Kind::ANNOUNCED.to_vec();
        let Ok(_turn) = self.resumes.acquire().await else { return Err(Error::Unavailable) };
        match self.store.watermark_after(&after).await {
            Err(store::Error::Refused(domain::Error::CursorUnknown)) => {
                return Ok(ChangePage { skipped: true, touched, ..ChangePage::at(position) });
            }
            checked => checked?,
        };
        if after.position >= position.position {
            return Ok(ChangePage { touched, ..ChangePage::at(after) });
        }
        let read = self.resumed.try_get_with((after.position, position.clone()), async {
            let events = self.store.events_between(after.position, position.position, EVENTS_MAX).await?;
            if i64::try_from(events.len()).is_ok_and(|count| count == EVENTS_MAX) {
                return Ok::<_, Error>(Arc::new(Resumed {
                    skipped: true,
                    events: Vec::new(),
                    items: Vec::new(),
                }));
            }
            let items = items_of(&self.store, &events).await?;
            Ok(Arc::new(Resumed { skipped: false, events, items }))
        });
        let read = read.await.map_err(|error| Error::clone(&error))?;
        let (events, items) = (read.events.clone(), read.items.clone());
        Ok(ChangePage { skipped: read.skipped, touched, events, items, ..ChangePage::at(position) })
    }

    /// Reads and broadcasts until `stopping`.
    pub(crate) async fn run(&self, mut stopping: watch::Receiver<bool>) {
        let mut commits = self.notifier.subscribe();
        let mut reader = Reader::new();
        loop {
            commits.mark_unchanged();
            let pause = reader.look(self).await;
            let next = Instant::now() + LOOK_INTERVAL;
            let wait = async {
                match pause {
                    Some(pause) => {
                        tokio::time::sleep(pause).await;
                        // An error says that the time is over; the notifier is there as long as the feed.
                        drop(tokio::time::timeout_at(next, commits.changed()).await);
                    }
                    None => drop(tokio::time::timeout_at(next, self.joined.notified()).await),
                }
            };
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => break,
                () = wait => {}
            }
        }
        self.end_subscriptions();
    }

    fn end_subscriptions(&self) {
        *self.pages() = broadcast::Sender::new(PAGES_WAITING_MAX);
    }
}

/// The reader's own account.
struct Reader {
    /// The low watermark as it was last read, and since when it has been the same.
    watermark: Option<(Watermark, Instant)>,
    /// The snapshot and the time of the last page that told of stock beyond the watermark.
    told_beyond: Option<(String, Instant)>,
    /// When a lag was last logged.
    lag_logged: Option<Instant>,
    answered: Instant,
}

impl Reader {
    fn new() -> Self {
        Self { watermark: None, told_beyond: None, lag_logged: None, answered: Instant::now() }
    }

    /// Looks once, and returns the least time until the next look; `None` while nobody is subscribed or waits.
    async fn look(&mut self, feed: &Feed) -> Option<Duration> {
        match self.try_look(feed).await {
            Ok(pause) => {
                self.answered = Instant::now();
                pause
            }
            Err(error) => {
                tracing::debug!(%error, "the event feed could not be read");
                if self.answered.elapsed() > UNANSWERED_MAX {
                    feed.end_subscriptions();
                }
                Some(LOOK_INTERVAL)
            }
        }
    }

    async fn try_look(&mut self, feed: &Feed) -> Result<Option<Duration>> {
        let mut position = feed.position.lock().await;
        let subscribers = feed.pages().receiver_count();
        if subscribers == 0 {
            *position = None;
        }
        let watermark = match &*position {
            Some(at) => match feed.store.watermark_after(&at.cursor).await {
                Err(store::Error::Refused(domain::Error::CursorUnknown)) => None,
                watermark => Some(watermark?),
            },
            None => Some(feed.store.watermark().await?),
        };
        // The history was replaced: subscribers read the present state, and go on from the cursor of now.
        let reset = watermark.is_none();
        let watermark = match watermark {
            Some(watermark) => watermark,
            None => feed.store.watermark().await?,
        };
        let beyond = self.follow(feed, &watermark).await?;
        feed.watermark.send_replace(watermark.cursor.position);
        let Some(at) = position.as_mut() else {
            return Ok((feed.waiting.load(Ordering::Acquire) > 0).then_some(PAGE_INTERVAL_MIN));
        };
        let seen = feed.notifier.touched();
        let mut touched = touched_since(&at.touched, &seen);
        if beyond {
            touched.push(Kind::Stock);
        }
        let lines_max = feed.lines_per_second / subscribers.max(1);
        let page = match reset {
            true => ChangePage { skipped: true, touched, ..ChangePage::at(watermark.cursor) },
            false => read(&feed.store, &at.cursor, watermark.cursor, touched, lines_max).await?,
        };
        *at = Position { cursor: page.cursor.clone(), touched: seen };
        if page.events.is_empty() && page.touched.is_empty() && !page.skipped {
            return Ok(Some(PAGE_INTERVAL_MIN));
        }
        let lines = PAGE_LINES + page.events.len() + page.items.len();
        let page = ChangePage { lag_seconds: feed.lag_seconds(), ..page };
        // An error says that the last subscriber has just gone.
        drop(feed.pages().send(CachedJson::of(page)));
        let cost = Duration::from_secs_f64((lines * subscribers) as f64 / feed.lines_per_second as f64);
        Ok(Some(cost.clamp(PAGE_INTERVAL_MIN, LOOK_INTERVAL)))
    }

    /// Follows the low watermark; whether something was committed beyond one that does not move.
    async fn follow(&mut self, feed: &Feed, watermark: &Watermark) -> Result<bool> {
        let is_same = |before: &Watermark| before.cursor.position == watermark.cursor.position;
        let since = match self.watermark.take() {
            Some((before, since)) if is_same(&before) && watermark.taken > watermark.cursor.position => since,
            _ => Instant::now(),
        };
        self.watermark = Some((watermark.clone(), since));
        if since.elapsed() < LOOK_INTERVAL {
            self.told_beyond = None;
            if let Some(FeedLag { lag, .. }) = feed.lag.send_replace(None)
                && self.lag_logged.take().is_some()
            {
                tracing::info!(lag_seconds = lag.as_secs(), "the event feed has caught up");
            }
            return Ok(false);
        }
        let is_due = |last: &(String, Instant)| last.1.elapsed() >= LOOK_INTERVAL;
        if self.told_beyond.as_ref().is_some_and(|last| !is_due(last)) {
            return Ok(false);
        }
        let holder = feed.store.watermark_holder(watermark.cursor.position).await?.unwrap_or_default();
        let lag = holder.lag.unwrap_or_default();
        self.log(lag, &holder);
        feed.lag.send_replace(Some(FeedLag { lag, holder }));
        let is_new = self.told_beyond.as_ref().is_none_or(|(snapshot, _)| *snapshot != watermark.snapshot);
        self.told_beyond = Some((watermark.snapshot.clone(), Instant::now()));
        Ok(is_new)
    }

    fn log(&mut self, lag: Duration, holder: &OpenTransaction) {
        let is_due = self.lag_logged.is_none_or(|last| last.elapsed() >= LAG_LOGGED_INTERVAL);
        if lag < LAG_LOGGED_MIN || !is_due {
            return;
        }
        self.lag_logged = Some(Instant::now());
        tracing::warn!(
            lag_seconds = lag.as_secs(),
            pid = holder.pid,
            application = holder.application,
            user = holder.user,
            state = holder.state,
            transaction_age_seconds = holder.age.map(|age| age.as_secs()),
            "the event feed waits for an open transaction that has written to the ledger: end it, or end its session \
             with pg_terminate_backend"
        );
    }
}

/// The kinds of which something was touched in between.
fn touched_since(before: &Touched, now: &Touched) -> Vec<Kind> {
    let is_other = |kind: &Kind| now[*kind as usize] != before[*kind as usize];
    Kind::ANNOUNCED.into_iter().filter(is_other).collect()
}

/// The page between two positions. One with more than `lines_max` events is skipped.
async fn read(
    store: &Store,
    after: &LedgerCursor,
    until: LedgerCursor,
    touched: Vec<Kind>,
    lines_max: usize,
) -> Result<ChangePage> {
    let limit = i64::try_from(lines_max).unwrap_or(EVENTS_MAX).clamp(1, EVENTS_MAX);
    // A watermark that was read a moment later may be a little lower.
    if until.position <= after.position {
        return Ok(ChangePage { touched, ..ChangePage::at(after.clone()) });
    }
    let events = store.events_between(after.position, until.position, limit).await?;
    if i64::try_from(events.len()).is_ok_and(|count| count == limit) {
        return Ok(ChangePage { skipped: true, touched, ..ChangePage::at(until) });
    }
    let items = items_of(store, &events).await?;
    Ok(ChangePage { touched, events, items, ..ChangePage::at(until) })
}

/// The quantities and levels that the items of these events have now.
async fn items_of(store: &Store, events: &[Movement]) -> Result<Vec<ItemStock>> {
    let ids: BTreeSet<_> = events.iter().map(|event| event.item.0).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    match ids.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(store.items_now(&ids).await?),
    }
}

/// Follows what is committed, page by page.
pub struct Subscription {
    feed: Arc<Feed>,
    pages: broadcast::Receiver<Arc<CachedJson<ChangePage>>>,
    first: Option<ChangePage>,
    /// The position up to which pages were delivered.
    delivered: LedgerCursor,
    _permit: OwnedSemaphorePermit,
}

impl Subscription {
    /// The next page. The first one comes at once. `None` once the engine stops, or while the database does not answer.
    pub async fn next(&mut self) -> Option<Arc<CachedJson<ChangePage>>> {
        if let Some(first) = self.first.take() {
            return Some(CachedJson::of(first));
        }
        loop {
            match self.pages.recv().await {
                Ok(page) => {
                    if let Some(page) = self.undelivered(page) {
                        return Some(page);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => return self.skip().await,
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// A page without the events that were delivered: a cursor of another server can be ahead of this one's feed.
    fn undelivered(&mut self, page: Arc<CachedJson<ChangePage>>) -> Option<Arc<CachedJson<ChangePage>>> {
        let delivered = self.delivered.position;
        if page.skipped
            || (page.cursor.position >= delivered && page.events.iter().all(|event| event.id > delivered))
        {
            self.delivered = page.cursor.clone();
            return Some(page);
        }
        let mut rest = ChangePage::clone(&page);
        rest.events.retain(|event| event.id > delivered);
        match rest.cursor.position < delivered {
            true => rest.cursor = self.delivered.clone(),
            false => self.delivered = rest.cursor.clone(),
        }
        let is_empty = rest.events.is_empty() && rest.touched.is_empty();
        (!is_empty).then(|| CachedJson::of(rest))
    }

    /// A page in place of those that this subscriber was too slow for.
    async fn skip(&mut self) -> Option<Arc<CachedJson<ChangePage>>> {
        let (pages, position) = self.feed.join().await.ok()?;
        self.pages = pages;
        self.delivered = position.clone();
        let (touched, lag_seconds) = (Kind::ANNOUNCED.to_vec(), self.feed.lag_seconds());
        let page = ChangePage { skipped: true, touched, lag_seconds, ..ChangePage::at(position) };
        Some(CachedJson::of(page))
    }
}
