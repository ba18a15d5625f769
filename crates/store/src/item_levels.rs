//! An item's units per warehouse: by a scan of all its blocks and orders, or by earlier sums and the movements since.
//!
//! The sums follow the ledger, so they include expired blocks until these are reclaimed. The levels that are returned
//! count active blocks only: the units of expired blocks are read in the same statement and subtracted.

use crate::{LowWatermark, Result, Store};
use domain::{ItemId, LevelTotals, StockUnits, WarehouseId};
use std::collections::HashMap;

/// Units of an item in one warehouse that the ledger attributes to blocks and orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitSums {
    /// Units in temporary blocks, expired ones included.
    pub held: i64,
    /// Units in permanent blocks, and those that orders have: allocated, or shipped and not returned.
    pub sold: i64,
    /// Those of the sold units that are on the shelf.
    pub committed: i64,
}

impl UnitSums {
    /// Returns the sums with each of `other` multiplied by `sign` and added.
    fn plus(self, other: Self, sign: i64) -> Self {
        Self {
            held: self.held + sign * other.held,
            sold: self.sold + sign * other.sold,
            committed: self.committed + sign * other.committed,
        }
    }
}

/// The sums of one item by warehouse, as of a position in the ledger.
pub type ItemSums = HashMap<WarehouseId, UnitSums>;

/// The result of a scan over all blocks and orders of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedLevels {
    /// The levels, ordered by the warehouse's code.
    pub levels: Vec<LevelTotals>,
    /// The number of blocks and order lines that were summed.
    pub rows: i64,
    /// The sums as of the position that the caller passed.
    pub sums: ItemSums,
}

/// One level, with its sums and the changes by the movements after a position.
struct LevelRow {
    level: LevelTotals,
    /// The sums over blocks and orders; zero without a scan.
    scanned: UnitSums,
    /// Units in expired blocks.
    expired: i64,
    /// The number of blocks and order lines that were summed.
    rows: i64,
    /// The change by all movements after the position.
    changed: UnitSums,
    /// The change by those movements that are not after the second position.
    advanced: UnitSums,
}

impl LevelRow {
    /// The level with these sums, less the units of expired blocks.
    fn level_with(&self, sums: UnitSums) -> LevelTotals {
        let level = &self.level;
        let units = StockUnits {
            available: level.available.into(),
            held: sums.held,
            committed: sums.committed,
            damaged: level.damaged,
            quarantined: level.quarantined,
        };
        LevelTotals {
            held: sums.held - self.expired,
            sold: sums.sold,
            committed: sums.committed,
            on_hand: units.on_hand(),
            ..level.clone()
        }
    }
}

impl Store {
    /// Returns an item's units in each warehouse that has a stock level of it. Reads every block of the item.
    ///
    /// The sums as of `position` are computed from the same snapshot, by subtracting the movements after it. `position`
    /// must be a low watermark that was read before, or [`i64::MAX`].
    pub async fn item_levels(&self, item: ItemId, position: i64) -> Result<ScannedLevels> {
        let rows = self.level_rows(item, true, position, i64::MAX).await?;
        let mut scanned = ScannedLevels { levels: Vec::new(), rows: 0, sums: ItemSums::new() };
        for row in rows {
            let sums = row.scanned.plus(row.changed, -1);
            scanned.sums.insert(row.level.warehouse, sums);
            scanned.rows += row.rows;
            scanned.levels.push(row.level_with(row.scanned));
        }
        Ok(scanned)
    }

    /// Returns the same levels as [`Store::item_levels`], computed from `sums` as of `position` and the movements after it.
    /// Reads no block that did not change, except expired ones. Also returns the sums as of the low watermark.
    pub async fn item_levels_after(
        &self,
        item: ItemId,
        position: i64,
        sums: &ItemSums,
        watermark: &LowWatermark,
    ) -> Result<(Vec<LevelTotals>, ItemSums)> {
        let rows = self.level_rows(item, false, position, watermark.cursor.position).await?;
        let advanced = rows.iter().map(|row| {
            let base = sums.get(&row.level.warehouse).copied().unwrap_or_default();
            (row.level.warehouse, base.plus(row.advanced, 1))
        });
        let advanced = advanced.collect();
        let levels = rows.into_iter().map(|row| {
            let base = sums.get(&row.level.warehouse).copied().unwrap_or_default();
            row.level_with(base.plus(row.changed, 1))
        });
        Ok((levels.collect(), advanced))
    }

