//! The draft of the stock while a batch is decided.

use super::exchange::set_activity_units;
use super::model::{
    CartChange, ConvertedOrder, Extension, NewMovement, OrderChange, PaymentChange, Snapshot, StockChanges,
    of_item,
};
use crate::{
    AllowedWarehouses, BlockEnd, BlockId, CartId, Condition, Error, HeldBlock, ItemId, LevelKey,
    MovementReason, NewBlock, OrderId, Permission, Reference, UNITS_MAX, UNITS_RECEIVED_UNCHECKED_MAX,
    UnsellableUnits, WarehouseId, WarehouseLimits,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The state of the stock after the requests that are decided so far.
pub(super) struct Draft<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) limits: &'a WarehouseLimits,
    /// The limit of the caller of the current request, with the permission that the request needs. `None` without a
    /// limit.
    pub(super) caller: Option<(&'a AllowedWarehouses, Permission)>,
    pub(super) levels: BTreeMap<LevelKey, i32>,
    /// Blocks that were changed or ended. All other blocks are in `before`.
    pub(super) blocks: HashMap<BlockId, Result<HeldBlock, BlockEnd>>,
    pub(super) orders: HashMap<OrderId, OrderChange>,
    pub(super) placed: Vec<NewBlock>,
    pub(super) movements: Vec<NewMovement>,
    pub(super) extensions: Vec<Extension>,
    pub(super) payments: Vec<PaymentChange>,
    pub(super) converted: Vec<ConvertedOrder>,
    pub(super) short_items: BTreeSet<ItemId>,
    /// Whether a request needs a stock level that is not locked.
    pub(super) lacks_locks: bool,
    /// Units that were received, came back or were restored, minus units that were written off, by item.
    pub(super) received: HashMap<ItemId, i64>,
    /// The units of temporary blocks that ended or became permanent, by level.
    pub(super) ended_units: HashMap<LevelKey, i64>,
    /// Carts that were placed or changed.
    pub(super) carts: BTreeMap<CartId, CartChange>,
    /// The change of the number of active blocks, by reference.
    pub(super) active_blocks: HashMap<Reference, i64>,
    /// Permanent blocks that were shipped, with their item.
    pub(super) shipped: BTreeMap<BlockId, ItemId>,
    /// Unsellable units that were changed, by level.
    pub(super) unsellable: BTreeMap<LevelKey, UnsellableUnits>,
}

impl<'a> Draft<'a> {
    /// Creates a draft and reclaims the expired blocks of the snapshot.
    pub(super) fn new(before: &'a Snapshot, limits: &'a WarehouseLimits) -> Self {
        let mut draft = Self {
            before,
            limits,
            caller: None,
            levels: before.levels.clone(),
            blocks: HashMap::new(),
            orders: HashMap::new(),
            placed: Vec::new(),
            movements: Vec::new(),
            extensions: Vec::new(),
            payments: Vec::new(),
            converted: Vec::new(),
            short_items: BTreeSet::new(),
            lacks_locks: false,
            received: HashMap::new(),
            ended_units: HashMap::new(),
            carts: BTreeMap::new(),
            active_blocks: HashMap::new(),
            unsellable: BTreeMap::new(),
            shipped: BTreeMap::new(),
        };
        for block in &before.expired {
            let end = BlockEnd::Expired(block.expires_at.unwrap_or(before.now));
            // If the units exceed the bounds of the stock level, this block is not reclaimed.
            let _ = draft.return_units(block, end, None);
        }
        draft
    }

    /// Returns the changes between the snapshot and the draft, and the items that were short.
    pub(super) fn finish(mut self) -> (StockChanges, BTreeSet<ItemId>) {
        set_activity_units(&mut self.movements);
        let mut changes = StockChanges {
            placed: self.placed,
            movements: self.movements,
            extensions: self.extensions,
            payments: self.payments,
            converted: self.converted,
            carts: self.carts,
            unsellable: self.unsellable,
            shipped: self.shipped,
            ..StockChanges::default()
        };
        for (key, available) in self.levels {
            match self.before.levels.get(&key) {
                Some(before) if *before == available => {}
                Some(before) => _ = changes.levels.insert(key, available - before),
                None => _ = changes.new_levels.insert(key, available),
            }
        }
        let expired: HashMap<_, _> =
            self.before.expired.iter().map(|block| (block.id, block.key.item)).collect();
        for (id, block) in self.blocks {
            match block {
                Ok(block) => _ = changes.updated.insert(id, block),
                Err(_) => {
                    let item = self.before.blocks.get(&id).map(|block| block.key.item);
                    if let Some(item) = item.or_else(|| expired.get(&id).copied()) {
                        changes.ended.insert(id, item);
                    }
                }
            }
        }
        changes.orders.extend(self.orders);
        (changes, self.short_items)
    }

