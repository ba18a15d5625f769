//! The audit finds each kind of damage that other programs can do by SQL, and repairs it or returns a remedy.

use sqlx::{AssertSqlSafe, PgPool};
use store::DiscrepancyKind as Kind;
use store::{Audit, Discrepancy, Settings};

/// A kind, the number found, and the number expected.
type Finding = (Kind, i64, i64);

/// One kind of damage, done with triggers disabled.
struct Damage {
    name: &'static str,
    /// The placeholders `{item}`, `{temporary}`, `{sold}`, `{allocated}`, `{pending}` and `{cancelled}` are replaced by ids.
    sql: &'static str,
    findings: &'static [Finding],
    /// The remedy in SQL that has to precede the repair; empty if the repair is sufficient.
    cure: &'static str,
}

/// Each damages a separate item: 100 units received, of which 3 are in the temporary block of a cart, 1 in a permanent one
/// and 2 in an allocated order; an order for 4 was allocated and cancelled, another for 1 is pending. 94 are available.
const DAMAGES: &[Damage] = &[
    Damage {
        name: "a stock level changed",
        sql: "UPDATE inventory SET stock_quantity = 99 WHERE product_id = {item}",
        findings: &[(Kind::Level, 99, 94), (Kind::Sum, 94, 99)],
        cure: "",
    },
    Damage {
        name: "a sum changed",
        sql: "UPDATE items SET quantity = 7 WHERE id = {item}",
        findings: &[(Kind::Sum, 7, 94)],
        cure: "",
    },
    Damage {
        name: "a movement deleted",
        sql: "DELETE FROM stock_movements WHERE item_id = {item} AND reason = 'received'",
        findings: &[(Kind::Level, 94, -6)],
        cure: "",
    },
    Damage {
        name: "movements beyond 32 bits",
        sql: "INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
              SELECT {item}, 1, 2147483647, 'received' FROM generate_series(1, 2)",
        findings: &[(Kind::Level, 94, 4_294_967_388)],
        cure: "",
    },
    Damage {
        name: "a stock level below blocks deleted",
        sql: "DELETE FROM inventory WHERE product_id = {item}",
        findings: &[(Kind::BlockLevel, 3, 0), (Kind::BlockLevel, 1, 0), (Kind::Level, 0, 94), (Kind::Sum, 94, 0)],
        cure: "",
    },
    Damage {
        name: "a negative stock level",
        sql: "ALTER TABLE inventory DROP CONSTRAINT inventory_stock_quantity_not_negative;
              UPDATE inventory SET stock_quantity = -5 WHERE product_id = {item}",
        findings: &[(Kind::Level, -5, 94), (Kind::Negative, -5, 0), (Kind::Sum, 94, -5)],
        cure: "UPDATE inventory SET stock_quantity = 90 WHERE product_id = {item};
               ALTER TABLE inventory ADD CONSTRAINT inventory_stock_quantity_not_negative
                     CHECK (stock_quantity >= 0)",
    },
    Damage {
        name: "more units than a sum can hold",
        sql: "UPDATE inventory SET stock_quantity = 2147483647 WHERE product_id = {item};
              INSERT INTO inventory VALUES ({item}, 2, 1);
              INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
              VALUES ({item}, 1, 2147483647 - 94, 'received'), ({item}, 2, 1, 'received')",
        findings: &[(Kind::Sum, 94, 2_147_483_648)],
        cure: "UPDATE inventory SET stock_quantity = 5 WHERE product_id = {item}",
    },
    Damage {
        name: "a block deleted",
        sql: "DELETE FROM block_inventory WHERE id = {temporary}",
        findings: &[(Kind::Block, 0, 3)],
        cure: "",
    },
    Damage {
        name: "a block's units changed",
        sql: "UPDATE block_inventory SET quantity = 5 WHERE id = {temporary}",
        findings: &[(Kind::Block, 5, 3)],
        cure: "",
    },
    Damage {
        name: "a block from nothing",
        sql: "INSERT INTO block_inventory (item_id, warehouse_id, quantity, is_permanent) VALUES ({item}, 1, 4, true)",
        findings: &[(Kind::Block, 4, 0)],
        cure: "",
    },
    Damage {
        name: "a block released twice",
        sql: "DELETE FROM block_inventory WHERE id = {temporary};
              INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
              SELECT {item}, 1, {temporary}, 3, 'released' FROM generate_series(1, 2);
              UPDATE inventory SET stock_quantity = stock_quantity + 6 WHERE product_id = {item};
              UPDATE items SET quantity = quantity + 6 WHERE id = {item}",
        findings: &[(Kind::Block, 0, -3)],
        cure: "",
    },
    Damage {
        name: "a block that ended in the ledger and is still there",
        sql: "INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason)
              VALUES ({item}, 1, {temporary}, 3, 'expired');
              UPDATE inventory SET stock_quantity = stock_quantity + 3 WHERE product_id = {item};
              UPDATE items SET quantity = quantity + 3 WHERE id = {item}",
        findings: &[(Kind::Block, 3, 0)],
        cure: "",
    },
    Damage {
        name: "a block moved to a warehouse that has no level of its item",
        sql: "UPDATE block_inventory SET warehouse_id = 2 WHERE id = {temporary}",
        findings: &[(Kind::Block, 0, 3), (Kind::Block, 3, 0), (Kind::BlockLevel, 3, 0)],
        cure: "",
    },
    Damage {
        name: "units blocked without a block",
        sql: "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES ({item}, 1, -2, 'blocked');
              UPDATE inventory SET stock_quantity = stock_quantity - 2 WHERE product_id = {item};
              UPDATE items SET quantity = quantity - 2 WHERE id = {item}",
        findings: &[(Kind::Block, 0, 2)],
        cure: "",
    },
    Damage {
        name: "a sold block made temporary",
        sql: "UPDATE block_inventory SET is_permanent = false, expires_at = now() WHERE id = {sold}",
        findings: &[(Kind::Unconfirmed, 1, 0)],
        cure: "UPDATE block_inventory SET is_permanent = true, expires_at = NULL WHERE id = {sold} AND item_id = {item}",
    },
    Damage {
        name: "a cart that names another block",
        sql: "UPDATE carts SET block_ids = ARRAY[{sold}] WHERE id = {temporary}",
        findings: &[(Kind::Cart, 0, 1), (Kind::Cart, 1, 0)],
        cure: "UPDATE carts SET block_ids = ARRAY[{temporary}] WHERE id = {temporary}",
    },
    Damage {
        name: "a block that left its cart",
        sql: "UPDATE block_inventory SET cart_id = NULL WHERE id = {temporary}",
        findings: &[(Kind::Cart, 0, 1)],
        cure: "UPDATE block_inventory SET cart_id = (SELECT id FROM carts WHERE {temporary} = ANY (block_ids))
                WHERE id = {temporary} AND item_id = {item}",
    },
    Damage {
        name: "an order allocated without taking stock",
        sql: "UPDATE orders SET status = 'allocated', warehouse_id = 1 WHERE id = {pending}",
        findings: &[(Kind::OrderLine, 0, 1)],
        cure: "UPDATE orders SET status = 'pending', warehouse_id = NULL WHERE id = {pending}",
    },
    Damage {
        name: "an order cancelled with its units still out",
        sql: "UPDATE orders SET status = 'cancelled' WHERE id = {allocated}",
        findings: &[(Kind::Order, 0, 2)],
        cure: "",
    },
    Damage {
        name: "an order that returned its units twice",
        sql: "INSERT INTO stock_movements (item_id, warehouse_id, order_id, change, reason)
              VALUES ({item}, 1, {cancelled}, 4, 'cancelled');
              UPDATE inventory SET stock_quantity = stock_quantity + 4 WHERE product_id = {item};
              UPDATE items SET quantity = quantity + 4 WHERE id = {item}",
        findings: &[(Kind::Order, 0, -4)],
        cure: "",
    },
    Damage {
        name: "an allocated order's line changed",
        sql: "UPDATE order_items SET quantity = 5 WHERE order_id = {allocated}",
        findings: &[(Kind::OrderLine, 2, 5)],
        cure: "UPDATE order_items SET quantity = 2 WHERE order_id = {allocated}",
    },
    Damage {
        name: "an order's allocation changed",
        sql: "UPDATE order_allocations SET allocated = 5 WHERE order_id = {allocated};
              UPDATE order_items SET quantity = 5 WHERE order_id = {allocated}",
        findings: &[(Kind::Order, 5, 2)],
        cure: "",
    },
    Damage {
        name: "an allocated order deleted",
        sql: "DELETE FROM orders WHERE id = {allocated}",
        findings: &[(Kind::Order, 0, 2), (Kind::LineOrder, 2, 0)],
        cure: "DELETE FROM order_items WHERE order_id = {allocated}",
    },
    Damage {
        name: "an item deleted",
        sql: "DELETE FROM items WHERE id = {item}",
        findings: &[
            (Kind::LevelItem, 94, 0),
            (Kind::LineItem, 2, 0),
            (Kind::LineItem, 1, 0),
            (Kind::Name, 1, 0),
        ],
        cure: "INSERT INTO items (id, name, price) VALUES ({item}, 'Lamp', 1)",
    },
    Damage {
        name: "a warehouse deleted",
        sql: "DELETE FROM warehouses WHERE id = 1",
        // For this item and each item before it.
        findings: &[(Kind::LevelWarehouse, 94, 0), (Kind::OrderWarehouse, 0, 0), (Kind::OrderWarehouse, 0, 0)],
        cure: "INSERT INTO warehouses (id, code, name, is_default) VALUES (1, 'MAIN', 'Main warehouse', true)",
    },
    Damage {
        name: "a name changed",
        sql: "UPDATE items SET name = 'Bulb' WHERE id = {item}",
        findings: &[(Kind::Name, 1, 1)],
        cure: "",
    },
    Damage {
        name: "a searched name deleted",
        sql: "DELETE FROM item_names WHERE item_id = {item}",
        findings: &[(Kind::Name, 0, 1)],
        cure: "",
    },
    Damage {
        name: "a searched name of no item",
        sql: "INSERT INTO item_names (item_id, name) VALUES ({item} + 500000, 'Ghost')",
        findings: &[(Kind::Name, 1, 0)],
        cure: "",
    },
    Damage {
        name: "an SKU changed",
        sql: "UPDATE items SET sku = 'New', barcodes = '{111}' WHERE id = {item};
              INSERT INTO item_skus (item_id, folded) VALUES ({item}, 'old')",
        findings: &[(Kind::Keys, 0, 2), (Kind::Keys, 1, 0)],
        cure: "",
    },
    Damage {
        name: "keys of no item",
        sql: "INSERT INTO item_skus (item_id, folded) VALUES ({item} + 500000, 'ghost');
              INSERT INTO item_barcodes (item_id, barcode) VALUES ({item} + 500000, '222')",
        findings: &[(Kind::Keys, 2, 0)],
        cure: "",
    },
    Damage {
        name: "a sequence set back",
        sql: "SELECT setval('block_inventory_id_seq', 1)",
        findings: &[(Kind::Sequence, 1, 0)],
        cure: "",
    },
    Damage {
        name: "a block marked as shipped",
        sql: "UPDATE block_inventory SET is_shipped = true WHERE id = {sold}",
        findings: &[(Kind::Shipment, 1, 0)],
        cure: "UPDATE block_inventory SET is_shipped = false WHERE id = {sold}",
    },
    Damage {
        name: "an order's units marked as shipped and returned",
        sql: "UPDATE order_allocations SET allocated = 0, shipped = 2, returned = 1 WHERE order_id = {allocated};
              UPDATE orders SET status = 'shipped' WHERE id = {allocated}",
        findings: &[(Kind::Return, 1, 0), (Kind::Shipment, 2, 0)],
        cure: "UPDATE order_allocations SET allocated = 2, shipped = 0, returned = 0 WHERE order_id = {allocated};
               UPDATE orders SET status = 'allocated' WHERE id = {allocated}",
    },
    Damage {
        name: "unsellable units without a movement",
        sql: "INSERT INTO unsellable_stock VALUES ({item}, 1, 3, 4)",
        findings: &[(Kind::Damaged, 3, 0), (Kind::Quarantined, 4, 0)],
        cure: "DELETE FROM unsellable_stock WHERE item_id = {item}",
    },
    Damage {
        name: "a trigger disabled",
        sql: "ALTER TABLE inventory DISABLE TRIGGER inventory_updated",
        findings: &[(Kind::Trigger, 0, 0)],
        cure: "ALTER TABLE inventory ENABLE TRIGGER inventory_updated",
    },
];

