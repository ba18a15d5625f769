use crate::{Result, Store, WriteTransaction};
use domain::{AuditEvent, AuditMovement, AuditQuery, ItemId, NewAuditEvent, Page, PageQuery};

/// The most events that one statement of the retention deletes.
const EXPIRED_MAX: i64 = 1_000;

impl WriteTransaction {
    /// Adds an event to the audit log. It is committed together with its effect.
    pub async fn audit_insert(&mut self, event: &NewAuditEvent<'_>) -> Result<()> {
        let origin = event.origin;
        sqlx::query!(
            "INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
             VALUES ($1, $2, $3::text::inet, $4, $5, $6, $7::text::jsonb, $8::text::jsonb)",
            &*origin.actor,
            origin.credential.map(|credential| credential.to_string()),
            origin.address.map(|address| address.to_string()),
            origin.request_id,
            event.kind.as_str(),
            event.subject,
            event.before,
            event.after
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Returns a page of the audit log, latest first.
    pub async fn audit_list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        let (after_time, after_id) = query.after.unzip();
        let events = sqlx::query_as!(
            AuditEvent,
            r#"SELECT id, created_at, actor, credential, host(address) AS address, request_id, kind, subject,
                      before::text AS before, after::text AS after
                 FROM audit_events
                WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR kind = $2)
                  AND ($3::text IS NULL OR subject = $3)
                  AND ($4::timestamptz IS NULL OR created_at >= $4)
                  AND ($5::timestamptz IS NULL OR created_at < $5)
                  AND ($6::timestamptz IS NULL OR (created_at, id) < ($6, $7))
                ORDER BY created_at DESC, id DESC LIMIT $8"#,
            query.actor,
            query.kind.map(domain::AuditKind::as_str),
            query.subject,
            query.since,
            query.until,
            after_time,
            after_id,
            query.limit + 1
        )
        .fetch_all(&self.reads)
        .await?;
        Ok(Page::cut(events, query.limit, AuditQuery::cursor))
    }

    /// Returns a page of an item's movements with their origins, latest first. The item may be deleted.
    pub async fn audit_movements(&self, item: ItemId, slice: PageQuery) -> Result<Page<AuditMovement>> {
        let movements = sqlx::query_as!(
            AuditMovement,
            r#"SELECT id, created_at, warehouse_id AS warehouse, change, reason, note, block_id AS block,
                      order_id AS "order", actor, coalesce('token:' || token_id, 'session:' || session_id) AS credential,
                      host(address) AS address, request_id
                 FROM stock_movements
                WHERE item_id = $1 AND ($2::bigint IS NULL OR id < $2)
                ORDER BY id DESC LIMIT $3"#,
            item.0,
            slice.after,
            slice.limit + 1
        )
        .fetch_all(&self.reads)
        .await?;
        Ok(Page::cut(movements, slice.limit, |movement: &AuditMovement| movement.id.to_string()))
    }

    /// Deletes events that are older than `days`, at most [`EXPIRED_MAX`]. Returns whether more may be left. Events of the
    /// last 30 days are kept. Several servers may do so at the same time.
    pub async fn audit_expire(&self, days: i32) -> Result<bool> {
        let deleted =
            sqlx::query_scalar!(r#"SELECT audit_events_expire($1, $2) AS "deleted!""#, days, EXPIRED_MAX)
                .fetch_one(&self.background)
                .await?;
        Ok(deleted == EXPIRED_MAX)
    }
}
