//! The facts of a span, and the variables of the environment.

use axum::http::Method;
use engine::TraceContext;
use std::time::Duration;

/// A request that was answered.
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "only the export reads the fields"))]
pub(crate) struct RequestSpan<'a> {
    pub(crate) trace: TraceContext,
    pub(crate) method: &'a Method,
    /// The template of its route; empty if no route matched.
    pub(crate) route: &'a str,
    pub(crate) status: u16,
    pub(crate) duration: Duration,
}

/// Returns a variable of the environment, unless it is empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
