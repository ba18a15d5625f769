use crate::{
    BlockId, CategoryName, Description, Error, ItemId, ItemName, Note, OrderId, Price, Time, Units,
    WarehouseId,
};
use rust_decimal::Decimal;
use std::fmt;

/// The most items in a category's top list.
pub const TOP_ITEMS_MAX: i64 = 100;

/// Something sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Units available to sell now, over all warehouses.
    pub quantity: i32,
    /// What one unit costs.
    pub price: Price,
    /// The name that it shares with other items.
    pub category: Option<String>,
    /// When it was created.
    pub created_at: Time,
    /// When anything of it last changed, its quantity included.
    pub updated_at: Time,
}

/// An item to be created, with its first stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Its name.
    pub name: ItemName,
    /// First stock.
    pub quantity: Units,
    /// What one unit costs.
    pub price: Price,
    /// What it is.
    pub description: Option<Description>,
    /// The name that it shares with other items.
    pub category: Option<CategoryName>,
    /// Where the first stock lies; the default warehouse where `None`.
    pub warehouse: Option<WarehouseId>,
}

/// Changes of what describes an item. `None` keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemPatch {
    /// A new name.
    pub name: Option<ItemName>,
    /// A new price.
    pub price: Option<Price>,
    /// A new description; `Some(None)` takes it away.
    pub description: Option<Option<Description>>,
    /// A new category; `Some(None)` takes it away.
    pub category: Option<Option<CategoryName>>,
}

impl ItemPatch {
    /// Refuses a patch that changes nothing.
    pub fn checked(self) -> Result<Self, Error> {
        if self == Self::default() {
            return Err(Error::invalid(
                "body",
                "must name at least one of name, price, description, category",
            ));
        }
        Ok(self)
    }
}

/// The order of a list of items; ties go by id, ascending.
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
}

/// A category and the sums over its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its name.
    pub name: String,
    /// How many items bear it.
    pub items: i64,
    /// Units that can be sold now.
    pub units_available: i64,
    /// Units in blocks, temporary and permanent.
    pub units_blocked: i64,
    /// What the available units cost together.
    pub value: Decimal,
}

/// The items of highest quantity in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopItems {
    /// The category.
    pub category: String,
    /// At most [`TOP_ITEMS_MAX`]: highest quantity first, ties by id.
    pub items: Vec<Item>,
    /// How many items the category has.
    pub total: i64,
}

/// What an item has now, for whoever watches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStock {
    /// The item.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// The name that it shares with other items.
    pub category: Option<String>,
    /// Units available to sell now, over all warehouses.
    pub quantity: i32,
    /// Units available in each warehouse, by ascending warehouse id.
    pub levels: Vec<(WarehouseId, i32)>,
}

/// Units of an item in one warehouse, by what has become of them.
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
    /// Units that can be sold now.
    pub available: i32,
    /// Units in temporary blocks.
    pub held: i64,
    /// Units in permanent blocks and allocated orders.
    pub sold: i64,
}

/// Units to be received into a stock level, or written off from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAdjustment {
    /// The item.
    pub item: ItemId,
    /// The warehouse; the default one where `None`.
    pub warehouse: Option<WarehouseId>,
    /// Units: positive receives, negative writes off; never 0.
    pub delta: i32,
    /// Why.
    pub note: Note,
}

impl StockAdjustment {
    /// Refuses a `delta` of 0 or beyond what a quantity can be.
    pub fn new(item: ItemId, warehouse: Option<WarehouseId>, delta: i64, note: Note) -> Result<Self, Error> {
        let max = crate::UNITS_MAX;
        match i32::try_from(delta) {
            Ok(delta) if delta != 0 && delta >= -max => Ok(Self { item, warehouse, delta, note }),
            _ => Err(Error::invalid("delta", format!("must be 1 to {max} or -{max} to -1, not {delta}"))),
        }
    }
}

/// A stock level after it was adjusted.
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

/// Why a stock level changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MovementReason {
    /// Units came in.
    Received,
    /// Units were lost, broken or miscounted.
    WrittenOff,
    /// Units went to, or came from, another warehouse.
    Moved,
    /// Units went into a temporary block.
    Blocked,
    /// A block's units came back before it expired.
    Released,
    /// A block's units came back after it expired.
    Expired,
    /// A block's units were sold; the stock level stays.
    Confirmed,
    /// Units went to an order.
    Allocated,
    /// An order's units came back.
    Cancelled,
    /// The stock level was changed by hand, or mended.
    Corrected,
}

impl MovementReason {
    /// Every reason with its name in the ledger.
    pub const ALL: [(Self, &'static str); 10] = [
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
    ];

    /// Its name in the ledger.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("corrected", |(_, name)| name)
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(reason, _)| *reason)
    }
}

impl fmt::Display for MovementReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One line of the ledger.
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
    /// Units added to the stock level.
    pub change: i32,
    /// Units in the stock level after it, where an item's history was asked for.
    pub after: Option<i64>,
    /// Why.
    pub reason: MovementReason,
    /// Why, in the words of who did it.
    pub note: Option<String>,
    /// For which block.
    pub block: Option<BlockId>,
    /// For which order.
    pub order: Option<OrderId>,
    /// Who did it.
    pub actor: String,
    /// When.
    pub created_at: Time,
}
