//! Orders and permanent blocks that are shipped, and units that come back.

use crate::*;
use domain::{
    AllowedWarehouses, CartLine, Condition, Error as Rejection, ItemKey, LevelKey, OrderStatus, PlaceCart,
    Principal, ReturnLine, ReturnOrder, Role, ShipOrder, StockUnits, WarehouseKey,
};
use engine::{Error, Idempotency};

type Ship = ShipOrder<ItemKey, WarehouseKey>;
type Return = ReturnOrder<ItemKey, WarehouseKey>;

/// All allocated units of an order.
pub(crate) fn all_of(order: OrderId) -> Ship {
    ShipOrder::new(order, None, None).expect("a shipment")
}

/// Units of one item of an order.
pub(crate) fn part_of(order: OrderId, item: ItemId, quantity: i64) -> Ship {
    ShipOrder::new(order, None, Some(vec![(item.into(), units(quantity))])).expect("a shipment")
}

/// Units of one item that come back.
pub(crate) fn back(order: OrderId, item: ItemId, quantity: i64, into: Option<Condition>) -> Return {
    let line = ReturnLine { item: item.into(), quantity: units(quantity), warehouse: None };
    ReturnOrder::new(order, vec![line], into).expect("a return")
}

impl Stock {
    /// Creates an order and allocates it from the main warehouse.
    pub(crate) async fn allocated(&self, lines: &[(ItemId, i64)]) -> OrderId {
        let order = self.order(lines).await;
        let main = main_warehouse(&self.engine).await;
        let allocated = self.engine.order_allocate(&context(), order, main).await.fresh().expect("allocated");
        assert!(allocated.shortages.is_empty(), "{allocated:?}");
        order
    }

    async fn status(&self, order: OrderId) -> OrderStatus {
        self.engine.order_get(&context(), order).await.expect("an order").status
    }
}

#[tokio::test]
async fn an_order_is_shipped_in_parts_and_comes_back() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(10).await, stock.item(10).await);
    let engine = &stock.engine;
    let main = main_warehouse(engine).await;
    let order = stock.allocated(&[(one, 4), (two, 3)]).await;
    let ship = async |shipment: Ship| engine.order_ship(&context(), &shipment).await.fresh();
    let key = |item| LevelKey { item, warehouse: main };

    let part = ship(part_of(order, one, 3)).await.expect("shipped");
    assert_eq!((part.output.status, &part.output.units), (OrderStatus::Allocated, &vec![(key(one), 3)]));
    assert_eq!(stock.shelf(one).await, StockUnits { committed: 1, ..StockUnits::new(6, 0) });
    let over = Rejection::UnitsNotAllocated { order, item: one, warehouse: None, requested: 2, allocated: 1 };
    assert_eq!(ship(part_of(order, one, 2)).await, Err(Error::Rejected(over)));
    let cancelled = engine.order_cancel(&context(), order).await.fresh();
    assert_eq!(cancelled.map(|_| ()), Err(Error::Rejected(Rejection::OrderShipped(order))));
    let rest = ship(all_of(order)).await.expect("shipped");
    let shipped = (rest.output.status, &rest.output.units);
    assert_eq!(shipped, (OrderStatus::Shipped, &vec![(key(one), 1), (key(two), 3)]));
    assert_eq!(stock.status(order).await, OrderStatus::Shipped);
    assert_eq!(ship(all_of(order)).await, Err(Error::Rejected(Rejection::OrderShipped(order))));
    assert_eq!((stock.shelf(one).await.on_hand(), stock.shelf(two).await.on_hand()), (6, 7));
    assert_eq!(stock.quantity(one).await, 6, "a shipment changes no level");

    let give_back = async |returned: Return| engine.order_return(&context(), &returned).await.fresh();
    let returned = give_back(back(order, one, 2, None)).await.expect("returned");
    assert_eq!(returned.output.units, [(key(one), 2)]);
    give_back(back(order, one, 1, Some(Condition::Damaged))).await.expect("returned");
    assert_eq!(stock.shelf(one).await, StockUnits { damaged: 1, ..StockUnits::new(8, 0) });
    assert_eq!(stock.level(one).await.sold, 1);
    let over = Rejection::OverReturned { order, item: one, warehouse: None, requested: 2, returnable: 1 };
    assert_eq!(give_back(back(order, one, 2, None)).await, Err(Error::Rejected(over)));
    assert_eq!(stock.status(order).await, OrderStatus::Shipped);

    let query = domain::MovementQuery::new(None, None).expect("a query");
    let movements = engine.item_movements(&context(), one, query).await.expect("movements").rows;
    let newest: Vec<_> = movements
        .iter()
        .map(|line| {
            (line.output.reason.as_str(), line.output.change, line.output.units, line.output.condition)
        })
        .take(4)
        .collect();
    let expected = [
        ("returned", 0, Some(1), Some(Condition::Damaged)),
        ("returned", 2, Some(2), None),
        ("shipped", 0, Some(1), None),
        ("shipped", 0, Some(3), None),
    ];
    assert_eq!(newest, expected);
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn an_order_without_units_is_not_shipped() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let engine = &stock.engine;
    let ship = async |shipment: Ship| engine.order_ship(&context(), &shipment).await.fresh().map(|_| ());
    let order = stock.order(&[(item, 4)]).await;
    assert_eq!(ship(all_of(order)).await, Err(Error::Rejected(Rejection::NotAllocated(order))));
    let none = Rejection::UnitsNotAllocated { order, item, warehouse: None, requested: 1, allocated: 0 };
    assert_eq!(ship(part_of(order, item, 1)).await, Err(Error::Rejected(none)));
    engine.order_cancel(&context(), order).await.expect("cancelled");
    assert_eq!(ship(all_of(order)).await, Err(Error::Rejected(Rejection::OrderCancelled(order))));
    let unknown = OrderId(order.0 + 1);
    assert_eq!(ship(all_of(unknown)).await, Err(Error::Rejected(Rejection::OrderNotFound(unknown))));
    let returned = engine.order_return(&context(), &back(order, item, 1, None)).await.fresh();
    let over = Rejection::OverReturned { order, item, warehouse: None, requested: 1, returnable: 0 };
    assert_eq!(returned.map(|_| ()), Err(Error::Rejected(over)));
}

