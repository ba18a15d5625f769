//! The decision about a single request: the allocation of an order from several warehouses.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use crate::sourcing::{OrderSource, SourceOrder, Sourced, parcel_levels, source_order};
use crate::{
    Error, ItemId, LevelKey, MovementReason, OrderAllocation, OrderStatus, OrderSummary, Parcel, Shortage,
    SourcingCandidate, SourcingPlan, SourcingRules,
};
use std::collections::BTreeMap;

impl Draft<'_> {
    pub(super) fn source(&mut self, index: usize, request: &SourceOrder) -> Decision {
        let order = self.lacking_order(request.order)?;
        let demand = order.demand();
        demand.iter().try_for_each(|(item, _)| self.check_sellable(*item))?;
        match &request.source {
            OrderSource::Policy { rules, candidates } => {
                self.source_by_policy(index, order, &demand, (*rules, candidates))
            }
            OrderSource::Plan(parcels) => self.source_by_plan(index, order, &demand, parcels),
        }
    }

    /// Takes the best plan on the levels of the draft. A level that is not locked counts with the units that were read.
    fn source_by_policy(
        &mut self,
        index: usize,
        order: OrderSummary,
        demand: &[(ItemId, i32)],
        (rules, candidates): (SourcingRules, &[SourcingCandidate]),
    ) -> Decision {
        let is_allowed = |candidate: &&SourcingCandidate| self.check_warehouse(candidate.id).is_ok();
        let candidates: Vec<_> = candidates.iter().filter(is_allowed).copied().collect();
        match source_order(demand, rules, &candidates, |key| self.units_to_source(key)) {
            Sourced::Plan(plan, is_optimal) => {
                if plan.levels().any(|(key, _)| !self.levels.contains_key(&key)) {
                    return Err(self.lack_locks());
                }
                self.take_parcels(index, order, plan.parcels, is_optimal)
            }
            Sourced::Short(shortages) => {
                let seen = &self.before.seen_levels;
                let mut keys = demand.iter().flat_map(|(item, _)| {
                    candidates.iter().map(|candidate| LevelKey { item: *item, warehouse: candidate.id })
                });
                // The levels of a shortage are those of one moment, and their expired blocks can be reclaimed.
                if keys.any(|key| seen.contains_key(&key) && !self.levels.contains_key(&key)) {
                    return Err(self.lack_locks());
                }
                // Expired blocks of any item may have been reclaimed, or may have expired, after the read without locks. With
                // fewer units another item is short; with more another warehouse fills the order.
                self.short_items.extend(demand.iter().map(|(item, _)| *item));
                Ok(self.short(&order, shortages))
            }
        }
    }

    /// Takes exactly the units of a plan.
    fn source_by_plan(
        &mut self,
        index: usize,
        order: OrderSummary,
        demand: &[(ItemId, i32)],
        parcels: &[Parcel],
    ) -> Decision {
        let mut planned = BTreeMap::<ItemId, i64>::new();
        for (key, units) in parcel_levels(parcels) {
            self.check_warehouse(key.warehouse)?;
            if !self.before.warehouses.contains(&key.warehouse) {
                return Err(Error::WarehouseNotFound(key.warehouse));
            }
            *planned.entry(key.item).or_default() += i64::from(units);
        }
        let wanted: BTreeMap<_, _> = demand.iter().map(|(item, units)| (*item, i64::from(*units))).collect();
        let units = |of: &BTreeMap<ItemId, i64>, item| of.get(item).copied().unwrap_or(0);
        let mut items = wanted.keys().chain(planned.keys());
        if let Some(item) = items.find(|item| units(&wanted, item) != units(&planned, item)) {
            let (requested, planned) = (units(&wanted, item), units(&planned, item));
            return Err(Error::PlanMismatch { order: order.id, item: *item, requested, planned });
        }
        self.take_parcels(index, order, parcels.to_vec(), true)
    }

    /// Takes the units of parcels from locked levels, or nothing. Levels that lack units have expired blocks, which are
    /// reclaimed before the request is decided again, or are short.
    fn take_parcels(
        &mut self,
        index: usize,
        mut order: OrderSummary,
        parcels: Vec<Parcel>,
        is_optimal: bool,
    ) -> Decision {
        let plan = SourcingPlan { parcels, missing: BTreeMap::new() };
        let mut short = BTreeMap::<ItemId, Shortage>::new();
        for (key, units) in plan.levels().filter(|(key, units)| self.available(*key) < *units) {
            let empty = Shortage { item: key.item, requested: 0, available: 0 };
            let shortage = short.entry(key.item).or_insert(empty);
            shortage.requested = shortage.requested.saturating_add(units);
            shortage.available = shortage.available.saturating_add(self.available(key));
        }
        if !short.is_empty() {
            return Ok(self.short(&order, short.into_values().collect()));
        }
        for (key, units) in plan.levels() {
            let cause = Cause { order: Some(order.id), ..Cause::request(index) };
            self.change_level(key, -units, MovementReason::Allocated, cause)?;
            order.allocate(key, units);
        }
        let (id, warehouse) = (order.id, order.warehouse);
        order.status = match order.is_complete() {
            true => OrderStatus::Allocated,
            false => OrderStatus::Partial,
        };
        self.record_order(order).allocated = Some(index);
        let SourcingPlan { parcels, .. } = plan;
        Ok(Granted::Allocated(OrderAllocation {
            order: id,
            warehouse,
            parcels,
            is_optimal,
            shortages: Vec::new(),
        }))
    }

    /// Records the short items, and returns the shortages as a result.
    fn short(&mut self, order: &OrderSummary, shortages: Vec<Shortage>) -> Granted {
        self.short_items.extend(shortages.iter().map(|shortage| shortage.item));
        Granted::Allocated(OrderAllocation {
            order: order.id,
            warehouse: None,
            parcels: Vec::new(),
            is_optimal: true,
            shortages,
        })
    }

    /// Returns the units of a level that a plan may take: the available ones, and those of expired blocks that were not
    /// reclaimed yet.
    fn units_to_source(&self, key: LevelKey) -> i32 {
        let seen = self.before.seen_levels.get(&key).copied().unwrap_or_default();
        let available = self.levels.get(&key).copied().unwrap_or(seen.available);
        available.saturating_add(seen.expired)
    }

    /// Marks the plan of the batch as undecidable. The caller discards it, so the error is never an answer.
    fn lack_locks(&mut self) -> Error {
        self.lacks_locks = true;
        Error::invalid("plan", "needs a stock level that is not locked")
    }
}
