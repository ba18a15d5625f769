//! Test support: a new database per test, on a real PostgreSQL.

mod pooler;
mod proxy;

pub use pooler::TransactionPooler;
pub use proxy::Proxy;

use crate::{Settings, Store, create_database};
use domain::ItemId;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool};
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

/// Creates a database with the schema, from migrations that run one statement at a time, as with Citus. Returns its URL.
pub async fn store_by_statement() -> String {
    let url = database().await;
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    // Migration 23 reads it.
    connection.execute("SET stockhold.earlier_sales_on_hand = 'off'").await.expect("set");
    crate::schema::migrate_by_statement(&mut connection).await.expect("the schema");
    url
}

/// Applies migrations as a server applies its own.
///
/// # Errors
/// A migration fails.
///
/// # Panics
/// The database does not answer.
pub async fn migrate(url: &str, migrator: &Migrator) -> crate::Result<()> {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    crate::schema::migrate(migrator, &mut connection).await
}

/// Inserts an item without stock.
pub async fn item(pool: &PgPool) -> ItemId {
    let insert = "INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id";
    ItemId(sqlx::query_scalar(insert).fetch_one(pool).await.expect("an item"))
}

/// Returns the stock levels and items with inconsistent numbers: level against ledger, item against its levels, units
/// received against units available, held and sold, and the units on hand against the ledger. Must be empty.
pub async fn discrepancies(pool: &PgPool) -> Vec<String> {
    let query = "
        WITH movements AS (
            SELECT item_id, warehouse_id, sum(change) AS units,
                   sum(change) FILTER (WHERE reason IN ('received', 'written_off', 'moved', 'corrected', 'set_aside',
                                                        'restored', 'returned')) AS received,
                   coalesce(sum(change) FILTER (WHERE reason IN ('received', 'written_off', 'moved', 'corrected')), 0)
                   + coalesce(sum(units) FILTER (WHERE reason = 'returned'), 0)
                   - coalesce(sum(units) FILTER (WHERE reason IN ('shipped', 'disposed')), 0) AS on_hand
              FROM stock_movements GROUP BY item_id, warehouse_id
        ), archived AS (
            -- The units that all movements brought are available, in blocks or of orders.
            SELECT item_id, warehouse_id, available AS units,
                   available - coalesce((SELECT sum(change) FROM ledger_holders AS holders
                                          WHERE holders.item_id = checkpoints.item_id
                                            AND holders.warehouse_id = checkpoints.warehouse_id), 0) AS received,
                   available + held + committed + damaged + quarantined AS on_hand
              FROM ledger_checkpoints AS checkpoints
        ), ledger AS (
            SELECT item_id, warehouse_id, sum(units) AS units, sum(received) AS received, sum(on_hand) AS on_hand
              FROM (SELECT * FROM movements UNION ALL SELECT * FROM archived) AS both_parts
             GROUP BY item_id, warehouse_id
        ), blocks AS (
            SELECT item_id, warehouse_id, sum(quantity) AS units FROM block_inventory GROUP BY item_id, warehouse_id
        ), allocated AS (
            SELECT item_id, warehouse_id, sum(allocated + shipped) AS units
              FROM order_allocations GROUP BY item_id, warehouse_id
        )
        SELECT format('item %s in warehouse %s: %s available, %s on hand by the ledger, ledger %s, received %s, blocked %s, allocated %s',
                      product_id, inventory.warehouse_id, stock_quantity, ledger.on_hand, ledger.units, ledger.received,
                      blocks.units, allocated.units)
          FROM inventory
          LEFT JOIN ledger ON ledger.item_id = product_id AND ledger.warehouse_id = inventory.warehouse_id
          LEFT JOIN blocks ON blocks.item_id = product_id AND blocks.warehouse_id = inventory.warehouse_id
          LEFT JOIN allocated ON allocated.item_id = product_id AND allocated.warehouse_id = inventory.warehouse_id
         WHERE stock_quantity <> coalesce(ledger.units, 0)
            OR stock_quantity + coalesce(blocks.units, 0) + coalesce(allocated.units, 0)
               <> coalesce(ledger.received, 0)
            OR stock_quantity + (SELECT held + committed + damaged + quarantined
                                   FROM stock_shelf_units(product_id, inventory.warehouse_id))
               <> coalesce(ledger.on_hand, 0)
        UNION ALL
        SELECT format('item %s: %s, levels %s', id, quantity, levels.units)
          FROM items LEFT JOIN (SELECT product_id, sum(stock_quantity) AS units FROM inventory GROUP BY product_id)
                            AS levels ON levels.product_id = id
         WHERE quantity <> coalesce(levels.units, 0)";
    sqlx::query_scalar(query).fetch_all(pool).await.expect("an answer")
}