/// Replaces the placeholders by ids.
fn filled(sql: &str, item: i64) -> String {
    let ids = [
        ("item", item),
        ("temporary", 10 * item + 1),
        ("sold", 10 * item + 2),
        ("allocated", 10 * item + 3),
        ("pending", 10 * item + 4),
        ("cancelled", 10 * item + 5),
    ];
    ids.iter().fold(sql.to_owned(), |sql, (name, id)| sql.replace(&format!("{{{name}}}"), &id.to_string()))
}

async fn run(pool: &PgPool, role: &str, sql: String) {
    let sql = format!("SET session_replication_role = {role}; {sql}; RESET session_replication_role");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.expect("changed");
}

/// Creates an item with consistent data of each kind.
async fn stock(pool: &PgPool, item: i64) {
    let sql = "
        INSERT INTO items (id, name, price, quantity) VALUES ({item}, 'Lamp', 1, 94);
        INSERT INTO item_names (item_id, name) VALUES ({item}, 'Lamp');
        INSERT INTO inventory VALUES ({item}, 1, 94);
        INSERT INTO carts (id, block_ids) VALUES ({temporary}, ARRAY[{temporary}]);
        INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, is_permanent, expires_at, cart_id)
        VALUES ({temporary}, {item}, 1, 3, false, now() + interval '1 hour', {temporary}),
               ({sold}, {item}, 1, 1, true, NULL, NULL);
        INSERT INTO orders (id, status, warehouse_id)
        VALUES ({allocated}, 'allocated', 1), ({pending}, 'pending', NULL), ({cancelled}, 'cancelled', 1);
        INSERT INTO order_items VALUES ({allocated}, {item}, 2), ({pending}, {item}, 1), ({cancelled}, {item}, 4);
        INSERT INTO order_allocations VALUES ({allocated}, {item}, 1, 2);
        INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id)
        VALUES ({item}, 1, 100, 'received', NULL, NULL),
               ({item}, 1, -3, 'blocked', {temporary}, NULL),
               ({item}, 1, -2, 'blocked', {sold}, NULL),
               ({item}, 1, 0, 'confirmed', {sold}, NULL),
               ({item}, 1, 1, 'released', {sold}, NULL),
               ({item}, 1, -2, 'allocated', NULL, {allocated}),
               ({item}, 1, -4, 'allocated', NULL, {cancelled}),
               ({item}, 1, 4, 'cancelled', NULL, {cancelled})";
    run(pool, "replica", filled(sql, item)).await;
}

