//! Archives of movements and audit events: the next part to export, and its deletion.
//!
//! A part is read, written to a file by the caller, and deleted in one transaction, which holds the row of the archive's
//! position. The function `ledger_archive` adds the movements to the checkpoints and deletes them in that transaction.

use crate::{Result, Store, WriteTransaction};
use domain::{ArchiveKind, AuditKind, NewAuditEvent, Origin, Time, archived_rows};

/// How far rows of a kind are archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivePosition {
    /// The highest archived id. 0 if nothing is archived.
    pub position: i64,
    /// The latest time of an archived row.
    pub until: Option<Time>,
}

/// An archived row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedRow {
    /// The id.
    pub id: i64,
    /// The time.
    pub created_at: Time,
    /// The columns, as a JSON object on one line. Those of a movement that are NULL are left out.
    pub line: String,
}

/// The next rows to archive.
pub enum NextArchivePart {
    /// There are none.
    None,
    /// Another session archives rows of this kind.
    Busy,
    /// The rows.
    Part(ArchivePart),
}

/// Rows to archive, with the transaction that deletes them.
pub struct ArchivePart {
    transaction: WriteTransaction,
    kind: ArchiveKind,
    /// The identity of the ledger, a UUID.
    pub ledger: String,
    /// The position before the part.
    pub after: i64,
    /// The rows, by ascending id. There is at least one.
    pub rows: Vec<ArchivedRow>,
}

impl ArchivePart {
    /// Deletes the rows, adds movements to the checkpoints, and adds an event to the audit log. Returns after the commit. The
    /// file with the rows has to be on disk before.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if the rows are not those of the database. [`crate::Error::OutcomeUnknown`] if the connection
    /// broke during the commit: the archive's position shows the outcome.
    pub async fn delete(mut self, origin: &Origin) -> Result<()> {
        let last = self.rows.last().map_or(self.after, |row| row.id);
        let count = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        if self.has_event(last).await? {
            let before = serde_json::json!({"position": self.after});
            let after = serde_json::json!({"position": last, "rows": count});
            let event = NewAuditEvent {
                origin,
                kind: AuditKind::ArchiveWritten,
                subject: &format!("archive:{}", self.kind.as_str()),
                before: Some(before.to_string()),
                after: Some(after.to_string()),
            };
            self.transaction.audit_insert(&event).await?;
        }
        let connection = &mut *self.transaction.transaction;
        match self.kind {
            ArchiveKind::Movements => {
                sqlx::query!("SELECT ledger_archive($1, $2, $3)", self.after, last, count)
                    .fetch_one(connection)
                    .await?;
            }
            ArchiveKind::Audit => {
                sqlx::query!("SELECT audit_archive($1, $2, $3)", self.after, last, count)
                    .fetch_one(connection)
                    .await?;
            }
        }
        self.transaction.commit().await
    }

    /// Returns whether the part gets an event in the audit log. Events of archives alone get none: otherwise each of them would
    /// cause another one, for ever.
    async fn has_event(&mut self, last: i64) -> Result<bool> {
        if self.kind == ArchiveKind::Movements {
            return Ok(true);
        }
        let has_others = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM audit_events WHERE id > $1 AND id <= $2 AND kind <> $3) AS "has_others!""#,
            self.after,
            last,
            AuditKind::ArchiveWritten.as_str()
        );
        Ok(has_others.fetch_one(&mut *self.transaction.transaction).await?)
    }
}

impl Store {
    /// Returns how far rows of a kind are archived. Read from the primary.
    pub async fn archive_position(&self, kind: ArchiveKind) -> Result<ArchivePosition> {
        let position = sqlx::query_as!(
            ArchivePosition,
            "SELECT position, until FROM archive_positions WHERE kind = $1",
            kind.as_str()
        );
        Ok(position.fetch_one(&self.lookups).await?)
    }

    /// Returns the next rows that are older than `before`, at most `limit`, of one month in UTC.
    ///
    /// Movements are archived up to the low watermark, the position of the signals, the cursors of active webhooks, and the
    /// events that webhooks may send again.
    pub async fn archive_next(&self, kind: ArchiveKind, before: Time, limit: i64) -> Result<NextArchivePart> {
        let end = match kind {
            ArchiveKind::Movements => self.low_watermark().await?.cursor.position,
            ArchiveKind::Audit => i64::MAX,
        };
        let mut transaction = self.begin_background().await?;
        let position = sqlx::query!(
            r#"SELECT position, (SELECT id::text FROM ledger_identity) AS "ledger!" FROM archive_positions
                WHERE kind = $1 FOR UPDATE SKIP LOCKED"#,
            kind.as_str()
        )
        .fetch_optional(&mut *transaction.transaction)
        .await?;
        let Some(position) = position else { return Ok(NextArchivePart::Busy) };
        let (ledger, after) = (position.ledger, position.position);
        let mut rows = match kind {
            ArchiveKind::Movements => movements(&mut transaction, after, end, limit).await?,
            ArchiveKind::Audit => audit_events(&mut transaction, after, limit).await?,
        };
        rows.truncate(archived_rows(rows.iter().map(|row| row.created_at), before));
        if rows.is_empty() {
            // A dropped transaction would keep the lock until its connection is used again.
            transaction.roll_back().await?;
            return Ok(NextArchivePart::None);
        }
        Ok(NextArchivePart::Part(ArchivePart { transaction, kind, ledger, after, rows }))
    }
}

async fn movements(
    transaction: &mut WriteTransaction,
    after: i64,
    end: i64,
    limit: i64,
) -> Result<Vec<ArchivedRow>> {
    let end = sqlx::query_scalar!(
        r#"SELECT least($1, (SELECT position FROM signal_position),
                        (SELECT min(position) FROM webhook_endpoints WHERE state = 'active'),
                        (SELECT min(parked.event_id) - 1
                           FROM webhook_parked AS parked JOIN webhook_endpoints ON webhook_endpoints.id = endpoint_id
                          WHERE parked.state = 'set_aside' OR webhook_endpoints.state = 'active')) AS "end!""#,
        end
    )
    .fetch_one(&mut *transaction.transaction)
    .await?;
    let rows = sqlx::query_as!(
        ArchivedRow,
        r#"SELECT id, created_at, json_strip_nulls(row_to_json(movements))::text AS "line!"
             FROM (SELECT stock_movements.*,
                          CASE WHEN units IS NULL AND reason IN ('confirmed', 'hold_converted')
                               THEN stock_confirmed_units(item_id, block_id) END AS confirmed_units
                     FROM stock_movements WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS movements
            ORDER BY id"#,
        after,
        end,
        limit
    );
    Ok(rows.fetch_all(&mut *transaction.transaction).await?)
}

/// Reads audit events with their NULLs: a NULL within `before` or `after` is a value. An id is assigned before its transaction
/// commits, but never [`domain::ARCHIVE_AGE_DAYS_MIN`] days before.
async fn audit_events(
    transaction: &mut WriteTransaction,
    after: i64,
    limit: i64,
) -> Result<Vec<ArchivedRow>> {
    let rows = sqlx::query_as!(
        ArchivedRow,
        r#"SELECT id, created_at, row_to_json(events)::text AS "line!"
             FROM (SELECT * FROM audit_events WHERE id > $1 ORDER BY id LIMIT $2) AS events ORDER BY id"#,
        after,
        limit
    );
    Ok(rows.fetch_all(&mut *transaction.transaction).await?)
}
