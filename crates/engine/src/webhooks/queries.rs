//! Queries on webhooks.

use crate::{Engine, KeysById, Result};
use domain::{
    AttemptOutcome, Error as Rejection, EventKind, Page, PageQuery, Webhook, WebhookDelivery, WebhookId,
    WebhookSignature,
};
use std::collections::HashMap;
use std::sync::Arc;
use store::ParkedEvent;

/// An event that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAsideEvent {
    /// The event, its item and its last failure.
    pub parked: ParkedEvent,
    /// Its kind.
    pub kind: Option<EventKind>,
    /// The keys of its item.
    pub keys: Arc<KeysById>,
}

impl Engine {
    /// Returns the attempts of this server to deliver events since its start, by endpoint and outcome. Tests of endpoints are
    /// not counted.
    pub fn webhook_attempts(&self) -> Vec<(WebhookId, AttemptOutcome, u64)> {
        self.shared.webhooks.attempts()
    }

    /// Returns all endpoints, by id.
    pub async fn webhook_list(&self) -> Result<Vec<Webhook>> {
        Ok(self.store().webhook_list().await?)
    }

    /// Returns an endpoint.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_get(&self, webhook: WebhookId) -> Result<Webhook> {
        Ok(self.store().webhook_get(webhook).await?.ok_or(Rejection::WebhookNotFound(webhook))?)
    }

    /// Returns the public key of an endpoint with the signature `v1a`, which is no secret.
    pub fn webhook_public_key(&self, webhook: &Webhook) -> Option<String> {
        let transport = self.shared.settings.webhooks.transport.as_ref()?;
        let keys = &webhook.keys;
        let is_public = keys.signature == WebhookSignature::Ed25519;
        is_public.then(|| transport.secret_text(keys.signature, &keys.current))
    }

    /// Returns a page of the attempts of an endpoint, latest first.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_deliveries(
        &self,
        webhook: WebhookId,
        page: &PageQuery,
    ) -> Result<Page<WebhookDelivery>> {
        let rows = self.store().webhook_deliveries(webhook, page.after, page.limit + 1).await?;
        if rows.is_empty() {
            self.webhook_get(webhook).await?;
        }
        Ok(Page::cut(rows, page.limit, |row| row.id.to_string()))
    }

    /// Returns a page of the events of an endpoint that were set aside, by id.
    ///
    /// # Errors
    /// [`Rejection::WebhookNotFound`].
    pub async fn webhook_set_aside(
        &self,
        webhook: WebhookId,
        page: &PageQuery,
    ) -> Result<Page<SetAsideEvent>> {
        let rows = self.store().webhook_set_aside(webhook, page.after, page.limit + 1).await?;
        if rows.is_empty() {
            self.webhook_get(webhook).await?;
        }
        let Page { rows, next } = Page::cut(rows, page.limit, |row| row.event.to_string());
        let ids: Vec<_> = rows.iter().map(|row| row.event).collect();
        let (movements, signals) = self.store().events_by_ids(&ids).await?;
        let mut kinds: HashMap<_, _> =
            movements.iter().map(|movement| (movement.id, EventKind::Movement(movement.reason))).collect();
        kinds.extend(signals.iter().map(|signal| (signal.id, EventKind::Signal(signal.kind))));
        let named = crate::events::page::named_ids(&movements, &signals, &[]);
        let keys = self.shared.answer_keys.fetch(named).await?;
        let event = |parked: ParkedEvent| {
            let kind = kinds.get(&parked.event).copied();
            SetAsideEvent { parked, kind, keys: keys.clone() }
        };
        Ok(Page { rows: rows.into_iter().map(event).collect(), next })
    }
}
