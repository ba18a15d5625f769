//! The reader of the event feed: it polls the ledger and broadcasts pages.

use crate::events::feed::{Feed, FeedLag, Position};
use crate::events::notifier::{POLL_INTERVAL, TopicVersions};
use crate::events::page::{ChangePage, EVENTS_MAX, items_of, named_ids};
use crate::{CachedJson, Result, Topic};
use domain::LedgerCursor;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{LowWatermark, OpenTransaction};
use supervision::{RepeatedFailure, WorkerStatus};
use tokio::sync::watch;
use tokio::time::Instant;

/// The minimum time between two pages. Faster changes are combined.
const PAGE_INTERVAL_MIN: Duration = Duration::from_millis(100);

/// The fixed cost of sending a page, in rows. With 1,000 streams it allows two pages per second.
const PAGE_COST_ROWS: usize = 25;

/// The time without an answer from the database after which the subscriptions end.
const UNANSWERED_MAX: Duration = Duration::from_secs(5);

/// The time between two log lines about the same lag.
const LAG_LOGGED_INTERVAL: Duration = Duration::from_secs(60);

/// The lag from which the feed logs it and the health report shows it.
pub(crate) const LAG_LOGGED_MIN: Duration = Duration::from_secs(10);

/// Reads the ledger and broadcasts pages until `stopping`.
pub(crate) async fn run(feed: &Feed, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut commits = feed.notifier.subscribe();
    let mut failure = RepeatedFailure::of("the reading of the event feed", status);
    let mut reader = Reader::new();
    loop {
        commits.mark_unchanged();
        let pause = reader.poll(feed, &mut failure).await;
        let next = Instant::now() + POLL_INTERVAL;
        let wait = async {
            match pause {
                Some(pause) => {
                    tokio::time::sleep(pause).await;
                    // The only error is a timeout: the notifier lives as long as the feed.
                    drop(tokio::time::timeout_at(next, commits.changed()).await);
                }
                None => drop(tokio::time::timeout_at(next, feed.joined.notified()).await),
            }
        };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => break,
            () = wait => {}
        }
    }
    feed.end_subscriptions();
}

/// The reader of the ledger for the event feed.
struct Reader {
    /// The last low watermark, and since when it has not moved.
    watermark: Option<(LowWatermark, Instant)>,
    /// The snapshot and the time of the last page that announced commits above the low watermark.
    published_above: Option<(String, Instant)>,
    /// The time of the last log line about a lag.
    lag_logged_at: Option<Instant>,
    answered_at: Instant,
}

impl Reader {
    fn new() -> Self {
        Self { watermark: None, published_above: None, lag_logged_at: None, answered_at: Instant::now() }
    }

    /// Polls once. Returns the minimum time until the next poll, or `None` without subscribers and long polls.
    async fn poll(&mut self, feed: &Feed, failure: &mut RepeatedFailure) -> Option<Duration> {
        match failure.note(self.try_poll(feed).await) {
            Some(pause) => {
                self.answered_at = Instant::now();
                pause
            }
            None => {
                if self.answered_at.elapsed() > UNANSWERED_MAX {
                    feed.end_subscriptions();
                }
                Some(POLL_INTERVAL)
            }
        }
    }

    async fn try_poll(&mut self, feed: &Feed) -> Result<Option<Duration>> {
        let mut position = feed.position.lock().await;
        let subscribers = feed.pages().receiver_count();
        if subscribers == 0 {
            *position = None;
        }
        let watermark = match &*position {
            Some(at) => match feed.store.low_watermark_after(&at.cursor).await {
                Err(store::Error::Rejected(
                    domain::Error::CursorUnknown | domain::Error::CursorArchived { .. },
                )) => None,
                watermark => Some(watermark?),
            },
            None => Some(feed.store.low_watermark().await?),
        };
        // The database has another history: subscribers must reload, and continue from the current cursor.
        let is_reset = watermark.is_none();
        let watermark = match watermark {
            Some(watermark) => watermark,
            None => feed.store.low_watermark().await?,
        };
        let is_above = self.observe(feed, &watermark).await?;
        feed.watermark.send_replace(watermark.cursor.position);
        let Some(at) = position.as_mut() else {
            return Ok((feed.waiting.load(Ordering::Acquire) > 0).then_some(PAGE_INTERVAL_MIN));
        };
        let current = feed.notifier.topic_versions();
        let mut topics = changed_topics(&at.topic_versions, &current);
        if is_above {
            topics.push(Topic::Stock);
        }
        let rows_max = feed.rows_per_second / subscribers.max(1);
        let page = match is_reset {
            true => ChangePage { skipped: true, topics, ..ChangePage::at(watermark.cursor) },
            false => read(feed, &at.cursor, watermark.cursor, topics, rows_max).await?,
        };
        *at = Position { cursor: page.cursor.clone(), topic_versions: current };
        if page.events.is_empty() && page.signals.is_empty() && page.topics.is_empty() && !page.skipped {
            return Ok(Some(PAGE_INTERVAL_MIN));
        }
        let rows = PAGE_COST_ROWS + page.events.len() + page.signals.len() + page.items.len();
        let page = ChangePage { lag_seconds: feed.lag_seconds(), ..page };
        // The only error is that the last subscriber has just left.
        drop(feed.pages().send(CachedJson::of(page)));
        let cost = Duration::from_secs_f64((rows * subscribers) as f64 / feed.rows_per_second as f64);
        Ok(Some(cost.clamp(PAGE_INTERVAL_MIN, POLL_INTERVAL)))
    }

