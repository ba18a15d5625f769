use crate::{Result, Store};
use domain::{BlockId, ItemId, Movement, MovementReason, OrderId, Page, Slice, WarehouseId};

impl Store {
    /// A page of an item's ledger, newest first.
    pub async fn movement_list(&self, item: ItemId, slice: Slice) -> Result<Page<Movement>> {
        let rows = sqlx::query!(
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
        let movements = rows.into_iter().map(|row| {
            let reason = MovementReason::parse(&row.reason);
            let reason =
                reason.ok_or_else(|| sqlx::Error::Decode("an unknown reason of a movement".into()))?;
            Ok(Movement {
                id: row.id,
                item: ItemId(row.item_id),
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                change: row.change,
                reason,
                note: row.note,
                block: row.block_id.map(BlockId),
                order: row.order_id.map(OrderId),
                actor: row.actor,
                created_at: row.created_at,
            })
        });
        let movements = movements.collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(movements, slice.limit, |movement: &Movement| movement.id.to_string()))
    }
}
