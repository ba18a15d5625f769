//! Changes of a cart's lines. The units that the cart holds count as available for its new lines.

use super::carts::shortage;
use super::draft::Draft;
use super::granted::{Decision, Granted};
use super::model::CartChange;
use crate::{
    BlockId, Cart, CartDetails, CartHolding, CartLine, CartState, ChangeCart, Error, HeldBlock, ItemId,
    LevelKey, NewBlock, Shortage, Time, UNITS_MAX, WarehouseId,
};
use std::collections::BTreeMap;

/// The lines of one item with the same choice of a warehouse, as one.
struct Demand {
    item: ItemId,
    warehouse: Option<WarehouseId>,
    units: i64,
}

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
        let wanted = self.distribute(&held, change.lines())?;
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

    /// Returns the units that the lines take from each level, in the order of the lines, if the units of `held` are
    /// available too. Lines that name a warehouse are served first. A line that names none stays in the warehouse of the
    /// cart's most units of the item if these suffice with the available ones, otherwise it takes the fullest level.
    ///
    /// # Errors
    /// [`Error::CartShort`] with all items that are short, or the first other error of a line.
    fn distribute(&mut self, held: &[HeldBlock], lines: &[CartLine]) -> Result<Vec<(LevelKey, i64)>, Error> {
        let demands = summed(lines);
        let mut order: Vec<_> = (0..demands.len()).collect();
        order.sort_by_key(|index| demands[*index].warehouse.is_none());
        let mut taken = BTreeMap::<LevelKey, i64>::new();
        let mut levels = BTreeMap::<usize, LevelKey>::new();
        let mut shortages = BTreeMap::<usize, Shortage>::new();
        for index in order {
            let Demand { item, warehouse, units } = demands[index];
            warehouse.map_or(Ok(()), |warehouse| self.check_warehouse(warehouse))?;
            let own = held.iter().filter(|block| block.key.item == item);
            if units > own.map(|block| i64::from(block.quantity)).sum() {
                self.check_sellable(item)?;
            }
            let free = |key: &LevelKey| {
                let units = i64::from(self.available(*key)) + units_on(held, *key);
                units - taken.get(key).copied().unwrap_or(0)
            };
            let source = match warehouse {
                Some(warehouse) => Some(LevelKey { item, warehouse }),
                None => self.preferred_level(item, units, held, free),
            };
            let available = source.as_ref().map_or(0, free);
            match source {
                Some(key) if available >= units => {
                    *taken.entry(key).or_default() += units;
                    levels.insert(index, key);
                }
                _ => {
                    let short = shortage(item, units, available);
                    // The error of an item or a warehouse that does not exist has precedence.
                    match self.insufficient_stock(item, warehouse, short.requested, short.available) {
                        Error::InsufficientStock { .. } => _ = shortages.insert(index, short),
                        error => return Err(error),
                    }
                }
            }
        }
        if !shortages.is_empty() {
            return Err(Error::CartShort(shortages.into_values().collect()));
        }
        let mut wanted = Vec::<(LevelKey, i64)>::new();
        for (index, key) in levels {
            match wanted.iter_mut().find(|(other, _)| *other == key) {
                Some((_, units)) => *units += demands[index].units,
                None => wanted.push((key, demands[index].units)),
            }
        }
        Ok(wanted)
    }

    /// Returns the level for a line that names no warehouse.
    fn preferred_level(
        &self,
        item: ItemId,
        units: i64,
        held: &[HeldBlock],
        free: impl Fn(&LevelKey) -> i64,
    ) -> Option<LevelKey> {
        let is_allowed =
            |key: &&LevelKey| self.caller.is_none_or(|(allowed, _)| allowed.contains(key.warehouse));
        let allowed = || self.levels_of(item).map(|(key, _)| key).filter(is_allowed).copied();
        // The lowest warehouse id decides between equal levels.
        let fuller = |units: i64, key: LevelKey| (units, std::cmp::Reverse(key.warehouse));
        let own = allowed().filter(|key| units_on(held, *key) > 0 && free(key) >= units);
        let own = own.max_by_key(|key| fuller(units_on(held, *key), *key));
        own.or_else(|| allowed().max_by_key(|key| fuller(free(key), *key)))
    }
}

/// Returns the units of the blocks on a level.
fn units_on(blocks: &[HeldBlock], key: LevelKey) -> i64 {
    blocks.iter().filter(|block| block.key == key).map(|block| i64::from(block.quantity)).sum()
}

/// Adds up the lines of the same item with the same choice of a warehouse.
fn summed(lines: &[CartLine]) -> Vec<Demand> {
    let mut demands = Vec::<Demand>::with_capacity(lines.len());
    for line in lines {
        let units = i64::from(line.quantity.get());
        let same = |other: &&mut Demand| (other.item, other.warehouse) == (line.item, line.warehouse);
        match demands.iter_mut().find(same) {
            Some(demand) => demand.units += units,
            None => demands.push(Demand { item: line.item, warehouse: line.warehouse, units }),
        }
    }
    demands
}
