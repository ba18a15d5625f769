//! Commands on webhooks. Each change is written together with its audit event.

use super::delivery::record;
use super::settings::WebhookTransport;
use crate::{Engine, Error, Result, TraceContext};
use domain::{
    AllowedWarehouses, AuditKind, Error as Rejection, LedgerCursor, NewAuditEvent, NewWebhook, Origin,
    SigningKey, Time, WEBHOOK_RETRIED_MAX, WEBHOOKS_MAX, WarehouseId, Webhook, WebhookDelivery,
    WebhookFilter, WebhookId, WebhookMessage, WebhookPatch, WebhookState,
};
use std::sync::Arc;
use store::{WriteTransaction, webhook_event};

/// The kind of a test message.
const TEST_KIND: &str = "webhook.test";

impl Engine {
    /// Creates an endpoint. Returns it with the secret or public key for the receiver.
    ///
    /// # Errors
    /// [`Rejection::WebhooksLimit`], [`Rejection::CursorUnknown`], [`Rejection::CursorArchived`], [`Rejection::WarehouseNotFound`].
    pub async fn webhook_create(&self, origin: &Origin, new: &NewWebhook) -> Result<(Webhook, String)> {
        let (transport, key) = self.new_key()?;
        let cursor = self.checked_cursor(new.after.as_ref()).await?;
        let mut transaction = self.store().begin().await?;
        check_warehouses(&mut transaction, &new.filter).await?;
        let count = transaction.webhooks_count_locked().await?;
        if usize::try_from(count).is_ok_and(|count| count >= WEBHOOKS_MAX) {
            return Err(Rejection::WebhooksLimit(WEBHOOKS_MAX).into());
        }
        let id = transaction.webhook_create(new, &cursor, &key).await?;
        let webhook = locked(&mut transaction, id).await?;
        audit(&mut transaction, origin, AuditKind::WebhookCreated, None, Some(&webhook)).await?;
        self.webhook_commit(transaction).await?;
        Ok((webhook, transport.secret_text(new.signature, &key)))
    }

    /// Changes the name, the URL or the filter of an endpoint. Events that were parked are sent to the new URL.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`], [`Rejection::Invalid`], [`Rejection::WarehouseNotFound`].
    pub async fn webhook_change(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        patch: &WebhookPatch,
    ) -> Result<Webhook> {
        let mut transaction = self.store().begin().await?;
        let before = locked(&mut transaction, webhook).await?;
        let changed = Webhook {
            name: patch.name.as_ref().map_or_else(|| before.name.clone(), |name| name.as_str().to_owned()),
            url: patch.url.as_ref().map_or_else(|| before.url.clone(), |url| url.as_str().to_owned()),
            filter: patch.filter(&before.filter)?,
            ..before.clone()
        };
        if changed == before {
            return Ok(before);
        }
        check_warehouses(&mut transaction, &changed.filter).await?;
        transaction.webhook_change(&changed).await?;
        self.changed(transaction, origin, &before).await
    }

