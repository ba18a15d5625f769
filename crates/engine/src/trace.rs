//! The traces of requests: their identifiers, the scope of log lines, and spans of batches.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// The most traces of a batch that its log lines name.
const LOGGED_TRACES_MAX: usize = 8;

/// The id of a trace: 16 bytes, not all of which are 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId(pub [u8; 16]);

/// The id of a span: 8 bytes, not all of which are 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId(pub [u8; 8]);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The span of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace: TraceId,
    /// The request's span.
    pub span: SpanId,
    /// The caller's span; `None` if the trace begins here.
    pub parent: Option<SpanId>,
    /// Whether the trace is recorded.
    pub is_sampled: bool,
}

impl TraceContext {
    /// Returns the span of a request to another system: a part of the trace of the HTTP request that the current task works
    /// for, or of a new trace.
    pub(crate) fn outgoing() -> Self {
        let current = LogScope::with_current(|scope| match scope {
            LogScope::Request { trace, .. } => *trace,
            LogScope::Batch { .. } => None,
        });
        let trace = current.flatten().unwrap_or_else(|| TraceId(fastrand::u128(1..).to_be_bytes()));
        let span = SpanId(fastrand::u64(1..).to_be_bytes());
        // The other system may record its spans. The trace id leads from a log line of this server to them.
        Self { trace, span, parent: None, is_sampled: true }
    }

    /// Returns the span as the value of the headers `traceparent` and `traceresponse` of W3C Trace Context.
    pub fn traceparent(&self) -> String {
        format!("00-{}-{}-{:02x}", self.trace, self.span, u8::from(self.is_sampled))
    }
}

/// The requests that a task works for. Its log lines name them.
#[derive(Debug, Clone)]
pub enum LogScope {
    /// One request.
    Request {
        /// The trace; `None` for work that no HTTP request has caused.
        trace: Option<TraceId>,
        /// The request's id.
        id: Arc<str>,
    },
    /// A batch of several requests.
    Batch {
        /// The traces of the first requests.
        traces: Vec<TraceId>,
        /// The number of requests.
        requests: usize,
    },
}

tokio::task_local! {
    static SCOPE: LogScope;
}

impl LogScope {
    /// Returns the scope of a batch of `requests` requests: those with an id are given, each with its trace. `None` for a single
    /// request without an id.
    pub(crate) fn of<'a>(
        requests: usize,
        mut given: impl Iterator<Item = (Option<TraceContext>, &'a Arc<str>)>,
    ) -> Option<Self> {
        if requests == 1 {
            let (trace, id) = given.next()?;
            return Some(Self::Request { trace: trace.map(|trace| trace.trace), id: id.clone() });
        }
        let traces = given.filter_map(|(trace, _)| Some(trace?.trace));
        Some(Self::Batch { traces: traces.take(LOGGED_TRACES_MAX).collect(), requests })
    }

    /// Runs a future in this scope.
    pub async fn run<F: Future>(self, work: F) -> F::Output {
        SCOPE.scope(self, work).await
    }

    /// Runs a function in this scope.
    pub fn run_sync<T>(self, work: impl FnOnce() -> T) -> T {
        SCOPE.sync_scope(self, work)
    }

    /// Calls the function with the scope of the current task, if it has one.
    pub fn with_current<T>(read: impl FnOnce(&Self) -> T) -> Option<T> {
        SCOPE.try_with(read).ok()
    }
}

/// A batch that has ended, for the export of traces.
#[derive(Debug, Clone)]
pub struct BatchSpan {
    /// The queue's name, such as "stock 0".
    pub queue: Arc<str>,
    /// The time at which the batch began.
    pub begun: SystemTime,
    /// The time at which it ended.
    pub ended: SystemTime,
    /// The number of requests.
    pub requests: usize,
    /// The spans of its requests with recorded traces.
    pub links: Vec<TraceContext>,
}

/// Receives the spans of batches with at least one recorded request.
pub type SpanSink = Arc<dyn Fn(BatchSpan) + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_scope_of_a_batch_names_its_requests() {
        let trace = |byte: u8| TraceContext {
            trace: TraceId([byte; 16]),
            span: SpanId([byte; 8]),
            parent: None,
            is_sampled: false,
        };
        let id = Arc::from("request");
        let given: Vec<_> = (1..=20).map(|byte| (Some(trace(byte)), &id)).collect();
        let of = |count: usize| LogScope::of(count, given[..count].iter().copied()).expect("a scope");
        let LogScope::Request { trace, id } = of(1) else { panic!("a scope of one request") };
        assert_eq!((trace, &*id), (Some(TraceId([1; 16])), "request"));
        let LogScope::Batch { traces, requests } = of(20) else { panic!("a scope of a batch") };
        assert_eq!((traces.len(), requests), (LOGGED_TRACES_MAX, 20));
        assert_eq!(TraceId([1; 16]).to_string(), "01".repeat(16));
        let shown = async { LogScope::with_current(|scope| matches!(scope, LogScope::Request { .. })) };
        assert_eq!(of(1).run(shown).await, Some(true));
        assert_eq!(LogScope::with_current(|_| ()), None);
    }

    #[tokio::test]
    async fn a_request_to_another_system_continues_the_trace_of_its_cause() {
        let scope = LogScope::Request { trace: Some(TraceId([7; 16])), id: "request".into() };
        let caused = scope.run(async { TraceContext::outgoing() }).await;
        assert_eq!(caused.trace, TraceId([7; 16]));
        let (one, other) = (TraceContext::outgoing(), TraceContext::outgoing());
        assert!(one.trace != other.trace && one.span != other.span, "each has a trace of its own");
        let expected = format!("00-{}-{}-01", "07".repeat(16), caused.span);
        assert_eq!(caused.traceparent(), expected);
    }
}
