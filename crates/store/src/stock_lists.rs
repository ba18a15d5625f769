//! Lists of all stock levels and of all movements, for downloads.

use crate::movements::MovementRow;
use crate::{Result, Store};
use domain::{
    ItemId, LevelAvailability, LevelKey, LevelQuery, NamedLevel, NamedMovement, Page, PageQuery, StockUnits,
    WarehouseId,
};

impl Store {
    /// Returns a part of the list of stock levels, in ascending order of item and warehouse. Held units are those of
    /// temporary blocks, also of expired ones until these are reclaimed.
    pub async fn level_list(&self, query: LevelQuery) -> Result<Vec<NamedLevel>> {
        let after = query.after.unwrap_or(LevelKey { item: ItemId(i64::MIN), warehouse: WarehouseId(0) });
        let rows = sqlx::query!(
            r#"SELECT levels.product_id, items.sku, items.name, levels.warehouse_id, warehouses.code, levels.stock_quantity,
                      coalesce(temporary.units, 0) AS "held!"
                 FROM (SELECT * FROM inventory
                        WHERE (product_id, warehouse_id) > ($1, $2)
                          AND ($3::bigint IS NULL OR warehouse_id = $3)
                        ORDER BY product_id, warehouse_id LIMIT $4) AS levels
                 JOIN items ON items.id = levels.product_id
                 JOIN warehouses ON warehouses.id = levels.warehouse_id
                 LEFT JOIN LATERAL (
                     SELECT sum(blocks.quantity)::bigint AS units FROM block_inventory AS blocks
                      WHERE blocks.item_id = levels.product_id AND blocks.warehouse_id = levels.warehouse_id
                        AND blocks.expires_at IS NOT NULL AND blocks.is_permanent IS FALSE) AS temporary ON true
                ORDER BY levels.product_id, levels.warehouse_id"#,
            after.item.0,
            after.warehouse.0,
            query.warehouse.map(|warehouse| warehouse.0),
            query.limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let levels = rows.into_iter().map(|row| NamedLevel {
            key: LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) },
            sku: row.sku,
            item_name: row.name,
            level: LevelAvailability {
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                units: StockUnits { available: i64::from(row.stock_quantity), held: row.held },
            },
        });
        Ok(levels.collect())
    }

    /// Returns a page of all movements, latest first. A warehouse that was deleted has its id as code, as in `#7`.
    pub async fn ledger_list(&self, slice: PageQuery) -> Result<Page<NamedMovement>> {
        let rows = sqlx::query!(
            r#"SELECT movements.id, movements.item_id, items.sku AS "sku?", items.name AS "name?", movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.reason, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at
                 FROM (SELECT * FROM stock_movements WHERE id < $1 ORDER BY id DESC LIMIT $2) AS movements
                 LEFT JOIN items ON items.id = movements.item_id
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                ORDER BY movements.id DESC"#,
            slice.after.unwrap_or(i64::MAX),
            slice.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        let mut movements = Vec::with_capacity(rows.len());
        for row in rows {
            let movement = MovementRow {
                id: row.id,
                item_id: row.item_id,
                warehouse_id: row.warehouse_id,
                code: row.code,
                change: row.change,
                reason: row.reason,
                note: row.note,
                block_id: row.block_id,
                order_id: row.order_id,
                actor: row.actor,
                created_at: row.created_at,
            };
            movements.push(NamedMovement {
                sku: row.sku,
                item_name: row.name,
                movement: movement.movement()?,
            });
        }
        Ok(Page::cut(movements, slice.limit, |named: &NamedMovement| named.movement.id.to_string()))
    }
}
