//! The rules of orders: allocation, fills, cancellations and reassignments.

use super::*;
use domain::{
    CancelLines, Decision, FillOrder, Granted, OrderFilled, OrderPartChanged, OrderStatus, ReassignUnits,
};

/// An order, and the units that it has.
#[derive(Debug, Clone, PartialEq, Hash)]
pub(super) struct Order {
    pub(super) status: OrderStatus,
    /// Units of each item that the customer wants.
    pub(super) lines: BTreeMap<ItemId, i32>,
    /// Units by stock level. Levels without allocated and shipped units are left out.
    pub(super) held: BTreeMap<LevelKey, Held>,
    /// Whether its missing units wait.
    pub(super) waits: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Hash)]
pub(super) struct Held {
    pub(super) allocated: i32,
    pub(super) shipped: i32,
    pub(super) returned: i32,
}

impl Order {
    pub(super) fn pending(lines: BTreeMap<ItemId, i32>) -> Self {
        Self { status: OrderStatus::Pending, lines, held: BTreeMap::new(), waits: false }
    }

    /// Returns the order in the form in which it is compared with the tables.
    pub(super) fn settled(&self) -> Self {
        let held = match self.status {
            OrderStatus::Cancelled => BTreeMap::new(),
            _ => self.held.clone(),
        };
        Self { waits: false, held, ..self.clone() }
    }

    /// The warehouse of all units; `None` if there are several or none.
    pub(super) fn warehouse(&self) -> Option<WarehouseId> {
        let first = self.held.keys().next()?.warehouse;
        self.held.keys().all(|key| key.warehouse == first).then_some(first)
    }

    fn sum(&self, item: ItemId, units: fn(&Held) -> i32) -> i32 {
        self.held.iter().filter(|(key, _)| key.item == item).map(|(_, held)| units(held)).sum()
    }

    fn allocated(&self, item: ItemId) -> i32 {
        self.sum(item, |held| held.allocated)
    }

    fn shipped(&self, item: ItemId) -> i32 {
        self.sum(item, |held| held.shipped)
    }

    pub(super) fn missing(&self) -> BTreeMap<ItemId, i32> {
        let missing = |(item, wanted): (&ItemId, &i32)| {
            let left = wanted - self.allocated(*item) - self.shipped(*item);
            (left > 0).then_some((*item, left))
        };
        self.lines.iter().filter_map(missing).collect()
    }

    pub(super) fn has_shipped(&self) -> bool {
        self.held.values().any(|held| held.shipped > 0)
    }

    pub(super) fn set_status(&mut self) {
        let is_missing = !self.missing().is_empty();
        let has_allocated = self.held.values().any(|held| held.allocated > 0);
        self.status = match (is_missing, has_allocated, self.has_shipped()) {
            (true, false, false) => OrderStatus::Pending,
            (true, ..) => OrderStatus::Partial,
            (false, false, true) => OrderStatus::Shipped,
            (false, ..) => OrderStatus::Allocated,
        };
        self.waits &= is_missing;
    }

    pub(super) fn give(&mut self, key: LevelKey, units: i32) {
        self.held.entry(key).or_default().allocated += units;
    }

    /// Takes allocated units of an item out, from the lowest warehouses first.
    fn take_out(&mut self, item: ItemId, mut units: i32) -> Vec<(LevelKey, i32)> {
        let mut taken = Vec::new();
        for (key, held) in self.held.iter_mut().filter(|(key, _)| key.item == item) {
            let part = held.allocated.min(units);
            held.allocated -= part;
            units -= part;
            taken.extend((part > 0).then_some((*key, part)));
        }
        self.held.retain(|_, held| held.allocated > 0 || held.shipped > 0);
        taken
    }
}

impl Ledger {
    /// Returns an order that lacks units, or the error.
    pub(super) fn lacking(&self, id: OrderId) -> Result<Order, Rejection> {
        let order = self.orders.get(&id).ok_or(Rejection::OrderNotFound(id))?;
        match order.status {
            OrderStatus::Pending | OrderStatus::Partial => Ok(order.clone()),
            OrderStatus::Cancelled => Err(Rejection::OrderCancelled(id)),
            OrderStatus::Shipped => Err(Rejection::OrderShipped(id)),
            OrderStatus::Allocated => {
                Err(Rejection::OrderAlreadyAllocated { order: id, warehouse: order.warehouse() })
            }
        }
    }

