//! Webhook endpoints, their parked events and their deliveries.

mod counts;
mod deliveries;
mod leases;
mod parked;

pub use counts::WebhookCounts;
pub use deliveries::NewDelivery;
pub use leases::{WebhookLease, WebhookProgress};
pub use parked::{ParkedEvent, ParkedRow};

use crate::ledger::cursor_at;
use crate::{Result, Store, WriteTransaction};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ArchiveKind, LedgerCursor, NewWebhook, SigningKey, SigningKeys, Webhook, WebhookFilter, WebhookId,
    WebhookSignature, WebhookState,
};

/// The longest time by which the order of ids may differ from the order of times.
const ID_DISORDER_MAX: TimeDelta = TimeDelta::minutes(1);

/// The most events that are counted of those that were set aside.
const SET_ASIDE_COUNTED_MAX: i64 = 10_000;

/// A row of `webhook_endpoints`, with the numbers of its parked events.
struct EndpointRow {
    id: i64,
    name: String,
    url: String,
    kinds: Vec<String>,
    warehouse_ids: Vec<i64>,
    skus: Vec<String>,
    state: String,
    disabled_reason: Option<String>,
    position: i64,
    fingerprint: Option<String>,
    signature: String,
    signing_key: Vec<u8>,
    previous_key: Option<Vec<u8>>,
    previous_key_until: Option<DateTime<Utc>>,
    revision: i64,
    failures_in_row: i32,
    failing_since: Option<DateTime<Utc>>,
    waits_until: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    waiting: i64,
    set_aside: i64,
}

/// A statement that reads endpoints with the numbers of their parked events. `$rest` follows the FROM clause.
macro_rules! select_endpoints {
    ($rest:literal, $webhook:expr) => {
        sqlx::query_as!(
            EndpointRow,
            r#"SELECT id, name, url, kinds, warehouse_ids, skus, endpoints.state, disabled_reason, position, fingerprint,
                      signature, signing_key, previous_key, previous_key_until, revision, failures_in_row, failing_since,
                      waits_until, delivered_at, created_at,
                      (SELECT count(*) FROM webhook_parked WHERE endpoint_id = id AND state = 'waiting') AS "waiting!",
                      (SELECT count(*) FROM (SELECT FROM webhook_parked WHERE endpoint_id = id AND state = 'set_aside'
                                              LIMIT $2) AS counted) AS "set_aside!"
                 FROM webhook_endpoints AS endpoints "# + $rest,
            $webhook,
            SET_ASIDE_COUNTED_MAX
        )
    };
}

impl EndpointRow {
    fn webhook(self) -> Result<Webhook> {
        let key = |bytes: Vec<u8>| {
            let bytes =
                bytes.try_into().map_err(|_| sqlx::Error::Decode("a signing key of another length".into()));
            bytes.map(SigningKey)
        };
        let previous = self.previous_key.map(key).transpose()?.zip(self.previous_key_until);
        let keys = SigningKeys {
            signature: WebhookSignature::parse(&self.signature)?,
            current: key(self.signing_key)?,
            previous,
        };
        Ok(Webhook {
            id: WebhookId(self.id),
            name: self.name,
            url: self.url,
            filter: WebhookFilter::new(&self.kinds, &self.warehouse_ids, &self.skus)?,
            state: WebhookState::parse(&self.state),
            disabled_reason: self.disabled_reason,
            cursor: LedgerCursor { position: self.position, fingerprint: self.fingerprint },
            keys,
            revision: self.revision,
            failures_in_row: u32::try_from(self.failures_in_row).unwrap_or(0),
            failing_since: self.failing_since,
            waits_until: self.waits_until,
            delivered_at: self.delivered_at,
            waiting: self.waiting,
            set_aside: self.set_aside,
            created_at: self.created_at,
        })
    }
}

impl Store {
    /// Returns all endpoints, by id.
    pub async fn webhook_list(&self) -> Result<Vec<Webhook>> {
        self.webhooks_read(None).await
    }

    /// Returns an endpoint. `None` if it does not exist.
    pub async fn webhook_get(&self, webhook: WebhookId) -> Result<Option<Webhook>> {
        Ok(self.webhooks_read(Some(webhook)).await?.pop())
    }

    /// Returns the endpoint with this id, or all endpoints, by id.
    async fn webhooks_read(&self, webhook: Option<WebhookId>) -> Result<Vec<Webhook>> {
        let webhook = webhook.map(|webhook| webhook.0);
        let rows = select_endpoints!("WHERE $1::bigint IS NULL OR id = $1 ORDER BY id", webhook);
        rows.fetch_all(&self.lookups).await?.into_iter().map(EndpointRow::webhook).collect()
    }

    /// Returns the cursor before the movements since a time, at most the low watermark. It may be up to a minute of movements
    /// earlier: ids follow the time of their transactions approximately.
    ///
    /// # Errors
    /// [`domain::Error::CursorArchived`] if movements since the time are archived.
    pub async fn cursor_before(&self, since: DateTime<Utc>) -> Result<LedgerCursor> {
        let now = self.low_watermark().await?.cursor;
        let archive = self.archive_position(ArchiveKind::Movements).await?;
        let mut connection = self.lookups.acquire().await?;
        if archive.until.is_some_and(|until| until >= since) {
            let oldest = cursor_at(&mut connection, archive.position).await?;
            return Err(domain::Error::CursorArchived { oldest }.into());
        }
        let since = since.checked_sub_signed(ID_DISORDER_MAX).unwrap_or(since);
        let (mut low, mut high) = (archive.position, now.position);
        // The ledger has no index of times, so the position is found by bisection of the ids.
        while low < high {
            let middle = low + (high - low) / 2;
            let next = sqlx::query!(
                "SELECT id, created_at FROM stock_movements WHERE id > $1 AND id <= $2 ORDER BY id LIMIT 1",
                middle,
                high
            );
            match next.fetch_optional(&mut *connection).await? {
                Some(row) if row.created_at < since => low = row.id,
                _ => high = middle,
            }
        }
        cursor_at(&mut connection, low).await
    }
}

