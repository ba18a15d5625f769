//! The background task that leases endpoints and runs their senders.

use super::sender::Sender;
use super::settings::WebhookTransport;
use crate::{Engine, Result};
use domain::WebhookId;
use futures::future::{Either, select};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;
use store::WebhookLease;
use supervision::{RepeatedFailure, catch_panic};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The interval in which a server looks for endpoints without a server. A changed endpoint is announced.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The time after which another server sends to an endpoint, in seconds. The lease is renewed after half of it.
const LEASE_SECONDS: f64 = 10.0;

/// The time for which a sender may finish its messages when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// The pause before a sender that failed starts again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The interval in which old deliveries are deleted while there are none to delete.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// A running sender. It ends when it is dropped.
struct Running {
    revision: i64,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Leases endpoints and sends to them until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let Some(transport) = engine.shared.settings.webhooks.transport.clone() else {
        drop(stopping.wait_for(|stopping| *stopping).await);
        return;
    };
    let worker = format!("{:016x}", RandomState::new().hash_one(Instant::now()));
    let mut failure = RepeatedFailure::of("the work on webhooks");
    let (mut senders, mut retention) = (HashMap::new(), Instant::now());
    while !*stopping.borrow() {
        let mut worked = lease(&engine, &transport, &worker, &stopping, &mut senders).await;
        if retention <= Instant::now() {
            let settings = &engine.shared.settings.webhooks;
            match engine.store().webhooks_expire(settings.retention_days, settings.set_aside_days).await {
                Ok(true) => {}
                Ok(false) => retention = Instant::now() + RETENTION_INTERVAL,
                Err(error) => worked = worked.and(Err(error.into())),
            }
        }
        match worked {
            Ok(()) => failure.succeeded(),
            Err(error) => failure.failed(&error),
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => {}
            () = engine.shared.notifier.webhooks().notified() => {}
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
    let deadline = Instant::now() + STOP_TIMEOUT;
    for mut running in senders.into_values() {
        drop(tokio::time::timeout_at(deadline, &mut running.task).await);
    }
    if let Err(error) = engine.store().webhook_leases_end(&worker).await {
        tracing::debug!(%error, "other servers send to the webhooks after the leases have expired");
    }
}

/// Takes and renews leases, starts the senders of new and changed endpoints, and ends those of lost ones.
async fn lease(
    engine: &Engine,
    transport: &Arc<dyn WebhookTransport>,
    worker: &str,
    stopping: &watch::Receiver<bool>,
    senders: &mut HashMap<WebhookId, Running>,
) -> Result<()> {
    let leases = engine.store().webhook_leases(worker, LEASE_SECONDS).await?;
    senders.retain(|webhook, running| {
        let is_leased =
            |lease: &WebhookLease| lease.webhook == *webhook && lease.revision == running.revision;
        leases.iter().any(is_leased) && !running.task.is_finished()
    });
    for lease in leases {
        let (webhook, revision) = (lease.webhook, lease.revision);
        senders.entry(webhook).or_insert_with(|| {
            let sender = send(engine.clone(), transport.clone(), lease, worker.to_owned(), stopping.clone());
            Running { revision, task: tokio::spawn(sender) }
        });
    }
    Ok(())
}

/// Sends to one endpoint until it is lost or the server stops.
async fn send(
    engine: Engine,
    transport: Arc<dyn WebhookTransport>,
    lease: WebhookLease,
    worker: String,
    stopping: watch::Receiver<bool>,
) {
    let webhook = lease.webhook;
    let is_stopping = stopping.clone();
    let run = async {
        let Some(sender) = Sender::load(&engine, transport, lease, &worker, stopping).await? else {
            return Ok(());
        };
        // Each loop ends if the sender has to end. If the server stops, the other one finishes its messages.
        let ended = select(Box::pin(sender.send_pages()), Box::pin(sender.send_parked())).await;
        let stops = *is_stopping.borrow();
        match ended {
            Either::Left((Ok(()), other)) if stops => other.await,
            Either::Right((Ok(()), other)) if stops => other.await,
            Either::Left((ended, _)) | Either::Right((ended, _)) => ended,
        }
    };
    match catch_panic(run).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => tracing::debug!(webhook = webhook.0, %error, "a sender of a webhook failed"),
        Err(panic) => tracing::error!(webhook = webhook.0, panic, "a sender of a webhook panicked"),
    }
    tokio::time::sleep(RESTART_PAUSE).await;
}
