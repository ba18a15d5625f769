use crate::{Error, Result, Store, WriteTransaction};
use domain::{
    AuditEvent, AuditMovement, AuditMovementQuery, AuditQuery, ChangeQuery, ChangeSubject, ItemId,
    NewAuditEvent, Page,
};

/// The most events that one statement of the retention deletes.
const EXPIRED_MAX: i64 = 1_000;

/// The result of a deletion of old events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditExpiry {
    /// No old events are left.
    Done,
    /// Old events may be left.
    More,
    /// Audit events are archived: the server or command that writes the files deletes old events.
    Archived,
}

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

    /// Returns a page of the changes of items, categories and warehouses, latest first. They are events of the audit log.
    ///
    /// One page is read per kind by its index, and these are merged: other kinds, such as extended blocks, may be far more
    /// frequent. The changes of one item or warehouse are read by the index of the subjects.
    pub async fn change_list(&self, query: &ChangeQuery) -> Result<Page<AuditEvent>> {
        let ChangeQuery { audit, about } = query;
        let (after_time, after_id) = audit.after.unzip();
        let (subject, category) = match about {
            Some(ChangeSubject::Item(item)) => (Some(format!("item:{item}")), None),
            Some(ChangeSubject::Warehouse(warehouse)) => (Some(format!("warehouse:{warehouse}")), None),
            Some(ChangeSubject::Category(name)) => (None, Some(name)),
            None => (None, None),
        };
        let kinds = query.kinds();
        let events = sqlx::query_as!(
            AuditEvent,
            r#"SELECT event.id AS "id!", event.created_at AS "created_at!", event.actor AS "actor!", event.credential,
                      host(event.address) AS address, event.request_id, event.kind AS "kind!",
                      event.subject AS "subject!", event.before::text AS before, event.after::text AS after
                 FROM unnest($1::text[]) AS kinds (kind)
                CROSS JOIN LATERAL (
                    SELECT * FROM audit_events
                     WHERE audit_events.kind = kinds.kind AND ($2::text IS NULL OR subject = $2)
                       AND ($3::text IS NULL OR before->>'category' = $3 OR after->>'category' = $3)
                       AND ($4::text IS NULL OR actor = $4)
                       AND ($5::timestamptz IS NULL OR created_at >= $5)
                       AND ($6::timestamptz IS NULL OR created_at < $6)
                       AND ($7::timestamptz IS NULL OR (created_at, audit_events.id) < ($7, $8))
                     ORDER BY created_at DESC, audit_events.id DESC LIMIT $9) AS event
                ORDER BY event.created_at DESC, event.id DESC LIMIT $9"#,
            &kinds as &[&str],
            subject,
            category,
            audit.actor,
            audit.since,
            audit.until,
            after_time,
            after_id,
            audit.limit + 1
        )
        .fetch_all(&self.reads)
        .await?;
        Ok(Page::cut(events, audit.limit, AuditQuery::cursor))
    }

    /// Returns a page of an item's movements with their origins, latest first.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`] if there is neither the item nor a movement of it, or a failure of the database.
    pub async fn audit_movements(&self, query: &AuditMovementQuery) -> Result<Page<AuditMovement>> {
        let page = query.page;
        let movements = sqlx::query_as!(
            AuditMovement,
            r#"SELECT id, created_at, warehouse_id AS warehouse, change, units, reason, condition, note, block_id AS block,
                      order_id AS "order", actor, coalesce('token:' || token_id, 'session:' || session_id) AS credential,
                      host(address) AS address, request_id
                 FROM stock_movements
                WHERE item_id = $1 AND ($2::bigint IS NULL OR id < $2) AND ($3::text IS NULL OR actor = $3)
                  AND ($4::timestamptz IS NULL OR created_at >= $4)
                  AND ($5::timestamptz IS NULL OR created_at < $5)
                ORDER BY id DESC LIMIT $6"#,
            query.item.0,
            page.after,
            query.actor,
            query.since,
            query.until,
            page.limit + 1
        )
        .fetch_all(&self.reads)
        .await?;
        if movements.is_empty() && !self.item_is_known(query.item).await? {
            return Err(Error::Rejected(domain::Error::ItemNotFound(query.item)));
        }
        Ok(Page::cut(movements, page.limit, |movement: &AuditMovement| movement.id.to_string()))
    }

    /// Returns whether the item exists or had movements before it was deleted.
    async fn item_is_known(&self, item: ItemId) -> Result<bool> {
        let is_known = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM items WHERE id = $1)
                   OR EXISTS (SELECT FROM stock_movements WHERE item_id = $1)
                   OR EXISTS (SELECT FROM ledger_checkpoints WHERE item_id = $1) AS "is_known!""#,
            item.0
        );
        Ok(is_known.fetch_one(&self.reads).await?)
    }

    /// Deletes events that are older than `days`, at most [`EXPIRED_MAX`]. Events of the last 30 days are kept. Several servers
    /// may do so at the same time. Once audit events are archived, none is deleted.
    pub async fn audit_expire(&self, days: i32) -> Result<AuditExpiry> {
        let row = sqlx::query!(
            r#"SELECT audit_events_expire($1, $2) AS "deleted!",
                      EXISTS (SELECT FROM archive_positions WHERE kind = 'audit' AND position > 0) AS "is_archived!""#,
            days,
            EXPIRED_MAX
        )
        .fetch_one(&self.background)
        .await?;
        Ok(match row.deleted {
            EXPIRED_MAX => AuditExpiry::More,
            _ if row.is_archived => AuditExpiry::Archived,
            _ => AuditExpiry::Done,
        })
    }
}
