//! The state that the users of the scenario and its comparison share.

use crate::scenario::expected_units::ExpectedUnits;
use serde_json::{Value, json};

/// The number of items. The first few are scarce, so that some carts are rejected.
pub(super) const ITEMS: usize = 200;
pub(super) const SCARCE: usize = 5;

/// A line of a cart: an item's index, and units.
pub(super) type Line = (usize, i64);

/// State that all users share.
pub(super) struct Shared {
    pub(super) items: Vec<i64>,
    pub(super) warehouses: Vec<i64>,
    pub(super) expected: ExpectedUnits,
}

impl Shared {
    /// The lines of a request. `warehouse` returns the index of a line's warehouse, or none.
    pub(super) fn lines(
        &self,
        lines: &[Line],
        mut warehouse: impl FnMut(usize) -> Option<usize>,
    ) -> Vec<Value> {
        let line = |(item, quantity): &Line| {
            let mut line = json!({ "itemId": self.items[*item], "quantity": quantity });
            if let Some(index) = warehouse(*item) {
                line["warehouseId"] = json!(self.warehouses[index]);
            }
            line
        };
        lines.iter().map(line).collect()
    }
}
