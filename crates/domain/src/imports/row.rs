//! The values of a row of a file.

use crate::{Barcodes, CategoryName, Description, ItemId, ItemName, Note, Price, Sku, Units, WarehouseCode};

/// The values of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowValue {
    /// Details of an item.
    Item(ItemRow),
    /// Stock of an item in a warehouse.
    Stock(StockRow),
}

/// The details of an item. `None` keeps the current value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemRow {
    /// The item's id.
    pub id: Option<ItemId>,
    /// The SKU.
    pub sku: Option<Sku>,
    /// The name.
    pub name: Option<ItemName>,
    /// The description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// The category; `Some(None)` removes it.
    pub category: Option<Option<CategoryName>>,
    /// The price of one unit.
    pub price: Option<Price>,
    /// The barcodes; none removes them.
    pub barcodes: Option<Barcodes>,
}

/// The stock of an item in a warehouse. At least one of `id` and `sku` is present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// The item's id.
    pub id: Option<ItemId>,
    /// The item's SKU.
    pub sku: Option<Sku>,
    /// The code of the warehouse; `None` if the file has no such column, or the cell is empty.
    pub warehouse: Option<WarehouseCode>,
    /// The quantity.
    pub quantity: StockQuantity,
    /// The reason for the change.
    pub reason: Option<Note>,
}

/// The quantity of a row of stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockQuantity {
    /// Sets the units on the shelf, including held ones.
    Count(Units),
    /// Adds units, or removes them if negative.
    Change(i32),
}
