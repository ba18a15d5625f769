//! Idempotency keys: a repeated request takes effect once.

use crate::*;
use domain::{Error as Rejection, ItemPatch, NewWarehouse, WarehouseCode, WarehouseName};
use engine::{Error, Idempotency, StoredResponse};
use futures::future::join_all;

fn keyed(key: &str, fingerprint: &str) -> Context {
    context().with_idempotency(Idempotency { key: key.into(), fingerprint: fingerprint.as_bytes().into() })
}

/// An item with one unit, in this warehouse or the default one.
fn new_item(warehouse: Option<i64>) -> NewItem {
    NewItem {
        name: ItemName::new("Once").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "1".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: warehouse.map(WarehouseId),
        sku: None,
        barcodes: domain::Barcodes::default(),
        low_stock: None,
    }
}

/// Returns the stored response.
fn stored<T: std::fmt::Debug>(answer: engine::Result<Response<T>>) -> StoredResponse {
    match answer {
        Ok(Response::Stored(reply)) => reply,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_repeated_key_gets_the_stored_response() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(5).await;
    let first = stored(stock.engine.block_place(&keyed("k", "a"), block(item, 2)).await);
    let second = stored(other.block_place(&keyed("k", "a"), block(item, 2)).await);
    assert_eq!(first, second);
    assert_eq!(stock.quantity(item).await, 3);
    let reused = stock.engine.block_place(&keyed("k", "b"), block(item, 1)).await;
    assert_eq!(reused, Err(Error::Rejected(Rejection::IdempotencyKeyReused("k".into()))));

    // A rejection is stored too: a retry gets it even if there is stock by now.
    let rejected = stored(stock.engine.block_place(&keyed("rejected", "a"), block(item, 4)).await);
    stock.let_expire().await;
    assert_eq!(stored(stock.engine.block_place(&keyed("rejected", "a"), block(item, 4)).await), rejected);

    // Keys are scoped by actor.
    let someone = Context { actor: "someone".into(), ..keyed("k", "a") };
    stored(stock.engine.block_place(&someone, block(item, 1)).await);
    assert_eq!(stock.quantity(item).await, 2);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_with_one_key_take_effect_once_across_batches_and_servers() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let item = stock.item(1_000).await;
    for round in 0..10 {
        let asking = (0..40).map(|turn| {
            let engine = &engines[turn % 2];
            let key = format!("{round}-{}", turn % 8);
            async move { stored(engine.block_place(&keyed(&key, &key), block(item, 1)).await) }
        });
        let replies = join_all(asking).await;
        for (turn, reply) in replies.iter().enumerate() {
            assert_eq!(*reply, replies[turn % 8]);
        }
    }
    assert_eq!(stock.quantity(item).await, 1_000 - 10 * 8);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_and_orders_are_created_once() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let item = stock.item(5).await;
    let order = || NewOrder::new(None, [(item, units(1))]).expect("an order");
    let orders = join_all((0..8).map(|turn| {
        let engine = &engines[turn % 2];
        async move { stored(engine.order_create(&keyed("order", "o"), order()).await) }
    }));
    let orders = orders.await;
    assert!(orders.iter().all(|reply| *reply == orders[0]));
    let items = join_all((0..8).map(|turn| {
        let engine = &engines[turn % 2];
        async move { stored(engine.item_create(&keyed("item", "i"), new_item(None)).await) }
    }));
    let items = items.await;
    assert!(items.iter().all(|reply| *reply == items[0]));
    let counts: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM items WHERE name = 'Once')",
    )
    .fetch_one(&stock.pool)
    .await
    .expect("counts");
    assert_eq!(counts, (1, 1));
}

#[tokio::test]
async fn responses_expire() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    stored(stock.engine.block_place(&keyed("k", "a"), block(item, 1)).await);
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    assert_eq!(store.responses_expire(3_600.0, 10).await.expect("an answer"), 0);
    assert_eq!(store.responses_expire(0.0, 10).await.expect("an answer"), 1);
    stored(stock.engine.block_place(&keyed("k", "b"), block(item, 1)).await);
    assert_eq!(stock.quantity(item).await, 3);
}

/// The second of two equal requests meets the first one's unique code before it can find its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_retry_of_a_warehouse_creation_is_not_a_conflict() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for round in 0..10 {
        let key = format!("warehouse-{round}");
        let new = || {
            NewWarehouse::new(
                WarehouseCode::new(&key).expect("a code"),
                WarehouseName::new("Elsewhere").expect("a name"),
            )
        };
        let asking = engines.iter().cycle().take(6);
        let asking =
            asking.map(|engine| async { stored(engine.warehouse_create(&keyed(&key, &key), new()).await) });
        let replies = join_all(asking).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]));
    }
    let new = NewWarehouse::new(
        WarehouseCode::new("warehouse-0").expect("a code"),
        WarehouseName::new("Another").expect("a name"),
    );
    let taken = stock.engine.warehouse_create(&context(), new).await.fresh();
    assert_eq!(taken, Err(Error::Rejected(Rejection::WarehouseCodeTaken("warehouse-0".into()))));
}

