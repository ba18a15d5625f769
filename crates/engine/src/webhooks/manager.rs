//! The background task that leases endpoints and runs their senders.

use super::sender::Sender;
use super::settings::WebhookTransport;
use crate::{Engine, Error, Result};
use domain::{WebhookId, usable_lease};
use futures::future::{Either, join, select};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::WebhookLease;
use supervision::{RepeatedFailure, WorkerStatus, catch_panic};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The interval in which a server looks for endpoints without a server. A changed endpoint is announced.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The time for which a sender may finish its messages when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// The pause before a sender that failed starts again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The time without a failure after which the work of a sender counts as successful. It is longer than a statement may take.
const SENDER_SUCCEEDS_AFTER: Duration = Duration::from_secs(60);

/// The interval in which old deliveries are deleted while there are none to delete.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// The failures of the senders of one endpoint. A receiver that fails is none of them.
type Failures = Arc<Mutex<RepeatedFailure>>;

/// A running sender. It ends when it is dropped.
struct Running {
    revision: i64,
    begun: Instant,
    /// The time until which the sender may send. Each renewal of the lease moves it.
    usable_until: watch::Sender<Instant>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The part of a server that sends to the endpoints which it has leased.
struct Manager<'a> {
    engine: &'a Engine,
    transport: Arc<dyn WebhookTransport>,
    /// The name of this server in the leases.
    worker: String,
    stopping: watch::Receiver<bool>,
    status: &'a Arc<WorkerStatus>,
    senders: HashMap<WebhookId, Running>,
    failures: HashMap<WebhookId, Failures>,
}

/// Leases endpoints, sends to them, and deletes old deliveries until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let Some(transport) = engine.shared.settings.webhooks.transport.clone() else {
        drop(stopping.wait_for(|stopping| *stopping).await);
        return;
    };
    let manager = Manager {
        engine: &engine,
        transport,
        worker: format!("{:016x}", RandomState::new().hash_one(Instant::now())),
        stopping: stopping.clone(),
        status,
        senders: HashMap::new(),
        failures: HashMap::new(),
    };
    // The renewal of leases does not wait for a deletion.
    join(manager.run(), delete_old(&engine, stopping, status)).await;
}

