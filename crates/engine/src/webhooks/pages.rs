//! The loop that sends the events after the endpoint's cursor.

use super::messages::{Message, MessagePage};
use super::sender::{CURSOR_ARCHIVED, CURSOR_UNKNOWN, Sender, Sent};
use crate::events::notifier::POLL_INTERVAL;
use crate::events::page::EVENTS_MAX;
use crate::{Error, Result};
use domain::{ATTEMPTS_IN_ROW_FAILED_MAX, Error as Rejection, ItemId, LedgerCursor};
use futures::StreamExt as _;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{NewDelivery, ParkedRow, WebhookProgress};
use tokio::time::Instant;

/// The minimum time between two reads of an endpoint that has caught up with the ledger. It is not below the time to live of a
/// page, so that a page that was read before a commit is not read again after it.
const READ_INTERVAL_MIN: Duration = Duration::from_millis(120);

/// The interval in which the position is written while the filter excludes every event.
const POSITION_INTERVAL: Duration = Duration::from_secs(10);

/// The result of the events of one item in a page.
#[derive(Default)]
struct Lane {
    delivered: Vec<i64>,
    parked: Vec<ParkedRow>,
    /// The first event that was not sent.
    unsent: Option<i64>,
}

/// The position of an endpoint.
struct Position {
    cursor: LedgerCursor,
    /// Events after the cursor that were delivered already.
    ahead: HashSet<i64>,
    /// The position that was written last.
    written: i64,
    written_at: Instant,
}

impl Sender {
    /// Sends events until the sender has to end.
    pub(super) async fn send_pages(&self) -> Result<()> {
        let mut commits = self.engine.shared.notifier.subscribe();
        let cursor = self.webhook.cursor.clone();
        let written = cursor.position;
        let mut position = Position { cursor, ahead: HashSet::new(), written, written_at: Instant::now() };
        while !*self.stopping.borrow() {
            commits.mark_unchanged();
            if let Some(wait) = self.wait() {
                self.sleep(wait).await;
                continue;
            }
            // Without a waiting event, only a new one shows that the receiver is back.
            if (self.is_failing() && !self.has_none_parked()) || self.is_full() {
                // A settled event ends the wait.
                drop(tokio::time::timeout(POLL_INTERVAL, self.moved.notified()).await);
                continue;
            }
            let shared = &self.engine.shared;
            let read = shared.webhooks.pages.after(
                &shared.store,
                &shared.answer_keys,
                &*self.transport,
                &position.cursor,
            );
            let page = match read.await {
                Err(Error::Rejected(Rejection::CursorUnknown)) => return self.disable(CURSOR_UNKNOWN).await,
                Err(Error::Rejected(Rejection::CursorArchived { .. })) => {
                    return self.disable(CURSOR_ARCHIVED).await;
                }
                page => page?,
            };
            // A page that is not full ends at the low watermark. Many small pages would cost more than a short wait.
            let has_more = i64::try_from(page.messages.len()).is_ok_and(|events| events >= EVENTS_MAX);
            if !self.send_page(&page, &mut position).await? {
                return Ok(());
            }
            if !has_more {
                self.sleep(READ_INTERVAL_MIN).await;
                // The only error is a timeout: the notifier lives as long as the engine.
                drop(tokio::time::timeout(POLL_INTERVAL, commits.changed()).await);
            }
        }
        Ok(())
    }

    /// Disables the endpoint.
    async fn disable(&self, reason: &str) -> Result<()> {
        let disabled_reason = Some(reason.to_owned());
        self.commit(WebhookProgress { disabled_reason, ..WebhookProgress::default() }).await.map(drop)
    }