/// Hedging clients send the same keys to both servers, in different orders.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_keys_in_another_order_do_not_deadlock() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for round in 0..10 {
        let create = |engine: &Engine, number: usize| {
            let (engine, key) = (engine.clone(), format!("{round}-{number}"));
            async move { stored(engine.item_create(&keyed(&key, &key), new_item(None)).await) }
        };
        let forwards = join_all((0..50).map(|number| create(&engines[0], number)));
        let backwards = join_all((0..50).rev().map(|number| create(&engines[1], number)));
        let (forwards, mut backwards) = tokio::join!(forwards, backwards);
        backwards.reverse();
        assert_eq!(forwards, backwards);
    }
    assert_eq!(stock.deadlocks().await, 0);
}

/// One rule for every write: a rejection by the rules is stored like any other response.
#[tokio::test]
async fn a_rejection_is_stored_for_every_kind_of_write() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let absent = ItemId(1_000_000);
    let order = || NewOrder::new(None, [(absent, units(1))]).expect("an order");
    let taken = || {
        NewWarehouse::new(
            WarehouseCode::new("MAIN").expect("a code"),
            WarehouseName::new("Another").expect("a name"),
        )
    };
    let patch =
        || ItemPatch { name: Some(ItemName::new("Renamed").expect("a name")), ..ItemPatch::default() };
    let ask = async || {
        [
            stored(engine.block_place(&keyed("place", "k"), block(absent, 1)).await),
            stored(engine.item_create(&keyed("item", "k"), new_item(Some(77))).await),
            stored(
                engine.item_update(&keyed("patch", "k"), absent, patch(), domain::Precondition::None).await,
            ),
            stored(engine.order_create(&keyed("order", "k"), order()).await),
            stored(engine.warehouse_create(&keyed("warehouse", "k"), taken()).await),
        ]
    };
    let rejected = ask().await;
    // All missing entities exist now, and the code is available.
    sqlx::raw_sql(
        "UPDATE warehouses SET code = 'FIRST' WHERE code = 'MAIN';
         INSERT INTO warehouses (id, code, name) VALUES (77, 'NEW', 'New');
         INSERT INTO items (id, name, price) VALUES (1000000, 'Lamp', 1);
         INSERT INTO inventory VALUES (1000000, 77, 10);",
    )
    .execute(&stock.pool)
    .await
    .expect("changed");
    assert_eq!(ask().await, rejected);
    // The same requests succeed under new keys.
    stored(engine.item_create(&keyed("item-2", "k"), new_item(Some(77))).await);
    stored(engine.order_create(&keyed("order-2", "k"), order()).await);
    stored(engine.warehouse_create(&keyed("warehouse-2", "k"), taken()).await);
    let reused = engine.order_create(&keyed("order", "another"), order()).await;
    assert_eq!(reused, Err(Error::Rejected(Rejection::IdempotencyKeyReused("order".into()))));
    stock.assert_closed().await;
}

/// All requests with one key in the same batch get the same rejection.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_creations_with_one_key_get_the_same_rejection() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for round in 0..10 {
        let key = format!("nowhere-{round}");
        let asking = engines.iter().cycle().take(20);
        let asking = asking.map(|engine| async {
            stored(engine.item_create(&keyed(&key, &key), new_item(Some(1_000_000))).await)
        });
        let replies = join_all(asking).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    }
}

/// A rename takes several transactions. Its response is stored after the last one.
#[tokio::test]
async fn a_repeated_rename_of_a_category_gets_the_stored_response() {
    let stock = Stock::new().await;
    stock.item(5).await;
    let name = |name: &str| domain::CategoryName::new(name).expect("a name");
    let rename = async |key, fingerprint, dry_run| {
        let context = keyed(key, fingerprint);
        stock
            .engine
            .category_rename(&context, name("Lighting"), name("Lamps"), dry_run, domain::Precondition::None)
            .await
    };
    assert_eq!(rename("rename", "a", true).await.fresh().expect("a dry run stores nothing").items, 1);
    let first = stored(rename("rename", "a", false).await);
    assert_eq!(stored(rename("rename", "a", false).await), first);
    let reused = rename("rename", "b", false).await;
    assert_eq!(reused, Err(Error::Rejected(Rejection::IdempotencyKeyReused("rename".into()))));
    let again = stored(rename("another", "a", false).await);
    assert_ne!(again.body, first.body, "nothing is left to rename");
}
