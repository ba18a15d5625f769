//! The upgrade of a database with sales from before shipments were recorded.

use crate::*;
use domain::{OrderStatus, StockUnits};
use sqlx::Connection as _;
use sqlx::migrate::Migrator;

/// The last migration before allocations and shipments.
const BEFORE: i64 = 22;

/// Creates a database of the version before, with an item of 10 received units: 2 were sold by a permanent block, 3 are
/// allocated to an order, and 1 is held.
async fn earlier_database() -> String {
    let url = store::testing::database().await;
    let mut connection = sqlx::PgConnection::connect(&url).await.expect("a connection");
    let all = sqlx::migrate!("../../migrations");
    let earlier =
        all.iter().filter(|migration| migration.version <= BEFORE).cloned().collect::<Vec<_>>().into();
    Migrator { migrations: earlier, ..Migrator::DEFAULT }
        .run(&mut connection)
        .await
        .expect("the schema before");
    let sql = "
        SET stockhold.maintains_totals = 'on';
        INSERT INTO items (id, name, price, quantity) VALUES (1, 'Lamp', 1, 4);
        INSERT INTO inventory (product_id, warehouse_id, stock_quantity) SELECT 1, id, 4 FROM warehouses;
        INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, is_permanent, expires_at)
        SELECT block.id, 1, warehouses.id, block.quantity, block.expires_at IS NULL, block.expires_at
          FROM warehouses, (VALUES (1, 2, NULL), (2, 1, now() + interval '1 hour')) AS block (id, quantity, expires_at);
        INSERT INTO orders (id, status, warehouse_id) SELECT 1, 'allocated', id FROM warehouses;
        INSERT INTO order_items VALUES (1, 1, 3);
        INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id)
        SELECT 1, warehouses.id, line.change, line.reason, line.block_id, line.order_id
          FROM warehouses, (VALUES (10, 'received', NULL, NULL), (-2, 'blocked', 1, NULL), (0, 'confirmed', 1, NULL),
                                   (-1, 'blocked', 2, NULL), (-3, 'allocated', NULL, 1))
                           AS line (change, reason, block_id, order_id);
        SELECT setval('items_id_seq', 10), setval('orders_id_seq', 10), setval('block_inventory_id_seq', 10);";
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("earlier sales");
    url
}

/// Upgrades a database of the version before. Returns its stock.
async fn upgraded(earlier_sales_on_hand: bool) -> Stock {
    let url = earlier_database().await;
    let settings = store::Settings { earlier_sales_on_hand, ..store::Settings::new(&url) };
    let store = store::Store::connect(settings).await.expect("a connection");
    store.migrate().await.expect("the upgrade");
    let pool = PgPool::connect(&url).await.expect("a connection");
    let engine = engine(&url).await;
    Stock { url, pool, engine }
}

impl Stock {
    async fn assert_no_finding(&self) {
        let mut audit = store::Audit::connect(&store::Settings::new(&self.url)).await.expect("a connection");
        let found = audit.items(i64::MIN, i64::MAX).await.expect("an answer");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn earlier_sales_count_as_shipped() {
    let stock = upgraded(false).await;
    let item = ItemId(1);
    assert_eq!(stock.shelf(item).await, StockUnits::new(4, 1));
    let order = stock.engine.order_get(&context(), OrderId(1)).await.expect("an order");
    assert_eq!(order.status, OrderStatus::Shipped);
    let shipped = stock.engine.block_ship(&context(), domain::BlockId(1)).await.fresh();
    let rejection = domain::Error::BlockAlreadyShipped(domain::BlockId(1));
    assert_eq!(shipped.map(|_| ()), Err(engine::Error::Rejected(rejection)));
    stock.assert_no_finding().await;
    let returned = crate::shipping::back(OrderId(1), item, 3, None);
    stock.engine.order_return(&context(), &returned).await.expect("returned");
    stock.engine.block_confirm(&context(), domain::BlockId(2), None).await.expect("confirmed");
    stock.engine.block_ship(&context(), domain::BlockId(2)).await.expect("shipped");
    assert_eq!(stock.shelf(item).await, StockUnits::new(7, 0));
    stock.assert_no_finding().await;
}

#[tokio::test]
async fn earlier_sales_count_as_on_hand_with_the_setting() {
    let stock = upgraded(true).await;
    let item = ItemId(1);
    assert_eq!(stock.shelf(item).await, StockUnits { committed: 5, ..StockUnits::new(4, 1) });
    let order = stock.engine.order_get(&context(), OrderId(1)).await.expect("an order");
    assert_eq!(order.status, OrderStatus::Allocated);
    stock.assert_reconciled().await;
    stock.engine.block_ship(&context(), domain::BlockId(1)).await.expect("shipped");
    stock.engine.order_ship(&context(), &crate::shipping::all_of(OrderId(1))).await.expect("shipped");
    assert_eq!(stock.shelf(item).await, StockUnits::new(4, 1));
    stock.assert_reconciled().await;
}

/// Signals are computed after the conversion of a sale whose movement does not contain its units.
#[tokio::test]
async fn signals_count_an_earlier_sale_that_became_an_order() {
    let stock = upgraded(true).await;
    let blocks = domain::HoldSource::Blocks(vec![domain::BlockId(1)]);
    let convert = domain::ConvertHolds::new(blocks, None).expect("a request");
    stock.engine.order_convert(&context(), convert).await.expect("converted");
    stock.engine.stop().await;
    let again = "UPDATE signal_position SET position = 0; DELETE FROM signal_levels";
    sqlx::raw_sql(again).execute(&stock.pool).await.expect("no signals");
    let _other = stock.another().await;
    let begun = std::time::Instant::now();
    // 4 available units and 1 that is held.
    let unsold = loop {
        let unsold = "SELECT on_hand FROM signal_levels WHERE item_id = 1";
        if let Some(unsold) =
            sqlx::query_scalar::<_, i64>(unsold).fetch_optional(&stock.pool).await.expect("an answer")
        {
            break unsold;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "no signals were computed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(unsold, 5);
}
