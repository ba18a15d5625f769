use crate::pool::Pool;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{Block, BlockId, BlockQuery, BlockState, ItemId, Page, WarehouseId};

/// A block as the tables have it.
pub(crate) struct BlockRow {
    pub(crate) id: i64,
    pub(crate) item_id: i64,
    pub(crate) item_name: String,
    pub(crate) warehouse_id: i64,
    pub(crate) warehouse_code: String,
    pub(crate) quantity: i32,
    pub(crate) is_permanent: bool,
    pub(crate) expired: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

pub(crate) fn block_from(row: BlockRow) -> Block {
    let state = match (row.is_permanent, row.expired) {
        (true, _) => BlockState::Permanent,
        (false, true) => BlockState::Expired,
        (false, false) => BlockState::Temporary,
    };
    Block {
        id: BlockId(row.id),
        item: ItemId(row.item_id),
        item_name: row.item_name,
        warehouse: WarehouseId(row.warehouse_id),
        warehouse_code: row.warehouse_code,
        quantity: row.quantity,
        state,
        created_at: row.created_at,
        expires_at: row.expires_at.filter(|_| !row.is_permanent),
    }
}

impl Store {
    /// One block, be it over by now.
    pub async fn block_get(&self, id: BlockId) -> Result<Option<Block>> {
        let row = sqlx::query_as!(
            BlockRow,
            r#"SELECT blocks.id, blocks.item_id, items.name AS item_name, blocks.warehouse_id,
                      warehouses.code AS warehouse_code, blocks.quantity, blocks.is_permanent,
                      coalesce(blocks.expires_at <= now(), false) AS "expired!",
                      blocks.created_at, blocks.expires_at
                 FROM block_inventory AS blocks
                 JOIN items ON items.id = blocks.item_id
                 JOIN warehouses ON warehouses.id = blocks.warehouse_id
                WHERE blocks.id = $1"#,
            id.0
        )
        .fetch_optional(&self.lookups)
        .await?;
        match row {
            Some(row) => Ok(Some(block_from(row))),
            None => self.block_get_ended(id).await,
        }
    }

    /// A page of blocks, newest first. Those that are over come from the ledger.
    pub async fn block_list(&self, query: &BlockQuery) -> Result<Page<Block>> {
        let blocks = match query.state {
            Some(BlockState::Released) => self.blocks_ended(self.lists().await, query, &["released"]).await?,
            Some(BlockState::Expired) => self.blocks_expired(query).await?,
            state => self.blocks_held(query, state).await?,
        };
        Ok(Page::cut(blocks, query.limit, |block: &Block| block.id.to_string()))
    }

    /// Blocks that have their units: temporary ones, permanent ones, or all.
    async fn blocks_held(&self, query: &BlockQuery, state: Option<BlockState>) -> Result<Vec<Block>> {
        let permanent = state.map(|state| state == BlockState::Permanent);
        let live_only = state == Some(BlockState::Temporary);
        let rows = sqlx::query_as!(
            BlockRow,
            r#"SELECT blocks.id, blocks.item_id, items.name AS item_name, blocks.warehouse_id,
                      warehouses.code AS warehouse_code, blocks.quantity, blocks.is_permanent,
                      coalesce(blocks.expires_at <= now(), false) AS "expired!",
                      blocks.created_at, blocks.expires_at
                 FROM block_inventory AS blocks
                 JOIN items ON items.id = blocks.item_id
                 JOIN warehouses ON warehouses.id = blocks.warehouse_id
                WHERE ($1::boolean IS NULL OR blocks.is_permanent = $1)
                  AND (NOT $2 OR blocks.expires_at > now())
                  AND ($3::bigint IS NULL OR blocks.item_id = $3)
                  AND ($4::bigint IS NULL OR blocks.id < $4)
                ORDER BY blocks.id DESC LIMIT $5"#,
            permanent,
            live_only,
            query.item.map(|item| item.0),
            query.after.map(|after| after.0),
            query.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        Ok(rows.into_iter().map(block_from).collect())
    }

    /// Blocks that expired: those that wait for the clean-up, and those that it took.
    async fn blocks_expired(&self, query: &BlockQuery) -> Result<Vec<Block>> {
        let rows = sqlx::query_as!(
            BlockRow,
            r#"SELECT blocks.id, blocks.item_id, items.name AS item_name, blocks.warehouse_id,
                      warehouses.code AS warehouse_code, blocks.quantity, blocks.is_permanent,
                      true AS "expired!", blocks.created_at, blocks.expires_at
                 FROM block_inventory AS blocks
                 JOIN items ON items.id = blocks.item_id
                 JOIN warehouses ON warehouses.id = blocks.warehouse_id
                WHERE NOT blocks.is_permanent AND blocks.expires_at <= now()
                  AND ($1::bigint IS NULL OR blocks.item_id = $1)
                  AND ($2::bigint IS NULL OR blocks.id < $2)
                ORDER BY blocks.id DESC LIMIT $3"#,
            query.item.map(|item| item.0),
            query.after.map(|after| after.0),
            query.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        let mut blocks: Vec<_> = rows.into_iter().map(block_from).collect();
        blocks.extend(self.blocks_ended(self.lists().await, query, &["expired"]).await?);
        blocks.sort_by_key(|block| std::cmp::Reverse(block.id));
        // A block may be taken between the two statements.
        blocks.dedup_by_key(|block| block.id);
        blocks.truncate(usize::try_from(query.limit + 1).unwrap_or(usize::MAX));
        Ok(blocks)
    }

    /// Blocks that are over, as the ledger has them: `expires_at` is when they ended. An item or a warehouse that was
    /// deleted since is named by its id, as in `#7`.
    async fn blocks_ended(&self, pool: &Pool, query: &BlockQuery, reasons: &[&str]) -> Result<Vec<Block>> {
        let reasons: Vec<_> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT movements.block_id AS "block_id!", movements.item_id,
                      coalesce(items.name, '#' || movements.item_id) AS "item_name!", movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.reason, movements.created_at
                 FROM stock_movements AS movements
                 LEFT JOIN items ON items.id = movements.item_id
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.reason IN ('released', 'expired') AND movements.reason = ANY ($1)
                  AND ($2::bigint IS NULL OR movements.item_id = $2)
                  AND movements.block_id IS NOT NULL
                  AND ($3::bigint IS NULL OR movements.block_id < $3)
                ORDER BY movements.block_id DESC LIMIT $4"#,
            &reasons,
            query.item.map(|item| item.0),
            query.after.map(|after| after.0),
            query.limit + 1
        )
        .fetch_all(pool)
        .await?;
        let blocks = rows.into_iter().map(|row| Block {
            id: BlockId(row.block_id),
            item: ItemId(row.item_id),
            item_name: row.item_name,
            warehouse: WarehouseId(row.warehouse_id),
            warehouse_code: row.code,
            quantity: row.change,
            state: if row.reason == "released" { BlockState::Released } else { BlockState::Expired },
            created_at: row.created_at,
            expires_at: Some(row.created_at),
        });
        Ok(blocks.collect())
    }

    async fn block_get_ended(&self, id: BlockId) -> Result<Option<Block>> {
        let Some(after) = id.0.checked_add(1).map(BlockId) else { return Ok(None) };
        let query = BlockQuery { state: None, item: None, limit: 1, after: Some(after) };
        let newest = self.blocks_ended(&self.reads, &query, &["released", "expired"]).await?;
        Ok(newest.into_iter().find(|block| block.id == id))
    }
}
