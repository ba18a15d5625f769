use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whether the service can do its work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// "ok", "degraded" (requests are served, and an operator should look) or "unavailable".
    pub status: String,
    pub timestamp: DateTime<Utc>,
    /// "up" or "down".
    pub database: String,
    /// Why the database does not do all that it is asked, where it answers: "storage_full", "database_read_only",
    /// "database_out_of_memory", "database_connections_exhausted", "database_permission_denied" or
    /// "database_too_slow", for 30 seconds after it was seen.
    #[serde(default)]
    pub database_problem: Option<String>,
    /// How long the database has not answered, in seconds.
    #[serde(default)]
    pub outage_seconds: Option<f64>,
    /// The replica: "following" (lists are read from it), "lagging", "foreign" (it does not follow the primary),
    /// "down" or "unknown"; absent where there is none.
    #[serde(default)]
    pub replica: Option<String>,
    /// How far the replica is behind, in seconds.
    #[serde(default)]
    pub replica_lag_seconds: Option<f64>,
    /// The queues' workers and background tasks that do not run as they should. Empty in a healthy process.
    #[serde(default)]
    pub workers: Vec<WorkerHealth>,
    /// Items whose clean-up of expired blocks fails: the first 20.
    #[serde(default)]
    pub failing_items: Vec<FailingItem>,
    /// How many items' clean-up fails.
    #[serde(default)]
    pub failing_items_count: i64,
    /// How long the oldest expired block has been waiting for its clean-up, in seconds.
    #[serde(default)]
    pub oldest_overdue_seconds: f64,
    /// How far the event feed lags: the age of the oldest committed event that it can't deliver yet, in seconds.
    #[serde(default)]
    pub event_lag_seconds: i64,
    /// The open transaction that holds the event feed back.
    #[serde(default)]
    pub event_lag_holder: Option<OpenTransaction>,
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
    /// How long ago it began, in seconds.
    pub age_seconds: Option<i64>,
}

/// A queue's worker or a background task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkerHealth {
    /// Its name, such as "stock 0" or "expiry".
    pub name: String,
    /// "running", "stuck" (its batch takes longer than a batch may), "restarting" (after a panic) or "dead".
    pub state: String,
    /// Panics since the start.
    pub panics: i64,
}

/// An item whose expired blocks can't be cleaned up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FailingItem {
    pub item_id: i64,
    /// Attempts that failed since the last success.
    pub failures: i64,
    /// The kind of the last error; the log has its cause.
    pub error: String,
}
