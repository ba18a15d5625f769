//! Cache of the temporary blocks that this server placed, with the values after its last commits.
//!
//! A stale entry never leads to a wrong decision: the optimistic path's write statement compares it with the locked row. The
//! cache also returns a block's item, so that requests for the block join the item's queue.

use super::generational::Generational;
use domain::{BlockId, CartId, HeldBlock, ItemId, StockChanges};
use std::collections::{HashMap, HashSet};
use store::Generation;

/// The fewest blocks that the cache keeps, about 100 bytes each. At twice as many the older half is evicted.
const BLOCKS_MIN: usize = 50_000;

/// A cache of temporary blocks and of the blocks of carts.
#[derive(Default)]
pub(crate) struct BlockCache(Generational<Halves>);

/// Two halves in order of placing. Eviction drops the older one as a whole.
#[derive(Default)]
struct Halves {
    newer: Half,
    older: Half,
}

#[derive(Default)]
struct Half {
    blocks: HashMap<BlockId, HeldBlock>,
    /// Each cart after its last change.
    carts: HashMap<CartId, CachedCart>,
}

struct CachedCart {
    blocks: Vec<BlockId>,
    /// Whether a payment was started, which may still run.
    has_payment: bool,
}

impl BlockCache {
    /// Returns the `blocks` that are cached.
    pub(crate) fn get(
        &self,
        generation: Generation,
        blocks: impl Iterator<Item = BlockId>,
    ) -> HashMap<BlockId, HeldBlock> {
        let found = |cached: &Halves| blocks.filter_map(|id| Some((id, *cached.get(&id)?))).collect();
        self.0.read(generation, found).unwrap_or_default()
    }

    /// Returns the blocks of the `carts` that are cached with all of their blocks.
    pub(crate) fn get_carts(
        &self,
        generation: Generation,
        carts: impl Iterator<Item = CartId>,
    ) -> HashMap<CartId, Vec<BlockId>> {
        let complete = |cached: &Halves| {
            let members = carts.filter_map(|cart| {
                let members = &cached.cart(&cart)?.blocks;
                let is_complete = members.iter().all(|id| cached.get(id).is_some());
                is_complete.then(|| (cart, members.clone()))
            });
            members.collect()
        };
        self.0.read(generation, complete).unwrap_or_default()
    }

    /// Returns those of the `carts` that are cached with a payment.
    pub(crate) fn carts_with_payment(
        &self,
        generation: Generation,
        carts: impl Iterator<Item = CartId>,
    ) -> HashSet<CartId> {
        let has_payment = |cached: &Halves| {
            carts.filter(|id| cached.cart(id).is_some_and(|cart| cart.has_payment)).collect()
        };
        self.0.read(generation, has_payment).unwrap_or_default()
    }

    /// Returns the item of a cached block.
    pub(crate) fn item(&self, block: BlockId) -> Option<ItemId> {
        self.0.peek(|cached| cached.get(&block).map(|block| block.key.item))
    }

    /// Returns the item of the first block of a cached cart.
    pub(crate) fn item_of_cart(&self, cart: CartId) -> Option<ItemId> {
        self.0.peek(|cached| cached.get(cached.cart(&cart)?.blocks.first()?).map(|block| block.key.item))
    }

    /// Applies committed changes.
    pub(crate) fn record(&self, generation: Generation, changes: &StockChanges) {
        self.0.update(generation, |cached| cached.record(changes));
    }

    /// Removes these blocks and their carts.
    pub(crate) fn invalidate<'a>(&self, blocks: impl IntoIterator<Item = &'a BlockId>) {
        self.0.invalidate(|cached| blocks.into_iter().for_each(|id| cached.remove(id)));
    }
}

impl Halves {
    fn get(&self, id: &BlockId) -> Option<&HeldBlock> {
        self.newer.blocks.get(id).or_else(|| self.older.blocks.get(id))
    }

    fn get_mut(&mut self, id: &BlockId) -> Option<&mut HeldBlock> {
        match self.newer.blocks.get_mut(id) {
            None => self.older.blocks.get_mut(id),
            newer => newer,
        }
    }

    fn cart(&self, cart: &CartId) -> Option<&CachedCart> {
        self.newer.carts.get(cart).or_else(|| self.older.carts.get(cart))
    }

    fn record(&mut self, changes: &StockChanges) {
        changes.ended.keys().for_each(|id| self.remove(id));
        for block in changes.updated.values() {
            match (block.expires_at, self.get_mut(&block.id)) {
                (Some(_), Some(cached)) => *cached = *block,
                _ => self.remove(&block.id),
            }
        }
        // A permanent block is not cached.
        for new in changes.placed.iter().filter(|new| new.block.expires_at.is_some()) {
            self.newer.blocks.insert(new.block.id, new.block);
        }
        for (cart, change) in &changes.carts {
            let has_payment = change.details.payment.is_some();
            self.newer.carts.insert(*cart, CachedCart { blocks: change.blocks.clone(), has_payment });
        }
        if self.newer.blocks.len() >= BLOCKS_MIN {
            self.older = std::mem::take(&mut self.newer);
        }
    }

