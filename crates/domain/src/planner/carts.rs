//! Carts: blocks that are placed, confirmed, released and extended together.

use super::distribution::sums_by_level;
use super::draft::Draft;
use super::granted::{CartPlaced, Decision, Granted};
use super::model::CartChange;
use crate::{
    BlockId, CartConfirmed, CartDetails, CartId, CartLine, CartState, Error, HeldBlock, LevelKey, NewBlock,
    PlaceCart, Reference, Time, Ttl,
};
use std::collections::{HashMap, HashSet};

impl Draft<'_> {
    pub(super) fn place_cart(&mut self, index: usize, cart: &PlaceCart) -> Decision {
        self.check_reference_blocks(cart.reference.as_ref(), cart.lines().len())?;
        self.check_unique_reference(cart)?;
        let levels = self.take_lines(cart.lines())?;
        let expires_at = cart.ttl.from(self.before.now);
        let mut blocks = Vec::with_capacity(levels.len());
        let mut id = None;
        for (line, key) in cart.lines().iter().zip(levels) {
            let block = self.create_block(key, line.quantity.get(), expires_at)?;
            let cart_id = *id.get_or_insert(CartId(block.id.0));
            let block = HeldBlock { cart: Some(cart_id), ..block };
            blocks.push(self.record_placed(
                index,
                NewBlock { block, reference: cart.reference.clone(), note: cart.note.clone() },
            ));
        }
        let id = id.ok_or_else(|| Error::invalid("lines", "must not be empty"))?;
        self.add_active_blocks(cart.reference.as_ref(), blocks.len());
        let details = CartDetails {
            version: 1,
            reference: cart.reference.clone(),
            note: cart.note.clone(),
            created_at: self.before.now,
            payment: None,
        };
        let members = blocks.iter().map(|block| block.id).collect();
        self.carts.insert(id, CartChange { version_before: None, details, blocks: members });
        Ok(Granted::CartPlaced(CartPlaced { id, blocks, expires_at }))
    }

    /// Takes the units of every line, or none. Returns the level of each line.
    ///
    /// # Errors
    /// Those of [`Draft::distribute`], and [`Error::BlockUnitsLimit`].
    fn take_lines(&mut self, lines: &[CartLine]) -> Result<Vec<LevelKey>, Error> {
        let levels = self.distribute(&[], lines)?;
        if lines.len() > 1 {
            let sums = sums_by_level(lines, &levels);
            sums.iter().try_for_each(|(key, units)| self.check_block_units(key.item, *units))?;
        }
        for (line, key) in lines.iter().zip(&levels) {
            if let Some(available) = self.levels.get_mut(key) {
                *available -= line.quantity.get();
            }
        }
        Ok(levels)
    }

    pub(super) fn confirm_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let now = self.before.now;
        let held = self.active_blocks_of(cart)?;
        let sold = held.into_iter().map(|held| Ok((held, held.confirm(None, now)?)));
        let sold = sold.collect::<Result<Vec<_>, Error>>()?;
        // Complete blocks return no units, so none can fail after another was applied.
        let sold = sold.into_iter().map(|(held, block)| self.make_permanent(index, held, block));
        let blocks = sold.collect::<Result<_, _>>()?;
        Ok(Granted::CartConfirmed(CartConfirmed { id: cart, blocks, is_retaken: false }))
    }

    pub(super) fn release_cart(&mut self, index: usize, cart: CartId) -> Decision {
        let held = self.changeable_blocks_of(cart)?;
        self.check_all_bounds(held.iter().map(|block| (block.key, block.quantity)))?;
        let released = held.iter().map(|block| self.release_block(index, block));
        Ok(Granted::CartReleased(cart, released.collect::<Result<_, _>>()?))
    }

    pub(super) fn extend_cart(&mut self, index: usize, cart: CartId, ttl: Ttl) -> Decision {
        let now = self.before.now;
        let held = self.changeable_blocks_of(cart)?;
        let extended_until = held.into_iter().map(|block| Ok((block, block.extend(ttl, now)?)));
        let extended_until = extended_until.collect::<Result<Vec<_>, Error>>()?;
        let extended =
            extended_until.into_iter().map(|(block, expires_at)| self.set_expiry(index, block, expires_at));
        Ok(Granted::CartExtended(cart, extended.collect()))
    }

    /// Returns the blocks of an active cart, if the caller may change all of them.
    ///
    /// # Errors
    /// [`Error::CartExpired`] if one of its blocks has expired, [`Error::CartConfirmed`], [`Error::CartReleased`],
    /// [`Error::CartNotFound`], [`Error::WarehouseForbidden`].
    pub(super) fn active_blocks_of(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        let members = self.before.carts.get(&cart).ok_or(Error::CartNotFound(cart))?;
        // A duplicate counts once.
        let mut seen = HashSet::with_capacity(members.len());
        let members = members.iter().filter(|id| seen.insert(**id) && self.is_member(cart, **id));
        let mut active = Vec::new();
        let mut expired_at: Option<Time> = None;
        let mut states = Vec::new();
        for id in members {
            let block = self.block(*id);
            states.push(match block.and_then(|block| block.active_until(self.before.now).map(|_| block)) {
                Ok(block) => {
                    active.push(block);
                    CartState::Active
                }
                Err(Error::BlockExpired { at, .. }) => {
                    expired_at = Some(expired_at.map_or(at, |earlier| earlier.min(at)));
                    CartState::Expired
                }
                Err(Error::BlockAlreadyPermanent(_)) => CartState::Confirmed,
                Err(Error::BlockReleased(_)) => CartState::Released,
                Err(Error::BlockConverted { order, .. }) => {
                    return Err(Error::CartConverted { cart, order });
                }
                Err(_) => continue,
            });
        }
        match CartState::of(states) {
            Some(CartState::Active) => {}
            Some(CartState::Expired) => {
                let at = expired_at.unwrap_or(self.before.now);
                return Err(Error::CartExpired { cart, at, shortages: Vec::new() });
            }
            Some(CartState::Confirmed) => return Err(Error::CartConfirmed(cart)),
            // The loop returns the error of a converted cart.
            Some(CartState::Released | CartState::Converted) => return Err(Error::CartReleased(cart)),
            None => return Err(Error::CartNotFound(cart)),
        }
        active.iter().try_for_each(|block: &HeldBlock| self.check_warehouse(block.key.warehouse))?;
        Ok(active)
    }

    /// Returns whether a block belongs to the cart that names it. Another system may have removed the block from the cart. The
    /// ledger does not have the cart of a block that has ended.
    pub(super) fn is_member(&self, cart: CartId, id: BlockId) -> bool {
        self.before.blocks.get(&id).is_none_or(|block| block.cart == Some(cart))
    }

    /// Checks the limit of active blocks per reference for this many more.
    pub(super) fn check_reference_blocks(
        &self,
        reference: Option<&Reference>,
        added: usize,
    ) -> Result<(), Error> {
        let Some(reference) = reference else { return Ok(()) };
        let count = |counts: &HashMap<Reference, i64>| counts.get(reference).copied().unwrap_or(0);
        let active = count(&self.before.active_blocks) + count(&self.active_blocks);
        let requested = i64::try_from(added).unwrap_or(i64::MAX);
        let max = self.before.limits.reference_blocks_max;
        if active.saturating_add(requested) > max {
            let reference = reference.to_string();
            return Err(Error::ReferenceBlocksLimit { reference, active, requested, max });
        }
        Ok(())
    }

    /// Adds to the number of active blocks of a reference.
    pub(super) fn add_active_blocks(&mut self, reference: Option<&Reference>, placed: usize) {
        if let Some(reference) = reference {
            let placed = i64::try_from(placed).unwrap_or(i64::MAX);
            *self.active_blocks.entry(reference.clone()).or_default() += placed;
        }
    }

    /// Checks that no other cart has the reference, if the request asks for that.
    fn check_unique_reference(&self, cart: &PlaceCart) -> Result<(), Error> {
        let Some(reference) = cart.reference.as_ref().filter(|_| cart.has_unique_reference) else {
            return Ok(());
        };
        let placed =
            self.carts.iter().find(|(_, change)| change.details.reference.as_ref() == Some(reference));
        let taken = self.before.referenced_carts.get(reference).or(placed.map(|(id, _)| id));
        taken.map_or(Ok(()), |cart| {
            Err(Error::CartReferenceTaken { reference: reference.to_string(), cart: *cart })
        })
    }
}
