//! The sourcing planner: finds the warehouses that an order is allocated from.
//!
//! A *plan* takes units of the order's items from some warehouses. The units from one warehouse are a *parcel*. Plans are
//! compared by one total order, so that equal input has equal plans, in any order of the input:
//!
//! 1. the most units;
//! 2. for [`SourcingPolicy::FewestParcels`] only: the fewest parcels;
//! 3. the most units from the warehouses of the first rank, then of the second, and so on. Rank is the policy's measure;
//! 4. the fewest parcels;
//! 5. the lowest warehouse ids: the ascending lists of ids are compared number by number.
//!
//! | policy | rank |
//! | --- | --- |
//! | fewest parcels | priority (lower first), then distance (nearer first) |
//! | priority | priority |
//! | nearest | distance; warehouses without a distance are last |
//! | highest stock | available units of the order's items, over all of them (more first) |
//!
//! A set of warehouses has one plan: its warehouses are emptied in the order of rank, then id. The search is over sets,
//! because no other division of the units among the same warehouses is better in this order.

use crate::ItemId;
use std::collections::BTreeMap;

mod choice;
mod evaluate;
mod greedy;
mod model;
mod order;
mod problem;
mod search;
#[cfg(test)]
mod tests;

pub use choice::{AllocateFrom, PlanLine};
pub use model::{
    AllocationMode, Parcel, SOURCING_EXACT_WAREHOUSES_MAX, SOURCING_STEPS_MAX, Sourcing, SourcingPlan,
    SourcingPolicy, SourcingRules, SourcingWarehouse,
};
pub use order::{
    OrderSource, PARCELS_MAX, PLAN_LINES_MAX, PolicyChoice, SeenLevel, SourceOrder, Sourced,
    SourcingCandidate, levels_to_lock, parcel_levels, plan_order, source_order,
};

use evaluate::{Evaluated, evaluate};
use problem::Problem;

/// Plans the allocation of an order. Returns at most `plans_max` plans, best first in the order that the module describes.
///
/// `demand` has the units of each item; items with fewer than 1 unit are ignored. A demand without units has one plan
/// without parcels. In [`AllocationMode::Whole`] a plan has every unit. In [`AllocationMode::Partial`] a plan has at
/// least one. Each warehouse of `warehouses` occurs once.
///
/// The search is exact up to [`SOURCING_EXACT_WAREHOUSES_MAX`] warehouses with units of the order, unless it exceeds
/// [`SOURCING_STEPS_MAX`]. Otherwise `is_optimal` is false, and the first plan is at least as good as the better one of two
/// greedy plans: that of the warehouses in the order of rank, if it satisfies the limit of parcels; and the one that adds
/// the warehouse with the most missing units again and again. The first has the most units, by rank. The second has at
/// most `1 + ln(units)` times the fewest parcels; under a limit of parcels it has at least 63 % (`1 - 1/e`) of the units
/// that are possible. The second stops early if it exceeds [`SOURCING_STEPS_MAX`].
pub fn plan_sourcing(
    demand: &BTreeMap<ItemId, i32>,
    warehouses: &[SourcingWarehouse],
    rules: SourcingRules,
    plans_max: usize,
) -> Sourcing {
    let problem = Problem::new(demand, warehouses, rules);
    if problem.total == 0 {
        let plans = (plans_max > 0).then(SourcingPlan::default).into_iter().collect();
        return Sourcing { plans, is_optimal: true };
    }
    if plans_max == 0 || problem.is_impossible() {
        return Sourcing { plans: Vec::new(), is_optimal: true };
    }
    let by_gain = greedy::by_gain(&problem);
    let pool = greedy::pool(&problem, &by_gain);
    let found = search::search(&problem, &pool, &by_gain, plans_max);
    let mut sets = found.sets;
    let is_optimal = found.is_complete && pool.len() == problem.warehouses.len();
    if !is_optimal {
        sets.push(by_gain);
        sets.push((0..problem.warehouses.len()).collect());
    }
    let mut plans: Vec<Evaluated> = sets.iter().map(|set| evaluate(&problem, set)).collect();
    plans.retain(|plan| problem.accepts(plan.filled(), plan.parcels()));
    plans.sort_by(|a, b| a.key.cmp(&b.key));
    plans.dedup_by(|a, b| a.key == b.key);
    plans.truncate(plans_max);
    Sourcing { plans: plans.iter().map(|plan| plan.to_plan(&problem)).collect(), is_optimal }
}
