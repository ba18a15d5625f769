//! The export of spans by OpenTelemetry's protocol (OTLP over HTTP). It is off unless `OTEL_EXPORTER_OTLP_ENDPOINT` or
//! `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set. The other standard `OTEL_` variables apply.
//!
//! Spans are built when they have ended, from facts that are known anyway. A request without a recorded trace costs nothing
//! more.

mod facts;
mod sampler;

pub(crate) use facts::RequestSpan;

use anyhow::Result;
use engine::{SpanSink, TraceId};
use facts::variable;
use sampler::Sampler;

#[cfg(feature = "otlp")]
mod otlp;
#[cfg(not(feature = "otlp"))]
#[path = "span_export/none.rs"]
mod otlp;

/// The variables that name the collector.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// Exports spans. Clones share the export.
#[derive(Clone)]
pub(crate) struct SpanExport {
    exporter: otlp::Exporter,
    sampler: Sampler,
}

impl SpanExport {
    /// Returns the export that the environment asks for; `None` if it asks for none.
    ///
    /// # Errors
    /// A variable is invalid, or the program was built without the export.
    pub(crate) fn from_environment() -> Result<Option<Self>> {
        let Some(endpoint) = ENDPOINTS.iter().find_map(|name| variable(name)) else { return Ok(None) };
        let is_off = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || variable("OTEL_TRACES_EXPORTER").is_some_and(|value| value == "none");
        if is_off {
            return Ok(None);
        }
        let sampler = Sampler::from_environment()?;
        Ok(Some(Self { exporter: otlp::Exporter::new(&endpoint)?, sampler }))
    }

    /// Returns whether a trace is recorded. `parent` is the caller's decision; `None` if the trace begins here.
    pub(crate) fn is_sampled(&self, trace: TraceId, parent: Option<bool>) -> bool {
        self.sampler.is_sampled(trace, parent)
    }

    /// Exports the span of a request.
    pub(crate) fn request(&self, span: &RequestSpan<'_>) {
        self.exporter.request(span);
    }

    /// Returns the receiver of the spans of batches.
    pub(crate) fn batches(&self) -> SpanSink {
        self.exporter.batches()
    }

    /// Sends the waiting spans, and ends the export. Takes at most some seconds.
    pub(crate) async fn close(self) {
        self.exporter.close().await;
    }
}