    /// Returns a block in its current state.
    ///
    /// # Errors
    /// [`Error::BlockExpired`], [`Error::BlockReleased`], [`Error::BlockNotFound`].
    pub(super) fn block(&self, id: BlockId) -> Result<HeldBlock, Error> {
        match self.blocks.get(&id) {
            Some(Ok(block)) => return Ok(*block),
            Some(Err(end)) => return Err(end.error(id)),
            None => {}
        }
        match (self.before.blocks.get(&id), self.before.ended.get(&id)) {
            (Some(block), _) => Ok(*block),
            (None, Some(end)) => Err(end.error(id)),
            (None, None) => Err(Error::BlockNotFound(id)),
        }
    }

    /// Ends a block and returns its units to stock.
    pub(super) fn return_units(
        &mut self,
        block: &HeldBlock,
        end: BlockEnd,
        request: Option<usize>,
    ) -> Result<(), Error> {
        self.check_bounds(block.key, block.quantity.into(), block.quantity.into())?;
        let reason = match end {
            BlockEnd::Expired(_) => MovementReason::Expired,
            // The units of a converted block do not return.
            BlockEnd::Released | BlockEnd::Converted(_) => MovementReason::Released,
        };
        let cause = Cause { block: Some(block.id), request, ..Cause::default() };
        self.change_level(block.key, block.quantity, reason, cause)?;
        self.blocks.insert(block.id, Err(end));
        self.record_ended(block);
        Ok(())
    }

    /// Records that the units of a block are not held any more.
    pub(super) fn record_ended(&mut self, block: &HeldBlock) {
        if block.expires_at.is_some() {
            *self.ended_units.entry(block.key).or_default() += i64::from(block.quantity);
        }
    }

    /// Changes a stock level and records the movement. A request with several changes first checks all of them with
    /// [`Draft::check_all_bounds`], so that it is applied completely or not at all.
    pub(super) fn change_level(
        &mut self,
        key: LevelKey,
        change: i32,
        reason: MovementReason,
        cause: Cause,
    ) -> Result<(), Error> {
        let available = self.available(key);
        let left = available.checked_add(change).filter(|left| *left >= 0);
        let overflow = Error::StockOverflow { item: key.item, available, delta: change };
        self.levels.insert(key, left.ok_or(overflow)?);
        self.record_movement(key, change, reason, cause);
        Ok(())
    }

    /// Checks that a stock level stays within [`UNITS_MAX`] with `units` more, and the item over all its levels with
    /// `item_units` more.
    pub(super) fn check_bounds(&self, key: LevelKey, units: i64, item_units: i64) -> Result<(), Error> {
        let is_over = |before: i64, added: i64| added > 0 && before + added > i64::from(UNITS_MAX);
        if is_over(i64::from(self.available(key)), units) || is_over(self.sum_of_levels(key.item), item_units)
        {
            let delta = i32::try_from(item_units.max(units)).unwrap_or(UNITS_MAX);
            return Err(Error::StockOverflow {
                item: key.item,
                available: self.available_units(key.item),
                delta,
            });
        }
        Ok(())
    }

    /// Checks the bounds for a request that adds units to several stock levels.
    pub(super) fn check_all_bounds(
        &self,
        added: impl IntoIterator<Item = (LevelKey, i32)>,
    ) -> Result<(), Error> {
        let (mut levels, mut items) = (BTreeMap::<_, i64>::new(), BTreeMap::<_, i64>::new());
        for (key, units) in added {
            *levels.entry(key).or_default() += i64::from(units);
            *items.entry(key.item).or_default() += i64::from(units);
        }
        levels.into_iter().try_for_each(|(key, units)| {
            self.check_bounds(key, units, items.get(&key.item).copied().unwrap_or(units))
        })
    }

    /// Records a movement; the stock level stays as it is.
    pub(super) fn record_movement(
        &mut self,
        key: LevelKey,
        change: i32,
        reason: MovementReason,
        cause: Cause,
    ) {
        let Cause { block, order, note, units, condition, request } = cause;
        let activity_units = None;
        let movement = NewMovement {
            key,
            change,
            units,
            activity_units,
            reason,
            condition,
            block,
            order,
            note,
            request,
        };
        self.movements.push(movement);
    }

    pub(super) fn levels_of(&self, item: ItemId) -> impl Iterator<Item = (&LevelKey, &i32)> {
        of_item(&self.levels, item)
    }

    /// Checks that the caller of the current request may change the stock of a warehouse.
    pub(super) fn check_warehouse(&self, warehouse: WarehouseId) -> Result<(), Error> {
        self.caller.map_or(Ok(()), |(allowed, permission)| allowed.check(permission, warehouse))
    }

