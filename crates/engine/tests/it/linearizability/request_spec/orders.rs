//! Generated requests about orders.

use super::*;
use domain::{
    AllocationMode, CancelLines, FillOrder, OrderPart, OrderSource, Parcel, ReassignUnits, Request,
    ReturnLine, ReturnOrder, ShipOrder, SourceOrder, SourcingPolicy, SourcingRules,
};
use std::num::NonZeroU32;

/// The policies of requests.
const POLICIES: [SourcingPolicy; 3] =
    [SourcingPolicy::FewestParcels, SourcingPolicy::Priority, SourcingPolicy::HighestStock];

/// The conditions of returned units.
const CONDITIONS: [Option<Condition>; 3] = [None, Some(Condition::Damaged), Some(Condition::Quarantine)];

/// Items, each with units; `None` for all units of the item.
type Part = Vec<(usize, Option<i64>)>;

/// A request about an order, except its simple allocation and cancellation.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::linearizability) enum OrderSpec {
    /// An allocation by policy: the index of the policy, and the maximum number of parcels.
    ByPolicy(usize, Option<u32>),
    /// An allocation by a plan of the order's original lines: at most these units of each line from the first warehouse, the
    /// others from the second one.
    ByPlan(usize, i32, usize),
    /// A partial allocation: the warehouse, and whether the missing units wait.
    Fill(Option<usize>, bool),
    CancelLines(Part),
    /// The index of another order, and the units.
    Reassign(usize, Option<Part>),
    /// Warehouse, items and units.
    Ship(Option<usize>, Option<Vec<(usize, i64)>>),
    /// Items, units and warehouses, and the index of a condition.
    Return(Vec<(usize, i64, Option<usize>)>, usize),
}

pub(super) fn order_spec() -> impl Strategy<Value = OrderSpec> {
    let place = || option::weighted(0.3, 0..3usize);
    let part = || vec((0..3usize, option::weighted(0.7, 1..3i64)), 1..3);
    prop_oneof![
        3 => (0..POLICIES.len(), option::weighted(0.3, 1..3u32))
            .prop_map(|(policy, parcels)| OrderSpec::ByPolicy(policy, parcels)),
        1 => (0..3usize, 0..3i32, 0..3usize)
            .prop_map(|(first, units, second)| OrderSpec::ByPlan(first, units, second)),
        4 => (place(), any::<bool>()).prop_map(|(place, waits)| OrderSpec::Fill(place, waits)),
        2 => part().prop_map(OrderSpec::CancelLines),
        3 => (0..4usize, option::of(part())).prop_map(|(to, part)| OrderSpec::Reassign(to, part)),
        3 => (place(), option::of(vec((0..3usize, 1..3i64), 1..3)))
            .prop_map(|(place, lines)| OrderSpec::Ship(place, lines)),
        4 => (vec((0..3usize, 1..3i64, place()), 1..3), 0..CONDITIONS.len())
            .prop_map(|(lines, into)| OrderSpec::Return(lines, into)),
    ]
}

impl OrderSpec {
    /// Returns the request about an order.
    pub(super) fn request(&self, order: OrderId, seen: &Seen) -> Request {
        let item = |number: &usize| seen.items[number % seen.items.len()];
        let warehouse = |number: &usize| seen.warehouses[*number];
        match self {
            Self::ByPolicy(policy, parcels) => {
                let rules = SourcingRules {
                    policy: POLICIES[*policy],
                    max_parcels: parcels.and_then(NonZeroU32::new),
                    split_lines: true,
                    mode: AllocationMode::Whole,
                };
                let source = OrderSource::Policy { rules, candidates: seen.candidates.clone() };
                Request::Source(SourceOrder { order, source })
            }
            Self::ByPlan(first, units, second) => {
                let lines = seen.lines.get(&order).map(Vec::as_slice).unwrap_or_default();
                let mut parcels = BTreeMap::<WarehouseId, BTreeMap<ItemId, i32>>::new();
                for (item, wanted) in lines {
                    let part = (*units).min(*wanted);
                    for (place, units) in [(first, part), (second, wanted - part)] {
                        if units > 0 {
                            *parcels.entry(warehouse(place)).or_default().entry(*item).or_default() += units;
                        }
                    }
                }
                let parcel = |(warehouse, units)| Parcel { warehouse, units };
                let source = OrderSource::Plan(parcels.into_iter().map(parcel).collect());
                Request::Source(SourceOrder { order, source })
            }
            Self::Fill(place, waits) => Request::Fill(FillOrder {
                order,
                warehouse: place.as_ref().map(warehouse),
                waits: *waits,
                priority: None,
                items: None,
            }),
            Self::CancelLines(part) => {
                Request::CancelLines(CancelLines::new(order, part_of(part, seen)).expect("a request"))
            }
            Self::Reassign(to, part) => {
                let others: Vec<_> = seen.orders.iter().copied().filter(|other| *other != order).collect();
                // Without another order the request names one that does not exist.
                let missing = OrderId(order.0 + 1_000_000);
                let to = if others.is_empty() { missing } else { others[to % others.len()] };
                let part = part.as_ref().map(|part| part_of(part, seen));
                Request::Reassign(ReassignUnits::new(order, to, part).expect("a request"))
            }
            Self::Ship(place, lines) => {
                let line = |(number, quantity): &(usize, i64)| (item(number), crate::units(*quantity));
                let lines = lines.as_ref().map(|lines| lines.iter().map(line).collect());
                let place = place.as_ref().map(warehouse);
                Request::Ship(ShipOrder::new(order, place, lines).expect("a shipment"))
            }
            Self::Return(lines, into) => {
                let line = |(number, quantity, place): &(usize, i64, Option<usize>)| ReturnLine {
                    item: item(number),
                    quantity: crate::units(*quantity),
                    warehouse: place.as_ref().map(warehouse),
                };
                let lines = lines.iter().map(line).collect();
                Request::Return(ReturnOrder::new(order, lines, CONDITIONS[*into]).expect("a return"))
            }
        }
    }
}

/// Returns a part with each item once.
fn part_of(part: &Part, seen: &Seen) -> OrderPart {
    let mut lines = OrderPart::new();
    for (number, quantity) in part {
        let item = seen.items[number % seen.items.len()];
        if lines.iter().all(|(other, _)| *other != item) {
            lines.push((item, quantity.map(crate::units)));
        }
    }
    lines
}
