//! How the stock stands as a whole, and what happened of late.

use crate::{Category, Item, Time, WarehouseId};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Temporary blocks that expire within so many seconds expire soon.
pub const EXPIRING_SECONDS: i64 = 600;

/// An item with at most so many available units runs low.
pub const LOW_UNITS: i32 = 10;

/// How the stock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTotals {
    /// When it stood so.
    pub at: Time,
    /// The items by what they are; those without a category among them.
    pub categories: Vec<CategoryStock>,
    /// Temporary blocks.
    pub blocks_active: i64,
    /// Units in temporary blocks.
    pub units_held: i64,
    /// Temporary blocks that expire within [`EXPIRING_SECONDS`].
    pub blocks_expiring: i64,
    /// Units in them.
    pub units_expiring: i64,
    /// Units in permanent blocks and allocated orders.
    pub units_sold: i64,
    /// Orders that wait for their allocation.
    pub orders_pending: i64,
}

/// The available units of a category's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryStock {
    /// The category; `None` for the items that have none.
    pub name: Option<String>,
    /// How many items it has.
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Items with at most [`LOW_UNITS`].
    pub items_low: i64,
    /// Units that can be sold now.
    pub units_available: i64,
}

/// The sums over a category's items, or what they change by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategorySums {
    /// The category; `None` for the items that have none.
    pub name: Option<String>,
    /// How many items it has.
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Items with at most [`LOW_UNITS`].
    pub items_low: i64,
    /// Units that can be sold now.
    pub units_available: i64,
    /// Units in blocks, temporary and permanent.
    pub units_blocked: i64,
    /// What the available units cost together.
    pub value: Decimal,
}

impl CategorySums {
    fn change(&mut self, change: &Self, sign: i64) {
        self.items += sign * change.items;
        self.items_sold_out += sign * change.items_sold_out;
        self.items_low += sign * change.items_low;
        self.units_available += sign * change.units_available;
        self.units_blocked += sign * change.units_blocked;
        self.value += Decimal::from(sign) * change.value;
    }

    /// How available its items are.
    pub fn stock(&self) -> CategoryStock {
        CategoryStock {
            name: self.name.clone(),
            items: self.items,
            items_sold_out: self.items_sold_out,
            items_low: self.items_low,
            units_available: self.units_available,
        }
    }

    /// The category itself, unless these are the items without one.
    pub fn category(&self) -> Option<Category> {
        Some(Category {
            name: self.name.clone()?,
            items: self.items,
            units_available: self.units_available,
            units_blocked: self.units_blocked,
            value: self.value,
        })
    }
}

/// The sums over all items by category, and over all stock levels by warehouse; or what these change by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockSums {
    /// By their names.
    pub categories: BTreeMap<Option<String>, CategorySums>,
    /// Units that can be sold now.
    pub warehouses: BTreeMap<WarehouseId, i64>,
}

impl StockSums {
    /// Adds a change.
    pub fn add(&mut self, change: &Self) {
        self.change(change, 1);
    }

    /// Takes a change back.
    pub fn take(&mut self, change: &Self) {
        self.change(change, -1);
    }

    fn change(&mut self, change: &Self, sign: i64) {
        for (name, change) in &change.categories {
            let new = || CategorySums { name: name.clone(), ..CategorySums::default() };
            self.categories.entry(name.clone()).or_insert_with(new).change(change, sign);
        }
        // A category exists while an item bears it.
        self.categories.retain(|_, sums| sums.items != 0);
        for (warehouse, units) in &change.warehouses {
            *self.warehouses.entry(*warehouse).or_default() += sign * units;
        }
    }
}

/// What happened within a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityMinute {
    /// When it began.
    pub minute: Time,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Units in them.
    pub units_blocked: i64,
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that were given back, whole or in part.
    pub released: i64,
    /// Blocks that expired.
    pub expired: i64,
}

/// An item that many want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotItem {
    /// The item.
    pub item: Item,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
}
