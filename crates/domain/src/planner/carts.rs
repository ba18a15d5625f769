//! Carts: blocks that are placed, confirmed, released and extended together.

use super::draft::Draft;
use super::model::{CartPlaced, Decision, Granted};
use crate::{BlockId, CartId, Error, HeldBlock, NewBlock, PlaceCart, Reference, Ttl};
use std::collections::{HashMap, HashSet};

impl Draft<'_> {
    pub(super) fn place_cart(&mut self, index: usize, cart: &PlaceCart) -> Decision {
        self.check_reference(cart)?;
        let mut taken = Vec::with_capacity(cart.lines().len());
        for line in cart.lines() {
            match self.take(line.item, line.warehouse, line.quantity) {
                Ok(key) => taken.push((key, line.quantity)),
                Err(error) => {
                    taken.into_iter().for_each(|(key, quantity)| self.undo_take(key, quantity));
                    return Err(error);
                }
            }
        }
        let mut blocks = Vec::with_capacity(taken.len());
        let mut id = None;
        for (key, quantity) in taken {
            let block = self.create_block(key, quantity, cart.ttl)?;
            let cart_id = *id.get_or_insert(CartId(block.id.0));
            let new = NewBlock { block, cart: Some(cart_id), reference: cart.reference.clone() };
            blocks.push(self.record_placed(index, new));
        }
        let id = id.ok_or_else(|| Error::invalid("lines", "must not be empty"))?;
        if let Some(reference) = &cart.reference {
            let placed = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
            *self.active_blocks.entry(reference.clone()).or_default() += placed;
        }
        Ok(Granted::CartPlaced(CartPlaced { id, blocks, expires_at: cart.ttl.from(self.before.now) }))
    }

    pub(super) fn confirm_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let now = self.before.now;
        let held = self.active_blocks_of(cart)?;
        let sold = held.into_iter().map(|held| Ok((held, held.confirm(None, now)?)));
        let sold = sold.collect::<Result<Vec<_>, Error>>()?;
        // Complete blocks return no units, so none can fail after another was applied.
        let sold = sold.into_iter().map(|(held, block)| self.make_permanent(index, held, block));
        Ok(Granted::CartConfirmed(cart, sold.collect::<Result<_, _>>()?))
    }

    pub(super) fn release_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let held = self.active_blocks_of(cart)?;
        self.check_all_bounds(held.iter().map(|block| (block.key, block.quantity)))?;
        let released = held.iter().map(|block| self.release_block(index, block));
        Ok(Granted::CartReleased(cart, released.collect::<Result<_, _>>()?))
    }

    pub(super) fn extend_cart(&mut self, index: usize, cart: CartId, ttl: Ttl) -> Decision {
        let now = self.before.now;
        let held = self.active_blocks_of(cart)?;
        let extended_until = held.into_iter().map(|block| Ok((block, block.extend(ttl, now)?)));
        let extended_until = extended_until.collect::<Result<Vec<_>, Error>>()?;
        let extended =
            extended_until.into_iter().map(|(block, expires_at)| self.set_expiry(index, block, expires_at));
        Ok(Granted::CartExtended(cart, extended.collect()))
    }

    /// Returns the cart's active blocks. Blocks that were confirmed or released individually are skipped. If one block has
    /// expired, or if the caller is not allowed to change one, the whole cart fails.
    fn active_blocks_of(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        let members = self.before.carts.get(&cart).map(Vec::as_slice).unwrap_or_default();
        // A duplicate counts once.
        let mut seen = HashSet::with_capacity(members.len());
        let members: Vec<_> = members.iter().filter(|id| seen.insert(**id)).collect();
        let mut active = Vec::with_capacity(members.len());
        let mut error = None;
        for id in members {
            match self.block(*id).and_then(|block| block.active_until(self.before.now).map(|_| block)) {
                Ok(block) => active.push(block),
                Err(expired @ Error::BlockExpired { .. }) => return Err(expired),
                Err(ended) => _ = error.get_or_insert(ended),
            }
        }
        if active.is_empty() {
            return Err(error.unwrap_or_else(|| self.cart_error(cart)));
        }
        active.iter().try_for_each(|block: &HeldBlock| self.check_warehouse(block.key.warehouse))?;
        Ok(active)
    }

    /// Returns the error of a cart without blocks: the reason why its first block ended.
    fn cart_error(&self, cart: CartId) -> Error {
        match self.block(BlockId(cart.0)) {
            Err(ended @ (Error::BlockExpired { .. } | Error::BlockReleased(_))) => ended,
            _ => Error::CartNotFound(cart),
        }
    }

    /// Checks the limit of active blocks per reference.
    fn check_reference(&self, cart: &PlaceCart) -> Result<(), Error> {
        let Some(reference) = &cart.reference else { return Ok(()) };
        let count = |counts: &HashMap<Reference, i64>| counts.get(reference).copied().unwrap_or(0);
        let active = count(&self.before.active_blocks) + count(&self.active_blocks);
        let requested = i64::try_from(cart.lines().len()).unwrap_or(i64::MAX);
        let max = self.before.limits.reference_blocks_max;
        if active.saturating_add(requested) > max {
            let reference = reference.to_string();
            return Err(Error::ReferenceBlocksLimit { reference, active, requested, max });
        }
        Ok(())
    }
}