    /// Reads the levels of an item. Blocks and orders are summed only for a `scan`.
    ///
    /// The movement of a confirmed block of an earlier version does not contain its units, so the block is looked up. The
    /// condition is a range over the whole primary key, which no other index can serve.
    async fn level_rows(&self, item: ItemId, scan: bool, after: i64, until: i64) -> Result<Vec<LevelRow>> {
        let rows = sqlx::query!(
            r#"SELECT inventory.warehouse_id, warehouses.code, warehouses.name, inventory.stock_quantity,
                      coalesce(blocks.held, 0) AS "held!",
                      coalesce(blocks.sold, 0) + coalesce(allocated.sold, 0) AS "sold!",
                      coalesce(blocks.committed, 0) + coalesce(allocated.committed, 0) AS "committed!",
                      coalesce(unsellable.damaged, 0)::bigint AS "damaged!",
                      coalesce(unsellable.quarantined, 0)::bigint AS "quarantined!",
                      coalesce(blocks.rows, 0) + coalesce(allocated.rows, 0) AS "rows!",
                      coalesce(expired.units, 0) AS "expired!",
                      coalesce(changed.held, 0) AS "changed_held!", coalesce(changed.sold, 0) AS "changed_sold!",
                      coalesce(changed.held_until, 0) AS "advanced_held!",
                      coalesce(changed.sold_until, 0) AS "advanced_sold!",
                      coalesce(changed.committed, 0) AS "changed_committed!",
                      coalesce(changed.committed_until, 0) AS "advanced_committed!"
                 FROM inventory
                 JOIN warehouses ON warehouses.id = inventory.warehouse_id
                 LEFT JOIN (SELECT warehouse_id, count(*) AS rows,
                                   (sum(quantity) FILTER (WHERE NOT is_permanent))::bigint AS held,
                                   (sum(quantity) FILTER (WHERE is_permanent))::bigint AS sold,
                                   (sum(quantity) FILTER (WHERE is_permanent AND NOT is_shipped))::bigint AS committed
                              FROM block_inventory WHERE $2 AND item_id = $1
                             GROUP BY warehouse_id) AS blocks
                        ON blocks.warehouse_id = inventory.warehouse_id
                 LEFT JOIN (SELECT warehouse_id, sum(quantity)::bigint AS units FROM block_inventory
                             WHERE item_id = $1 AND NOT is_permanent AND expires_at <= now()
                             GROUP BY warehouse_id) AS expired
                        ON expired.warehouse_id = inventory.warehouse_id
                 LEFT JOIN (SELECT warehouse_id, count(*) AS rows, sum(allocated + shipped - returned)::bigint AS sold,
                                   sum(allocated)::bigint AS committed
                              FROM order_allocations WHERE $2 AND item_id = $1
                             GROUP BY warehouse_id) AS allocated
                        ON allocated.warehouse_id = inventory.warehouse_id
                 LEFT JOIN unsellable_stock AS unsellable
                        ON unsellable.item_id = inventory.product_id
                       AND unsellable.warehouse_id = inventory.warehouse_id
                 LEFT JOIN (SELECT warehouse_id, sum(held)::bigint AS held, sum(sold)::bigint AS sold,
                                   sum(committed)::bigint AS committed,
                                   (sum(committed) FILTER (WHERE id <= $4))::bigint AS committed_until,
                                   (sum(held) FILTER (WHERE id <= $4))::bigint AS held_until,
                                   (sum(sold) FILTER (WHERE id <= $4))::bigint AS sold_until
                              FROM (SELECT id, warehouse_id,
                                           CASE WHEN reason IN ('blocked', 'released', 'expired') THEN -change
                                                WHEN reason = 'hold_converted' THEN -units
                                                ELSE -confirmed END AS held,
                                           CASE WHEN reason IN ('allocated', 'cancelled') THEN -change
                                                WHEN reason = 'returned' THEN -units
                                                ELSE confirmed END AS sold,
                                           CASE WHEN reason IN ('allocated', 'cancelled') THEN -change
                                                WHEN reason = 'shipped' THEN -units
                                                ELSE confirmed END AS committed
                                      FROM (SELECT id, warehouse_id, change, units, reason,
                                                   CASE WHEN reason = 'hold_converted' THEN units
                                                        WHEN reason = 'confirmed' AND units IS NOT NULL THEN units
                                                        WHEN reason = 'confirmed' THEN
                                                       (SELECT quantity FROM block_inventory
                                                         WHERE (block_inventory.id, block_inventory.item_id)
                                                               >= (lines.block_id, lines.item_id)
                                                           AND (block_inventory.id, block_inventory.item_id)
                                                               <= (lines.block_id, lines.item_id)
                                                           AND is_permanent)
                                                   END AS confirmed
                                              FROM stock_movements AS lines
                                             WHERE item_id = $1 AND id > $3
                                               AND reason IN ('blocked', 'released', 'expired', 'confirmed',
                                                              'allocated', 'cancelled', 'hold_converted', 'shipped',
                                                              'returned')) AS classified) AS moved
                             GROUP BY warehouse_id) AS changed
                        ON changed.warehouse_id = inventory.warehouse_id
                WHERE inventory.product_id = $1
                ORDER BY warehouses.code"#,
            item.0,
            scan,
            after,
            until
        )
        .fetch_all(&self.lookups)
        .await?;
        let rows = rows.into_iter().map(|row| LevelRow {
            level: LevelTotals {
                item,
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                warehouse_name: row.name,
                available: row.stock_quantity,
                held: 0,
                sold: 0,
                committed: 0,
                damaged: row.damaged,
                quarantined: row.quarantined,
                on_hand: 0,
            },
            scanned: UnitSums { held: row.held, sold: row.sold, committed: row.committed },
            expired: row.expired,
            rows: row.rows,
            changed: UnitSums {
                held: row.changed_held,
                sold: row.changed_sold,
                committed: row.changed_committed,
            },
            advanced: UnitSums {
                held: row.advanced_held,
                sold: row.advanced_sold,
                committed: row.advanced_committed,
            },
        });
        Ok(rows.collect())
    }
}
