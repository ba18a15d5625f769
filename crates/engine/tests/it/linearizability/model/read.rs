//! Reads the state of items from the tables.

use super::*;
use crate::linearizability::search::Action;
use domain::OrderStatus;
use sqlx::PgConnection;

/// The fills of the queue, by order and transaction.
pub(in crate::linearizability) type Fills = BTreeMap<(OrderId, String), Action>;

/// The actor of the fills that the queue of missing units makes.
const QUEUE_ACTOR: &str = "system";

fn level(item: i64, warehouse: i64) -> LevelKey {
    LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
}

impl Ledger {
    /// Reads the state of these items, and the fills of the queue that led to it, in one snapshot.
    pub(in crate::linearizability) async fn read(pool: &PgPool, items: &[ItemId]) -> (Self, Fills) {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let mut transaction = pool.begin().await.expect("a transaction");
        let one_snapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
        sqlx::query(one_snapshot).execute(&mut *transaction).await.expect("a snapshot");
        let connection = &mut *transaction;
        let levels: Vec<(i64, i64, i32)> = sqlx::query_as(
            "SELECT product_id, warehouse_id, stock_quantity FROM inventory
              WHERE product_id = ANY ($1) AND stock_quantity <> 0",
        )
        .bind(&ids)
        .fetch_all(&mut *connection)
        .await
        .expect("levels");
        let levels = levels.into_iter().map(|(item, warehouse, units)| (level(item, warehouse), units));
        let ledger = Self {
            levels: levels.collect(),
            blocks: read_blocks(connection, &ids).await,
            orders: read_orders(connection, &ids).await,
            unsellable: Self::read_unsellable(connection, &ids).await,
            versions: BTreeMap::new(),
            payments: BTreeMap::new(),
        };
        (ledger, read_fills(connection, &ids).await)
    }
}

async fn read_blocks(connection: &mut PgConnection, ids: &[i64]) -> BTreeMap<BlockId, Entry> {
    // An ended block has its movements, and its cart names it until its units are taken again.
    type Row = (i64, i64, i64, Option<i32>, Option<Time>, Option<i64>, Option<String>, String, Option<i64>);
    let mut blocks: Vec<Row> = sqlx::query_as(
        "SELECT id, item_id, warehouse_id, quantity, expires_at, cart_id, reference,
                CASE WHEN is_shipped THEN 'gone' WHEN is_permanent THEN 'sold'
                     WHEN expires_at <= clock_timestamp() THEN 'due'
                     WHEN expires_at <= clock_timestamp() + interval '1 minute' THEN 'brief' ELSE 'held' END, NULL
           FROM block_inventory WHERE item_id = ANY ($1)
         UNION ALL
         SELECT block_id, item_id, warehouse_id, coalesce(units, change), NULL,
                (SELECT id FROM carts WHERE block_id = ANY (block_ids)), NULL, reason, order_id
           FROM stock_movements
          WHERE item_id = ANY ($1) AND reason IN ('released', 'expired', 'hold_converted', 'sale_converted')
            AND block_id NOT IN (SELECT id FROM block_inventory WHERE item_id = ANY ($1))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await
    .expect("blocks");
    // A block that was confirmed in part returned units before it was converted. The conversion is its end.
    blocks.sort_by_key(|row| row.7.ends_with("_converted"));
    let entry = |(id, item, warehouse, units, expires_at, cart, reference, state, order): Row| {
        let state = match (state.as_str(), order) {
            ("sold", _) => State::Sold,
            ("gone", _) => State::Gone,
            ("due", _) => State::Due,
            ("brief", _) => State::HeldBriefly,
            ("held", _) => State::Held,
            ("expired", _) => State::Expired,
            ("hold_converted" | "sale_converted", Some(order)) => State::Converted(OrderId(order)),
            _ => State::Released,
        };
        let (key, units, cart) = (level(item, warehouse), units.unwrap_or(0), cart.map(CartId));
        (BlockId(id), Entry { key, units, state, expires_at, cart, reference })
    };
    blocks.into_iter().map(entry).collect()
}

async fn read_orders(connection: &mut PgConnection, ids: &[i64]) -> BTreeMap<OrderId, Order> {
    let lines: Vec<(i64, String, Option<i64>, i64, i32, bool)> = sqlx::query_as(
        "SELECT orders.id, status, warehouse_id, product_id, quantity, waiting_since IS NOT NULL
           FROM orders JOIN order_items ON order_id = orders.id WHERE product_id = ANY ($1)",
    )
    .bind(ids)
    .fetch_all(&mut *connection)
    .await
    .expect("orders");
    let held: Vec<(i64, i64, i64, i32, i32, i32)> = sqlx::query_as(
        "SELECT order_id, item_id, warehouse_id, allocated, shipped, returned
           FROM order_allocations WHERE item_id = ANY ($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await
    .expect("allocations");
    let statuses = [
        OrderStatus::Pending,
        OrderStatus::Partial,
        OrderStatus::Allocated,
        OrderStatus::Shipped,
        OrderStatus::Cancelled,
    ];
    let (mut orders, mut warehouses) = (BTreeMap::new(), BTreeMap::new());
    for (id, status, warehouse, item, units, waits) in lines {
        let order = orders.entry(OrderId(id)).or_insert_with(|| Order::pending(BTreeMap::new()));
        order.status = *statuses.iter().find(|other| other.as_str() == status).expect("the name of a status");
        order.waits = waits;
        order.lines.insert(ItemId(item), units);
        warehouses.insert(OrderId(id), warehouse.map(WarehouseId));
    }
    for (id, item, warehouse, allocated, shipped, returned) in held {
        let order = orders.get_mut(&OrderId(id)).expect("the order of an allocation");
        order.held.insert(level(item, warehouse), orders::Held { allocated, shipped, returned });
    }
    for (id, order) in &orders {
        let is_settled = !matches!(order.status, OrderStatus::Cancelled | OrderStatus::Pending);
        assert!(!is_settled || warehouses[id] == order.warehouse(), "{id:?}: {order:?} {warehouses:?}");
    }
    orders
}

/// Reads the fills of the queue: the allocations of one order in one transaction.
async fn read_fills(connection: &mut PgConnection, ids: &[i64]) -> Fills {
    let rows: Vec<(i64, String, i64, i64, i32)> = sqlx::query_as(
        "SELECT order_id, xmin::text, item_id, warehouse_id, -change FROM stock_movements
          WHERE item_id = ANY ($1) AND reason = 'allocated' AND actor = $2",
    )
    .bind(ids)
    .bind(QUEUE_ACTOR)
    .fetch_all(connection)
    .await
    .expect("fills");
    let mut fills = BTreeMap::<_, Vec<_>>::new();
    for (order, transaction, item, warehouse, units) in rows {
        fills.entry((OrderId(order), transaction)).or_default().push((level(item, warehouse), units));
    }
    let fill = |(id, mut units): ((OrderId, String), Vec<_>)| {
        units.sort_unstable();
        let action = Action::QueueFilled(id.0, units);
        (id, action)
    };
    fills.into_iter().map(fill).collect()
}
