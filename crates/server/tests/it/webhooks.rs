//! Webhooks: delivery, retries, order, and the life of endpoints.

use crate::app::TestApp;
use crate::webhook_receiver::{Received, Receiver, Reply};
use serde_json::{Value, json};
use server::Config;
use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

/// The longest wait for a state.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A server that sends to this machine and retries at once, several times.
pub async fn start() -> TestApp {
    TestApp::start_with(|config| allow(config, &[0; 30])).await
}

pub fn allow(config: &mut Config, retry_seconds: &[u32]) {
    // No signals between the movements.
    config.engine.low_stock = 0;
    config.webhooks.webhook_private_addresses = true;
    config.webhooks.webhook_retry_seconds = retry_seconds.to_vec();
}

/// A server with a time-out of one second, for receivers that hang.
pub async fn start_with_short_timeout() -> TestApp {
    let short = |config: &mut Config| {
        allow(config, &[0; 30]);
        config.webhooks.webhook_timeout_seconds = 1;
    };
    TestApp::start_with(short).await
}

/// Another server on the same database.
pub async fn one_more(app: &TestApp) -> TestApp {
    let postgres = crate::app::Postgres::find();
    let site = crate::app::site("target/no-site");
    TestApp::over(postgres, app.database_url.clone(), site, |config| allow(config, &[0; 30])).await
}

/// Creates an endpoint for movements, and returns its id and its secret.
pub async fn endpoint(app: &TestApp, url: &str, more: Value) -> (i64, String) {
    let mut body = json!({"name": "Shop", "url": url});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let created = app.post("/api/webhooks", body).await.expect(201);
    let id = created["webhook"]["id"].as_i64().expect("an id");
    (id, created["secret"].as_str().expect("a secret").to_owned())
}

pub async fn get(app: &TestApp, webhook: i64) -> Value {
    app.get(&format!("/api/webhooks/{webhook}")).await.expect(200)
}

