//! Measurements of HTTP requests, by OpenTelemetry's semantic conventions.

use axum::http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The bounds of the buckets of durations, in seconds: those of the convention, and shorter ones.
const SECONDS_BUCKETS: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The method of a request that has none of the standard ones. It bounds the number of series.
const OTHER_METHOD: &str = "_OTHER";

/// The label of a problem with a code that is not in the table of codes.
const OTHER_CODE: &str = "other";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    http_request_method: &'static str,
    http_route: Box<str>,
    http_response_status_code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

/// A request that was answered.
pub(crate) struct FinishedRequest<'a> {
    pub(crate) method: &'a Method,
    /// The template of its route; empty if no route matched.
    pub(crate) route: &'a str,
    pub(crate) status: u16,
    /// The time from its head to the head of its response.
    pub(crate) duration: Duration,
}

/// The measurements of HTTP requests. Clones share them.
#[derive(Clone)]
pub(crate) struct HttpMetrics {
    durations: Family<RequestLabels, Histogram, fn() -> Histogram>,
    active: Gauge,
    problems: Family<CodeLabel, Counter>,
    /// The counters of problems by code.
    counters: Arc<HashMap<&'static str, Counter>>,
}

impl HttpMetrics {
    /// Returns measurements with a counter for each code.
    pub(crate) fn new(codes: impl Iterator<Item = &'static str>) -> Self {
        let problems = Family::<CodeLabel, Counter>::default();
        let counter = |code| (code, problems.get_or_create_owned(&CodeLabel { code }));
        let counters = Arc::new(codes.chain([OTHER_CODE]).map(counter).collect());
        let durations: fn() -> Histogram = || Histogram::new(SECONDS_BUCKETS);
        Self {
            durations: Family::new_with_constructor(durations),
            active: Gauge::default(),
            problems,
            counters,
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "http_server_request_duration",
            "Time from the head of a request to the head of its response",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register("http_server_active_requests", "Requests in progress", self.active.clone());
        registry.register(
            "stockhold_problems",
            "Problems in responses, by their code",
            self.problems.clone(),
        );
    }

    /// Counts a request in progress until the result is dropped.
    pub(crate) fn begin(&self) -> ActiveRequest {
        self.active.inc();
        ActiveRequest(self.active.clone())
    }

    /// Records an answered request.
    pub(crate) fn finished(&self, request: &FinishedRequest<'_>) {
        let labels = RequestLabels {
            http_request_method: method_name(request.method),
            http_route: request.route.into(),
            http_response_status_code: request.status,
        };
        self.durations.get_or_create(&labels).observe(request.duration.as_secs_f64());
    }

    /// Counts a problem. Codes that are not in the table share a counter.
    pub(crate) fn count_problem(&self, code: &str) {
        if let Some(counter) = self.counters.get(code).or_else(|| self.counters.get(OTHER_CODE)) {
            counter.inc();
        }
    }
}

/// A request in progress.
pub(crate) struct ActiveRequest(Gauge);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => OTHER_METHOD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_bounded() {
        let metrics = HttpMetrics::new(["known"].into_iter());
        for code in ["known", "unknown", "another"] {
            metrics.count_problem(code);
        }
        for method in ["BREW", "CURDLE"] {
            let method = method.parse::<Method>().expect("a method");
            let duration = Duration::from_millis(3);
            metrics.finished(&FinishedRequest { method: &method, route: "", status: 405, duration });
        }
        let active = metrics.begin();
        let mut registry = Registry::default();
        metrics.register(&mut registry);
        let text = || {
            let mut text = String::new();
            prometheus_client::encoding::text::encode(&mut text, &registry).expect("a text");
            text
        };
        let shown = text();
        for line in [
            "stockhold_problems_total{code=\"known\"} 1",
            "stockhold_problems_total{code=\"other\"} 2",
            "http_server_request_duration_seconds_count{http_request_method=\"_OTHER\",http_route=\"\",http_response_status_code=\"405\"} 2",
            "http_server_active_requests 1",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line}: {shown}");
        }
        drop(active);
        assert!(text().contains("http_server_active_requests 0"));
    }
}
