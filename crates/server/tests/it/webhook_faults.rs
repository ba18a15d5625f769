//! Webhooks: deletions during a test, events that the ledger lacks, many set-aside events, and changes by another server.

use crate::webhook_receiver::{Receiver, Reply};
use crate::webhooks::{endpoint, get, one_more, start, start_with_short_timeout, until};
use domain::WEBHOOK_RETRIED_MAX;
use serde_json::json;

#[tokio::test]
async fn a_test_of_an_endpoint_that_is_deleted_meanwhile_is_not_found() {
    let (app, receiver) = (start_with_short_timeout().await, Receiver::start().await);
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    // It fails after a second, and the endpoint is deleted in between.
    receiver.answer(|_| Reply::Hang);
    let path = format!("/api/webhooks/{webhook}");
    let (test_path, body) = (format!("{path}/test"), json!({}));
    let test = app.post(&test_path, body);
    let delete = async {
        receiver.until("a test", |all| !all.is_empty()).await;
        app.delete(&path).await.expect(204);
    };
    let (test, ()) = tokio::join!(test, delete);
    test.problem(404, "webhook_not_found");
}

#[tokio::test]
async fn a_parked_event_that_the_ledger_lacks_is_set_aside_and_not_delivered() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let item = app.item(9).await;
    receiver.until_accepted(1).await;
    let before = until(&app, webhook, "one delivery", |state| state["lastDeliveredAt"].is_string()).await;
    let parked = "INSERT INTO webhook_parked (endpoint_id, event_id, item_id, state, attempts, due_at)
                  VALUES ($1, 900000001, $2, 'waiting', 2, now())";
    sqlx::query(parked).bind(webhook).bind(item).execute(&app.database).await.expect("parked");
    // The sender reads the parked events again.
    app.post(&format!("/api/webhooks/{webhook}/resume"), json!({})).await.expect(200);
    let state = until(&app, webhook, "it is set aside", |state| state["setAsideEvents"] == 1).await;
    assert_eq!((&state["waitingEvents"], &state["failuresInRow"]), (&json!(0), &json!(0)));
    assert_eq!(state["lastDeliveredAt"], before["lastDeliveredAt"], "it was not delivered");
    let aside = app.get(&format!("/api/webhooks/{webhook}/set-aside")).await.expect(200)["items"][0].clone();
    let found = json!([aside["eventId"], aside["kind"], aside["attempts"], aside["error"]]);
    assert_eq!(found, json!([900_000_001, null, 2, "the ledger has no event with this id"]));
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn set_aside_events_are_sent_again_a_bounded_number_at_a_time() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let path = format!("/api/webhooks/{webhook}");
    app.post(&format!("{path}/pause"), json!({})).await.expect(200);
    let more = 7;
    let rows = "INSERT INTO webhook_parked (endpoint_id, event_id, item_id, state, attempts, due_at)
                SELECT $1, 900000000 + number, 1, 'set_aside', 9, now() FROM generate_series(1, $2) AS number";
    let count = WEBHOOK_RETRIED_MAX + more;
    sqlx::query(rows).bind(webhook).bind(count).execute(&app.database).await.expect("set aside");
    let page = app.get(&format!("/webhooks/{webhook}")).await;
    assert!(page.text.contains("900000050") && !page.text.contains("900000051"), "the first page");
    let next = format!("/webhooks/{webhook}?after=900000050");
    assert!(
        page.text.contains(&format!("href=\"{next}#set-aside\"")),
        "a link to the next page: {}",
        page.text
    );
    let page = app.get(&next).await;
    let has = |event: &str| page.text.contains(&format!("value=\"{event}\""));
    assert!(!has("900000050") && has("900000051") && has("900000100"), "the next page: {}", page.text);
    let retry = format!("{path}/set-aside/retry");
    let answer = app.post(&retry, json!({"eventIds": [900_000_009]})).await;
    assert_eq!(answer.expect(200), json!({"events": 1, "setAsideEvents": count - 1}));
    assert_eq!(
        app.post(&retry, json!({})).await.expect(200),
        json!({"events": WEBHOOK_RETRIED_MAX, "setAsideEvents": more - 1})
    );
    assert_eq!(
        app.post(&retry, json!({})).await.expect(200),
        json!({"events": more - 1, "setAsideEvents": 0})
    );
    assert_eq!(app.post(&retry, json!({})).await.expect(200), json!({"events": 0, "setAsideEvents": 0}));
}

#[tokio::test]
async fn the_page_of_another_server_shows_a_pause_and_a_deletion_at_once() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let other = one_more(&app).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let page = format!("/webhooks/{webhook}");
    for (action, shown) in [("pause", "badge--held"), ("resume", "badge--good"), ("pause", "badge--held")] {
        app.post(&format!("/api/webhooks/{webhook}/{action}"), json!({})).await.expect(200);
        let text = other.get(&page).await.text;
        assert!(text.contains(shown), "{action}: {text}");
    }
    assert_eq!(get(&other, webhook).await["state"], "paused");
    app.delete(&format!("/api/webhooks/{webhook}")).await.expect(204);
    let answer = other.get(&page).await;
    assert_eq!(answer.status, 404);
    assert!(!answer.text.contains(&format!("href=\"{page}\"")), "{}", answer.text);
    other.get(&format!("/api/webhooks/{webhook}")).await.problem(404, "webhook_not_found");
}
