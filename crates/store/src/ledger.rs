//! The ledger's low watermark, and cursors into the ledger.
//!
//! **Why a watermark.** A movement gets its id before its transaction commits, so ids become visible out of order. A
//! reader that has read id 7 would miss id 5 if it commits later.
//!
//! **Writers.** Before its first movement, a transaction takes a shared advisory lock. The lock's key is the last id that
//! the sequence has returned, so all ids of the transaction are higher. PostgreSQL releases the lock once the commit is
//! visible. The trigger function `ledger_hold_low_watermark` does this for every application.
//!
//! **Readers.** A reader first reads the last id of the sequence, and then the keys of the locks that are held. The lowest
//! of these numbers is the *low watermark*: every movement at or below it is committed, or never will be. The order of
//! the two reads matters. A transaction that takes its lock after the first read has only ids above the last id.

use crate::advisory_locks::LOW_WATERMARK_CLASS;
use crate::pool::Connection;
use crate::{Result, Store};
use domain::{Error, LedgerCursor};
use std::time::Duration;

/// The low watermark: each movement up to the cursor is committed, or never will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowWatermark {
    /// The position of the low watermark.
    pub cursor: LedgerCursor,
    /// The last id that the sequence has returned. Movements after the cursor and up to this id may be committed or not.
    pub last_id: i64,
    /// PostgreSQL's snapshot, as text. It differs after each commit.
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
    /// The age of the oldest committed movement beyond the low watermark. `None` if there is none.
    pub lag: Option<Duration>,
}

impl Store {
    /// Returns the low watermark. Read from the primary.
    pub async fn low_watermark(&self) -> Result<LowWatermark> {
        let mut connection = self.lookups.acquire().await?;
        let last_id = last_id_after(&mut connection, None).await?;
        low_watermark(&mut connection, last_id).await
    }

    /// Returns the low watermark, and checks that `after` is a cursor into this ledger.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`] if the ledger does not have the history before the cursor;
    /// [`domain::Error::CursorArchived`] if movements after it are archived.
    pub async fn low_watermark_after(&self, after: &LedgerCursor) -> Result<LowWatermark> {
        let mut connection = self.lookups.acquire().await?;
        let last_id = last_id_after(&mut connection, Some(after)).await?;
        low_watermark(&mut connection, last_id).await
    }

    /// Returns the transaction that holds the low watermark back, and the lag of a reader at `position`. `None` if no
    /// transaction writes to the ledger.
    pub async fn low_watermark_holder(&self, position: i64) -> Result<Option<OpenTransaction>> {
        let row = sqlx::query!(
            r#"SELECT locks.pid, activity.application_name, activity.usename::text AS "usename", activity.state,
                      extract(epoch FROM clock_timestamp() - activity.xact_start)::double precision AS "age",
                      (SELECT extract(epoch FROM clock_timestamp() - created_at)::double precision
                         FROM stock_movements WHERE id > $2 ORDER BY id LIMIT 1) AS "lag"
                 FROM pg_locks AS locks
                 LEFT JOIN pg_stat_activity AS activity ON activity.pid = locks.pid
                WHERE locks.locktype = 'advisory' AND locks.objsubid = 1 AND locks.classid::bigint >> 16 = (SELECT $1::bigint # shop_number())
                  AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                ORDER BY ((locks.classid::bigint & 65535) << 32) | locks.objid::bigint, activity.xact_start LIMIT 1"#,
            LOW_WATERMARK_CLASS,
            position
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

/// Returns the last id of the sequence, which must be read before [`low_watermark`]. Checks that the cursor, if given, is
/// of this ledger.
///
/// A cursor's position is at or below a low watermark, so no movement up to it can appear later, and its fingerprint is
/// the same as long as the history is.
///
/// # Errors
/// [`domain::Error::CursorUnknown`], [`domain::Error::CursorArchived`].
pub(crate) async fn last_id_after(connection: &mut Connection, after: Option<&LedgerCursor>) -> Result<i64> {
    let position = after.filter(|after| **after != LedgerCursor::START).map(|after| after.position);
    let row = sqlx::query!(
        r#"SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS "last_id!",
                  CASE WHEN $1::bigint IS NOT NULL THEN ledger_fingerprint($1) END AS fingerprint,
                  archived.position AS "archived!"
             FROM stock_movements_id_seq CROSS JOIN archive_positions AS archived WHERE archived.kind = 'movements'"#,
        position
    )
    .fetch_one(&mut *connection)
    .await?;
    let Some(after) = after else { return Ok(row.last_id) };
    let mut archived = row.archived;
    let is_known =
        position.is_none_or(|position| position <= row.last_id && after.fingerprint == row.fingerprint);
    if !is_known {
        // The function reads later snapshots than its statement. A part that was archived in between has another fingerprint.
        archived = archived_position(connection).await?;
    }
    if after.position < archived {
        return Err(Error::CursorArchived { oldest: cursor_at(connection, archived).await? }.into());
    }
    match is_known {
        true => Ok(row.last_id),
        false => Err(Error::CursorUnknown.into()),
    }
}

/// Returns the position up to which movements are archived.
async fn archived_position(connection: &mut Connection) -> Result<i64> {
    let position = sqlx::query_scalar!("SELECT position FROM archive_positions WHERE kind = 'movements'");
    Ok(position.fetch_one(connection).await?)
}

/// Returns the low watermark: the lowest key of a writer's lock, or `last_id` without one. See the module's documentation.
pub(crate) async fn low_watermark(connection: &mut Connection, last_id: i64) -> Result<LowWatermark> {
    let row = sqlx::query!(
        r#"SELECT position AS "position!", ledger_fingerprint(position) AS "fingerprint!",
                  pg_current_snapshot()::text AS "snapshot!"
             FROM (SELECT ledger_low_watermark($1) AS position) AS writers"#,
        last_id
    )
    .fetch_one(connection)
    .await?;
    let cursor = LedgerCursor { position: row.position, fingerprint: Some(row.fingerprint) };
    Ok(LowWatermark { cursor, last_id, snapshot: row.snapshot })
}

/// Returns the cursor at a position that is at or below a low watermark.
pub(crate) async fn cursor_at(connection: &mut Connection, position: i64) -> Result<LedgerCursor> {
    match position {
        0 => Ok(LedgerCursor::START),
        _ => Ok(LedgerCursor { position, fingerprint: Some(fingerprint(connection, position).await?) }),
    }
}

/// Returns the fingerprint of a position at or below a low watermark.
pub(crate) async fn fingerprint(connection: &mut Connection, position: i64) -> Result<String> {
    let fingerprint = sqlx::query_scalar!(r#"SELECT ledger_fingerprint($1) AS "fingerprint!""#, position);
    Ok(fingerprint.fetch_one(connection).await?)
}
