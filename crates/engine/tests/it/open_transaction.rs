//! An open transaction of another application that has written a movement. It delays only the event feed.

use crate::*;
use domain::LedgerCursor;
use engine::{CachedJson, ChangePage, Subscription, Topic};
use std::sync::Arc;

/// Reads the totals of categories, of warehouses and of the overview, and the blocks of the last hour.
async fn totals(engine: &Engine) -> (i64, i64, i64, i64) {
    let category = engine.category_list(&context()).await.expect("categories").pop().expect("a category");
    let warehouse = engine.warehouse_list(&context()).await.expect("warehouses").pop().expect("a warehouse");
    let overview = engine.overview(&context()).await.expect("an overview");
    let units = overview.totals.categories.iter().map(|category| category.units_available).sum();
    let blocked = overview.activity.iter().map(|minute| minute.units_blocked).sum();
    (category.units_available, warehouse.units_available, units, blocked)
}

async fn next(subscription: &mut Subscription) -> Arc<CachedJson<ChangePage>> {
    let page = tokio::time::timeout(Duration::from_secs(20), subscription.next()).await;
    page.expect("in time").expect("it goes on")
}

/// Waits for a page with the topic of stock. Earlier pages must have no events.
async fn receives_topic_stock(subscription: &mut Subscription) {
    loop {
        let page = next(subscription).await;
        assert!(page.events.is_empty(), "{page:?}");
        if page.topics.contains(&Topic::Stock) {
            return;
        }
    }
}

/// An engine that aggregates sums incrementally for any number of items.
async fn follower(url: &str) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    let settings = Settings { totals_followed_from: 0, ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_the_last_hour_stay_current() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let (item, other) = (stock.item(100).await, stock.item(50).await);
    assert_eq!(totals(&follower).await, (150, 150, 150, 0));

    let mut open = stock.pool.begin().await.expect("a transaction");
    sqlx::query("UPDATE inventory SET stock_quantity = 0 WHERE product_id = $1")
        .bind(other.0)
        .execute(&mut *open)
        .await
        .expect("written, and left open");
    for turn in 1..=5 {
        stock.engine.block_place(&context(), block(item, 10)).await.expect("placed");
        let left = 150 - 10 * turn;
        assert_eq!(totals(&follower).await, (left, left, left, 10 * turn));
    }
    let held = follower.engine_place().await;
    open.commit().await.expect("committed");
    assert_eq!(totals(&follower).await, (50, 50, 50, 50), "each line is counted once");
    stock.engine.block_place(&context(), block(item, 10)).await.expect("placed");
    assert_eq!(totals(&follower).await, (40, 40, 40, 60));
    assert!(follower.engine_place().await > held);
}

/// Returns the current position of the feed.
trait EnginePlace {
    async fn engine_place(&self) -> i64;
}

