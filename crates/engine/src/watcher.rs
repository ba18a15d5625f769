//! Watching: what was committed, message by message, for a screen that is to be true at every moment.

use crate::events::{LOOK_INTERVAL, Touched};
use crate::{Context, EVENTS_MAX, Engine, Error, Kind, Result};
use domain::{ItemNow, Movement};
use moka::future::Cache;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a reading is kept for other watchers who stand at the same place. They come within moments of
/// each other; less than [`LOOK_INTERVAL`], so that a look is a new reading.
const READING_KEPT: Duration = Duration::from_millis(500);

/// The most readings that are kept.
const READINGS_MAX: u64 = 64;

/// What was committed since a watcher's last message.
#[derive(Debug, Clone)]
pub struct Changes {
    /// What the ledger tells, and of which items.
    pub read: Arc<Reading>,
    /// Kinds of which something was touched that the ledger does not tell.
    pub touched: Vec<Kind>,
}

/// What was read of the ledger behind a place in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Up to where it tells everything.
    pub cursor: i64,
    /// More happened than can be told: `events` and `items` are empty.
    pub skipped: bool,
    /// By ascending id.
    pub events: Vec<Movement>,
    /// What the items that `events` name have, just after the last of them or a moment later.
    pub items: Vec<ItemNow>,
}

/// Readings of late, by the place behind which they read and the count of what was heard of until then: who
/// stands at the same place is served by one reading.
pub(crate) struct Readings(Cache<(i64, u64), Arc<Reading>>);

impl Readings {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(READINGS_MAX).time_to_live(READING_KEPT).build())
    }
}

/// Follows what is committed.
pub struct Watcher {
    engine: Engine,
    cursor: Option<i64>,
    /// Whether the first message was given.
    begun: bool,
    seen: Touched,
    heard: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

impl Engine {
    /// Follows what is committed behind `after`, or from now on.
    pub fn watcher(&self, _context: &Context, after: Option<i64>) -> Watcher {
        let announcer = &self.shared.announcer;
        let (heard, stopping) = (announcer.subscribe(), self.shared.stopping.subscribe());
        Watcher {
            engine: self.clone(),
            cursor: after,
            begun: false,
            seen: announcer.touched(),
            heard,
            stopping,
        }
    }

    async fn read_behind(&self, cursor: i64, heard: u64) -> Result<Arc<Reading>> {
        let read = async {
            let page = self.store().events_after(Some(cursor), EVENTS_MAX).await?;
            if i64::try_from(page.events.len()).is_ok_and(|count| count == EVENTS_MAX) {
                let cursor = self.store().events_after(None, 1).await?.cursor;
                return Ok::<_, Error>(Arc::new(Reading { cursor, skipped: true, ..Reading::default() }));
            }
            let touched: BTreeSet<_> = page.events.iter().map(|event| event.item.0).collect();
            let touched: Vec<_> = touched.into_iter().collect();
            let items = match touched.is_empty() {
                true => Vec::new(),
                false => self.store().items_now(&touched).await?,
            };
            Ok(Arc::new(Reading { cursor: page.cursor, skipped: false, events: page.events, items }))
        };
        let shared = self.shared.readings.0.try_get_with((cursor, heard), read).await;
        shared.map_err(|error| Error::clone(&error))
    }
}

impl Watcher {
    /// Waits for something to happen. The first message comes at once, so that one knows that one watches;
    /// there is none any more once the engine stops.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn next(&mut self) -> Result<Option<Changes>> {
        if !self.begun {
            return self.begin().await.map(Some);
        }
        loop {
            if *self.stopping.borrow() {
                return Ok(None);
            }
            let heard = *self.heard.borrow_and_update();
            let touched = self.touched();
            let read = self.engine.read_behind(self.cursor.unwrap_or(0), heard).await?;
            self.cursor = Some(read.cursor);
            if !read.events.is_empty() || read.skipped || !touched.is_empty() {
                return Ok(Some(Changes { read, touched }));
            }
            tokio::select! {
                // The sender is gone only where the engine is.
                _ = self.stopping.wait_for(|stopping| *stopping) => return Ok(None),
                _ = tokio::time::timeout(LOOK_INTERVAL, self.heard.changed()) => {}
            }
        }
    }

    async fn begin(&mut self) -> Result<Changes> {
        let now = self.engine.store().events_after(None, 1).await?.cursor;
        let heard = *self.heard.borrow_and_update();
        let (read, touched) = match self.cursor {
            None => (Arc::new(Reading { cursor: now, ..Reading::default() }), Vec::new()),
            // A place that this ledger has not reached: it was another one's.
            Some(after) if after > now => {
                (Arc::new(Reading { cursor: now, skipped: true, ..Reading::default() }), Kind::ALL.to_vec())
            }
            // What was touched in the meantime nobody knows.
            Some(after) => (self.engine.read_behind(after, heard).await?, Kind::ALL.to_vec()),
        };
        self.cursor = Some(read.cursor);
        self.begun = true;
        Ok(Changes { read, touched })
    }

    /// The kinds of which something was touched since this was asked last.
    fn touched(&mut self) -> Vec<Kind> {
        let now = self.engine.shared.announcer.touched();
        let before = std::mem::replace(&mut self.seen, now);
        Kind::ALL.into_iter().filter(|kind| now[*kind as usize] != before[*kind as usize]).collect()
    }
}
