use crate::{
    Barcodes, BlockId, CategoryName, Condition, Description, Error, ItemId, ItemKeys, ItemName, Note,
    OrderId, Permission, Price, Sku, Time, Units, Version, WarehouseId,
};
use rust_decimal::Decimal;
use std::fmt;

/// The maximum number of items in the top list of a category.
pub const TOP_ITEMS_MAX: i64 = 100;

/// A product that the shop sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// Its barcodes.
    pub barcodes: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// The price of one unit.
    pub price: Price,
    /// Its category.
    pub category: Option<String>,
    /// The time at which it was created.
    pub created_at: Time,
    /// The time of the last change, its quantity included.
    pub updated_at: Time,
    /// The time at which it was archived. An archived item can't be sold.
    pub archived_at: Option<Time>,
    /// The threshold of low stock in units on hand; `None` for that of the server, 0 for never.
    pub low_stock: Option<i32>,
}

impl Item {
    /// Returns the version of its details: of everything but its quantity and its times.
    pub fn version(&self) -> Version {
        let Self {
            id: _,
            name,
            description,
            quantity: _,
            price,
            category,
            created_at: _,
            updated_at: _,
            archived_at,
            sku,
            barcodes,
            low_stock,
        } = self;
        let low_stock = low_stock.map(|units| units.to_string());
        let barcodes = barcodes.join("\n");
        let price = price.to_string();
        let archived = archived_at.map(|_| "archived");
        Version::of(&[
            Some(name),
            description.as_deref(),
            Some(&price),
            category.as_deref(),
            archived,
            sku.as_deref(),
            Some(&barcodes),
            low_stock.as_deref(),
        ])
    }
}

/// A request to create an item with its first stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem<W = WarehouseId> {
    /// Its name.
    pub name: ItemName,
    /// The first stock in units.
    pub quantity: Units,
    /// The price of one unit.
    pub price: Price,
    /// Its description.
    pub description: Option<Description>,
    /// Its category.
    pub category: Option<CategoryName>,
    /// The warehouse of the first stock; `None` for the default warehouse.
    pub warehouse: Option<W>,
    /// Its SKU.
    pub sku: Option<Sku>,
    /// Its barcodes.
    pub barcodes: Barcodes,
    /// The threshold of low stock.
    pub low_stock: Option<Units>,
}

impl<W> NewItem<W> {
    /// Returns the item with its first stock in another warehouse.
    pub fn in_warehouse<X>(self, warehouse: Option<X>) -> NewItem<X> {
        let Self { name, quantity, price, description, category, warehouse: _, sku, barcodes, low_stock } =
            self;
        NewItem { name, quantity, price, description, category, warehouse, sku, barcodes, low_stock }
    }

    /// Returns the keys that no other item may have.
    pub fn keys(&self) -> ItemKeys<'_> {
        ItemKeys { item: None, sku: self.sku.as_ref(), barcodes: Some(&self.barcodes) }
    }
}

/// Changed fields of an item. `None` keeps the current value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemPatch {
    /// A new name.
    pub name: Option<ItemName>,
    /// A new price.
    pub price: Option<Price>,
    /// A new description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// A new category; `Some(None)` removes it.
    pub category: Option<Option<CategoryName>>,
    /// A new SKU; `Some(None)` removes it.
    pub sku: Option<Option<Sku>>,
    /// New barcodes instead of the current ones.
    pub barcodes: Option<Barcodes>,
    /// A new threshold of low stock; `Some(None)` for that of the server.
    pub low_stock: Option<Option<Units>>,
}

impl ItemPatch {
    /// Returns the patch.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it changes nothing.
    pub fn checked(self) -> Result<Self, Error> {
        if self == Self::default() {
            return Err(Error::invalid(
                "body",
                "must name at least one of name, price, description, category, sku, barcodes, lowStock",
            ));
        }
        Ok(self)
    }
}

/// The order of a list of items. Items with equal values are ordered by ascending id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ItemSort {
    /// Ascending id.
    #[default]
    Id,
    /// By name.
    Name,
    /// Highest quantity first.
    QuantityDesc,
    /// Lowest quantity first.
    QuantityAsc,
    /// Descending id.
    IdDesc,
    /// By name, backwards.
    NameDesc,
}

/// A category with totals over its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// The number of its items.
    pub items: i64,
    /// Units available now.
    pub units_available: i64,
    /// Units in temporary and permanent blocks.
    pub units_blocked: i64,
    /// The value of the available units: units times price.
    pub value: Decimal,
}

/// The items of a category with the highest quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopItems {
    /// The category.
    pub category: String,
    /// At most [`TOP_ITEMS_MAX`] items: highest quantity first, equal quantities by ascending id.
    pub items: Vec<Item>,
    /// The number of items in the category.
    pub total: i64,
}

/// The current stock of an item, for subscribers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStock {
    /// The item.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Option<String>,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// Units available in each warehouse, by ascending warehouse id.
    pub levels: Vec<(WarehouseId, i32)>,
}

/// Units of an item in one warehouse, by state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelTotals {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// The warehouse's name.
    pub warehouse_name: String,
    /// Units available now.
    pub available: i32,
    /// Units in active blocks: temporary ones that have not expired.
    pub held: i64,
    /// Units in permanent blocks, and those that orders have: allocated, or shipped and not returned.
    pub sold: i64,
    /// Those of the sold units that are on the shelf: not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// Units on the shelf: available, in temporary blocks (also in expired ones until they are reclaimed), committed, damaged,
    /// and in quarantine.
    pub on_hand: i64,
}

