//! Measurements, log lines and spans of batches.

use super::batch::Batch;
use crate::metrics::QueueMetrics;
use crate::trace::{BatchSpan, LogScope, SpanSink};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Observes the batches of a queue.
#[derive(Clone, Default)]
pub struct BatchObserver {
    /// The duration from which a batch is logged as slow; `None` for never.
    pub slow: Option<Duration>,
    /// Receives the spans of batches; `None` without an export of traces.
    pub spans: Option<SpanSink>,
}

impl BatchObserver {
    /// Runs a batch in the log scope of its requests, and records it. `waited` is the time that its oldest request has waited.
    pub(super) async fn observe<B: Batch, T>(
        &self,
        queue: &Arc<str>,
        metrics: &QueueMetrics,
        requests: &[B::Request],
        waited: Duration,
        batch: impl Future<Output = T>,
    ) -> T {
        let begun_at = self.spans.as_ref().map(|_| SystemTime::now());
        let begun = Instant::now();
        let observed = async {
            let done = batch.await;
            let took = begun.elapsed();
            if self.slow.is_some_and(|slow| took >= slow) {
                tracing::warn!(
                    queue = &**queue,
                    requests = requests.len(),
                    duration_ms = milliseconds(took),
                    waited_ms = milliseconds(waited),
                    "a batch was slow"
                );
            }
            (done, took)
        };
        let contexts = requests.iter().filter_map(B::context);
        let given = contexts.map(|context| (context.trace, &context.request_id));
        let (done, took) = match LogScope::of(requests.len(), given) {
            Some(scope) => scope.run(observed).await,
            None => observed.await,
        };
        metrics.record(requests.len(), waited, took);
        if let (Some(sink), Some(begun)) = (&self.spans, begun_at) {
            let traces = requests.iter().filter_map(|request| B::context(request)?.trace);
            let links: Vec<_> = traces.filter(|trace| trace.is_sampled).collect();
            if !links.is_empty() {
                let queue = queue.clone();
                sink(BatchSpan { queue, begun, ended: begun + took, requests: requests.len(), links });
            }
        }
        done
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
