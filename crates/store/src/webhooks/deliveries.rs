//! The latest attempts, for people.

use crate::{Result, Store, WriteTransaction};
use domain::{WebhookDelivery, WebhookId};

/// The most deliveries of an endpoint that are stored.
const DELIVERIES_KEPT: i64 = 1_000;

/// The most rows that one statement of the retention deletes.
const DELETED_MAX: i64 = 5_000;

/// An attempt to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The id of the message.
    pub message: String,
    /// The event. `None` for a test.
    pub event: Option<i64>,
    /// The kind of the event.
    pub kind: String,
    /// The number of the attempt, from 1.
    pub attempt: i32,
    /// The status of the answer.
    pub status: Option<i32>,
    /// The time from the start of the attempt to its end, in milliseconds.
    pub duration_ms: i32,
    /// The beginning of the request's body.
    pub request: String,
    /// The beginning of the answer's body.
    pub answer: String,
    /// The reason without an answer.
    pub error: Option<String>,
}

impl Store {
    /// Returns the latest deliveries of an endpoint before a cursor, latest first, at most `limit`.
    pub async fn webhook_deliveries(
        &self,
        webhook: WebhookId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<WebhookDelivery>> {
        let rows = sqlx::query_as!(
            WebhookDelivery,
            "SELECT id, message, event_id AS event, kind, attempt, at, status, duration_ms, request, answer, error
               FROM webhook_deliveries WHERE endpoint_id = $1 AND ($2::bigint IS NULL OR id < $2)
              ORDER BY id DESC LIMIT $3",
            webhook.0,
            before,
            limit
        );
        Ok(rows.fetch_all(&self.lookups).await?)
    }

    /// Stores the attempt of a test, and returns it; `None` if the endpoint was deleted meanwhile.
    pub async fn webhook_delivery_insert(
        &self,
        webhook: WebhookId,
        new: &NewDelivery,
    ) -> Result<Option<WebhookDelivery>> {
        // The lock on the key makes a concurrent deletion wait, so that the reference is never dangling.
        let row = sqlx::query_as!(
            WebhookDelivery,
            "INSERT INTO webhook_deliveries
                 (endpoint_id, message, event_id, kind, attempt, status, duration_ms, request, answer, error)
             SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM webhook_endpoints WHERE id = $1 FOR KEY SHARE
             RETURNING id, message, event_id AS event, kind, attempt, at, status, duration_ms, request, answer, error",
            webhook.0,
            new.message,
            new.event,
            new.kind,
            new.attempt,
            new.status,
            new.duration_ms,
            new.request,
            new.answer,
            new.error
        );
        Ok(row.fetch_optional(&self.writes).await?)
    }

    /// Deletes deliveries that are older than `days` or not among the latest of their endpoint, and events that were set
    /// aside more than `set_aside_days` ago. Returns whether more may be left.
    pub async fn webhooks_expire(&self, days: i32, set_aside_days: i32) -> Result<bool> {
        let deleted = sqlx::query_scalar!(
            r#"WITH bounds AS (
                   SELECT endpoints.id, (SELECT id FROM webhook_deliveries WHERE endpoint_id = endpoints.id
                                          ORDER BY id DESC OFFSET $1 LIMIT 1) AS last
                     FROM webhook_endpoints AS endpoints
               ), outdated AS (
                   SELECT endpoint_id, deliveries.id FROM webhook_deliveries AS deliveries
                     JOIN bounds ON bounds.id = endpoint_id AND deliveries.id <= bounds.last
                    UNION
                   SELECT endpoint_id, id FROM webhook_deliveries WHERE at < now() - make_interval(days => $2)
                    LIMIT $3
               ), deleted AS (
                   DELETE FROM webhook_deliveries WHERE (endpoint_id, id) IN (SELECT endpoint_id, id FROM outdated)
                   RETURNING 1
               )
               SELECT count(*) AS "count!" FROM deleted"#,
            DELIVERIES_KEPT,
            days,
            DELETED_MAX
        );
        let deleted = deleted.fetch_one(&self.background).await?;
        sqlx::query!(
            "DELETE FROM webhook_parked WHERE state = 'set_aside' AND due_at < now() - make_interval(days => $1)",
            set_aside_days
        )
        .execute(&self.background)
        .await?;
        Ok(deleted == DELETED_MAX)
    }
}

impl WriteTransaction {
    /// Stores attempts.
    pub(super) async fn webhook_deliveries_insert(
        &mut self,
        webhook: WebhookId,
        new: &[NewDelivery],
    ) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO webhook_deliveries
                 (endpoint_id, message, event_id, kind, attempt, status, duration_ms, request, answer, error)
             SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::integer[], $6::integer[], $7::integer[],
                                      $8::text[], $9::text[], $10::text[])",
            webhook.0,
            &new.iter().map(|row| row.message.clone()).collect::<Vec<_>>(),
            &new.iter().map(|row| row.event).collect::<Vec<_>>() as &[Option<i64>],
            &new.iter().map(|row| row.kind.clone()).collect::<Vec<_>>(),
            &new.iter().map(|row| row.attempt).collect::<Vec<_>>(),
            &new.iter().map(|row| row.status).collect::<Vec<_>>() as &[Option<i32>],
            &new.iter().map(|row| row.duration_ms).collect::<Vec<_>>(),
            &new.iter().map(|row| row.request.clone()).collect::<Vec<_>>(),
            &new.iter().map(|row| row.answer.clone()).collect::<Vec<_>>(),
            &new.iter().map(|row| row.error.clone()).collect::<Vec<_>>() as &[Option<String>]
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
