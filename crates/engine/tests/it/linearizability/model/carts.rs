//! The rules of carts: their end, and the changes of their lines.

use super::lines::Units;
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

    /// Places a cart. Returns whether the response matches.
    pub(super) fn place_cart(&mut self, cart: &PlaceCart, answer: &Decision) -> bool {
        if let Some(limit) = self.limit_of_new(cart) {
            return answer.as_ref() == Err(&limit);
        }
        let (lines, none) = (cart.lines(), Units::new());
        match answer {
            Err(Rejection::CartShort(short)) => self.are_short(lines, &none, short),
            Ok(Granted::CartPlaced(placed)) => {
                let keys: Vec<_> = placed.blocks.iter().map(|block| block.key).collect();
                let is_possible =
                    self.distributions(lines, &none).contains(&keys) && self.are_fullest(lines, &keys);
                lines.iter().zip(keys).for_each(|(line, key)| self.add(key, -line.quantity.get()));
                let reference = cart.reference.as_ref().map(ToString::to_string);
                is_possible
                    && placed.blocks[0].id.0 == placed.id.0
                    && lines
                        .iter()
                        .zip(&placed.blocks)
                        .all(|(line, block)| self.hold(line, block, Some(placed.id), reference.clone()))
            }
            _ => false,
        }
    }

    fn limit_of_new(&self, cart: &PlaceCart) -> Option<Rejection> {
        let reference = cart.reference.as_ref()?.to_string();
        let active = self.active_of(&reference);
        let requested = i64::try_from(cart.lines().len()).expect("few");
        let max = crate::linearizability::REFERENCE_BLOCKS_MAX;
        let is_over = active + requested > max;
        is_over.then_some(Rejection::ReferenceBlocksLimit { reference, active, requested, max })
    }

    /// Changes a cart. Returns whether the response matches.
    pub(super) fn change_cart(&mut self, change: &ChangeCart, answer: &Decision) -> bool {
        let cart = change.id;
        let version = self.versions.get(&cart).copied().unwrap_or(1);
        let rejection = match self.change_rejected(cart) {
            Some(end) => Some(end),
            None if version != change.version => Some(Rejection::CartVersionMismatch { cart, version }),
            None => None,
        };
        if let Some(wanted) = rejection {
            return answer.as_ref().is_err_and(|rejection| same_end(&wanted, rejection));
        }
        let own = self.own_units(cart);
        let possible = self.distributions(change.lines(), &own);
        let mut possible = possible.iter().map(|keys| sums(change.lines(), keys));
        match answer {
            Err(Rejection::CartShort(short)) => self.are_short(change.lines(), &own, short),
            Err(rejection) => {
                possible.any(|wanted| self.limit_of_change(cart, &wanted).as_ref() == Some(rejection))
            }
            Ok(Granted::CartChanged(changed)) => {
                let mut wanted = Units::new();
                changed.lines.iter().for_each(|line| *wanted.entry(line.key).or_default() += line.quantity);
                possible.any(|possible| possible == wanted)
                    && self.limit_of_change(cart, &wanted).is_none()
                    && self.apply_change(change, &wanted, changed)
            }
            _ => false,
        }
    }

    /// Returns the units that a cart holds.
    fn own_units(&self, cart: CartId) -> Units {
        let mut own = Units::new();
        for entry in self.live_of(cart).iter().map(|id| &self.blocks[id]) {
            *own.entry(entry.key).or_default() += entry.units;
        }
        own
    }

    /// Returns the error of a change of an active cart to these units.
    fn limit_of_change(&self, cart: CartId, wanted: &Units) -> Option<Rejection> {
        let own = self.own_units(cart);
        let stays = |key: &LevelKey| wanted.get(key) == own.get(key);
        let added = wanted.keys().filter(|key| !stays(key)).count();
        let live = self.live_of(cart);
        let ended = live.iter().filter(|id| !stays(&self.blocks[id].key)).count();
        let reference = self.blocks[live.first()?].reference.clone()?;
        let requested = i64::try_from(added.saturating_sub(ended)).expect("few");
        let active = self.active_of(&reference);
        let max = crate::linearizability::REFERENCE_BLOCKS_MAX;
        let is_over = requested > 0 && active + requested > max;
        is_over.then_some(Rejection::ReferenceBlocksLimit { reference, active, requested, max })
    }

    /// Applies a granted change. Returns whether the response keeps the right blocks.
    fn apply_change(&mut self, change: &ChangeCart, wanted: &Units, changed: &Cart) -> bool {
        let cart = change.id;
        let (live, own) = (self.live_of(cart), self.own_units(cart));
        let Some(first) = live.first().map(|id| self.blocks[id].clone()) else { return false };
        for id in live {
            let key = self.blocks[&id].key;
            let is_kept = changed.lines.iter().any(|line| line.block == id);
            if is_kept != (wanted.get(&key) == own.get(&key)) {
                return false;
            }
            if !is_kept {
                self.give_back(id);
            }
        }
        for line in &changed.lines {
            if !self.blocks.contains_key(&line.block) {
                self.add(line.key, -line.quantity);
                // The expiry time stays, also that of a cart that expires during the history.
                let entry = Entry { key: line.key, units: line.quantity, ..first.clone() };
                self.blocks.insert(line.block, entry);
            }
        }
        self.versions.insert(cart, change.version + 1);
        changed.version == change.version + 1
    }
}

/// Returns the units that lines take from each level.
fn sums(lines: &[CartLine], keys: &[LevelKey]) -> Units {
    let mut sums = Units::new();
    for (line, key) in lines.iter().zip(keys) {
        *sums.entry(*key).or_default() += line.quantity.get();
    }
    sums
}
