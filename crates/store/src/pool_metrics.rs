//! Measurements of the connection pools, for metrics.

use prometheus_client::metrics::histogram::Histogram;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The bounds of the buckets for waits and durations, in seconds.
const SECONDS_BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

/// The measurements of one pool, or of several pools with the same name.
#[derive(Debug)]
pub(crate) struct PoolMetrics {
    pub(crate) name: &'static str,
    pub(crate) wait_seconds: Histogram,
    pub(crate) operation_seconds: Histogram,
    pub(crate) pending: AtomicU64,
    pub(crate) timeouts: AtomicU64,
}

impl PoolMetrics {
    pub(crate) fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            wait_seconds: Histogram::new(SECONDS_BUCKETS),
            operation_seconds: Histogram::new(SECONDS_BUCKETS),
            pending: AtomicU64::new(0),
            timeouts: AtomicU64::new(0),
        })
    }

    /// Counts a caller that waits for a connection, until the result is dropped.
    pub(crate) fn wait(&self) -> Pending<'_> {
        self.pending.fetch_add(1, Ordering::Relaxed);
        Pending(self)
    }

    /// Records the time in which a caller got a connection.
    pub(crate) fn waited(&self, time: Duration) {
        self.wait_seconds.observe(time.as_secs_f64());
    }

    /// Records a caller that got no connection in time.
    pub(crate) fn timed_out(&self) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Records the duration of a statement.
    pub(crate) fn ran(&self, time: Duration) {
        self.operation_seconds.observe(time.as_secs_f64());
    }
}

/// A caller that waits for a connection.
pub(crate) struct Pending<'a>(&'a PoolMetrics);

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.pending.fetch_sub(1, Ordering::Relaxed);
    }
}
