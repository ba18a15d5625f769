//! Metrics of stock: units, queues, holds, imports, events.

use super::samples::{Family, Labels};
use engine::{Engine, OperatingReport, QueueState};
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::histogram::Histogram;
use std::fmt;

pub(super) fn encode(
    encoder: &mut DescriptorEncoder<'_>,
    engine: &Engine,
    report: Option<&OperatingReport>,
) -> fmt::Result {
    let units = engine.units_moved();
    Family::new("stockhold_units", "Units of movements that this server committed, by reason")
        .counters(encoder, units.iter().map(|(reason, units)| (vec![("reason", reason.as_str())], *units)))?;
    let attempts = engine.stock_attempts();
    let labels = |path: &engine::StockPath, outcome| vec![("path", path.name()), ("outcome", outcome)];
    Family::new(
        "stockhold_stock_attempts",
        "Attempts to decide a batch of stock requests, by path and outcome",
    )
    .counters(encoder, attempts.iter().map(|(path, outcome, count)| (labels(path, *outcome), *count)))?;
    queues(encoder, &engine.queue_states())?;
    holds(encoder, engine, report)?;
    imports(encoder, report)?;
    events(encoder, engine)
}

fn queues(encoder: &mut DescriptorEncoder<'_>, queues: &[QueueState]) -> fmt::Result {
    fn of<'a, T>(
        queues: &'a [QueueState],
        value: impl Fn(&'a QueueState) -> T,
    ) -> impl Iterator<Item = (Labels<'a>, T)> {
        queues.iter().map(move |queue| (vec![("queue", queue.name.as_str())], value(queue)))
    }
    fn histogram(queue: &QueueState, choose: fn(&engine::QueueMetrics) -> &Histogram) -> &Histogram {
        choose(&queue.metrics)
    }
    Family::new("stockhold_queue_requests", "Requests that wait in the queue")
        .gauges(encoder, of(queues, |queue| queue.waiting as f64))?;
    Family::new("stockhold_queue_requests_max", "The most requests that may wait in the queue")
        .gauges(encoder, of(queues, |queue| queue.waiting_max as f64))?;
    Family::seconds("stockhold_queue_wait", "Time that the oldest request of a batch has waited")
        .histograms(encoder, of(queues, |queue| histogram(queue, |metrics| &metrics.wait_seconds)))?;
    Family::new("stockhold_batch_requests", "Requests of a batch")
        .histograms(encoder, of(queues, |queue| histogram(queue, |metrics| &metrics.batch_requests)))?;
    Family::seconds("stockhold_batch_duration", "Duration of a batch")
        .histograms(encoder, of(queues, |queue| histogram(queue, |metrics| &metrics.batch_seconds)))
}

fn holds(
    encoder: &mut DescriptorEncoder<'_>,
    engine: &Engine,
    report: Option<&OperatingReport>,
) -> fmt::Result {
    let counts = report.map(|report| report.counts);
    let holds = counts.map(|counts| {
        [
            (vec![("state", "active")], counts.active_holds as f64),
            (vec![("state", "overdue")], counts.overdue_holds as f64),
        ]
    });
    Family::new("stockhold_holds", "Temporary blocks, at most 100,000 of each state are counted")
        .gauges(encoder, holds.into_iter().flatten())?;
    Family::seconds("stockhold_oldest_overdue_hold_age", "Time since the expiry of the oldest overdue block")
        .gauges(encoder, counts.map(|counts| (Vec::new(), counts.oldest_overdue_seconds)))?;
    Family::new("stockhold_waiting_orders", "Orders whose missing units wait, at most 100,000 are counted")
        .gauges(encoder, counts.map(|counts| (Vec::new(), counts.waiting_orders as f64)))?;
    let failing = engine.health_report().failing_items_count;
    Family::new("stockhold_failing_items", "Items whose clean-up of expired blocks fails")
        .gauge(encoder, failing as f64)
}

fn imports(encoder: &mut DescriptorEncoder<'_>, report: Option<&OperatingReport>) -> fmt::Result {
    let imports = report.map_or(&[][..], |report| &report.imports);
    let of = |value: fn(&engine::ImportCounts) -> f64| {
        imports.iter().map(move |import| (vec![("state", import.state.as_str())], value(import)))
    };
    Family::new("stockhold_imports", "Imports that have not ended, by state")
        .gauges(encoder, of(|import| import.imports as f64))?;
    Family::new("stockhold_import_rows", "Judged rows of imports that have not ended, by state")
        .gauges(encoder, of(|import| import.rows as f64))?;
    Family::new("stockhold_import_rows_done", "Rows of these imports that are applied or refused")
        .gauges(encoder, of(|import| import.rows_done as f64))?;
    Family::seconds("stockhold_import_idle", "Longest time since such an import made progress")
        .gauges(encoder, of(|import| import.idle_seconds))?;
    let reconcile = report.and_then(|report| report.reconcile.as_ref());
    let differences = reconcile.map(|run| {
        [(vec![("kind", "repairable")], run.repairable as f64), (vec![("kind", "other")], run.others as f64)]
    });
    Family::new("stockhold_reconcile_differences", "Differences that the last reconcile found")
        .gauges(encoder, differences.into_iter().flatten())?;
    Family::seconds("stockhold_reconcile_duration", "Duration of the last reconcile")
        .gauges(encoder, reconcile.map(|run| (Vec::new(), run.seconds)))?;
    Family::seconds("stockhold_reconcile_finished_time", "Time of the end of the last reconcile, since 1970")
        .gauges(encoder, reconcile.map(|run| (Vec::new(), run.finished_at.timestamp() as f64)))
}

fn events(encoder: &mut DescriptorEncoder<'_>, engine: &Engine) -> fmt::Result {
    let lag = engine.health_report().feed_lag.map_or(0.0, |feed| feed.lag.as_secs_f64());
    Family::seconds("stockhold_event_lag", "Age of the oldest committed event that can't be delivered yet")
        .gauge(encoder, lag)?;
    Family::new("stockhold_event_streams", "Open event streams").gauge(encoder, engine.event_streams() as f64)
}