    /// Observes the low watermark, and measures the lag while an open transaction holds it back. Returns whether there are
    /// new commits above it, which can be announced only as a change of the topic [`Topic::Stock`].
    async fn observe(&mut self, feed: &Feed, watermark: &LowWatermark) -> Result<bool> {
        let is_same = |before: &LowWatermark| before.cursor.position == watermark.cursor.position;
        let since = match self.watermark.take() {
            Some((before, since)) if is_same(&before) && watermark.last_id > watermark.cursor.position => {
                since
            }
            _ => Instant::now(),
        };
        self.watermark = Some((watermark.clone(), since));
        if since.elapsed() < POLL_INTERVAL {
            self.published_above = None;
            if let Some(FeedLag { lag, .. }) = feed.lag.send_replace(None)
                && self.lag_logged_at.take().is_some()
            {
                tracing::info!(lag_seconds = lag.as_secs(), "the event feed has caught up");
            }
            return Ok(false);
        }
        let is_due = |last: &(String, Instant)| last.1.elapsed() >= POLL_INTERVAL;
        if self.published_above.as_ref().is_some_and(|last| !is_due(last)) {
            return Ok(false);
        }
        let holder = feed.store.low_watermark_holder(watermark.cursor.position).await?.unwrap_or_default();
        let lag = holder.lag.unwrap_or_default();
        self.log(lag, &holder);
        feed.lag.send_replace(Some(FeedLag { lag, holder }));
        let is_new =
            self.published_above.as_ref().is_none_or(|(snapshot, _)| *snapshot != watermark.snapshot);
        self.published_above = Some((watermark.snapshot.clone(), Instant::now()));
        Ok(is_new)
    }

    fn log(&mut self, lag: Duration, holder: &OpenTransaction) {
        let is_due = self.lag_logged_at.is_none_or(|last| last.elapsed() >= LAG_LOGGED_INTERVAL);
        if lag < LAG_LOGGED_MIN || !is_due {
            return;
        }
        self.lag_logged_at = Some(Instant::now());
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

/// Returns the topics whose versions differ.
fn changed_topics(before: &TopicVersions, now: &TopicVersions) -> Vec<Topic> {
    let is_other = |kind: &Topic| now[*kind as usize] != before[*kind as usize];
    Topic::ANNOUNCED.into_iter().filter(is_other).collect()
}

/// Reads the page between two positions. A page with more than `rows_max` events skips them.
async fn read(
    feed: &Feed,
    after: &LedgerCursor,
    until: LedgerCursor,
    topics: Vec<Topic>,
    rows_max: usize,
) -> Result<ChangePage> {
    let limit = i64::try_from(rows_max).unwrap_or(EVENTS_MAX).clamp(1, EVENTS_MAX);
    // A watermark that was read later may be slightly lower.
    if until.position <= after.position {
        return Ok(ChangePage { topics, ..ChangePage::at(after.clone()) });
    }
    let store = &feed.store;
    let events = store.events_between(after.position, until.position, limit).await?;
    let signals = store.signals_between(after.position, until.position, limit).await?;
    if i64::try_from(events.len().max(signals.len())).is_ok_and(|count| count == limit) {
        return Ok(ChangePage { skipped: true, topics, ..ChangePage::at(until) });
    }
    let items = items_of(store, &events).await?;
    let keys = feed.answer_keys.fetch(named_ids(&events, &signals, &items)).await?;
    Ok(ChangePage { topics, events, signals, items, keys, ..ChangePage::at(until) })
}
