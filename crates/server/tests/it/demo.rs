use crate::app::{Postgres, TestApp, site};
use crate::binary::stockhold;
use crate::ledger;
use crate::process::check_fails;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;
use store::{Audit, Settings, Store};

/// The seed of the tests: the default one.
const SEED: u64 = 7;

/// Loads the demo data into a new database.
pub async fn loaded() -> (Postgres, String) {
    loaded_with(SEED).await
}

async fn loaded_with(seed: u64) -> (Postgres, String) {
    let postgres = Postgres::find();
    let url = postgres.create_database().await;
    let store = Store::connect(store::Settings::new(url.as_str())).await.expect("connected");
    store.migrate().await.expect("migrated");
    let engine = engine::Engine::start(store, engine::Settings::default()).await.expect("started");
    let started = Instant::now();
    let loaded = server::load_demo(&engine, seed).await.expect("loaded").expect("for the first time");
    println!("{loaded} Loaded in {:.1} s.", started.elapsed().as_secs_f64());
    assert_eq!(server::load_demo(&engine, seed).await.expect("asked"), None, "not twice");
    engine.stop().await;
    (postgres, url)
}

async fn served() -> TestApp {
    served_at().await.0
}

/// Returns a server, and the URL of its database.
pub async fn served_at() -> (TestApp, String) {
    let (postgres, url) = loaded().await;
    (TestApp::over(postgres, url.clone(), site("target/no-site"), |_| {}).await, url)
}

/// Asserts that `stockhold reconcile` finds nothing.
async fn check_reconciled(url: &str) {
    let mut audit = Audit::connect(&Settings::new(url)).await.expect("connected");
    assert_eq!(audit.database().await.expect("checked"), []);
    assert_eq!(audit.items(i64::MIN, i64::MAX).await.expect("checked"), []);
    audit.close().await.expect("closed");
}

#[tokio::test]
async fn the_demo_has_no_discrepancy() {
    let (postgres, url) = loaded().await;
    check_reconciled(&url).await;
    let database = PgPool::connect(&url).await.expect("connected");
    ledger::check(&database).await;
    let disorder = "SELECT count(*) FROM (SELECT created_at, lag(created_at) OVER (ORDER BY id) AS before
                                            FROM stock_movements) AS pairs WHERE created_at < before";
    assert_eq!(ledger::number(&database, disorder).await, 0, "ids ascend with time");
    let signals = "SELECT count(*) FROM stock_signals JOIN stock_movements ON stock_movements.id = movement_id
                    WHERE stock_signals.id <= movement_id OR stock_signals.created_at <> stock_movements.created_at";
    assert_eq!(ledger::number(&database, signals).await, 0, "signals follow their movements");
    drop(postgres);
}

/// The tables of a shop.
const TABLES: [&str; 12] = [
    "block_inventory",
    "carts",
    "inventory",
    "items",
    "order_allocations",
    "order_items",
    "orders",
    "signal_levels",
    "stock_movements",
    "stock_signals",
    "unsellable_stock",
    "warehouses",
];

/// Returns the number of rows of each table, and a hash of their values except times.
async fn content(url: &str) -> Vec<(&'static str, i64, String)> {
    let database = PgPool::connect(url).await.expect("connected");
    let mut content = Vec::new();
    for table in TABLES {
        let times = "SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute
                      WHERE attrelid = $1::text::regclass AND atttypid = 'timestamptz'::regtype";
        let times: Vec<String> =
            sqlx::query_scalar(times).bind(table).fetch_one(&database).await.expect("columns");
        let rows = format!(
            "SELECT count(*), coalesce(md5(string_agg(row, ',' ORDER BY row)), '')
               FROM (SELECT (to_jsonb(t) - $1::text[])::text AS row FROM {table} t) AS rows"
        );
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(rows)).bind(times).fetch_one(&database);
        let (count, hash): (i64, String) = rows.await.expect(table);
        content.push((table, count, hash));
    }
    database.close().await;
    content
}

