//! The decision about a single request: an order with the units of a cart or of blocks.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use super::model::ConvertedOrder;
use crate::{
    BlockEnd, BlockId, CartId, ConvertHolds, Error, HeldBlock, HoldSource, ItemId, MovementReason, Order,
    OrderHolding, OrderLine, OrderStatus, OrderSummary, Quantity,
};
use std::collections::{BTreeMap, HashSet};

impl Draft<'_> {
    /// Makes an allocated order of blocks. The units stay in their stock levels, so no available unit changes.
    pub(super) fn convert(&mut self, index: usize, convert: &ConvertHolds) -> Decision {
        self.check_unique_order_reference(convert)?;
        let held = match convert.source() {
            HoldSource::Cart(cart) => self.convertible_cart(*cart)?,
            HoldSource::Blocks(blocks) => {
                blocks.iter().map(|id| self.convertible_block(*id)).collect::<Result<_, _>>()?
            }
        };
        let lines = summed(&held)?;
        let id = self.before.new_order_ids.get(self.converted.len()).copied();
        let id = id.ok_or_else(|| Error::invalid("newOrderIds", "has too few ids"))?;
        let mut order = OrderSummary {
            id,
            status: OrderStatus::Allocated,
            warehouse: None,
            lines,
            allocations: BTreeMap::new(),
        };
        for block in &held {
            order.allocate(block.key, block.quantity);
            let reason = match block.expires_at {
                Some(_) => MovementReason::HoldConverted,
                None => MovementReason::SaleConverted,
            };
            let cause =
                Cause { order: Some(id), units: Some(block.quantity), ..Cause::block(block.id, index) };
            self.record_movement(block.key, 0, reason, cause);
            self.blocks.insert(block.id, Err(BlockEnd::Converted(id)));
            self.record_ended(block);
            if block.expires_at.is_some() {
                self.decrement_active_blocks(block.id);
            }
        }
        let shown = self.shown_order(&order, convert);
        let reference = convert.reference.clone();
        let cart = match convert.source() {
            HoldSource::Cart(cart) => Some(*cart),
            HoldSource::Blocks(_) => None,
        };
        self.converted.push(ConvertedOrder { order, reference, cart, request: index });
        Ok(Granted::OrderConverted(Box::new(shown)))
    }

    /// Returns the order as it is shown to users, without the keys of the shop.
    fn shown_order(&self, order: &OrderSummary, convert: &ConvertHolds) -> Order {
        let now = self.before.now;
        let name =
            |item: ItemId| self.before.item_names.get(&item).cloned().unwrap_or_else(|| format!("#{item}"));
        let line = |(item, quantity): &(ItemId, i32)| OrderLine {
            item: *item,
            item_name: name(*item),
            sku: None,
            quantity: *quantity,
        };
        let holding = |(key, units)| OrderHolding { key, warehouse_code: String::new(), units };
        Order {
            id: order.id,
            reference: convert.reference.as_ref().map(ToString::to_string),
            status: order.status,
            warehouse: order.warehouse,
            warehouse_code: None,
            lines: order.lines.iter().map(line).collect(),
            allocations: order.allocations.iter().map(|(key, units)| holding((*key, *units))).collect(),
            created_at: now,
            updated_at: now,
            allocated_at: Some(now),
            created_by: Some(convert.created_by.clone()),
            allocated_by: Some(convert.created_by.clone()),
            cancelled_by: None,
            priority: 0,
            waiting_since: None,
            queue_place: None,
        }
    }

    /// Returns an active or a permanent block that belongs to no cart and is on the shelf.
    ///
    /// # Errors
    /// [`Error::BlockNotFound`], [`Error::BlockExpired`], [`Error::BlockReleased`], [`Error::BlockConverted`],
    /// [`Error::BlockAlreadyShipped`], [`Error::BlockInCart`], [`Error::WarehouseForbidden`].
    fn convertible_block(&self, id: BlockId) -> Result<HeldBlock, Error> {
        let block = self.block(id)?;
        self.check_warehouse(block.key.warehouse)?;
        if block.expires_at.is_some() {
            return block.alone(self.before.now);
        }
        self.check_on_shelf(id)?;
        match block.cart {
            Some(cart) => Err(Error::BlockInCart { block: id, cart }),
            None => Ok(block),
        }
    }

    /// Returns the blocks of an active or a confirmed cart, all of which are on the shelf.
    ///
    /// # Errors
    /// Those of [`Draft::active_blocks_of`] except [`Error::CartConfirmed`], and [`Error::BlockAlreadyShipped`].
    fn convertible_cart(&self, cart: CartId) -> Result<Vec<HeldBlock>, Error> {
        match self.active_blocks_of(cart) {
            Err(Error::CartConfirmed(_)) => {}
            held => return held,
        }
        let mut seen = HashSet::new();
        let members = self.before.carts.get(&cart).map(Vec::as_slice).unwrap_or_default();
        let members = members.iter().filter(|id| seen.insert(**id));
        let sold = members.filter_map(|id| self.block(*id).ok()).filter(|block| block.cart == Some(cart));
        let sold: Vec<_> = sold.collect();
        for block in &sold {
            self.check_warehouse(block.key.warehouse)?;
            self.check_on_shelf(block.id)?;
        }
        Ok(sold)
    }

    /// Checks that no other order has the reference, if the request asks for that.
    fn check_unique_order_reference(&self, convert: &ConvertHolds) -> Result<(), Error> {
        let Some(reference) = convert.reference.as_ref().filter(|_| convert.has_unique_reference) else {
            return Ok(());
        };
        let converted = self.converted.iter().find(|other| other.reference.as_ref() == Some(reference));
        let taken = self.before.referenced_orders.get(reference).copied();
        let taken = taken.or(converted.map(|other| other.order.id));
        taken.map_or(Ok(()), |order| {
            Err(Error::OrderReferenceTaken { reference: reference.to_string(), order })
        })
    }
}

/// Returns the lines of an order of these blocks.
///
/// # Errors
/// [`Error::Invalid`] if the units of an item exceed [`crate::UNITS_MAX`].
fn summed(held: &[HeldBlock]) -> Result<Vec<(ItemId, i32)>, Error> {
    let mut sums = BTreeMap::<ItemId, i64>::new();
    for block in held {
        *sums.entry(block.key.item).or_default() += i64::from(block.quantity);
    }
    sums.into_iter().map(|(item, units)| Ok((item, Quantity::new(units)?.get()))).collect()
}
