//! Lists of active blocks in the order of their expiry or their references, from the indexes of temporary blocks.
//!
//! A list with a filter that no index has is searched in parts of [`SCANNED_BLOCKS_MAX`] blocks, as the lists by id are.

use crate::blocks::{SCANNED_BLOCKS_MAX, block_from, select_blocks};
use crate::{Result, Store};
use domain::{Block, BlockCursor, BlockId, BlockQuery, BlockSort, Page, Reference, Time};

/// Selects active blocks in an order: the condition of the cursor, that of the end of the searched part, and the order. The
/// cursor is $6 and $7, the end $8 and $9.
macro_rules! select_sorted {
    ($after:literal, $until:literal, $order:literal, $query:ident, $after_key:ident, $end_key:ident, $end_id:ident, $pool:ident) => {
        select_blocks!(
            "NOT blocks.is_permanent AND blocks.expires_at > now()
               AND ($1::bigint IS NULL OR blocks.item_id = $1)
               AND ($2::bigint IS NULL OR blocks.warehouse_id = $2)
               AND ($3::timestamptz IS NULL OR blocks.created_at >= $3)
               AND ($4::timestamptz IS NULL OR blocks.created_at < $4)
               AND ($5::text IS NULL OR blocks.reference = $5)
               AND "
                + $after
                + " AND "
                + $until
                + "
             ORDER BY "
                + $order
                + " LIMIT $10",
            $query.item.map(|item| item.0),
            $query.warehouse.map(|warehouse| warehouse.0),
            $query.from,
            $query.to,
            $query.reference.as_ref().map(Reference::as_str),
            $after_key,
            $query.after_id(),
            $end_key,
            $end_id,
            $query.limit + 1
        )
        .fetch_all($pool)
        .await?
    };
}

impl Store {
    /// Returns a page of active blocks in the order of their expiry or their references.
    pub(crate) async fn blocks_sorted(&self, query: &BlockQuery) -> Result<Page<Block>> {
        let end = match query.is_searched() {
            true => self.sorted_part_end(query).await?,
            false => None,
        };
        let (after_at, after_name) = keys(query.after.as_ref());
        let (end_at, end_name) = keys(end.as_ref());
        let end_id = end.as_ref().map(|end| end.id().0);
        let pool = self.lists().await;
        let rows = match query.sort {
            BlockSort::Expires => {
                select_sorted!(
                    "($6::timestamptz IS NULL OR (blocks.expires_at >= $6 AND (blocks.expires_at > $6 OR blocks.id > $7)))",
                    "($8::timestamptz IS NULL OR (blocks.expires_at, blocks.id) <= ($8, $9))",
                    "blocks.expires_at, blocks.id",
                    query,
                    after_at,
                    end_at,
                    end_id,
                    pool
                )
            }
            BlockSort::ExpiresDesc => {
                select_sorted!(
                    "($6::timestamptz IS NULL OR (blocks.expires_at <= $6 AND (blocks.expires_at < $6 OR blocks.id < $7)))",
                    "($8::timestamptz IS NULL OR (blocks.expires_at, blocks.id) >= ($8, $9))",
                    "blocks.expires_at DESC, blocks.id DESC",
                    query,
                    after_at,
                    end_at,
                    end_id,
                    pool
                )
            }
            BlockSort::ReferenceDesc => {
                select_sorted!(
                    "blocks.reference IS NOT NULL
                       AND ($6::text IS NULL OR (blocks.reference <= $6 AND (blocks.reference < $6 OR blocks.id < $7)))",
                    "($8::text IS NULL OR (blocks.reference, blocks.id) >= ($8, $9))",
                    "blocks.reference DESC, blocks.id DESC",
                    query, after_name, end_name, end_id, pool
                )
            }
            _ => {
                select_sorted!(
                    "blocks.reference IS NOT NULL
                       AND ($6::text IS NULL OR (blocks.reference >= $6 AND (blocks.reference > $6 OR blocks.id > $7)))",
                    "($8::text IS NULL OR (blocks.reference, blocks.id) <= ($8, $9))",
                    "blocks.reference, blocks.id",
                    query, after_name, end_name, end_id, pool
                )
            }
        };
        let blocks = rows.into_iter().map(block_from).collect();
        let page = Page::cut(blocks, query.limit, |block: &Block| query.cursor(block).text());
        Ok(Page { next: page.next.or(end.map(|end| end.text())), ..page })
    }

