//! Webhooks: a receiver that is back after an outage, and the end of a lease.

use crate::availability::until;
use crate::*;
use domain::{
    ATTEMPTS_IN_ROW_FAILED_MAX, Attempt, LedgerCursor, NewWebhook, Origin, RetrySchedule, SigningKey, Time,
    Webhook, WebhookFilter, WebhookId, WebhookMessage, WebhookName, WebhookSignature, WebhookUrl,
};
use engine::{FeedEvent, WebhookSettings, WebhookTransport};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use store::testing::Proxy;

/// The delay of a retry that no test waits for.
const LONG: Duration = Duration::from_secs(3_600);

/// A receiver in this process.
struct Receiver {
    accepts: AtomicBool,
    /// The time that an answer takes.
    delay: Duration,
    received: Mutex<Vec<Received>>,
}

/// A message and the time at which it arrived.
#[derive(Debug, Clone)]
struct Received {
    id: String,
    at: Instant,
    is_accepted: bool,
}

impl Receiver {
    fn new(accepts: bool, delay: Duration) -> Arc<Self> {
        Arc::new(Self { accepts: AtomicBool::new(accepts), delay, received: Mutex::default() })
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().expect("no panic").clone()
    }

    /// The ids of the messages that were accepted, in order.
    fn accepted(&self) -> Vec<String> {
        let received = self.received();
        received.into_iter().filter(|message| message.is_accepted).map(|message| message.id).collect()
    }
}

impl WebhookTransport for Receiver {
    fn send(&self, message: WebhookMessage) -> BoxFuture<'_, Attempt> {
        async move {
            let is_accepted = self.accepts.load(Ordering::Relaxed);
            let received = Received { id: message.id, at: Instant::now(), is_accepted };
            self.received.lock().expect("no panic").push(received);
            tokio::time::sleep(self.delay).await;
            match is_accepted {
                true => Attempt { status: Some(204), error: None, ..Attempt::failed("", self.delay) },
                false => Attempt::failed("no answer", self.delay),
            }
        }
        .boxed()
    }

    fn new_key(&self) -> Option<SigningKey> {
        Some(SigningKey([7; 32]))
    }

    fn secret_text(&self, _: WebhookSignature, _: &SigningKey) -> String {
        String::new()
    }

    fn render(&self, _: &FeedEvent) -> String {
        "{}".to_owned()
    }

    fn render_test(&self, _: Time) -> String {
        "{}".to_owned()
    }
}

/// Starts an engine that sends to a receiver. It writes no signals between the movements.
async fn sending(url: &str, receiver: &Arc<Receiver>, change: impl FnOnce(&mut WebhookSettings)) -> Engine {
    let mut webhooks = WebhookSettings {
        transport: Some(receiver.clone()),
        schedule: RetrySchedule::new(vec![LONG; 5]),
        ..WebhookSettings::default()
    };
    change(&mut webhooks);
    let settings = Settings { webhooks, low_stock_units: 0, ..availability::never_cleaning() };
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    Engine::start(store, settings).await.expect("an engine")
}

/// Creates an endpoint for the events after a position, or for new ones.
async fn endpoint(engine: &Engine, after: Option<LedgerCursor>) -> WebhookId {
    let new = NewWebhook {
        name: WebhookName::new("Shop").expect("a name"),
        url: WebhookUrl::new("https://shop.example/hook", false).expect("a URL"),
        filter: WebhookFilter::default(),
        signature: WebhookSignature::Hmac,
        after,
    };
    engine.webhook_create(&Origin::SYSTEM, &new).await.expect("created").0.id
}

async fn state(engine: &Engine, webhook: WebhookId) -> Webhook {
    engine.webhook_get(webhook).await.expect("an endpoint")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_back_gets_every_event_although_each_retry_is_hours_away() {
    let stock = Stock::new().await;
    let receiver = Receiver::new(false, Duration::ZERO);
    let probe_interval = Duration::from_millis(100);
    let engine = sending(&stock.url, &receiver, |webhooks| webhooks.probe_interval = probe_interval).await;
    let mut items = Vec::new();
    for _ in 0..12 {
        items.push(stock.item(100).await);
    }
    let webhook = endpoint(&engine, None).await;
    for item in &items {
        stock.engine.block_place(&context(), block(*item, 1)).await.expect("placed");
    }
    // The cursor waits while the receiver fails, and no retry is due: further attempts are probes.
    until(async || {
        let parked = state(&engine, webhook).await.waiting;
        parked >= i64::from(ATTEMPTS_IN_ROW_FAILED_MAX) && receiver.received().len() >= 16
    })
    .await;
    let health = engine.health_report();
    assert!(availability::is_healthy(&health), "a receiver that fails is no fault of a worker: {health:?}");
    let received = receiver.received();
    let probes: HashSet<_> = received[12..].iter().map(|message| &message.id).collect();
    assert!(probes.len() > 1, "each probe has the event of another item: {received:?}");
    let schedule: (i32, bool) = sqlx::query_as(
        "SELECT max(attempts), bool_and(due_at > now() + interval '50 minutes') FROM webhook_parked",
    )
    .fetch_one(&stock.pool)
    .await
    .expect("the schedule");
    assert_eq!(schedule, (1, true), "a probe does not count in the schedule");
    receiver.accepts.store(true, Ordering::Relaxed);
    until(async || {
        let state = state(&engine, webhook).await;
        (state.waiting, state.failures_in_row) == (0, 0) && receiver.accepted().len() >= 12
    })
    .await;
    stock.engine.block_place(&context(), block(items[0], 1)).await.expect("placed");
    until(async || receiver.accepted().len() >= 13).await;
    let accepted: HashSet<_> = receiver.accepted().into_iter().collect();
    assert_eq!(accepted.len(), 13, "each event is delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_not_renew_its_lease_sends_nothing_after_another_one_took_it() {
    let stock = Stock::new().await;
    let item = stock.item(200).await;
    for _ in 0..80 {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    }
    let lease = |webhooks: &mut WebhookSettings| webhooks.lease = Duration::from_secs(4);
    let proxy = Proxy::start(&stock.url).await;
    // One page of the events of one item takes longer than the lease.
    let slow = Receiver::new(true, Duration::from_millis(200));
    let cut_off = sending(&proxy.url(&stock.url), &slow, lease).await;
    let start = LedgerCursor { position: 0, fingerprint: None };
    let webhook = endpoint(&cut_off, Some(start)).await;
    until(async || slow.received().len() >= 3).await;
    let fast = Receiver::new(true, Duration::ZERO);
    let next = sending(&stock.url, &fast, lease).await;
    proxy.freeze();
    until(async || fast.accepted().len() >= 81).await;
    let taken_at = fast.received()[0].at;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sent = slow.received();
    assert!(sent.len() < 81, "the page ended before the lease");
    let last = sent.last().expect("a message");
    assert!(last.at < taken_at, "a message {:?} after the take-over", last.at.duration_since(taken_at));
    assert_eq!(state(&next, webhook).await.waiting, 0);
    // The first server continues as one without a lease.
    proxy.resume();
    until(async || availability::is_healthy(&cut_off.health_report())).await;
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    until(async || fast.accepted().len() >= 82).await;
    assert_eq!(slow.received().len(), sent.len());
}
