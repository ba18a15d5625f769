//! A request that comes twice is done once.

use crate::*;
use domain::{Error as Refusal, ItemPatch, NewWarehouse, WarehouseCode, WarehouseName};
use engine::{Error, Idempotency, StoredResponse};
use futures::future::join_all;

fn keyed(key: &str, fingerprint: &str) -> Context {
    context().with_idempotency(Idempotency { key: key.into(), fingerprint: fingerprint.as_bytes().into() })
}

/// The answer that was kept.
fn kept<T: std::fmt::Debug>(answer: engine::Result<Response<T>>) -> StoredResponse {
    match answer {
        Ok(Response::Stored(reply)) => reply,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_once() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(5).await;
    let first = kept(stock.engine.block_place(&keyed("k", "a"), block(item, 2)).await);
    let second = kept(other.block_place(&keyed("k", "a"), block(item, 2)).await);
    assert_eq!(first, second);
    assert_eq!(stock.quantity(item).await, 3);
    let reused = stock.engine.block_place(&keyed("k", "b"), block(item, 1)).await;
    assert_eq!(reused, Err(Error::Refused(Refusal::IdempotencyKeyReused("k".into()))));

    // A refusal is an answer too: a retry does not get what has come free since.
    let refused = kept(stock.engine.block_place(&keyed("refused", "a"), block(item, 4)).await);
    stock.let_expire().await;
    assert_eq!(kept(stock.engine.block_place(&keyed("refused", "a"), block(item, 4)).await), refused);

    // The keys of another actor are other keys.
    let someone = Context { actor: "someone".into(), ..keyed("k", "a") };
    kept(stock.engine.block_place(&someone, block(item, 1)).await);
    assert_eq!(stock.quantity(item).await, 2);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_flight_is_done_once_through_batches_and_servers() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let item = stock.item(1_000).await;
    for round in 0..10 {
        let asking = (0..40).map(|turn| {
            let engine = &engines[turn % 2];
            let key = format!("{round}-{}", turn % 8);
            async move { kept(engine.block_place(&keyed(&key, &key), block(item, 1)).await) }
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
        async move { kept(engine.order_create(&keyed("order", "o"), order()).await) }
    }));
    let orders = orders.await;
    assert!(orders.iter().all(|reply| *reply == orders[0]));
    let new = || NewItem {
        name: ItemName::new("Once").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "1".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: None,
    };
    let items = join_all((0..8).map(|turn| {
        let engine = &engines[turn % 2];
        async move { kept(engine.item_create(&keyed("item", "i"), new()).await) }
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
async fn answers_are_forgotten_after_their_time() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    kept(stock.engine.block_place(&keyed("k", "a"), block(item, 1)).await);
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    assert_eq!(store.responses_expire(3_600.0, 10).await.expect("an answer"), 0);
    assert_eq!(store.responses_expire(0.0, 10).await.expect("an answer"), 1);
    kept(stock.engine.block_place(&keyed("k", "b"), block(item, 1)).await);
    assert_eq!(stock.quantity(item).await, 3);
}

/// The second of two equal requests runs into the first one's code before it can know of its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_that_is_being_added_under_the_same_key_is_not_taken() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for round in 0..10 {
        let key = format!("warehouse-{round}");
        let new = || NewWarehouse {
            code: WarehouseCode::new(&key).expect("a code"),
            name: WarehouseName::new("Elsewhere").expect("a name"),
        };
        let asking = engines.iter().cycle().take(6);
        let asking =
            asking.map(|engine| async { kept(engine.warehouse_create(&keyed(&key, &key), new()).await) });
        let replies = join_all(asking).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]));
    }
    let new = NewWarehouse {
        code: WarehouseCode::new("warehouse-0").expect("a code"),
        name: WarehouseName::new("Another").expect("a name"),
    };
    let taken = stock.engine.warehouse_create(&context(), new).await.fresh();
    assert_eq!(taken, Err(Error::Refused(Refusal::WarehouseCodeTaken("warehouse-0".into()))));
}

