//! The stock levels that the judged rows of a file name.

use crate::{Result, Store, WriteTransaction};
use domain::{ItemId, LevelKey, LevelRows, WarehouseId};
use std::collections::HashMap;

impl Store {
    /// Returns the judged rows of a file for these levels.
    pub async fn import_levels(
        &self,
        import: i64,
        revision: i32,
        levels: &[LevelKey],
    ) -> Result<HashMap<LevelKey, LevelRows>> {
        let (items, warehouses): (Vec<_>, Vec<_>) =
            levels.iter().map(|key| (key.item.0, key.warehouse.0)).unzip();
        // OFFSET 0 as in `import_rows_finish`.
        let rows = sqlx::query!(
            "SELECT found.* FROM unnest($3::bigint[], $4::bigint[]) AS asked (item_id, warehouse_id)
              CROSS JOIN LATERAL (
                  SELECT item_id, warehouse_id, first_line, counted_line, units, removed_units FROM import_levels
                   WHERE import_id = $1 AND revision = $2 AND import_levels.item_id = asked.item_id
                     AND import_levels.warehouse_id = asked.warehouse_id OFFSET 0) AS found",
            import,
            revision,
            &items,
            &warehouses
        );
        let rows = rows.fetch_all(&self.background).await?.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.item_id), warehouse: WarehouseId(row.warehouse_id) };
            let rows = LevelRows {
                first_line: row.first_line,
                counted_line: row.counted_line,
                units: row.units,
                removed_units: row.removed_units,
            };
            (key, rows)
        });
        Ok(rows.collect())
    }
}

impl WriteTransaction {
    /// Stores the judged rows of a file for levels. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_levels_set(
        &mut self,
        import: i64,
        revision: i32,
        levels: &HashMap<LevelKey, LevelRows>,
    ) -> Result<()> {
        let (keys, rows): (Vec<&LevelKey>, Vec<&LevelRows>) = levels.iter().unzip();
        sqlx::query!(
            "INSERT INTO import_levels (import_id, revision, item_id, warehouse_id, first_line, counted_line, units,
                                        removed_units)
             SELECT $1, $2, new.* FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                                              $8::bigint[]) AS new
             ON CONFLICT (import_id, revision, item_id, warehouse_id)
             DO UPDATE SET counted_line = excluded.counted_line, units = excluded.units,
                           removed_units = excluded.removed_units",
            import,
            revision,
            &keys.iter().map(|key| key.item.0).collect::<Vec<_>>(),
            &keys.iter().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &rows.iter().map(|rows| rows.first_line).collect::<Vec<_>>(),
            &rows.iter().map(|rows| rows.counted_line).collect::<Vec<_>>() as &[Option<i64>],
            &rows.iter().map(|rows| rows.units).collect::<Vec<_>>(),
            &rows.iter().map(|rows| rows.removed_units).collect::<Vec<_>>()
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