#[tokio::test]
async fn a_seed_makes_the_same_shop_at_each_load() {
    let (first, second) = (loaded().await, loaded().await);
    let content = [content(&first.1).await, content(&second.1).await];
    for (once, again) in content[0].iter().zip(&content[1]) {
        assert!(once.1 > 0, "{once:?}");
        assert_eq!(once, again);
    }
    let other = loaded_with(SEED + 1).await;
    let other = self::content(&other.1).await;
    assert_ne!(content[0], other, "another seed makes another shop");
}

#[tokio::test]
async fn servers_add_no_signals_to_the_history() {
    let app = served().await;
    let count = "SELECT count(*) FROM stock_signals";
    let before = ledger::number(&app.database, count).await;
    assert!(before > 50, "{before}");
    // Signals are derived in the order of the ledger, so that of a new item comes after all of the history's.
    let item = app.item(3).await;
    let placed =
        app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 3})).await.expect(201);
    app.post("/api/items/block/permanent", json!({"blockId": placed["blockId"]})).await.expect(200);
    let of_item = format!("SELECT count(*) FROM stock_signals WHERE item_id = {item}");
    let mut added = 0;
    while added == 0 {
        added = sqlx::query_scalar(sqlx::AssertSqlSafe(of_item.clone()))
            .fetch_one(&app.database)
            .await
            .expect("signals");
    }
    assert_eq!(ledger::number(&app.database, count).await, before + added);
}

#[tokio::test]
async fn the_api_shows_a_shop_in_operation() {
    let app = served().await;
    assert_eq!(app.get("/api/categories").await.expect(200).as_array().map(Vec::len), Some(15));
    let warehouses = app.get("/api/warehouses").await.expect(200);
    let places = warehouses.as_array().expect("warehouses");
    assert_eq!(places.len(), 4);
    assert!(places.iter().all(|place| place["latitude"].is_f64() && place["priority"] != 0), "{warehouses}");
    let count = |value: &Value| value["items"].as_array().map_or(0, Vec::len);
    for state in ["temporary", "permanent"] {
        let blocks = app.get(&format!("/api/blocks?state={state}")).await.expect(200);
        assert!(count(&blocks) >= 10, "{state}: {blocks}");
    }
    for status in ["pending", "partial", "allocated", "shipped", "cancelled"] {
        let orders = app.get(&format!("/api/orders?status={status}")).await.expect(200);
        assert!(count(&orders) >= 3, "{status}: {orders}");
    }
    let number = async |statement| ledger::number(&app.database, statement).await;
    assert!(number("SELECT count(*) FROM orders WHERE waiting_since IS NOT NULL").await >= 4);
    assert!(number("SELECT count(*) FROM items WHERE archived_at IS NOT NULL").await >= 1);
    assert!(number("SELECT count(*) FROM items WHERE quantity <= coalesce(low_stock, 10)").await >= 10);
    let parcels = "SELECT count(*) FROM (SELECT order_id FROM order_allocations GROUP BY order_id
                                         HAVING count(DISTINCT warehouse_id) > 1) AS orders";
    assert!(number(parcels).await >= 1);
    let sold_out = "SELECT count(*) FROM items
                     WHERE quantity = 0 AND EXISTS (SELECT FROM block_inventory WHERE item_id = items.id AND NOT is_permanent)
                       AND EXISTS (SELECT FROM stock_movements WHERE item_id = items.id AND reason = 'hold_converted'
                                      AND created_at > now() - interval '1 day')";
    assert!(number(sold_out).await >= 1, "a sold-out item is held and was sold");
    let overview = app.get("/api/overview").await.expect(200);
    let hour: i64 =
        overview["activity"].as_array().expect("minutes").iter().filter_map(|at| at["blocks"].as_i64()).sum();
    assert!(hour >= 3, "{overview}");
    let item = app.get("/api/items?sku=AUD-001").await.expect(200)["items"][0]["id"].clone();
    let history = app.get(&format!("/api/items/{item}/history?hours=1344")).await.expect(200);
    assert!(history["points"].as_array().is_some_and(|points| points.len() > 20), "{history}");
}

