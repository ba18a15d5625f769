//! Carts of the web shop.

use super::{End, Event, Simulation, id, key};
use crate::demo::plan::OUTLET;
use crate::demo::rhythm::{HOUR, MINUTE, Tick};
use domain::{BlockId, LevelKey, MovementReason};
use store::HistoryCart;

/// The web shop.
pub(super) const WEBSHOP: &str = "client:webshop";
/// The server itself.
pub(super) const SYSTEM: &str = "system";

/// The time to live of a cart.
const CART_TTL: Tick = 30 * MINUTE;

/// The customers of the shop.
const CUSTOMERS: u32 = 6_500;

impl Simulation<'_> {
    /// Places a cart with the units that are available.
    pub(super) fn cart(&mut self) {
        let lines = self.cart_lines();
        let mut taken = Vec::new();
        for (item, units) in lines {
            let key = self.source_of(item);
            if self.level(key) >= units {
                taken.push((key, units));
            }
        }
        self.place_cart(&taken);
    }

    /// Returns the lines of a customer: different items.
    pub(super) fn cart_lines(&mut self) -> Vec<(usize, i32)> {
        let count = match self.rng.u32(0..100) {
            0..60 => 1,
            60..84 => 2,
            84..95 => 3,
            _ => 4,
        };
        let mut lines = Vec::<(usize, i32)>::with_capacity(count);
        while lines.len() < count {
            let item = self.pick();
            if lines.iter().all(|(other, _)| *other != item) {
                let units = self.few_units();
                lines.push((item, units));
            }
        }
        lines
    }

    /// Returns the level that a hold takes from: the fullest one, as the planner chooses.
    fn source_of(&self, item: usize) -> LevelKey {
        let fullest = self.fullest(item);
        // The units of the outlet are for its counter, as long as there are others.
        let others = (0..OUTLET).map(|warehouse| key(item, warehouse));
        let others = others.filter(|key| self.level(*key) > 0).max_by_key(|key| self.level(*key));
        others.unwrap_or(fullest)
    }

    /// Places a cart with these units, and decides how it ends. Returns its number.
    pub(super) fn place_cart(&mut self, taken: &[(LevelKey, i32)]) -> Option<usize> {
        if taken.is_empty() {
            return None;
        }
        let cart = self.history.carts.len();
        let until = self.tick + CART_TTL;
        let reference = Some(format!("C-{}", 20_000 + self.rng.u32(0..CUSTOMERS)));
        let mut blocks = Vec::with_capacity(taken.len());
        for (key, units) in taken {
            let block = self.place(*key, *units, until, WEBSHOP);
            if let Some(placed) = self.history.blocks.get_mut(&block) {
                (placed.cart, placed.reference) = (Some(cart), reference.clone());
            }
            blocks.push(block);
        }
        self.history.carts.push(HistoryCart { blocks, reference, created_at: self.time, payment: None });
        match self.rng.u32(0..100) {
            0..60 => self.queue_in(2 * MINUTE..25 * MINUTE, Event::CartEnds(cart, End::Convert)),
            60..73 => self.queue_in(MINUTE..20 * MINUTE, Event::CartEnds(cart, End::Release)),
            _ => self.queue_at(until, Event::CartEnds(cart, End::Expire)),
        }
        Some(cart)
    }

    pub(super) fn cart_ends(&mut self, cart: usize, end: End) {
        let blocks = self.history.carts[cart].blocks.clone();
        match end {
            End::Convert => self.convert(cart, &blocks),
            End::Confirm => blocks.iter().for_each(|block| self.confirm(*block, WEBSHOP)),
            End::Release => {
                blocks.iter().for_each(|block| self.give_back(*block, MovementReason::Released, WEBSHOP));
            }
            End::Expire => {
                blocks.iter().for_each(|block| self.give_back(*block, MovementReason::Expired, SYSTEM));
            }
        }
    }

    /// Makes an order of a cart's blocks. Some are cancelled before they are shipped.
    fn convert(&mut self, cart: usize, blocks: &[BlockId]) {
        let held: Vec<_> = blocks.iter().filter_map(|block| self.history.blocks.remove(block)).collect();
        let reference = format!("WEB-{}", 10_001 + cart);
        let order =
            self.new_order(reference, held.iter().map(|block| (block.key.item, block.quantity)), WEBSHOP);
        for (block, held) in blocks.iter().zip(&held) {
            self.history.orders[order].summary.allocate(held.key, held.quantity);
            let movement = self.record(held.key, 0, MovementReason::HoldConverted, WEBSHOP);
            movement.block = Some(*block);
            (movement.order, movement.units) = (Some(domain::OrderId(id(order))), Some(held.quantity));
        }
        self.allocated(order, WEBSHOP);
        if self.chance(4) {
            self.queue_in(HOUR / 2..7 * HOUR, Event::Cancel(order));
        }
    }
}
