//! The lack of units of an item.

use crate::ItemId;

/// A line with too few units, so that the order can't be allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// The item.
    pub item: ItemId,
    /// Units that the order requests.
    pub requested: i32,
    /// Units available in the warehouse.
    pub available: i32,
}
