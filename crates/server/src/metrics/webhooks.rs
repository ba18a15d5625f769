//! Metrics of webhooks: one sample per endpoint, which its id names. There are at most 100 endpoints.

use super::samples::{Family, Labels};
use engine::{Engine, OperatingReport, WebhookCounts};
use prometheus_client::encoding::DescriptorEncoder;
use std::collections::HashSet;
use std::fmt;

pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    engine: &Engine,
    report: Option<&OperatingReport>,
) -> fmt::Result {
    let counts = report.map_or(&[][..], |report| &report.webhooks);
    let ids: Vec<_> = counts.iter().map(|counts| counts.webhook.to_string()).collect();
    let endpoints = || ids.iter().zip(counts);
    let of =
        |value: fn(&WebhookCounts) -> f64| endpoints().map(move |(id, counts)| (label(id), value(counts)));
    let states = endpoints().map(|(id, counts)| (vec![("webhook", &**id), ("state", &*counts.state)], 1.0));
    Family::new("stockhold_webhook_state", "1 for the state of the webhook: active, paused or disabled")
        .gauges(encoder, states)?;
    Family::seconds("stockhold_webhook_lag", "Age of the oldest event that the webhook has not got")
        .gauges(encoder, of(|counts| counts.lag_seconds))?;
    Family::new(
        "stockhold_webhook_failures_in_row",
        "Failed attempts since the last delivery of the webhook",
    )
    .gauges(encoder, of(|counts| f64::from(counts.failures_in_row)))?;
    Family::new("stockhold_webhook_waiting_events", "Events of the webhook that wait for another attempt")
        .gauges(encoder, of(|counts| counts.waiting as f64))?;
    Family::new(
        "stockhold_webhook_set_aside_events",
        "Events that the webhook has not got after the last attempt, at most 10,000 are counted",
    )
    .gauges(encoder, of(|counts| counts.set_aside as f64))?;
    attempts(encoder, engine, report)
}

fn label(id: &str) -> Labels<'_> {
    vec![("webhook", id)]
}

/// Writes the attempts of this server. A deleted endpoint has none.
fn attempts(
    encoder: &mut DescriptorEncoder<'_>,
    engine: &Engine,
    report: Option<&OperatingReport>,
) -> fmt::Result {
    let existing: Option<HashSet<_>> =
        report.map(|report| report.webhooks.iter().map(|counts| counts.webhook).collect());
    let attempts: Vec<_> = engine
        .webhook_attempts()
        .into_iter()
        .filter(|(webhook, ..)| existing.as_ref().is_none_or(|existing| existing.contains(&webhook.0)))
        .map(|(webhook, outcome, count)| (webhook.to_string(), outcome.as_str(), count))
        .collect();
    let samples = attempts
        .iter()
        .map(|(webhook, outcome, count)| (vec![("webhook", &**webhook), ("outcome", *outcome)], *count));
    Family::new(
        "stockhold_webhook_attempts",
        "Attempts of this server to deliver an event, by webhook and outcome: delivered, failed or gone",
    )
    .counters(encoder, samples)
}
