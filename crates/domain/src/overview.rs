//! Totals over the whole stock, and recent activity.

use crate::{Category, Item, OrderId, OrderStatus, Time, WarehouseId};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A block that expires within this many seconds expires soon.
pub const EXPIRING_SECONDS: i64 = 600;

/// Totals over the whole stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTotals {
    /// The time of the totals.
    pub at: Time,
    /// Totals by category; one entry is for the items without a category.
    pub categories: Vec<CategoryStock>,
    /// Active blocks.
    pub blocks_active: i64,
    /// Units in active blocks.
    pub units_held: i64,
    /// Active blocks that expire within [`EXPIRING_SECONDS`].
    pub blocks_expiring: i64,
    /// Units in them.
    pub units_expiring: i64,
    /// Units in permanent blocks.
    pub units_confirmed: i64,
    /// Units that orders have: allocated ones, and shipped ones that have not come back.
    pub units_of_orders: i64,
    /// Orders that are not allocated yet.
    pub orders_pending: i64,
}

impl StockTotals {
    /// Returns the units that are sold: those in permanent blocks and those of orders.
    pub fn units_sold(&self) -> i64 {
        self.units_confirmed + self.units_of_orders
    }
}

/// The units of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldOrder {
    /// The order.
    pub order: OrderId,
    /// Its reference.
    pub reference: Option<String>,
    /// Its status.
    pub status: OrderStatus,
    /// Units that were taken from stock and are on the shelf.
    pub allocated: i64,
    /// Units that have left the shelf.
    pub shipped: i64,
    /// The part of the shipped units that came back.
    pub returned: i64,
}

/// The available units of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryStock {
    /// The category; `None` for the items without one.
    pub name: Option<String>,
    /// The number of items.
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Items with at most as many available units as their threshold of low stock, unless it is 0.
    pub items_low: i64,
    /// Units available now.
    pub units_available: i64,
}

/// Sums over the items of a category, or a change of these sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategorySums {
    /// The category; `None` for the items without one.
    pub name: Option<String>,
    /// The number of items.
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// Items with at most as many available units as their threshold of low stock, unless it is 0.
    pub items_low: i64,
    /// Units available now.
    pub units_available: i64,
    /// Units in temporary and permanent blocks.
    pub units_blocked: i64,
    /// The value of the available units: units times price.
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

    /// The part that the overview shows.
    pub fn stock(&self) -> CategoryStock {
        CategoryStock {
            name: self.name.clone(),
            items: self.items,
            items_sold_out: self.items_sold_out,
            items_low: self.items_low,
            units_available: self.units_available,
        }
    }

    /// The category with its totals; `None` for the items without a category.
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

/// Sums over all items by category and over all stock levels by warehouse, or a change of these sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StockSums {
    /// Sums by category; `None` for the items without one.
    pub categories: BTreeMap<Option<String>, CategorySums>,
    /// Units available now.
    pub warehouses: BTreeMap<WarehouseId, i64>,
}

impl StockSums {
    /// Adds a change.
    pub fn add(&mut self, change: &Self) {
        self.change(change, 1);
    }

    /// Subtracts a change.
    pub fn subtract(&mut self, change: &Self) {
        self.change(change, -1);
    }

    fn change(&mut self, change: &Self, sign: i64) {
        for (name, change) in &change.categories {
            let new = || CategorySums { name: name.clone(), ..CategorySums::default() };
            self.categories.entry(name.clone()).or_insert_with(new).change(change, sign);
        }
        // A category exists as long as it has an item.
        self.categories.retain(|_, sums| sums.items != 0);
        for (warehouse, units) in &change.warehouses {
            *self.warehouses.entry(*warehouse).or_default() += sign * units;
        }
    }
}

/// The activity within one minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityMinute {
    /// The start of the minute.
    pub minute: Time,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Units in them.
    pub units_blocked: i64,
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that were released, completely or partially.
    pub released: i64,
    /// Blocks that expired.
    pub expired: i64,
}

/// An item in high demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotItem {
    /// The item.
    pub item: Item,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
}

/// The first steps of a new shop, and whether each is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstSteps {
    /// There is a warehouse.
    pub has_warehouse: bool,
    /// There is an item.
    pub has_items: bool,
    /// Units were held.
    pub has_holds: bool,
    /// There is a client of the API.
    pub has_clients: bool,
}

impl FirstSteps {
    /// Returns whether all steps are done.
    pub fn are_done(self) -> bool {
        self.has_warehouse && self.has_items && self.has_holds && self.has_clients
    }
}