    /// Removes a block and its cart. The cart is incomplete without it: [`BlockCache::get_carts`] checks that all its blocks
    /// are cached.
    fn remove(&mut self, id: &BlockId) {
        for half in [&mut self.newer, &mut self.older] {
            let cart = half.blocks.remove(id).and_then(|block| block.cart);
            half.carts.remove(&cart.unwrap_or(CartId(id.0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use domain::{CartChange, CartDetails, LevelKey, NewBlock, WarehouseId};

    const FIRST: Generation = Generation::FIRST;

    fn block(id: i64) -> HeldBlock {
        let key = LevelKey { item: ItemId(id % 7), warehouse: WarehouseId(1) };
        HeldBlock { id: BlockId(id), key, quantity: 3, expires_at: Some(DateTime::UNIX_EPOCH), cart: None }
    }

    fn placed(ids: std::ops::Range<i64>) -> StockChanges {
        let placed = ids.map(|id| NewBlock { block: block(id), reference: None, note: None }).collect();
        StockChanges { placed, ..StockChanges::default() }
    }

    /// A cart of these blocks.
    fn cart(ids: std::ops::Range<i64>) -> StockChanges {
        let details = CartDetails {
            version: 1,
            reference: None,
            note: None,
            created_at: DateTime::UNIX_EPOCH,
            payment: None,
        };
        let change = CartChange { version_before: None, details, blocks: ids.clone().map(BlockId).collect() };
        StockChanges { carts: [(CartId(1), change)].into(), ..placed(ids) }
    }

    #[test]
    fn a_changed_cart_is_cached_with_its_new_blocks() {
        let cache = BlockCache::default();
        cache.record(FIRST, &cart(1..3));
        let mut change = cart(2..4);
        change.ended.insert(BlockId(1), ItemId(1));
        cache.record(FIRST, &change);
        let of_cart = cache.get_carts(FIRST, [CartId(1)].into_iter());
        assert_eq!(of_cart, [(CartId(1), vec![BlockId(2), BlockId(3)])].into());
        assert_eq!(cache.item_of_cart(CartId(1)), Some(ItemId(2)));
    }

    #[test]
    fn a_cart_leaves_the_cache_with_any_of_its_blocks() {
        let mut changes = cart(2..4);
        for placed in &mut changes.placed {
            placed.block.cart = Some(CartId(1));
        }
        for gone in [2, 3] {
            let cache = BlockCache::default();
            cache.record(FIRST, &changes);
            cache.invalidate(&[BlockId(gone)]);
            assert_eq!(cache.item_of_cart(CartId(1)), None);
        }
    }

    #[test]
    fn blocks_are_cached_as_commits_left_them() {
        let cache = BlockCache::default();
        cache.record(FIRST, &placed(1..4));
        assert_eq!(cache.get(FIRST, [BlockId(2), BlockId(9)].into_iter()), [(BlockId(2), block(2))].into());
        assert_eq!((cache.item(BlockId(3)), cache.item(BlockId(9))), (Some(ItemId(3)), None));

        let sold = HeldBlock { expires_at: None, ..block(1) };
        let longer = HeldBlock { expires_at: Some(DateTime::UNIX_EPOCH + TimeDelta::hours(1)), ..block(2) };
        let updated = [(sold.id, sold), (longer.id, longer)].into();
        cache.record(
            FIRST,
            &StockChanges { updated, ended: [(BlockId(3), ItemId(3))].into(), ..StockChanges::default() },
        );
        assert_eq!(cache.get(FIRST, (1..4).map(BlockId)), [(BlockId(2), longer)].into());
    }

    #[test]
    fn a_cart_is_cached_while_all_of_its_blocks_are() {
        for gone in [1, 2, 3] {
            let cache = BlockCache::default();
            cache.record(FIRST, &cart(1..4));
            let of_cart = || cache.get_carts(FIRST, [CartId(1), CartId(2)].into_iter());
            assert_eq!(of_cart(), [(CartId(1), vec![BlockId(1), BlockId(2), BlockId(3)])].into());
            cache.invalidate(&[BlockId(gone)]);
            assert_eq!(of_cart(), HashMap::new());
        }
    }

    #[test]
    fn a_cart_id_that_is_assigned_again_has_the_later_blocks_only() {
        let cache = BlockCache::default();
        cache.record(FIRST, &cart(1..4));
        cache.record(FIRST, &cart(1..3));
        let of_cart = cache.get_carts(FIRST, [CartId(1)].into_iter());
        assert_eq!(of_cart, [(CartId(1), vec![BlockId(1), BlockId(2)])].into());
    }

    #[test]
    fn the_oldest_blocks_are_evicted_first() {
        let cache = BlockCache::default();
        let many = BLOCKS_MIN as i64;
        cache.record(FIRST, &placed(0..many));
        cache.record(FIRST, &placed(many..many + 1));
        assert!(cache.item(BlockId(0)).is_some());
        cache.record(FIRST, &placed(many + 1..2 * many));
        assert_eq!(cache.item(BlockId(0)), None);
        assert!(cache.item(BlockId(many)).is_some());
    }
}
