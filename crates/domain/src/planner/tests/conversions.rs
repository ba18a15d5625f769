//! Orders of what carts and blocks hold.

use super::*;
use crate::{ConvertHolds, HoldSource};

fn convert(source: HoldSource) -> Request {
    Request::Convert(ConvertHolds::new(source, None).expect("a request"))
}

/// A block of 2 units without a cart, and a cart with two blocks. All of them are permanent.
fn sold() -> Snapshot {
    let block = |id, cart: Option<i64>| HeldBlock {
        id: BlockId(id),
        key: key(1, 1),
        quantity: 2,
        expires_at: None,
        cart: cart.map(CartId),
    };
    let mut stock = stock(&[(1, 1, 7)]);
    let blocks = [block(1, None), block(4, Some(4)), block(5, Some(4))];
    stock.blocks.extend(blocks.map(|block| (block.id, block)));
    stock.carts.insert(CartId(4), vec![BlockId(4), BlockId(5)]);
    stock.new_order_ids = vec![OrderId(1), OrderId(2)];
    stock
}

fn sources() -> [HoldSource; 2] {
    [HoldSource::Blocks(vec![BlockId(1)]), HoldSource::Cart(CartId(4))]
}

#[test]
fn shipped_units_become_no_orders() {
    let shipments = [Request::ShipBlock(BlockId(1)), Request::ShipCart(CartId(4))];
    // Shipped by earlier requests of the same plan.
    let requests: Vec<_> = shipments.into_iter().chain(sources().map(convert)).collect();
    let plan_of_all = plan(&sold(), &requests);
    assert_eq!(granted(&plan_of_all), [true, true, false, false]);
    // Shipped before; of the cart, only its second block.
    let mut stock = sold();
    stock.shipped_blocks.extend([BlockId(1), BlockId(5)]);
    let plan = plan(&stock, &sources().map(convert));
    let rejections = |plan: Plan| plan.decisions.into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(rejections(plan_of_all), [1, 4].map(|id| Error::BlockAlreadyShipped(BlockId(id))));
    assert_eq!(rejections(plan), [1, 5].map(|id| Error::BlockAlreadyShipped(BlockId(id))));
}

#[test]
fn units_of_an_order_are_not_shipped_as_a_sale() {
    let mut requests: Vec<_> = sources().map(convert).into();
    requests.extend([Request::ShipBlock(BlockId(1)), Request::ShipCart(CartId(4))]);
    let plan = plan(&sold(), &requests);
    assert_eq!(granted(&plan), [true, true, false, false]);
    let rejections: Vec<_> = plan.decisions.into_iter().filter_map(Result::err).collect();
    let block = Error::BlockConverted { block: BlockId(1), order: OrderId(1) };
    assert_eq!(rejections, [block, Error::CartConverted { cart: CartId(4), order: OrderId(2) }]);
    assert!(plan.changes.shipped.is_empty());
}
