use crate::{Error, ItemId, Note, Quantity, WarehouseId};

/// Units of an item to be moved from one warehouse to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    /// The item.
    pub item: ItemId,
    /// Where the units are.
    pub from: WarehouseId,
    /// Where they go; another warehouse.
    pub to: WarehouseId,
    /// Units.
    pub quantity: Quantity,
    /// Why.
    pub note: Note,
}

impl StockMove {
    /// Refuses a move from a warehouse to itself.
    pub fn new(
        item: ItemId,
        from: WarehouseId,
        to: WarehouseId,
        quantity: Quantity,
        note: Note,
    ) -> Result<Self, Error> {
        if from == to {
            return Err(Error::invalid("toWarehouseId", "must be another warehouse than fromWarehouseId"));
        }
        Ok(Self { item, from, to, quantity, note })
    }
}

/// Both stock levels after units were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockMoved {
    /// The item.
    pub item: ItemId,
    /// Where the units were.
    pub from: WarehouseId,
    /// Where they are.
    pub to: WarehouseId,
    /// Units that were moved.
    pub quantity: i32,
    /// Units available in `from` now.
    pub from_available: i32,
    /// Units available in `to` now.
    pub to_available: i32,
}
