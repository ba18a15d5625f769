//! The checks, as set-based statements.

use super::{Discrepancy, DiscrepancyKind};
use crate::{Error, Result};
use domain::{BlockId, ItemId, OrderId, WarehouseId};
use sqlx::PgConnection;

/// A discrepancy as the statements return it.
pub(super) struct DiscrepancyRow {
    pub(super) kind: String,
    pub(super) item_id: Option<i64>,
    pub(super) warehouse_id: Option<i64>,
    pub(super) block_id: Option<i64>,
    pub(super) order_id: Option<i64>,
    pub(super) object: Option<String>,
    pub(super) found: i64,
    pub(super) expected: i64,
}

impl TryFrom<DiscrepancyRow> for Discrepancy {
    type Error = Error;

    fn try_from(row: DiscrepancyRow) -> Result<Self> {
        let kind = DiscrepancyKind::parse(&row.kind);
        Ok(Self {
            kind: kind.ok_or_else(|| sqlx::Error::Decode(format!("an unknown kind {}", row.kind).into()))?,
            item: row.item_id.map(ItemId),
            warehouse: row.warehouse_id.map(WarehouseId),
            block: row.block_id.map(BlockId),
            order: row.order_id.map(OrderId),
            object: row.object,
            found: row.found,
            expected: row.expected,
        })
    }
}

