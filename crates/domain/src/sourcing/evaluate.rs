//! The plan of a set of warehouses, and its place in the order of plans.

use super::problem::Problem;
use super::{Parcel, SourcingPlan, SourcingPolicy};
use crate::WarehouseId;
use std::cmp::Reverse;

/// The place of a plan in the order of plans: the lowest is the best. The fields are compared in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    filled: Reverse<u64>,
    /// 0 for the policies that compare the parcels after the ranks.
    parcels_first: usize,
    /// Units by rank.
    ranks: Reverse<Vec<u64>>,
    parcels: usize,
    /// Ascending.
    ids: Vec<WarehouseId>,
}

impl Key {
    /// Returns the key of a plan that takes `units` by rank from the warehouses `ids`.
    pub(super) fn new(policy: SourcingPolicy, ranks: Vec<u64>, mut ids: Vec<WarehouseId>) -> Self {
        ids.sort_unstable();
        let parcels = ids.len();
        let parcels_first = if policy == SourcingPolicy::FewestParcels { parcels } else { 0 };
        Self { filled: Reverse(ranks.iter().sum()), parcels_first, ranks: Reverse(ranks), parcels, ids }
    }
}

/// The plan of a set of warehouses.
pub(super) struct Evaluated {
    pub(super) key: Key,
    /// The warehouses with units, by rank, and their units of each item.
    parcels: Vec<(usize, Vec<u32>)>,
}

impl Evaluated {
    pub(super) fn filled(&self) -> u64 {
        self.key.filled.0
    }

    pub(super) fn parcels(&self) -> usize {
        self.parcels.len()
    }

    pub(super) fn to_plan(&self, problem: &Problem) -> SourcingPlan {
        // A number of units is at most the demand, which is an `i32`.
        let units = |units: u32| i32::try_from(units).unwrap_or(i32::MAX);
        let mut missing = problem.demand.clone();
        let mut parcels = Vec::with_capacity(self.parcels.len());
        for (index, taken) in &self.parcels {
            missing.iter_mut().zip(taken).for_each(|(missing, taken)| *missing -= taken);
            let lines = problem.items.iter().zip(taken).filter(|(_, taken)| **taken > 0);
            let units = lines.map(|(item, taken)| (*item, units(*taken))).collect();
            parcels.push(Parcel { warehouse: problem.warehouses[*index].id, units });
        }
        let missing = problem.items.iter().zip(missing).filter(|(_, missing)| *missing > 0);
        SourcingPlan { parcels, missing: missing.map(|(item, missing)| (*item, units(missing))).collect() }
    }
}

/// Returns the plan of a set of warehouses, which are ascending indexes. Warehouses that the plan does not need are left
/// out.
pub(super) fn evaluate(problem: &Problem, set: &[usize]) -> Evaluated {
    let mut taken = vec![vec![0_u32; problem.items.len()]; set.len()];
    for (item, demand) in problem.demand.iter().enumerate() {
        let units = |index: &usize| problem.warehouses[*index].units[item];
        if problem.rules.split_lines {
            let mut missing = *demand;
            for (taken, index) in taken.iter_mut().zip(set) {
                taken[item] = units(index).min(missing);
                missing -= taken[item];
            }
        } else {
            // The first of those with the most units.
            let best = set.iter().enumerate().rev().max_by_key(|(_, index)| units(index));
            if let Some((position, index)) = best {
                taken[position][item] = units(index);
            }
        }
    }
    let parcels = set.iter().copied().zip(taken);
    let parcels: Vec<_> = parcels.filter(|(_, taken)| taken.iter().any(|units| *units > 0)).collect();
    let mut ranks = vec![0; problem.warehouses.last().map_or(0, |last| last.rank + 1)];
    for (index, taken) in &parcels {
        ranks[problem.warehouses[*index].rank] += taken.iter().copied().map(u64::from).sum::<u64>();
    }
    let ids = parcels.iter().map(|(index, _)| problem.warehouses[*index].id).collect();
    Evaluated { key: Key::new(problem.rules.policy, ranks, ids), parcels }
}
