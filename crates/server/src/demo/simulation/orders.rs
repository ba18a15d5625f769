//! Orders: sourcing, shipping, cancellations and returns.

use super::holds::{SYSTEM, WEBSHOP};
use super::supply::{ADA, BEN};
use super::{Event, Simulation, id, key, number};
use crate::demo::plan::OUTLET;
use crate::demo::rhythm::{DAY, HOUR, SECOND};
use domain::{Condition, ItemId, LevelKey, MovementReason, OrderId, OrderStatus, OrderSummary};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use store::HistoryOrder;

/// The connection to a marketplace.
pub(super) const MARKETPLACE: &str = "client:marketplace";

/// The references of marketplace orders begin after this number.
const MARKET_NUMBERS: u32 = 70_400;

impl Simulation<'_> {
    /// Adds an order without units. Returns its number.
    pub(super) fn new_order(
        &mut self,
        reference: String,
        lines: impl IntoIterator<Item = (ItemId, i32)>,
        actor: &'static str,
    ) -> usize {
        let order = self.history.orders.len();
        let mut sums = BTreeMap::<ItemId, i32>::new();
        lines.into_iter().for_each(|(item, units)| *sums.entry(item).or_default() += units);
        self.history.orders.push(HistoryOrder {
            summary: OrderSummary {
                id: OrderId(id(order)),
                status: OrderStatus::Pending,
                warehouse: None,
                lines: sums.into_iter().collect(),
                allocations: BTreeMap::new(),
            },
            reference,
            created_at: self.time,
            updated_at: self.time,
            allocated_at: None,
            created_by: actor.to_owned(),
            allocated_by: None,
            cancelled_by: None,
            priority: 0,
            waiting_since: None,
        });
        order
    }

    pub(super) fn market_order(&mut self) {
        let lines = self.cart_lines();
        let lines = lines.into_iter().map(|(item, units)| (ItemId(id(item)), units));
        self.market_order_of(lines.collect());
    }

    /// Adds an order of the marketplace, which gets its units at once if there are enough.
    pub(super) fn market_order_of(&mut self, lines: Vec<(ItemId, i32)>) {
        self.market_orders += 1;
        let reference = format!("MKT-{}", MARKET_NUMBERS + self.market_orders);
        let order = self.new_order(reference, lines, MARKETPLACE);
        self.queue_in(2 * SECOND..40 * SECOND, Event::Source(order));
    }

    /// Allocates an order: from one warehouse if one has every line, otherwise from several. Missing units wait.
    pub(super) fn source(&mut self, order: usize) {
        let lines = self.history.orders[order].summary.lines.clone();
        let mut warehouses: Vec<_> = (0..OUTLET).collect();
        // The nearest hub of the customer comes first.
        let nearest = self.rng.usize(0..OUTLET);
        warehouses.rotate_left(nearest);
        let has_all = |warehouse: &usize| {
            let level = |item: &ItemId| self.level(key(number(*item), *warehouse));
            lines.iter().all(|(item, units)| level(item) >= *units)
        };
        let is_market = self.history.orders[order].created_by == MARKETPLACE;
        let actor = if is_market { MARKETPLACE } else { ADA };
        match warehouses.iter().find(|warehouse| has_all(warehouse)) {
            Some(warehouse) => {
                for (item, units) in lines {
                    self.allocate(order, key(number(item), *warehouse), units, actor);
                }
            }
            None => self.fill(order, actor),
        }
        self.allocated(order, actor);
    }

    fn allocate(&mut self, order: usize, key: LevelKey, units: i32, actor: &'static str) {
        self.record(key, -units, MovementReason::Allocated, actor).order = Some(OrderId(id(order)));
        self.history.orders[order].summary.allocate(key, units);
    }

    /// Allocates the missing units that are available, from the fullest levels first.
    fn fill(&mut self, order: usize, actor: &'static str) {
        for (item, mut missing) in self.history.orders[order].summary.missing() {
            let mut levels: Vec<_> = (0..OUTLET).map(|warehouse| key(number(item), warehouse)).collect();
            // The outlet's units come last: a fill takes from every warehouse.
            levels.sort_by_key(|key| Reverse(self.level(*key)));
            levels.push(key(number(item), OUTLET));
            for level in levels {
                let units = missing.min(self.level(level));
                if units > 0 && self.history.items[number(item)].archived_at.is_none() {
                    self.allocate(order, level, units, actor);
                    missing -= units;
                }
            }
        }
    }

    /// Sets the status of an order after it got units. Its shipment or its wait begins.
    pub(super) fn allocated(&mut self, order: usize, actor: &'static str) {
        let (time, tick) = (self.time, self.tick);
        let changed = &mut self.history.orders[order];
        changed.summary.set_status_by_units();
        changed.updated_at = time;
        if !changed.summary.allocations.is_empty() {
            (changed.allocated_at, changed.allocated_by) = (Some(time), Some(actor.to_owned()));
        }
        if changed.summary.status != OrderStatus::Allocated {
            changed.waiting_since = changed.waiting_since.or(Some(time));
            self.waiting.insert(order);
            return;
        }
        changed.waiting_since = None;
        self.waiting.remove(&order);
        let mut warehouses: Vec<_> = changed
            .summary
            .allocations
            .keys()
            .map(|key| usize::try_from(key.warehouse.0).unwrap_or(0))
            .collect();
        warehouses.dedup();
        warehouses.sort_unstable();
        warehouses.dedup();
        for warehouse in warehouses {
            let packed = self.rng.u64(9 * HOUR..30 * HOUR);
            self.queue_at(tick + packed, Event::Ship(order, warehouse));
        }
    }

    /// Gives units that became available to the orders that wait for them, as the server does.
    pub(super) fn fill_waiting(&mut self) {
        let risen = std::mem::take(&mut self.risen);
        if risen.is_empty() || self.waiting.is_empty() {
            return;
        }
        let mut queue: Vec<_> = self.waiting.iter().copied().collect();
        queue.sort_by_key(|order| {
            let order = &self.history.orders[*order];
            (Reverse(order.priority), order.waiting_since, order.summary.id)
        });
        for order in queue {
            let missing = self.history.orders[order].summary.missing();
            if missing.keys().any(|item| risen.contains(item) && self.available(number(*item)) > 0) {
                self.fill(order, SYSTEM);
                self.allocated(order, SYSTEM);
            }
        }
    }

    pub(super) fn ship(&mut self, order: usize, warehouse: usize) {
        let summary = &self.history.orders[order].summary;
        if summary.status == OrderStatus::Cancelled {
            return;
        }
        let units: Vec<_> = (summary.allocations.iter())
            .filter(|(key, units)| key.warehouse.0 == id(warehouse) && units.allocated > 0)
            .map(|(key, units)| (*key, units.allocated))
            .collect();
        for (key, units) in units {
            let movement = self.record(key, 0, MovementReason::Shipped, BEN);
            (movement.order, movement.units) = (Some(OrderId(id(order))), Some(units));
            if let Some(held) = self.history.orders[order].summary.allocations.get_mut(&key) {
                held.allocated -= units;
                held.shipped += units;
            }
        }
        let changed = &mut self.history.orders[order];
        changed.summary.set_status_by_units();
        changed.updated_at = self.time;
        if changed.summary.status == OrderStatus::Shipped && self.chance(7) {
            self.queue_in(3 * DAY..14 * DAY, Event::Return(order));
        }
    }

    /// Cancels an order that has not been shipped.
    pub(super) fn cancel(&mut self, order: usize) {
        let summary = &self.history.orders[order].summary;
        let is_still = summary.lines.iter().any(|(item, _)| self.is_still(number(*item)));
        if is_still || summary.has_shipped() || summary.status == OrderStatus::Cancelled {
            return;
        }
        for (key, units) in self.history.orders[order].summary.deallocate_all() {
            self.record(key, units, MovementReason::Cancelled, WEBSHOP).order = Some(OrderId(id(order)));
        }
        self.waiting.remove(&order);
        let changed = &mut self.history.orders[order];
        changed.summary.status = OrderStatus::Cancelled;
        (changed.waiting_since, changed.updated_at) = (None, self.time);
        changed.cancelled_by = Some(WEBSHOP.to_owned());
    }

    /// Takes units of one line back. Some are damaged, some have to be inspected.
    pub(super) fn returned(&mut self, order: usize) {
        let summary = &self.history.orders[order].summary;
        let lines: Vec<_> = summary.allocations.iter().map(|(key, units)| (*key, units.shipped)).collect();
        if lines.is_empty() {
            return;
        }
        let (key, shipped) = lines[self.rng.usize(0..lines.len())];
        let item = number(key.item);
        if self.is_still(item) || self.history.items[item].archived_at.is_some() {
            return;
        }
        let units = if self.chance(70) { shipped } else { 1 };
        let condition = match self.rng.u32(0..100) {
            0..64 => None,
            64..84 => Some(Condition::Damaged),
            _ => Some(Condition::Quarantine),
        };
        let change = if condition.is_none() { units } else { 0 };
        let movement = self.record(key, change, MovementReason::Returned, BEN);
        (movement.order, movement.units) = (Some(OrderId(id(order))), Some(units));
        movement.condition = condition;
        if let Some(held) = self.history.orders[order].summary.allocations.get_mut(&key) {
            held.returned += units;
        }
        self.history.orders[order].updated_at = self.time;
        if let Some(condition) = condition {
            self.set_apart(key, condition, units);
            match condition {
                Condition::Quarantine => self.queue_in(DAY..4 * DAY, Event::Inspect(key, units)),
                Condition::Damaged => self.queue_in(7 * DAY..20 * DAY, Event::Dispose(key, units)),
            }
        }
    }
}
