//! The decision about a single request: blocks, adjustments and orders.

use super::draft::{Cause, Draft};
use super::granted::{BlockExtended, BlockPlaced, BlockReleased, Decision, Granted, PartConfirmed};
use super::model::Extension;
use super::request::Request;
use crate::{
    BlockEnd, BlockId, Error, HeldBlock, ItemId, LevelKey, MovementReason, NewBlock, PlaceBlock, PlaceHold,
    Quantity, StockAdjusted, StockAdjustment, Time, Ttl, UNITS_MAX, WarehouseId,
};

impl Draft<'_> {
    pub(super) fn decide(&mut self, index: usize, request: &Request) -> Decision {
        self.caller = self.limits.get(index).map(|allowed| (allowed, request.permission()));
        match request {
            Request::Place(place) => self.place(index, place),
            Request::PlaceHold(hold) => self.place_hold(index, hold),
            Request::PlaceCart(cart) => self.place_cart(index, cart),
            Request::ConfirmPart(id, quantity) => self.confirm_part(index, *id, *quantity),
            Request::Confirm(id, quantity) => self.confirm(index, *id, *quantity),
            Request::Release(id) => self.release(index, *id),
            Request::Extend(id, ttl) => self.extend(index, *id, *ttl),
            Request::ChangeCart(change) => self.change_cart(index, change),
            Request::ConfirmCart(cart) => self.confirm_cart(index, *cart),
            Request::RetakeCart(retake) => self.confirm_or_retake(index, retake),
            Request::StartPayment(payment) => self.start_payment(index, payment),
            Request::EndPayment(cart) => self.end_payment(index, *cart),
            Request::ReleaseCart(cart) => self.release_cart(index, *cart),
            Request::ExtendCart(cart, ttl) => self.extend_cart(index, *cart, *ttl),
            Request::Adjust(adjustment) => self.adjust(index, adjustment),
            Request::ChangeLevel(change) => self.change_level_to(index, change),
            Request::Move(movement) => self.move_units(index, movement),
            Request::ChangeCondition(change) => self.change_condition(index, change),
            Request::Allocate(order, warehouse) => self.allocate(index, *order, *warehouse),
            Request::Convert(convert) => self.convert(index, convert),
            Request::Source(source) => self.source(index, source),
            Request::Cancel(order) => self.cancel(index, *order),
            Request::Fill(fill) => self.fill(index, fill),
            Request::CancelLines(cancel) => self.cancel_lines(index, cancel),
            Request::Reassign(reassign) => self.reassign(index, reassign),
            Request::Ship(shipment) => self.ship(index, shipment),
            Request::Return(returned) => self.return_order(index, returned),
            Request::ShipBlock(id) => self.ship_block(index, *id),
            Request::ShipCart(cart) => self.ship_cart(index, *cart),
        }
    }

    fn place(&mut self, index: usize, place: &PlaceBlock) -> Decision {
        let key = self.take(place.item, place.warehouse, place.quantity)?;
        let expires_at = place.ttl.from(self.before.now);
        let block = self.create_block(key, place.quantity.get(), expires_at)?;
        Ok(Granted::Placed(self.record_placed(index, NewBlock { block, reference: None, note: None })))
    }

    fn place_hold(&mut self, index: usize, hold: &PlaceHold) -> Decision {
        let PlaceHold { block: place, reference, note } = hold;
        self.check_reference_blocks(reference.as_ref(), 1)?;
        let key = self.take(place.item, place.warehouse, place.quantity)?;
        let block = self.create_block(key, place.quantity.get(), place.ttl.from(self.before.now))?;
        self.add_active_blocks(reference.as_ref(), 1);
        let new = NewBlock { block, reference: reference.clone(), note: note.clone() };
        Ok(Granted::Placed(self.record_placed(index, new)))
    }

    /// Takes units from the given warehouse, or from the allowed one with the most units. The caller then records the block.
    fn take(
        &mut self,
        item: ItemId,
        warehouse: Option<WarehouseId>,
        quantity: Quantity,
    ) -> Result<LevelKey, Error> {
        warehouse.map_or(Ok(()), |warehouse| self.check_warehouse(warehouse))?;
        self.check_sellable(item)?;
        let requested = quantity.get();
        self.check_block_units(item, requested.into())?;
        let source = match warehouse {
            Some(warehouse) => Some(LevelKey { item, warehouse }),
            None => self.fullest_level(item),
        };
        let level = source.and_then(|key| self.levels.get_mut(&key).map(|available| (key, available)));
        match level {
            Some((key, available)) if *available >= requested => {
                *available -= requested;
                Ok(key)
            }
            level => {
                let (fullest, available) =
                    level.map_or((None, 0), |(key, available)| (Some(key.warehouse), *available));
                match self.insufficient_stock(item, warehouse, requested, available) {
                    Error::InsufficientStock { warehouse: None, .. } if available > 0 => {
                        Err(Error::InsufficientStock { item, warehouse: fullest, requested, available })
                    }
                    error => Err(error),
                }
            }
        }
    }

    /// Checks the limit of units per block. The units of a cart on one stock level count as one block.
    pub(super) fn check_block_units(&self, item: ItemId, units: i64) -> Result<(), Error> {
        let max = self.before.limits.block_units_max;
        match units > i64::from(max) {
            true => Err(Error::BlockUnitsLimit {
                item,
                requested: i32::try_from(units).unwrap_or(UNITS_MAX),
                max,
            }),
            false => Ok(()),
        }
    }

    /// Creates a block with the next reserved id. The caller passes it to [`Draft::record_placed`].
    pub(super) fn create_block(
        &self,
        key: LevelKey,
        quantity: i32,
        expires_at: Time,
    ) -> Result<HeldBlock, Error> {
        // Too few ids are a fault of the caller. Rejecting the request is safer than a block without an id.
        let id = self.before.new_block_ids.get(self.placed.len()).copied();
        let id = id.ok_or_else(|| Error::invalid("newBlockIds", "has too few ids"))?;
        Ok(HeldBlock { id, key, quantity, expires_at: Some(expires_at), cart: None })
    }

    /// Adds a block after its units were taken, and records the movement.
    pub(super) fn record_placed(&mut self, index: usize, new: NewBlock) -> BlockPlaced {
        let HeldBlock { id, key, quantity, expires_at, .. } = new.block;
        self.placed.push(new);
        self.record_movement(key, -quantity, MovementReason::Blocked, Cause::block(id, index));
        let expires_at = expires_at.unwrap_or(self.before.now);
        BlockPlaced { id, key, quantity, remaining: self.available_units(key.item), expires_at }
    }

    fn confirm(&mut self, index: usize, id: BlockId, quantity: Option<Quantity>) -> Decision {
        let held = self.changeable_block(id)?;
        let block = held.confirm(quantity, self.before.now)?;
        Ok(Granted::Confirmed(self.make_permanent(index, held, block)?))
    }

    /// Confirms units of a block. The other units return to stock and are taken again at once, by a block that keeps the expiry
    /// time, the reference and the note.
    fn confirm_part(&mut self, index: usize, id: BlockId, quantity: Quantity) -> Decision {
        let held = self.changeable_block(id)?;
        let expires_at = held.active_until(self.before.now)?;
        let sold = held.confirm(Some(quantity), self.before.now)?;
        let left = held.quantity - sold.quantity;
        let rest = match left > 0 {
            true => Some(self.create_block(held.key, left, expires_at)?),
            false => None,
        };
        let block = self.make_permanent(index, held, sold)?;
        let rest = rest.map(|block| {
            if let Some(available) = self.levels.get_mut(&held.key) {
                *available -= left;
            }
            let reference = self.before.references.get(&id).cloned();
            self.add_active_blocks(reference.as_ref(), 1);
            let note = self.before.notes.get(&id).cloned();
            self.record_placed(index, NewBlock { block, reference, note })
        });
        Ok(Granted::PartConfirmed(PartConfirmed { block, rest }))
    }

    /// Replaces `held` by the permanent `block`. The units that were not confirmed return to stock.
    pub(super) fn make_permanent(
        &mut self,
        index: usize,
        held: HeldBlock,
        block: HeldBlock,
    ) -> Result<HeldBlock, Error> {
        let released = held.quantity - block.quantity;
        if released > 0 {
            self.check_bounds(block.key, released.into(), released.into())?;
            self.change_level(block.key, released, MovementReason::Released, Cause::block(block.id, index))?;
        }
        self.blocks.insert(block.id, Ok(block));
        self.record_ended(&held);
        self.decrement_active_blocks(block.id);
        // The units were taken from the level when the block was placed. A movement of 0 records the time of the sale.
        let cause = Cause { units: Some(block.quantity), ..Cause::block(block.id, index) };
        self.record_movement(block.key, 0, MovementReason::Confirmed, cause);
        Ok(block)
    }

    /// Returns an active block that belongs to no cart, if the caller of the current request may change it.
    fn changeable_block(&self, id: BlockId) -> Result<HeldBlock, Error> {
        let block = self.block(id)?;
        self.check_warehouse(block.key.warehouse)?;
        block.alone(self.before.now)
    }

    fn release(&mut self, index: usize, id: BlockId) -> Decision {
        let block = self.changeable_block(id)?;
        Ok(Granted::Released(self.release_block(index, &block)?))
    }

    /// Releases an active block.
    pub(super) fn release_block(&mut self, index: usize, block: &HeldBlock) -> Result<BlockReleased, Error> {
        self.return_units(block, BlockEnd::Released, Some(index))?;
        self.decrement_active_blocks(block.id);
        let remaining = self.available_units(block.key.item);
        Ok(BlockReleased { id: block.id, key: block.key, quantity: block.quantity, remaining })
    }

    /// Decrements the number of active blocks of the block's reference.
    pub(super) fn decrement_active_blocks(&mut self, id: BlockId) {
        if let Some(reference) = self.before.references.get(&id) {
            *self.active_blocks.entry(reference.clone()).or_default() -= 1;
        }
    }

    fn extend(&mut self, index: usize, id: BlockId, ttl: Ttl) -> Decision {
        let block = self.changeable_block(id)?;
        let expires_at = block.extend(ttl, self.before.now)?;
        Ok(Granted::Extended(self.set_expiry(index, block, expires_at)))
    }

    /// Sets the expiry time of an active block. Records an extension if the time is later than before.
    pub(super) fn set_expiry(&mut self, index: usize, block: HeldBlock, expires_at: Time) -> BlockExtended {
        if let Some(before) = block.expires_at.filter(|before| *before < expires_at) {
            let (id, item) = (block.id, block.key.item);
            self.extensions.push(Extension { block: id, item, before, after: expires_at, request: index });
        }
        self.blocks.insert(block.id, Ok(HeldBlock { expires_at: Some(expires_at), ..block }));
        BlockExtended { id: block.id, item: block.key.item, expires_at }
    }

    fn adjust(&mut self, index: usize, adjustment: &StockAdjustment) -> Decision {
        let StockAdjustment { item, warehouse, delta, .. } = *adjustment;
        let warehouse = warehouse.or(self.before.default_warehouse);
        let warehouse = warehouse
            .ok_or_else(|| Error::invalid("warehouseId", "is missing, and there is no default warehouse"))?;
        self.check_warehouse(warehouse)?;
        if delta > 0 {
            self.check_receives(warehouse)?;
        }
        let key = LevelKey { item, warehouse };
        let available = self.levels.get(&key).copied();
        if available.is_none() {
            self.check_exists(item, Some(warehouse))?;
        }
        let available = available.unwrap_or(0);
        let taken = delta.checked_neg().unwrap_or(UNITS_MAX);
        if available < taken {
            return Err(self.insufficient_stock(item, Some(warehouse), taken, available));
        }
        self.check_receivable(item, delta)?;
        self.check_bounds(key, delta.into(), delta.into())?;
        self.record_received(item, delta);
        let reason = if delta > 0 { MovementReason::Received } else { MovementReason::WrittenOff };
        let note = Some(adjustment.note.to_string());
        self.change_level(key, delta, reason, Cause { note, ..Cause::request(index) })?;
        let (available, quantity) = (self.available(key), self.available_units(item));
        Ok(Granted::Adjusted(StockAdjusted { item, warehouse, delta, available, quantity }))
    }
}