/// Whoever asks both servers at once, as hedging clients do, sends the same keys in any order.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_keys_in_another_order_do_not_deadlock() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let new = || NewItem {
        name: ItemName::new("Once").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "1".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: None,
    };
    for round in 0..10 {
        let create = |engine: &Engine, number: usize| {
            let (engine, key) = (engine.clone(), format!("{round}-{number}"));
            async move { kept(engine.item_create(&keyed(&key, &key), new()).await) }
        };
        let forwards = join_all((0..50).map(|number| create(&engines[0], number)));
        let backwards = join_all((0..50).rev().map(|number| create(&engines[1], number)));
        let (forwards, mut backwards) = tokio::join!(forwards, backwards);
        backwards.reverse();
        assert_eq!(forwards, backwards);
    }
    assert_eq!(stock.deadlocks().await, 0);
}

/// One rule for every kind of write: a rejection by the rules is an answer, and is stored like one.
#[tokio::test]
async fn a_rejection_is_stored_for_every_kind_of_write() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let absent = ItemId(1_000_000);
    let item_in = |warehouse| NewItem {
        name: ItemName::new("Lamp").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "1".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: Some(WarehouseId(warehouse)),
    };
    let order = || NewOrder::new(None, [(absent, units(1))]).expect("an order");
    let taken = || NewWarehouse {
        code: WarehouseCode::new("MAIN").expect("a code"),
        name: WarehouseName::new("Another").expect("a name"),
    };
    let patch =
        || ItemPatch { name: Some(ItemName::new("Renamed").expect("a name")), ..ItemPatch::default() };
    let ask = async || {
        [
            kept(engine.block_place(&keyed("place", "k"), block(absent, 1)).await),
            kept(engine.item_create(&keyed("item", "k"), item_in(77)).await),
            kept(engine.item_update(&keyed("patch", "k"), absent, patch()).await),
            kept(engine.order_create(&keyed("order", "k"), order()).await),
            kept(engine.warehouse_create(&keyed("warehouse", "k"), taken()).await),
        ]
    };
    let rejected = ask().await;
    // Everything that was missing is there now, and the code is free.
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
    // The same requests under new keys are granted.
    kept(engine.item_create(&keyed("item-2", "k"), item_in(77)).await);
    kept(engine.order_create(&keyed("order-2", "k"), order()).await);
    kept(engine.warehouse_create(&keyed("warehouse-2", "k"), taken()).await);
    let reused = engine.order_create(&keyed("order", "another"), order()).await;
    assert_eq!(reused, Err(Error::Refused(Refusal::IdempotencyKeyReused("order".into()))));
    stock.assert_closed().await;
}

/// Requests under one key that are rejected in the same batch all get the rejection.
#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_creation_in_flight_is_answered_the_same_to_all() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let new = || NewItem {
        name: ItemName::new("Lamp").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "1".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: Some(WarehouseId(1_000_000)),
    };
    for round in 0..10 {
        let key = format!("nowhere-{round}");
        let asking = engines.iter().cycle().take(20);
        let asking = asking.map(|engine| async { kept(engine.item_create(&keyed(&key, &key), new()).await) });
        let replies = join_all(asking).await;
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    }
}

/// A rename takes several transactions; its answer is stored after the last one.
#[tokio::test]
async fn a_renamed_category_is_answered_the_same_under_its_key() {
    let stock = Stock::new().await;
    stock.item(5).await;
    let name = |name: &str| domain::CategoryName::new(name).expect("a name");
    let rename = async |key, fingerprint, dry_run| {
        let context = keyed(key, fingerprint);
        stock.engine.category_rename(&context, name("Lighting"), name("Lamps"), dry_run).await
    };
    assert_eq!(rename("rename", "a", true).await.fresh().expect("a dry run stores nothing").items, 1);
    let first = kept(rename("rename", "a", false).await);
    assert_eq!(kept(rename("rename", "a", false).await), first);
    let reused = rename("rename", "b", false).await;
    assert_eq!(reused, Err(Error::Refused(Refusal::IdempotencyKeyReused("rename".into()))));
    let again = kept(rename("another", "a", false).await);
    assert_ne!(again.body, first.body, "nothing is left to rename");
}