    /// Returns an order that is not cancelled, or the error.
    fn open(&self, id: OrderId) -> Result<Order, Rejection> {
        match self.orders.get(&id) {
            None => Err(Rejection::OrderNotFound(id)),
            Some(order) if order.status == OrderStatus::Cancelled => Err(Rejection::OrderCancelled(id)),
            Some(order) => Ok(order.clone()),
        }
    }

    pub(super) fn allocate(&mut self, id: OrderId, warehouse: WarehouseId, answer: &Decision) -> bool {
        let mut order = match self.lacking(id) {
            Ok(order) => order,
            Err(rejection) => return *answer == Err(rejection),
        };
        let Ok(Granted::Allocated(reported)) = answer else { return false };
        let level = |item| LevelKey { item, warehouse };
        let lines: Vec<_> = order.missing().into_iter().collect();
        let short = lines.iter().filter(|(item, units)| self.units(level(*item)) < *units);
        let short = short.map(|(item, requested)| Shortage {
            item: *item,
            requested: *requested,
            available: self.units(level(*item)),
        });
        let short: Vec<_> = short.collect();
        if (reported.order, reported.warehouse, &reported.shortages) != (id, Some(warehouse), &short) {
            return false;
        }
        if short.is_empty() {
            for (item, units) in lines {
                self.add(level(item), -units);
                order.give(level(item), units);
            }
            order.status = OrderStatus::Allocated;
            order.waits = false;
            self.orders.insert(id, order);
        }
        !short.iter().any(|line| self.is_due(line.item, Some(warehouse)))
    }

    pub(super) fn cancel(&mut self, id: OrderId, answer: &Decision) -> bool {
        let mut order = match self.open(id) {
            Ok(order) if order.has_shipped() => return *answer == Err(Rejection::OrderShipped(id)),
            Ok(order) => order,
            Err(rejection) => return *answer == Err(rejection),
        };
        order.held.iter().for_each(|(key, held)| self.add(*key, held.allocated));
        order.held.clear();
        order.status = OrderStatus::Cancelled;
        self.orders.insert(id, order);
        *answer == Ok(Granted::Cancelled(id))
    }

    /// Takes the missing units that are there. Returns whether the response matches.
    pub(super) fn fill(&mut self, fill: &FillOrder, answer: &Decision) -> bool {
        let id = fill.order;
        let mut order = match self.open(id) {
            Ok(order) => order,
            Err(rejection) => return *answer == Err(rejection),
        };
        if order.status == OrderStatus::Shipped {
            return *answer == Err(Rejection::OrderShipped(id));
        }
        if order.missing().is_empty() {
            let warehouse = order.warehouse();
            return *answer == Err(Rejection::OrderAlreadyAllocated { order: id, warehouse });
        }
        let missing = order.missing();
        let taken = self.take_units(&mut order, missing, fill.warehouse);
        let missing: Vec<_> = order.missing().into_iter().collect();
        order.waits |= fill.waits;
        order.set_status();
        let status = order.status;
        self.orders.insert(id, order);
        let is_settled = !missing.iter().any(|(item, _)| self.is_due(*item, fill.warehouse));
        is_settled && *answer == Ok(Granted::Filled(OrderFilled { order: id, status, taken, missing }))
    }

    /// Fills a waiting order with these units. Returns whether the queue would take them. It takes none of an item that an
    /// earlier order misses.
    pub(super) fn fill_waiting(&mut self, id: OrderId, wanted: &[(LevelKey, i32)]) -> bool {
        let Ok(mut order) = self.open(id) else { return false };
        let is_waiting = order.waits;
        let is_asked = |item: &ItemId| wanted.iter().any(|(key, _)| key.item == *item);
        let missing = order.missing().into_iter().filter(|(item, _)| is_asked(item)).collect();
        let taken = self.take_units(&mut order, missing, None);
        let missing = order.missing();
        let is_settled = !missing.keys().any(|item| is_asked(item) && self.is_due(*item, None));
        order.set_status();
        self.orders.insert(id, order);
        is_waiting && is_settled && taken == wanted
    }

