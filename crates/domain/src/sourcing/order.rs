//! The sourcing of one order on stock levels.

use super::{
    AllocationMode, Parcel, Sourcing, SourcingPlan, SourcingPolicy, SourcingRules, SourcingWarehouse,
    plan_sourcing,
};
use crate::{
    Coordinates, Error, ItemId, LevelKey, OrderId, OrderStatus, OrderSummary, Shortage, WarehouseId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The maximum number of parcels that a request may ask for, or plan itself.
pub const PARCELS_MAX: usize = 100;

/// The maximum number of lines of a plan in a request, over all its parcels.
pub const PLAN_LINES_MAX: usize = 10_000;

/// A caller's choice of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyChoice {
    /// The rules for the plans.
    pub rules: SourcingRules,
    /// The destination, for the distances of the warehouses.
    pub near: Option<Coordinates>,
}

impl PolicyChoice {
    /// Creates a choice.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the policy is [`SourcingPolicy::Nearest`] and there is no destination.
    pub fn new(rules: SourcingRules, near: Option<Coordinates>) -> Result<Self, Error> {
        match rules.policy == SourcingPolicy::Nearest && near.is_none() {
            true => Err(Error::invalid("near", "must be given for the policy nearest")),
            false => Ok(Self { rules, near }),
        }
    }
}

/// A warehouse that an order may be allocated from, before its levels are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcingCandidate {
    /// The warehouse.
    pub id: WarehouseId,
    /// Lower first.
    pub priority: i32,
    /// Metres from the destination, if both positions are known.
    pub distance: Option<u32>,
}

/// A request to allocate an order from several warehouses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOrder {
    /// The order.
    pub order: OrderId,
    /// The choice of the warehouses.
    pub source: OrderSource,
}

/// The choice of the warehouses of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderSource {
    /// The best plan by a policy.
    Policy {
        /// The rules for the plan.
        rules: SourcingRules,
        /// The warehouses that may be used, each once.
        candidates: Vec<SourcingCandidate>,
    },
    /// Exactly this plan: one parcel per warehouse, by ascending id.
    Plan(Vec<Parcel>),
}

/// A stock level that was read without a lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenLevel {
    /// Available units.
    pub available: i32,
    /// Units in expired blocks that are not reclaimed yet. An allocation reclaims them if it needs them.
    pub expired: i32,
}

impl SeenLevel {
    /// The units that an allocation could take.
    pub fn units(self) -> i32 {
        self.available.saturating_add(self.expired)
    }
}

/// The result of the search for an order's best plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sourced {
    /// The best plan, and whether the search covered all plans.
    Plan(SourcingPlan, bool),
    /// No plan satisfies the rules. `available` of a shortage has the units that the best plan would take if units might be
    /// missing.
    Short(Vec<Shortage>),
}

/// Returns the plans of an order, best first. `available` returns the units of a stock level that a plan may take.
pub fn plan_order(
    lines: &[(ItemId, i32)],
    rules: SourcingRules,
    candidates: &[SourcingCandidate],
    available: impl Fn(LevelKey) -> i32,
    plans_max: usize,
) -> Sourcing {
    let units = |item: ItemId, warehouse| (item, available(LevelKey { item, warehouse }));
    let warehouse = |candidate: &SourcingCandidate| SourcingWarehouse {
        id: candidate.id,
        priority: candidate.priority,
        distance: candidate.distance,
        available: lines.iter().map(|(item, _)| units(*item, candidate.id)).collect(),
    };
    let warehouses: Vec<_> = candidates.iter().map(warehouse).collect();
    plan_sourcing(&lines.iter().copied().collect(), &warehouses, rules, plans_max)
}

/// Returns the best plan of an order, or its shortages.
pub fn source_order(
    lines: &[(ItemId, i32)],
    rules: SourcingRules,
    candidates: &[SourcingCandidate],
    available: impl Fn(LevelKey) -> i32,
) -> Sourced {
    let best = |rules| {
        let sourcing = plan_order(lines, rules, candidates, &available, 1);
        let is_optimal = sourcing.is_optimal;
        sourcing.plans.into_iter().next().map(|plan| (plan, is_optimal))
    };
    if let Some((plan, is_optimal)) = best(rules) {
        return Sourced::Plan(plan, is_optimal);
    }
    let partial = best(SourcingRules { mode: AllocationMode::Partial, ..rules });
    let missing = |item: &ItemId, requested: i32| match &partial {
        Some((plan, _)) => plan.missing.get(item).copied().unwrap_or(0),
        None => requested,
    };
    let shortage = |(item, requested): &(ItemId, i32)| {
        let available = requested - missing(item, *requested);
        (available < *requested).then_some(Shortage { item: *item, requested: *requested, available })
    };
    let short: Vec<_> = lines.iter().filter_map(shortage).collect();
    match partial {
        // A search that is not exact can find a whole plan in the other mode only.
        Some((plan, is_optimal)) if short.is_empty() => Sourced::Plan(plan, is_optimal),
        _ => Sourced::Short(short),
    }
}

/// Returns the stock levels that requests by policy have to lock.
///
/// The requests are planned one after another on the levels that were read without a lock. An order needs the levels of its
/// best plan. An order that lacks units needs all its levels, because their expired blocks are reclaimed. With `all`, each
/// order needs the levels of all its candidates.
pub fn levels_to_lock<'a>(
    requests: impl IntoIterator<Item = &'a SourceOrder>,
    orders: &HashMap<OrderId, OrderSummary>,
    seen: &BTreeMap<LevelKey, SeenLevel>,
    all: bool,
) -> BTreeSet<LevelKey> {
    let mut left: BTreeMap<LevelKey, i32> = seen.iter().map(|(key, level)| (*key, level.units())).collect();
    let mut chosen = BTreeSet::new();
    for SourceOrder { order, source } in requests {
        let OrderSource::Policy { rules, candidates } = source else { continue };
        let lacks_units =
            |order: &&OrderSummary| matches!(order.status, OrderStatus::Pending | OrderStatus::Partial);
        let Some(order) = orders.get(order).filter(lacks_units) else { continue };
        let demand = order.demand();
        let sourced = match all {
            true => Sourced::Short(Vec::new()),
            false => source_order(&demand, *rules, candidates, |key| units_of(&left, key)),
        };
        match sourced {
            Sourced::Plan(plan, _) => {
                for (key, units) in plan.levels() {
                    chosen.insert(key);
                    *left.entry(key).or_default() -= units;
                }
            }
            Sourced::Short(_) => {
                let warehouses = candidates.iter().map(|candidate| candidate.id);
                let keys = warehouses.flat_map(|warehouse| {
                    demand.iter().map(move |(item, _)| LevelKey { item: *item, warehouse })
                });
                chosen.extend(keys.filter(|key| seen.contains_key(key)));
            }
        }
    }
    chosen
}

fn units_of(left: &BTreeMap<LevelKey, i32>, key: LevelKey) -> i32 {
    left.get(&key).copied().unwrap_or(0)
}

impl SourcingPlan {
    /// The stock levels that the plan takes units from, with the units.
    pub fn levels(&self) -> impl Iterator<Item = (LevelKey, i32)> {
        parcel_levels(&self.parcels)
    }
}

/// Returns the stock levels that parcels take units from, with the units.
pub fn parcel_levels(parcels: &[Parcel]) -> impl Iterator<Item = (LevelKey, i32)> {
    parcels.iter().flat_map(|parcel| {
        let key = |item: &ItemId| LevelKey { item: *item, warehouse: parcel.warehouse };
        parcel.units.iter().map(move |(item, units)| (key(item), *units))
    })
}
