//! The lists of blocks that expire soon and of blocks that ended lately, and the units held of an item.

use crate::blocks::{SCANNED_BLOCKS_MAX, block_from, select_blocks};
use crate::{Result, Store};
use domain::{
    Block, BlockId, EndedBlock, ExpiringQuery, ItemId, MovementReason, Page, PageQuery, TOTAL_MAX, Time,
    Total, WarehouseId,
};

/// How far back the ledger is searched for blocks that have ended, in ids. The search is bounded because the index of
/// ends is ordered by id and does not contain the item.
const ENDED_IDS: i64 = 200_000;

impl Store {
    /// Returns a page of active blocks that expire within the query's time, soonest first. A page of the blocks of a warehouse
    /// reads at most [`SCANNED_BLOCKS_MAX`] blocks. Such a page may have fewer rows than the limit, or none, while more follow.
    pub async fn blocks_expiring(&self, query: &ExpiringQuery) -> Result<Page<Block>> {
        let (after_at, after_id) = query.after.map(|(at, id)| (at, id.0)).unzip();
        let end = match query.is_searched() {
            true => self.expiring_part_end(query).await?,
            false => None,
        };
        let (end_at, end_id) = end.map(|(at, id)| (at, id.0)).unzip();
        let rows = select_blocks!(
            "NOT blocks.is_permanent AND blocks.expires_at > now()
               AND blocks.expires_at <= now() + make_interval(secs => $1)
               AND ($2::bigint IS NULL OR blocks.item_id = $2)
               AND ($3::timestamptz IS NULL
                    OR (blocks.expires_at >= $3 AND (blocks.expires_at > $3 OR blocks.id > $4)))
               AND ($6::bigint IS NULL OR blocks.warehouse_id = $6)
               AND ($7::timestamptz IS NULL OR (blocks.expires_at, blocks.id) <= ($7, $8))
             ORDER BY blocks.expires_at, blocks.id LIMIT $5",
            query.seconds as f64,
            query.item.map(|item| item.0),
            after_at,
            after_id,
            query.limit + 1,
            query.warehouse.map(|warehouse| warehouse.0),
            end_at,
            end_id
        )
        .fetch_all(self.lists().await)
        .await?;
        let blocks = rows.into_iter().map(block_from).collect();
        let cursor = |block: &Block| ExpiringQuery::cursor(block.id, block.expires_at.unwrap_or_default());
        let page = Page::cut(blocks, query.limit, cursor);
        Ok(Page { next: page.next.or(end.map(|(at, id)| ExpiringQuery::cursor(id, at))), ..page })
    }

    /// Returns the last block of the part of the list that a page reads, if the list has further parts.
    async fn expiring_part_end(&self, query: &ExpiringQuery) -> Result<Option<(Time, BlockId)>> {
        let (after_at, after_id) = query.after.map(|(at, id)| (at, id.0)).unzip();
        let end = sqlx::query!(
            "SELECT expires_at, id FROM block_inventory
              WHERE NOT is_permanent AND expires_at > now() AND expires_at <= now() + make_interval(secs => $1)
                AND ($2::timestamptz IS NULL OR (expires_at >= $2 AND (expires_at > $2 OR id > $3)))
              ORDER BY expires_at, id OFFSET $4 LIMIT 1",
            query.seconds as f64,
            after_at,
            after_id,
            SCANNED_BLOCKS_MAX - 1
        )
        .fetch_optional(self.lists().await)
        .await?;
        Ok(end.and_then(|end| Some((end.expires_at?, BlockId(end.id)))))
    }

