//! Pages of the event feed.

use crate::keys_by_id::NamedIds;
use crate::{KeysById, Result, Topic};
use domain::{ItemStock, LedgerCursor, Movement, Signal};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Store;

/// The most movements in one page of events.
pub const EVENTS_MAX: i64 = 1_000;

/// One message of the event feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePage {
    /// The position up to which this page and all earlier pages are complete.
    pub cursor: LedgerCursor,
    /// There were more events than fit in a page. `events`, `signals` and `items` are empty.
    pub skipped: bool,
    /// The topics that changed.
    pub topics: Vec<Topic>,
    /// By ascending id.
    pub events: Vec<Movement>,
    /// By ascending id.
    pub signals: Vec<Signal>,
    /// The items in `events`, as they are after the last event or slightly later.
    pub items: Vec<ItemStock>,
    /// The keys of the items and warehouses in the page.
    pub keys: Arc<KeysById>,
    /// The age of the oldest committed movement above the low watermark, in seconds.
    pub lag_seconds: u64,
}

impl ChangePage {
    /// Creates an empty page.
    pub(crate) fn at(cursor: LedgerCursor) -> Self {
        Self {
            cursor,
            skipped: false,
            topics: Vec::new(),
            events: Vec::new(),
            signals: Vec::new(),
            items: Vec::new(),
            keys: Arc::default(),
            lag_seconds: 0,
        }
    }
}

/// Reads the current quantities and levels of the items in these events.
pub(crate) async fn items_of(store: &Store, events: &[Movement]) -> Result<Vec<ItemStock>> {
    let ids: BTreeSet<_> = events.iter().map(|event| event.item.0).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    match ids.is_empty() {
        true => Ok(Vec::new()),
        false => Ok(store.items_now(&ids).await?),
    }
}

/// Returns the ids of the items and warehouses in a page.
pub(crate) fn named_ids(events: &[Movement], signals: &[Signal], items: &[ItemStock]) -> NamedIds {
    let changed = events.iter().map(|event| event.item);
    let levels = items.iter().flat_map(|item| &item.levels);
    let mut ids = NamedIds {
        items: changed.chain(signals.iter().map(|signal| signal.item)).collect(),
        warehouses: levels.map(|(warehouse, _)| *warehouse).collect(),
    };
    ids.items.sort_unstable();
    ids.items.dedup();
    ids
}
