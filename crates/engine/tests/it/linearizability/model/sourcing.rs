//! The rules of orders that are allocated from several warehouses: by policy, and by a plan.

use super::*;
use domain::{
    Decision, Granted, OrderAllocation, OrderSource, Parcel, SourceOrder, SourcingCandidate, SourcingPolicy,
    SourcingRules, parcel_levels,
};
use std::cmp::Reverse;

/// The place of a plan in the order of plans: units, parcels for some policies, units by rank, parcels, ids.
type Place = (Reverse<i32>, usize, Reverse<Vec<i32>>, usize, Vec<WarehouseId>);

/// A plan: units by stock level.
type Plan = BTreeMap<LevelKey, i32>;

impl Ledger {
    /// Allocates an order from several warehouses. Returns whether the response matches. `is_alone` if no other request ran at
    /// the same time: the plan must then be the best one. Otherwise levels that the plan does not use may have changed after
    /// they were read.
    pub(super) fn source(&mut self, source: &SourceOrder, answer: &Decision, is_alone: bool) -> bool {
        let order = match self.lacking(source.order) {
            Ok(order) => order,
            Err(rejection) => return *answer == Err(rejection),
        };
        let demand = order.missing();
        match &source.source {
            OrderSource::Plan(parcels) => self.source_by_plan(source.order, order, parcels, answer),
            OrderSource::Policy { rules, candidates } => {
                let Ok(Granted::Allocated(reported)) = answer else { return false };
                let (best, is_whole) = self.best_plan(&demand, *rules, candidates);
                match reported.shortages.is_empty() {
                    true => {
                        let plan: Plan = parcel_levels(&reported.parcels).collect();
                        let is_best = !is_alone || (is_whole && plan == best);
                        let parcels_max = rules.max_parcels.map_or(usize::MAX, |max| max.get() as usize);
                        is_best
                            && reported.is_optimal
                            && reported.parcels.len() <= parcels_max
                            && self.take_plan(source.order, order, &plan, reported)
                    }
                    false => {
                        let got = |item: &ItemId| units_of(&best, *item);
                        let short = demand.iter().filter(|(item, units)| got(item) < **units);
                        let shortages = short.map(|(item, units)| Shortage {
                            item: *item,
                            requested: *units,
                            available: got(item),
                        });
                        let shortages: Vec<_> = shortages.collect();
                        let is_due = shortages.iter().any(|short| self.is_due(short.item, None));
                        !is_whole && !is_due && *reported == short_of(source.order, shortages)
                    }
                }
            }
        }
    }

    fn source_by_plan(&mut self, id: OrderId, order: Order, parcels: &[Parcel], answer: &Decision) -> bool {
        let plan: Plan = parcel_levels(parcels).collect();
        let demand = order.missing();
        let items = demand.keys().copied().chain(plan.keys().map(|key| key.item));
        for item in items {
            let requested = demand.get(&item).copied().unwrap_or(0);
            if requested != units_of(&plan, item) {
                let (requested, planned) = (requested.into(), units_of(&plan, item).into());
                return *answer == Err(Rejection::PlanMismatch { order: id, item, requested, planned });
            }
        }
        let Ok(Granted::Allocated(reported)) = answer else { return false };
        let mut short = BTreeMap::<ItemId, (i32, i32)>::new();
        for (key, units) in plan.iter().filter(|(key, units)| self.units(**key) < **units) {
            if self.is_due(key.item, Some(key.warehouse)) {
                return false;
            }
            let sums = short.entry(key.item).or_default();
            (sums.0, sums.1) = (sums.0 + units, sums.1 + self.units(*key));
        }
        if short.is_empty() {
            return reported.parcels == parcels && self.take_plan(id, order, &plan, reported);
        }
        let shortage = |(item, (requested, available))| Shortage { item, requested, available };
        *reported == short_of(id, short.into_iter().map(shortage).collect())
    }

    /// Takes the units of a plan. Returns whether they are there, are those of the order, and the response matches.
    fn take_plan(&mut self, id: OrderId, mut order: Order, plan: &Plan, reported: &OrderAllocation) -> bool {
        if plan.iter().any(|(key, units)| *units <= 0 || self.units(*key) < *units) {
            return false;
        }
        let demand = order.missing();
        let is_whole = demand.iter().all(|(item, units)| units_of(plan, *item) == *units)
            && plan.keys().all(|key| demand.contains_key(&key.item));
        for (key, units) in plan {
            self.add(*key, -units);
            order.give(*key, *units);
        }
        order.set_status();
        let warehouse = order.warehouse();
        self.orders.insert(id, order);
        is_whole && (reported.order, reported.warehouse) == (id, warehouse)
    }

    /// Returns the best plan of all sets of warehouses, and whether it has every unit. Units of expired blocks count.
    fn best_plan(
        &self,
        demand: &BTreeMap<ItemId, i32>,
        rules: SourcingRules,
        candidates: &[SourcingCandidate],
    ) -> (Plan, bool) {
        let units = |item: ItemId, candidate: &SourcingCandidate| {
            let key = LevelKey { item, warehouse: candidate.id };
            let due = self.blocks.values().filter(|entry| entry.key == key && entry.state == State::Due);
            self.units(key) + due.map(|entry| entry.units).sum::<i32>()
        };
        let measure = |candidate: &SourcingCandidate| match rules.policy {
            SourcingPolicy::HighestStock => -demand.keys().map(|item| units(*item, candidate)).sum::<i32>(),
            _ => candidate.priority,
        };
        let mut ranked: Vec<_> = candidates.iter().collect();
        ranked.sort_by_key(|candidate| (measure(candidate), candidate.id));
        let parcels_max = rules.max_parcels.map_or(usize::MAX, |max| max.get() as usize);
        let mut best: Option<(Place, Plan)> = None;
        for set in 0..1_u32 << ranked.len() {
            let chosen = ranked.iter().enumerate().filter(|(index, _)| set & (1 << index) != 0);
            let (mut plan, mut by_rank) = (Plan::new(), BTreeMap::<i32, i32>::new());
            ranked.iter().for_each(|candidate| _ = by_rank.insert(measure(candidate), 0));
            let mut missing = demand.clone();
            for (_, candidate) in chosen {
                for (item, missing) in &mut missing {
                    let part = units(*item, candidate).min(*missing);
                    if part > 0 {
                        *missing -= part;
                        plan.insert(LevelKey { item: *item, warehouse: candidate.id }, part);
                        *by_rank.entry(measure(candidate)).or_default() += part;
                    }
                }
            }
            let mut ids: Vec<_> = plan.keys().map(|key| key.warehouse).collect();
            ids.sort_unstable();
            ids.dedup();
            let parcels = ids.len();
            let first = if rules.policy == SourcingPolicy::FewestParcels { parcels } else { 0 };
            let filled = Reverse(plan.values().sum());
            let place = (filled, first, Reverse(by_rank.into_values().collect()), parcels, ids);
            if parcels <= parcels_max && best.as_ref().is_none_or(|(other, _)| place < *other) {
                best = Some((place, plan));
            }
        }
        let plan = best.map(|(_, plan)| plan).unwrap_or_default();
        let is_whole = demand.iter().all(|(item, units)| units_of(&plan, *item) == *units);
        (plan, is_whole)
    }
}

fn units_of(plan: &Plan, item: ItemId) -> i32 {
    plan.iter().filter(|(key, _)| key.item == item).map(|(_, units)| units).sum()
}

fn short_of(order: OrderId, shortages: Vec<Shortage>) -> OrderAllocation {
    OrderAllocation { order, warehouse: None, parcels: Vec::new(), is_optimal: true, shortages }
}
