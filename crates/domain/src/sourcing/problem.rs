//! The input of the search as dense tables.

use super::{AllocationMode, SourcingPolicy, SourcingRules, SourcingWarehouse};
use crate::{ItemId, WarehouseId};
use std::collections::BTreeMap;

/// An order's demand, and the warehouses that have units of it.
///
/// Units are `u32`: the sum of two values up to [`crate::UNITS_MAX`] does not overflow.
pub(super) struct Problem {
    pub(super) rules: SourcingRules,
    pub(super) items: Vec<ItemId>,
    /// Units of each item.
    pub(super) demand: Vec<u32>,
    /// Units of all items.
    pub(super) total: u64,
    /// In the order of rank, then id. Each has at least one unit that a plan can take.
    pub(super) warehouses: Vec<Candidate>,
}

/// A warehouse with units of the order.
pub(super) struct Candidate {
    pub(super) id: WarehouseId,
    /// Warehouses of equal rank have the same number. The numbers are consecutive from 0.
    pub(super) rank: usize,
    /// Units of each item that a plan can take: at most the demand.
    pub(super) units: Vec<u32>,
    /// The sum of `units`.
    pub(super) units_sum: u64,
}

impl Problem {
    pub(super) fn new(
        demand: &BTreeMap<ItemId, i32>,
        warehouses: &[SourcingWarehouse],
        rules: SourcingRules,
    ) -> Self {
        let wanted = demand.iter().filter(|(_, units)| **units > 0);
        let (items, demand): (Vec<_>, Vec<_>) =
            wanted.map(|(item, units)| (*item, units.unsigned_abs())).unzip();
        let mut ranked: Vec<_> = warehouses
            .iter()
            .filter_map(|warehouse| {
                let available = items.iter().map(|item| warehouse.available.get(item).copied().unwrap_or(0));
                let available: Vec<_> = available.map(|units| units.max(0).unsigned_abs()).collect();
                let measure = measure(warehouse, &available, rules.policy);
                let units: Vec<_> = available
                    .iter()
                    .zip(&demand)
                    .map(|(available, demand)| takeable(*available, *demand, rules))
                    .collect();
                let units_sum: u64 = units.iter().copied().map(u64::from).sum();
                let candidate = Candidate { id: warehouse.id, rank: 0, units, units_sum };
                (units_sum > 0).then_some((measure, candidate))
            })
            .collect();
        ranked.sort_by_key(|(measure, candidate)| (*measure, candidate.id));
        let mut rank = 0;
        let mut before = None;
        let warehouses = ranked.into_iter().map(|(measure, candidate)| {
            rank += usize::from(before.is_some_and(|before| before != measure));
            before = Some(measure);
            Candidate { rank, ..candidate }
        });
        let warehouses = warehouses.collect();
        let total = demand.iter().copied().map(u64::from).sum();
        Self { rules, items, demand, total, warehouses }
    }

    /// The maximum number of parcels of a plan.
    pub(super) fn parcels_max(&self) -> usize {
        let limit = self.rules.max_parcels.and_then(|max| usize::try_from(max.get()).ok());
        limit.unwrap_or(usize::MAX).min(self.warehouses.len())
    }

    /// Returns the units of an item after a warehouse was added to a set that has `before` of them.
    pub(super) fn combine(&self, before: u32, units: u32, demand: u32) -> u32 {
        match self.rules.split_lines {
            true => (before + units).min(demand),
            false => before.max(units),
        }
    }

    /// Returns whether a plan with these units and parcels satisfies the rules.
    pub(super) fn accepts(&self, filled: u64, parcels: usize) -> bool {
        let has_units = match self.rules.mode {
            AllocationMode::Whole => filled == self.total,
            AllocationMode::Partial => filled > 0,
        };
        has_units && parcels <= self.parcels_max()
    }

    /// Returns whether all warehouses together can't satisfy the rules.
    pub(super) fn is_impossible(&self) -> bool {
        let mut filled = vec![0; self.items.len()];
        for candidate in &self.warehouses {
            for ((filled, units), demand) in filled.iter_mut().zip(&candidate.units).zip(&self.demand) {
                *filled = self.combine(*filled, *units, *demand);
            }
        }
        !self.accepts(filled.iter().copied().map(u64::from).sum(), 0)
    }
}

/// Returns the units of an item that a plan can take from a warehouse.
fn takeable(available: u32, demand: u32, rules: SourcingRules) -> u32 {
    let needs_all = !rules.split_lines && rules.mode == AllocationMode::Whole;
    match needs_all && available < demand {
        true => 0,
        false => available.min(demand),
    }
}

/// Returns the measure of the policy. A lower one is a better rank.
fn measure(warehouse: &SourcingWarehouse, available: &[u32], policy: SourcingPolicy) -> (i64, u32) {
    let distance = warehouse.distance.unwrap_or(u32::MAX);
    let priority = i64::from(warehouse.priority);
    match policy {
        SourcingPolicy::FewestParcels => (priority, distance),
        SourcingPolicy::Priority => (priority, 0),
        SourcingPolicy::Nearest => (0, distance),
        SourcingPolicy::HighestStock => (-available.iter().copied().map(i64::from).sum::<i64>(), 0),
    }
}
