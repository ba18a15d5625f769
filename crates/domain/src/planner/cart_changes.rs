//! Changes of a cart's lines. The units that the cart holds count as available for its new lines.

use super::distribution::{sums_by_level, units_on};
use super::draft::Draft;
use super::granted::{Decision, Granted};
use super::model::CartChange;
use crate::{
    BlockId, Cart, CartDetails, CartHolding, CartState, ChangeCart, Error, HeldBlock, LevelKey, NewBlock,
    Time, UNITS_MAX,
};
use std::collections::BTreeMap;

impl Draft<'_> {
    /// Replaces the lines of an active cart. A stock level of which the cart keeps as many units keeps its blocks. On any
    /// other level the blocks are released and one new block is placed, because a block never changes its units before it
    /// ends.
    pub(super) fn change_cart(&mut self, index: usize, change: &ChangeCart) -> Decision {
        let cart = change.id;
        let held = self.changeable_blocks_of(cart)?;
        let details = self.before.cart_details.get(&cart).ok_or(Error::CartNotFound(cart))?;
        if details.version != change.version {
            return Err(Error::CartVersionMismatch { cart, version: details.version });
        }
        let levels = self.distribute(&held, change.lines())?;
        let wanted = sums_by_level(change.lines(), &levels);
        let keeps = |block: &HeldBlock| {
            wanted.iter().any(|(key, units)| *key == block.key && *units == units_on(&held, block.key))
        };
        let (kept, released): (Vec<_>, Vec<_>) = held.iter().copied().partition(keeps);
        let new: Vec<_> =
            wanted.iter().filter(|(key, units)| *units != units_on(&held, *key)).copied().collect();
        self.check_new_blocks(details, &new, released.len())?;
        self.check_all_bounds(released.iter().map(|block| (block.key, block.quantity)))?;

        let expires_at = held.iter().filter_map(|block| block.expires_at).min().unwrap_or(self.before.now);
        let expires_at = change.ttl.map_or(expires_at, |ttl| expires_at.max(ttl.from(self.before.now)));
        for block in &released {
            self.release_block(index, block)?;
        }
        for block in kept.iter().filter(|_| change.ttl.is_some()) {
            self.set_expiry(index, *block, expires_at);
        }
        let mut placed = BTreeMap::new();
        for (key, units) in &new {
            placed.insert(*key, self.place_in_cart(index, cart, details, (*key, *units), expires_at)?);
        }
        self.add_active_blocks(details.reference.as_ref(), placed.len());
        let holding =
            |block: HeldBlock| CartHolding { block: block.id, key: block.key, quantity: block.quantity };
        let blocks_on = |key: &LevelKey| {
            let kept = kept.iter().filter(|block| block.key == *key).copied();
            kept.chain(placed.get(key).copied()).map(holding).collect::<Vec<_>>()
        };
        let lines: Vec<_> = wanted.iter().flat_map(|(key, _)| blocks_on(key)).collect();
        let details_before = details;
        let details = CartDetails { version: details.version + 1, ..details.clone() };
        let CartDetails { version, reference, note, created_at, .. } = details.clone();
        let blocks: Vec<BlockId> = lines.iter().map(|line| line.block).collect();
        self.carts.insert(cart, CartChange { version_before: Some(change.version), details, blocks });
        let (state, expires_at) = (CartState::Active, Some(expires_at));
        let payment = details_before.payment.clone();
        Ok(Granted::CartChanged(Cart {
            id: cart,
            state,
            version,
            reference,
            note,
            created_at,
            expires_at,
            payment,
            order: None,
            lines,
        }))
    }

    /// Checks the limits for the new blocks of a cart that releases `released` blocks.
    fn check_new_blocks(
        &self,
        details: &CartDetails,
        new: &[(LevelKey, i64)],
        released: usize,
    ) -> Result<(), Error> {
        new.iter().try_for_each(|(key, units)| self.check_block_units(key.item, *units))?;
        match new.len().checked_sub(released) {
            Some(added) if added > 0 => self.check_reference_blocks(details.reference.as_ref(), added),
            _ => Ok(()),
        }
    }

    /// Places a block of a cart on units that are available.
    fn place_in_cart(
        &mut self,
        index: usize,
        cart: crate::CartId,
        details: &CartDetails,
        (key, units): (LevelKey, i64),
        expires_at: Time,
    ) -> Result<HeldBlock, Error> {
        let quantity = i32::try_from(units).unwrap_or(UNITS_MAX);
        let block = HeldBlock { cart: Some(cart), ..self.create_block(key, quantity, expires_at)? };
        if let Some(available) = self.levels.get_mut(&key) {
            *available -= quantity;
        }
        self.record_placed(index, NewBlock::in_cart(block, details));
        Ok(block)
    }
}
