//! The checks of units that left the shelf, came back, or can't be sold because of their condition.
//!
//! With the checks of levels, blocks and orders they imply the identity of the units on hand: received units less shipped and
//! disposed ones are available, held, committed or unsellable.

use super::Discrepancy;
use super::find::DiscrepancyRow;
use crate::Result;
use sqlx::PgConnection;

/// Compares the shipped, returned and unsellable units of a range of items with the ledger, in one snapshot. Units that count
/// as shipped since the migration that introduced shipments have no movement.
pub(super) async fn items(connection: &mut PgConnection, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
    let rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"WITH movements AS MATERIALIZED (
               SELECT item_id, warehouse_id, block_id, order_id, reason, units::bigint AS units, condition, change
                 FROM stock_movements
                WHERE item_id >= $1 AND item_id < $2
                  AND reason IN ('shipped', 'returned', 'set_aside', 'restored', 'reclassified', 'disposed')
           ), archived AS MATERIALIZED (
               SELECT * FROM ledger_holders WHERE item_id >= $1 AND item_id < $2
           ), shipped_blocks AS (
               SELECT item_id, warehouse_id, id, sum(units)::bigint AS units
                 FROM (SELECT item_id, warehouse_id, block_id AS id, units FROM movements
                        WHERE reason = 'shipped' AND block_id IS NOT NULL
                        UNION ALL
                       SELECT item_id, warehouse_id, holder_id, shipped FROM archived
                        WHERE holder = 'block' AND shipped <> 0) AS both_parts
                GROUP BY item_id, warehouse_id, id
           ), order_units AS (
               SELECT item_id, warehouse_id, nullif(order_id, 0) AS order_id,
                      sum(shipped)::bigint AS shipped, sum(returned)::bigint AS returned
                 FROM (SELECT item_id, warehouse_id, coalesce(order_id, 0) AS order_id,
                              CASE reason WHEN 'shipped' THEN units ELSE 0 END AS shipped,
                              CASE reason WHEN 'returned' THEN units ELSE 0 END AS returned
                         FROM movements WHERE reason IN ('shipped', 'returned') AND block_id IS NULL
                        UNION ALL
                       SELECT item_id, warehouse_id, holder_id, shipped, returned FROM archived
                        WHERE holder = 'order' AND (shipped <> 0 OR returned <> 0)) AS both_parts
                GROUP BY item_id, warehouse_id, order_id
           ), allocations AS MATERIALIZED (
               SELECT item_id, warehouse_id, order_id, shipped::bigint AS shipped, returned::bigint AS returned
                 FROM order_allocations WHERE item_id >= $1 AND item_id < $2
           ), ledger_unsellable AS (
               SELECT item_id, warehouse_id, sum(damaged)::bigint AS damaged, sum(quarantined)::bigint AS quarantined
                 FROM (SELECT item_id, warehouse_id, effects.damaged, effects.quarantined
                         FROM movements
                        CROSS JOIN LATERAL stock_movement_effects(reason, change, movements.units::integer, condition, NULL)
                                   AS effects
                        UNION ALL
                       SELECT item_id, warehouse_id, damaged, quarantined FROM ledger_checkpoints
                        WHERE item_id >= $1 AND item_id < $2) AS both_parts
                GROUP BY item_id, warehouse_id
           ), unsellable AS (
               SELECT item_id, warehouse_id, damaged::bigint AS damaged, quarantined::bigint AS quarantined
                 FROM unsellable_stock WHERE item_id >= $1 AND item_id < $2
           ), findings AS (
               SELECT 'shipment' AS kind, coalesce(blocks.item_id, ledger.item_id) AS item_id,
                      coalesce(blocks.warehouse_id, ledger.warehouse_id) AS warehouse_id,
                      coalesce(blocks.id, ledger.id) AS block_id, NULL::bigint AS order_id,
                      coalesce(blocks.quantity, 0)::bigint AS found, coalesce(ledger.units, 0) AS expected
                 FROM (SELECT * FROM block_inventory WHERE item_id >= $1 AND item_id < $2 AND is_shipped) AS blocks
                 FULL JOIN shipped_blocks AS ledger
                        ON ledger.item_id = blocks.item_id AND ledger.warehouse_id = blocks.warehouse_id
                       AND ledger.id = blocks.id
                WHERE coalesce(blocks.quantity, 0) <> coalesce(ledger.units, 0)
                  AND (ledger.id IS NOT NULL OR blocks.id > (SELECT block_id FROM shipping_start))
               UNION ALL
               SELECT 'shipment', coalesce(orders.item_id, ledger.item_id),
                      coalesce(orders.warehouse_id, ledger.warehouse_id), NULL,
                      coalesce(orders.order_id, ledger.order_id), coalesce(orders.shipped, 0),
                      coalesce(ledger.shipped, 0)
                 FROM allocations AS orders
                 FULL JOIN order_units AS ledger
                        ON ledger.item_id = orders.item_id AND ledger.warehouse_id = orders.warehouse_id
                       AND ledger.order_id = orders.order_id
                WHERE coalesce(orders.shipped, 0) <> coalesce(ledger.shipped, 0)
                  AND NOT (coalesce(orders.shipped, 0) > coalesce(ledger.shipped, 0)
                           AND orders.order_id <= (SELECT order_id FROM shipping_start))
               UNION ALL
               SELECT 'return', coalesce(orders.item_id, ledger.item_id),
                      coalesce(orders.warehouse_id, ledger.warehouse_id), NULL,
                      coalesce(orders.order_id, ledger.order_id), coalesce(orders.returned, 0),
                      coalesce(ledger.returned, 0)
                 FROM allocations AS orders
                 FULL JOIN order_units AS ledger
                        ON ledger.item_id = orders.item_id AND ledger.warehouse_id = orders.warehouse_id
                       AND ledger.order_id = orders.order_id
                WHERE coalesce(orders.returned, 0) <> coalesce(ledger.returned, 0)
               UNION ALL
               SELECT sides.kind, coalesce(present.item_id, ledger.item_id),
                      coalesce(present.warehouse_id, ledger.warehouse_id), NULL, NULL, sides.found, sides.expected
                 FROM unsellable AS present
                 FULL JOIN ledger_unsellable AS ledger
                        ON ledger.item_id = present.item_id AND ledger.warehouse_id = present.warehouse_id
                CROSS JOIN LATERAL (
                    VALUES ('damaged', coalesce(present.damaged, 0), coalesce(ledger.damaged, 0)),
                           ('quarantined', coalesce(present.quarantined, 0), coalesce(ledger.quarantined, 0)))
                           AS sides (kind, found, expected)
                WHERE sides.found <> sides.expected
           )
           SELECT kind AS "kind!", item_id AS "item_id?", warehouse_id AS "warehouse_id?", block_id AS "block_id?",
                  order_id AS "order_id?", NULL::text AS "object?", found AS "found!", expected AS "expected!"
             FROM findings
            ORDER BY item_id, warehouse_id, kind, block_id NULLS LAST, order_id NULLS LAST"#,
        from,
        to
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Discrepancy::try_from).collect()
}