#[tokio::test]
async fn a_permanent_block_and_a_confirmed_cart_are_shipped_once() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let engine = &stock.engine;
    let id = engine.block_place(&context(), block(item, 2)).await.fresh().expect("placed").id;
    let ship = async |id| engine.block_ship(&context(), id).await.fresh().map(|block| block.output.quantity);
    assert_eq!(ship(id).await, Err(Error::Rejected(Rejection::BlockNotPermanent(id))));
    engine.block_confirm(&context(), id, None).await.expect("confirmed");
    assert_eq!(stock.shelf(item).await, StockUnits { committed: 2, ..StockUnits::new(8, 0) });
    assert_eq!(ship(id).await, Ok(2));
    assert_eq!(stock.shelf(item).await, StockUnits::new(8, 0));
    assert_eq!(ship(id).await, Err(Error::Rejected(Rejection::BlockAlreadyShipped(id))));

    let lines = [1, 3].map(|quantity| CartLine { item, quantity: units(quantity), warehouse: None });
    let cart = PlaceCart::new(lines.to_vec(), Ttl::default(), None).expect("a cart");
    let placed = engine.cart_place(&context(), cart).await.fresh().expect("placed");
    let cart = placed.output.id;
    let ship_cart =
        async || engine.cart_ship(&context(), cart).await.fresh().map(|cart| cart.output.blocks.len());
    assert_eq!(ship_cart().await, Err(Error::Rejected(Rejection::CartNotConfirmed(cart))));
    engine.cart_confirm(&context(), cart).await.expect("confirmed");
    let first = placed.output.blocks[0].id;
    assert_eq!(ship(first).await, Err(Error::Rejected(Rejection::BlockInCart { block: first, cart })));
    assert_eq!(stock.shelf(item).await.on_hand(), 8);
    assert_eq!(ship_cart().await, Ok(2));
    assert_eq!(stock.shelf(item).await, StockUnits::new(4, 0));
    let again = ship_cart().await;
    assert_eq!(again, Err(Error::Rejected(Rejection::BlockAlreadyShipped(first))));
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn a_repeated_shipment_or_return_is_done_once() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let order = stock.allocated(&[(item, 4)]).await;
    let keyed = |key: &str| {
        context().with_idempotency(Idempotency { key: key.into(), fingerprint: key.as_bytes().into() })
    };
    let other = stock.another().await;
    let shipment = part_of(order, item, 2);
    let (ship, returned) = (keyed("ship"), keyed("return"));
    let (one, two) =
        tokio::join!(stock.engine.order_ship(&ship, &shipment), other.order_ship(&ship, &shipment));
    assert_eq!(one.expect("stored"), two.expect("stored"));
    let units_back = back(order, item, 1, None);
    for engine in [&stock.engine, &other, &stock.engine] {
        engine.order_return(&returned, &units_back).await.expect("stored");
    }
    assert_eq!(stock.shelf(item).await, StockUnits { committed: 2, ..StockUnits::new(7, 0) });
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn a_caller_ships_from_its_own_warehouses_only() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let order = stock.allocated(&[(item, 4)]).await;
    let main = main_warehouse(&stock.engine).await;
    let limited_to = |warehouse: WarehouseId| {
        let allowed = AllowedWarehouses::only(vec![warehouse]).expect("one warehouse");
        Context::of(&Principal::person("anna", Role::Manager).limited_to(allowed), None, None, "request")
    };
    let elsewhere = limited_to(WarehouseId(main.0 + 1_000));
    let refused = stock.engine.order_ship(&elsewhere, &all_of(order)).await.fresh();
    assert!(matches!(refused, Err(Error::Rejected(Rejection::WarehouseForbidden { .. }))), "{refused:?}");
    stock.engine.order_ship(&limited_to(main), &all_of(order)).await.expect("shipped");
    let refused = stock.engine.order_return(&elsewhere, &back(order, item, 1, None)).await.fresh();
    assert!(matches!(refused, Err(Error::Rejected(Rejection::WarehouseForbidden { .. }))), "{refused:?}");
    stock.assert_reconciled().await;
}
