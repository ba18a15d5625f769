//! The function `allocate_inventory`, loaded into a bare database, like in other systems.

use domain::{Allocation, ItemId, plan_allocation};
use futures::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::collections::BTreeMap;

const FUNCTION: &str = include_str!("../../../../migrations/0006_allocate_inventory.sql");

/// The tables that the function's file requires.
const BARE_SCHEMA: &str = "
    CREATE TABLE inventory (product_id bigint, warehouse_id bigint, stock_quantity integer CHECK (stock_quantity >= 0),
                            PRIMARY KEY (product_id, warehouse_id));
    CREATE TABLE order_items (order_id bigint, product_id bigint, quantity integer);
    CREATE INDEX ON order_items (order_id);";

const WAREHOUSE: i64 = 1;

async fn bare_database(connections_max: u32) -> PgPool {
    let url = store::testing::database().await;
    let pool =
        PgPoolOptions::new().max_connections(connections_max).connect(&url).await.expect("a connection");
    sqlx::raw_sql(BARE_SCHEMA).execute(&pool).await.expect("the tables");
    sqlx::raw_sql(FUNCTION).execute(&pool).await.expect("the function");
    pool
}

async fn set_stock(pool: &PgPool, stock: &BTreeMap<i64, i32>) {
    sqlx::raw_sql("TRUNCATE inventory, order_items").execute(pool).await.expect("empty tables");
    let items: Vec<_> = stock.keys().copied().collect();
    let units: Vec<_> = stock.values().copied().collect();
    sqlx::query("INSERT INTO inventory SELECT item, $1, units FROM unnest($2::bigint[], $3::integer[]) AS s (item, units)")
        .bind(WAREHOUSE).bind(&items).bind(&units).execute(pool).await.expect("stock");
}

async fn add_order(pool: &PgPool, order: i64, lines: &[(i64, i32)]) {
    let items: Vec<_> = lines.iter().map(|(item, _)| *item).collect();
    let units: Vec<_> = lines.iter().map(|(_, units)| *units).collect();
    sqlx::query("INSERT INTO order_items SELECT $1, item, units FROM unnest($2::bigint[], $3::integer[]) AS l (item, units)")
        .bind(order).bind(&items).bind(&units).execute(pool).await.expect("an order");
}

async fn stock(pool: &PgPool) -> BTreeMap<i64, i32> {
    let rows: Vec<(i64, i32)> = sqlx::query_as("SELECT product_id, stock_quantity FROM inventory")
        .fetch_all(pool)
        .await
        .expect("stock");
    rows.into_iter().collect()
}

async fn allocate(pool: &PgPool, order: i64) -> Result<bool, sqlx::Error> {
    let allocate = sqlx::query_scalar("SELECT allocate_inventory($1, $2)");
    allocate.bind(order).bind(WAREHOUSE).fetch_one(pool).await
}

/// The function and the domain's planner return the same result and leave the same stock.
#[test]
fn equals_the_planner() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let pool = runtime.block_on(bare_database(1));
    let cases = (
        prop::collection::btree_map(1..7i64, 0..12i32, 0..7),
        prop::collection::vec(prop::collection::vec((1..8i64, 1..9i32), 0..6), 1..4),
    );
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let result = runner.run(&cases, |(before, orders)| {
        runtime.block_on(async {
            set_stock(&pool, &before).await;
            let mut expected = before.clone();
            for (order, lines) in (1..).zip(&orders) {
                add_order(&pool, order, lines).await;
                let demand: Vec<_> = lines.iter().map(|(item, units)| (ItemId(*item), *units)).collect();
                let plan = plan_allocation(&demand, |item| expected.get(&item.0).copied().unwrap_or(0));
                let filled = match plan {
                    Allocation::Short(_) => false,
                    Allocation::Take(take) => {
                        for (item, units) in take {
                            *expected.entry(item.0).or_default() -= units;
                        }
                        true
                    }
                };
                prop_assert_eq!(allocate(&pool, order).await.expect("an answer"), filled);
                prop_assert_eq!(&stock(&pool).await, &expected);
            }
            Ok(())
        })
    });
    result.expect("the same answers and the same stock");
}

