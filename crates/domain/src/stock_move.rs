use crate::{Error, ItemId, Note, Quantity, WarehouseId};

/// A request to move units of an item from one warehouse to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// The source warehouse.
    pub from: W,
    /// The target warehouse; never the source.
    pub to: W,
    /// Units to move.
    pub quantity: Quantity,
    /// The reason.
    pub note: Note,
}

impl<I, W: PartialEq> StockMove<I, W> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] if both warehouses are the same.
    pub fn new(item: I, from: W, to: W, quantity: Quantity, note: Note) -> Result<Self, Error> {
        if from == to {
            return Err(Error::invalid("toWarehouseId", "must be another warehouse than fromWarehouseId"));
        }
        Ok(Self { item, from, to, quantity, note })
    }
}

/// Both stock levels after a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockMoved {
    /// The item.
    pub item: ItemId,
    /// The source warehouse.
    pub from: WarehouseId,
    /// The target warehouse.
    pub to: WarehouseId,
    /// Units that were moved.
    pub quantity: i32,
    /// Units available in `from` now.
    pub from_available: i32,
    /// Units available in `to` now.
    pub to_available: i32,
}