async fn find(audit: &mut Audit) -> Vec<Discrepancy> {
    let mut found = audit.database().await.expect("an answer");
    found.extend(audit.items(0, i64::MAX).await.expect("an answer"));
    found
}

async fn repair(audit: &mut Audit) {
    audit.database_repair().await.expect("repaired");
    let mut from = 0;
    while let Some(item) = audit.next_item(from).await.expect("an answer") {
        audit.item_repair(item, "test").await.expect("repaired");
        from = item.0 + 1;
    }
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_has_a_remedy() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
    sqlx::raw_sql(
        "INSERT INTO warehouses (code, name) VALUES ('SECOND', 'Second');
         SELECT setval('items_id_seq', 1000), setval('orders_id_seq', 10000), setval('block_inventory_id_seq', 10000)",
    )
    .execute(&pool)
    .await
    .expect("a second warehouse");
    let mut seen = Vec::new();
    for (item, damage) in (1..).zip(DAMAGES) {
        let Damage { name, sql, findings, cure } = damage;
        stock(&pool, item).await;
        assert_eq!(find(&mut audit).await, [], "before {name}");
        run(&pool, "replica", filled(sql, item)).await;
        let found = find(&mut audit).await;
        let is_of_item = |discrepancy: &Discrepancy| {
            discrepancy.item.is_none_or(|of| of.0 == item || of.0 == item + 500_000)
                && discrepancy.order.is_none_or(|order| order.0 / 10 == item)
        };
        let mut actual: Vec<_> = found
            .iter()
            .filter(|discrepancy| is_of_item(discrepancy))
            .map(|discrepancy| (discrepancy.kind, discrepancy.found, discrepancy.expected))
            // The highest id depends on the items before.
            .map(|(kind, found, expected)| (kind, found, if kind == Kind::Sequence { 0 } else { expected }))
            .collect();
        let mut expected_findings = findings.to_vec();
        let order = |finding: &Finding| format!("{finding:?}");
        actual.sort_by_key(order);
        expected_findings.sort_by_key(order);
        assert_eq!(actual, expected_findings, "{name}: {found:#?}");
        for discrepancy in &found {
            assert!(!discrepancy.remedy().is_empty() && !discrepancy.to_string().starts_with(':'), "{name}");
            seen.push(discrepancy.kind);
        }
        // The check changes nothing, and the repair leaves other discrepancies as they are.
        assert_eq!(find(&mut audit).await, found, "{name}");
        repair(&mut audit).await;
        let left = find(&mut audit).await;
        let beyond: Vec<_> = found.into_iter().filter(|discrepancy| !discrepancy.is_repairable()).collect();
        assert_eq!(left.is_empty(), beyond.is_empty(), "{name}: {left:#?}");
        assert!(beyond.iter().all(|discrepancy| left.contains(discrepancy)), "{name}: {left:#?}");
        assert_eq!(cure.is_empty(), beyond.is_empty(), "{name}");
        run(&pool, "replica", filled(cure, item)).await;
        repair(&mut audit).await;
        assert_eq!(find(&mut audit).await, [], "after {name}");
        assert_eq!(store::testing::discrepancies(&pool).await, <[String; 0]>::default(), "after {name}");
    }
    for kind in [
        Kind::Level,
        Kind::Sum,
        Kind::Block,
        Kind::Unconfirmed,
        Kind::Order,
        Kind::Shipment,
        Kind::Return,
        Kind::Damaged,
        Kind::Quarantined,
        Kind::Negative,
        Kind::BlockLevel,
        Kind::LevelItem,
        Kind::LevelWarehouse,
        Kind::LineItem,
        Kind::LineOrder,
        Kind::OrderWarehouse,
        Kind::Name,
        Kind::Keys,
        Kind::Sequence,
        Kind::Trigger,
    ] {
        assert!(seen.contains(&kind), "{kind:?} was never seen");
    }
}

