//! The values of metrics, and the readiness of the database.

use crate::metrics::{OperatingReport, QueueState, StockPath};
use crate::{Engine, Result};
use domain::MovementReason;
use std::time::Duration;
use store::SchemaState;

/// The time for which the counts are cached: a shorter scrape interval costs no further statements.
const COUNTS_CACHED: Duration = Duration::from_secs(10);

/// The time for which the state of the schema is cached.
const SCHEMA_CACHED: Duration = Duration::from_secs(5);

impl Engine {
    /// Returns counts that are at most 10 s old, read at bounded cost.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] if the database does not answer.
    pub async fn operating_report(&self) -> Result<OperatingReport> {
        let read = async {
            Ok(OperatingReport {
                counts: self.store().operating_counts().await?,
                imports: self.store().import_counts().await?,
                reconcile: self.store().reconcile_last().await?,
                wal_archive: self.store().wal_archive().await?,
                webhooks: self.store().webhook_counts().await?,
            })
        };
        self.shared.operating.get_for(COUNTS_CACHED, read).await
    }

    /// Returns the state of the schema, which is at most 5 s old.
    ///
    /// # Errors
    /// [`crate::Error::Unavailable`] if the database does not answer.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        let read = async { Ok(self.store().schema_state().await?) };
        self.shared.schema.get_for(SCHEMA_CACHED, read).await
    }

    /// Returns the state of each queue.
    pub fn queue_states(&self) -> Vec<QueueState> {
        let shared = &self.shared;
        let mut states: Vec<_> = shared.stock.iter().map(|queue| queue.state()).collect();
        states.extend(shared.creation.iter().map(|queue| queue.state()));
        states.extend([shared.reading.state(), shared.availability.state(), shared.backlog.state()]);
        states
    }

    /// Returns the units of committed movements since the engine started, by reason. Movements that other programs or other
    /// servers write do not count.
    pub fn units_moved(&self) -> [(MovementReason, u64); MovementReason::ALL.len()] {
        self.shared.writer.metrics.units()
    }

    /// Returns the attempts to decide batches of stock requests since the engine started, by path and outcome.
    pub fn stock_attempts(&self) -> Vec<(StockPath, &'static str, u64)> {
        self.shared.writer.metrics.attempts()
    }

    /// Returns the number of open event streams.
    pub fn event_streams(&self) -> usize {
        self.shared.feed.open_streams()
    }

    /// Returns the state of each pool of database connections.
    pub fn pool_states(&self) -> Vec<store::PoolState> {
        self.store().pool_states()
    }
}
