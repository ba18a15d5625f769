//! The export by OpenTelemetry's SDK. A thread of its own sends the spans; when its queue is full, spans are dropped.

use super::facts::{RequestSpan, variable};
use anyhow::{Context as _, Result, bail};
use engine::{BatchSpan, SpanId, SpanSink, TraceContext, TraceId};
use opentelemetry::trace::{self, Link, SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor as _};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long the end of the export may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The most links of a batch's span. The convention's default limit.
const LINKS_MAX: usize = 128;

/// The name of the service, unless `OTEL_SERVICE_NAME` has another.
const SERVICE: &str = "stockhold";

#[derive(Clone)]
pub(super) struct Exporter {
    processor: Arc<BatchSpanProcessor>,
    scope: InstrumentationScope,
}

impl Exporter {
    /// Starts the export to a collector.
    ///
    /// # Errors
    /// The endpoint is no http URL, or another variable is invalid.
    pub(super) fn new(endpoint: &str) -> Result<Self> {
        if !endpoint.starts_with("http://") {
            bail!(
                "OTEL_EXPORTER_OTLP_ENDPOINT must be an http:// URL of a collector on a private network, such as \
                 http://127.0.0.1:4318"
            );
        }
        let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build();
        let exporter = exporter.context("the export of traces can't be started")?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let mut resource = Resource::builder();
        if variable("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        processor.set_resource(&resource.with_attribute(version).build());
        let scope = InstrumentationScope::builder(SERVICE).with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Self { processor: Arc::new(processor), scope })
    }

    pub(super) fn request(&self, span: &RequestSpan<'_>) {
        let RequestSpan { trace, method, route, status, duration } = *span;
        let ended = SystemTime::now();
        let name = match route {
            "" => method.to_string(),
            route => format!("{method} {route}"),
        };
        let mut attributes = vec![
            KeyValue::new("http.request.method", method.to_string()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        if !route.is_empty() {
            attributes.push(KeyValue::new("http.route", route.to_owned()));
        }
        let has_failed = status >= 500;
        if has_failed {
            attributes.push(KeyValue::new("error.type", status.to_string()));
        }
        self.end(SpanData {
            parent_span_id: trace.parent.map_or(trace::SpanId::INVALID, span_id),
            parent_span_is_remote: trace.parent.is_some(),
            span_kind: SpanKind::Server,
            start_time: ended.checked_sub(duration).unwrap_or(ended),
            end_time: ended,
            attributes,
            status: if has_failed { Status::error("") } else { Status::Unset },
            ..self.data(&trace, name)
        });
    }

    pub(super) fn batches(&self) -> SpanSink {
        let exporter = self.clone();
        Arc::new(move |batch: BatchSpan| exporter.batch(batch))
    }

    fn batch(&self, batch: BatchSpan) {
        let trace = TraceContext {
            trace: TraceId(fastrand::u128(1..).to_be_bytes()),
            span: SpanId(fastrand::u64(1..).to_be_bytes()),
            parent: None,
            is_sampled: true,
        };
        let dropped = batch.links.len().saturating_sub(LINKS_MAX);
        let mut links = SpanLinks::default();
        let link = |trace: &TraceContext| Link::new(span_context(trace), Vec::new(), 0);
        links.links = batch.links.iter().take(LINKS_MAX).map(link).collect();
        links.dropped_count = u32::try_from(dropped).unwrap_or(u32::MAX);
        self.end(SpanData {
            start_time: batch.begun,
            end_time: batch.ended,
            attributes: vec![
                KeyValue::new("stockhold.queue", batch.queue.to_string()),
                KeyValue::new("stockhold.batch.requests", i64::try_from(batch.requests).unwrap_or(i64::MAX)),
            ],
            links,
            ..self.data(&trace, "batch")
        });
    }

    /// Returns an internal span without a parent.
    fn data(&self, trace: &TraceContext, name: impl Into<Cow<'static, str>>) -> SpanData {
        let now = SystemTime::now();
        SpanData {
            span_context: span_context(trace),
            parent_span_id: trace::SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: name.into(),
            start_time: now,
            end_time: now,
            attributes: Vec::new(),
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: self.scope.clone(),
        }
    }

    fn end(&self, span: SpanData) {
        self.processor.on_end(span);
    }

    pub(super) async fn close(self) {
        let closed = tokio::task::spawn_blocking(move || self.processor.shutdown_with_timeout(CLOSE_TIMEOUT));
        if let Ok(Err(error)) = closed.await {
            tracing::warn!(%error, "the last spans could not be exported");
        }
    }
}

fn span_context(trace: &TraceContext) -> SpanContext {
    let flags = if trace.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let id = trace::TraceId::from_bytes(trace.trace.0);
    SpanContext::new(id, span_id(trace.span), flags, false, TraceState::NONE)
}

fn span_id(id: SpanId) -> trace::SpanId {
    trace::SpanId::from_bytes(id.0)
}