    /// Takes the units of each item from the largest levels; of equal ones from the lowest warehouse.
    fn take_units(
        &mut self,
        order: &mut Order,
        wanted: BTreeMap<ItemId, i32>,
        warehouse: Option<WarehouseId>,
    ) -> Vec<(LevelKey, i32)> {
        let mut taken = BTreeMap::new();
        for (item, mut units) in wanted {
            let here = |key: &LevelKey| warehouse.is_none_or(|warehouse| key.warehouse == warehouse);
            let levels = self.levels.iter().filter(|(key, _)| key.item == item && here(key));
            let mut levels: Vec<_> = levels.map(|(key, units)| (std::cmp::Reverse(*units), *key)).collect();
            levels.sort_unstable_by_key(|(units, key)| (*units, key.warehouse));
            for (std::cmp::Reverse(available), key) in levels {
                let part = available.min(units);
                if part > 0 {
                    self.add(key, -part);
                    order.give(key, part);
                    units -= part;
                    taken.insert(key, part);
                }
            }
        }
        taken.into_iter().collect()
    }

    /// Cancels units of lines. Returns whether the response matches.
    pub(super) fn cancel_lines(&mut self, cancel: &CancelLines, answer: &Decision) -> bool {
        let id = cancel.order;
        let before = match self.open(id) {
            Ok(order) => order,
            Err(rejection) => return *answer == Err(rejection),
        };
        let mut order = before.clone();
        let (mut cancelled, mut returned) = (Vec::new(), Vec::new());
        for (item, units) in cancel.part() {
            let (item, wanted) = (*item, order.lines.get(item).copied().unwrap_or(0));
            let available = wanted - order.shipped(item);
            let requested = units.map_or(available.max(1), Quantity::get);
            let rejection = match () {
                () if wanted == 0 => Some(Rejection::NoOrderLine { order: id, item }),
                () if requested > wanted => {
                    Some(Rejection::QuantityOverLine { order: id, item, requested, available: wanted })
                }
                () if requested > available => {
                    Some(Rejection::UnitsShipped { order: id, item, requested, available })
                }
                () => None,
            };
            if let Some(rejection) = rejection {
                return *answer == Err(rejection);
            }
            let missing = order.missing().get(&item).copied().unwrap_or(0);
            returned.extend(order.take_out(item, (requested - missing).max(0)));
            order.lines.insert(item, wanted - requested);
            order.lines.retain(|_, units| *units > 0);
            cancelled.push((item, requested));
        }
        returned.iter().for_each(|(key, units)| self.add(*key, *units));
        match order.lines.is_empty() {
            true => (order.lines, order.status) = (before.lines, OrderStatus::Cancelled),
            false => order.set_status(),
        }
        let status = order.status;
        self.orders.insert(id, order);
        cancelled.sort_unstable();
        returned.sort_unstable();
        let changed = OrderPartChanged { order: id, status, units: cancelled, returned };
        *answer == Ok(Granted::PartCancelled(changed))
    }

    /// Passes units to another order. Returns whether the response matches.
    pub(super) fn reassign(&mut self, reassign: &ReassignUnits, answer: &Decision) -> bool {
        let (from_id, to_id) = (reassign.from, reassign.to);
        let (mut from, mut to) = match (self.open(from_id), self.open(to_id)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(rejection), _) | (_, Err(rejection)) => return *answer == Err(rejection),
        };
        let missing = to.missing();
        let free = |item| from.allocated(item).min(missing.get(&item).copied().unwrap_or(0));
        let mut units = Vec::new();
        match reassign.part() {
            None => units.extend(missing.keys().map(|item| (*item, free(*item)))),
            Some(part) => {
                for (item, quantity) in part {
                    let (item, available) = (*item, free(*item));
                    let requested = quantity.map_or(available.max(1), Quantity::get);
                    if requested > available {
                        let order = from_id;
                        let rejection = Rejection::UnitsNotReassignable { order, item, requested, available };
                        return *answer == Err(rejection);
                    }
                    units.push((item, requested));
                }
            }
        }
        units.retain(|(_, units)| *units > 0);
        if units.is_empty() {
            return *answer == Err(Rejection::NothingToReassign { from: from_id, to: to_id });
        }
        for (item, units) in &units {
            from.take_out(*item, *units).into_iter().for_each(|(key, units)| to.give(key, units));
        }
        from.set_status();
        to.set_status();
        let status = to.status;
        self.orders.extend([(from_id, from), (to_id, to)]);
        let changed = OrderPartChanged { order: to_id, status, units, returned: Vec::new() };
        *answer == Ok(Granted::Reassigned(changed))
    }
}