    /// Returns the item's stock level with the most units, of those that the caller of the current request may change. If
    /// several are equal, the one with the lowest warehouse id.
    pub(super) fn fullest_level(&self, item: ItemId) -> Option<LevelKey> {
        let larger = |best: Option<(LevelKey, i32)>, (key, available): (&LevelKey, &i32)| match best {
            Some((_, most)) if most >= *available => best,
            _ => Some((*key, *available)),
        };
        let is_allowed = |(key, _): &(&LevelKey, &i32)| {
            self.caller.is_none_or(|(allowed, _)| allowed.contains(key.warehouse))
        };
        self.levels_of(item).filter(is_allowed).fold(None, larger).map(|(key, _)| key)
    }

    /// Returns the available units of a stock level; 0 if the level does not exist.
    pub(super) fn available(&self, key: LevelKey) -> i32 {
        self.levels.get(&key).copied().unwrap_or(0)
    }

    /// Returns the available units of the item over all its levels, at most [`UNITS_MAX`]. A granted request never exceeds
    /// this bound; levels that were changed directly in the database may.
    pub(super) fn available_units(&self, item: ItemId) -> i32 {
        i32::try_from(self.sum_of_levels(item)).unwrap_or(UNITS_MAX)
    }

    pub(super) fn sum_of_levels(&self, item: ItemId) -> i64 {
        self.levels_of(item).map(|(_, available)| i64::from(*available)).sum()
    }

    /// Records units that an item receives, or that are written off.
    pub(super) fn record_received(&mut self, item: ItemId, units: i32) {
        *self.received.entry(item).or_default() += i64::from(units);
    }

    /// Checks that an item can receive units. Above [`UNITS_RECEIVED_UNCHECKED_MAX`] the bound includes the units in
    /// temporary blocks and in orders, because they may return.
    pub(super) fn check_receivable(&self, item: ItemId, delta: i32) -> Result<(), Error> {
        let received = self.received.get(&item).copied().unwrap_or(0);
        let quantity = self.before.quantity(item) + received + i64::from(delta);
        let returnable = match quantity > UNITS_RECEIVED_UNCHECKED_MAX {
            true => self.before.returnable_units.get(&item).copied().unwrap_or(0),
            false => 0,
        };
        if delta > 0 && quantity + returnable > i64::from(UNITS_MAX) {
            return Err(Error::StockOverflow { item, available: self.available_units(item), delta });
        }
        Ok(())
    }

    /// Checks that an item is not archived.
    pub(super) fn check_sellable(&self, item: ItemId) -> Result<(), Error> {
        match self.before.archived_items.contains(&item) {
            true => Err(Error::ItemArchived(item)),
            false => Ok(()),
        }
    }

    /// Checks that a warehouse is not archived.
    pub(super) fn check_receives(&self, warehouse: WarehouseId) -> Result<(), Error> {
        match self.before.archived_warehouses.contains(&warehouse) {
            true => Err(Error::WarehouseArchived(warehouse)),
            false => Ok(()),
        }
    }

    /// Checks that an item and a warehouse exist.
    pub(super) fn check_exists(&self, item: ItemId, warehouse: Option<WarehouseId>) -> Result<(), Error> {
        if self.levels_of(item).next().is_none() && !self.before.items.contains(&item) {
            return Err(Error::ItemNotFound(item));
        }
        match warehouse {
            Some(warehouse) if !self.before.warehouses.contains(&warehouse) => {
                Err(Error::WarehouseNotFound(warehouse))
            }
            _ => Ok(()),
        }
    }

    /// Returns the error for too few units, or for an item or a warehouse that does not exist. Marks the item as short.
    pub(super) fn insufficient_stock(
        &mut self,
        item: ItemId,
        warehouse: Option<WarehouseId>,
        requested: i32,
        available: i32,
    ) -> Error {
        let has_level = |warehouse| self.levels.contains_key(&LevelKey { item, warehouse });
        if !warehouse.is_some_and(has_level)
            && let Err(not_found) = self.check_exists(item, warehouse)
        {
            return not_found;
        }
        self.short_items.insert(item);
        Error::InsufficientStock { item, warehouse, requested, available }
    }
}

/// The origin of a movement.
#[derive(Default)]
pub(super) struct Cause {
    pub(super) block: Option<BlockId>,
    pub(super) order: Option<OrderId>,
    pub(super) note: Option<String>,
    /// The units of the movement, if they are not those of its change.
    pub(super) units: Option<i32>,
    /// The condition that the units enter or leave.
    pub(super) condition: Option<Condition>,
    pub(super) request: Option<usize>,
}

impl Cause {
    pub(super) fn request(index: usize) -> Self {
        Self { request: Some(index), ..Self::default() }
    }

    pub(super) fn block(id: BlockId, index: usize) -> Self {
        Self { block: Some(id), ..Self::request(index) }
    }
}
