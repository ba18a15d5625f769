//! The units of items: available, held, committed, unsellable and on hand.

use crate::{Error, ItemId, LedgerCursor, WarehouseId};
use std::collections::BTreeSet;

/// The maximum number of items of one request for availability.
pub const AVAILABILITY_ITEMS_MAX: usize = 1_000;

/// The maximum number of items that a query string may name.
pub const AVAILABILITY_QUERY_ITEMS_MAX: usize = 100;

/// Units in stock, of one level or of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StockUnits {
    /// Units that can be sold now.
    pub available: i64,
    /// Units in temporary blocks, also in expired ones until these are reclaimed.
    pub held: i64,
    /// Committed units: sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
}

impl StockUnits {
    /// Returns units that are available or held.
    pub fn new(available: i64, held: i64) -> Self {
        Self { available, held, ..Self::default() }
    }

    /// Returns the units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
    pub fn unavailable(self) -> i64 {
        [self.committed, self.damaged, self.quarantined]
            .iter()
            .fold(self.held, |sum, units| sum.saturating_add(*units))
    }

    /// Returns the units on the shelf: available ones, and [`StockUnits::unavailable`]. Shipped units are not among them.
    pub fn on_hand(self) -> i64 {
        self.available.saturating_add(self.unavailable())
    }
}

impl std::ops::AddAssign for StockUnits {
    fn add_assign(&mut self, other: Self) {
        self.available = self.available.saturating_add(other.available);
        self.held = self.held.saturating_add(other.held);
        self.committed = self.committed.saturating_add(other.committed);
        self.damaged = self.damaged.saturating_add(other.damaged);
        self.quarantined = self.quarantined.saturating_add(other.quarantined);
    }
}

/// The units of an item in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelAvailability {
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// The units.
    pub units: StockUnits,
}

/// The units of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAvailability {
    /// The item.
    pub item: ItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// By ascending warehouse id.
    pub levels: Vec<LevelAvailability>,
}

impl ItemAvailability {
    /// Returns the units over all warehouses.
    pub fn units(&self) -> StockUnits {
        let mut sum = StockUnits::default();
        self.levels.iter().for_each(|level| sum += level.units);
        sum
    }
}

/// The units of several items at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability<I = ItemAvailability> {
    /// The position in the ledger. The units are those after exactly the movements up to it, while `lag_seconds` is 0.
    pub cursor: LedgerCursor,
    /// The age of the oldest movement of these items after the cursor that the units include, in seconds. 0 if they
    /// include none.
    pub lag_seconds: u64,
    /// The items that exist, in the order of the request.
    pub items: Vec<I>,
    /// The ids without an item, in the order of the request.
    pub unknown: Vec<ItemId>,
    /// The SKUs without an item, in the order of the request.
    pub unknown_skus: Vec<String>,
}

/// Checks the number of items of a request.
///
/// # Errors
/// [`Error::Invalid`] unless there are 1 to `max` items.
pub fn check_availability_count(count: usize, max: usize) -> Result<(), Error> {
    match (1..=max).contains(&count) {
        true => Ok(()),
        false => Err(Error::invalid("items", format!("must name 1 to {max} items, not {count}"))),
    }
}

/// Returns the items of a request without duplicates, in the order of the request.
pub fn availability_items(ids: Vec<ItemId>) -> Vec<ItemId> {
    let mut seen = BTreeSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_on_hand_are_all_units_that_are_not_shipped() {
        let units = StockUnits { committed: 10, damaged: 200, quarantined: 3_000, ..StockUnits::new(3, 4) };
        assert_eq!((units.unavailable(), units.on_hand()), (3_214, 3_217));
    }

    #[test]
    fn a_request_names_a_bounded_number_of_items() {
        assert!(check_availability_count(0, 3).is_err());
        assert!(check_availability_count(3, 3).is_ok());
        assert!(check_availability_count(4, 3).is_err());
    }

    proptest! {
        #[test]
        fn each_item_is_kept_once_in_the_order_of_the_request(ids in prop::collection::vec(0..20i64, 1..50)) {
            let ids: Vec<_> = ids.into_iter().map(ItemId).collect();
            let kept = availability_items(ids.clone());
            let mut expected = Vec::new();
            for id in ids {
                if !expected.contains(&id) {
                    expected.push(id);
                }
            }
            prop_assert_eq!(kept, expected);
        }
    }
}
