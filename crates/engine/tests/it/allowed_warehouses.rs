//! Callers that are limited to warehouses, on a real PostgreSQL.

use crate::*;
use domain::{
    AllowedWarehouses, BlockAction, BulkBlockAction, CartId, CartLine, CategoryName, Error as Rejection,
    ItemPatch, NewWarehouse, Note, Permission, PlaceCart, Principal, Role, StockAdjustment, StockMove,
    WarehouseCode, WarehouseName,
};
use engine::{Error, FallbackReason, Idempotency};

/// An item with 100 units in the main warehouse and 100 in a second one, and a caller that is limited to the second one.
struct Shop {
    stock: Stock,
    item: ItemId,
    main: WarehouseId,
    own: WarehouseId,
    limited: Context,
}

impl Shop {
    async fn new() -> Self {
        let stock = Stock::new().await;
        let item = stock.item(100).await;
        let main = main_warehouse(&stock.engine).await;
        let new = NewWarehouse::new(
            WarehouseCode::new("OWN").expect("a code"),
            WarehouseName::new("Own").expect("a name"),
        );
        let own = stock.engine.warehouse_create(&context(), new).await.fresh().expect("created").id;
        stock.engine.stock_adjust(&context(), adjustment(item, Some(own), 100)).await.expect("received");
        let limited = limited_to(own);
        Self { stock, item, main, own, limited }
    }

    fn engine(&self) -> &Engine {
        &self.stock.engine
    }

    /// Places a block of one unit in a warehouse as a caller without a limit.
    async fn block_in(&self, warehouse: WarehouseId) -> domain::BlockId {
        let place = PlaceBlock { warehouse: Some(warehouse), ..block(self.item, 1) };
        self.engine().block_place(&context(), place).await.fresh().expect("placed").id
    }

    /// Places a cart of one line per warehouse as a caller without a limit.
    async fn cart_in(&self, warehouses: &[WarehouseId]) -> CartId {
        self.engine().cart_place(&context(), self.cart(warehouses)).await.fresh().expect("placed").id
    }

    fn cart(&self, warehouses: &[WarehouseId]) -> PlaceCart {
        let line = |warehouse: &WarehouseId| CartLine {
            item: self.item,
            quantity: units(1),
            warehouse: Some(*warehouse),
        };
        PlaceCart::new(warehouses.iter().map(line).collect(), Ttl::default(), None).expect("a cart")
    }

    /// Returns the rejection of the main warehouse.
    fn forbidden<T>(&self, permission: Permission) -> engine::Result<T> {
        Err(Error::Rejected(Rejection::WarehouseForbidden { permission, warehouse: self.main }))
    }
}

/// Returns the context of an operator who is limited to a warehouse.
fn limited_to(warehouse: WarehouseId) -> Context {
    let allowed = AllowedWarehouses::only(vec![warehouse]).expect("one warehouse");
    Context::of(&Principal::person("anna", Role::Manager).limited_to(allowed), None, None, "request")
}

fn adjustment(item: ItemId, warehouse: Option<WarehouseId>, units: i64) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, units, Note::new("why").expect("a note")).expect("units")
}

fn keyed(context: &Context, key: &str) -> Context {
    context.clone().with_idempotency(Idempotency { key: key.into(), fingerprint: key.as_bytes().into() })
}

