use crate::{ItemId, OrderId, OrderLine, Parcel, Shortage, Sourcing, WarehouseId};
use std::collections::BTreeMap;

/// The allocation of an order from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allocation {
    /// The units to take of each item, by ascending item id.
    Take(Vec<(ItemId, i32)>),
    /// The shortages, by ascending item id; nothing is taken.
    Short(Vec<Shortage>),
}

/// Plans the allocation of an order from one warehouse: every line, or nothing.
///
/// Lines of the same item are added up. `available` returns 0 for an item without a stock level. An order without
/// lines is allocated; nothing is taken.
pub fn plan_allocation(lines: &[(ItemId, i32)], available: impl Fn(ItemId) -> i32) -> Allocation {
    let mut demand = BTreeMap::<ItemId, i64>::new();
    for (item, quantity) in lines {
        *demand.entry(*item).or_default() += i64::from(*quantity);
    }
    let mut take = Vec::with_capacity(demand.len());
    let mut short = Vec::new();
    for (item, requested) in demand {
        let available = available(item);
        // A demand above `i32::MAX` always exceeds the available units.
        let requested_units = i32::try_from(requested).unwrap_or(i32::MAX);
        if requested <= i64::from(available) {
            take.push((item, requested_units));
        } else {
            short.push(Shortage { item, requested: requested_units, available });
        }
    }
    if short.is_empty() { Allocation::Take(take) } else { Allocation::Short(short) }
}

/// The result of an allocation: the order is allocated, or there are shortages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAllocation {
    /// The order.
    pub order: OrderId,
    /// The warehouse of the request, or of all units; `None` if there are several or none.
    pub warehouse: Option<WarehouseId>,
    /// The units that were taken, by warehouse; empty if there are shortages.
    pub parcels: Vec<Parcel>,
    /// Whether the search for the plan covered all plans. True if there was no search.
    pub is_optimal: bool,
    /// The shortages, by ascending item id; empty if the order was allocated.
    pub shortages: Vec<Shortage>,
}

/// A preview of an order's allocation from each warehouse, with the current stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPreview {
    /// The order.
    pub order: OrderId,
    /// One for each item, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// By code.
    pub warehouses: Vec<WarehousePreview>,
    /// The plans by policy, best first. A plan that lacks units is only shown: an allocation by policy refuses it.
    pub plans: Sourcing,
}

/// A preview of an order's allocation from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarehousePreview {
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// One entry per line of the order, by ascending item id.
    pub lines: Vec<PreviewLine>,
    /// The lines with too few units; empty if the order can be allocated.
    pub shortages: Vec<Shortage>,
}

/// The units of one warehouse for one line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewLine {
    /// The item.
    pub item: ItemId,
    /// Units that the order requests.
    pub requested: i32,
    /// Units that an allocation could take.
    pub available: i32,
}

/// Previews an order's allocation from one warehouse: each line, and the shortages that [`plan_allocation`] returns.
pub fn preview_allocation(
    lines: &[(ItemId, i32)],
    available: impl Fn(ItemId) -> i32,
) -> (Vec<PreviewLine>, Vec<Shortage>) {
    let preview_lines = lines.iter().map(|(item, requested)| PreviewLine {
        item: *item,
        requested: *requested,
        available: available(*item),
    });
    let shortages = match plan_allocation(lines, &available) {
        Allocation::Take(_) => Vec::new(),
        Allocation::Short(shortages) => shortages,
    };
    (preview_lines.collect(), shortages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(lines: &[(i64, i32)], stock: &[(i64, i32)], expected: Allocation) {
        let lines: Vec<_> = lines.iter().map(|(item, quantity)| (ItemId(*item), *quantity)).collect();
        let stock: BTreeMap<_, _> = stock.iter().copied().collect();
        assert_eq!(plan_allocation(&lines, |item| stock.get(&item.0).copied().unwrap_or(0)), expected);
    }

    #[test]
    fn an_order_is_allocated_completely_or_not_at_all() {
        let short = |item, requested, available| Shortage { item: ItemId(item), requested, available };
        check(&[], &[], Allocation::Take(vec![]));
        check(&[(2, 1), (1, 3)], &[(1, 3), (2, 1)], Allocation::Take(vec![(ItemId(1), 3), (ItemId(2), 1)]));
        check(&[(1, 4), (2, 1)], &[(1, 3), (2, 1)], Allocation::Short(vec![short(1, 4, 3)]));
        check(&[(1, 2), (1, 2)], &[(1, 3)], Allocation::Short(vec![short(1, 4, 3)]));
        check(&[(9, 1)], &[], Allocation::Short(vec![short(9, 1, 0)]));
        check(
            &[(1, i32::MAX), (1, 1)],
            &[(1, i32::MAX)],
            Allocation::Short(vec![short(1, i32::MAX, i32::MAX)]),
        );
    }

    #[test]
    fn a_preview_has_every_line_and_the_shortages() {
        let lines = [(ItemId(1), 3), (ItemId(2), 1)];
        let (preview_lines, short) = preview_allocation(&lines, |item| if item == ItemId(1) { 2 } else { 7 });
        assert_eq!(preview_lines.iter().map(|line| line.available).collect::<Vec<_>>(), [2, 7]);
        assert_eq!(short, [Shortage { item: ItemId(1), requested: 3, available: 2 }]);
        assert!(preview_allocation(&lines, |_| 3).1.is_empty());
    }

    proptest! {
        /// The plan takes an order exactly if its lines can be taken one by one from a copy of the stock.
        #[test]
        fn equals_taking_line_by_line(
            lines in prop::collection::vec((0..6i64, 1..9i32), 0..8),
            stock in prop::collection::btree_map(0..6i64, 0..20i32, 0..6),
        ) {
            let mut left = stock.clone();
            let filled = lines.iter().all(|(item, quantity)| match left.get_mut(item) {
                Some(available) if *available >= *quantity => { *available -= quantity; true }
                _ => false,
            });
            let ids: Vec<_> = lines.iter().map(|(item, quantity)| (ItemId(*item), *quantity)).collect();
            match plan_allocation(&ids, |item| stock.get(&item.0).copied().unwrap_or(0)) {
                Allocation::Take(take) => {
                    prop_assert!(filled);
                    for (item, quantity) in take {
                        prop_assert_eq!(stock[&item.0] - quantity, left[&item.0]);
                    }
                }
                Allocation::Short(short) => {
                    prop_assert!(!filled);
                    prop_assert!(!short.is_empty());
                    prop_assert!(short.iter().all(|line| line.available < line.requested));
                }
            }
        }
    }
}
