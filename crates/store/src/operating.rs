//! Counts for metrics, which are read at bounded cost.

use crate::{Result, Store};

/// The most holds of each kind that are counted, and the most waiting orders. Larger counts are cut off.
pub const COUNTED_MAX: i64 = 100_000;

/// The work that is left to do.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct OperatingCounts {
    /// Temporary blocks that have not expired, at most [`COUNTED_MAX`].
    pub active_holds: i64,
    /// Expired blocks whose units were not made available yet, at most [`COUNTED_MAX`].
    pub overdue_holds: i64,
    /// The time since the first of them expired, in seconds; 0 without one.
    pub oldest_overdue_seconds: f64,
    /// Orders whose missing units wait, at most [`COUNTED_MAX`].
    pub waiting_orders: i64,
}

/// The imports in one state.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportCounts {
    /// The state: "uploading", "judging", "undecided", "judged" or "applying".
    pub state: String,
    /// The number of imports.
    pub imports: i64,
    /// Rows that are judged so far.
    pub rows: i64,
    /// Rows that are applied so far, or were refused.
    pub rows_done: i64,
    /// The longest time since one of them made progress, in seconds.
    pub idle_seconds: f64,
}

/// The archive of PostgreSQL's log, as PostgreSQL reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalArchive {
    /// Files that were archived since PostgreSQL's statistics begin.
    pub archived: i64,
    /// Attempts that failed since then.
    pub failures: i64,
    /// Whether the last attempt failed.
    pub is_failing: bool,
}

impl Store {
    /// Returns the work that is left to do. Reads at most [`COUNTED_MAX`] entries of each of three indexes.
    pub async fn operating_counts(&self) -> Result<OperatingCounts> {
        let counts = sqlx::query_as!(
            OperatingCounts,
            r#"SELECT (SELECT count(*) FROM (SELECT FROM block_inventory WHERE NOT is_permanent AND expires_at > now()
                                              LIMIT $1) AS active) AS "active_holds!",
                      (SELECT count(*) FROM (SELECT FROM block_inventory WHERE NOT is_permanent AND expires_at <= now()
                                              LIMIT $1) AS overdue) AS "overdue_holds!",
                      greatest(0, coalesce((SELECT extract(epoch FROM now() - min(expires_at)) FROM block_inventory
                                             WHERE NOT is_permanent), 0))::float8 AS "oldest_overdue_seconds!",
                      (SELECT count(*) FROM (SELECT FROM orders WHERE waiting_since IS NOT NULL
                                                AND status IN ('pending', 'partial')
                                              LIMIT $1) AS waiting) AS "waiting_orders!""#,
            COUNTED_MAX
        )
        .fetch_one(&self.background)
        .await?;
        Ok(counts)
    }

    /// Returns the imports that have not ended, by state. The retention of imports bounds their number.
    pub async fn import_counts(&self) -> Result<Vec<ImportCounts>> {
        let counts = sqlx::query_as!(
            ImportCounts,
            r#"SELECT state, count(*) AS "imports!", coalesce(sum(row_count), 0)::bigint AS "rows!",
                      coalesce(sum(applied_count + conflict_count + refused_count), 0)::bigint AS "rows_done!",
                      greatest(0, extract(epoch FROM now() - min(progress_at)))::float8 AS "idle_seconds!"
                 FROM imports WHERE ended_at IS NULL AND NOT is_deleted GROUP BY state"#
        )
        .fetch_all(&self.background)
        .await?;
        Ok(counts)
    }

    /// Returns the state of the archive of the primary's log. `None` if PostgreSQL archives nothing.
    pub async fn wal_archive(&self) -> Result<Option<WalArchive>> {
        let archive = sqlx::query_as!(
            WalArchive,
            r#"SELECT archived_count AS "archived!", failed_count AS "failures!",
                      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS "is_failing!"
                 FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'"#
        );
        Ok(archive.fetch_optional(&self.background).await?)
    }
}