/// A request to receive units into a stock level, or to write off units from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAdjustment<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// The warehouse; `None` for the default warehouse.
    pub warehouse: Option<W>,
    /// Units to add: positive for received units, negative for units written off; never 0.
    pub delta: i32,
    /// The reason.
    pub note: Note,
}

impl<I, W> StockAdjustment<I, W> {
    /// Returns the permission that the request needs: a write-off of more than `write_off_units_max` units needs more than
    /// other adjustments.
    pub fn permission(&self, write_off_units_max: i32) -> Permission {
        let is_large = self.delta < 0 && self.delta.unsigned_abs() > write_off_units_max.unsigned_abs();
        if is_large { Permission::WriteOffStock } else { Permission::WriteStock }
    }

    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `delta` is 1 to [`crate::UNITS_MAX`] or its negative.
    pub fn new(item: I, warehouse: Option<W>, delta: i64, note: Note) -> Result<Self, Error> {
        let max = crate::UNITS_MAX;
        match i32::try_from(delta) {
            Ok(delta) if delta != 0 && delta >= -max => Ok(Self { item, warehouse, delta, note }),
            _ => Err(Error::invalid("delta", format!("must be 1 to {max} or -{max} to -1, not {delta}"))),
        }
    }
}

/// A stock level after an adjustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAdjusted {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// Units that were added.
    pub delta: i32,
    /// Units available in this warehouse now.
    pub available: i32,
    /// Units available over all warehouses now.
    pub quantity: i32,
}

/// The reason for a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MovementReason {
    /// Units were received.
    Received,
    /// Units were written off: lost, broken or miscounted.
    WrittenOff,
    /// Units moved between two warehouses.
    Moved,
    /// Units were taken by a temporary block.
    Blocked,
    /// Units returned from a block that was released.
    Released,
    /// Units returned from a block that expired.
    Expired,
    /// A block was made permanent. The stock level does not change.
    Confirmed,
    /// Units were allocated to an order.
    Allocated,
    /// Units returned from an order that was cancelled.
    Cancelled,
    /// The stock level was changed directly in the database, or repaired.
    Corrected,
    /// The units of a temporary block became an order's. The stock level does not change.
    HoldConverted,
    /// The units of a permanent block became an order's. The stock level does not change.
    SaleConverted,
    /// Units of an order or of a permanent block left the shelf. The stock level does not change.
    Shipped,
    /// Units of an order came back. The stock level changes by those that can be sold again.
    Returned,
    /// Units became unsellable.
    SetAside,
    /// Unsellable units became available.
    Restored,
    /// Unsellable units were thrown away. The stock level does not change.
    Disposed,
    /// Damaged units went to quarantine, or units in quarantine became damaged. The stock level does not change.
    Reclassified,
}

impl MovementReason {
    /// Every reason with its name in the ledger.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::Received, "received"),
        (Self::WrittenOff, "written_off"),
        (Self::Moved, "moved"),
        (Self::Blocked, "blocked"),
        (Self::Released, "released"),
        (Self::Expired, "expired"),
        (Self::Confirmed, "confirmed"),
        (Self::Allocated, "allocated"),
        (Self::Cancelled, "cancelled"),
        (Self::Corrected, "corrected"),
        (Self::HoldConverted, "hold_converted"),
        (Self::SaleConverted, "sale_converted"),
        (Self::Shipped, "shipped"),
        (Self::Returned, "returned"),
        (Self::SetAside, "set_aside"),
        (Self::Restored, "restored"),
        (Self::Disposed, "disposed"),
        (Self::Reclassified, "reclassified"),
    ];

    /// Its name in the ledger.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("corrected", |(_, name)| name)
    }

    /// Parses a name in the ledger.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, text)| *text == name).map(|(reason, _)| *reason)
    }

    /// Returns the units by which a movement with this reason changes the units on hand: only units that arrive at the shelf,
    /// or leave it, do. `units` are those of the movement, if they are not those of `change`.
    pub fn on_hand_change(self, change: i32, units: Option<i32>) -> i64 {
        let units = i64::from(units.unwrap_or(0));
        match self {
            Self::Received | Self::WrittenOff | Self::Moved | Self::Corrected => change.into(),
            Self::Shipped | Self::Disposed => -units,
            Self::Returned => units,
            Self::Blocked
            | Self::Released
            | Self::Expired
            | Self::Confirmed
            | Self::Allocated
            | Self::Cancelled
            | Self::HoldConverted
            | Self::SaleConverted
            | Self::SetAside
            | Self::Restored
            | Self::Reclassified => 0,
        }
    }
}

impl fmt::Display for MovementReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A movement: one row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Its id.
    pub id: i64,
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// Units added to the stock level; negative for units taken.
    pub change: i32,
    /// The units that it concerns, if they are not those of `change`; positive.
    pub units: Option<i32>,
    /// Units in the stock level after the movement; only in an item's history.
    pub after: Option<i64>,
    /// The reason.
    pub reason: MovementReason,
    /// The condition that the units enter, or leave when they are restored or disposed of.
    pub condition: Option<Condition>,
    /// The caller's explanation.
    pub note: Option<String>,
    /// The block that it belongs to.
    pub block: Option<BlockId>,
    /// The order that it belongs to.
    pub order: Option<OrderId>,
    /// The principal that caused it.
    pub actor: String,
    /// The time at which it was written.
    pub created_at: Time,
}
