use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The health of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// "ok", "degraded" (requests are served, but an operator should act) or "unavailable".
    pub status: String,
    pub timestamp: DateTime<Utc>,
    /// "up" or "down".
    pub database: String,
    /// The impairment of a database that responds: "storage_full", "database_read_only", "database_out_of_memory",
    /// "database_connections_exhausted", "database_permission_denied" or "database_too_slow". Reported for 30 seconds
    /// after the last such error.
    #[serde(default)]
    pub database_problem: Option<String>,
    /// The time since the last response of the database, in seconds, during an outage.
    #[serde(default)]
    pub outage_seconds: Option<f64>,
    /// The state of the replica: "following" (lists are read from it), "lagging", "foreign" (it does not follow the
    /// primary), "down" or "unknown"; absent without a replica.
    #[serde(default)]
    pub replica: Option<String>,
    /// The lag of the replica, in seconds.
    #[serde(default)]
    pub replica_lag_seconds: Option<f64>,
    /// The batch workers and background tasks that are not running. Empty in a healthy process.
    #[serde(default)]
    pub workers: Vec<WorkerHealth>,
    /// Items with a failing clean-up of expired blocks: the first 20.
    #[serde(default)]
    pub failing_items: Vec<FailingItem>,
    /// The number of items with a failing clean-up.
    #[serde(default)]
    pub failing_items_count: i64,
    /// The time since the expiry of the oldest block that is not cleaned up yet, in seconds.
    #[serde(default)]
    pub oldest_overdue_seconds: f64,
    /// The lag of the event feed: the age of the oldest committed event that can't be delivered yet, in seconds.
    #[serde(default)]
    pub event_lag_seconds: i64,
    /// The open transaction that delays the event feed.
    #[serde(default)]
    pub event_lag_holder: Option<OpenTransaction>,
}

/// The result of a probe.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// "ok" or "unavailable".
    pub status: String,
    /// All checks of the probe.
    pub checks: Vec<ProbeCheck>,
}

/// One check of a probe.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProbeCheck {
    /// "database", "schema", "workers", "draining" or "replica".
    pub name: String,
    /// Whether the check passed.
    pub passed: bool,
    /// The reason of a failure, or the state of the replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A transaction that has written to the ledger and is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenTransaction {
    /// The process id of its session in PostgreSQL. Absent for a prepared transaction.
    pub pid: Option<i32>,
    /// The `application_name` of its session.
    pub application: Option<String>,
    /// The session's state, such as "idle in transaction".
    pub state: Option<String>,
    /// The time since its start, in seconds.
    pub age_seconds: Option<i64>,
}

/// A batch worker or a background task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkerHealth {
    /// Its name, such as "stock 0" or "expiry".
    pub name: String,
    /// "running", "stuck" (its batch exceeds the time limit), "restarting" (after a panic), "failing" (its work failed at
    /// least three times in a row) or "dead".
    pub state: String,
    /// Panics since the start.
    pub panics: i64,
}

/// An item with a failing clean-up of expired blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FailingItem {
    pub item_id: i64,
    /// Failed attempts since the last success.
    pub failures: i64,
    /// The kind of the last error; the log has the cause.
    pub error: String,
}
