//! The rules of carts: their end, and changes of their lines.

use super::*;
use domain::{Cart, ChangeCart, Decision, Granted};

impl Ledger {
    /// Returns the error of a request about a cart that is not active.
    pub(super) fn cart_end(&self, cart: CartId) -> Option<Rejection> {
        let members = || self.blocks.values().filter(|entry| entry.cart == Some(cart));
        let has = |state: &[State]| members().any(|entry| state.contains(&entry.state));
        let converted = members().find_map(|entry| match entry.state {
            State::Converted(order) => Some(Rejection::CartConverted { cart, order }),
            _ => None,
        });
        match () {
            () if converted.is_some() => converted,
            () if has(&[State::Due, State::Expired]) => {
                Some(Rejection::CartExpired { cart, at: Time::default(), shortages: Vec::new() })
            }
            () if has(&[State::Held, State::HeldBriefly]) => None,
            () if has(&[State::Sold, State::Gone]) => Some(Rejection::CartConfirmed(cart)),
            () if has(&[State::Released]) => Some(Rejection::CartReleased(cart)),
            () => Some(Rejection::CartNotFound(cart)),
        }
    }

    pub(super) fn live_of(&self, cart: CartId) -> Vec<BlockId> {
        let members = self.blocks.iter().filter(|(_, entry)| entry.cart == Some(cart));
        members.map(|(id, _)| *id).filter(|id| self.live(*id).is_ok()).collect()
    }

    /// Changes a cart whose lines all name warehouses. Returns whether the response matches.
    pub(super) fn change_cart(&mut self, change: &ChangeCart, answer: &Decision) -> bool {
        let cart = change.id;
        let version = self.versions.get(&cart).copied().unwrap_or(1);
        let rejection = match self.change_rejected(cart) {
            Some(end) => Some(end),
            None if version != change.version => Some(Rejection::CartVersionMismatch { cart, version }),
            None => self.change_refused(change),
        };
        match (rejection, answer) {
            (Some(wanted), Err(rejection)) => {
                let due = match rejection {
                    Rejection::CartShort(short) => short.iter().any(|line| self.is_due(line.item, None)),
                    _ => false,
                };
                same_end(&wanted, rejection) && !due
            }
            (None, Ok(Granted::CartChanged(changed))) => self.apply_change(change, changed),
            _ => false,
        }
    }

    /// Returns the units of a cart's lines by level, in the order of the lines.
    fn wanted(change: &ChangeCart) -> Vec<(LevelKey, i32)> {
        let mut wanted = Vec::<(LevelKey, i32)>::new();
        for line in change.lines() {
            let Some(warehouse) = line.warehouse else { continue };
            let key = LevelKey { item: line.item, warehouse };
            match wanted.iter_mut().find(|(other, _)| *other == key) {
                Some((_, units)) => *units += line.quantity.get(),
                None => wanted.push((key, line.quantity.get())),
            }
        }
        wanted
    }

    fn held_by(&self, cart: CartId, key: LevelKey) -> i32 {
        let blocks = self.live_of(cart).into_iter().map(|id| &self.blocks[&id]);
        blocks.filter(|entry| entry.key == key).map(|entry| entry.units).sum()
    }

    /// Returns the error of a change of an active cart with the right version.
    fn change_refused(&self, change: &ChangeCart) -> Option<Rejection> {
        let (cart, wanted) = (change.id, Self::wanted(change));
        let free = |key| self.units(key) + self.held_by(cart, key);
        let short = wanted.iter().filter(|(key, units)| free(*key) < *units);
        let short =
            short.map(|(key, units)| Shortage { item: key.item, requested: *units, available: free(*key) });
        let short: Vec<_> = short.collect();
        if !short.is_empty() {
            return Some(Rejection::CartShort(short));
        }
        let stays = |key: LevelKey| wanted.contains(&(key, self.held_by(cart, key)));
        let added = wanted.iter().filter(|(key, _)| !stays(*key)).count();
        let live = self.live_of(cart);
        let ended = live.iter().filter(|id| !stays(self.blocks[id].key)).count();
        let reference = self.blocks[live.first()?].reference.clone()?;
        let requested = i64::try_from(added.saturating_sub(ended)).expect("few");
        let active = self.active_of(&reference);
        let max = crate::linearizability::REFERENCE_BLOCKS_MAX;
        let is_over = requested > 0 && active + requested > max;
        is_over.then_some(Rejection::ReferenceBlocksLimit { reference, active, requested, max })
    }

    /// Applies a granted change. Returns whether the response has the right lines.
    fn apply_change(&mut self, change: &ChangeCart, changed: &Cart) -> bool {
        let (cart, wanted) = (change.id, Self::wanted(change));
        let sums = wanted.iter().all(|(key, units)| {
            let lines = changed.lines.iter().filter(|line| line.key == *key);
            lines.map(|line| line.quantity).sum::<i32>() == *units
        });
        let live = self.live_of(cart);
        let Some(first) = live.first().map(|id| self.blocks[id].clone()) else { return false };
        for id in live {
            let entry = &self.blocks[&id];
            let stays = wanted.contains(&(entry.key, self.held_by(cart, entry.key)));
            if stays != changed.lines.iter().any(|line| line.block == id) {
                return false;
            }
        }
        let ended: Vec<_> = self
            .live_of(cart)
            .into_iter()
            .filter(|id| changed.lines.iter().all(|line| line.block != *id))
            .collect();
        ended.into_iter().for_each(|id| _ = self.give_back(id));
        for line in changed.lines.iter() {
            if !self.blocks.contains_key(&line.block) {
                self.add(line.key, -line.quantity);
                let entry =
                    Entry { key: line.key, units: line.quantity, state: State::Held, ..first.clone() };
                self.blocks.insert(line.block, entry);
            }
        }
        self.versions.insert(cart, change.version + 1);
        let is_complete = changed.lines.iter().all(|line| wanted.iter().any(|(key, _)| *key == line.key));
        sums && is_complete && changed.version == change.version + 1
    }
}