/// Checks a range of items. The ledger is read once and summed by block and by order. The sums of archived movements are read
/// from the checkpoints. Only sums other than zero matter: existing blocks, allocated orders, and discrepancies.
pub(super) async fn items(connection: &mut PgConnection, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
    let rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"WITH levels AS MATERIALIZED (
               SELECT product_id AS item_id, warehouse_id, stock_quantity::bigint AS units
                 FROM inventory WHERE product_id >= $1 AND product_id < $2
           ), movements AS (
               SELECT item_id, warehouse_id, change, reason,
                      CASE WHEN reason IN ('blocked', 'released', 'expired', 'confirmed') THEN 'block'
                           WHEN reason IN ('allocated', 'cancelled') THEN 'order' END AS holder,
                      CASE WHEN reason IN ('blocked', 'released', 'expired', 'confirmed') THEN block_id
                           WHEN reason IN ('allocated', 'cancelled') THEN order_id END AS holder_id
                 FROM stock_movements WHERE item_id >= $1 AND item_id < $2
                UNION ALL
               -- The units of a converted block went from the block to the order.
               SELECT item_id, warehouse_id, sides.change, reason, holder, holder_id
                 FROM stock_movements
                CROSS JOIN LATERAL (VALUES ('block', block_id, units), ('order', order_id, -units))
                      AS sides (holder, holder_id, change)
                WHERE item_id >= $1 AND item_id < $2 AND reason IN ('hold_converted', 'sale_converted')
                UNION ALL
               -- The archived movements: their sums by block and by order, and the others of the level.
               SELECT item_id, warehouse_id, sides.change, CASE WHEN confirmed THEN 'confirmed' ELSE '' END, sides.holder,
                      nullif(sides.holder_id, 0)
                 FROM ledger_holders
                CROSS JOIN LATERAL (VALUES (ledger_holders.holder, ledger_holders.holder_id, ledger_holders.change),
                                           (NULL, NULL, -ledger_holders.change)) AS sides (holder, holder_id, change)
                WHERE item_id >= $1 AND item_id < $2
                UNION ALL
               SELECT item_id, warehouse_id, available, '', NULL, NULL
                 FROM ledger_checkpoints WHERE item_id >= $1 AND item_id < $2
           ), ledger AS MATERIALIZED (
               SELECT item_id, warehouse_id, holder, holder_id, sum(change)::bigint AS units,
                      bool_or(reason = 'confirmed') AS confirmed
                 FROM movements GROUP BY item_id, warehouse_id, holder, holder_id
               HAVING sum(change) <> 0
           ), ledger_levels AS (
               SELECT item_id, warehouse_id, sum(units)::bigint AS units FROM ledger GROUP BY item_id, warehouse_id
           ), blocks AS MATERIALIZED (
               SELECT id, item_id, warehouse_id, quantity::bigint AS units, is_permanent, cart_id
                 FROM block_inventory WHERE item_id >= $1 AND item_id < $2
           ), lines AS MATERIALIZED (
               SELECT order_items.product_id AS item_id, order_items.order_id, order_items.quantity::bigint AS units,
                      orders.id IS NOT NULL AS has_order, orders.status, orders.warehouse_id
                 FROM order_items LEFT JOIN orders ON orders.id = order_items.order_id
                WHERE order_items.product_id >= $1 AND order_items.product_id < $2
           ), allocations AS MATERIALIZED (
               SELECT item_id, order_allocations.warehouse_id, order_id, allocated::bigint AS allocated,
                      shipped::bigint AS shipped, orders.status
                 FROM order_allocations LEFT JOIN orders ON orders.id = order_id
                WHERE item_id >= $1 AND item_id < $2
           ), findings AS (
               SELECT 'level' AS kind, item_id, warehouse_id, NULL::bigint AS block_id, NULL::bigint AS order_id,
                      coalesce(levels.units, 0) AS found, coalesce(ledger.units, 0) AS expected
                 FROM levels FULL JOIN ledger_levels AS ledger USING (item_id, warehouse_id)
                WHERE coalesce(levels.units, 0) <> coalesce(ledger.units, 0)
               UNION ALL
               SELECT 'negative', item_id, warehouse_id, NULL, NULL, units, 0 FROM levels WHERE units < 0
               UNION ALL
               SELECT 'level_item', item_id, warehouse_id, NULL, NULL, units, 0
                 FROM levels WHERE NOT EXISTS (SELECT FROM items WHERE items.id = levels.item_id)
               UNION ALL
               SELECT 'level_warehouse', item_id, warehouse_id, NULL, NULL, units, 0
                 FROM levels WHERE NOT EXISTS (SELECT FROM warehouses WHERE warehouses.id = levels.warehouse_id)
               UNION ALL
               SELECT 'block', coalesce(blocks.item_id, ledger.item_id),
                      coalesce(blocks.warehouse_id, ledger.warehouse_id), coalesce(blocks.id, ledger.holder_id), NULL,
                      coalesce(blocks.units, 0), coalesce(-ledger.units, 0)
                 FROM blocks
                 FULL JOIN (SELECT * FROM ledger WHERE holder = 'block') AS ledger
                        ON ledger.item_id = blocks.item_id AND ledger.warehouse_id = blocks.warehouse_id
                       AND ledger.holder_id = blocks.id
                WHERE coalesce(blocks.units, 0) <> coalesce(-ledger.units, 0)
               UNION ALL
               SELECT 'unconfirmed', blocks.item_id, blocks.warehouse_id, blocks.id, NULL, blocks.units, 0
                 FROM blocks
                 JOIN ledger ON ledger.holder = 'block' AND ledger.item_id = blocks.item_id
                            AND ledger.warehouse_id = blocks.warehouse_id AND ledger.holder_id = blocks.id
                WHERE ledger.confirmed AND NOT blocks.is_permanent
               UNION ALL
               SELECT 'block_level', item_id, warehouse_id, id, NULL, blocks.units, 0
                 FROM blocks LEFT JOIN levels USING (item_id, warehouse_id) WHERE levels.units IS NULL
               UNION ALL
               SELECT 'cart', item_id, warehouse_id, blocks.id, NULL, 1, 0
                 FROM blocks JOIN carts ON carts.id = blocks.cart_id
                WHERE blocks.id <> ALL (carts.block_ids)
               UNION ALL
               SELECT 'order', coalesce(orders.item_id, ledger.item_id),
                      coalesce(orders.warehouse_id, ledger.warehouse_id), NULL,
                      coalesce(orders.order_id, ledger.holder_id), coalesce(orders.units, 0), coalesce(-ledger.units, 0)
                 FROM (SELECT *, shipped + CASE WHEN status IN ('partial', 'allocated') THEN allocated ELSE 0 END AS units
                         FROM allocations) AS orders
                 FULL JOIN (SELECT * FROM ledger WHERE holder = 'order') AS ledger
                        ON ledger.item_id = orders.item_id AND ledger.warehouse_id = orders.warehouse_id
                       AND ledger.holder_id = orders.order_id
                WHERE coalesce(orders.units, 0) <> coalesce(-ledger.units, 0)
               UNION ALL
               SELECT 'order_line', lines.item_id, NULL, NULL, lines.order_id, coalesce(sums.units, 0), lines.units
                 FROM lines
                 LEFT JOIN (SELECT order_id, item_id, sum(allocated + shipped)::bigint AS units FROM allocations
                             GROUP BY order_id, item_id) AS sums
                        ON sums.order_id = lines.order_id AND sums.item_id = lines.item_id
                WHERE lines.status IN ('allocated', 'shipped') AND coalesce(sums.units, 0) <> lines.units
               UNION ALL
               SELECT 'line_item', item_id, NULL, NULL, order_id, units, 0
                 FROM lines
                WHERE status IN ('pending', 'partial', 'allocated')
                  AND NOT EXISTS (SELECT FROM items WHERE items.id = lines.item_id)
               UNION ALL
               SELECT 'line_order', item_id, NULL, NULL, order_id, units, 0 FROM lines WHERE NOT has_order
               UNION ALL
               SELECT 'sum', items.id, NULL, NULL, NULL, items.quantity, coalesce(sums.units, 0)
                 FROM items
                 LEFT JOIN (SELECT item_id, sum(units)::bigint AS units FROM levels GROUP BY item_id) AS sums
                        ON sums.item_id = items.id
                WHERE items.id >= $1 AND items.id < $2 AND items.quantity <> coalesce(sums.units, 0)
               UNION ALL
               SELECT 'name', coalesce(items.id, item_names.item_id), NULL, NULL, NULL,
                      (item_names.item_id IS NOT NULL)::integer, (items.id IS NOT NULL)::integer
                 FROM (SELECT * FROM items WHERE id >= $1 AND id < $2) AS items
                 FULL JOIN (SELECT * FROM item_names WHERE item_id >= $1 AND item_id < $2) AS item_names
                        ON item_names.item_id = items.id
                WHERE items.name IS DISTINCT FROM item_names.name
               UNION ALL
               SELECT 'keys', id, NULL, NULL, NULL, found, expected
                 FROM (SELECT items.id,
                              (items.sku IS NOT NULL)::integer::bigint + coalesce(cardinality(items.barcodes), 0) AS expected,
                              (SELECT count(*) FROM item_skus
                                WHERE folded = fold_key(items.sku) AND item_skus.item_id = items.id)
                              + (SELECT count(*) FROM item_barcodes
                                  WHERE barcode = ANY (items.barcodes) AND item_barcodes.item_id = items.id) AS found
                         FROM items
                        WHERE items.id >= $1 AND items.id < $2 AND (sku IS NOT NULL OR barcodes IS NOT NULL)) AS keys
                WHERE found <> expected
           )
           SELECT kind AS "kind!", item_id AS "item_id?", warehouse_id AS "warehouse_id?", block_id AS "block_id?",
                  order_id AS "order_id?", NULL::text AS "object?", found AS "found!", expected AS "expected!"
             FROM findings
            ORDER BY item_id, warehouse_id NULLS LAST, kind, block_id NULLS LAST, order_id NULLS LAST"#,
        from,
        to
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Discrepancy::try_from).collect()
}

