//! Carts: several blocks with one life cycle.

use crate::*;
use domain::{
    BlockLimits, BlockState, CartId, CartLine, Error as Rejection, NewWarehouse, PlaceCart, Reference,
    Shortage, WarehouseCode, WarehouseName,
};
use engine::Error;

fn cart(lines: &[(ItemId, i64)], reference: Option<&str>) -> PlaceCart {
    let line = |(item, quantity): &(ItemId, i64)| CartLine {
        item: *item,
        quantity: units(*quantity),
        warehouse: None,
    };
    let reference = reference.map(|name| Reference::new(name).expect("a reference"));
    PlaceCart::new(lines.iter().map(line).collect(), Ttl::default(), reference).expect("a cart")
}

#[tokio::test]
async fn a_cart_is_placed_confirmed_and_released_as_one() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(5).await, stock.item(1).await);
    let engine = &stock.engine;
    let rejected = engine.cart_place(&context(), cart(&[(one, 2), (two, 2)], None)).await.fresh();
    let short = Rejection::CartShort(vec![Shortage { item: two, requested: 2, available: 1 }]);
    assert_eq!(rejected, Err(Error::Rejected(short)));
    assert_eq!(stock.quantity(one).await, 5, "all or nothing");

    let placed = engine
        .cart_place(&context(), cart(&[(one, 2), (two, 1)], Some("buyer")))
        .await
        .fresh()
        .expect("placed");
    assert_eq!(placed.blocks.len(), 2);
    let longer = Ttl::new(7_200).expect("a ttl");
    let (_, extended) =
        engine.cart_extend(&context(), placed.id, longer).await.fresh().expect("extended").output;
    assert!(extended.iter().all(|block| block.expires_at > placed.expires_at));
    let confirmed =
        engine.cart_confirm(&context(), placed.id).await.fresh().expect("confirmed").output.blocks;
    assert_eq!(confirmed.len(), 2);
    for block in &placed.blocks {
        let state = engine.block_get(&context(), block.id).await.expect("a block").state;
        assert_eq!(state, BlockState::Permanent);
    }
    let again = engine.cart_release(&context(), placed.id).await.fresh();
    assert!(matches!(again, Err(Error::Rejected(Rejection::CartConfirmed(_)))), "{again:?}");

    let placed =
        engine.cart_place(&context(), cart(&[(one, 1), (one, 2)], None)).await.fresh().expect("placed");
    engine.cart_release(&context(), placed.id).await.expect("released");
    assert_eq!(stock.quantity(one).await, 3);
    let again = engine.cart_confirm(&context(), placed.id).await.fresh();
    assert!(matches!(again, Err(Error::Rejected(Rejection::CartReleased(_)))), "{again:?}");
    let unknown = CartId(987_654_321);
    assert_eq!(
        engine.cart_confirm(&context(), unknown).await.fresh(),
        Err(Error::Rejected(Rejection::CartNotFound(unknown)))
    );
    stock.assert_closed().await;
}

#[tokio::test]
async fn an_expired_cart_is_reported_as_expired_before_and_after_the_clean_up() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let placed = stock
        .engine
        .cart_place(&context(), cart(&[(item, 2), (item, 3)], None))
        .await
        .fresh()
        .expect("placed");
    stock.let_expire().await;
    let expired = |answer| matches!(answer, Err(Error::Rejected(Rejection::CartExpired { .. })));
    assert!(expired(stock.engine.cart_confirm(&context(), placed.id).await.fresh()));
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert!(expired(stock.engine.cart_confirm(&context(), placed.id).await.fresh()));
    assert_eq!(stock.quantity(item).await, 5);
    stock.assert_closed().await;
}

/// Expired blocks are reclaimed for every item of a cart, not only for the first one.
#[tokio::test]
async fn a_cart_takes_the_units_of_expired_blocks_of_each_item() {
    let stock = Stock::new().await;
    let mut items = Vec::new();
    for _ in 0..3 {
        let item = stock.item(2).await;
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
        items.push(item);
    }
    stock.let_expire().await;
    let lines: Vec<_> = items.iter().map(|item| (*item, 2)).collect();
    let placed = stock
        .engine
        .cart_place(&context(), cart(&lines, None))
        .await
        .fresh()
        .expect("all of it was due back");
    assert!(placed.blocks.iter().all(|block| block.remaining == 0), "{placed:?}");
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_block_is_confirmed_in_part() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let placed = stock.engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed").id;
    let over = stock.engine.block_confirm(&context(), placed, Some(units(5))).await.fresh();
    let rejection = Rejection::QuantityOverBlock { block: placed, requested: 5, held: 4 };
    assert_eq!(over, Err(Error::Rejected(rejection)));
    let confirmed =
        stock.engine.block_confirm(&context(), placed, Some(units(1))).await.fresh().expect("confirmed");
    assert_eq!(confirmed.quantity, 1);
    assert_eq!(stock.quantity(item).await, 4);
    assert_eq!(stock.engine.block_get(&context(), placed).await.expect("a block").quantity, 1);
    stock.assert_closed().await;
}

/// Two servers together do not exceed the blocks per reference.
#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_blocks_per_reference_holds() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let limited = || async {
        let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
        let limits = BlockLimits { reference_blocks_max: 7, block_units_max: 3, ..BlockLimits::default() };
        Engine::start(store, Settings { limits, ..Settings::default() }).await.expect("an engine")
    };
    let engines = [limited().await, limited().await];
    let too_many = engines[0].block_place(&context(), block(item, 4)).await.fresh();
    let rejection = Rejection::BlockUnitsLimit { item, requested: 4, max: 3 };
    assert_eq!(too_many, Err(Error::Rejected(rejection)));
    let placing = (0..40).map(|turn| {
        let engine = &engines[turn % 2];
        async move { engine.cart_place(&context(), cart(&[(item, 1)], Some("buyer"))).await.fresh() }
    });
    let placed = futures::future::join_all(placing).await;
    let granted = placed.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(granted, 7);
    let reported = |answer: &Result<_, _>| match answer {
        Ok(_) => true,
        Err(error) => matches!(error, Error::Rejected(Rejection::ReferenceBlocksLimit { .. })),
    };
    assert!(placed.iter().all(reported), "{placed:?}");
}

/// A cart can name a warehouse that another server has just added.
#[tokio::test]
async fn a_cart_finds_a_warehouse_that_another_server_added() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let code = WarehouseCode::new("NEW").expect("a code");
    let new = NewWarehouse::new(code, WarehouseName::new("New").expect("a name"));
    let added = stock.another().await.warehouse_create(&context(), new).await.fresh().expect("added").id;
    let line = |warehouse| CartLine { item, quantity: units(1), warehouse: Some(warehouse) };
    let from = |warehouse| PlaceCart::new(vec![line(warehouse)], Ttl::default(), None).expect("a cart");
    let short = Rejection::CartShort(vec![Shortage { item, requested: 1, available: 0 }]);
    let rejected = stock.engine.cart_place(&context(), from(added)).await.fresh();
    assert_eq!(rejected, Err(Error::Rejected(short)), "known, but empty");
    let unknown = WarehouseId(987_654_321);
    let rejected = stock.engine.cart_place(&context(), from(unknown)).await.fresh();
    assert_eq!(rejected, Err(Error::Rejected(Rejection::WarehouseNotFound(unknown))));
}