impl EnginePlace for Engine {
    async fn engine_place(&self) -> i64 {
        let page = self.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor");
        page.cursor.position
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_reports_its_lag_and_the_transaction_that_causes_it() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    let mut live = stock.engine.subscribe(&context(), None).await.expect("a subscription");
    assert!(next(&mut live).await.topics.is_empty());
    let start = stock.engine.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor").cursor;
    assert_eq!(stock.engine.feed_lag(), None);

    let name = "SELECT set_config('application_name', 'nightly report', false)";
    let mut session = stock.pool.acquire().await.expect("a session");
    sqlx::query(name).execute(&mut *session).await.expect("named");
    let pid: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *session).await.expect("a pid");
    let mut open = sqlx::Acquire::begin(&mut *session).await.expect("a transaction");
    let line =
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'corrected')";
    sqlx::query(line).execute(&mut *open).await.expect("written, and left open");
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");

    // The event is above the low watermark: the page has the topic of stock instead.
    receives_topic_stock(&mut live).await;
    let lagging = async {
        loop {
            match stock.engine.feed_lag() {
                Some(lag) if lag.lag >= Duration::from_secs(1) => break lag,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let lag = tokio::time::timeout(Duration::from_secs(20), lagging).await.expect("in time");
    assert_eq!((lag.holder.pid, lag.holder.application.as_deref()), (Some(pid), Some("nightly report")));
    assert_eq!(lag.holder.state.as_deref(), Some("idle in transaction"));
    assert!(lag.holder.age.is_some_and(|age| age >= lag.lag), "{lag:?}");
    let page =
        stock.engine.events(&context(), Some(start.clone()), 10, Duration::ZERO).await.expect("a page");
    assert!(page.events.is_empty() && page.lag_seconds >= 1, "{page:?}");
    // Each further commit is published.
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    receives_topic_stock(&mut live).await;

    open.rollback().await.expect("rolled back");
    let delivered = async {
        let mut events = Vec::new();
        while events.len() < 2 {
            events.extend(next(&mut live).await.events.clone());
        }
        events
    };
    let delivered = tokio::time::timeout(Duration::from_secs(20), delivered).await.expect("in time");
    let page = stock.engine.events(&context(), Some(start), 10, Duration::ZERO).await.expect("a page");
    assert_eq!(page.events, delivered);
    assert_eq!((page.lag_seconds, stock.engine.feed_lag()), (0, None));
}

/// A cursor is valid on every server. A cursor of another database history is valid on none.
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_history_is_unknown() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    let now = stock.engine.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor").cursor;
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    let other = stock.another().await;
    let page = other.events(&context(), Some(now.clone()), 10, Duration::ZERO).await.expect("a page");
    assert_eq!(page.events.len(), 1);

    let foreign = Stock::new().await;
    let unknown = engine::Error::Rejected(domain::Error::CursorUnknown);
    let future = LedgerCursor { position: now.position + 1_000_000, ..now.clone() };
    for (engine, cursor) in [(&foreign.engine, &now), (&stock.engine, &future)] {
        let rejected = engine.events(&context(), Some(cursor.clone()), 10, Duration::from_secs(20)).await;
        assert_eq!(rejected, Err(unknown.clone()));
        // A stream continues from now, and skips.
        let mut stream = engine.subscribe(&context(), Some(cursor.clone())).await.expect("a subscription");
        let first = next(&mut stream).await;
        assert!(first.skipped && first.cursor != *cursor, "{first:?}");
    }
}

/// With too many movements above the low watermark, the tables are read.
#[tokio::test(flavor = "multi_thread")]
async fn totals_stay_current_with_many_movements_above_the_low_watermark() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let item = stock.item(100).await;
    assert_eq!(totals(&follower).await, (100, 100, 100, 0));
    let mut open = stock.pool.begin().await.expect("a transaction");
    let line =
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES ($1, 1, 0, 'corrected')";
    sqlx::query(line).bind(item.0).execute(&mut *open).await.expect("written, and left open");
    let lines = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
                 SELECT $1, 1, 0, 'corrected' FROM generate_series(1, 200001)";
    sqlx::query(lines).bind(item.0).execute(&stock.pool).await.expect("many lines");
    stock.engine.block_place(&context(), block(item, 10)).await.expect("placed");
    assert_eq!(totals(&follower).await, (90, 90, 90, 10));
    open.commit().await.expect("committed");
    stock.engine.block_place(&context(), block(item, 10)).await.expect("placed");
    // The result of reading the tables is cached for a multiple of the time to read them.
    let fresh = async {
        while totals(&follower).await != (80, 80, 80, 20) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), fresh).await.expect("in time");
}

/// The database's history is replaced while the server runs, as by a failover that lost commits. Streams continue from now,
/// and sums are read from the tables again.
#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_history_resets_streams_and_totals() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let item = stock.item(100).await;
    stock.engine.block_place(&context(), block(item, 10)).await.expect("placed");
    assert_eq!(totals(&follower).await, (90, 90, 90, 10));
    let mut live = follower.subscribe(&context(), None).await.expect("a subscription");
    next(&mut live).await;
    // The last movement is another one: it took 30 units.
    let replaced = "ALTER TABLE stock_movements DISABLE TRIGGER USER;
                    SET stockhold.maintains_totals = on;
                    UPDATE stock_movements SET change = -30, created_at = created_at + interval '1 millisecond'
                     WHERE id = (SELECT max(id) FROM stock_movements);
                    UPDATE inventory SET stock_quantity = 70;
                    UPDATE items SET quantity = 70;
                    UPDATE block_inventory SET quantity = 30;";
    sqlx::raw_sql(replaced).execute(&stock.pool).await.expect("another history");
    let page = next(&mut live).await;
    assert!(page.skipped && page.events.is_empty(), "{page:?}");
    assert_eq!(totals(&follower).await, (70, 70, 70, 30));
}
