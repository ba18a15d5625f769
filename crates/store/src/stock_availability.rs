use crate::{Result, Store, WriteTransaction};
use domain::{
    Availability, ItemAvailability, ItemId, LedgerCursor, LevelAvailability, LevelKey, Sku, StockUnits,
    WarehouseId,
};
use std::collections::HashMap;
use std::time::Duration;

/// The age of a movement above the low watermark from which the units include it. Usually the low watermark follows
/// within milliseconds, and the units are those at the low watermark. An open transaction can hold it back for long.
const LATER_INCLUDED_FROM: Duration = Duration::from_secs(1);

impl Store {
    /// Returns the units of these items at one moment, with the ledger cursor of that moment. Items and their levels are in
    /// ascending order of their ids. `items` has at least one id, and none twice. Read from the primary.
    pub async fn stock_availability(&self, items: &[ItemId]) -> Result<Availability> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let mut rows = sqlx::query!(
            r#"SELECT item_id AS "item_id!", is_known AS "is_known!", sku, warehouse_id, warehouse_code,
                      available AS "available!", held AS "held!", later_available AS "later_available!",
                      later_held AS "later_held!", lag_seconds, ledger_position AS "position!",
                      ledger_fingerprint AS "fingerprint!"
                 FROM stock_availability($1)"#,
            &ids
        )
        .fetch_all(&self.lookups)
        .await?;
        rows.sort_unstable_by_key(|row| (row.item_id, row.warehouse_id));
        let lag = rows.iter().filter_map(|row| row.lag_seconds).fold(0.0, f64::max);
        let lag = Duration::try_from_secs_f64(lag).unwrap_or_default();
        let includes_later = lag >= LATER_INCLUDED_FROM;
        let cursor = rows.first().map_or(LedgerCursor::START, |row| LedgerCursor {
            position: row.position,
            fingerprint: Some(row.fingerprint.clone()),
        });
        let lag_seconds = if includes_later { lag.as_secs() } else { 0 };
        let mut availability = Availability {
            cursor,
            lag_seconds,
            items: Vec::new(),
            unknown: Vec::new(),
            unknown_skus: Vec::new(),
        };
        for row in rows {
            let item = ItemId(row.item_id);
            if !row.is_known {
                availability.unknown.push(item);
                continue;
            }
            if availability.items.last().is_none_or(|last| last.item != item) {
                availability.items.push(ItemAvailability { item, sku: row.sku, levels: Vec::new() });
            }
            let (Some(warehouse), Some(last)) = (row.warehouse_id, availability.items.last_mut()) else {
                continue;
            };
            let (later_available, later_held) =
                if includes_later { (0, 0) } else { (row.later_available, row.later_held) };
            let units = StockUnits {
                available: i64::from(row.available) - later_available,
                held: row.held - later_held,
            };
            let warehouse_code = row.warehouse_code.unwrap_or_default();
            last.levels.push(LevelAvailability { warehouse: WarehouseId(warehouse), warehouse_code, units });
        }
        Ok(availability)
    }

    /// Returns the units of those of these levels that exist, without locks and of one snapshot. Read from the primary.
    pub async fn level_units(&self, keys: &[LevelKey]) -> Result<HashMap<LevelKey, StockUnits>> {
        let items: Vec<_> = keys.iter().map(|key| key.item.0).collect();
        let warehouses: Vec<_> = keys.iter().map(|key| key.warehouse.0).collect();
        let rows = sqlx::query!(
            r#"SELECT inventory.product_id, inventory.warehouse_id, inventory.stock_quantity,
                      coalesce(temporary.units, 0) AS "held!"
                 FROM unnest($1::bigint[], $2::bigint[]) AS asked (item, warehouse)
                 JOIN inventory ON (inventory.product_id, inventory.warehouse_id) >= (asked.item, asked.warehouse)
                               AND (inventory.product_id, inventory.warehouse_id) <= (asked.item, asked.warehouse)
                 LEFT JOIN LATERAL (
                     SELECT sum(blocks.quantity)::bigint AS units FROM block_inventory AS blocks
                      WHERE blocks.item_id = asked.item AND blocks.warehouse_id = asked.warehouse
                        AND blocks.expires_at IS NOT NULL AND blocks.is_permanent IS FALSE) AS temporary ON true"#,
            &items,
            &warehouses
        )
        .fetch_all(&self.lookups)
        .await?;
        let units = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) };
            (key, StockUnits { available: row.stock_quantity.into(), held: row.held })
        });
        Ok(units.collect())
    }
}

impl Store {
    /// Returns the items of those of these SKUs that an item has, by the text of the SKU. Read from the primary.
    pub async fn items_by_skus(&self, skus: &[&Sku]) -> Result<HashMap<String, ItemId>> {
        let texts: Vec<_> = skus.iter().map(|sku| sku.as_str()).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.sku AS "sku!", item_skus.item_id
                 FROM unnest($1::text[]) AS asked (sku) JOIN item_skus ON item_skus.folded = fold_key(asked.sku)"#,
            &texts as &[&str]
        )
        .fetch_all(&self.lookups)
        .await?;
        Ok(rows.into_iter().map(|row| (row.sku, ItemId(row.item_id))).collect())
    }
}

impl WriteTransaction {
    /// Returns the units in temporary blocks of these items by level, also in expired ones. The caller has locked all stock
    /// levels of the items, so the sums are stable.
    pub async fn held_units(&mut self, items: &[ItemId]) -> Result<HashMap<LevelKey, i64>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.item_id AS "item_id!", temporary.warehouse_id, temporary.units AS "units!"
                 FROM unnest($1::bigint[]) AS asked (item_id)
                CROSS JOIN LATERAL (
                    SELECT warehouse_id, sum(quantity)::bigint AS units FROM block_inventory AS blocks
                     WHERE blocks.item_id = asked.item_id AND blocks.expires_at IS NOT NULL
                       AND blocks.is_permanent IS FALSE
                     GROUP BY warehouse_id) AS temporary"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let held = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.item_id), warehouse: WarehouseId(row.warehouse_id) };
            (key, row.units)
        });
        Ok(held.collect())
    }
}
