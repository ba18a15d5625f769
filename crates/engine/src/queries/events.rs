//! Events: long polls and subscriptions.

use crate::events::feed::FeedLag;
use crate::events::page::{EVENTS_MAX, named_ids};
use crate::events::subscription::Subscription;
use crate::{Context, Engine, KeysById, Result, Topic};
use domain::{LedgerCursor, Movement, Signal};
use std::sync::Arc;
use std::time::Duration;

/// A page of committed movements, with the cursor of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// By ascending id. The movements of one item are in commit order.
    pub events: Vec<Movement>,
    /// By ascending id. The signals of one item are in the order of its movements.
    pub signals: Vec<Signal>,
    /// The keys of the items.
    pub keys: Arc<KeysById>,
    /// The position up to which `events` is complete. It advances even if there are no events.
    pub cursor: LedgerCursor,
    /// The age of the oldest committed movement above the low watermark, in seconds. An open transaction that has written
    /// an earlier movement holds the low watermark back.
    pub lag_seconds: u64,
}

impl Engine {
    /// Publishes a change of this topic if the command succeeded.
    pub(crate) fn publish_on_success<T>(&self, topic: Topic, done: Result<T>) -> Result<T> {
        if done.is_ok() {
            self.shared.notifier.publish(topic);
        }
        done
    }

    /// Returns at most `limit` movements after a cursor. If there are none, waits up to `wait` for one. Without a cursor
    /// the page is empty and has the current cursor.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`] for a cursor of another database history. [`domain::Error::CursorArchived`] for one
    /// before archived movements. A validation error for a `limit` that is
    /// not 1 to [`EVENTS_MAX`].
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
            let cursor = store.low_watermark().await?.cursor;
            let (events, signals, lag_seconds) = (Vec::new(), Vec::new(), feed.lag_seconds());
            return Ok(EventPage { events, signals, keys: Arc::default(), cursor, lag_seconds });
        };
        let deadline = tokio::time::Instant::now() + wait;
        let mut stopping = self.shared.stopping.subscribe();
        loop {
            let store::EventPage { events, signals, cursor } = store.events_after(&after, limit).await?;
            let is_last = *stopping.borrow() || tokio::time::Instant::now() >= deadline;
            if !events.is_empty() || !signals.is_empty() || is_last {
                let keys = self.shared.answer_keys.fetch(named_ids(&events, &signals, &[])).await?;
                return Ok(EventPage { events, signals, keys, cursor, lag_seconds: feed.lag_seconds() });
            }
            let advanced = tokio::time::timeout_at(deadline, feed.advanced(cursor.position));
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => {}
                _ = advanced => {}
            }
        }
    }

    /// Subscribes to changes after a cursor, or from now on. A cursor of another database history is answered like one that
    /// is too old: by a page that skips.
    ///
    /// # Errors
    /// [`crate::Error::StreamsFull`], and [`Error::Unavailable`] if the database does not answer.
    pub async fn subscribe(&self, _context: &Context, after: Option<LedgerCursor>) -> Result<Subscription> {
        self.shared.feed.subscribe(after).await
    }

    /// Returns the lag of events behind commits. `None` while no open transaction holds them back.
    pub fn feed_lag(&self) -> Option<FeedLag> {
        self.shared.feed.lag()
    }
}
