//! Sales at the counter of the outlet, and holds that people place for customers.

use super::holds::SYSTEM;
use super::supply::{ADA, CHLOE};
use super::{End, Event, Simulation, key};
use crate::demo::plan::OUTLET;
use crate::demo::rhythm::{DAY, HOUR, MINUTE};
use domain::{BlockId, MovementReason};

/// The till of the outlet.
const TILL: &str = "client:outlet-till";

/// The items that a customer looks at before leaving without one.
const LOOKED_AT: usize = 12;

impl Simulation<'_> {
    /// A customer buys something that the outlet has, and takes it along or picks it up later.
    pub(super) fn counter_sale(&mut self) {
        for _ in 0..LOOKED_AT {
            let key = key(self.pick(), OUTLET);
            if self.level(key) > 0 {
                let units = self.few_units().min(self.level(key));
                let block = self.place(key, units, self.tick + 10 * MINUTE, TILL);
                self.queue_in(MINUTE / 2..4 * MINUTE, Event::BlockEnds(block, End::Confirm));
                return;
            }
        }
    }

    pub(super) fn block_ends(&mut self, block: BlockId, end: End) {
        let is_at_counter = self.history.blocks.get(&block).is_some_and(|held| held.reference.is_none());
        let actor = if is_at_counter { TILL } else { CHLOE };
        match end {
            End::Confirm | End::Convert => {
                self.confirm(block, actor);
                match is_at_counter && self.chance(80) {
                    true => self.queue_in(MINUTE / 2..3 * MINUTE, Event::Handover(block)),
                    false => self.queue_in(4 * HOUR..3 * DAY, Event::Handover(block)),
                }
            }
            End::Release => self.give_back(block, MovementReason::Released, actor),
            End::Expire => self.give_back(block, MovementReason::Expired, SYSTEM),
        }
    }

    pub(super) fn handover(&mut self, block: BlockId) {
        self.ship_block(block, TILL);
    }

    /// A person holds units for a customer for hours or days.
    pub(super) fn staff_hold(&mut self) {
        let item = self.pick();
        let key = self.fullest(item);
        let units = self.rng.i32(2..=6).min(self.level(key));
        if units < 1 || item == self.roles.shown {
            return;
        }
        let until = self.tick + self.rng.u64(6 * HOUR..5 * DAY);
        let actor = if self.chance(50) { ADA } else { CHLOE };
        let block = self.place(key, units, until, actor);
        let reference = format!("C-{}", 20_000 + self.rng.u32(0..6_500));
        if let Some(held) = self.history.blocks.get_mut(&block) {
            held.reference = Some(reference);
        }
        let end = match self.rng.u32(0..100) {
            0..50 => End::Confirm,
            50..75 => End::Release,
            _ => End::Expire,
        };
        match end {
            End::Expire => self.queue_at(until, Event::BlockEnds(block, end)),
            _ => self.queue_in(2 * HOUR..until - self.tick, Event::BlockEnds(block, end)),
        }
    }
}
