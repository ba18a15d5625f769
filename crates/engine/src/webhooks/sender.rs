//! The sender of one endpoint: the state that its two loops share.

use super::delivery::{LINES_PER_SECOND_MAX, RECORDS_PER_SECOND_MAX, RecordLimit, reason, record};
use super::messages::Message;
use super::settings::WebhookTransport;
use super::state::AttemptCounts;
use crate::{Engine, Result, TraceContext};
use domain::{
    ATTEMPTS_IN_ROW_FAILED_MAX, Attempt, AttemptOutcome, ItemId, WEBHOOK_PARKED_MAX, Webhook, WebhookMessage,
    message_id,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{NewDelivery, ParkedRow, WebhookLease, WebhookProgress};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// The reason of an endpoint that its receiver has ended.
const GONE: &str = "gone";

/// The reason for disabling an endpoint: its cursor belongs to another history of the database.
pub(super) const CURSOR_UNKNOWN: &str = "cursor_unknown";

/// The reason for disabling an endpoint: events that it did not get are archived.
pub(super) const CURSOR_ARCHIVED: &str = "cursor_archived";

/// The sender of one endpoint.
pub(super) struct Sender {
    pub(super) engine: Engine,
    pub(super) webhook: Webhook,
    pub(super) transport: Arc<dyn WebhookTransport>,
    pub(super) stopping: watch::Receiver<bool>,
    lease: WebhookLease,
    worker: String,
    /// The time until which the lease may be used.
    usable_until: watch::Receiver<Instant>,
    /// The number of waiting events of each item. Only the loop of pages adds items.
    parked: Mutex<HashMap<ItemId, i64>>,
    failures_in_row: AtomicU32,
    is_gone: AtomicBool,
    waits_until: Mutex<Option<Instant>>,
    records: RecordLimit,
    /// Limits the log lines of failed attempts.
    lines: RecordLimit,
    attempts: Arc<AttemptCounts>,
    /// Notified when an event was parked, or a parked one is settled.
    pub(super) moved: Notify,
}

/// The result of sending one event.
pub(super) enum Sent {
    /// The receiver has accepted it.
    Delivered,
    /// It waits for another attempt or is set aside.
    Failed(ParkedRow),
    /// The receiver wants no messages any more.
    Gone,
}

impl Sender {
    /// Creates a sender that continues where the last one ended. `None` if the endpoint was changed meanwhile.
    pub(super) async fn load(
        engine: &Engine,
        transport: Arc<dyn WebhookTransport>,
        lease: WebhookLease,
        worker: &str,
        stopping: watch::Receiver<bool>,
        usable_until: watch::Receiver<Instant>,
    ) -> Result<Option<Self>> {
        let Some(webhook) = engine.store().webhook_get(lease.webhook).await? else { return Ok(None) };
        if webhook.revision != lease.revision {
            return Ok(None);
        }
        let parked = engine.store().webhook_parked_items(webhook.id).await?;
        let now = engine.store().now().await?;
        let wait = webhook.waits_until.and_then(|until| (until - now).to_std().ok());
        Ok(Some(Self {
            engine: engine.clone(),
            transport,
            stopping,
            lease,
            worker: worker.to_owned(),
            usable_until,
            parked: Mutex::new(parked),
            failures_in_row: AtomicU32::new(webhook.failures_in_row),
            is_gone: AtomicBool::new(false),
            waits_until: Mutex::new(wait.map(|wait| Instant::now() + wait)),
            records: RecordLimit::new(RECORDS_PER_SECOND_MAX),
            lines: RecordLimit::new(LINES_PER_SECOND_MAX),
            attempts: engine.shared.webhooks.attempts_of(webhook.id),
            moved: Notify::new(),
            webhook,
        }))
    }

    /// Sends a message once. `attempts` is the number of failed attempts before. The record of the attempt is added to
    /// `records`, within the limit.
    pub(super) async fn send(
        &self,
        message: &Message,
        attempts: u32,
        records: &Mutex<Vec<NewDelivery>>,
    ) -> Sent {
        let id = message_id(self.webhook.id, &message.event);
        let trace = TraceContext::outgoing();
        let sent = self.transport.send(WebhookMessage {
            url: self.webhook.url.clone(),
            id: id.clone(),
            sent_at: chrono::Utc::now(),
            traceparent: trace.traceparent(),
            keys: self.webhook.keys.clone(),
            body: message.body.clone(),
        });
        let attempt = sent.await;
        let number = attempts + 1;
        self.attempts.count(attempt.outcome());
        if attempt.outcome() != AttemptOutcome::Delivered && self.lines.allows() {
            self.log(&attempt, &id, number, &trace);
        }
        if self.records.allows() {
            let event = &message.event;
            let record = record(Some(event), event.kind.to_string(), id, &message.body, number, &attempt);
            records.lock().unwrap_or_else(PoisonError::into_inner).push(record);
        }
        match attempt.outcome() {
            AttemptOutcome::Delivered => {
                self.failures_in_row.store(0, Ordering::Release);
                Sent::Delivered
            }
            AttemptOutcome::Gone => {
                self.is_gone.store(true, Ordering::Release);
                Sent::Gone
            }
            AttemptOutcome::Failed => {
                self.failures_in_row.fetch_add(1, Ordering::AcqRel);
                let wait = attempt.requested_wait();
                if let Some(wait) = wait {
                    let until = Instant::now() + wait;
                    let mut waits_until = self.waits_until.lock().unwrap_or_else(PoisonError::into_inner);
                    *waits_until = Some(waits_until.map_or(until, |present| present.max(until)));
                }
                let schedule = &self.engine.shared.settings.webhooks.schedule;
                let delay = schedule.delay_after(number, fastrand::f64());
                Sent::Failed(ParkedRow {
                    event: message.event.id,
                    item: message.event.item,
                    attempts: number,
                    due_seconds: delay.map(|delay| delay.max(wait.unwrap_or_default()).as_secs_f64()),
                    error: Some(reason(&attempt)),
                })
            }
        }
    }

    /// Logs an attempt that failed.
    fn log(&self, attempt: &Attempt, message_id: &str, number: u32, trace: &TraceContext) {
        tracing::warn!(
            webhook = self.webhook.id.0,
            message_id,
            attempt = number,
            reason = reason(attempt),
            trace_id = %trace.trace,
            "an attempt to deliver an event failed"
        );
    }

    /// Writes the progress. Returns `false` if the sender has to end: it has lost the lease, the endpoint was changed, or it
    /// is disabled now.
    pub(super) async fn commit(&self, mut progress: WebhookProgress) -> Result<bool> {
        progress.failures_in_row = self.failures();
        progress.wait_seconds = self.wait().map(|wait| wait.as_secs_f64());
        if self.is_gone() && progress.disabled_reason.is_none() {
            progress.disabled_reason = Some(GONE.to_owned());
        }
        let is_disabled = progress.disabled_reason.is_some();
        let written = self.engine.store().webhook_progress(&self.lease, &self.worker, &progress).await?;
        if is_disabled && written {
            tracing::warn!(
                webhook = self.webhook.id.0,
                reason = progress.disabled_reason,
                "a webhook was disabled"
            );
        }
        Ok(written && !is_disabled)
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures_in_row.load(Ordering::Acquire)
    }

    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    /// Returns whether so many attempts failed in a row that only parked events are sent.
    pub(super) fn is_failing(&self) -> bool {
        self.failures() >= ATTEMPTS_IN_ROW_FAILED_MAX
    }

    /// Returns the rest of the wait that the receiver asked for.
    pub(super) fn wait(&self) -> Option<Duration> {
        let until = (*self.waits_until.lock().unwrap_or_else(PoisonError::into_inner))?;
        let rest = until.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }

    /// Returns whether nothing may be sent now. After the end of the lease another server sends.
    pub(super) fn is_held(&self) -> bool {
        let is_leased = *self.usable_until.borrow() > Instant::now();
        *self.stopping.borrow() || !is_leased || self.is_gone() || self.wait().is_some()
    }

    /// Returns whether events of the item wait, so that later ones have to wait too.
    pub(super) fn is_parked(&self, item: ItemId) -> bool {
        self.parked().contains_key(&item)
    }

    /// Returns whether so many events wait that the cursor has to wait.
    pub(super) fn is_full(&self) -> bool {
        self.parked().values().sum::<i64>() >= WEBHOOK_PARKED_MAX
    }

    /// Returns whether no event waits.
    pub(super) fn has_none_parked(&self) -> bool {
        self.parked().is_empty()
    }

    /// Counts events that were parked.
    pub(super) fn add_parked(&self, rows: &[ParkedRow]) {
        let mut parked = self.parked();
        for row in rows.iter().filter(|row| row.due_seconds.is_some()) {
            *parked.entry(row.item).or_default() += 1;
        }
    }

    /// Removes a parked event that was delivered or set aside.
    pub(super) fn remove_parked(&self, item: ItemId) {
        let mut parked = self.parked();
        if let Some(count) = parked.get_mut(&item) {
            *count -= 1;
            if *count <= 0 {
                parked.remove(&item);
            }
        }
    }

    fn parked(&self) -> MutexGuard<'_, HashMap<ItemId, i64>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
