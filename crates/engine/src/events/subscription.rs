//! Subscriptions to the event feed, and the pages that they receive.

use crate::events::feed::{Feed, Resumed};
use crate::events::page::{ChangePage, EVENTS_MAX, items_of, named_ids};
use crate::{CachedJson, Error, Result, Topic};
use domain::LedgerCursor;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, broadcast};

impl Feed {
    /// Subscribes after a cursor, or from now on. The first page is available at once.
    pub(crate) async fn subscribe(self: &Arc<Self>, after: Option<LedgerCursor>) -> Result<Subscription> {
        let full = Error::StreamsFull { max: self.streams_max };
        let permit = self.streams.clone().try_acquire_owned().map_err(|_| full)?;
        let (pages, position) = self.join().await?;
        let mut page = match after {
            None => ChangePage::at(position),
            Some(after) => self.resume(after, position).await?,
        };
        if self.lag().is_some() {
            page.topics.push(Topic::Stock);
        }
        let delivered = page.cursor.clone();
        let first = ChangePage { lag_seconds: self.lag_seconds(), ..page };
        Ok(Subscription { feed: self.clone(), pages, first: Some(first), delivered, _permit: permit })
    }

    /// Reads the page between a cursor and the feed's position.
    async fn resume(&self, after: LedgerCursor, position: LedgerCursor) -> Result<ChangePage> {
        // The changes of topics in the meantime are unknown.
        let topics = Topic::ANNOUNCED.to_vec();
        let Ok(_turn) = self.resumes.acquire().await else { return Err(Error::Unavailable) };
        if !self.can_resume(&after).await? {
            return Ok(ChangePage { skipped: true, topics, ..ChangePage::at(position) });
        }
        if after.position >= position.position {
            return Ok(ChangePage { topics, ..ChangePage::at(after) });
        }
        let read = self.resumed.try_get_with((after.position, position.clone()), async {
            let events = self.store.events_between(after.position, position.position, EVENTS_MAX).await?;
            let signals = self.store.signals_between(after.position, position.position, EVENTS_MAX).await?;
            if i64::try_from(events.len().max(signals.len())).is_ok_and(|count| count == EVENTS_MAX) {
                return Ok::<_, Error>(Arc::new(Resumed {
                    skipped: true,
                    events: Vec::new(),
                    signals: Vec::new(),
                    items: Vec::new(),
                    keys: Arc::default(),
                }));
            }
            let items = items_of(&self.store, &events).await?;
            let keys = self.answer_keys.fetch(named_ids(&events, &signals, &items)).await?;
            Ok(Arc::new(Resumed { skipped: false, events, signals, items, keys }))
        });
        let read = read.await.map_err(|error| Error::clone(&error))?;
        // A part may have been archived between the check of the cursor and the reads.
        if !self.can_resume(&after).await? {
            return Ok(ChangePage { skipped: true, topics, ..ChangePage::at(position) });
        }
        let (events, signals, items) = (read.events.clone(), read.signals.clone(), read.items.clone());
        let keys = read.keys.clone();
        let skipped = read.skipped;
        Ok(ChangePage { skipped, topics, events, signals, items, keys, ..ChangePage::at(position) })
    }

    /// Returns whether the ledger has the history before a cursor, and every movement after it.
    async fn can_resume(&self, after: &LedgerCursor) -> Result<bool> {
        match self.store.low_watermark_after(after).await {
            Err(store::Error::Rejected(
                domain::Error::CursorUnknown | domain::Error::CursorArchived { .. },
            )) => Ok(false),
            checked => checked.map(|_| true).map_err(Error::from),
        }
    }
}

/// A subscription to the event feed.
pub struct Subscription {
    feed: Arc<Feed>,
    pages: broadcast::Receiver<Arc<CachedJson<ChangePage>>>,
    first: Option<ChangePage>,
    /// The position up to which events were delivered.
    delivered: LedgerCursor,
    _permit: OwnedSemaphorePermit,
}

impl Subscription {
    /// Waits for the next page. The first page is available at once. Returns `None` after the engine has stopped, or if the
    /// database does not answer.
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

    /// Removes events that were already delivered. A cursor of another server can be ahead of this server's feed.
    fn undelivered(&mut self, page: Arc<CachedJson<ChangePage>>) -> Option<Arc<CachedJson<ChangePage>>> {
        let delivered = self.delivered.position;
        if page.skipped
            || (page.cursor.position >= delivered
                && page.events.iter().all(|event| event.id > delivered)
                && page.signals.iter().all(|signal| signal.id > delivered))
        {
            self.delivered = page.cursor.clone();
            return Some(page);
        }
        let mut rest = ChangePage::clone(&page);
        rest.events.retain(|event| event.id > delivered);
        rest.signals.retain(|signal| signal.id > delivered);
        match rest.cursor.position < delivered {
            true => rest.cursor = self.delivered.clone(),
            false => self.delivered = rest.cursor.clone(),
        }
        let is_empty = rest.events.is_empty() && rest.signals.is_empty() && rest.topics.is_empty();
        (!is_empty).then(|| CachedJson::of(rest))
    }

    /// Replaces the pages that this subscriber was too slow for.
    async fn skip(&mut self) -> Option<Arc<CachedJson<ChangePage>>> {
        let (pages, position) = self.feed.join().await.ok()?;
        self.pages = pages;
        self.delivered = position.clone();
        let (topics, lag_seconds) = (Topic::ANNOUNCED.to_vec(), self.feed.lag_seconds());
        let page = ChangePage { skipped: true, topics, lag_seconds, ..ChangePage::at(position) };
        Some(CachedJson::of(page))
    }
}