    /// Sends the events of a page that the filter includes, and writes the new position. Returns `false` if the sender has to
    /// end.
    async fn send_page(&self, page: &MessagePage, position: &mut Position) -> Result<bool> {
        let included = |message: &&Message| {
            !position.ahead.contains(&message.event.id) && self.webhook.filter.matches(&message.event)
        };
        let lanes = lanes(page.messages.iter().filter(included));
        if lanes.is_empty() {
            let is_due = position.written_at.elapsed() >= POSITION_INTERVAL;
            let is_moved = page.cursor.position > position.written;
            position.cursor = page.cursor.clone();
            position.ahead.clear();
            if !is_due || !is_moved {
                return Ok(true);
            }
            position.written_at = Instant::now();
            position.written = page.cursor.position;
            let position = Some(page.cursor.position);
            return self.commit(WebhookProgress { position, ..WebhookProgress::default() }).await;
        }
        let records = Mutex::new(Vec::new());
        let failures_max = match self.is_failing() {
            true => self.failures() + ATTEMPTS_IN_ROW_FAILED_MAX,
            false => ATTEMPTS_IN_ROW_FAILED_MAX,
        };
        let concurrency = self.engine.shared.settings.webhooks.concurrency.max(1);
        let sent: Vec<_> = lanes
            .into_iter()
            .map(|(item, messages)| self.send_lane(item, messages, failures_max, &records))
            .collect();
        let lanes: Vec<_> = futures::stream::iter(sent).buffer_unordered(concurrency).collect().await;
        let unsent = lanes.iter().filter_map(|lane| lane.unsent).min();
        let settled = unsent.map_or(page.cursor.position, |event| event - 1);
        let has_delivered = lanes.iter().any(|lane| !lane.delivered.is_empty());
        position.ahead.extend(lanes.iter().flat_map(|lane| &lane.delivered));
        position.ahead.retain(|event| *event > settled);
        // A parked event after an unsent one is read again with it.
        let parked: Vec<_> =
            lanes.into_iter().flat_map(|lane| lane.parked).filter(|row| row.event <= settled).collect();
        let deliveries = records.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Counted before the commit: the other loop may settle the rows as soon as they are visible.
        self.add_parked(&parked);
        let progress = WebhookProgress {
            position: Some(settled),
            parked,
            deliveries,
            has_delivered,
            ..WebhookProgress::default()
        };
        if !self.commit(progress).await? {
            return Ok(false);
        }
        self.moved.notify_waiters();
        position.written_at = Instant::now();
        position.written = settled;
        match unsent {
            None => position.cursor = page.cursor.clone(),
            // The fingerprint of the new position is in the database.
            Some(_) => match self.engine.store().webhook_get(self.webhook.id).await? {
                Some(webhook) => position.cursor = webhook.cursor,
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// Sends the events of one item in order. After a failure the later ones wait. After `failures_max` failures in a row, of
    /// all items, the others are not sent.
    async fn send_lane(
        &self,
        item: ItemId,
        messages: Vec<&Message>,
        failures_max: u32,
        records: &Mutex<Vec<NewDelivery>>,
    ) -> Lane {
        let mut lane = Lane::default();
        let mut is_parked = self.is_parked(item);
        for message in messages {
            let event = message.event.id;
            if is_parked {
                let waiting = ParkedRow { event, item, attempts: 0, due_seconds: Some(0.0), error: None };
                lane.parked.push(waiting);
                continue;
            }
            if self.is_held() || self.failures() >= failures_max {
                lane.unsent = Some(event);
                return lane;
            }
            match self.send(message, 0, records).await {
                Sent::Delivered => lane.delivered.push(event),
                Sent::Failed(row) => {
                    is_parked = row.due_seconds.is_some();
                    lane.parked.push(row);
                }
                Sent::Gone => {
                    lane.unsent = Some(event);
                    return lane;
                }
            }
        }
        lane
    }

    /// Sleeps until `duration` has passed or the server stops.
    pub(super) async fn sleep(&self, duration: Duration) {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = tokio::time::sleep(duration) => {}
        }
    }
}

/// Returns the messages of each item, by the first one.
fn lanes<'a>(messages: impl Iterator<Item = &'a Message>) -> Vec<(ItemId, Vec<&'a Message>)> {
    let (mut lanes, mut indexes) = (Vec::<(ItemId, Vec<&Message>)>::new(), HashMap::new());
    for message in messages {
        let item = message.event.item;
        let index = *indexes.entry(item).or_insert(lanes.len());
        match lanes.get_mut(index) {
            Some((_, lane)) => lane.push(message),
            None => lanes.push((item, vec![message])),
        }
    }
    lanes
}
