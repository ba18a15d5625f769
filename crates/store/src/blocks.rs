//! Single blocks and lists of blocks.
//!
//! **Active blocks.** A block is active if it is temporary and `expires_at > now()` by the database's clock. A block that
//! has expired and is not reclaimed yet is not active: its state is `Expired`, and it is neither counted nor summed as
//! held. This definition is used by the lists here and in `block_lists`, the overview (`overview`), the units that an
//! item's levels hold (`item_levels`), and the limit per reference (the SQL function `references_lock`). The test
//! `active_blocks` compares them.
//!
//! Sums that have to agree with stock levels and the ledger include a block until it is reclaimed: `units_blocked` of
//! categories, and the units that a large receipt has to leave room for.

use crate::lists::Lists;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{
    Block, BlockCursor, BlockId, BlockQuery, BlockSort, BlockState, CartId, ItemId, Page, Reference,
    TOTAL_MAX, Total, WarehouseId,
};

/// The maximum number of an item's movements that are searched for the placement of one block that has ended. Reading
/// them takes some 10 ms.
const PLACED_LINES_MAX: i64 = 20_000;

/// The blocks that one page of a searched list reads.
pub(crate) const SCANNED_BLOCKS_MAX: i64 = 10_000;

/// A row of `block_inventory` with the names of its item and warehouse.
pub(crate) struct BlockRow {
    pub(crate) id: i64,
    pub(crate) item_id: i64,
    pub(crate) item_name: String,
    pub(crate) sku: Option<String>,
    pub(crate) warehouse_id: i64,
    pub(crate) warehouse_code: String,
    pub(crate) quantity: i32,
    pub(crate) is_permanent: bool,
    pub(crate) is_shipped: bool,
    pub(crate) expired: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) reference: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) cart_id: Option<i64>,
}

/// Selects blocks with the names of their items and warehouses. The condition is followed by its arguments.
macro_rules! select_blocks {
    ($condition:literal $(+ $more:literal)*, $($argument:expr),+) => {
        sqlx::query_as!(
            crate::blocks::BlockRow,
            r#"SELECT blocks.id, blocks.item_id, items.name AS item_name, items.sku, blocks.warehouse_id,
                      warehouses.code AS warehouse_code, blocks.quantity, blocks.is_permanent, blocks.is_shipped,
                      coalesce(blocks.expires_at <= now(), false) AS "expired!",
                      blocks.created_at, blocks.expires_at, blocks.reference, blocks.note, blocks.cart_id
                 FROM block_inventory AS blocks
                 JOIN items ON items.id = blocks.item_id
                 JOIN warehouses ON warehouses.id = blocks.warehouse_id
                WHERE "# + $condition $(+ $more)*,
            $($argument),+
        )
    };
}
pub(crate) use select_blocks;

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
        sku: row.sku,
        warehouse: WarehouseId(row.warehouse_id),
        warehouse_code: row.warehouse_code,
        quantity: row.quantity,
        state,
        is_shipped: row.is_shipped,
        created_at: row.created_at,
        expires_at: row.expires_at.filter(|_| !row.is_permanent),
        reference: row.reference,
        note: row.note,
        cart: row.cart_id.map(CartId),
    }
}

