//! The metrics, the log line and the span of a finished request.

use crate::config::{AccessLog, ObserveConfig};
use crate::http::request_id::RequestId;
use crate::http::request_scope::RequestScope;
use crate::metrics::{FinishedRequest, HttpMetrics};
use crate::span_export::{RequestSpan, SpanExport};
use axum::http::{HeaderMap, Method, StatusCode};
use engine::{LogScope, TraceContext};
use std::net::IpAddr;
use std::time::Duration;

use super::traceparent;

/// Observes the requests of a server.
pub(crate) struct RequestObserver {
    pub(crate) metrics: HttpMetrics,
    access_log: AccessLog,
    access_log_percent: u8,
    /// `None` without an export of traces.
    spans: Option<SpanExport>,
}

/// A request and its response.
pub(crate) struct Finished<'a> {
    pub(crate) scope: &'a RequestScope,
    pub(crate) id: &'a RequestId,
    pub(crate) client: IpAddr,
    pub(crate) method: &'a Method,
    pub(crate) status: StatusCode,
    pub(crate) duration: Duration,
}

impl RequestObserver {
    /// Returns the observer of a server with these settings.
    pub(crate) fn new(config: &ObserveConfig, metrics: HttpMetrics, spans: Option<SpanExport>) -> Self {
        let ObserveConfig { access_log, access_log_percent, .. } = *config;
        Self { metrics, access_log, access_log_percent, spans }
    }

    /// Returns the span of a request with these headers.
    pub(crate) fn trace(&self, headers: &HeaderMap) -> TraceContext {
        traceparent::span_of(headers, |trace, parent| match &self.spans {
            Some(spans) => spans.is_sampled(trace, parent),
            // The caller's decision is returned to it.
            None => parent.unwrap_or(false),
        })
    }

    /// Records a request: its duration, its log line if the access log has it, and its span if its trace is recorded.
    pub(crate) fn finished(&self, request: &Finished<'_>) {
        let Finished { scope, method, status, duration, .. } = *request;
        let route = scope.route();
        self.metrics.finished(&FinishedRequest { method, route, status: status.as_u16(), duration });
        if self.is_logged(status) {
            log(request);
        }
        if let Some(spans) = self.spans.as_ref().filter(|_| scope.trace().is_sampled) {
            let status = status.as_u16();
            spans.request(&RequestSpan { trace: scope.trace(), method, route, status, duration });
        }
    }

    fn is_logged(&self, status: StatusCode) -> bool {
        // An outage or an overload fails every request with 503. The store logs the outage once, and health reports it.
        let has_failed = status.is_server_error();
        match self.access_log {
            AccessLog::Off => false,
            AccessLog::Errors => has_failed && status != StatusCode::SERVICE_UNAVAILABLE,
            AccessLog::Sampled => has_failed || fastrand::u8(0..100) < self.access_log_percent,
            AccessLog::All => true,
        }
    }
}

/// Logs a request. The line has the template of the route instead of the path, which may contain a secret.
fn log(request: &Finished<'_>) {
    let Finished { scope, id, client, method, status, duration } = *request;
    let principal = scope.principal().unwrap_or_default();
    let (route, status) = (scope.route(), status.as_u16());
    let duration_ms = duration.as_secs_f64() * 1_000.0;
    let scope = LogScope::Request { trace: Some(scope.trace().trace), id: id.clone().into() };
    scope.run_sync(|| {
        tracing::info!(%method, route, status, duration_ms, principal, %client, "request");
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        config: ObserveConfig,
    }

    fn logged(arguments: &[&str]) -> [bool; 4] {
        let config = Program::parse_from(["program"].iter().chain(arguments)).config;
        let observer = RequestObserver::new(&config, HttpMetrics::new(std::iter::empty()), None);
        [200, 409, 500, 503].map(|status| observer.is_logged(StatusCode::from_u16(status).expect("a status")))
    }

    #[test]
    fn the_access_log_selects_requests() {
        assert_eq!(logged(&[]), [false, false, true, false]);
        assert_eq!(logged(&["--access-log", "off"]), [false; 4]);
        assert_eq!(logged(&["--access-log", "all"]), [true; 4]);
        assert_eq!(logged(&["--access-log", "sampled", "--access-log-percent", "100"]), [true; 4]);
        let sampled = logged(&["--access-log", "sampled", "--access-log-percent", "1"]);
        assert_eq!(sampled[2..], [true, true]);
    }
}
