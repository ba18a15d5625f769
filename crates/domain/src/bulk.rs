use crate::{BlockId, CategoryName, Error, ItemId, OrderId, Ttl, Units};
use std::collections::BTreeSet;

/// The maximum number of blocks in one bulk request.
pub const BULK_BLOCKS_MAX: usize = 500;

/// An action that a bulk request applies to each of its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockAction {
    /// Make them permanent.
    Confirm,
    /// Release them.
    Release,
    /// Extend them.
    Extend(Ttl),
}

/// A bulk request: one action on several blocks. Each block succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkBlockAction {
    /// The action.
    pub action: BlockAction,
    /// 1 to [`BULK_BLOCKS_MAX`], each once.
    blocks: Vec<BlockId>,
}

impl BulkBlockAction {
    /// Creates a bulk request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`BULK_BLOCKS_MAX`] blocks, without duplicates.
    pub fn new(action: BlockAction, blocks: Vec<BlockId>) -> Result<Self, Error> {
        check_ids("blockIds", "must name each block once", &blocks, BULK_BLOCKS_MAX)?;
        Ok(Self { action, blocks })
    }

    /// The blocks, in the order of the request.
    pub fn blocks(&self) -> &[BlockId] {
        &self.blocks
    }
}

/// Checks that there are 1 to `max` ids, without duplicates.
fn check_ids<I: Ord>(field: &'static str, once: &'static str, ids: &[I], max: usize) -> Result<(), Error> {
    let count = ids.len();
    if !(1..=max).contains(&count) {
        return Err(Error::invalid(field, format!("must be 1 to {max}, not {count}")));
    }
    match ids.iter().collect::<BTreeSet<_>>().len() < count {
        true => Err(Error::invalid(field, once)),
        false => Ok(()),
    }
}

/// The maximum number of items in one bulk request.
pub const BULK_ITEMS_MAX: usize = 500;

/// The maximum number of orders in one bulk request.
pub const BULK_ORDERS_MAX: usize = 500;

/// An action that a bulk request applies to each of its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemAction {
    /// Change their category; `None` removes it.
    Category(Option<CategoryName>),
    /// Change their threshold of low stock; `None` for that of the server.
    LowStock(Option<Units>),
    /// Archive them.
    Archive,
}

/// A bulk request: one action on several items. Each item succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkItemAction {
    /// The action.
    pub action: ItemAction,
    /// 1 to [`BULK_ITEMS_MAX`], each once.
    items: Vec<ItemId>,
}

impl BulkItemAction {
    /// Creates a bulk request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`BULK_ITEMS_MAX`] items, without duplicates.
    pub fn new(action: ItemAction, items: Vec<ItemId>) -> Result<Self, Error> {
        check_ids("ids", "must name each item once", &items, BULK_ITEMS_MAX)?;
        Ok(Self { action, items })
    }

    /// The items, in the order of the request.
    pub fn items(&self) -> &[ItemId] {
        &self.items
    }
}

/// An action that a bulk request applies to each of its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderAction {
    /// Take their missing units that are available.
    Fill,
    /// Cancel them.
    Cancel,
}

/// A bulk request: one action on several orders. Each order succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkOrderAction {
    /// The action.
    pub action: OrderAction,
    /// 1 to [`BULK_ORDERS_MAX`], each once.
    orders: Vec<OrderId>,
}

impl BulkOrderAction {
    /// Creates a bulk request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`BULK_ORDERS_MAX`] orders, without duplicates.
    pub fn new(action: OrderAction, orders: Vec<OrderId>) -> Result<Self, Error> {
        check_ids("ids", "must name each order once", &orders, BULK_ORDERS_MAX)?;
        Ok(Self { action, orders })
    }

    /// The orders, in the order of the request.
    pub fn orders(&self) -> &[OrderId] {
        &self.orders
    }
}
