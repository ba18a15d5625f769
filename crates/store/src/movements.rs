use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{BlockId, ItemId, Movement, MovementReason, OrderId, Page, Slice, WarehouseId};

/// A line of the ledger as the tables have it.
pub(crate) struct MovementRow {
    pub(crate) id: i64,
    pub(crate) item_id: i64,
    pub(crate) warehouse_id: i64,
    pub(crate) code: String,
    pub(crate) change: i32,
    pub(crate) reason: String,
    pub(crate) note: Option<String>,
    pub(crate) block_id: Option<i64>,
    pub(crate) order_id: Option<i64>,
    pub(crate) actor: String,
    pub(crate) created_at: DateTime<Utc>,
}

impl MovementRow {
    pub(crate) fn movement(self) -> Result<Movement> {
        let reason = MovementReason::parse(&self.reason);
        let reason = reason.ok_or_else(|| sqlx::Error::Decode("an unknown reason of a movement".into()))?;
        Ok(Movement {
            id: self.id,
            item: ItemId(self.item_id),
            warehouse: WarehouseId(self.warehouse_id),
            warehouse_code: self.code,
            change: self.change,
            reason,
            note: self.note,
            block: self.block_id.map(BlockId),
            order: self.order_id.map(OrderId),
            actor: self.actor,
            created_at: self.created_at,
        })
    }
}

impl Store {
    /// A page of an item's ledger, newest first.
    pub async fn movement_list(&self, item: ItemId, slice: Slice) -> Result<Page<Movement>> {
        let rows = sqlx::query_as!(
            MovementRow,
            r#"SELECT movements.id, movements.item_id, movements.warehouse_id, warehouses.code, movements.change,
                      movements.reason, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at
                 FROM stock_movements AS movements
                 JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.item_id = $1 AND ($2::bigint IS NULL OR movements.id < $2)
                ORDER BY movements.id DESC LIMIT $3"#,
            item.0,
            slice.after,
            slice.limit + 1
        )
        .fetch_all(&self.reads)
        .await?;
        let movements = rows.into_iter().map(|row| row.movement()).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(movements, slice.limit, |movement: &Movement| movement.id.to_string()))
    }
}