impl WriteTransaction {
    /// Locks the endpoints against every write until the end of the transaction, and returns their number.
    pub async fn webhooks_count_locked(&mut self) -> Result<i64> {
        sqlx::query!("LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE")
            .execute(&mut *self.transaction)
            .await?;
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM webhook_endpoints"#);
        Ok(count.fetch_one(&mut *self.transaction).await?)
    }

    /// Adds an endpoint. Its first event is after `cursor`. Returns its id.
    pub async fn webhook_create(
        &mut self,
        new: &NewWebhook,
        cursor: &LedgerCursor,
        key: &SigningKey,
    ) -> Result<WebhookId> {
        let id = sqlx::query_scalar!(
            "INSERT INTO webhook_endpoints
                 (name, url, kinds, warehouse_ids, skus, position, fingerprint, signature, signing_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            new.name.as_str(),
            new.url.as_str(),
            &new.filter.kinds(),
            &new.filter.warehouses(),
            &new.filter.skus(),
            cursor.position,
            cursor.fingerprint,
            new.signature.as_str(),
            key.0.as_slice()
        );
        Ok(WebhookId(id.fetch_one(&mut *self.transaction).await?))
    }

    /// Locks an endpoint until the end of the transaction, and returns it. `None` if it does not exist.
    pub async fn webhook_lock(&mut self, webhook: WebhookId) -> Result<Option<Webhook>> {
        let row = select_endpoints!("WHERE id = $1 FOR NO KEY UPDATE", webhook.0);
        row.fetch_optional(&mut *self.transaction).await?.map(EndpointRow::webhook).transpose()
    }

    /// Writes the name, the URL and the filter of an endpoint.
    pub async fn webhook_change(&mut self, webhook: &Webhook) -> Result<()> {
        sqlx::query!(
            "UPDATE webhook_endpoints
                SET name = $2, url = $3, kinds = $4, warehouse_ids = $5, skus = $6, revision = revision + 1
              WHERE id = $1",
            webhook.id.0,
            webhook.name,
            webhook.url,
            &webhook.filter.kinds(),
            &webhook.filter.warehouses(),
            &webhook.filter.skus()
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Writes a state. The state `active` resets the failures and makes the waiting events due at once.
    pub async fn webhook_set_state(
        &mut self,
        webhook: WebhookId,
        state: WebhookState,
        disabled_reason: Option<&str>,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE webhook_endpoints
                SET state = $2, disabled_reason = $3, disabled_at = CASE WHEN $3::text IS NOT NULL THEN now() END,
                    failures_in_row = CASE WHEN $2 = 'active' THEN 0 ELSE failures_in_row END,
                    failing_since = CASE WHEN $2 = 'active' THEN NULL ELSE failing_since END,
                    waits_until = NULL, revision = revision + 1
              WHERE id = $1",
            webhook.0,
            state.as_str(),
            disabled_reason
        )
        .execute(&mut *self.transaction)
        .await?;
        if state == WebhookState::Active {
            self.webhook_parked_due(webhook).await?;
        }
        Ok(())
    }

    /// Replaces the signing key of an endpoint. The present key signs too for `overlap_hours`.
    pub async fn webhook_rotate(
        &mut self,
        webhook: WebhookId,
        key: &SigningKey,
        overlap_hours: i32,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE webhook_endpoints
                SET signing_key = $2, revision = revision + 1,
                    previous_key = CASE WHEN $3 > 0 THEN signing_key END,
                    previous_key_until = CASE WHEN $3 > 0 THEN now() + make_interval(hours => $3) END
              WHERE id = $1",
            webhook.0,
            key.0.as_slice(),
            overlap_hours
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Moves the cursor of an endpoint. Events that wait for another attempt and are after it are sent from the cursor.
    pub async fn webhook_replay(&mut self, webhook: WebhookId, cursor: &LedgerCursor) -> Result<()> {
        sqlx::query!(
            "WITH moved AS (
                 UPDATE webhook_endpoints SET position = $2, fingerprint = $3, revision = revision + 1 WHERE id = $1
             )
             DELETE FROM webhook_parked WHERE endpoint_id = $1 AND event_id > $2",
            webhook.0,
            cursor.position,
            cursor.fingerprint
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Deletes an endpoint with its parked events and its deliveries.
    pub async fn webhook_delete(&mut self, webhook: WebhookId) -> Result<()> {
        sqlx::query!("DELETE FROM webhook_endpoints WHERE id = $1", webhook.0)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

/// Returns the description of an endpoint for the audit log, as a JSON object. It has no secret.
pub fn webhook_event(webhook: &Webhook) -> String {
    let event = serde_json::json!({
        "name": webhook.name, "url": webhook.url, "eventKinds": webhook.filter.kinds(),
        "warehouseIds": webhook.filter.warehouses(), "skus": webhook.filter.skus(),
        "signature": webhook.keys.signature.as_str(), "state": webhook.state.as_str(),
        "cursor": webhook.cursor.to_string(),
    });
    event.to_string()
}
