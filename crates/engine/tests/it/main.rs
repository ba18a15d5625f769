//! The engine on a real PostgreSQL: each request alone, and races.

mod allowed_warehouses;
mod archive;
mod availability;
mod cart_changes;
mod cart_lines;
mod carts;
mod categories;
mod category_races;
mod checkout_races;
mod conditions;
mod conversions;
mod earlier_sales;
mod events;
mod expiry;
mod fallbacks;
mod feed;
mod fills;
mod generations;
mod idempotency;
mod imports;
mod item_cache;
mod keys;
mod late_confirmations;
mod ledger_archive;
mod levels;
mod linearizability;
mod locked_rows;
mod open_transaction;
mod optimistic;
mod orders_races;
mod payments;
mod permissions;
mod races;
mod requests;
mod shipping;
mod shipping_races;
mod signals;
mod sourcing;
mod stock_availability;
mod stock_documents;
mod totals;
mod waiting;
mod waiting_first;
mod warehouses;
mod webhooks;

use domain::{
    Item, ItemId, ItemName, NewItem, NewOrder, OrderId, PlaceBlock, Quantity, Ttl, Units, WarehouseId,
};
use engine::{Context, Engine, Response, Settings};
use sqlx::{PgPool, Postgres, Transaction};
use std::time::Duration;

/// A database, and engines on it.
struct Stock {
    url: String,
    /// A pool for reading the tables, and for writing as another application.
    pool: PgPool,
    engine: Engine,
}

impl Stock {
    /// Creates a database with one engine. Its clean-up runs only on request.
    async fn new() -> Self {
        let (_, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let engine = engine(&url).await;
        Self { url, pool, engine }
    }

    /// Starts another engine on the same database.
    async fn another(&self) -> Engine {
        engine(&self.url).await
    }

    async fn item(&self, quantity: i64) -> ItemId {
        create_item(&self.engine, quantity).await.id
    }

    async fn order(&self, lines: &[(ItemId, i64)]) -> OrderId {
        let lines = lines.iter().map(|(item, quantity)| (*item, units(*quantity)));
        let order = NewOrder::new(None, lines).expect("an order");
        self.engine.order_create(&context(), order).await.fresh().expect("created").id
    }

    async fn quantity(&self, item: ItemId) -> i32 {
        self.engine.item_get(&context(), item).await.expect("an item").quantity
    }

    /// Makes all temporary blocks expire now.
    async fn let_expire(&self) {
        sqlx::query(
            "UPDATE block_inventory SET expires_at = now() - interval '1 second' WHERE NOT is_permanent",
        )
        .execute(&self.pool)
        .await
        .expect("expired blocks");
    }

    /// Begins a transaction of another application, which locks the stock levels of an item.
    async fn lock_levels(&self, item: ItemId) -> Transaction<'static, Postgres> {
        let mut external = self.pool.begin().await.expect("a transaction");
        let lock = "SELECT FROM inventory WHERE product_id = $1 FOR UPDATE";
        sqlx::query(lock).bind(item.0).execute(&mut *external).await.expect("locked");
        external
    }

    /// Returns the number of deadlocks that PostgreSQL has detected.
    async fn deadlocks(&self) -> i64 {
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&self.pool)
            .await
            .expect("statistics")
    }

    /// Asserts that tables and ledger agree.
    async fn assert_closed(&self) {
        let discrepancies = store::testing::discrepancies(&self.pool).await;
        assert!(discrepancies.is_empty(), "{discrepancies:#?}");
    }
}

async fn engine(url: &str) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    let settings = Settings { expiry_interval: Duration::from_secs(3_600), ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

/// The output of a command without an idempotency key, whose response is never a stored one.
trait Fresh<T> {
    fn fresh(self) -> engine::Result<T>;
}

impl<T> Fresh<T> for engine::Result<Response<T>> {
    fn fresh(self) -> engine::Result<T> {
        self.map(|response| response.fresh().expect("no response is stored without a key"))
    }
}

fn context() -> Context {
    Context::new("test", "request")
}

fn units(quantity: i64) -> Quantity {
    Quantity::new(quantity).expect("a quantity")
}

fn block(item: ItemId, quantity: i64) -> PlaceBlock {
    PlaceBlock { item, quantity: units(quantity), warehouse: None, ttl: Ttl::default() }
}

async fn create_item(engine: &Engine, quantity: i64) -> Item {
    let item: NewItem = NewItem {
        name: ItemName::new("Lamp").expect("a name"),
        quantity: Units::new(quantity).expect("units"),
        price: "9.99".parse().expect("a price"),
        description: None,
        category: Some(domain::CategoryName::new("Lighting").expect("a category")),
        warehouse: None,
        sku: None,
        barcodes: domain::Barcodes::default(),
        low_stock: None,
    };
    engine.item_create(&context(), item).await.fresh().expect("created")
}

/// The default warehouse, which the migrations create.
async fn main_warehouse(engine: &Engine) -> WarehouseId {
    let warehouses = engine.warehouse_list(&context()).await.expect("warehouses");
    warehouses.into_iter().find(|warehouse| warehouse.is_default).expect("a default").id
}
