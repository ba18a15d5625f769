//! Test support: a new database per test, on a real PostgreSQL.

mod proxy;

pub use proxy::Proxy;

use crate::{Settings, Store, create_database};
use domain::ItemId;
use sqlx::PgPool;
use std::sync::atomic::{AtomicU32, Ordering};

/// The environment variable with the URL of the `postgres` database of a throw-away server, for a superuser.
pub const DATABASE_URL_VARIABLE: &str = "STOCKHOLD_TEST_DATABASE_URL";

/// Creates an empty database and returns its URL. The database is not dropped.
pub async fn database() -> String {
    static DATABASES: AtomicU32 = AtomicU32::new(0);
    let Ok(admin_url) = std::env::var(DATABASE_URL_VARIABLE) else {
        panic!(
            "{DATABASE_URL_VARIABLE} is not set: run these tests with `cargo xtask test`, or with \
             `cargo xtask pg -- cargo test`"
        );
    };
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    create_database(&admin_url, &name).await.expect("a new database");
    // The path is between the host and the parameters.
    let (base, parameters) =
        admin_url.split_once('?').map_or((admin_url.as_str(), ""), |(base, rest)| (base, rest));
    let server = base.rsplit_once('/').map_or(base, |(server, _)| server);
    if parameters.is_empty() { format!("{server}/{name}") } else { format!("{server}/{name}?{parameters}") }
}

/// Creates a database with the schema. Returns a store on it, and the database's URL.
pub async fn store() -> (Store, String) {
    let url = database().await;
    let store = Store::connect(Settings::new(&url)).await.expect("a connection");
    store.migrate().await.expect("the schema");
    (store, url)
}

/// Inserts an item without stock.
pub async fn item(pool: &PgPool) -> ItemId {
    let insert = "INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id";
    ItemId(sqlx::query_scalar(insert).fetch_one(pool).await.expect("an item"))
}

/// Returns the stock levels and items with inconsistent numbers: level against ledger, item against its levels, units
/// received against units available, held and sold. Must be empty.
pub async fn discrepancies(pool: &PgPool) -> Vec<String> {
    let query = "
        WITH ledger AS (
            SELECT item_id, warehouse_id, sum(change) AS units,
                   sum(change) FILTER (WHERE reason IN ('received', 'written_off', 'moved', 'corrected')) AS received
              FROM stock_movements GROUP BY item_id, warehouse_id
        ), blocks AS (
            SELECT item_id, warehouse_id, sum(quantity) AS units FROM block_inventory GROUP BY item_id, warehouse_id
        ), allocated AS (
            SELECT product_id AS item_id, warehouse_id, sum(quantity) AS units
              FROM order_items JOIN orders ON orders.id = order_items.order_id
             WHERE status = 'allocated' GROUP BY product_id, warehouse_id
        )
        SELECT format('item %s in warehouse %s: %s available, ledger %s, received %s, blocked %s, allocated %s',
                      product_id, inventory.warehouse_id, stock_quantity, ledger.units, ledger.received,
                      blocks.units, allocated.units)
          FROM inventory
          LEFT JOIN ledger ON ledger.item_id = product_id AND ledger.warehouse_id = inventory.warehouse_id
          LEFT JOIN blocks ON blocks.item_id = product_id AND blocks.warehouse_id = inventory.warehouse_id
          LEFT JOIN allocated ON allocated.item_id = product_id AND allocated.warehouse_id = inventory.warehouse_id
         WHERE stock_quantity <> coalesce(ledger.units, 0)
            OR stock_quantity + coalesce(blocks.units, 0) + coalesce(allocated.units, 0)
               <> coalesce(ledger.received, 0)
        UNION ALL
        SELECT format('item %s: %s, levels %s', id, quantity, levels.units)
          FROM items LEFT JOIN (SELECT product_id, sum(stock_quantity) AS units FROM inventory GROUP BY product_id)
                            AS levels ON levels.product_id = id
         WHERE quantity <> coalesce(levels.units, 0)";
    sqlx::query_scalar(query).fetch_all(pool).await.expect("an answer")
}
