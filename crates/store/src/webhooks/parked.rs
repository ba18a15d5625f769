//! Events whose delivery failed, and later events of the same items.

use crate::movements::MovementRow;
use crate::signals::SignalRow;
use crate::{Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{ItemId, Movement, Signal, Time, WebhookId};
use std::collections::HashMap;

/// A parked event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// The event.
    pub event: i64,
    /// Its item.
    pub item: ItemId,
    /// Failed attempts.
    pub attempts: i32,
    /// The time of the next attempt, or of the last one.
    pub due_at: Time,
    /// The reason of the last failure.
    pub error: Option<String>,
}

/// A row of `webhook_parked`.
struct EventRow {
    event: i64,
    item: i64,
    attempts: i32,
    due_at: DateTime<Utc>,
    error: Option<String>,
}

impl EventRow {
    fn parked(self) -> ParkedEvent {
        let Self { event, item, attempts, due_at, error } = self;
        ParkedEvent { event, item: ItemId(item), attempts, due_at, error }
    }
}

/// A parked event to write.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedRow {
    /// The event.
    pub event: i64,
    /// Its item.
    pub item: ItemId,
    /// Failed attempts.
    pub attempts: u32,
    /// The time until the next attempt, in seconds. `None` after the last one: the event is set aside.
    pub due_seconds: Option<f64>,
    /// The reason of the last failure.
    pub error: Option<String>,
}

impl Store {
    /// Returns the first waiting event of each item whose next attempt is due, by event, at most `limit`.
    pub async fn webhook_parked_next(&self, webhook: WebhookId, limit: i64) -> Result<Vec<ParkedEvent>> {
        let rows = sqlx::query_as!(
            EventRow,
            r#"SELECT event_id AS "event!", item_id AS "item!", attempts AS "attempts!", due_at AS "due_at!", error
                 FROM (SELECT DISTINCT ON (item_id) * FROM webhook_parked
                        WHERE endpoint_id = $1 AND state = 'waiting' ORDER BY item_id, event_id) AS firsts
                WHERE due_at <= now() ORDER BY event_id LIMIT $2"#,
            webhook.0,
            limit
        );
        Ok(rows.fetch_all(&self.background).await?.into_iter().map(EventRow::parked).collect())
    }

    /// Returns the next event to probe an endpoint with. The first waiting event of each item is a candidate, whether it is due
    /// or not. The result is the first candidate after the event `after`, or the first of all without one.
    pub async fn webhook_parked_probe(&self, webhook: WebhookId, after: i64) -> Result<Option<ParkedEvent>> {
        let row = sqlx::query_as!(
            EventRow,
            r#"SELECT event_id AS "event!", item_id AS "item!", attempts AS "attempts!", due_at AS "due_at!", error
                 FROM (SELECT DISTINCT ON (item_id) * FROM webhook_parked
                        WHERE endpoint_id = $1 AND state = 'waiting' ORDER BY item_id, event_id) AS firsts
                ORDER BY event_id <= $2, event_id LIMIT 1"#,
            webhook.0,
            after
        );
        Ok(row.fetch_optional(&self.background).await?.map(EventRow::parked))
    }

    /// Returns the number of waiting events of each item.
    pub async fn webhook_parked_items(&self, webhook: WebhookId) -> Result<HashMap<ItemId, i64>> {
        let rows = sqlx::query!(
            r#"SELECT item_id, count(*) AS "count!" FROM webhook_parked
                WHERE endpoint_id = $1 AND state = 'waiting' GROUP BY item_id"#,
            webhook.0
        );
        let rows = rows.fetch_all(&self.background).await?;
        Ok(rows.into_iter().map(|row| (ItemId(row.item_id), row.count)).collect())
    }

