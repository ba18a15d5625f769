//! Supply and care of the stock: deliveries, moves between warehouses, counts, write-offs and disposals.

use super::{Event, Simulation, WEEK, key, number};
use crate::demo::plan::{MAIN, OUTLET, WAREHOUSES};
use crate::demo::rhythm::{DAY, HOUR, SPAN};
use domain::{Condition, LevelKey, MovementReason};

/// The manager of the stock.
pub(super) const ADA: &str = "person:ada";
/// Ships, receives and counts in the warehouses.
pub(super) const BEN: &str = "person:ben";
/// Serves customers.
pub(super) const CHLOE: &str = "person:chloe";

/// The deliveries that come a week late or more, in percent.
const LATE_PERCENT: u32 = 12;

/// The shelves that one count covers.
const COUNTED_LEVELS: usize = 24;

/// The write-offs of the whole history.
const WRITE_OFFS: u64 = 90;

/// Reasons of a write-off.
const WRITE_OFF_NOTES: [&str; 4] =
    ["Broken in storage", "Packaging water-damaged", "Missing after picking", "Used for a photo shoot"];

impl Simulation<'_> {
    pub(super) fn queue_supply(&mut self) {
        for category in 0..self.categories.len() {
            let first = self.rng.u64(DAY..4 * DAY);
            for half_week in 0..2 * SPAN / WEEK {
                self.queue_at(first + half_week * WEEK / 2, Event::Reorder(category));
            }
        }
        for warehouse in MAIN + 1..WAREHOUSES {
            let first = self.rng.u64(3 * DAY..WEEK);
            (0..SPAN / WEEK).for_each(|week| self.queue_at(first + week * WEEK, Event::Replenish(warehouse)));
        }
        for warehouse in 0..WAREHOUSES {
            let first = self.rng.u64(DAY..WEEK);
            (0..SPAN / WEEK).for_each(|week| self.queue_at(first + week * WEEK, Event::Count(warehouse)));
        }
        self.queue_spread(WRITE_OFFS, Event::WriteOff);
    }

    /// The first units of an item. They have the time at which it was created.
    pub(super) fn first_units(&mut self, item: usize) {
        let planned = &self.plan.items[item];
        let units = planned.reorder_below + self.rng.i32(0..=planned.reorder_units);
        let time = self.time;
        (self.history.items[item].created_at, self.history.items[item].updated_at) = (time, time);
        for (warehouse, units) in planned.split(units).into_iter().enumerate() {
            if units > 0 {
                let note = Some("Opening stock".to_owned());
                self.record(key(item, warehouse), units, MovementReason::Received, ADA).note = note;
            }
        }
    }

    /// Orders units of the items of a category that run out.
    pub(super) fn reorder(&mut self, category: usize) {
        let mut lines = Vec::new();
        for item in self.categories[category].clone() {
            let planned = &self.plan.items[item];
            let expected = self.available(item) + self.coming[item];
            if self.is_supplied(item) && expected < planned.reorder_below {
                lines.push((item, planned.reorder_units));
                self.coming[item] += planned.reorder_units;
            }
        }
        if lines.is_empty() {
            return;
        }
        let delivery = self.deliveries.len();
        self.deliveries.push(lines);
        let late = if self.chance(LATE_PERCENT) { self.rng.u64(5 * DAY..11 * DAY) } else { 0 };
        self.queue_in(2 * DAY + late..6 * DAY + late, Event::Deliver(delivery));
    }

    /// Returns whether the shop still buys an item.
    fn is_supplied(&self, item: usize) -> bool {
        let runs_out = item == self.roles.sold_out && self.tick > super::event::SCARCE_FROM;
        self.is_sold(item) && !runs_out
    }

    /// Receives a delivery. Units of an item that is not bought any more do not come.
    pub(super) fn deliver(&mut self, delivery: usize) {
        let note = format!("PO-{}: Delivery", 3_101 + delivery);
        for (item, units) in std::mem::take(&mut self.deliveries[delivery]) {
            self.coming[item] -= units;
            if !self.is_supplied(item) {
                continue;
            }
            for (warehouse, units) in self.plan.items[item].split(units).into_iter().enumerate() {
                if units > 0 {
                    let movement = self.record(key(item, warehouse), units, MovementReason::Received, BEN);
                    movement.note = Some(note.clone());
                }
            }
        }
    }

    /// Moves units to a hub that has less than its share.
    pub(super) fn replenish(&mut self, warehouse: usize) {
        let note = self.document("MOVE");
        for item in 0..self.plan.items.len() {
            let planned = &self.plan.items[item];
            let wanted = planned.split(planned.reorder_below + planned.reorder_units / 2)[warehouse];
            let missing = wanted - self.level(key(item, warehouse));
            let units = missing.min(self.level(key(item, MAIN)) / 3);
            if wanted > 0 && units > 0 && missing * 2 >= wanted && self.is_sold(item) {
                self.move_units(item, warehouse, units, &format!("{note}: Replenishment"));
            }
        }
    }

    /// Moves units from the main warehouse.
    pub(super) fn move_units(&mut self, item: usize, to: usize, units: i32, note: &str) {
        for (warehouse, change) in [(MAIN, -units), (to, units)] {
            let movement = self.record(key(item, warehouse), change, MovementReason::Moved, BEN);
            movement.note = Some(note.to_owned());
        }
    }

    /// Counts some shelves. Few differ by a unit or two.
    pub(super) fn count(&mut self, warehouse: usize) {
        let note = format!("{}: Count", self.document("COUNT"));
        for _ in 0..COUNTED_LEVELS {
            let item = self.rng.usize(0..self.plan.items.len());
            let key = key(item, warehouse);
            let difference = self.rng.i32(-2..=1);
            if self.chance(35) && difference != 0 && self.is_sold(item) && self.level(key) >= 2 {
                let reason =
                    if difference > 0 { MovementReason::Received } else { MovementReason::WrittenOff };
                self.record(key, difference, reason, BEN).note = Some(note.clone());
            }
        }
    }

    pub(super) fn write_off(&mut self) {
        let item = self.pick();
        let key = self.fullest(item);
        let units = self.rng.i32(1..=3).min(self.level(key));
        if units > 0 {
            let note = WRITE_OFF_NOTES[self.rng.usize(0..WRITE_OFF_NOTES.len())];
            self.record(key, -units, MovementReason::WrittenOff, ADA).note = Some(note.to_owned());
        }
    }

    /// Adds units to those of a level that can't be sold, or removes them if negative.
    pub(super) fn set_apart(&mut self, key: LevelKey, condition: Condition, units: i32) {
        let level = self.history.levels.entry(key).or_default();
        level.unsellable = level.unsellable.with(condition, units).unwrap_or(level.unsellable);
    }

    /// Units in quarantine return to stock, or turn out to be damaged.
    pub(super) fn inspect(&mut self, key: LevelKey, units: i32) {
        let item = number(key.item);
        if self.is_still(item) || self.history.items[item].archived_at.is_some() {
            return;
        }
        self.set_apart(key, Condition::Quarantine, -units);
        let (change, reason, condition, note) = match self.chance(75) {
            true => (units, MovementReason::Restored, Condition::Quarantine, "Inspected: as new"),
            false => (0, MovementReason::Reclassified, Condition::Damaged, "Inspected: scratches"),
        };
        if condition == Condition::Damaged {
            self.set_apart(key, condition, units);
            self.queue_in(WEEK..2 * WEEK, Event::Dispose(key, units));
        }
        let movement = self.record(key, change, reason, BEN);
        (movement.units, movement.condition) = (Some(units), Some(condition));
        movement.note = Some(note.to_owned());
    }

    pub(super) fn dispose(&mut self, key: LevelKey, units: i32) {
        self.set_apart(key, Condition::Damaged, -units);
        let movement = self.record(key, 0, MovementReason::Disposed, ADA);
        (movement.units, movement.condition) = (Some(units), Some(Condition::Damaged));
        movement.note = Some("Sent to recycling".to_owned());
    }

    /// Discontinues an item: the rest is written off, and it is archived. Waits while customers hold units or wait for some.
    pub(super) fn archive(&mut self, item: usize) {
        let is_item = |other: &domain::ItemId| number(*other) == item;
        let is_held =
            self.history.blocks.values().any(|block| is_item(&block.key.item) && block.expires_at.is_some());
        let orders = self.waiting.iter().map(|order| &self.history.orders[*order].summary);
        if is_held || orders.into_iter().any(|order| order.missing().keys().any(is_item)) {
            self.queue_at(self.tick + HOUR, Event::Archive(item));
            return;
        }
        for warehouse in 0..=OUTLET {
            let key = key(item, warehouse);
            if self.level(key) > 0 {
                let movement = self.record(key, -self.level(key), MovementReason::WrittenOff, ADA);
                movement.note = Some("Discontinued: sold to a reseller".to_owned());
            }
        }
        let archived = &mut self.history.items[item];
        (archived.archived_at, archived.updated_at) = (Some(self.time), self.time);
    }

    /// Returns the name of a new document, such as `COUNT-17`.
    fn document(&mut self, kind: &str) -> String {
        self.documents += 1;
        format!("{kind}-{}", self.documents)
    }
}
