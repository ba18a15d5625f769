//! The invariants of the database, checked in SQL.

use sqlx::PgPool;

/// An invariant: its statement must return no row.
const RULES: [(&str, &str); 5] = [
    (
        "a stock level is the sum of its ledger",
        "SELECT count(*) FROM inventory
           FULL JOIN (SELECT item_id, warehouse_id, sum(change) AS sum FROM stock_movements GROUP BY 1, 2) AS ledger
             ON ledger.item_id = inventory.product_id AND ledger.warehouse_id = inventory.warehouse_id
          WHERE coalesce(stock_quantity, 0) <> coalesce(ledger.sum, 0)",
    ),
    (
        "an item's quantity is the sum of its stock levels",
        "SELECT count(*) FROM items
          WHERE quantity <> (SELECT coalesce(sum(stock_quantity), 0) FROM inventory WHERE product_id = items.id)",
    ),
    (
        "available + held + sold = received",
        "SELECT count(*) FROM inventory AS level
          WHERE stock_quantity
                + (SELECT coalesce(sum(quantity), 0) FROM block_inventory AS block
                    WHERE block.item_id = level.product_id AND block.warehouse_id = level.warehouse_id)
                + (SELECT coalesce(sum(allocated + shipped), 0) FROM order_allocations AS units
                    WHERE units.item_id = level.product_id AND units.warehouse_id = level.warehouse_id)
             <> (SELECT coalesce(sum(change), 0) FROM stock_movements AS movement
                  WHERE movement.item_id = level.product_id AND movement.warehouse_id = level.warehouse_id
                    AND reason IN ('received', 'written_off', 'moved', 'corrected', 'set_aside', 'restored', 'returned'))",
    ),
    (
        "available + held + committed + unsellable = on hand by the ledger",
        "SELECT count(*) FROM inventory AS level
          CROSS JOIN LATERAL stock_shelf_units(level.product_id, level.warehouse_id) AS shelf
          WHERE stock_quantity + shelf.held + shelf.committed + shelf.damaged + shelf.quarantined
             <> (SELECT coalesce(sum(CASE WHEN reason IN ('received', 'written_off', 'moved', 'corrected') THEN change
                                          WHEN reason IN ('shipped', 'disposed') THEN -units
                                          WHEN reason = 'returned' THEN units
                                          ELSE 0 END), 0)
                   FROM stock_movements AS movement
                  WHERE movement.item_id = level.product_id AND movement.warehouse_id = level.warehouse_id)",
    ),
    (
        "a block ends once",
        "SELECT count(*) FROM (
             SELECT block_id FROM stock_movements WHERE reason IN ('released', 'expired')
              GROUP BY block_id HAVING count(*) > 1) AS twice",
    ),
];

/// Asserts every invariant.
pub async fn check(database: &PgPool) {
    for (rule, statement) in RULES {
        let broken: i64 = sqlx::query_scalar(statement).fetch_one(database).await.expect(rule);
        assert_eq!(broken, 0, "{rule}");
    }
}

/// Returns the number that a statement selects.
pub async fn number(database: &PgPool, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(database).await.expect(statement)
}

/// Returns a hash of all rows of all tables.
pub async fn fingerprint(database: &PgPool) -> String {
    let statement = "SELECT md5(concat_ws('/',
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM items t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM warehouses t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM inventory t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM block_inventory t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM orders t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM order_items t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM order_allocations t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM unsellable_stock t),
        (SELECT string_agg(t::text, ',' ORDER BY t::text) FROM stock_movements t)))";
    sqlx::query_scalar(statement).fetch_one(database).await.expect("a fingerprint")
}
