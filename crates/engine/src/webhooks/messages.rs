//! Pages of messages, read and rendered once for all endpoints of this server with the same cursor.

use super::settings::{FeedEvent, WebhookTransport};
use crate::events::page::{EVENTS_MAX, named_ids};
use crate::keys_by_id::AnswerKeys;
use crate::{Error, Result, WithKeys};
use domain::{EventKind, ItemId, LedgerCursor, Movement, Signal, Time, WebhookEvent};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// The time to live of a page. Endpoints that have caught up read at the same time, because the same commit wakes them.
const PAGE_CACHED: Duration = Duration::from_millis(100);

/// The most cached pages.
const PAGES_CACHED_MAX: u64 = 16;

/// An event with its rendered message.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) event: WebhookEvent,
    pub(super) body: Arc<str>,
}

/// The events after a cursor, by id.
#[derive(Debug)]
pub(super) struct MessagePage {
    pub(super) messages: Vec<Message>,
    /// The position up to which the page is complete.
    pub(super) cursor: LedgerCursor,
}

/// The cache of pages.
pub(crate) struct MessagePages(Cache<LedgerCursor, Arc<MessagePage>>);

impl MessagePages {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(PAGES_CACHED_MAX).time_to_live(PAGE_CACHED).build())
    }

    /// Returns the page after a cursor. It is up to [`PAGE_CACHED`] old.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`], [`domain::Error::CursorArchived`], or a failure of the database.
    pub(super) async fn after(
        &self,
        store: &Store,
        answer_keys: &AnswerKeys,
        transport: &dyn WebhookTransport,
        cursor: &LedgerCursor,
    ) -> Result<Arc<MessagePage>> {
        let read = async {
            let page = store.events_after(cursor, EVENTS_MAX).await?;
            let messages = render(answer_keys, transport, page.events, page.signals).await?;
            Ok::<_, Error>(Arc::new(MessagePage { messages, cursor: page.cursor }))
        };
        self.0.try_get_with(cursor.clone(), read).await.map_err(|error| Error::clone(&error))
    }
}

/// Returns the messages of movements and signals, by id.
pub(super) async fn render(
    answer_keys: &AnswerKeys,
    transport: &dyn WebhookTransport,
    movements: Vec<Movement>,
    signals: Vec<Signal>,
) -> Result<Vec<Message>> {
    let keys = answer_keys.fetch(named_ids(&movements, &signals, &[])).await?;
    let movements = movements.into_iter().map(|movement| {
        let event =
            event(movement.id, EventKind::Movement(movement.reason), movement.item, movement.created_at);
        let event = WebhookEvent { warehouse: Some(movement.warehouse), ..event };
        (event, FeedEvent::Movement(WithKeys { output: movement, keys: keys.clone() }))
    });
    let signals = signals.into_iter().map(|signal| {
        let event = event(signal.id, EventKind::Signal(signal.kind), signal.item, signal.created_at);
        (event, FeedEvent::Signal(WithKeys { output: signal, keys: keys.clone() }))
    });
    let message = |(event, rendered): (WebhookEvent, FeedEvent)| Message {
        event: WebhookEvent { sku: keys.sku(event.item), ..event },
        body: transport.render(&rendered).into(),
    };
    let mut messages: Vec<_> = movements.chain(signals).map(message).collect();
    messages.sort_by_key(|message| message.event.id);
    Ok(messages)
}

/// Returns an event without an SKU and a warehouse.
fn event(id: i64, kind: EventKind, item: ItemId, created_at: Time) -> WebhookEvent {
    WebhookEvent { id, kind, item, sku: None, warehouse: None, created_at }
}