/// Deletes old deliveries and events that were set aside, until `stopping`.
async fn delete_old(engine: &Engine, mut stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    let mut failure = RepeatedFailure::of("the removal of old deliveries", status);
    let settings = &engine.shared.settings.webhooks;
    loop {
        let deleted = engine.store().webhooks_expire(settings.retention_days, settings.set_aside_days).await;
        let pause = match failure.note(deleted) {
            Some(false) => RETENTION_INTERVAL,
            // There is more to delete, or the deletion is tried again.
            Some(true) | None => POLL_INTERVAL,
        };
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Manager<'_> {
    async fn run(mut self) {
        let mut stopping = self.stopping.clone();
        let mut failure = RepeatedFailure::of("the lease of webhooks", self.status);
        while !*stopping.borrow() {
            failure.note(self.lease().await);
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => {}
                () = self.engine.shared.notifier.webhooks().notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        for mut running in self.senders.into_values() {
            drop(tokio::time::timeout_at(deadline, &mut running.task).await);
        }
        if let Err(error) = self.engine.store().webhook_leases_end(&self.worker).await {
            tracing::debug!(%error, "other servers send to the webhooks after the leases have expired");
        }
    }

    /// Takes and renews leases, starts the senders of new and changed endpoints, and ends those of lost ones. After an error
    /// each sender ends with its lease.
    async fn lease(&mut self) -> Result<()> {
        let time = self.engine.shared.settings.webhooks.lease;
        // The rest of a lease is counted from the start of the statement: its answer may be late.
        let begun = Instant::now();
        let leases = self.engine.store().webhook_leases(&self.worker, time.as_secs_f64()).await?;
        self.senders.retain(|webhook, running| {
            let is_leased =
                |lease: &WebhookLease| lease.webhook == *webhook && lease.revision == running.revision;
            leases.iter().any(is_leased) && !running.task.is_finished()
        });
        self.failures.retain(|webhook, _| leases.iter().any(|lease| lease.webhook == *webhook));
        for lease in leases {
            let until = begun + usable_lease(lease.rest, time);
            let failures = self.failures.entry(lease.webhook).or_insert_with(|| {
                let work = format!("the sender of the webhook {}", lease.webhook);
                Arc::new(Mutex::new(RepeatedFailure::of(work, self.status)))
            });
            match self.senders.get(&lease.webhook) {
                Some(running) => {
                    running.usable_until.send_if_modified(|present| {
                        let is_later = until > *present;
                        *present = until.max(*present);
                        is_later
                    });
                    if running.begun.elapsed() >= SENDER_SUCCEEDS_AFTER {
                        failures.lock().unwrap_or_else(PoisonError::into_inner).succeeded();
                    }
                }
                None => {
                    let failures = failures.clone();
                    self.start(lease, until, failures);
                }
            }
        }
        Ok(())
    }

    /// Starts the sender of an endpoint.
    fn start(&mut self, lease: WebhookLease, until: Instant, failures: Failures) {
        let (webhook, revision) = (lease.webhook, lease.revision);
        let usable_until = watch::Sender::new(until);
        let (engine, transport) = (self.engine.clone(), self.transport.clone());
        let (worker, stopping) = (self.worker.clone(), self.stopping.clone());
        let lease_end = usable_until.subscribe();
        let task = tokio::spawn(async move {
            let sending = send(&engine, transport, lease, &worker, stopping, lease_end);
            match catch_panic(sending).await {
                Ok(Ok(())) => return,
                // The lease fails too then, and is reported.
                Ok(Err(error @ Error::Unavailable)) => {
                    tracing::debug!(webhook = webhook.0, %error, "a sender of a webhook failed");
                }
                Ok(Err(error)) => failures.lock().unwrap_or_else(PoisonError::into_inner).failed(&error),
                Err(panic) => {
                    tracing::error!(webhook = webhook.0, panic, "a sender of a webhook panicked");
                    failures.lock().unwrap_or_else(PoisonError::into_inner).failed(&Error::Internal);
                }
            }
            tokio::time::sleep(RESTART_PAUSE).await;
        });
        self.senders.insert(webhook, Running { revision, begun: Instant::now(), usable_until, task });
    }
}

/// Sends to one endpoint until it is lost, its lease ends, or the server stops.
async fn send(
    engine: &Engine,
    transport: Arc<dyn WebhookTransport>,
    lease: WebhookLease,
    worker: &str,
    stopping: watch::Receiver<bool>,
    usable_until: watch::Receiver<Instant>,
) -> Result<()> {
    let (webhook, is_stopping) = (lease.webhook, stopping.clone());
    let lease_end = usable_until.clone();
    let sending = async {
        let load = Sender::load(engine, transport, lease, worker, stopping, usable_until);
        let Some(sender) = load.await? else { return Ok(()) };
        // Each loop ends if the sender has to end. If the server stops, the other one finishes its messages.
        let ended = select(Box::pin(sender.send_pages()), Box::pin(sender.send_parked())).await;
        let stops = *is_stopping.borrow();
        match ended {
            Either::Left((Ok(()), other)) if stops => other.await,
            Either::Right((Ok(()), other)) if stops => other.await,
            Either::Left((ended, _)) | Either::Right((ended, _)) => ended,
        }
    };
    tokio::select! {
        // Messages on their way are abandoned: another server may send them now.
        () = passed(&lease_end) => {
            tracing::debug!(webhook = webhook.0, "the lease of a webhook has passed without a renewal");
            Ok(())
        }
        ended = sending => ended,
    }
}

/// Waits until the lease has passed.
async fn passed(usable_until: &watch::Receiver<Instant>) {
    loop {
        let until = *usable_until.borrow();
        if until <= Instant::now() {
            return;
        }
        tokio::time::sleep_until(until).await;
    }
}
