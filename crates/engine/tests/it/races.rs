//! Races between two servers on one database.

use crate::*;
use domain::{BlockId, Error as Rejection, NewWarehouse, WarehouseCode, WarehouseName};
use engine::Error;
use futures::future::join_all;

/// Runs all `tasks` concurrently, alternating between the two engines.
async fn race<T, A, F: Future<Output = A>>(
    engines: [Engine; 2],
    tasks: impl IntoIterator<Item = T>,
    act: impl Fn(Engine, T) -> F,
) -> Vec<A> {
    let acting = tasks.into_iter().enumerate().map(|(index, task)| act(engines[index % 2].clone(), task));
    join_all(acting).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_the_last_fifty_units() {
    let stock = Stock::new().await;
    let item = stock.item(50).await;
    let engines = [stock.engine.clone(), stock.another().await];
    let answers = race(engines, 0..200, async |engine: Engine, _| {
        engine.block_place(&context(), block(item, 1)).await.fresh()
    });
    let answers = answers.await;
    let granted = answers.iter().filter(|answer| answer.is_ok()).count();
    let rejected =
        Error::Rejected(Rejection::InsufficientStock { item, warehouse: None, requested: 1, available: 0 });
    let reported = answers.iter().filter(|answer| answer.as_ref() == Err(&rejected)).count();
    assert_eq!((granted, reported), (50, 150));
    assert_eq!(stock.quantity(item).await, 0);
    stock.assert_closed().await;
}

/// Confirm, release, extend and expire race for the same blocks: each block ends once.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_once_in_any_race() {
    const BLOCKS: usize = 60;
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [stock.engine.clone(), stock.another().await];
    let mut blocks = Vec::new();
    for _ in 0..BLOCKS {
        blocks.push(stock.engine.block_place(&context(), block(item, 2)).await.fresh().expect("placed").id);
    }
    // A third of them expires during the race.
    sqlx::query(
        "UPDATE block_inventory SET expires_at = clock_timestamp() + interval '15 ms' WHERE id % 3 = 0",
    )
    .execute(&stock.pool)
    .await
    .expect("soon to expire");
    let tasks = blocks.iter().flat_map(|block| (0..8).map(|way| (*block, way)));
    let outcomes = race(engines, tasks, |engine: Engine, (block, way): (BlockId, i32)| async move {
        match way % 4 {
            0 => engine.block_confirm(&context(), block, None).await.fresh().map(|_| Some(block)),
            1 => engine.block_release(&context(), block).await.fresh().map(|_| Some(block)),
            2 => engine.block_extend(&context(), block, Ttl::default()).await.fresh().map(|_| None),
            _ => engine.blocks_expire(&context()).await.map(|_| None),
        }
    });
    let outcomes = outcomes.await;
    let mut ends = std::collections::HashMap::<BlockId, usize>::new();
    for outcome in outcomes {
        match outcome {
            Ok(Some(block)) => *ends.entry(block).or_default() += 1,
            Ok(None) => {}
            Err(Error::Rejected(
                Rejection::BlockAlreadyPermanent(_)
                | Rejection::BlockExpired { .. }
                | Rejection::BlockReleased(_),
            )) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(ends.values().all(|times| *times == 1), "{ends:?}");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_orders_are_allocated_without_deadlock() {
    const ORDERS: usize = 50;
    const FILLED: i64 = 30;
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let mut items = Vec::new();
    for _ in 0..20 {
        items.push(stock.item(FILLED).await);
    }
    let mut orders = Vec::new();
    for turn in 0..ORDERS {
        let mut lines: Vec<_> = items.iter().map(|item| (*item, 1)).collect();
        lines.rotate_left(turn % 20);
        if turn % 2 == 0 {
            lines.reverse();
        }
        orders.push(stock.order(&lines).await);
    }
    let main = main_warehouse(&stock.engine).await;
    let answers = race(engines, orders, |engine: Engine, order| async move {
        engine.order_allocate(&context(), order, main).await.fresh().expect("an answer").shortages.is_empty()
    });
    let filled = answers.await.into_iter().filter(|filled| *filled).count();
    assert_eq!(i64::try_from(filled), Ok(FILLED));
    stock.assert_closed().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// Blocks, orders and calls of `allocate_inventory` race for the same levels.
#[tokio::test(flavor = "multi_thread")]
async fn allocations_race_with_blocks_and_with_other_systems() {
    const UNITS: i64 = 60;
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let items = [stock.item(UNITS).await, stock.item(UNITS).await, stock.item(UNITS).await];
    let main = main_warehouse(&stock.engine).await;
    let mut orders = Vec::new();
    for _ in 0..60 {
        orders.push(stock.order(&[(items[2], 1), (items[0], 1), (items[1], 1)]).await);
    }
    let pool = stock.pool.clone();
    let tasks = orders.into_iter().enumerate();
    let answers = race(engines, tasks, |engine: Engine, (turn, order): (usize, OrderId)| async move {
        match turn % 3 {
            0 => engine.order_allocate(&context(), order, main).await.fresh().map(|a| a.shortages.is_empty()),
            _ => match engine.block_place(&context(), block(items[turn % 3], 2)).await.fresh() {
                Ok(_) => Ok(true),
                Err(Error::Rejected(Rejection::InsufficientStock { .. })) => Ok(false),
                Err(other) => Err(other),
            },
        }
    });
    let external = sqlx::query_scalar::<_, bool>(
        "SELECT allocate_inventory(order_id, $1) FROM (SELECT DISTINCT order_id FROM order_items) AS every_order
          WHERE order_id % 7 = 0",
    );
    let external = external.bind(main.0).fetch_all(&pool);
    let (answers, external) = tokio::join!(answers, external);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    external.expect("answers");
    // The ledger has the function's allocations as corrections, so that the tables agree.
    stock.assert_closed().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// A transaction that waits for an item's only level must notice that its units were moved to a new level.
#[tokio::test(flavor = "multi_thread")]
async fn stock_that_is_moved_to_a_new_level_meanwhile_is_not_sold_out() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let elsewhere = NewWarehouse::new(
        WarehouseCode::new("ELSEWHERE").expect("a code"),
        WarehouseName::new("Elsewhere").expect("a name"),
    );
    let elsewhere = stock.engine.warehouse_create(&context(), elsewhere).await.fresh().expect("added").id;
    let mut moving = stock.pool.begin().await.expect("a transaction");
    let empty = sqlx::query("UPDATE inventory SET stock_quantity = 0 WHERE product_id = $1").bind(item.0);
    empty.execute(&mut *moving).await.expect("emptied");
    let engine = stock.engine.clone();
    let placing = tokio::spawn(async move { engine.block_place(&context(), block(item, 5)).await.fresh() });
    let waiting = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&stock.pool).await.expect("a count") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let fill = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, $2, 5)";
    sqlx::query(fill).bind(item.0).bind(elsewhere.0).execute(&mut *moving).await.expect("filled");
    moving.commit().await.expect("moved");
    let placed = placing.await.expect("no panic").expect("units were there all the time");
    assert_eq!((placed.key.warehouse, placed.remaining), (elsewhere, 0));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_created_concurrently() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let created = race(engines, 0..300, |engine: Engine, quantity: i64| async move {
        (create_item(&engine, quantity).await, quantity)
    });
    for (item, quantity) in created.await {
        assert_eq!(i64::from(item.quantity), quantity);
        assert_eq!(**stock.engine.item_get(&context(), item.id).await.expect("an item"), item);
    }
    stock.assert_closed().await;
}
