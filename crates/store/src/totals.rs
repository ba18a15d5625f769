//! Sums over each category and each warehouse, and their changes since earlier sums.
//!
//! With very many items, reading all of them takes too long for each request. A reader keeps sums as of the low watermark
//! (the *base*), and adds the changes since.

use crate::pool::Connection;
use crate::{LowWatermark, Result, Store};
use domain::{CategorySums, LedgerCursor, StockSums, WarehouseId};

/// Sums, and a base to compute later sums from.
#[derive(Debug, Clone)]
pub struct SumsSnapshot {
    /// The sums over everything that is committed, in one snapshot.
    pub sums: StockSums,
    /// The sums as of the low watermark. `None` if there are too many movements beyond it.
    pub base: Option<(LedgerCursor, StockSums)>,
}

/// The changes of sums since a base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumsDelta {
    /// The changes from the base to the low watermark.
    pub advance: StockSums,
    /// The changes by committed movements beyond the low watermark.
    pub beyond: StockSums,
}

impl Store {
    /// Returns the sums over everything that is committed. Reads every item, every stock level and every block.
    ///
    /// The base is computed from the same snapshot by subtracting the movements beyond the low watermark. With more than
    /// `lines_max` of them there is no base. Read from the primary, because a replica does not have the low watermark.
    pub async fn stock_sums(&self, lines_max: i64, low_stock_default: i32) -> Result<SumsSnapshot> {
        let watermark = self.low_watermark().await?;
        let mut transaction = self.begin_reading().await?;
        plan_with_values(&mut transaction, true).await?;
        // Materialized: IS NOT DISTINCT FROM allows only a nested loop, which would read all blocks once per category.
        let categories = sqlx::query_as!(
            CategorySums,
            r#"WITH blocks AS MATERIALIZED (
                   SELECT items.category, sum(held.units)::bigint AS units
                     FROM (SELECT item_id, sum(quantity) AS units FROM block_inventory GROUP BY item_id) AS held
                     JOIN items ON items.id = held.item_id AND items.archived_at IS NULL
                    GROUP BY items.category
               )
               SELECT sums.category AS name, sums.items AS "items!", sums.sold_out AS "items_sold_out!",
                      sums.low AS "items_low!", sums.units AS "units_available!",
                      coalesce(blocks.units, 0) AS "units_blocked!", sums.value AS "value!"
                 FROM (SELECT category, count(*) AS items, count(*) FILTER (WHERE quantity = 0) AS sold_out,
                              count(*) FILTER (WHERE quantity <= coalesce(low_stock, $1)
                                                     AND coalesce(low_stock, $1) > 0) AS low, sum(quantity)::bigint AS units,
                              sum(quantity * price) AS value
                         FROM items WHERE archived_at IS NULL GROUP BY category) AS sums
                 LEFT JOIN blocks ON blocks.category IS NOT DISTINCT FROM sums.category"#,
            low_stock_default
        )
        .fetch_all(&mut *transaction)
        .await?;
        let warehouses = sqlx::query!(
            r#"SELECT warehouse_id, sum(stock_quantity)::bigint AS "units!" FROM inventory GROUP BY warehouse_id"#
        )
        .fetch_all(&mut *transaction)
        .await?;
        let warehouses = warehouses.into_iter().map(|row| (row.warehouse_id, row.units));
        let sums = by_name(categories, warehouses);
        let position = watermark.cursor.position;
        let base = if watermark.last_id - position > lines_max {
            None
        } else {
            let mut base = sums.clone();
            base.subtract(&changes(&mut transaction, position, i64::MAX, low_stock_default).await?);
            Some((watermark.cursor, base))
        };
        transaction.commit().await?;
        Ok(SumsSnapshot { sums, base })
    }

    /// Returns the changes of the sums after the position `base`, in one snapshot. `low_stock_default` is the threshold of items
    /// without their own.
    pub async fn stock_sums_changed(
        &self,
        base: i64,
        watermark: &LowWatermark,
        low_stock_default: i32,
    ) -> Result<SumsDelta> {
        let LowWatermark { cursor: LedgerCursor { position, .. }, last_id, .. } = *watermark;
        let (mut advance, mut beyond) = (StockSums::default(), StockSums::default());
        if last_id > base {
            let mut transaction = self.begin_reading().await?;
            if position > base {
                advance = changes(&mut transaction, base, position, low_stock_default).await?;
            }
            if last_id > position {
                beyond = changes(&mut transaction, position, i64::MAX, low_stock_default).await?;
            }
            transaction.commit().await?;
        }
        Ok(SumsDelta { advance, beyond })
    }
}

fn by_name(categories: Vec<CategorySums>, warehouses: impl Iterator<Item = (i64, i64)>) -> StockSums {
    StockSums {
        categories: categories.into_iter().map(|sums| (sums.name.clone(), sums)).collect(),
        warehouses: warehouses.map(|(warehouse, units)| (WarehouseId(warehouse), units)).collect(),
    }
}

