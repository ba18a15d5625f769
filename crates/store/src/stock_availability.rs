use crate::{PinnedConnection, Result, Store, WriteTransaction};
use domain::{ItemAvailability, ItemId, LevelAvailability, LevelKey, StockUnits, WarehouseId};
use std::collections::HashMap;
use std::time::Duration;

/// The age of a movement above the low watermark from which the units include it. Usually the low watermark follows
/// within milliseconds, and the units are those at the low watermark. An open transaction can hold it back for long.
const LATER_INCLUDED_FROM: Duration = Duration::from_secs(1);

/// The units of items at the low watermark of the ledger.
#[derive(Debug)]
pub struct AvailabilityRead {
    /// The low watermark. The units are those after exactly the movements up to it, while `lag_seconds` is 0.
    pub position: i64,
    /// The fingerprint of the position. `None` if the position is that of the caller's cached units.
    pub fingerprint: Option<String>,
    /// The age of the oldest movement after the position that the units include, in seconds. 0 if they include none.
    pub lag_seconds: u64,
    /// The version of the SKUs and codes.
    pub key_version: i64,
    /// The items that have changed since the caller's cached units. `None` if they are too many, or nothing was cached; all
    /// items were read then.
    pub changed: Option<Vec<ItemId>>,
    /// The items that were read and exist, by ascending id.
    pub items: Vec<ItemAvailability>,
}

impl PinnedConnection {
    /// Returns the version of the SKUs and codes if the ledger has no row after this low watermark, not even an uncommitted
    /// one. Then all units are those at the low watermark. Read from the primary.
    pub async fn key_version_if_unchanged_since(&self, position: i64) -> Result<Option<i64>> {
        let mut connection = self.connection().await?;
        let row = sqlx::query!(
            r#"SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS "last_id!", version
                 FROM stock_movements_id_seq CROSS JOIN key_version"#
        )
        .fetch_one(&mut *connection)
        .await?;
        self.release(connection);
        Ok((row.last_id == position).then_some(row.version))
    }

    /// Returns the units of the `others`, and of those of the `cached` items that have changed after the position `after`,
    /// with one statement. `after` must be the position of an earlier read; `None` if nothing is cached. With more than
    /// `changes_max` changes all items are read. No item may occur twice. Read from the primary.
    pub async fn stock_availability(
        &self,
        after: Option<i64>,
        cached: &[i64],
        others: &[i64],
        changes_max: i64,
    ) -> Result<AvailabilityRead> {
        let mut connection = self.connection().await?;
        let mut rows = sqlx::query!(
            r#"SELECT item_id, is_known, sku, warehouse_id, warehouse_code, available, held, committed, damaged, quarantined,
                      later_available, later_held, later_committed, later_damaged, later_quarantined, lag_seconds,
                      keys_version, ledger_position, ledger_fingerprint, changed
                 FROM stock_units_after($1, $2, $3, $4)"#,
            after,
            cached,
            others,
            changes_max
        )
        .fetch_all(&mut *connection)
        .await?;
        self.release(connection);
        let last = rows.pop().ok_or(sqlx::Error::RowNotFound)?;
        let key_version = rows.first().map_or(last.keys_version, |row| row.keys_version);
        rows.sort_unstable_by_key(|row| (row.item_id, row.warehouse_id));
        let lag = rows.iter().filter_map(|row| row.lag_seconds).fold(0.0, f64::max);
        let lag = Duration::try_from_secs_f64(lag).unwrap_or_default();
        let includes_later = lag >= LATER_INCLUDED_FROM;
        let mut items = Vec::new();
        for row in rows {
            let (Some(item), Some(true)) = (row.item_id.map(ItemId), row.is_known) else { continue };
            if items.last().is_none_or(|last: &ItemAvailability| last.item != item) {
                items.push(ItemAvailability { item, sku: row.sku, levels: Vec::new() });
            }
            let (Some(warehouse), Some(last)) = (row.warehouse_id, items.last_mut()) else { continue };
            let at_position = |units: Option<i64>, later: Option<i64>| {
                units.unwrap_or_default() - later.filter(|_| !includes_later).unwrap_or_default()
            };
            let units = StockUnits {
                available: at_position(row.available, row.later_available),
                held: at_position(row.held, row.later_held),
                committed: at_position(row.committed, row.later_committed),
                damaged: at_position(row.damaged, row.later_damaged),
                quarantined: at_position(row.quarantined, row.later_quarantined),
            };
            let warehouse_code = row.warehouse_code.unwrap_or_default();
            last.levels.push(LevelAvailability { warehouse: WarehouseId(warehouse), warehouse_code, units });
        }
        Ok(AvailabilityRead {
            position: last.ledger_position.ok_or(sqlx::Error::RowNotFound)?,
            fingerprint: last.ledger_fingerprint,
            lag_seconds: if includes_later { lag.as_secs() } else { 0 },
            key_version: key_version.ok_or(sqlx::Error::RowNotFound)?,
            changed: last.changed.map(|items| items.into_iter().map(ItemId).collect()),
            items,
        })
    }
}

impl Store {
    /// Returns the units of those of these levels that exist, without locks and of one snapshot. Read from the primary.
    pub async fn level_units(&self, keys: &[LevelKey]) -> Result<HashMap<LevelKey, StockUnits>> {
        let items: Vec<_> = keys.iter().map(|key| key.item.0).collect();
        let warehouses: Vec<_> = keys.iter().map(|key| key.warehouse.0).collect();
        let rows = sqlx::query!(
            r#"SELECT inventory.product_id, inventory.warehouse_id, inventory.stock_quantity, shelf.held AS "held!",
                      shelf.committed AS "committed!", shelf.damaged AS "damaged!", shelf.quarantined AS "quarantined!"
                 FROM unnest($1::bigint[], $2::bigint[]) AS asked (item, warehouse)
                 JOIN inventory ON (inventory.product_id, inventory.warehouse_id) >= (asked.item, asked.warehouse)
                               AND (inventory.product_id, inventory.warehouse_id) <= (asked.item, asked.warehouse)
                CROSS JOIN LATERAL stock_shelf_units(inventory.product_id, inventory.warehouse_id) AS shelf"#,
            &items,
            &warehouses
        )
        .fetch_all(&self.lookups)
        .await?;
        let units = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) };
            let units = StockUnits {
                available: row.stock_quantity.into(),
                held: row.held,
                committed: row.committed,
                damaged: row.damaged,
                quarantined: row.quarantined,
            };
            (key, units)
        });
        Ok(units.collect())
    }
}

impl WriteTransaction {
    /// Returns the units of these items that are on the shelf and not available, by level. The field `available` is 0. Expired
    /// blocks are held until they are reclaimed. The caller has locked all stock levels of the items, so the sums are stable.
    pub async fn shelf_units(&mut self, items: &[ItemId]) -> Result<HashMap<LevelKey, StockUnits>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT inventory.product_id, inventory.warehouse_id, shelf.held AS "held!", shelf.committed AS "committed!",
                      shelf.damaged AS "damaged!", shelf.quarantined AS "quarantined!"
                 FROM inventory
                CROSS JOIN LATERAL stock_shelf_units(inventory.product_id, inventory.warehouse_id) AS shelf
                WHERE inventory.product_id = ANY ($1)"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let shelf = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) };
            let units = StockUnits {
                available: 0,
                held: row.held,
                committed: row.committed,
                damaged: row.damaged,
                quarantined: row.quarantined,
            };
            (key, units)
        });
        Ok(shelf.collect())
    }
}