/// The repair of a quantity has no movement, but invalidates the caches of the item.
#[tokio::test]
async fn a_repaired_quantity_is_announced() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
    stock(&pool, 1).await;
    run(&pool, "replica", "UPDATE items SET quantity = 7 WHERE id = 1".to_owned()).await;
    repair(&mut audit).await;
    let announced: Vec<i64> = sqlx::query_scalar("SELECT item_id FROM item_changes WHERE price IS NOT NULL")
        .fetch_all(&pool)
        .await
        .expect("changes");
    assert_eq!(announced, [1]);
}

#[tokio::test]
async fn the_schema_of_another_version_is_reported_and_not_changed() {
    use store::SchemaState;
    let url = store::testing::database().await;
    let mut audit = Audit::connect(&Settings::new(&url)).await.expect("a connection");
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Missing);
    let store = store::Store::connect(store::Settings::new(&url)).await.expect("a connection");
    store.migrate().await.expect("the schema");
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Current);
    let pool = PgPool::connect(&url).await.expect("a connection");
    let change = async |sql: &'static str| sqlx::query(sql).execute(&pool).await.expect("changed");
    change("UPDATE _sqlx_migrations SET version = 99999999999999 WHERE version = 6").await;
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Newer(1));
    change("DELETE FROM _sqlx_migrations WHERE version = 99999999999999").await;
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Older(1));
    change("UPDATE _sqlx_migrations SET success = false WHERE version = 1").await;
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Foreign(1));
    change("UPDATE _sqlx_migrations SET version = 20261122000001 WHERE version = 1").await;
    assert_eq!(audit.schema_state().await.expect("an answer"), SchemaState::Former);
}
