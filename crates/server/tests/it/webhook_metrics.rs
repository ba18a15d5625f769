//! Metrics of webhooks, and the traces of their attempts.

use crate::app::TestApp;
use crate::webhook_receiver::{Receiver, Reply};
use crate::webhooks::{allow, endpoint, until};
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;

/// Returns the value of a sample.
#[track_caller]
fn value(lines: &[String], sample: &str) -> f64 {
    let line = lines.iter().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{sample}: {}", lines.join("\n"))).parse().expect("a number")
}

#[tokio::test]
async fn metrics_show_the_lag_the_failures_and_the_attempts_of_each_webhook() {
    let app = TestApp::start_with(|config| {
        // The first retry is in an hour.
        allow(config, &[3_600]);
        config.observe.metrics_addr = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    let (receiver, rejecting) = (Receiver::start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (good, _) = endpoint(&app, &receiver.url, json!({})).await;
    let (bad, _) = endpoint(&app, &rejecting.url, json!({})).await;
    let (paused, _) = endpoint(&app, &receiver.url, json!({})).await;
    app.post(&format!("/api/webhooks/{paused}/pause"), json!({})).await.expect(200);
    rejecting.answer(|_| Reply::Status(500));
    app.block(item, 1, 600).await;
    app.block(item, 1, 600).await;
    let aside = "INSERT INTO webhook_parked (endpoint_id, event_id, item_id, state, attempts, due_at)
                 VALUES ($1, 900000001, 1, 'set_aside', 9, now())";
    sqlx::query(aside).bind(bad).execute(&app.database).await.expect("set aside");
    until(&app, good, "a delivery", |state| state["lastDeliveredAt"].is_string()).await;
    until(&app, bad, "both events wait", |state| state["waitingEvents"] == 2).await;

    // The counts are read with the first scrape.
    let lines = app.metrics().await;
    let of = |metric: &str, webhook: i64| {
        value(&lines, &format!("stockhold_webhook_{metric}{{webhook=\"{webhook}\"}}"))
    };
    for (webhook, state) in [(good, "active"), (bad, "active"), (paused, "paused")] {
        let sample = format!("stockhold_webhook_state{{webhook=\"{webhook}\",state=\"{state}\"}}");
        assert_eq!(value(&lines, &sample), 1.0);
    }
    let counts =
        |webhook| ["failures_in_row", "waiting_events", "set_aside_events"].map(|metric| of(metric, webhook));
    assert_eq!(counts(bad), [1.0, 2.0, 1.0]);
    assert_eq!(counts(good), [0.0, 0.0, 0.0]);
    assert!(of("lag_seconds", bad) > 0.0 && of("lag_seconds", paused) > 0.0, "{}", lines.join("\n"));
    assert!(of("lag_seconds", bad) < 60.0);
    let attempts = |webhook: i64| {
        ["delivered", "failed", "gone"].map(|outcome| {
            let labels = format!("webhook=\"{webhook}\",outcome=\"{outcome}\"");
            value(&lines, &format!("stockhold_webhook_attempts_total{{{labels}}}"))
        })
    };
    assert_eq!(attempts(bad), [0.0, 1.0, 0.0]);
    assert_eq!(attempts(good)[1..], [0.0, 0.0]);
    assert!(attempts(good)[0] >= 1.0);
}

#[tokio::test]
async fn each_attempt_has_a_trace_of_its_own() {
    let (app, receiver) = (crate::webhooks::start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, _) = endpoint(&app, &receiver.url, json!({})).await;
    let mut failures = 2;
    receiver.answer(move |_| {
        failures -= 1;
        Reply::Status(if failures >= 0 { 500 } else { 204 })
    });
    app.block(item, 1, 600).await;
    let received = receiver.until_accepted(1).await;
    let parents: Vec<_> =
        received.iter().map(|message| message.headers["traceparent"].to_str().expect("text")).collect();
    let traces: HashSet<_> = parents.iter().map(|parent| &parent[3..35]).collect();
    assert_eq!((received.len(), traces.len()), (3, 3), "{parents:?}");
    assert!(parents.iter().all(|parent| parent.len() == 55 && parent.ends_with("-01")), "{parents:?}");
    // A test of an endpoint belongs to the trace of its request.
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let test = app.request(Method::POST, &format!("/api/webhooks/{webhook}/test"));
    let test = test.header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    app.send(test.json(&json!({}))).await.expect(200);
    let received = receiver.until_accepted(2).await;
    let parent = received[3].headers["traceparent"].to_str().expect("text");
    assert!(parent.starts_with(&format!("00-{trace}-")) && !parent.contains("00f067aa0ba902b7"), "{parent}");
}