pub(super) async fn database(connection: &mut PgConnection) -> Result<Vec<Discrepancy>> {
    let mut rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"SELECT 'order_warehouse' AS "kind!", NULL::bigint AS item_id, warehouse_id, NULL::bigint AS block_id,
                  id AS "order_id?", NULL::text AS object, 0::bigint AS "found!", 0::bigint AS "expected!"
             FROM orders
            WHERE warehouse_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM warehouses WHERE warehouses.id = orders.warehouse_id)
            ORDER BY id"#
    )
    .fetch_all(&mut *connection)
    .await?;
    rows.extend(moved_blocks(connection).await?);
    rows.extend(extra_keys(connection).await?);
    rows.extend(sequences(connection).await?);
    rows.extend(
        sqlx::query_as!(
            DiscrepancyRow,
            r#"SELECT 'trigger' AS "kind!", NULL::bigint AS item_id, NULL::bigint AS warehouse_id,
                      NULL::bigint AS block_id, NULL::bigint AS order_id, relname || '.' || tgname AS object,
                      0::bigint AS "found!", 0::bigint AS "expected!"
                 FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
                WHERE relnamespace = current_schema()::regnamespace AND tgenabled IN ('D', 'R')
                ORDER BY relname, tgname"#
        )
        .fetch_all(&mut *connection)
        .await?,
    );
    rows.into_iter().map(Discrepancy::try_from).collect()
}