/// Selects blocks that have not ended, in an order of their ids: the condition of the cursor, that of the end, and the order.
macro_rules! select_not_ended {
    ($after:literal, $until:literal, $order:literal, $query:ident, $permanent:ident, $active_only:ident, $end:ident) => {
        select_blocks!(
            "($1::boolean IS NULL OR blocks.is_permanent = $1)
               AND (NOT $2 OR blocks.expires_at > now())
               AND ($3::bigint IS NULL OR blocks.item_id = $3)
               AND ($4::bigint IS NULL OR blocks."
                + $after
                + ")
               AND ($6::bigint IS NULL OR blocks.warehouse_id = $6)
               AND ($7::timestamptz IS NULL OR blocks.created_at >= $7)
               AND ($8::timestamptz IS NULL OR blocks.created_at < $8)
               AND ($9::bigint IS NULL OR blocks."
                + $until
                + ")
               AND ($10::text IS NULL OR blocks.reference = $10)
             ORDER BY blocks."
                + $order
                + " LIMIT $5",
            $permanent,
            $active_only,
            $query.item.map(|item| item.0),
            $query.after_id(),
            $query.limit + 1,
            $query.warehouse.map(|warehouse| warehouse.0),
            $query.from,
            $query.to,
            $end,
            $query.reference.as_ref().map(Reference::as_str)
        )
    };
}

impl Store {
    /// Returns a block, whether or not it has ended.
    pub async fn block_get(&self, id: BlockId) -> Result<Option<Block>> {
        let row = select_blocks!("blocks.id = $1", id.0).fetch_optional(&self.lookups).await?;
        match row {
            Some(row) => Ok(Some(block_from(row))),
            None => self.block_get_ended(id).await,
        }
    }

    /// Returns a page of blocks, newest first. Blocks that have ended are read from the ledger.
    pub async fn block_list(&self, query: &BlockQuery) -> Result<Page<Block>> {
        let blocks = match query.state {
            Some(BlockState::Released) => self.blocks_ended(self.lists().await, query, &["released"]).await?,
            Some(BlockState::Expired) => self.blocks_expired(query).await?,
            Some(BlockState::Converted) => {
                self.blocks_ended(self.lists().await, query, &["hold_converted", "sale_converted"]).await?
            }
            _ if query.sort.is_of_active() => return self.blocks_sorted(query).await,
            state => {
                let end = self.part_end(query).await?;
                let blocks = self.blocks_not_ended(query, state, end).await?;
                let page = Page::cut(blocks, query.limit, |block: &Block| block.id.to_string());
                return Ok(Page { next: page.next.or(end.map(|end| end.to_string())), ..page });
            }
        };
        Ok(Page::cut(blocks, query.limit, |block: &Block| block.id.to_string()))
    }

    /// Returns the last id of the part of the list that a page reads, if the list is searched and has further parts.
    async fn part_end(&self, query: &BlockQuery) -> Result<Option<i64>> {
        if !query.is_searched() {
            return Ok(None);
        }
        let (after, skipped) = (query.after_id(), SCANNED_BLOCKS_MAX - 1);
        let end = match query.sort {
            BlockSort::Id => sqlx::query_scalar!(
                "SELECT id FROM block_inventory WHERE $1::bigint IS NULL OR id > $1 ORDER BY id OFFSET $2 LIMIT 1",
                after,
                skipped
            )
            .fetch_optional(self.lists().await),
            _ => sqlx::query_scalar!(
                "SELECT id FROM block_inventory WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC OFFSET $2 LIMIT 1",
                after,
                skipped
            )
            .fetch_optional(self.lists().await),
        };
        Ok(end.await?)
    }

    /// Returns the number of active or permanent blocks of a list, up to [`TOTAL_MAX`], and the sum of their units. Only the
    /// newest [`SCANNED_BLOCKS_MAX`] blocks of a searched list are counted.
    pub async fn block_total(&self, query: &BlockQuery) -> Result<Total> {
        let newest = BlockQuery { sort: BlockSort::IdDesc, after: None, ..query.clone() };
        let end = self.part_end(&newest).await?;
        let counted = sqlx::query!(
            r#"SELECT count(*) AS "found!", coalesce(sum(quantity), 0)::bigint AS "units!" FROM (
                   SELECT quantity FROM block_inventory AS blocks
                    WHERE ($1::boolean IS NULL OR blocks.is_permanent = $1)
                      AND (NOT $2 OR blocks.expires_at > now())
                      AND ($3::bigint IS NULL OR blocks.item_id = $3)
                      AND ($4::bigint IS NULL OR blocks.warehouse_id = $4)
                      AND ($5::timestamptz IS NULL OR blocks.created_at >= $5)
                      AND ($6::timestamptz IS NULL OR blocks.created_at < $6)
                      AND ($7::bigint IS NULL OR blocks.id >= $7)
                      AND ($9::text IS NULL OR blocks.reference = $9)
                    LIMIT $8) AS counted"#,
            query.state.map(|state| state == BlockState::Permanent),
            query.state == Some(BlockState::Temporary),
            query.item.map(|item| item.0),
            query.warehouse.map(|warehouse| warehouse.0),
            query.from,
            query.to,
            end,
            TOTAL_MAX + 1,
            query.reference.as_ref().map(Reference::as_str)
        );
        let counted = counted.fetch_one(self.lists().await).await?;
        let found = usize::try_from(counted.found).unwrap_or(0);
        Ok(Total::bounded(found, end.is_none()).with_units(counted.units))
    }

    /// Returns blocks that have not been ended, in the order of their ids: active ones, permanent ones, or all including expired
    /// ones. With `end`, those up to this id.
    async fn blocks_not_ended(
        &self,
        query: &BlockQuery,
        state: Option<BlockState>,
        end: Option<i64>,
    ) -> Result<Vec<Block>> {
        let permanent = state.map(|state| state == BlockState::Permanent);
        let active_only = state == Some(BlockState::Temporary);
        let rows = match query.sort {
            BlockSort::Id => {
                select_not_ended!("id > $4", "id <= $9", "id", query, permanent, active_only, end)
                    .fetch_all(self.lists().await)
                    .await?
            }
            _ => {
                select_not_ended!("id < $4", "id >= $9", "id DESC", query, permanent, active_only, end)
                    .fetch_all(self.lists().await)
                    .await?
            }
        };
        Ok(rows.into_iter().map(block_from).collect())
    }

    /// Returns expired blocks: those that are not reclaimed yet, and those that are.
    async fn blocks_expired(&self, query: &BlockQuery) -> Result<Vec<Block>> {
        let rows = select_blocks!(
            "NOT blocks.is_permanent AND blocks.expires_at <= now()
               AND ($1::bigint IS NULL OR blocks.item_id = $1)
               AND ($2::bigint IS NULL OR blocks.id < $2)
             ORDER BY blocks.id DESC LIMIT $3",
            query.item.map(|item| item.0),
            query.after_id(),
            query.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        let mut blocks: Vec<_> = rows.into_iter().map(block_from).collect();
        blocks.extend(self.blocks_ended(self.lists().await, query, &["expired"]).await?);
        blocks.sort_by_key(|block| std::cmp::Reverse(block.id));
        // A block that is reclaimed between the two statements is in both results.
        blocks.dedup_by_key(|block| block.id);
        blocks.truncate(usize::try_from(query.limit + 1).unwrap_or(usize::MAX));
        Ok(blocks)
    }

    /// Blocks that have ended, newest first, as the ledger has them. `expires_at` of an expired block is the time when it
    /// was reclaimed; a released block has none, because the ledger does not record it.
    ///
    /// `created_at` is the time of the movement that placed the block. It is looked for among the item's
    /// [`PLACED_LINES_MAX`] movements before the end. If it is older, the time of the oldest of these is returned, an
    /// upper bound. An index of placements by block would make this exact, but each new block would have to write it.
    ///
    /// A block that was confirmed in part and converted later has two movements, of which the later comes first.
    ///
    /// An item or a warehouse that was deleted has its id as name, as in `#7`.
    async fn blocks_ended(
        &self,
        pool: Lists<'_>,
        query: &BlockQuery,
        reasons: &[&str],
    ) -> Result<Vec<Block>> {
        let reasons: Vec<_> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT movements.block_id AS "block_id!", movements.item_id,
                      coalesce(items.name, '#' || movements.item_id) AS "item_name!", items.sku AS "sku?", movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", coalesce(movements.units, movements.change) AS "change!",
                      movements.reason, movements.created_at AS ended_at,
                      coalesce((SELECT created_at
                                  FROM (SELECT created_at, block_id, reason FROM stock_movements
                                         WHERE item_id = movements.item_id AND id < movements.id
                                         ORDER BY id DESC LIMIT $5) AS earlier
                                 WHERE earlier.block_id = movements.block_id AND earlier.reason = 'blocked'
                                 LIMIT 1),
                               (SELECT min(created_at)
                                  FROM (SELECT created_at FROM stock_movements
                                         WHERE item_id = movements.item_id AND id < movements.id
                                         ORDER BY id DESC LIMIT $5) AS earlier),
                               movements.created_at) AS "created_at!"
                 FROM stock_movements AS movements
                 LEFT JOIN items ON items.id = movements.item_id
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.reason IN ('released', 'expired', 'hold_converted', 'sale_converted')
                  AND movements.reason = ANY ($1)
                  AND ($2::bigint IS NULL OR movements.item_id = $2)
                  AND movements.block_id IS NOT NULL
                  AND ($3::bigint IS NULL OR movements.block_id < $3)
                ORDER BY movements.block_id DESC, movements.id DESC LIMIT $4"#,
            &reasons,
            query.item.map(|item| item.0),
            query.after_id(),
            query.limit + 1,
            PLACED_LINES_MAX
        )
        .fetch_all(pool)
        .await?;
        let blocks = rows.into_iter().map(|row| {
            let (state, expires_at) = match row.reason.as_str() {
                "released" => (BlockState::Released, None),
                "hold_converted" | "sale_converted" => (BlockState::Converted, None),
                _ => (BlockState::Expired, Some(row.ended_at)),
            };
            Block {
                id: BlockId(row.block_id),
                item: ItemId(row.item_id),
                item_name: row.item_name,
                sku: row.sku,
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                quantity: row.change,
                state,
                is_shipped: false,
                created_at: row.created_at,
                expires_at,
                reference: None,
                note: None,
                cart: None,
            }
        });
        Ok(blocks.collect())
    }

    async fn block_get_ended(&self, id: BlockId) -> Result<Option<Block>> {
        let Some(after) = id.0.checked_add(1).map(BlockId).map(BlockCursor::Id) else { return Ok(None) };
        let query = BlockQuery {
            state: None,
            item: None,
            warehouse: None,
            from: None,
            to: None,
            reference: None,
            limit: 1,
            sort: BlockSort::default(),
            after: Some(after),
        };
        let reasons = ["released", "expired", "hold_converted", "sale_converted"];
        let newest = self.blocks_ended(Lists::primary(&self.reads), &query, &reasons).await?;
        Ok(newest.into_iter().find(|block| block.id == id))
    }
}