#[tokio::test]
async fn blocks_are_placed_in_allowed_warehouses_only() {
    let shop = Shop::new().await;
    let place = async |warehouse, quantity| {
        let place = PlaceBlock { warehouse, ..block(shop.item, quantity) };
        shop.engine().block_place(&shop.limited, place).await.fresh().map(|placed| placed.key.warehouse)
    };
    // The first request reads the rows under lock, later ones find them in the caches.
    for _ in 0..3 {
        assert_eq!(place(Some(shop.main), 1).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(place(Some(shop.own), 1).await, Ok(shop.own));
        assert_eq!(place(None, 1).await, Ok(shop.own), "the main warehouse has more units");
    }
    let short = Rejection::InsufficientStock {
        item: shop.item,
        warehouse: Some(shop.own),
        requested: 95,
        available: 94,
    };
    assert_eq!(place(None, 95).await, Err(Error::Rejected(short)));
    shop.stock.assert_closed().await;
}

#[tokio::test]
async fn a_forbidden_warehouse_does_not_end_the_optimistic_path() {
    let shop = Shop::new().await;
    shop.engine().block_place(&context(), block(shop.item, 1)).await.expect("the rows are cached");
    let uncertain = || {
        let counts = shop.engine().fallback_counts();
        counts.into_iter().find(|(reason, _)| *reason == FallbackReason::UncertainRejection)
    };
    let before = uncertain();
    let place = || PlaceBlock { warehouse: Some(shop.main), ..block(shop.item, 1) };
    let rejected = shop.engine().block_place(&shop.limited, place()).await.fresh().map(|placed| placed.id);
    assert_eq!(rejected, shop.forbidden(Permission::WriteHolds));
    assert_eq!(uncertain(), before);
    assert_eq!(shop.stock.quantity(shop.item).await, 199);
}

#[tokio::test]
async fn a_forbidden_cart_causes_no_back_off() {
    let shop = Shop::new().await;
    let cart = shop.cart_in(&[shop.own, shop.main]).await;
    shop.engine().cart_extend(&context(), cart, Ttl::default()).await.expect("the rows are cached");
    let released = shop.engine().cart_release(&shop.limited, cart).await.fresh().map(|_| ());
    assert_eq!(released, shop.forbidden(Permission::WriteHolds));
    let is_back_off = |reason| matches!(reason, FallbackReason::Stale | FallbackReason::BackingOff);
    shop.block_in(shop.own).await;
    for (reason, count) in shop.engine().fallback_counts() {
        assert!(!is_back_off(reason) || count == 0, "{reason:?}: {count}");
    }
}

#[tokio::test]
async fn blocks_and_carts_are_changed_in_allowed_warehouses_only() {
    let shop = Shop::new().await;
    let (engine, limited) = (shop.engine(), &shop.limited);
    // A second server has the blocks in no cache.
    let other = shop.stock.another().await;
    for engine in [engine, &other] {
        let (own, foreign) = (shop.block_in(shop.own).await, shop.block_in(shop.main).await);
        let extended = async |id| engine.block_extend(limited, id, Ttl::default()).await.fresh().map(|_| ());
        let confirmed = async |id| engine.block_confirm(limited, id, None).await.fresh().map(|_| ());
        let released = async |id| engine.block_release(limited, id).await.fresh().map(|_| ());
        assert_eq!(extended(foreign).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(confirmed(foreign).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(released(foreign).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(extended(own).await, Ok(()));
        assert_eq!(confirmed(own).await, Ok(()));
        assert_eq!(released(shop.block_in(shop.own).await).await, Ok(()));

        let own_cart = shop.cart_in(&[shop.own]).await;
        let mixed = shop.cart_in(&[shop.own, shop.main]).await;
        let extended = async |id| engine.cart_extend(limited, id, Ttl::default()).await.fresh().map(|_| ());
        let confirmed = async |id| engine.cart_confirm(limited, id).await.fresh().map(|_| ());
        let released = async |id| engine.cart_release(limited, id).await.fresh().map(|_| ());
        assert_eq!(extended(mixed).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(confirmed(mixed).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(released(mixed).await, shop.forbidden(Permission::WriteHolds));
        assert_eq!(extended(own_cart).await, Ok(()));
        assert_eq!(confirmed(own_cart).await, Ok(()));
        assert_eq!(released(shop.cart_in(&[shop.own]).await).await, Ok(()));
        let block = domain::BlockId(mixed.0);
        let alone = engine.block_release(limited, block).await.fresh().map(|_| ());
        assert_eq!(alone, Err(domain::Error::BlockInCart { block, cart: mixed }.into()));
    }
    let placed = engine.cart_place(limited, shop.cart(&[shop.own, shop.main])).await.fresh().map(|_| ());
    assert_eq!(placed, shop.forbidden(Permission::WriteHolds));
    shop.stock.assert_closed().await;
}

#[tokio::test]
async fn a_bulk_action_is_decided_block_by_block() {
    let shop = Shop::new().await;
    let (own, foreign) = (shop.block_in(shop.own).await, shop.block_in(shop.main).await);
    let act = BulkBlockAction::new(BlockAction::Release, vec![foreign, own]).expect("two blocks");
    let outcomes = shop.engine().blocks_act(&shop.limited, act).await.expect("outcomes");
    let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome.map(|_| ())).collect();
    assert_eq!(outcomes, [shop.forbidden(Permission::WriteHolds), Ok(())]);
}

#[tokio::test]
async fn stock_is_received_and_moved_in_allowed_warehouses_only() {
    let shop = Shop::new().await;
    let (engine, item) = (shop.engine(), shop.item);
    let adjusted = async |warehouse, units| {
        engine.stock_adjust(&shop.limited, adjustment(item, warehouse, units)).await.fresh().map(|_| ())
    };
    let forbidden = || shop.forbidden(Permission::WriteStock);
    assert_eq!(adjusted(Some(shop.main), 1).await, forbidden());
    assert_eq!(adjusted(Some(shop.main), -1).await, forbidden());
    assert_eq!(adjusted(None, 1).await, forbidden(), "the default warehouse is the main one");
    assert_eq!(adjusted(Some(shop.own), 5).await, Ok(()));
    assert_eq!(adjusted(Some(shop.own), -5).await, Ok(()));
    let moved = async |from, to| {
        let note = Note::new("nearer").expect("a note");
        let movement = StockMove::new(item, from, to, units(1), note).expect("a move");
        engine.stock_move(&shop.limited, movement).await.fresh().map(|_| ())
    };
    assert_eq!(moved(shop.main, shop.own).await, forbidden());
    assert_eq!(moved(shop.own, shop.main).await, forbidden());
    assert_eq!(shop.stock.quantity(item).await, 200);
    shop.stock.assert_closed().await;
}

#[tokio::test]
async fn orders_are_allocated_and_cancelled_in_allowed_warehouses_only() {
    let shop = Shop::new().await;
    let engine = shop.engine();
    let order = engine.order_create(&shop.limited, {
        let line = (shop.item, units(2));
        domain::NewOrder::new(None, [line].into_iter()).expect("an order")
    });
    let order = order.await.fresh().expect("a new order has units of no warehouse").id;
    let allocated = async |context: &Context, order, warehouse| {
        engine.order_allocate(context, order, warehouse).await.fresh().map(|_| ())
    };
    let cancelled = async |order| engine.order_cancel(&shop.limited, order).await.fresh().map(|_| ());
    assert_eq!(allocated(&shop.limited, order, shop.main).await, shop.forbidden(Permission::WriteOrders));
    assert_eq!(allocated(&shop.limited, order, shop.own).await, Ok(()));
    assert_eq!(cancelled(order).await, Ok(()));
    let foreign = shop.stock.order(&[(shop.item, 1)]).await;
    allocated(&context(), foreign, shop.main).await.expect("allocated");
    assert_eq!(cancelled(foreign).await, shop.forbidden(Permission::WriteOrders));
    assert_eq!(cancelled(shop.stock.order(&[(shop.item, 1)]).await).await, Ok(()), "it is not allocated");
    shop.stock.assert_closed().await;
}

#[tokio::test]
async fn items_are_created_in_allowed_warehouses_and_changed_without_a_limit_only() {
    let shop = Shop::new().await;
    let engine = shop.engine();
    let created = async |warehouse| {
        let item = NewItem {
            name: ItemName::new("Chair").expect("a name"),
            quantity: Units::new(1).expect("units"),
            price: "1".parse().expect("a price"),
            description: None,
            category: None,
            warehouse,
            sku: None,
            barcodes: domain::Barcodes::default(),
            low_stock: None,
        };
        engine.item_create(&shop.limited, item).await.fresh().map(|_| ())
    };
    assert_eq!(created(Some(shop.main)).await, shop.forbidden(Permission::WriteItems));
    assert_eq!(created(None).await, shop.forbidden(Permission::WriteItems), "the default is the main one");
    assert_eq!(created(Some(shop.own)).await, Ok(()));

    let all = |permission| Err(Error::Rejected(Rejection::AllWarehousesForbidden { permission }));
    let patch = ItemPatch { name: Some(ItemName::new("Lamp 2").expect("a name")), ..ItemPatch::default() };
    let updated = engine
        .item_update(&shop.limited, shop.item, patch, domain::Precondition::None)
        .await
        .fresh()
        .map(|_| ());
    assert_eq!(updated, all(Permission::WriteItems));
    let name = |text| CategoryName::new(text).expect("a name");
    let renamed = engine
        .category_rename(&shop.limited, name("Lighting"), name("Light"), false, domain::Precondition::None)
        .await;
    assert_eq!(renamed.fresh().map(|_| ()), all(Permission::WriteItems));
    let new = NewWarehouse::new(
        WarehouseCode::new("NEW").expect("a code"),
        WarehouseName::new("New").expect("a name"),
    );
    let created = engine.warehouse_create(&shop.limited, new).await.fresh().map(|_| ());
    assert_eq!(created, all(Permission::WriteItems));
    assert_eq!(engine.blocks_expire(&shop.limited).await.map(|_| ()), all(Permission::WriteHolds));
}

#[tokio::test]
async fn the_rejection_of_a_warehouse_is_not_stored_under_a_key() {
    let shop = Shop::new().await;
    let engine = shop.engine();
    let place = || PlaceBlock { warehouse: Some(shop.main), ..block(shop.item, 1) };
    let limited = keyed(&shop.limited, "place");
    for _ in 0..3 {
        let placed = engine.block_place(&limited, place()).await.fresh().map(|placed| placed.id);
        assert_eq!(placed, shop.forbidden(Permission::WriteHolds));
    }
    // The limit is removed: the same request is executed now.
    let unlimited = Context { warehouses: AllowedWarehouses::ALL, ..limited.clone() };
    let Ok(Response::Stored(first)) = engine.block_place(&unlimited, place()).await else { panic!("stored") };
    assert!(first.is_success());
    // The limit is set again: a retry is answered with the stored response and changes nothing.
    for engine in [engine, &shop.stock.another().await] {
        assert_eq!(engine.block_place(&limited, place()).await, Ok(Response::Stored(first.clone())));
    }
    assert_eq!(shop.stock.quantity(shop.item).await, 199);
}

#[tokio::test]
async fn a_limited_caller_gets_expired_units_of_its_warehouse_back() {
    let shop = Shop::new().await;
    let place = |warehouse, quantity| PlaceBlock { warehouse, ..block(shop.item, quantity) };
    shop.engine().block_place(&context(), place(Some(shop.own), 100)).await.expect("placed");
    let rejected = shop.engine().block_place(&shop.limited, place(None, 1)).await.fresh().map(|_| ());
    assert!(rejected.is_err(), "the main warehouse has units, but the caller may not take them");
    shop.stock.let_expire().await;
    let placed = shop.engine().block_place(&shop.limited, place(None, 1)).await.fresh().expect("reclaimed");
    assert_eq!(placed.key.warehouse, shop.own);
    shop.stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_callers_are_decided_by_their_own_limits() {
    let shop = Shop::new().await;
    let contexts = [context(), shop.limited.clone(), limited_to(shop.main)];
    let place = async |index: usize| {
        let warehouse = [Some(shop.main), Some(shop.own), None][index / 3 % 3];
        let place = PlaceBlock { warehouse, ..block(shop.item, 1) };
        let placed = shop.engine().block_place(&contexts[index % 3], place).await.fresh();
        let allowed = &contexts[index % 3].warehouses;
        match (placed, warehouse.filter(|warehouse| !allowed.contains(*warehouse))) {
            (Ok(placed), None) => assert!(allowed.contains(placed.key.warehouse)),
            (Err(Error::Rejected(Rejection::WarehouseForbidden { .. })), Some(_)) => {}
            (placed, forbidden) => panic!("{placed:?} {forbidden:?}"),
        }
    };
    futures::future::join_all((0..90).map(place)).await;
    // The batch has 9 requests; 2 are forbidden.
    assert_eq!(shop.stock.quantity(shop.item).await, 200 - 70);
    shop.stock.assert_closed().await;
}
