//! The list of orders reads a bounded part of an index, with each combination of filters.

use domain::{OrderFilter, OrderId, OrderQuery, OrderStatus, Reference, Time, WarehouseId};
use sqlx::PgPool;
use std::time::Duration;
use store::{Settings, Store};

/// The orders of the test. The first ten are pending, the others cancelled; each has the same item, warehouse and reference.
const ORDERS: i64 = 25_000;

/// The most entries that one page reads from the index of a filter, as in the store.
const SCANNED_ROWS_MAX: i64 = 10_000;

async fn orders(pool: &PgPool, item: i64) {
    let statements = [
        "INSERT INTO orders (status, warehouse_id, reference, created_at)
         SELECT CASE WHEN n <= 10 THEN 'pending' ELSE 'cancelled' END, 1, 'same',
                timestamptz '2026-01-01 00:00:00+00' + n * interval '1 minute'
           FROM generate_series(1, $1) AS n",
        "INSERT INTO order_items SELECT id, $1, 1 FROM orders",
        "INSERT INTO order_allocations (order_id, item_id, warehouse_id, allocated) SELECT id, $1, 1, 1 FROM orders",
    ];
    for (statement, value) in statements.into_iter().zip([ORDERS, item, item]) {
        sqlx::query(statement).bind(value).execute(pool).await.expect("inserted");
    }
}

/// Returns the rows that sequential scans, and the entries that scans of indexes have read.
async fn read(pool: &PgPool) -> (i64, i64) {
    let connected = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND application_name = 'stockhold'";
    while sqlx::query_scalar::<_, i64>(connected).fetch_one(pool).await.expect("a count") > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sqlx::query("SELECT pg_stat_force_next_flush()").execute(pool).await.expect("flushed");
    sqlx::query_as(
        "SELECT (SELECT sum(seq_tup_read)::bigint FROM pg_stat_user_tables WHERE relname IN ('orders', 'order_items', 'order_allocations')),
                (SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes WHERE relname IN ('orders', 'order_items', 'order_allocations'))",
    )
    .fetch_one(pool)
    .await
    .expect("statistics")
}

/// Returns the orders of the whole list, and the number of its pages.
async fn list(store: &Store, filter: &OrderFilter) -> (Vec<OrderId>, i64) {
    let (mut found, mut pages) = (Vec::new(), 0);
    let mut query = OrderQuery::new(filter.clone(), Some(50), None).expect("a query");
    loop {
        let page = store.order_list(&query).await.expect("a page");
        pages += 1;
        found.extend(page.rows.into_iter().map(|order| order.id));
        let Some(next) = page.next else { return (found, pages) };
        query = query.after_cursor(&next).expect("a cursor");
    }
}

#[tokio::test]
async fn a_page_reads_a_bounded_part_of_an_index() {
    let (setting_up, url) = store::testing::store().await;
    setting_up.close().await;
    let pool =
        sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&url).await.expect("a connection");
    let item = store::testing::item(&pool).await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    let reference = Reference::new("same").ok();
    let from = "2026-01-01T00:00:00Z".parse::<Time>().ok();
    let any = OrderFilter::default;
    let pending = || OrderFilter { status: Some(OrderStatus::Pending), ..any() };
    let filters = [
        OrderFilter { item: Some(item), ..pending() },
        OrderFilter { reference, ..pending() },
        OrderFilter { warehouse: Some(WarehouseId(1)), ..pending() },
        OrderFilter { from, ..pending() },
        OrderFilter { from, item: Some(item), warehouse: Some(WarehouseId(1)), ..pending() },
    ];
    for filter in &filters {
        assert_eq!(list(&store, filter).await, (vec![], 1));
    }
    store.close().await;
    orders(&pool, item.0).await;
    let expected: Vec<_> = (1..=10).rev().map(OrderId).collect();
    for filter in filters {
        let before = read(&pool).await;
        let store = Store::connect(Settings::new(&url)).await.expect("a store");
        for _ in 0..2 {
            // The pages have 10,000, 10,000 and 5,000 orders, of which the last ten match.
            assert_eq!(list(&store, &filter).await, (expected.clone(), 3), "{filter:?}");
        }
        store.close().await;
        let after = read(&pool).await;
        assert_eq!(after.0, before.0, "{filter:?} reads whole tables");
    }
    // The queue has another index: of its orders, the first 10,001 are listed and counted.
    let queue = "UPDATE orders SET waiting_since = created_at WHERE status = 'pending'";
    sqlx::query(queue).execute(&pool).await.expect("queued");
    let before = read(&pool).await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    for filter in [
        OrderFilter { is_waiting: true, ..any() },
        OrderFilter { is_waiting: true, ..pending() },
        OrderFilter { is_waiting: true, from, ..any() },
    ] {
        assert_eq!(list(&store, &filter).await, (expected.clone(), 1), "{filter:?}");
        let total = store.order_total(&filter).await.expect("a total");
        assert_eq!((total.count, total.is_exact), (10, true), "{filter:?}");
    }
    store.close().await;
    let after = read(&pool).await;
    assert_eq!(after.0, before.0, "whole tables were read");
    assert!(after.1 - before.1 < 1_000, "{} entries were read", after.1 - before.1);
    // One filter reads a page of its index, and no more.
    let single = [
        any(),
        pending(),
        OrderFilter { item: Some(item), ..any() },
        OrderFilter { reference: Reference::new("same").ok(), ..any() },
        OrderFilter { warehouse: Some(WarehouseId(1)), ..any() },
        OrderFilter { from, ..any() },
    ];
    let before = read(&pool).await;
    let store = Store::connect(Settings::new(&url)).await.expect("a store");
    for filter in single {
        let query = OrderQuery::new(filter, Some(50), None).expect("a query");
        assert!(!store.order_list(&query).await.expect("a page").rows.is_empty());
    }
    store.close().await;
    let after = read(&pool).await;
    assert_eq!(after.0, before.0, "whole tables were read");
    assert!(after.1 - before.1 < SCANNED_ROWS_MAX, "{} entries were read", after.1 - before.1);
}