/// Makes PostgreSQL plan each statement with its actual values until the end of the transaction: for reading whole tables
/// if `whole`, otherwise for looking up rows one by one.
async fn plan_with_values(connection: &mut Connection, whole: bool) -> Result<()> {
    sqlx::query!(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true) AS plans,
                set_config('enable_seqscan', $1, true) AS scans,
                set_config('enable_hashjoin', $1, true) AS hashes,
                set_config('enable_mergejoin', $1, true) AS merges",
        if whole { "on" } else { "off" }
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Returns the difference of the sums between two positions of the ledger, over the items that changed after the first.
///
/// The state of an item at a position is reconstructed from its current state: its quantity without the movements after
/// the position, and the price, category and threshold of low stock from the first entry of `item_changes` after it. An
/// item that was created after the position did not exist. An archived item has no price: it counts as one that does not
/// exist. Only blocks that were placed or ended in between count, unless the item changed its category: then all its blocks
/// do.
///
/// Entries for changed units are left out. They are written without the lock of the item's row, so their price may be older
/// than that of an earlier entry. With them, the state at a position would depend on the time at which it is read, and a
/// change of the price would be added twice.
async fn changes(
    connection: &mut Connection,
    after: i64,
    until: i64,
    low_stock_default: i32,
) -> Result<StockSums> {
    plan_with_values(connection, false).await?;
    let categories = sqlx::query_as!(
        CategorySums,
        r#"SELECT stood.category AS name, sum(stood.sign) AS "items!",
                  coalesce(sum(stood.sign) FILTER (WHERE stood.quantity = 0), 0) AS "items_sold_out!",
                  coalesce(sum(stood.sign) FILTER (WHERE stood.quantity <= stood.low AND stood.low > 0), 0)
                       AS "items_low!",
                  sum(stood.sign * stood.quantity)::bigint AS "units_available!",
                  sum(stood.sign * stood.blocked)::bigint AS "units_blocked!",
                  sum(stood.sign * stood.quantity * stood.price) AS "value!"
             FROM (SELECT item_id,
                          coalesce(sum(change), 0) AS units,
                          coalesce(sum(change) FILTER (WHERE id > $2), 0) AS units_beyond,
                          coalesce(sum(blocked), 0) AS blocked,
                          coalesce(sum(blocked) FILTER (WHERE id > $2), 0) AS blocked_beyond,
                          min(received_at) AS received_at,
                          min(received_at) FILTER (WHERE id > $2) AS received_at_beyond,
                          min(id) FILTER (WHERE change IS NULL) AS first,
                          min(id) FILTER (WHERE change IS NULL AND id > $2) AS first_beyond
                     FROM (SELECT id, item_id, change,
                                  CASE WHEN reason IN ('blocked', 'released', 'expired') THEN -change
                                       WHEN reason IN ('hold_converted', 'sale_converted') THEN -units END AS blocked,
                                  CASE WHEN reason = 'received' THEN created_at END AS received_at
                             FROM stock_movements WHERE id > $1
                            UNION ALL
                           SELECT id, item_id, NULL, NULL, NULL
                             FROM item_changes WHERE id > $1 AND NOT units_changed) AS happened
                    GROUP BY item_id) AS moved
             LEFT JOIN items ON items.id = moved.item_id
             LEFT JOIN LATERAL (SELECT items.price WHERE items.archived_at IS NULL) AS sellable ON true
             LEFT JOIN item_changes AS was ON was.id = moved.first AND was.item_id = moved.item_id
             LEFT JOIN item_changes AS became
                    ON became.id = moved.first_beyond AND became.item_id = moved.item_id
            CROSS JOIN LATERAL
                  (SELECT coalesce(items.quantity, 0) AS quantity,
                          CASE WHEN was.id IS NULL THEN moved.blocked
                               ELSE (SELECT coalesce(sum(quantity), 0) FROM block_inventory
                                      WHERE block_inventory.item_id = moved.item_id) END AS blocked) AS now
            CROSS JOIN LATERAL
                  (VALUES (-1, CASE WHEN was.id IS NULL THEN sellable.price ELSE was.price END,
                           CASE WHEN was.id IS NULL THEN items.category ELSE was.category END,
                           coalesce(CASE WHEN was.id IS NULL THEN items.low_stock ELSE was.low_stock END, $3::int),
                           moved.received_at, now.quantity - moved.units, now.blocked - moved.blocked),
                          (1, CASE WHEN became.id IS NULL THEN sellable.price ELSE became.price END,
                           CASE WHEN became.id IS NULL THEN items.category ELSE became.category END,
                           coalesce(CASE WHEN became.id IS NULL THEN items.low_stock ELSE became.low_stock END,
                                    $3::int),
                           moved.received_at_beyond, now.quantity - moved.units_beyond,
                           now.blocked - moved.blocked_beyond))
                  AS stood (sign, price, category, low, received_at, quantity, blocked)
            WHERE stood.price IS NOT NULL
              AND (stood.received_at = coalesce(items.created_at, was.created_at, became.created_at))
                  IS NOT TRUE
            GROUP BY stood.category"#,
        after,
        until,
        low_stock_default
    )
    .fetch_all(&mut *connection)
    .await?;
    let warehouses = sqlx::query!(
        r#"SELECT warehouse_id, sum(change)::bigint AS "units!"
             FROM stock_movements WHERE id > $1 AND id <= $2 GROUP BY warehouse_id"#,
        after,
        until
    )
    .fetch_all(connection)
    .await?;
    Ok(by_name(categories, warehouses.into_iter().map(|row| (row.warehouse_id, row.units))))
}
