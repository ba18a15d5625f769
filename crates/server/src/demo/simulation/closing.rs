//! The last days of the history, which every load has: a bestseller that is sold out, orders that wait, an order of two
//! parcels, orders without units, discontinued items, and README's item.

use super::event::{Event, Scene, before_end};
use super::supply::{ADA, BEN, CHLOE};
use super::{Simulation, id, key};
use crate::demo::plan::{MAIN, OUTLET};
use crate::demo::rhythm::{DAY, HOUR, MINUTE, SECOND, Tick};
use domain::{ItemId, MovementReason};

/// The units of README's item in the main warehouse at the end.
pub(super) const SHOWN_UNITS: i32 = 88;

/// The units that a large order leaves of the bestseller, for the customers of the last hours.
const LAST_UNITS: i32 = 34;

/// The last carts with the bestseller, from the last one on, in minutes before the end. Some are still held at the end.
const LAST_CARTS: [Tick; 9] = [14, 18, 22, 26, 34, 41, 48, 55, 62];

/// The carts at the end that are being paid.
const PAID_CARTS: usize = 3;

/// The ranks of the discontinued items from the least popular one on.
const DISCONTINUED: [usize; 2] = [11, 37];

impl Simulation<'_> {
    pub(super) fn queue_closing(&mut self) {
        let scenes = [
            (14 * HOUR, Scene::TwoParcels),
            (7 * HOUR, Scene::LargeOrder),
            (5 * HOUR, Scene::OpenOrder),
            (2 * HOUR, Scene::OpenOrder),
            (HOUR, Scene::Settle),
            (14 * MINUTE, Scene::OpenOrder),
            (11 * MINUTE, Scene::WaitingOrder(false)),
            (9 * MINUTE, Scene::WaitingOrder(true)),
            (7 * MINUTE, Scene::WaitingOrder(true)),
            (5 * MINUTE, Scene::WaitingOrder(true)),
            (2 * MINUTE, Scene::WaitingOrder(false)),
            (SECOND, Scene::Last),
        ];
        for (before, scene) in scenes {
            self.queue_at(before_end(before), Event::Closing(scene));
        }
        for (left, minutes) in (0..).zip(LAST_CARTS) {
            self.queue_at(before_end(minutes * MINUTE), Event::Closing(Scene::LastCart(left)));
        }
        for (number, rank) in DISCONTINUED.into_iter().enumerate() {
            let item = self.plan.ranked(self.plan.items.len() - 1 - rank);
            if item != self.roles.shown {
                self.queue_at(before_end((9 - number as u64 * 4) * DAY), Event::Archive(item));
            }
        }
        for hours in [20, 9, 6, 4, 3, 1] {
            self.queue_at(before_end(hours * HOUR), Event::StaffHold);
        }
    }

    pub(super) fn closing(&mut self, scene: Scene) {
        let sold_out = self.roles.sold_out;
        match scene {
            Scene::LargeOrder => {
                let units = self.available(sold_out) - LAST_UNITS;
                if units > 0 {
                    let order = self.business_order(vec![(sold_out, units)]);
                    self.queue_in(MINUTE..5 * MINUTE, Event::Source(order));
                }
            }
            Scene::LastCart(left) => self.last_cart(left),
            Scene::WaitingOrder(with_another) => {
                let mut lines = vec![(ItemId(id(sold_out)), 2)];
                if with_another {
                    let other = self.in_stock(1);
                    lines.push((ItemId(id(other)), 1));
                }
                self.market_order_of(lines);
            }
            Scene::TwoParcels => self.two_parcels(),
            Scene::OpenOrder => {
                let lines: Vec<_> = (0..3).map(|_| (self.in_stock(30), 4)).collect();
                self.business_order(lines);
            }
            Scene::Settle => self.settle(),
            Scene::Last => self.last_moment(),
        }
    }

    /// Creates an order of a company, and does not allocate it.
    fn business_order(&mut self, lines: Vec<(usize, i32)>) -> usize {
        self.business_orders += 1;
        let reference = format!("B2B-{}", 240 + self.business_orders);
        let lines = lines.into_iter().map(|(item, units)| (ItemId(id(item)), units));
        let order = self.new_order(reference, lines, ADA);
        self.history.orders[order].priority = 10;
        order
    }

    /// Returns an item that is neither README's nor the bestseller, with enough units in the main warehouse.
    fn in_stock(&mut self, units: i32) -> usize {
        let from = self.rng.usize(0..60);
        let items = (from..).map(|rank| self.plan.ranked(rank)).take(2 * self.plan.items.len());
        let free =
            |item: &usize| *item != self.roles.shown && *item != self.roles.sold_out && self.is_sold(*item);
        let mut items = items.filter(free);
        items.find(|item| self.level(key(*item, MAIN)) >= units).unwrap_or(self.plan.ranked(0))
    }

    /// Takes a part of the last units of the bestseller, the last carts all of them.
    fn last_cart(&mut self, left: i32) {
        let level = self.fullest(self.roles.sold_out);
        let share = self.available(self.roles.sold_out) / (left + 1);
        let units = share.max(1).min(self.level(level));
        if units > 0 {
            self.place_cart(&[(level, units)]);
        }
    }

    fn two_parcels(&mut self) {
        let has_two = |item: &usize| {
            let (here, there) = (self.level(key(*item, MAIN)), self.level(key(*item, 1)));
            self.is_sold(*item)
                && *item != self.roles.sold_out
                && (2..40).contains(&here)
                && (1..=here).contains(&there)
        };
        let items = (0..self.plan.items.len()).map(|rank| self.plan.ranked(rank));
        let item = items.filter(|item| *item != self.roles.shown).find(has_two);
        if let Some(item) = item {
            let units = self.level(key(item, MAIN)) + 1;
            self.market_order_of(vec![(ItemId(id(item)), units)]);
        }
    }

    /// Brings README's item to its documented units in the main warehouse.
    fn settle(&mut self) {
        let item = self.roles.shown;
        let surplus = self.level(key(item, MAIN)) - SHOWN_UNITS;
        if surplus > 0 {
            self.move_units(item, 1, surplus, "MOVE-0: Replenishment");
        } else if surplus < 0 {
            let movement = self.record(key(item, MAIN), -surplus, MovementReason::Received, BEN);
            movement.note = Some("PO-3100: Delivery".to_owned());
        }
    }

    fn last_moment(&mut self) {
        for warehouse in 0..=OUTLET {
            let key = key(self.roles.sold_out, warehouse);
            let units = self.level(key);
            if units > 0 {
                let block = self.place(key, units, before_end(0) + 2 * HOUR, CHLOE);
                if let Some(held) = self.history.blocks.get_mut(&block) {
                    held.reference = Some("C-20417".to_owned());
                }
            }
        }
        let blocks = &self.history.blocks;
        let carts = self.history.carts.iter_mut().rev();
        let open = carts.filter(|cart| cart.blocks.iter().any(|block| blocks.contains_key(block)));
        for (number, cart) in open.take(PAID_CARTS).enumerate() {
            cart.payment = Some(format!("pay-{}", 88_120 + number));
        }
    }
}