/// Finds blocks that a cart names and that are in no cart, or in another one. Carts have no index by block, so they are read
/// once, as a whole.
async fn moved_blocks(connection: &mut PgConnection) -> Result<Vec<DiscrepancyRow>> {
    let rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"SELECT 'cart' AS "kind!", blocks.item_id AS "item_id?", blocks.warehouse_id AS "warehouse_id?",
                  blocks.id AS "block_id?", NULL::bigint AS order_id, NULL::text AS object, 0::bigint AS "found!",
                  1::bigint AS "expected!"
             FROM carts CROSS JOIN LATERAL unnest(carts.block_ids) AS named (id)
             JOIN block_inventory AS blocks ON blocks.id = named.id
            WHERE blocks.cart_id IS DISTINCT FROM carts.id
            ORDER BY blocks.item_id, blocks.id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Finds keys of the directories that their items do not have. The directories have no index by item, so they are read once,
/// as a whole.
async fn extra_keys(connection: &mut PgConnection) -> Result<Vec<DiscrepancyRow>> {
    let rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"SELECT 'keys' AS "kind!", item_id AS "item_id?", NULL::bigint AS warehouse_id, NULL::bigint AS block_id,
                  NULL::bigint AS order_id, NULL::text AS object, count(*) AS "found!", 0::bigint AS "expected!"
             FROM (SELECT item_skus.item_id FROM item_skus LEFT JOIN items ON items.id = item_skus.item_id
                    WHERE fold_key(items.sku) IS DISTINCT FROM item_skus.folded
                    UNION ALL
                   SELECT item_barcodes.item_id FROM item_barcodes LEFT JOIN items ON items.id = item_barcodes.item_id
                    WHERE item_barcodes.barcode = ANY (items.barcodes) IS NOT TRUE) AS extra
            GROUP BY item_id ORDER BY item_id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Checks sequences against the highest ids. The highest id is read before the sequence, because concurrent inserts only
/// increase the sequence.
async fn sequences(connection: &mut PgConnection) -> Result<Vec<DiscrepancyRow>> {
    let highest = sqlx::query!(
        r#"SELECT tables.name AS "name!", tables.highest AS "highest!"
             FROM (VALUES ('items', (SELECT max(id) FROM items)),
                          ('warehouses', (SELECT max(id) FROM warehouses)),
                          ('orders', (SELECT max(id) FROM orders)),
                          ('block_inventory', (SELECT max(id) FROM block_inventory)),
                          ('stock_movements', (SELECT greatest(position, (SELECT max(id) FROM stock_movements))
                                                 FROM archive_positions WHERE kind = 'movements'))) AS tables (name, highest)
            WHERE tables.highest IS NOT NULL"#
    )
    .fetch_all(&mut *connection)
    .await?;
    let (tables, highest): (Vec<_>, Vec<_>) = highest.into_iter().map(|row| (row.name, row.highest)).unzip();
    let rows = sqlx::query_as!(
        DiscrepancyRow,
        r#"SELECT 'sequence' AS "kind!", NULL::bigint AS item_id, NULL::bigint AS warehouse_id,
                  NULL::bigint AS block_id, NULL::bigint AS order_id, tables.name AS object,
                  coalesce(pg_sequence_last_value(pg_get_serial_sequence(tables.name, 'id')::regclass), 0) AS "found!",
                  tables.highest AS "expected!"
             FROM unnest($1::text[], $2::bigint[]) AS tables (name, highest)
            WHERE coalesce(pg_sequence_last_value(pg_get_serial_sequence(tables.name, 'id')::regclass), 0)
                  < tables.highest
            ORDER BY tables.name"#,
        &tables,
        &highest
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}
