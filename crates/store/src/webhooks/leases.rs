//! Leases: one server at a time sends to an endpoint.

use super::{NewDelivery, ParkedRow};
use crate::{Result, Store};
use domain::{AuditKind, NewAuditEvent, Origin, WebhookId};
use std::collections::BTreeMap;
use std::time::Duration;

/// The lease of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookLease {
    /// The endpoint.
    pub webhook: WebhookId,
    /// Its revision.
    pub revision: i64,
    /// The rest of its time at the statement that read it.
    pub rest: Duration,
}

impl WebhookLease {
    fn new(webhook: i64, revision: i64, rest_seconds: f64) -> Self {
        let rest = Duration::try_from_secs_f64(rest_seconds).unwrap_or_default();
        Self { webhook: WebhookId(webhook), revision, rest }
    }
}

/// The progress of a sender since its last commit.
#[derive(Debug, Default)]
pub struct WebhookProgress {
    /// The position up to which every event is settled. `None` if it does not change.
    pub position: Option<i64>,
    /// Events to park, and new states of parked ones.
    pub parked: Vec<ParkedRow>,
    /// Parked events that were delivered.
    pub delivered: Vec<i64>,
    /// Attempts to store.
    pub deliveries: Vec<NewDelivery>,
    /// The failed attempts since the last delivery.
    pub failures_in_row: u32,
    /// Whether a message was delivered.
    pub has_delivered: bool,
    /// The wait that the receiver asked for, in seconds.
    pub wait_seconds: Option<f64>,
    /// The reason to disable the endpoint.
    pub disabled_reason: Option<String>,
    /// Whether all waiting events are due at once, because the receiver accepts messages again.
    pub is_recovered: bool,
}

impl Store {
    /// Returns the leases of a server, after it took those of active endpoints without a server and renewed its own, for
    /// `lease_seconds`. A lease is renewed in the second half of its time only.
    pub async fn webhook_leases(&self, worker: &str, lease_seconds: f64) -> Result<Vec<WebhookLease>> {
        let rows = sqlx::query!(
            r#"SELECT id, revision, worker = $1 AS is_own,
                      coalesce(extract(epoch FROM lease_until - now()), 0)::float8 AS "rest_seconds!",
                      coalesce(lease_until < now() + CASE WHEN worker = $1 THEN make_interval(secs => $2::double precision / 2)
                                                          ELSE interval '0' END, true) AS "is_due!"
                 FROM webhook_endpoints WHERE state = 'active'"#,
            worker,
            lease_seconds
        )
        .fetch_all(&self.background)
        .await?;
        let is_any_due = rows.iter().any(|row| row.is_due);
        let own = rows.into_iter().filter(|row| row.is_own.unwrap_or(false));
        let own = own.map(|row| (row.id, WebhookLease::new(row.id, row.revision, row.rest_seconds)));
        let mut leases: BTreeMap<_, _> = own.collect();
        if is_any_due {
            // A row that is locked now, for example by a sender of this server, is renewed the next time.
            let rows = sqlx::query!(
                r#"UPDATE webhook_endpoints
                    SET revision = revision + CASE WHEN worker = $1 THEN 0 ELSE 1 END,
                        worker = $1, lease_until = now() + make_interval(secs => $2)
                  WHERE id IN (SELECT id FROM webhook_endpoints
                                WHERE state = 'active' AND (worker IS NULL OR worker = $1 OR lease_until < now())
                                ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
                 RETURNING id, revision, extract(epoch FROM lease_until - now())::float8 AS "rest_seconds!""#,
                worker,
                lease_seconds
            )
            .fetch_all(&self.background)
            .await?;
            let renewed = rows
                .into_iter()
                .map(|row| (row.id, WebhookLease::new(row.id, row.revision, row.rest_seconds)));
            leases.extend(renewed);
        }
        Ok(leases.into_values().collect())
    }

    /// Ends the leases of a server that stops, so that another one continues at once.
    pub async fn webhook_leases_end(&self, worker: &str) -> Result<()> {
        sqlx::query!(
            "UPDATE webhook_endpoints SET worker = NULL, lease_until = NULL WHERE worker = $1",
            worker
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }

    /// Writes the progress of a sender. Returns `false` if the server has lost the lease, or the endpoint was changed: then
    /// nothing is written, and its events are sent again.
    pub async fn webhook_progress(
        &self,
        lease: &WebhookLease,
        worker: &str,
        progress: &WebhookProgress,
    ) -> Result<bool> {
        let mut transaction = self.begin_background().await?;
        // A lost commit repeats deliveries, which receivers recognise by the id of the message.
        sqlx::query!("SET LOCAL synchronous_commit = off").execute(&mut *transaction.transaction).await?;
        let written = sqlx::query!(
            "UPDATE webhook_endpoints
                SET position = coalesce($4, position),
                    fingerprint = CASE WHEN $4::bigint IS NULL THEN fingerprint WHEN $4 > 0 THEN ledger_fingerprint($4) END,
                    failures_in_row = $5,
                    failing_since = CASE WHEN $5 > 0 THEN coalesce(failing_since, now()) END,
                    delivered_at = CASE WHEN $6 THEN now() ELSE delivered_at END,
                    waits_until = CASE WHEN $7::double precision IS NOT NULL THEN now() + make_interval(secs => $7)
                                       ELSE waits_until END,
                    state = CASE WHEN $8::text IS NULL THEN state ELSE 'disabled' END,
                    disabled_reason = coalesce($8, disabled_reason),
                    disabled_at = CASE WHEN $8::text IS NULL THEN disabled_at ELSE now() END,
                    revision = CASE WHEN $8::text IS NULL THEN revision ELSE revision + 1 END
              WHERE id = $1 AND worker = $2 AND revision = $3 AND state = 'active'",
            lease.webhook.0,
            worker,
            lease.revision,
            progress.position,
            i32::try_from(progress.failures_in_row).unwrap_or(i32::MAX),
            progress.has_delivered,
            progress.wait_seconds,
            progress.disabled_reason
        )
        .execute(&mut *transaction.transaction)
        .await?;
        if written.rows_affected() == 0 {
            transaction.roll_back().await?;
            return Ok(false);
        }
        if let Some(reason) = &progress.disabled_reason {
            let event = NewAuditEvent {
                origin: &Origin::SYSTEM,
                kind: AuditKind::WebhookDisabled,
                subject: &format!("webhook:{}", lease.webhook),
                before: None,
                after: Some(serde_json::json!({"reason": reason}).to_string()),
            };
            transaction.audit_insert(&event).await?;
        }
        if progress.is_recovered {
            transaction.webhook_parked_due(lease.webhook).await?;
        }
        transaction.webhook_parked_write(lease.webhook, &progress.parked, &progress.delivered).await?;
        transaction.webhook_deliveries_insert(lease.webhook, &progress.deliveries).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