    /// Returns the last block of the part of the list that a page reads, if the list has further parts.
    async fn sorted_part_end(&self, query: &BlockQuery) -> Result<Option<BlockCursor>> {
        let (after_at, after_name) = keys(query.after.as_ref());
        let (after_id, skipped, pool) = (query.after_id(), SCANNED_BLOCKS_MAX - 1, self.lists().await);
        let by_expiry = |row: Option<(Option<Time>, i64)>| {
            row.and_then(|(at, id)| Some(BlockCursor::Expires(at?, BlockId(id))))
        };
        let by_reference = |row: Option<(Option<String>, i64)>| {
            row.and_then(|(name, id)| Some(BlockCursor::Reference(name?, BlockId(id))))
        };
        Ok(match query.sort {
            BlockSort::Expires => {
                let row = sqlx::query!(
                    "SELECT expires_at, id FROM block_inventory
                      WHERE NOT is_permanent AND expires_at > now()
                        AND ($1::timestamptz IS NULL OR (expires_at >= $1 AND (expires_at > $1 OR id > $2)))
                      ORDER BY expires_at, id OFFSET $3 LIMIT 1",
                    after_at,
                    after_id,
                    skipped
                );
                by_expiry(row.fetch_optional(pool).await?.map(|row| (row.expires_at, row.id)))
            }
            BlockSort::ExpiresDesc => {
                let row = sqlx::query!(
                    "SELECT expires_at, id FROM block_inventory
                      WHERE NOT is_permanent AND expires_at > now()
                        AND ($1::timestamptz IS NULL OR (expires_at <= $1 AND (expires_at < $1 OR id < $2)))
                      ORDER BY expires_at DESC, id DESC OFFSET $3 LIMIT 1",
                    after_at,
                    after_id,
                    skipped
                );
                by_expiry(row.fetch_optional(pool).await?.map(|row| (row.expires_at, row.id)))
            }
            BlockSort::ReferenceDesc => {
                let row = sqlx::query!(
                    "SELECT reference, id FROM block_inventory
                      WHERE NOT is_permanent AND reference IS NOT NULL
                        AND ($1::text IS NULL OR (reference <= $1 AND (reference < $1 OR id < $2)))
                      ORDER BY reference DESC, id DESC OFFSET $3 LIMIT 1",
                    after_name,
                    after_id,
                    skipped
                );
                by_reference(row.fetch_optional(pool).await?.map(|row| (row.reference, row.id)))
            }
            _ => {
                let row = sqlx::query!(
                    "SELECT reference, id FROM block_inventory
                      WHERE NOT is_permanent AND reference IS NOT NULL
                        AND ($1::text IS NULL OR (reference >= $1 AND (reference > $1 OR id > $2)))
                      ORDER BY reference, id OFFSET $3 LIMIT 1",
                    after_name,
                    after_id,
                    skipped
                );
                by_reference(row.fetch_optional(pool).await?.map(|row| (row.reference, row.id)))
            }
        })
    }
}

/// Returns the values of a cursor's sort key.
fn keys(cursor: Option<&BlockCursor>) -> (Option<Time>, Option<&str>) {
    match cursor {
        Some(BlockCursor::Expires(at, _)) => (Some(*at), None),
        Some(BlockCursor::Reference(reference, _)) => (None, Some(reference)),
        _ => (None, None),
    }
}