    /// Returns the number of active blocks that expire within the query's time, up to [`TOTAL_MAX`], and the sum of their units.
    /// At most one block more is read.
    pub async fn expiring_total(&self, query: &ExpiringQuery) -> Result<Total> {
        let counted = sqlx::query!(
            r#"SELECT count(*) AS "read!", count(*) FILTER (WHERE is_listed) AS "found!",
                      coalesce(sum(quantity) FILTER (WHERE is_listed), 0)::bigint AS "units!"
                 FROM (SELECT quantity, $3::bigint IS NULL OR warehouse_id = $3 AS is_listed FROM block_inventory
                        WHERE NOT is_permanent AND expires_at > now()
                          AND expires_at <= now() + make_interval(secs => $1)
                          AND ($2::bigint IS NULL OR item_id = $2)
                        LIMIT $4) AS part"#,
            query.seconds as f64,
            query.item.map(|item| item.0),
            query.warehouse.map(|warehouse| warehouse.0),
            TOTAL_MAX + 1
        )
        .fetch_one(self.lists().await)
        .await?;
        let found = usize::try_from(counted.found).unwrap_or(0);
        Ok(Total::bounded(found, counted.read <= TOTAL_MAX).with_units(counted.units))
    }

    /// Returns a page of the ends of blocks, latest first, from the last [`ENDED_IDS`] ids of the ledger. An item or a
    /// warehouse that was deleted has its id as name, as in `#7`.
    pub async fn blocks_ended_lately(
        &self,
        item: Option<ItemId>,
        warehouse: Option<WarehouseId>,
        slice: PageQuery,
    ) -> Result<Page<EndedBlock>> {
        let rows = sqlx::query!(
            r#"SELECT ends.id, ends.block_id AS "block_id!", ends.item_id,
                      coalesce(items.name, '#' || ends.item_id) AS "name!", items.sku AS "sku?", ends.warehouse_id,
                      coalesce(warehouses.code, '#' || ends.warehouse_id) AS "code!", ends.reason, ends.created_at, ends.actor,
                      CASE WHEN ends.reason = 'confirmed' THEN coalesce(ends.units, blocks.quantity, 0) ELSE ends.change END
                          AS "quantity!"
                 FROM (SELECT * FROM stock_movements
                        WHERE id > (SELECT last_value - $4 FROM stock_movements_id_seq)
                          AND reason IN ('confirmed', 'released', 'expired') AND block_id IS NOT NULL
                          AND ($1::bigint IS NULL OR item_id = $1) AND ($2::bigint IS NULL OR id < $2)
                          AND ($5::bigint IS NULL OR warehouse_id = $5)
                        ORDER BY id DESC LIMIT $3) AS ends
                 LEFT JOIN items ON items.id = ends.item_id
                 LEFT JOIN warehouses ON warehouses.id = ends.warehouse_id
                 LEFT JOIN block_inventory AS blocks ON blocks.id = ends.block_id AND blocks.item_id = ends.item_id
                ORDER BY ends.id DESC"#,
            item.map(|item| item.0),
            slice.after,
            slice.limit + 1,
            ENDED_IDS,
            warehouse.map(|warehouse| warehouse.0)
        )
        .fetch_all(self.lists().await)
        .await?;
        let ends = rows.into_iter().filter_map(|row| {
            Some(EndedBlock {
                movement_id: row.id,
                id: BlockId(row.block_id),
                item: ItemId(row.item_id),
                item_name: row.name,
                sku: row.sku,
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                quantity: row.quantity,
                reason: MovementReason::parse(&row.reason)?,
                ended_at: row.created_at,
                actor: row.actor,
            })
        });
        Ok(Page::cut(ends.collect(), slice.limit, |end: &EndedBlock| end.movement_id.to_string()))
    }

    /// Returns the units of each of these items in temporary blocks, and the next expiry time of these blocks. The time is
    /// proportional to the number of the blocks.
    pub async fn items_held(&self, items: &[ItemId]) -> Result<Vec<(ItemId, i64, Option<Time>)>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT asked.id AS "id!", coalesce(sum(blocks.quantity), 0)::bigint AS "units!",
                      min(blocks.expires_at) AS until
                 FROM unnest($1::bigint[]) AS asked (id)
                 LEFT JOIN block_inventory AS blocks
                        ON blocks.item_id = asked.id AND NOT blocks.is_permanent AND blocks.expires_at > now()
                GROUP BY asked.id"#,
            &ids
        )
        .fetch_all(&self.lookups)
        .await?;
        Ok(rows.into_iter().map(|row| (ItemId(row.id), row.units, row.until)).collect())
    }
}