/// README's requests "from the cart to the parcel".
#[tokio::test]
async fn the_requests_of_the_readme_succeed() {
    let app = served().await;
    let available = "SELECT stock_quantity::bigint FROM inventory JOIN items ON items.id = product_id
                       JOIN warehouses ON warehouses.id = warehouse_id WHERE sku = 'AUD-001' AND code = 'MAIN'";
    assert_eq!(ledger::number(&app.database, available).await, 88);
    let cart =
        app.post("/api/blocks", json!({"lines": [{"sku": "AUD-001", "quantity": 2}]})).await.expect(201);
    let path = format!("/api/carts/{}", cart["cartId"]);
    let change = json!({"version": 1, "lines": [{"sku": "AUD-001", "quantity": 1}]});
    app.send(app.request(Method::PUT, &path).json(&change)).await.expect(200);
    let payment = json!({"ttlSeconds": 900, "paymentReference": "pay-1"});
    app.post(&format!("{path}/payment"), payment).await.expect(200);
    let order =
        app.post("/api/orders", json!({"cartId": cart["cartId"], "reference": "WEB-1"})).await.expect(201);
    let shipped = app.request(Method::POST, &format!("/api/orders/{}/ship", order["id"]));
    app.send(shipped).await.expect(200);
    assert_eq!(ledger::number(&app.database, available).await, 87);
    ledger::check(&app.database).await;
}

/// It sells beside a server, which shows the changes.
#[tokio::test]
async fn live_selling_changes_stock_until_a_signal() {
    let (app, url) = served_at().await;
    let last = ledger::number(&app.database, "SELECT max(id) FROM stock_movements").await;
    let mut command = stockhold();
    command.args(["demo", "--live", "--rate", "40"]).env("DATABASE_URL", &url).stdout(Stdio::piped());
    let mut child = command.spawn().expect("run");
    let mut lines =
        BufReader::new(child.stdout.take().expect("its output")).lines().map(|line| line.expect("a line"));
    assert_eq!(lines.next().as_deref(), Some("Demo data: not loaded, because there are items already."));
    assert_eq!(lines.next().as_deref(), Some("Selling at 40 requests per second; Ctrl-C stops."));
    let kinds = "SELECT count(DISTINCT reason) FROM stock_movements
                  WHERE request_id LIKE 'demo-%' AND reason IN ('blocked', 'hold_converted', 'released', 'confirmed', 'allocated')";
    while ledger::number(&app.database, kinds).await < 5 {
        assert_eq!(child.try_wait().expect("a state"), None, "it goes on");
    }
    let after = ledger::number(&app.database, "SELECT max(id) FROM stock_movements").await;
    assert!(after > last);
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.expect("run").success());
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    let summary = lines.next().expect("a summary");
    assert!(summary.contains(" requests succeeded, "), "{summary}");
    let overview = app.get("/api/overview").await.expect(200);
    assert!(overview["unitsHeld"].as_i64() > Some(10), "{overview}");
    check_reconciled(&url).await;
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn live_selling_needs_the_demo_data() {
    let postgres = Postgres::find();
    let url = postgres.create_database().await;
    let app = TestApp::over(postgres, url.clone(), site("target/no-site"), |_| {}).await;
    let item = app.item(3).await;
    let output = stockhold().args(["demo", "--live"]).env("DATABASE_URL", &url).output().expect("run");
    check_fails(&output, "the database does not have the demo data");
    assert_eq!(app.available(item).await, 3);
    for arguments in [["demo", "--live", "--rate", "0"].as_slice(), &["demo", "--rate", "5"]] {
        let output = stockhold().args(arguments).output().expect("run");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