    /// Returns the events that were set aside after a cursor, by id, at most `limit`.
    pub async fn webhook_set_aside(
        &self,
        webhook: WebhookId,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ParkedEvent>> {
        let rows = sqlx::query_as!(
            EventRow,
            "SELECT event_id AS event, item_id AS item, attempts, due_at, error FROM webhook_parked
              WHERE endpoint_id = $1 AND state = 'set_aside' AND event_id > coalesce($2::bigint, 0)
              ORDER BY event_id LIMIT $3",
            webhook.0,
            after,
            limit
        );
        Ok(rows.fetch_all(&self.lookups).await?.into_iter().map(EventRow::parked).collect())
    }

    /// Returns the movements and signals with these ids.
    pub async fn events_by_ids(&self, ids: &[i64]) -> Result<(Vec<Movement>, Vec<Signal>)> {
        let movements = sqlx::query_as!(
            MovementRow,
            r#"SELECT movements.id, movements.item_id, movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.units, movements.reason, movements.condition, movements.note, movements.block_id,
                      movements.order_id, movements.actor, movements.created_at
                 FROM stock_movements AS movements
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.id = ANY ($1)"#,
            ids
        );
        let signals = sqlx::query_as!(
            SignalRow,
            "SELECT id, item_id, kind, movement_id, on_hand, threshold, created_at FROM stock_signals WHERE id = ANY ($1)",
            ids
        );
        let movements = movements.fetch_all(&self.lookups).await?;
        let signals = signals.fetch_all(&self.lookups).await?;
        Ok((
            movements.into_iter().map(MovementRow::movement).collect::<Result<_>>()?,
            signals.into_iter().map(SignalRow::signal).collect::<Result<_>>()?,
        ))
    }
}

impl WriteTransaction {
    /// Makes the waiting events of an endpoint due at once.
    pub async fn webhook_parked_due(&mut self, webhook: WebhookId) -> Result<()> {
        sqlx::query!(
            "UPDATE webhook_parked SET due_at = now() WHERE endpoint_id = $1 AND state = 'waiting' AND due_at > now()",
            webhook.0
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Makes events that were set aside wait for another attempt: these, or the first ones, at most `limit`. Returns their
    /// number.
    pub async fn webhook_retry(
        &mut self,
        webhook: WebhookId,
        events: Option<&[i64]>,
        limit: i64,
    ) -> Result<u64> {
        let retried = sqlx::query!(
            "UPDATE webhook_parked SET state = 'waiting', attempts = 0, due_at = now()
              WHERE endpoint_id = $1
                AND event_id IN (SELECT event_id FROM webhook_parked
                                  WHERE endpoint_id = $1 AND state = 'set_aside'
                                    AND ($2::bigint[] IS NULL OR event_id = ANY ($2))
                                  ORDER BY event_id LIMIT $3)",
            webhook.0,
            events,
            limit
        );
        let retried = retried.execute(&mut *self.transaction).await?.rows_affected();
        sqlx::query!("UPDATE webhook_endpoints SET revision = revision + 1 WHERE id = $1", webhook.0)
            .execute(&mut *self.transaction)
            .await?;
        Ok(retried)
    }

    /// Writes parked events, and deletes the delivered ones.
    pub(super) async fn webhook_parked_write(
        &mut self,
        webhook: WebhookId,
        rows: &[ParkedRow],
        delivered: &[i64],
    ) -> Result<()> {
        if !rows.is_empty() {
            sqlx::query!(
                "INSERT INTO webhook_parked (endpoint_id, event_id, item_id, state, attempts, due_at, error)
                 SELECT $1, event_id, item_id, CASE WHEN due_seconds IS NULL THEN 'set_aside' ELSE 'waiting' END, attempts,
                        now() + make_interval(secs => coalesce(due_seconds, 0)), error
                   FROM unnest($2::bigint[], $3::bigint[], $4::integer[], $5::double precision[], $6::text[])
                        AS rows (event_id, item_id, attempts, due_seconds, error)
                     ON CONFLICT (endpoint_id, event_id) DO UPDATE
                    SET state = EXCLUDED.state, attempts = EXCLUDED.attempts, due_at = EXCLUDED.due_at,
                        error = EXCLUDED.error",
                webhook.0,
                &rows.iter().map(|row| row.event).collect::<Vec<_>>(),
                &rows.iter().map(|row| row.item.0).collect::<Vec<_>>(),
                &rows.iter().map(|row| i32::try_from(row.attempts).unwrap_or(i32::MAX)).collect::<Vec<_>>(),
                &rows.iter().map(|row| row.due_seconds).collect::<Vec<_>>() as &[Option<f64>],
                &rows.iter().map(|row| row.error.clone()).collect::<Vec<_>>() as &[Option<String>]
            )
            .execute(&mut *self.transaction)
            .await?;
        }
        if !delivered.is_empty() {
            sqlx::query!(
                "DELETE FROM webhook_parked WHERE endpoint_id = $1 AND event_id = ANY ($2)",
                webhook.0,
                delivered
            )
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }
}
