//! The state that pages and lists read.

use crate::hashing::hash_of;
use leptos::prelude::*;
use std::collections::HashMap;
use std::hash::Hash;

/// Whether the page receives live updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only the stream in the browser sets some states")
)]
pub enum ConnectionState {
    /// Not yet, or not at the moment. The stream resumes at its cursor.
    Connecting,
    /// No message and no heartbeat arrived for so many seconds. The stream is opened again.
    Silent(u32),
    /// Each change is shown within a second.
    Connected,
    /// Not any more: the session has ended.
    SignedOut,
}

/// The state that the stream maintains.
#[derive(Clone, Copy)]
pub struct LiveUpdates {
    pub(super) connection: RwSignal<ConnectionState>,
    /// A version: it changes with each change of any stock level.
    pub(super) stock: RwSignal<u64>,
    /// A version: it changes with each allocation or cancellation.
    pub(super) orders: RwSignal<u64>,
    /// A version: it changes with each change that has no row in the ledger, such as names, new items and
    /// warehouses, and the expiry time of blocks.
    pub(super) catalog: RwSignal<u64>,
    /// The latest quantity of each item, and the version of `stock` that came with it.
    pub(super) items: RwSignal<HashMap<i64, (i32, u64)>>,
    /// Whether a request has failed because the server could not be reached or was overloaded.
    pub(super) has_failed: StoredValue<bool>,
    /// The hash of the value that each cell showed last, by the hash of the cell's identity.
    shown: StoredValue<HashMap<u64, u64>>,
}

impl LiveUpdates {
    /// Creates the state before the first connection.
    pub(super) fn new() -> Self {
        Self {
            connection: RwSignal::new(ConnectionState::Connecting),
            stock: RwSignal::new(0),
            orders: RwSignal::new(0),
            catalog: RwSignal::new(0),
            items: RwSignal::new(HashMap::new()),
            has_failed: StoredValue::new(false),
            shown: StoredValue::new(HashMap::new()),
        }
    }

    /// Returns the live updates from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Records that a request has failed because the server could not be reached or was overloaded. All data is fetched again
    /// when the server can be reached.
    pub fn set_failed(self) {
        self.has_failed.try_set_value(true);
    }

    /// Returns the state of the connection. Tracks it.
    pub fn connection(self) -> ConnectionState {
        self.connection.get()
    }

    /// Returns the version of all stock levels. Tracks it.
    pub fn stock(self) -> u64 {
        self.stock.get()
    }

    /// Returns the version of all orders. Tracks it.
    pub fn orders(self) -> u64 {
        self.orders.get()
    }

    /// Returns the version of names and lists. Tracks it.
    pub fn catalog(self) -> u64 {
        self.catalog.get()
    }

    /// Returns the version of one item. Tracks it.
    pub fn item(self, id: i64) -> u64 {
        self.catalog.get() + self.items.with(|items| items.get(&id).map_or(0, |(_, version)| *version))
    }

    /// Returns the item's quantity of the latest update, or `fetched` if no update had the item. Tracks it.
    pub fn quantity(self, id: i64, fetched: i32) -> i32 {
        self.items.with(|items| items.get(&id).map_or(fetched, |(quantity, _)| *quantity))
    }

    /// Records the value that a cell shows. Returns whether the cell showed another value before and is to be
    /// highlighted.
    pub fn changed(self, cell: &impl Hash, value: &impl Hash) -> bool {
        if cfg!(feature = "ssr") {
            return false;
        }
        let (cell, value) = (hash_of(cell), hash_of(value));
        let before = self.shown.try_update_value(|shown| shown.insert(cell, value)).flatten();
        before.is_some_and(|before| before != value)
    }
}
