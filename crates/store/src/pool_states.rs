//! The state of the connection pools, for metrics.

use crate::Store;
use crate::pool::Pool;
use crate::pool_metrics::PoolMetrics;
use prometheus_client::metrics::histogram::Histogram;
use std::sync::atomic::Ordering;

/// The state of one kind of connections.
#[derive(Debug, Clone)]
pub struct PoolState {
    /// The name of the pool: "writes", "lookups", "reads", "replica", "background", "health" or "queues".
    pub name: &'static str,
    /// Connections in use. A queue uses its connection all the time.
    pub used: u32,
    /// Connections that are open and not in use.
    pub idle: u32,
    /// The most connections.
    pub max: u32,
    /// Callers that wait for a connection.
    pub pending: u64,
    /// Callers since the start that got no connection in time.
    pub timeouts: u64,
    /// The time in which callers got a connection, in seconds.
    pub wait_seconds: Histogram,
    /// The durations of statements, in seconds.
    pub operation_seconds: Histogram,
}

impl PoolState {
    fn of(metrics: &PoolMetrics, pools: &[Pool]) -> Self {
        let mut state = Self {
            name: metrics.name,
            used: 0,
            idle: 0,
            max: 0,
            pending: metrics.pending.load(Ordering::Relaxed),
            timeouts: metrics.timeouts.load(Ordering::Relaxed),
            wait_seconds: metrics.wait_seconds.clone(),
            operation_seconds: metrics.operation_seconds.clone(),
        };
        for pool in pools {
            let (open, idle, max) = pool.connections();
            state.used += open.saturating_sub(idle);
            state.idle += idle;
            state.max += max;
        }
        state
    }
}

impl Store {
    /// Returns the state of each pool. Sends no statement.
    pub fn pool_states(&self) -> Vec<PoolState> {
        let single = |pool: &Pool| PoolState::of(pool.metrics(), std::slice::from_ref(pool));
        let mut states: Vec<_> = [&self.writes, &self.lookups, &self.reads, &self.background, &self.health]
            .into_iter()
            .map(single)
            .collect();
        states.extend(self.replica.as_deref().map(|replica| single(&replica.pool)));
        states.push(PoolState::of(&self.queue_metrics, &self.pinned_pools()));
        states
    }
}
