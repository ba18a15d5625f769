//! Carts: blocks that are placed, confirmed, released and extended as one.

use super::decide::Draft;
use super::*;

impl Draft<'_> {
    pub(super) fn place_cart(&mut self, index: usize, cart: &PlaceCart) -> Decision {
        self.check_reference(cart)?;
        let mut taken = Vec::with_capacity(cart.lines().len());
        for line in cart.lines() {
            match self.take(line.item, line.warehouse, line.quantity) {
                Ok(key) => taken.push((key, line.quantity)),
                Err(refusal) => {
                    taken.into_iter().for_each(|(key, quantity)| self.untake(key, quantity));
                    return Err(refusal);
                }
            }
        }
        let mut blocks = Vec::with_capacity(taken.len());
        let mut id = None;
        for (key, quantity) in taken {
            let block = self.new_block(key, quantity, cart.ttl)?;
            let cart_id = *id.get_or_insert(CartId(block.id.0));
            let new = NewBlock { block, cart: Some(cart_id), reference: cart.reference.clone() };
            blocks.push(self.add(index, new));
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
        let held = self.live_blocks(cart)?;
        let sold = held.into_iter().map(|held| Ok((held, held.confirm(None, now)?)));
        let sold = sold.collect::<Result<Vec<_>, Error>>()?;
        // Whole blocks: nothing goes back, so none of them can fail after another one.
        let sold = sold.into_iter().map(|(held, block)| self.sell(index, held, block));
        Ok(Granted::CartConfirmed(cart, sold.collect::<Result<_, _>>()?))
    }

    pub(super) fn release_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let held = self.live_blocks(cart)?;
        self.check_fits(held.iter().map(|block| (block.key, block.quantity)))?;
        let released = held.iter().map(|block| self.give_back(index, block));
        Ok(Granted::CartReleased(cart, released.collect::<Result<_, _>>()?))
    }

    pub(super) fn extend_cart(&mut self, cart: CartId, ttl: Ttl) -> Decision {
        let now = self.before.now;
        let held = self.live_blocks(cart)?;
        let longer = held.into_iter().map(|block| Ok((block, block.extend(ttl, now)?)));
        let longer = longer.collect::<Result<Vec<_>, Error>>()?;
        let extended = longer.into_iter().map(|(block, expires_at)| self.prolong(block, expires_at));
        Ok(Granted::CartExtended(cart, extended.collect()))
    }

    /// The cart's blocks that can still be confirmed, released or extended. Blocks of it that were confirmed
    /// or released on their own are done with; one that has expired spoils the cart.
    fn live_blocks(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        let members = self.before.carts.get(&cart).map(Vec::as_slice).unwrap_or_default();
        // A member that is named twice counts once.
        let mut seen = HashSet::with_capacity(members.len());
        let members: Vec<_> = members.iter().filter(|id| seen.insert(**id)).collect();
        let mut live = Vec::with_capacity(members.len());
        let mut refusal = None;
        for id in members {
            match self.block(*id).and_then(|block| block.active_until(self.before.now).map(|_| block)) {
                Ok(block) => live.push(block),
                Err(expired @ Error::BlockExpired { .. }) => return Err(expired),
                Err(over) => _ = refusal.get_or_insert(over),
            }
        }
        if live.is_empty() {
            return Err(refusal.unwrap_or_else(|| self.gone(cart)));
        }
        Ok(live)
    }

    /// Why a cart has no blocks: its first one tells how it ended.
    fn gone(&self, cart: CartId) -> Error {
        match self.block(BlockId(cart.0)) {
            Err(over @ (Error::BlockExpired { .. } | Error::BlockReleased(_))) => over,
            _ => Error::CartNotFound(cart),
        }
    }

    /// Refuses a cart whose reference would have too many temporary blocks.
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