#[tokio::test]
async fn an_order_without_lines_is_filled_and_another_warehouse_is_not_touched() {
    let pool = bare_database(1).await;
    set_stock(&pool, &[(1, 5)].into()).await;
    sqlx::raw_sql("INSERT INTO inventory VALUES (1, 2, 9)").execute(&pool).await.expect("stock");
    assert!(allocate(&pool, 1).await.expect("an answer"));
    add_order(&pool, 2, &[(1, 6)]).await;
    assert!(!allocate(&pool, 2).await.expect("an answer"));
    let elsewhere: i32 = sqlx::query_scalar("SELECT stock_quantity FROM inventory WHERE warehouse_id = 2")
        .fetch_one(&pool)
        .await
        .expect("stock");
    assert_eq!(elsewhere, 9);
}

/// 50 orders of the same 20 products, with lines in different orders, from 16 connections. None deadlocks, and as many
/// are filled as there are units for.
#[tokio::test(flavor = "multi_thread")]
async fn overlapping_orders_do_not_deadlock() {
    const PRODUCTS: i64 = 20;
    const FILLED: i32 = 30;
    let pool = bare_database(16).await;
    set_stock(&pool, &(1..=PRODUCTS).map(|item| (item, FILLED)).collect()).await;
    for order in 1..=50 {
        // The step is coprime to the number of products, so each order has all products, in an order of its own.
        let step = [1, 3, 7, 9, 11, 13, 17, 19][usize::try_from(order % 8).expect("small")];
        let lines: Vec<_> = (0..PRODUCTS).map(|i| ((order + i * step) % PRODUCTS + 1, 1)).collect();
        add_order(&pool, order, &lines).await;
    }
    let answers = join_all((1..=50).map(|order| {
        let pool = pool.clone();
        tokio::spawn(async move { allocate(&pool, order).await })
    }));
    let answers: Vec<_> = answers.await.into_iter().map(|task| task.expect("no panic")).collect();
    let filled = answers.iter().filter(|answer| matches!(answer, Ok(true))).count();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(i32::try_from(filled).expect("small"), FILLED);
    assert!(stock(&pool).await.values().all(|units| *units == 0));
}

/// Rows are locked in product order, regardless of their physical order and of the query plan: while another transaction
/// holds a product in the middle, a call has locked the products before it and none after it.
#[tokio::test]
async fn rows_are_locked_in_product_order() {
    const HELD: i64 = 200;
    let pool = bare_database(4).await;
    let schema = "CREATE INDEX ON inventory (warehouse_id);
                  INSERT INTO inventory SELECT id, 1, 9 FROM generate_series(500, 1, -1) AS id;
                  ANALYZE inventory";
    sqlx::raw_sql(schema).execute(&pool).await.expect("stock, the last product first");
    let products: Vec<i64> = (20..=500).step_by(20).collect();
    add_order(&pool, 1, &products.iter().rev().map(|product| (*product, 1)).collect::<Vec<_>>()).await;

    let mut holder = pool.begin().await.expect("a transaction");
    let hold = sqlx::query("SELECT 1 FROM inventory WHERE product_id = $1 FOR UPDATE").bind(HELD);
    hold.execute(&mut *holder).await.expect("a lock");
    let waiting = {
        let mut connection = pool.acquire().await.expect("a connection");
        tokio::spawn(async move {
            // Otherwise the plan may have the right order by chance.
            sqlx::raw_sql("SET enable_nestloop = off; SET enable_mergejoin = off")
                .execute(&mut *connection)
                .await?;
            let allocate = sqlx::query_scalar::<_, bool>("SELECT allocate_inventory(1, $1)").bind(WAREHOUSE);
            allocate.fetch_one(&mut *connection).await
        })
    };
    let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&pool).await.expect("activity") {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let free =
        "SELECT product_id FROM inventory WHERE product_id = ANY ($1) ORDER BY 1 FOR UPDATE SKIP LOCKED";
    let free: Vec<i64> = sqlx::query_scalar(free).bind(&products).fetch_all(&pool).await.expect("free rows");
    assert!(free.iter().eq(products.iter().filter(|product| **product > HELD)), "{free:?}");
    holder.rollback().await.expect("the lock is given back");
    assert!(waiting.await.expect("no panic").expect("an answer"));
    let left = stock(&pool).await;
    assert!(left.iter().all(|(product, units)| *units == if product % 20 == 0 { 8 } else { 9 }), "{left:?}");
}
