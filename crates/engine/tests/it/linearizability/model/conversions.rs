//! The rules of conversions: held or sold units become an order's, and no level changes.

use super::*;
use domain::{ConvertHolds, Decision, Granted, HoldSource, OrderStatus};

impl Ledger {
    /// Makes an order of a cart or of blocks. Returns whether the response matches.
    pub(super) fn convert(&mut self, convert: &ConvertHolds, answer: &Decision) -> bool {
        let blocks = match convert.source() {
            HoldSource::Cart(cart) => self.convertible_cart(*cart),
            HoldSource::Blocks(blocks) => {
                let rejection = blocks.iter().find_map(|id| self.not_convertible(*id));
                rejection.map_or_else(|| Ok(blocks.clone()), |rejection| Err(vec![rejection]))
            }
        };
        match (blocks, answer) {
            (Err(wanted), Err(rejection)) => wanted.iter().any(|wanted| same_end(wanted, rejection)),
            (Ok(blocks), Ok(Granted::OrderConverted(made))) => self.make_order(&blocks, made),
            _ => false,
        }
    }

    /// Returns the blocks of a cart, or the possible errors.
    fn convertible_cart(&self, cart: CartId) -> Result<Vec<BlockId>, Vec<Rejection>> {
        match self.cart_end(cart) {
            None => Ok(self.live_of(cart)),
            Some(Rejection::CartConfirmed(_)) => match self.sold_of(cart) {
                (sold, gone) if gone.is_empty() => Ok(sold),
                (_, gone) => Err(gone.into_iter().map(Rejection::BlockAlreadyShipped).collect()),
            },
            Some(rejection) => Err(vec![rejection]),
        }
    }

    /// Returns the error for a block that can't be converted alone.
    fn not_convertible(&self, id: BlockId) -> Option<Rejection> {
        let entry = self.blocks.get(&id);
        match entry.map(|entry| entry.state) {
            Some(State::Gone) => Some(Rejection::BlockAlreadyShipped(id)),
            Some(State::Sold) => {
                let cart = entry.and_then(|entry| entry.cart);
                cart.map(|cart| Rejection::BlockInCart { block: id, cart })
            }
            _ => self.alone(id).err(),
        }
    }

    fn make_order(&mut self, blocks: &[BlockId], made: &domain::Order) -> bool {
        let mut order = Order::pending(BTreeMap::new());
        for id in blocks {
            let Some(entry) = self.blocks.get_mut(id) else { return false };
            *order.lines.entry(entry.key.item).or_default() += entry.units;
            order.give(entry.key, entry.units);
            entry.state = State::Converted(made.id);
        }
        order.status = OrderStatus::Allocated;
        let lines: BTreeMap<_, _> = made.lines.iter().map(|line| (line.item, line.quantity)).collect();
        let held = made.allocations.iter().map(|holding| {
            let domain::OrderUnits { allocated, shipped, returned } = holding.units;
            (holding.key, orders::Held { allocated, shipped, returned })
        });
        let is_right = !blocks.is_empty()
            && lines == order.lines
            && held.collect::<BTreeMap<_, _>>() == order.held
            && (made.status, made.warehouse) == (OrderStatus::Allocated, order.warehouse());
        is_right && self.orders.insert(made.id, order).is_none()
    }
}
