//! The states of endpoints for metrics, which are read at bounded cost.

use super::SET_ASIDE_COUNTED_MAX;
use crate::{Result, Store};

/// The state of an endpoint, for metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookCounts {
    /// Its id.
    pub webhook: i64,
    /// Its state: "active", "paused" or "disabled".
    pub state: String,
    /// The failed attempts since the last delivery.
    pub failures_in_row: i32,
    /// Events that wait for another attempt. The sender limits their number.
    pub waiting: i64,
    /// Events that were set aside after their last attempt; at most 10,000 are counted.
    pub set_aside: i64,
    /// The age of the oldest event that is neither delivered nor set aside, in seconds; 0 without one. An event that the filter
    /// excludes counts until the position passes it, which takes some seconds.
    pub lag_seconds: f64,
}

impl Store {
    /// Returns the state of each endpoint, by id. The lag costs four reads by a key per endpoint.
    pub async fn webhook_counts(&self) -> Result<Vec<WebhookCounts>> {
        let counts = sqlx::query_as!(
            WebhookCounts,
            r#"SELECT endpoints.id AS webhook, endpoints.state, endpoints.failures_in_row, parked.waiting AS "waiting!",
                      (SELECT count(*) FROM (SELECT FROM webhook_parked
                                              WHERE endpoint_id = endpoints.id AND state = 'set_aside'
                                              LIMIT $1) AS counted) AS "set_aside!",
                      greatest(0, coalesce(extract(epoch FROM now() - least(
                          (SELECT created_at FROM stock_movements WHERE id > position ORDER BY id LIMIT 1),
                          (SELECT created_at FROM stock_signals WHERE id > position ORDER BY id LIMIT 1),
                          (SELECT created_at FROM stock_movements WHERE id = parked.first),
                          (SELECT created_at FROM stock_signals WHERE id = parked.first))), 0))::float8 AS "lag_seconds!"
                 FROM webhook_endpoints AS endpoints
                CROSS JOIN LATERAL (SELECT count(*) AS waiting, min(event_id) AS first FROM webhook_parked
                                     WHERE endpoint_id = endpoints.id AND state = 'waiting') AS parked
                ORDER BY endpoints.id"#,
            SET_ASIDE_COUNTED_MAX
        );
        Ok(counts.fetch_all(&self.background).await?)
    }
}
