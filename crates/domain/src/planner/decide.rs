//! How each request is decided, on a draft of what the stock will be.

use super::*;

/// The stock as the requests decided so far leave it.
pub(super) struct Draft<'a> {
    pub(super) before: &'a Snapshot,
    levels: BTreeMap<LevelKey, i32>,
    /// Blocks that requests changed or ended; the rest are as in `before`.
    blocks: HashMap<BlockId, Result<HeldBlock, BlockEnd>>,
    orders: HashMap<OrderId, OrderChange>,
    pub(super) placed: Vec<NewBlock>,
    movements: Vec<NewMovement>,
    short_items: BTreeSet<ItemId>,
    /// Units that requests received or wrote off.
    received: HashMap<ItemId, i64>,
    /// Temporary blocks that each reference has more, or less, than before.
    pub(super) active_blocks: HashMap<Reference, i64>,
}

impl<'a> Draft<'a> {
    /// Starts from a snapshot, and takes its expired blocks back.
    pub(super) fn new(before: &'a Snapshot) -> Self {
        let mut draft = Self {
            before,
            levels: before.levels.clone(),
            blocks: HashMap::new(),
            orders: HashMap::new(),
            placed: Vec::new(),
            movements: Vec::new(),
            short_items: BTreeSet::new(),
            received: HashMap::new(),
            active_blocks: HashMap::new(),
        };
        for block in &before.expired {
            let end = BlockEnd::Expired(block.expires_at.unwrap_or(before.now));
            // A block whose units do not fit back stays as it is, and so does every other request's stock.
            let _ = draft.end(block, end, None);
        }
        draft
    }

    pub(super) fn decide(&mut self, index: usize, request: &Request) -> Decision {
        match request {
            Request::Place(place) => self.place(index, place),
            Request::PlaceCart(cart) => self.place_cart(index, cart),
            Request::Confirm(id, quantity) => self.confirm(index, *id, *quantity),
            Request::Release(id) => self.release(index, *id),
            Request::Extend(id, ttl) => self.extend(*id, *ttl),
            Request::ConfirmCart(cart) => self.confirm_cart(index, *cart),
            Request::ReleaseCart(cart) => self.release_cart(index, *cart),
            Request::ExtendCart(cart, ttl) => self.extend_cart(*cart, *ttl),
            Request::Adjust(adjustment) => self.adjust(index, adjustment),
            Request::Move(movement) => self.move_units(index, movement),
            Request::Allocate(order, warehouse) => self.allocate(index, *order, *warehouse),
            Request::Cancel(order) => self.cancel(index, *order),
        }
    }