    /// Deletes an endpoint with its deliveries and the events that were set aside.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_delete(&self, origin: &Origin, webhook: WebhookId) -> Result<()> {
        let mut transaction = self.store().begin().await?;
        let before = locked(&mut transaction, webhook).await?;
        transaction.webhook_delete(webhook).await?;
        audit(&mut transaction, origin, AuditKind::WebhookDeleted, Some(&before), None).await?;
        self.webhook_commit(transaction).await
    }

    /// Replaces the signing key of an endpoint. The replaced key signs too for `overlap_hours`. Returns the endpoint with the
    /// secret or public key for the receiver.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_rotate(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        overlap_hours: i32,
    ) -> Result<(Webhook, String)> {
        let (transport, key) = self.new_key()?;
        let mut transaction = self.store().begin().await?;
        locked(&mut transaction, webhook).await?;
        transaction.webhook_rotate(webhook, &key, overlap_hours).await?;
        let rotated = locked(&mut transaction, webhook).await?;
        audit(&mut transaction, origin, AuditKind::WebhookRotated, None, Some(&rotated)).await?;
        self.webhook_commit(transaction).await?;
        let secret = transport.secret_text(rotated.keys.signature, &key);
        Ok((rotated, secret))
    }

    /// Pauses an endpoint. Its cursor stays.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_pause(&self, origin: &Origin, webhook: WebhookId) -> Result<Webhook> {
        self.set_state(origin, webhook, WebhookState::Paused).await
    }

    /// Sends to a paused or disabled endpoint again. Events that wait for another attempt are due at once.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_resume(&self, origin: &Origin, webhook: WebhookId) -> Result<Webhook> {
        self.set_state(origin, webhook, WebhookState::Active).await
    }

    /// Moves the cursor of an endpoint: the events after it are sent, also those that were delivered before.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`], [`Rejection::CursorUnknown`], [`Rejection::CursorArchived`].
    pub async fn webhook_replay(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        cursor: &LedgerCursor,
    ) -> Result<Webhook> {
        let cursor = self.checked_cursor(Some(cursor)).await?;
        self.move_cursor(origin, webhook, &cursor).await
    }

    /// Moves the cursor of an endpoint before the events since a time.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`], [`Rejection::CursorArchived`].
    pub async fn webhook_replay_since(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        since: Time,
    ) -> Result<Webhook> {
        let cursor = self.store().cursor_before(since).await?;
        self.move_cursor(origin, webhook, &cursor).await
    }

    /// Sends events that were set aside again: these, or the first ones without `events`. One call sends at most
    /// [`WEBHOOK_RETRIED_MAX`]. Returns their number, and the number of those that are still set aside.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_retry(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        events: Option<&[i64]>,
    ) -> Result<(u64, i64)> {
        let mut transaction = self.store().begin().await?;
        let before = locked(&mut transaction, webhook).await?;
        let retried = transaction.webhook_retry(webhook, events, WEBHOOK_RETRIED_MAX).await?;
        if retried == 0 {
            return Ok((0, before.set_aside));
        }
        let after = self.changed(transaction, origin, &before).await?;
        Ok((retried, after.set_aside))
    }

    /// Sends a test message now, in any state of the endpoint, and returns the attempt.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_test(&self, webhook: WebhookId) -> Result<WebhookDelivery> {
        let transport = self.shared.settings.webhooks.transport.clone().ok_or(Error::Unavailable)?;
        let endpoint = self.webhook_get(webhook).await?;
        let sent_at = self.store().now().await?;
        let id = format!("msg_{webhook}_test_{:x}", sent_at.timestamp_micros());
        let body: Arc<str> = transport.render_test(sent_at).into();
        let (url, keys) = (endpoint.url, endpoint.keys);
        let traceparent = TraceContext::outgoing().traceparent();
        let message = WebhookMessage { url, id: id.clone(), sent_at, traceparent, keys, body: body.clone() };
        let attempt = transport.send(message).await;
        let new = record(None, TEST_KIND.to_owned(), id, &body, 1, &attempt);
        let stored = self.store().webhook_delivery_insert(webhook, &new).await?;
        Ok(stored.ok_or(Rejection::WebhookNotFound(webhook))?)
    }

    async fn set_state(&self, origin: &Origin, webhook: WebhookId, state: WebhookState) -> Result<Webhook> {
        let mut transaction = self.store().begin().await?;
        let before = locked(&mut transaction, webhook).await?;
        transaction.webhook_set_state(webhook, state, None).await?;
        self.changed(transaction, origin, &before).await
    }

    async fn move_cursor(
        &self,
        origin: &Origin,
        webhook: WebhookId,
        cursor: &LedgerCursor,
    ) -> Result<Webhook> {
        let mut transaction = self.store().begin().await?;
        let before = locked(&mut transaction, webhook).await?;
        transaction.webhook_replay(webhook, cursor).await?;
        self.changed(transaction, origin, &before).await
    }

    /// Commits a change with its audit event, and returns the changed endpoint.
    async fn changed(
        &self,
        mut transaction: WriteTransaction,
        origin: &Origin,
        before: &Webhook,
    ) -> Result<Webhook> {
        let after = locked(&mut transaction, before.id).await?;
        audit(&mut transaction, origin, AuditKind::WebhookChanged, Some(before), Some(&after)).await?;
        self.webhook_commit(transaction).await?;
        Ok(after)
    }

    async fn webhook_commit(&self, transaction: WriteTransaction) -> Result<()> {
        transaction.commit().await?;
        self.shared.notifier.webhooks_changed();
        Ok(())
    }

    /// Returns a cursor of this ledger: the given one, or the low watermark.
    async fn checked_cursor(&self, cursor: Option<&LedgerCursor>) -> Result<LedgerCursor> {
        match cursor {
            Some(cursor) => {
                self.store().low_watermark_after(cursor).await?;
                Ok(cursor.clone())
            }
            None => Ok(self.store().low_watermark().await?.cursor),
        }
    }

    fn new_key(&self) -> Result<(Arc<dyn WebhookTransport>, SigningKey)> {
        let transport = self.shared.settings.webhooks.transport.clone().ok_or(Error::Unavailable)?;
        let key = transport.new_key().ok_or(Error::Internal)?;
        Ok((transport, key))
    }
}

/// Checks that the warehouses of a filter exist.
async fn check_warehouses(transaction: &mut WriteTransaction, filter: &WebhookFilter) -> Result<()> {
    let warehouses: Vec<_> = filter.warehouses().into_iter().map(WarehouseId).collect();
    if !warehouses.is_empty() {
        transaction.allowed_warehouses_check(&AllowedWarehouses::only(warehouses)?).await?;
    }
    Ok(())
}

async fn locked(transaction: &mut WriteTransaction, webhook: WebhookId) -> Result<Webhook> {
    Ok(transaction.webhook_lock(webhook).await?.ok_or(Rejection::WebhookNotFound(webhook))?)
}

async fn audit(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    kind: AuditKind,
    before: Option<&Webhook>,
    after: Option<&Webhook>,
) -> Result<()> {
    let id = before.or(after).map_or(0, |webhook| webhook.id.0);
    let subject = format!("webhook:{id}");
    let (before, after) = (before.map(webhook_event), after.map(webhook_event));
    Ok(transaction.audit_insert(&NewAuditEvent { origin, kind, subject: &subject, before, after }).await?)
}
