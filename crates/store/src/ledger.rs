//! The ledger's low watermark and the cursors into it.

use crate::advisory_locks::LOW_WATERMARK_CLASS;
use crate::pool::Connection;
use crate::{Result, Store};
use domain::{Error, LedgerCursor};
use std::time::Duration;

/// The low watermark: up to its cursor each line is committed, or never will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowWatermark {
    /// The position.
    pub cursor: LedgerCursor,
    /// The last id that any transaction has taken. Lines between the cursor and it may be committed or still open.
    pub last_id: i64,
    /// PostgreSQL's snapshot, as text. It is another one after each commit.
    pub snapshot: String,
}

/// The transaction that holds the low watermark back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenTransaction {
    /// The process id of its session. `None` for a prepared transaction, which has no session.
    pub pid: Option<i32>,
    /// The session's `application_name`.
    pub application: Option<String>,
    /// The session's role.
    pub user: Option<String>,
    /// The session's state, such as `idle in transaction`.
    pub state: Option<String>,
    /// The time since the transaction began. `None` if this role may not see it.
    pub age: Option<Duration>,
    /// The time since the oldest committed line that the feed does not deliver yet was written. `None` if there is none.
    pub lag: Option<Duration>,
}

impl Store {
    /// The low watermark. Read from the primary.
    pub async fn low_watermark(&self) -> Result<LowWatermark> {
        let mut connection = self.lookups.acquire().await?;
        let last_id = last_id_after(&mut connection, None).await?;
        low_watermark(&mut connection, last_id).await
    }

    /// The low watermark, if the ledger still has the history before `after`.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`].
    pub async fn low_watermark_after(&self, after: &LedgerCursor) -> Result<LowWatermark> {
        let mut connection = self.lookups.acquire().await?;
        let last_id = last_id_after(&mut connection, Some(after)).await?;
        low_watermark(&mut connection, last_id).await
    }

    /// The transaction with the lowest mark, and the lag of the feed at `place`. `None` if no transaction has a mark.
    pub async fn low_watermark_holder(&self, place: i64) -> Result<Option<OpenTransaction>> {
        let row = sqlx::query!(
            r#"SELECT locks.pid, activity.application_name, activity.usename::text AS "usename", activity.state,
                      extract(epoch FROM clock_timestamp() - activity.xact_start)::double precision AS "age",
                      (SELECT extract(epoch FROM clock_timestamp() - created_at)::double precision
                         FROM stock_movements WHERE id > $2 ORDER BY id LIMIT 1) AS "lag"
                 FROM pg_locks AS locks
                 LEFT JOIN pg_stat_activity AS activity ON activity.pid = locks.pid
                WHERE locks.locktype = 'advisory' AND locks.objsubid = 1 AND locks.classid::bigint >> 16 = $1
                  AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                ORDER BY ((locks.classid::bigint & 65535) << 32) | locks.objid::bigint, activity.xact_start LIMIT 1"#,
            LOW_WATERMARK_CLASS,
            place
        )
        .fetch_optional(&self.lookups)
        .await?;
        let seconds = |seconds: Option<f64>| Duration::try_from_secs_f64(seconds?.max(0.0)).ok();
        Ok(row.map(|row| OpenTransaction {
            pid: row.pid,
            application: row.application_name,
            user: row.usename,
            state: row.state,
            age: seconds(row.age),
            lag: seconds(row.lag),
        }))
    }
}

/// The last id taken so far, to be read before [`low_watermark`]. With a cursor, checks that it is of this ledger.
///
/// A cursor's place is not above a low watermark, so no line at or before it can appear, and its fingerprint is the
/// same for as long as the history is.
pub(crate) async fn last_id_after(connection: &mut Connection, after: Option<&LedgerCursor>) -> Result<i64> {
    let place = after.filter(|after| **after != LedgerCursor::START).map(|after| after.position);
    let row = sqlx::query!(
        r#"SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS "last_id!",
                  CASE WHEN $1::bigint IS NOT NULL THEN ledger_fingerprint($1) END AS fingerprint
             FROM stock_movements_id_seq"#,
        place
    )
    .fetch_one(connection)
    .await?;
    match (place, after) {
        (Some(place), Some(after)) if place > row.last_id || after.fingerprint != row.fingerprint => {
            Err(Error::CursorUnknown.into())
        }
        _ => Ok(row.last_id),
    }
}

/// The low watermark: the lowest mark, or `last_id` without one. A transaction sets its mark before it takes its first
/// id, and PostgreSQL gives the mark back after the commit is visible.
pub(crate) async fn low_watermark(connection: &mut Connection, last_id: i64) -> Result<LowWatermark> {
    let row = sqlx::query!(
        r#"SELECT place AS "place!", ledger_fingerprint(place) AS "fingerprint!",
                  pg_current_snapshot()::text AS "snapshot!"
             FROM (SELECT least($2, min(((classid::bigint & 65535) << 32) | objid::bigint)) AS place
                     FROM pg_locks
                    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = $1
                      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS held"#,
        LOW_WATERMARK_CLASS,
        last_id
    )
    .fetch_one(connection)
    .await?;
    let cursor = LedgerCursor { position: row.place, fingerprint: Some(row.fingerprint) };
    Ok(LowWatermark { cursor, last_id, snapshot: row.snapshot })
}

/// The fingerprint of a place at or below a low watermark.
pub(crate) async fn fingerprint(connection: &mut Connection, place: i64) -> Result<String> {
    let fingerprint = sqlx::query_scalar!(r#"SELECT ledger_fingerprint($1) AS "fingerprint!""#, place);
    Ok(fingerprint.fetch_one(connection).await?)
}