    /// The difference between the snapshot and the draft.
    pub(super) fn finish(self) -> (StockChanges, BTreeSet<ItemId>) {
        let mut changes =
            StockChanges { placed: self.placed, movements: self.movements, ..StockChanges::default() };
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

    fn place(&mut self, index: usize, place: &PlaceBlock) -> Decision {
        let key = self.take(place.item, place.warehouse, place.quantity)?;
        let new = self.new_block(key, place.quantity, place.ttl)?;
        Ok(Granted::Placed(self.add(index, NewBlock { block: new, cart: None, reference: None })))
    }

    /// Takes units out of a stock level: the one named, or the fullest. The caller adds the block, or gives
    /// the units back.
    pub(super) fn take(
        &mut self,
        item: ItemId,
        warehouse: Option<WarehouseId>,
        quantity: Quantity,
    ) -> Result<LevelKey, Error> {
        let requested = quantity.get();
        let max = self.before.limits.block_units_max;
        if requested > max {
            return Err(Error::BlockUnitsLimit { item, requested, max });
        }
        let source = match warehouse {
            Some(warehouse) => Some(LevelKey { item, warehouse }),
            None => self.fullest(item),
        };
        let level = source.and_then(|key| self.levels.get_mut(&key).map(|available| (key, available)));
        match level {
            Some((key, available)) if *available >= requested => {
                *available -= requested;
                Ok(key)
            }
            level => {
                let available = level.map_or(0, |(_, available)| *available);
                Err(self.too_few(item, warehouse, requested, available))
            }
        }
    }

    /// Gives back what [`Draft::take`] took.
    pub(super) fn untake(&mut self, key: LevelKey, quantity: Quantity) {
        if let Some(available) = self.levels.get_mut(&key) {
            *available += quantity.get();
        }
    }

    /// A block with an id of its own, to be added with [`Draft::add`].
    pub(super) fn new_block(&self, key: LevelKey, quantity: Quantity, ttl: Ttl) -> Result<HeldBlock, Error> {
        // A caller that brings too few ids is at fault; refusing is safer than a block without a name.
        let id = self.before.new_block_ids.get(self.placed.len()).copied();
        let id = id.ok_or_else(|| Error::invalid("newBlockIds", "holds too few block ids"))?;
        let expires_at = Some(ttl.from(self.before.now));
        Ok(HeldBlock { id, key, quantity: quantity.get(), expires_at })
    }

    /// Adds a block whose units were taken already.
    pub(super) fn add(&mut self, index: usize, new: NewBlock) -> BlockPlaced {
        let HeldBlock { id, key, quantity, expires_at } = new.block;
        self.placed.push(new);
        self.note(key, -quantity, MovementReason::Blocked, Cause::block(id, index));
        let expires_at = expires_at.unwrap_or(self.before.now);
        BlockPlaced { id, key, quantity, remaining: self.total(key.item), expires_at }
    }

    fn confirm(&mut self, index: usize, id: BlockId, quantity: Option<Quantity>) -> Decision {
        let held = self.block(id)?;
        let block = held.confirm(quantity, self.before.now)?;
        Ok(Granted::Confirmed(self.sell(index, held, block)?))
    }

    /// Writes that `held` is now the permanent `block`; what it does not need goes back.
    pub(super) fn sell(
        &mut self,
        index: usize,
        held: HeldBlock,
        block: HeldBlock,
    ) -> Result<HeldBlock, Error> {
        let rest = held.quantity - block.quantity;
        if rest > 0 {
            self.check_fit(block.key, rest.into(), rest.into())?;
            self.shift(block.key, rest, MovementReason::Released, Cause::block(block.id, index))?;
        }
        self.blocks.insert(block.id, Ok(block));
        self.free(block.id);
        // The units left their level when the block was placed: a line of 0 tells when they were sold.
        self.note(block.key, 0, MovementReason::Confirmed, Cause::block(block.id, index));
        Ok(block)
    }

    fn release(&mut self, index: usize, id: BlockId) -> Decision {
        let block = self.block(id)?;
        block.active_until(self.before.now)?;
        Ok(Granted::Released(self.give_back(index, &block)?))
    }

    /// Releases a block that is live.
    pub(super) fn give_back(&mut self, index: usize, block: &HeldBlock) -> Result<BlockReleased, Error> {
        self.end(block, BlockEnd::Released, Some(index))?;
        self.free(block.id);
        let remaining = self.total(block.key.item);
        Ok(BlockReleased { id: block.id, key: block.key, quantity: block.quantity, remaining })
    }

    /// Counts a temporary block less for whom it was.
    fn free(&mut self, id: BlockId) {
        if let Some(reference) = self.before.references.get(&id) {
            *self.active_blocks.entry(reference.clone()).or_default() -= 1;
        }
    }

    fn extend(&mut self, id: BlockId, ttl: Ttl) -> Decision {
        let block = self.block(id)?;
        let expires_at = block.extend(ttl, self.before.now)?;
        Ok(Granted::Extended(self.prolong(block, expires_at)))
    }

    /// Lets a block that is live hold until another time.
    pub(super) fn prolong(&mut self, block: HeldBlock, expires_at: Time) -> BlockExtended {
        self.blocks.insert(block.id, Ok(HeldBlock { expires_at: Some(expires_at), ..block }));
        BlockExtended { id: block.id, item: block.key.item, expires_at }
    }

    fn adjust(&mut self, index: usize, adjustment: &StockAdjustment) -> Decision {
        let StockAdjustment { item, warehouse, delta, .. } = *adjustment;
        let warehouse = warehouse.or(self.before.default_warehouse);
        let warehouse =
            warehouse.ok_or_else(|| Error::invalid("warehouseId", "must be given: no default"))?;
        let key = LevelKey { item, warehouse };
        let available = self.levels.get(&key).copied();
        if available.is_none() {
            self.known(item, Some(warehouse))?;
        }
        let available = available.unwrap_or(0);
        let taken = delta.checked_neg().unwrap_or(UNITS_MAX);
        if available < taken {
            return Err(self.too_few(item, Some(warehouse), taken, available));
        }
        self.check_room(item, delta)?;
        self.check_fit(key, delta.into(), delta.into())?;
        *self.received.entry(item).or_default() += i64::from(delta);
        let reason = if delta > 0 { MovementReason::Received } else { MovementReason::WrittenOff };
        let note = Some(adjustment.note.to_string());
        self.shift(key, delta, reason, Cause { note, ..Cause::request(index) })?;
        let (available, quantity) = (self.available(key), self.total(item));
        Ok(Granted::Adjusted(StockAdjusted { item, warehouse, delta, available, quantity }))
    }

    fn allocate(&mut self, index: usize, order: OrderId, warehouse: WarehouseId) -> Decision {
        let before = self.before;
        let stub = before.orders.get(&order).ok_or(Error::OrderNotFound(order))?;
        match self.status(stub) {
            (OrderStatus::Pending, _) => {}
            (OrderStatus::Cancelled, _) => return Err(Error::OrderCancelled(order)),
            (OrderStatus::Allocated, from) => {
                let warehouse = from.unwrap_or(warehouse);
                return Err(Error::OrderAlreadyAllocated { order, warehouse });
            }
        }
        if !before.warehouses.contains(&warehouse) {
            return Err(Error::WarehouseNotFound(warehouse));
        }
        let available = |item| self.levels.get(&LevelKey { item, warehouse }).copied().unwrap_or(0);
        let shortages = match plan_allocation(&stub.lines, available) {
            Allocation::Short(shortages) => {
                self.short_items.extend(shortages.iter().map(|shortage| shortage.item));
                shortages
            }
            Allocation::Take(lines) => {
                for (item, quantity) in lines {
                    let cause = Cause { order: Some(order), ..Cause::request(index) };
                    self.shift(LevelKey { item, warehouse }, -quantity, MovementReason::Allocated, cause)?;
                }
                let change = OrderChange {
                    status: OrderStatus::Allocated,
                    warehouse: Some(warehouse),
                    allocated: Some(index),
                    cancelled: None,
                };
                self.orders.insert(order, change);
                Vec::new()
            }
        };
        Ok(Granted::Allocated(OrderAllocation { order, warehouse, shortages }))
    }

    fn cancel(&mut self, index: usize, order: OrderId) -> Decision {
        let stub = self.before.orders.get(&order).ok_or(Error::OrderNotFound(order))?;
        let (status, warehouse) = self.status(stub);
        if status == OrderStatus::Cancelled {
            return Err(Error::OrderCancelled(order));
        }
        if let (OrderStatus::Allocated, Some(warehouse)) = (status, warehouse) {
            let returned =
                stub.lines.iter().map(|(item, units)| (LevelKey { item: *item, warehouse }, *units));
            self.check_fits(returned.clone())?;
            for (key, units) in returned {
                let cause = Cause { order: Some(order), ..Cause::request(index) };
                self.shift(key, units, MovementReason::Cancelled, cause)?;
            }
        }
        let allocated = self.orders.get(&order).and_then(|change| change.allocated);
        let change =
            OrderChange { status: OrderStatus::Cancelled, warehouse, allocated, cancelled: Some(index) };
        self.orders.insert(order, change);
        Ok(Granted::Cancelled(order))
    }

    /// The block as it stands in the draft.
    pub(super) fn block(&self, id: BlockId) -> Result<HeldBlock, Error> {
        match self.blocks.get(&id) {
            Some(Ok(block)) => return Ok(*block),
            Some(Err(end)) => return Err(end.refusal(id)),
            None => {}
        }
        match (self.before.blocks.get(&id), self.before.ended.get(&id)) {
            (Some(block), _) => Ok(*block),
            (None, Some(end)) => Err(end.refusal(id)),
            (None, None) => Err(Error::BlockNotFound(id)),
        }
    }

    fn status(&self, stub: &OrderSummary) -> (OrderStatus, Option<WarehouseId>) {
        let change = self.orders.get(&stub.id).map(|change| (change.status, change.warehouse));
        change.unwrap_or((stub.status, stub.warehouse))
    }

    /// Gives a block's units back.
    fn end(&mut self, block: &HeldBlock, end: BlockEnd, request: Option<usize>) -> Result<(), Error> {
        self.check_fit(block.key, block.quantity.into(), block.quantity.into())?;
        let reason = match end {
            BlockEnd::Released => MovementReason::Released,
            BlockEnd::Expired(_) => MovementReason::Expired,
        };
        let cause = Cause { block: Some(block.id), request, ..Cause::default() };
        self.shift(block.key, block.quantity, reason, cause)?;
        self.blocks.insert(block.id, Err(end));
        Ok(())
    }

    /// Changes a stock level and writes the ledger's line. A request of several changes checks them all first, by
    /// [`Draft::check_fits`], so that none of them is done alone.
    pub(super) fn shift(
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
        self.note(key, change, reason, cause);
        Ok(())
    }

    /// Refuses units that are to be added to one stock level if it, or the item over all its levels, would have more
    /// than [`UNITS_MAX`]. `item_units` are added to the item in all.
    fn check_fit(&self, key: LevelKey, units: i64, item_units: i64) -> Result<(), Error> {
        let is_over = |before: i64, added: i64| added > 0 && before + added > i64::from(UNITS_MAX);
        if is_over(i64::from(self.available(key)), units) || is_over(self.sum(key.item), item_units) {
            let delta = i32::try_from(item_units.max(units)).unwrap_or(UNITS_MAX);
            return Err(Error::StockOverflow { item: key.item, available: self.total(key.item), delta });
        }
        Ok(())
    }

    /// The same for the units of a request that adds to several stock levels.
    pub(super) fn check_fits(&self, added: impl IntoIterator<Item = (LevelKey, i32)>) -> Result<(), Error> {
        let (mut levels, mut items) = (BTreeMap::<_, i64>::new(), BTreeMap::<_, i64>::new());
        for (key, units) in added {
            *levels.entry(key).or_default() += i64::from(units);
            *items.entry(key.item).or_default() += i64::from(units);
        }
        levels.into_iter().try_for_each(|(key, units)| {
            self.check_fit(key, units, items.get(&key.item).copied().unwrap_or(units))
        })
    }

    /// Writes the ledger's line alone.
    fn note(&mut self, key: LevelKey, change: i32, reason: MovementReason, cause: Cause) {
        let Cause { block, order, note, request } = cause;
        self.movements.push(NewMovement { key, change, reason, block, order, note, request });
    }

    fn levels_of(&self, item: ItemId) -> impl Iterator<Item = (&LevelKey, &i32)> {
        of_item(&self.levels, item)
    }

    /// The item's stock level with the most units; of equals the one of the lowest warehouse id.
    fn fullest(&self, item: ItemId) -> Option<LevelKey> {
        let ahead = |best: Option<(LevelKey, i32)>, (key, available): (&LevelKey, &i32)| match best {
            Some((_, most)) if most >= *available => best,
            _ => Some((*key, *available)),
        };
        self.levels_of(item).fold(None, ahead).map(|(key, _)| key)
    }

    /// Units of a stock level; none where it does not exist.
    pub(super) fn available(&self, key: LevelKey) -> i32 {
        self.levels.get(&key).copied().unwrap_or(0)
    }

    /// Units of the item over its stock levels, for an answer. No request is granted that would make them more than
    /// [`UNITS_MAX`]; levels that were written by hand may be.
    fn total(&self, item: ItemId) -> i32 {
        i32::try_from(self.sum(item)).unwrap_or(UNITS_MAX)
    }

    fn sum(&self, item: ItemId) -> i64 {
        self.levels_of(item).map(|(_, available)| i64::from(*available)).sum()
    }

    /// Refuses to receive more than an item has room for. What blocks and orders hold may come back, and must
    /// fit then: the units available and held together stay within bounds.
    fn check_room(&self, item: ItemId, delta: i32) -> Result<(), Error> {
        let available: i64 = of_item(&self.before.levels, item).map(|(_, units)| i64::from(*units)).sum();
        let held = self.before.returnable_units.get(&item).copied().unwrap_or(0);
        let received = self.received.get(&item).copied().unwrap_or(0);
        if delta > 0 && available + held + received + i64::from(delta) > i64::from(UNITS_MAX) {
            return Err(Error::StockOverflow { item, available: self.total(item), delta });
        }
        Ok(())
    }

    /// Refuses an item or a warehouse that does not exist.
    fn known(&self, item: ItemId, warehouse: Option<WarehouseId>) -> Result<(), Error> {
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

    /// The refusal of a request that found too few units, or nothing it could have found them in.
    pub(super) fn too_few(
        &mut self,
        item: ItemId,
        warehouse: Option<WarehouseId>,
        requested: i32,
        available: i32,
    ) -> Error {
        let has_level = |warehouse| self.levels.contains_key(&LevelKey { item, warehouse });
        if !warehouse.is_some_and(has_level)
            && let Err(unknown) = self.known(item, warehouse)
        {
            return unknown;
        }
        self.short_items.insert(item);
        Error::InsufficientStock { item, requested, available }
    }
}

/// What a ledger line names besides the stock level.
#[derive(Default)]
pub(super) struct Cause {
    pub(super) block: Option<BlockId>,
    pub(super) order: Option<OrderId>,
    pub(super) note: Option<String>,
    pub(super) request: Option<usize>,
}

impl Cause {
    pub(super) fn request(index: usize) -> Self {
        Self { request: Some(index), ..Self::default() }
    }

    fn block(id: BlockId, index: usize) -> Self {
        Self { block: Some(id), ..Self::request(index) }
    }
}

/// The stock levels of one item.
fn of_item(levels: &BTreeMap<LevelKey, i32>, item: ItemId) -> impl Iterator<Item = (&LevelKey, &i32)> {
    let first = LevelKey { item, warehouse: WarehouseId(i64::MIN) };
    let last = LevelKey { item, warehouse: WarehouseId(i64::MAX) };
    levels.range(first..=last)
}