/// Waits until the endpoint has a state, and returns it.
pub async fn until(app: &TestApp, webhook: i64, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let found = get(app, webhook).await;
        if condition(&found) {
            return found;
        }
        assert!(begun.elapsed() < WAIT_MAX, "{what}: {found}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asserts that the accepted events of each item are in order, without a repetition, and returns them by item.
fn in_order(received: &[Received]) -> BTreeMap<i64, Vec<i64>> {
    let mut items = BTreeMap::<_, Vec<_>>::new();
    for message in received.iter().filter(|message| message.is_accepted) {
        items.entry(message.item()).or_default().push(message.event());
    }
    for (item, events) in &items {
        assert!(events.is_sorted_by(|one, next| one < next), "item {item}: {events:?}");
    }
    items
}

#[tokio::test]
async fn each_event_is_a_signed_message_with_the_json_of_the_event_feed() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let (webhook, secret) = endpoint(&app, &receiver.url, json!({})).await;
    assert!(secret.starts_with("whsec_"));
    let start = get(&app, webhook).await["cursor"].as_str().expect("a cursor").to_owned();
    let item = app.item(5).await;
    app.block(item, 5, 600).await;
    let received = receiver.until_accepted(2).await;
    let page = app.get(&format!("/api/events?after={start}")).await.expect(200);
    for (message, event) in received.iter().zip(page["events"].as_array().expect("events")) {
        assert_eq!(&message.body["data"], event);
        assert_eq!(message.body["timestamp"], event["createdAt"]);
        assert!(message.is_signed_by(&secret));
        assert!(!message.is_signed_by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        assert!(message.id.starts_with(&format!("msg_{webhook}_{}_", event["id"])));
    }
    assert_eq!((received[0].kind(), received[1].kind()), ("movement.received", "movement.blocked"));
    let deliveries = until_deliveries(&app, webhook, 2).await;
    let latest = &deliveries[0];
    let expected = json!([received[1].id, 1, true, 204, "movement.blocked", received[1].text]);
    let found = json!([
        latest["messageId"],
        latest["attempt"],
        latest["isDelivered"],
        latest["status"],
        latest["kind"],
        latest["request"]
    ]);
    assert_eq!(found, expected);
    let state = get(&app, webhook).await;
    assert_eq!((&state["state"], &state["failuresInRow"]), (&json!("active"), &json!(0)));
    assert!(state["lastDeliveredAt"].is_string());
    assert!(!state.to_string().contains(&secret), "no other answer has the secret");
}

async fn until_deliveries(app: &TestApp, webhook: i64, count: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let page = app.get(&format!("/api/webhooks/{webhook}/deliveries")).await.expect(200);
        let rows = page["items"].as_array().expect("rows").clone();
        if rows.len() >= count {
            return rows;
        }
        assert!(begun.elapsed() < WAIT_MAX, "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_item_whose_event_fails_waits_and_the_others_go_on() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let (slow, other) = (app.item(50).await, app.item(50).await);
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let mut failures = 0;
    receiver.answer(move |message| {
        if message.item() == slow && failures < 5 {
            failures += 1;
            return Reply::Status(500);
        }
        Reply::Status(200)
    });
    for _ in 0..10 {
        app.block(slow, 1, 600).await;
        app.block(other, 1, 600).await;
    }
    let received = receiver.until_accepted(20).await;
    let items = in_order(&received);
    assert_eq!((items[&slow].len(), items[&other].len()), (10, 10));
    let failed: Vec<_> = received.iter().filter(|message| !message.is_accepted).collect();
    assert_eq!(failed.len(), 5);
    assert!(
        failed.iter().all(|message| message.id == failed[0].id),
        "every attempt has the id of the message"
    );
    let state = until(&app, webhook, "nothing waits", |state| state["waitingEvents"] == 0).await;
    assert_eq!(state["setAsideEvents"], 0);
}

#[tokio::test]
async fn an_event_is_set_aside_after_its_last_attempt_and_can_be_sent_again() {
    let app = TestApp::start_with(|config| allow(config, &[0, 0])).await;
    let receiver = Receiver::start().await;
    let lamp = json!({"name": "Lamp", "quantity": 9, "price": "1", "sku": "LAMP"});
    let lamp = app.post("/api/items", lamp).await.expect(201)["id"].as_i64().expect("an id");
    let (webhook, _) = endpoint(&app, &receiver.url, json!({"eventKinds": ["movement.blocked"]})).await;
    let mut poison = None;
    receiver.answer(move |message| {
        if *poison.get_or_insert(message.event()) == message.event() {
            return Reply::Status(422);
        }
        Reply::Status(200)
    });
    for _ in 0..3 {
        app.block(lamp, 1, 600).await;
    }
    receiver.until_accepted(2).await;
    let state = until(&app, webhook, "it is set aside", |state| state["setAsideEvents"] == 1).await;
    assert_eq!(state["state"], "active");
    let path = format!("/api/webhooks/{webhook}/set-aside");
    let aside = app.get(&path).await.expect(200)["items"][0].clone();
    let found = json!([aside["attempts"], aside["kind"], aside["itemId"], aside["sku"], aside["error"]]);
    assert_eq!(found, json!([3, "movement.blocked", lamp, "LAMP", "status 422"]));
    receiver.answer(|_| Reply::Status(200));
    let none = app.post(&format!("{path}/retry"), json!({"eventIds": [1]})).await.expect(200);
    assert_eq!(none["events"], 0);
    let retried = app.post(&format!("{path}/retry"), json!({})).await.expect(200);
    assert_eq!(retried["events"], 1);
    receiver.until_accepted(3).await;
    assert_eq!(receiver.accepted().last(), aside["eventId"].as_i64().as_ref());
    until(&app, webhook, "nothing is left", |state| {
        state["setAsideEvents"] == 0 && state["waitingEvents"] == 0
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_every_event_after_it_is_back() {
    let app = TestApp::start_with(|config| allow(config, &[1; 60])).await;
    let mut receiver = Receiver::start().await;
    let mut items = Vec::new();
    for _ in 0..15 {
        items.push(app.item(20).await);
    }
    receiver.stop().await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    for _ in 0..3 {
        for item in &items {
            app.block(*item, 1, 600).await;
        }
    }
    let failing = until(&app, webhook, "it fails", |state| state["failuresInRow"].as_i64() >= Some(3)).await;
    assert!(failing["failingSince"].is_string());
    let page = app.get("/notifications").await;
    assert!(page.text.contains("The deliveries to the webhook Shop fail"), "{}", page.text);
    receiver.restart().await;
    app.post(&format!("/api/webhooks/{webhook}/resume"), json!({})).await.expect(200);
    // The sender that ends with the resume may have a message in flight. Its outcome is not stored, so it is sent again.
    let firsts = |all: &[Received]| {
        let mut seen = HashSet::new();
        let is_first = |message: &&Received| message.is_accepted && seen.insert(message.event());
        all.iter().filter(is_first).cloned().collect::<Vec<_>>()
    };
    let received = receiver.until("45 events are accepted", |all| firsts(all).len() >= 45).await;
    let events = in_order(&firsts(&received));
    assert_eq!(events.values().map(Vec::len).collect::<Vec<_>>(), [3; 15]);
    until(&app, webhook, "it has recovered", |state| {
        state["failuresInRow"] == 0 && state["waitingEvents"] == 0
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_hangs_is_a_failure_after_the_timeout() {
    let (app, receiver) = (start_with_short_timeout().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let mut hangs = 2;
    receiver.answer(move |_| {
        hangs -= 1;
        if hangs >= 0 { Reply::Hang } else { Reply::Status(200) }
    });
    app.block(item, 1, 600).await;
    app.block(item, 1, 600).await;
    let received = receiver.until_accepted(2).await;
    in_order(&received);
    let deliveries = until_deliveries(&app, webhook, 4).await;
    let errors: Vec<_> = deliveries.iter().filter(|row| row["error"] == "no answer within 1 s").collect();
    assert_eq!(errors.len(), 2, "{deliveries:?}");
}

#[tokio::test]
async fn the_answer_410_disables_an_endpoint_until_it_is_resumed() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    receiver.answer(|_| Reply::Status(410));
    app.block(item, 1, 600).await;
    let state = until(&app, webhook, "it is disabled", |state| state["state"] == "disabled").await;
    assert_eq!(state["disabledReason"], "gone");
    let audit = app.get("/api/audit?kind=webhook.disabled").await.expect(200);
    assert_eq!(audit["items"][0]["subject"], format!("webhook:{webhook}"));
    assert_eq!(audit["items"][0]["actor"], "system");
    receiver.answer(|_| Reply::Status(200));
    app.block(item, 1, 600).await;
    let resumed = app.post(&format!("/api/webhooks/{webhook}/resume"), json!({})).await.expect(200);
    assert_eq!((&resumed["state"], &resumed["disabledReason"]), (&json!("active"), &Value::Null));
    let received = receiver.until_accepted(2).await;
    in_order(&received);
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_a_wait_is_honoured() {
    let (app, receiver, target) = (start().await, Receiver::start().await, Receiver::start().await);
    let item = app.item(9).await;
    endpoint(&app, &receiver.url, json!({})).await;
    let (mut count, url) = (0, target.url.clone());
    receiver.answer(move |_| {
        count += 1;
        match count {
            1 => Reply::Redirect(url.clone()),
            2 => Reply::Later(503, 2),
            _ => Reply::Status(200),
        }
    });
    app.block(item, 1, 600).await;
    let received = receiver.until_accepted(1).await;
    assert_eq!(received.len(), 3);
    assert!(received[2].at - received[1].at >= Duration::from_secs(2), "the receiver asked for 2 s");
    assert!(target.received().is_empty(), "no redirect is followed");
}

#[tokio::test]
async fn filters_exclude_events() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let north = app.warehouse("NORTH").await;
    let sku = |sku: &str| json!({"name": sku, "quantity": 9, "price": "1", "sku": sku});
    let lamp = app.post("/api/items", sku("LAMP")).await.expect(201)["id"].as_i64().expect("an id");
    let sofa = app.post("/api/items", sku("SOFA")).await.expect(201)["id"].as_i64().expect("an id");
    let main = app.main_warehouse().await;
    let filter = json!({"eventKinds": ["movement.blocked", "movement.moved"], "warehouseIds": [north, main], "skus": ["lamp"]});
    let (webhook, _) = endpoint(&app, &receiver.url, filter).await;
    app.block(sofa, 1, 600).await;
    app.block(lamp, 1, 600).await;
    app.post(&format!("/api/items/{lamp}/stock"), json!({"delta": 1, "reason": "x"})).await.expect(200);
    app.block(lamp, 2, 600).await;
    let received = receiver.until_accepted(2).await;
    let kinds: Vec<_> = received.iter().map(|message| (message.item(), message.kind())).collect();
    assert_eq!(kinds, [(lamp, "movement.blocked"); 2]);
    // The endpoint gets the events of another filter after its cursor.
    let path = format!("/api/webhooks/{webhook}");
    let changed = app
        .patch(&path, json!({"eventKinds": ["movement.moved"], "skus": [], "warehouseIds": [north]}))
        .await;
    let changed = changed.expect(200);
    assert_eq!((&changed["name"], &changed["skus"]), (&json!("Shop"), &json!([])));
    let moved = json!({"fromWarehouseId": main, "toWarehouseId": north, "quantity": 1, "reason": "x"});
    app.post(&format!("/api/items/{sofa}/move"), moved).await.expect(200);
    let received = receiver.until_accepted(3).await;
    assert_eq!((received[2].item(), &received[2].body["data"]["warehouseCode"]), (sofa, &json!("NORTH")));
    assert_eq!(receiver.received().len(), 3);
}

#[tokio::test]
async fn a_paused_endpoint_continues_at_its_cursor_and_a_replay_sends_again() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let path = format!("/api/webhooks/{webhook}");
    app.post(&format!("{path}/pause"), json!({})).await.expect(200);
    app.block(item, 1, 600).await;
    let test = app.post(&format!("{path}/test"), json!({})).await.expect(200);
    assert_eq!((&test["isDelivered"], &test["kind"]), (&json!(true), &json!("webhook.test")));
    receiver.until_accepted(1).await;
    app.post(&format!("{path}/resume"), json!({})).await.expect(200);
    let received = receiver.until_accepted(2).await;
    assert_eq!((received[0].kind(), received[1].kind()), ("webhook.test", "movement.blocked"));
    // All movements of the ledger: the receipt of the item is before the endpoint was created.
    app.post(&format!("{path}/replay"), json!({"cursor": "0"})).await.expect(200);
    let received = receiver.until_accepted(4).await;
    assert_eq!(received[3].id, received[1].id, "a repeated message has the same id");
    app.post(&format!("{path}/replay"), json!({"since": "2020-01-01T00:00:00Z"})).await.expect(200);
    receiver.until_accepted(6).await;
    for replay in [json!({}), json!({"cursor": "0", "since": "2020-01-01T00:00:00Z"}), json!({"cursor": "x"})]
    {
        app.post(&format!("{path}/replay"), replay).await.problem(400, "invalid_value");
    }
    // The earliest time that can be written.
    app.post(&format!("{path}/replay"), json!({"since": "-262143-01-01T00:00:00Z"})).await.expect(200);
    let foreign = json!({"cursor": "1-0123456789abcdef"});
    app.post(&format!("{path}/replay"), foreign).await.problem(410, "cursor_unknown");
}

#[tokio::test]
async fn events_during_a_restart_are_sent_and_two_servers_send_once() {
    let (mut app, receiver) = (start().await, Receiver::start().await);
    let item = app.item(60).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let other = one_more(&app).await;
    for _ in 0..10 {
        app.block(item, 1, 600).await;
        other.block(item, 1, 600).await;
    }
    let received = receiver.until_accepted(20).await;
    assert_eq!(in_order(&received)[&item].len(), 20, "one server sends to an endpoint");
    // The server with the lease stops; the other one continues.
    app.stop();
    app.stopped().await.expect("it stops");
    for _ in 0..5 {
        other.block(item, 1, 600).await;
    }
    let received = receiver.until_accepted(25).await;
    assert_eq!(in_order(&received)[&item].len(), 25);
    let state = get(&other, webhook).await;
    assert_eq!(state["state"], "active");
}

#[tokio::test]
async fn an_endpoint_with_a_cursor_of_another_history_is_disabled() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let path = format!("/api/webhooks/{webhook}");
    app.post(&format!("{path}/pause"), json!({})).await.expect(200);
    sqlx::query("UPDATE webhook_endpoints SET fingerprint = '0000000000000000'")
        .execute(&app.database)
        .await
        .expect("changed");
    app.post(&format!("{path}/resume"), json!({})).await.expect(200);
    let state = until(&app, webhook, "it is disabled", |state| state["state"] == "disabled").await;
    assert_eq!(state["disabledReason"], "cursor_unknown");
    app.block(item, 1, 600).await;
    app.post(&format!("{path}/replay"), json!({"cursor": "0"})).await.expect(200);
    app.post(&format!("{path}/resume"), json!({})).await.expect(200);
    receiver.until_accepted(2).await;
}

#[tokio::test]
async fn a_receiver_that_is_back_after_the_last_attempts_gets_later_events() {
    let app = TestApp::start_with(|config| allow(config, &[0])).await;
    let receiver = Receiver::start().await;
    let mut items = Vec::new();
    for _ in 0..12 {
        items.push(app.item(9).await);
    }
    receiver.answer(|_| Reply::Status(500));
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    for item in &items {
        app.block(*item, 1, 600).await;
    }
    let all_aside = |state: &Value| state["setAsideEvents"] == 12 && state["waitingEvents"] == 0;
    let state = until(&app, webhook, "every event is set aside", all_aside).await;
    assert!(state["failuresInRow"].as_i64() >= Some(10), "{state}");
    receiver.answer(|_| Reply::Status(200));
    app.block(items[0], 1, 600).await;
    receiver.until_accepted(1).await;
    until(&app, webhook, "it has recovered", |state| state["failuresInRow"] == 0).await;
}
