//! What this server knows of temporary blocks without asking: those that it placed itself, as it left them.
//!
//! As with stock levels nothing is decided on it for good; it also tells a block's item, whose queue can decide on it
//! without waiting for another.

use domain::{BlockId, CartId, Changes, HeldBlock, ItemId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::Generation;

/// As many blocks are remembered at least; when there are twice as many, the older half is forgotten. Some 100 bytes
/// each.
const BLOCKS_KNOWN_MIN: usize = 50_000;

/// Blocks as they were left.
#[derive(Default)]
pub(crate) struct BlockCache(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    /// The generation of the database that all of it belongs to.
    generation: Generation,
    newer: Half,
    older: Half,
}

#[derive(Default)]
struct Half {
    blocks: HashMap<BlockId, HeldBlock>,
    /// The blocks that a cart was placed with.
    carts: HashMap<CartId, Vec<BlockId>>,
}

impl BlockCache {
    /// Those of `blocks` that are known.
    pub(crate) fn of(
        &self,
        generation: Generation,
        blocks: impl Iterator<Item = BlockId>,
    ) -> HashMap<BlockId, HeldBlock> {
        self.with(|memory| match memory.admit(generation) {
            true => blocks.filter_map(|id| Some((id, *memory.get(&id)?))).collect(),
            false => HashMap::new(),
        })
    }

    /// The blocks of those of `carts` that are known and have all of theirs.
    pub(crate) fn of_carts(
        &self,
        generation: Generation,
        carts: impl Iterator<Item = CartId>,
    ) -> HashMap<CartId, Vec<BlockId>> {
        self.with(|memory| {
            if !memory.admit(generation) {
                return HashMap::new();
            }
            let whole = carts.filter_map(|cart| {
                let members = memory.cart(&cart)?;
                let all_known = members.iter().all(|id| memory.get(id).is_some());
                all_known.then(|| (cart, members.clone()))
            });
            whole.collect()
        })
    }

    /// The item whose units a block holds; for a cart, its first block names it.
    pub(crate) fn item(&self, block: BlockId) -> Option<ItemId> {
        self.with(|memory| memory.get(&block).map(|block| block.key.item))
    }

    /// Remembers what is committed.
    pub(crate) fn record(&self, generation: Generation, changes: &Changes) {
        self.with(|memory| {
            if !memory.admit(generation) {
                return;
            }
            changes.ended.keys().for_each(|id| memory.invalidate(id));
            for block in changes.updated.values() {
                match (block.expires_at, memory.get_mut(&block.id)) {
                    (Some(_), Some(known)) => *known = *block,
                    _ => memory.invalidate(&block.id),
                }
            }
            for new in &changes.placed {
                memory.newer.blocks.insert(new.block.id, new.block);
                if let Some(cart) = new.cart {
                    let members = memory.newer.carts.entry(cart).or_default();
                    // A cart's first block gives it its id: members from before it are another cart's.
                    if cart.0 == new.block.id.0 {
                        members.clear();
                    }
                    members.push(new.block.id);
                }
            }
            if memory.newer.blocks.len() >= BLOCKS_KNOWN_MIN {
                std::mem::swap(&mut memory.newer, &mut memory.older);
                memory.newer.blocks.clear();
                memory.newer.carts.clear();
            }
        });
    }

    /// Nothing of these is known any more.
    pub(crate) fn invalidate<'a>(&self, blocks: impl IntoIterator<Item = &'a BlockId>) {
        self.with(|memory| blocks.into_iter().for_each(|id| memory.invalidate(id)));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Memory {
    /// Whether a caller of this generation may use the cache. A later generation empties it first; what was written in
    /// an earlier one is not added.
    fn admit(&mut self, generation: Generation) -> bool {
        if generation > self.generation {
            *self = Self { generation, ..Self::default() };
        }
        generation == self.generation
    }

    fn get(&self, id: &BlockId) -> Option<&HeldBlock> {
        self.newer.blocks.get(id).or_else(|| self.older.blocks.get(id))
    }

    fn get_mut(&mut self, id: &BlockId) -> Option<&mut HeldBlock> {
        match self.newer.blocks.get_mut(id) {
            None => self.older.blocks.get_mut(id),
            newer => newer,
        }
    }

    fn cart(&self, cart: &CartId) -> Option<&Vec<BlockId>> {
        self.newer.carts.get(cart).or_else(|| self.older.carts.get(cart))
    }

    /// Its cart is not whole any more, and so not known either: the cart's first block names it.
    fn invalidate(&mut self, id: &BlockId) {
        for half in [&mut self.newer, &mut self.older] {
            half.blocks.remove(id);
            half.carts.remove(&CartId(id.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use domain::{LevelKey, NewBlock, WarehouseId};

    const FIRST: Generation = Generation::FIRST;

    fn block(id: i64) -> HeldBlock {
        let key = LevelKey { item: ItemId(id % 7), warehouse: WarehouseId(1) };
        HeldBlock { id: BlockId(id), key, quantity: 3, expires_at: Some(DateTime::UNIX_EPOCH) }
    }

    fn placed(ids: std::ops::Range<i64>) -> Changes {
        let placed = ids.map(|id| NewBlock { block: block(id), cart: None, reference: None }).collect();
        Changes { placed, ..Changes::default() }
    }

    #[test]
    fn blocks_are_known_as_they_were_left() {
        let known = BlockCache::default();
        known.record(FIRST, &placed(1..4));
        assert_eq!(known.of(FIRST, [BlockId(2), BlockId(9)].into_iter()), [(BlockId(2), block(2))].into());
        assert_eq!((known.item(BlockId(3)), known.item(BlockId(9))), (Some(ItemId(3)), None));

        let sold = HeldBlock { expires_at: None, ..block(1) };
        let longer = HeldBlock { expires_at: Some(DateTime::UNIX_EPOCH + TimeDelta::hours(1)), ..block(2) };
        let updated = [(sold.id, sold), (longer.id, longer)].into();
        known.record(
            FIRST,
            &Changes { updated, ended: [(BlockId(3), ItemId(3))].into(), ..Changes::default() },
        );
        assert_eq!(known.of(FIRST, (1..4).map(BlockId)), [(BlockId(2), longer)].into());
    }

    #[test]
    fn a_cart_is_known_while_all_of_its_blocks_are() {
        for gone in [1, 2, 3] {
            let known = BlockCache::default();
            let mut cart = placed(1..4);
            cart.placed.iter_mut().for_each(|new| new.cart = Some(CartId(1)));
            known.record(FIRST, &cart);
            let of_cart = || known.of_carts(FIRST, [CartId(1), CartId(2)].into_iter());
            assert_eq!(of_cart(), [(CartId(1), vec![BlockId(1), BlockId(2), BlockId(3)])].into());
            known.invalidate(&[BlockId(gone)]);
            assert_eq!(of_cart(), HashMap::new());
        }
    }

    #[test]
    fn a_cart_whose_id_is_given_again_has_the_later_members_only() {
        let known = BlockCache::default();
        let mut cart = placed(1..4);
        cart.placed.iter_mut().for_each(|new| new.cart = Some(CartId(1)));
        known.record(FIRST, &cart);
        cart.placed.truncate(2);
        known.record(FIRST, &cart);
        let of_cart = known.of_carts(FIRST, [CartId(1)].into_iter());
        assert_eq!(of_cart, [(CartId(1), vec![BlockId(1), BlockId(2)])].into());
    }

    #[test]
    fn blocks_are_known_in_their_generation_only() {
        let (known, later) = (BlockCache::default(), FIRST.next());
        known.record(FIRST, &placed(1..4));
        assert!(known.of(later, [BlockId(1)].into_iter()).is_empty());
        known.record(FIRST, &placed(1..4));
        assert!(known.of(later, [BlockId(1)].into_iter()).is_empty());
        assert!(known.of(FIRST, [BlockId(1)].into_iter()).is_empty());
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let known = BlockCache::default();
        let many = BLOCKS_KNOWN_MIN as i64;
        known.record(FIRST, &placed(0..many));
        known.record(FIRST, &placed(many..many + 1));
        assert!(known.item(BlockId(0)).is_some());
        known.record(FIRST, &placed(many + 1..2 * many));
        assert_eq!(known.item(BlockId(0)), None);
        assert!(known.item(BlockId(many)).is_some());
    }
}
