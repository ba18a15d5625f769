//! The loop that sends parked events again, and probes a receiver that fails.

use super::messages::{Message, render};
use super::sender::{Sender, Sent};
use crate::Result;
use domain::{ATTEMPTS_IN_ROW_FAILED_MAX, ItemId, probe_pause};
use futures::StreamExt as _;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{NewDelivery, ParkedEvent, ParkedRow, WebhookProgress};
use tokio::time::Instant;

/// The interval in which due events are looked for.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// The reason of an event that the ledger does not have.
const MISSING: &str = "the ledger has no event with this id";

/// The most events, each of another item, that are sent before their outcomes are written.
const ROUND_MAX: i64 = 100;

/// The probes of a receiver that fails: attempts before the times of the schedule, which may be hours apart.
struct Probes {
    next_at: Instant,
    /// The event of the last probe. Each probe takes the event of another item, because the receiver may reject an event for
    /// ever.
    event: i64,
}

impl Sender {
    /// Sends parked events when they are due, until the sender has to end. While the receiver fails, an event is sent as a
    /// probe at every interval.
    pub(super) async fn send_parked(&self) -> Result<()> {
        let mut probes = Probes { next_at: self.next_probe(), event: 0 };
        while !*self.stopping.borrow() {
            if self.has_none_parked() {
                tokio::select! {
                    () = self.moved.notified() => {}
                    () = self.sleep(POLL_INTERVAL) => {}
                }
                continue;
            }
            if let Some(wait) = self.wait() {
                self.sleep(wait).await;
                continue;
            }
            let due = self.engine.store().webhook_parked_next(self.webhook.id, ROUND_MAX).await?;
            let is_kept = if !due.is_empty() {
                self.send_round(&due, false).await?
            } else if self.is_failing() && probes.next_at <= Instant::now() {
                self.send_probe(&mut probes).await?
            } else {
                self.sleep(POLL_INTERVAL).await;
                continue;
            };
            if !is_kept {
                return Ok(());
            }
            probes.next_at = self.next_probe();
        }
        Ok(())
    }

    /// Returns the time of the next probe if nothing is sent before.
    fn next_probe(&self) -> Instant {
        Instant::now() + probe_pause(self.engine.shared.settings.webhooks.probe_interval, fastrand::f64())
    }

    /// Sends one event that is not due. Returns `false` if the sender has to end.
    async fn send_probe(&self, probes: &mut Probes) -> Result<bool> {
        match self.engine.store().webhook_parked_probe(self.webhook.id, probes.event).await? {
            Some(parked) => {
                probes.event = parked.event;
                self.send_round(&[parked], true).await
            }
            None => Ok(true),
        }
    }

    /// Sends events of different items, and writes their outcomes. The failure of a probe does not change the schedule of its
    /// event. Returns `false` if the sender has to end.
    async fn send_round(&self, due: &[ParkedEvent], is_probe: bool) -> Result<bool> {
        let messages = self.read(due).await?;
        let failures_before = self.failures();
        let records = Mutex::new(Vec::new());
        let concurrency = self.engine.shared.settings.webhooks.concurrency.max(1);
        let attempt = |parked| self.attempt(parked, &messages, &records);
        let attempts: Vec<_> = due.iter().map(attempt).collect();
        let sent: Vec<_> = futures::stream::iter(attempts).buffer_unordered(concurrency).collect().await;
        let mut progress = WebhookProgress::default();
        let mut settled = Vec::<ItemId>::new();
        for (parked, sent) in sent {
            match sent {
                Some(Sent::Delivered) => {
                    progress.delivered.push(parked.event);
                    settled.push(parked.item);
                }
                Some(Sent::Failed(row)) if is_probe && messages.contains_key(&row.event) => {}
                Some(Sent::Failed(row)) => {
                    // An event that is set aside lets the later ones of its item go on.
                    settled.extend(row.due_seconds.is_none().then_some(parked.item));
                    progress.parked.push(row);
                }
                Some(Sent::Gone) | None => {}
            }
        }
        progress.has_delivered = !progress.delivered.is_empty();
        progress.is_recovered = progress.has_delivered && failures_before >= ATTEMPTS_IN_ROW_FAILED_MAX;
        progress.deliveries = records.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_kept = self.commit(progress).await?;
        settled.into_iter().for_each(|item| self.remove_parked(item));
        self.moved.notify_waiters();
        Ok(is_kept)
    }

    /// Sends a parked event. Returns nothing if nothing may be sent now.
    async fn attempt<'a>(
        &self,
        parked: &'a ParkedEvent,
        messages: &HashMap<i64, Message>,
        records: &Mutex<Vec<NewDelivery>>,
    ) -> (&'a ParkedEvent, Option<Sent>) {
        let attempts = u32::try_from(parked.attempts).unwrap_or(0);
        let sent = match messages.get(&parked.event) {
            _ if self.is_held() => None,
            // The event is archived, of another history, or was deleted by SQL. It can't be sent, and it was not delivered: a
            // person decides.
            None => Some(Sent::Failed(ParkedRow {
                event: parked.event,
                item: parked.item,
                attempts,
                due_seconds: None,
                error: Some(MISSING.to_owned()),
            })),
            Some(message) => Some(self.send(message, attempts, records).await),
        };
        (parked, sent)
    }

    /// Reads and renders parked events, by id.
    async fn read(&self, due: &[ParkedEvent]) -> Result<HashMap<i64, Message>> {
        let ids: Vec<_> = due.iter().map(|parked| parked.event).collect();
        let (movements, signals) = self.engine.store().events_by_ids(&ids).await?;
        let messages = render(&self.engine.shared.answer_keys, &*self.transport, movements, signals).await?;
        Ok(messages.into_iter().map(|message| (message.event.id, message)).collect())
    }
}
