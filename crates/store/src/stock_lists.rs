//! Lists of all stock levels and of all movements, for downloads.

use crate::movements::MovementRow;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{
    ItemId, LedgerQuery, LevelAvailability, LevelKey, LevelQuery, NamedLevel, NamedMovement, Page,
    StockUnits, WarehouseId,
};

/// The most movements of the ledger that one page of a warehouse's movements reads. No index has a warehouse's movements:
/// it would get an entry with each movement. The statement reads this many in some ten milliseconds.
const SCANNED_MAX: i64 = 50_000;

/// Selects the latest movements that match a condition, as [`LedgerRow`]s. The condition is the first argument, the first
/// parameters are the position and the limit.
macro_rules! select_movements {
    ($condition:literal, $($parameter:expr),+) => {
        sqlx::query_as!(
            LedgerRow,
            r#"SELECT movements.id, movements.item_id, items.sku AS "sku?", items.name AS "name?", movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.reason, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at
                 FROM (SELECT * FROM stock_movements WHERE "# + $condition + r#" ORDER BY id DESC LIMIT $2) AS movements
                 LEFT JOIN items ON items.id = movements.item_id
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                ORDER BY movements.id DESC"#,
            $($parameter),+
        )
    };
}

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

    /// Returns a page of the movements, latest first. With a warehouse, a page ends after [`SCANNED_MAX`] movements of the
    /// ledger, or after as many movements of the item as the query's limit. Such a page may have fewer rows than the limit, or
    /// none, while more pages follow. A warehouse that was deleted has its id as code, as in `#7`; no code has that form.
    pub async fn ledger_list(&self, query: LedgerQuery) -> Result<Page<NamedMovement>> {
        let (after, limit) = (query.after.unwrap_or(i64::MAX), query.limit + 1);
        let database = self.lists().await;
        let (rows, scanned_to) = match (query.item, query.warehouse) {
            (Some(item), _) => {
                let rows = select_movements!("id < $1 AND item_id = $3", after, limit, item.0);
                (rows.fetch_all(database).await?, None)
            }
            (None, None) => (select_movements!("id < $1", after, limit).fetch_all(database).await?, None),
            (None, Some(warehouse)) => {
                let scanned_to = sqlx::query_scalar!(
                    "SELECT id FROM stock_movements WHERE id < $1 ORDER BY id DESC OFFSET $2 LIMIT 1",
                    after,
                    SCANNED_MAX
                )
                .fetch_optional(database)
                .await?;
                let rows = select_movements!(
                    "id < $1 AND id >= $3 AND warehouse_id = $4",
                    after,
                    limit,
                    scanned_to.unwrap_or(i64::MIN),
                    warehouse.0
                );
                (rows.fetch_all(database).await?, scanned_to)
            }
        };
        let mut page = Page::cut(rows, query.limit, |row: &LedgerRow| row.id.to_string());
        page.rows.retain(|row| query.warehouse.is_none_or(|warehouse| row.warehouse_id == warehouse.0));
        let rows = page.rows.into_iter().map(LedgerRow::named).collect::<Result<_>>()?;
        Ok(Page { rows, next: page.next.or_else(|| scanned_to.map(|id| id.to_string())) })
    }
}

/// A movement with the name and the SKU of its item.
struct LedgerRow {
    id: i64,
    item_id: i64,
    sku: Option<String>,
    name: Option<String>,
    warehouse_id: i64,
    code: String,
    change: i32,
    reason: String,
    note: Option<String>,
    block_id: Option<i64>,
    order_id: Option<i64>,
    actor: String,
    created_at: DateTime<Utc>,
}

impl LedgerRow {
    fn named(self) -> Result<NamedMovement> {
        let movement = MovementRow {
            id: self.id,
            item_id: self.item_id,
            warehouse_id: self.warehouse_id,
            code: self.code,
            change: self.change,
            reason: self.reason,
            note: self.note,
            block_id: self.block_id,
            order_id: self.order_id,
            actor: self.actor,
            created_at: self.created_at,
        };
        Ok(NamedMovement { sku: self.sku, item_name: self.name, movement: movement.movement()? })
    }
}
