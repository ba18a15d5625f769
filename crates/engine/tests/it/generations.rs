//! A database that loses its last transactions while a server runs: the server drops its caches.

use crate::*;
use domain::{BlockId, CartLine, PlaceCart};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

/// A pause after which a server does not use the block ids that it had reserved before.
const RESERVED_IDS_OUTDATED: Duration = Duration::from_millis(700);

/// Runs statements one at a time, outside of a transaction.
async fn administer(admin: &mut PgConnection, statements: impl IntoIterator<Item = String>) {
    for statement in statements {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *admin).await.expect("administered");
    }
}

/// A server, and a copy of its database from before the server started.
struct Restorable {
    admin: PgConnection,
    url: String,
    name: String,
    engine: Engine,
    item: ItemId,
}

impl Restorable {
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item = store::testing::item(&pool).await;
        let level = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, 1, 1000)";
        sqlx::query(level).bind(item.0).execute(&pool).await.expect("a level");
        let name: String =
            sqlx::query_scalar("SELECT current_database()").fetch_one(&pool).await.expect("its name");
        pool.close().await;
        store.close().await;
        let admin_url = std::env::var(store::testing::DATABASE_URL_VARIABLE).expect("a server");
        let mut admin = PgConnection::connect(&admin_url).await.expect("a connection");
        let used = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'");
        while sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(used.clone()))
            .fetch_one(&mut admin)
            .await
            .expect("a count")
            > 0
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        administer(&mut admin, [format!("CREATE DATABASE {name}_backup TEMPLATE {name}")]).await;
        let engine = engine(&url).await;
        Self { admin, url, name, engine, item }
    }

    /// Replaces the database by the copy.
    async fn restore(&mut self) {
        let name = &self.name;
        let statements = [
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"),
            format!("ALTER DATABASE {name} RENAME TO {name}_lost"),
            format!("ALTER DATABASE {name}_backup RENAME TO {name}"),
        ];
        administer(&mut self.admin, statements).await;
    }

    /// Retries a request until the server has reconnected, and returns its response.
    async fn answered<T>(&self, ask: impl AsyncFn() -> engine::Result<T>) -> T {
        let until = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            match ask().await {
                Ok(answer) => return answer,
                Err(error) => assert!(std::time::Instant::now() < until, "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_whose_ids_are_assigned_again_after_a_restore_is_released_once() {
    let mut shop = Restorable::new().await;
    let (engine, item) = (shop.engine.clone(), shop.item);
    let line = |count| CartLine { item, quantity: units(count), warehouse: None };
    let cart = || PlaceCart::new(vec![line(3), line(4)], Ttl::default(), None).expect("a cart");
    let mut lost = Vec::new();
    for _ in 0..60 {
        lost.push(engine.cart_place(&context(), cart()).await.fresh().expect("placed").id);
    }
    shop.restore().await;
    // After an error the caches back off for some batches.
    for _ in 0..12 {
        shop.answered(async || engine.block_place(&context(), block(item, 1)).await.fresh()).await;
    }
    // The next reservation begins with the id of the last lost cart.
    let id = *lost.last().expect("a cart");
    let pool = PgPool::connect(&shop.url).await.expect("a connection");
    let set = "SELECT setval('block_inventory_id_seq', $1, false)";
    sqlx::query(set).bind(id.0).execute(&pool).await.expect("set");
    tokio::time::sleep(RESERVED_IDS_OUTDATED).await;
    let placed = engine.cart_place(&context(), cart()).await.fresh().expect("placed");
    assert_eq!(placed.id, id, "the id is assigned again");
    let quantity = async || shop.answered(async || engine.item_get(&context(), item).await).await.quantity;
    let before = quantity().await;
    let (_, released) = engine.cart_release(&context(), id).await.fresh().expect("released").output;
    assert_eq!(released.iter().map(|block| block.quantity).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(quantity().await, before + 7);
    let discrepancies = store::testing::discrepancies(&pool).await;
    assert!(discrepancies.is_empty(), "{discrepancies:#?}");
}

/// Ids that were reserved in the lost history would be assigned twice.
#[tokio::test(flavor = "multi_thread")]
async fn reserved_ids_are_not_used_after_a_restore() {
    let mut shop = Restorable::new().await;
    let (engine, item) = (shop.engine.clone(), shop.item);
    let keyed = |key: String| {
        let idempotency = engine::Idempotency { key: key.into(), fingerprint: [1].into() };
        context().with_idempotency(idempotency)
    };
    // Requests with a key make the server reserve ids.
    let _ = engine.block_place(&keyed("first".into()), block(item, 1)).await;
    shop.restore().await;
    let mut turn = 0;
    let mut ids = Vec::<BlockId>::new();
    while ids.len() < 40 {
        turn += 1;
        let context = keyed(format!("later {turn}"));
        match engine.block_place(&context, block(item, 1)).await {
            Ok(_) => {
                ids.push(
                    shop.answered(async || {
                        engine.block_place(&crate::context(), block(item, 1)).await.fresh()
                    })
                    .await
                    .id,
                );
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        assert!(turn < 2_000, "the server does not connect again");
    }
    let pool = PgPool::connect(&shop.url).await.expect("a connection");
    let twice = "SELECT count(*) - count(DISTINCT id) FROM block_inventory";
    assert_eq!(sqlx::query_scalar::<_, i64>(twice).fetch_one(&pool).await.expect("a count"), 0);
    let discrepancies = store::testing::discrepancies(&pool).await;
    assert!(discrepancies.is_empty(), "{discrepancies:#?}");
}
