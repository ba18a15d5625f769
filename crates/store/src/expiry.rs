//! The clean-up: returns the units of expired blocks to stock.

use crate::advisory_locks::EXPIRY_CLASS;
use crate::{Cause, Result, Store, WriteTransaction};
use domain::ItemId;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The result of one clean-up batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReclaimedBatch {
    /// The number of blocks that were reclaimed.
    pub blocks: u64,
    /// Their units.
    pub units: u64,
    /// Whether the batch was full, so that the same items may have more expired blocks.
    pub more: bool,
    /// The categories of the items whose stock levels changed.
    pub categories: Vec<String>,
    /// The items that were skipped, because another clean-up has them or one of their rows is locked.
    pub skipped: Vec<ItemId>,
    /// The duration, without the wait for a connection.
    pub worked: Duration,
}

impl ReclaimedBatch {
    /// Adds the result of another batch.
    pub fn add(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.units += other.units;
        self.more |= other.more;
        self.categories.extend(other.categories);
        self.skipped.extend(other.skipped);
        self.worked += other.worked;
    }
}

/// The lock timeout of a clean-up, in milliseconds. It is short, because requests may wait for the rows that the clean-up
/// has locked.
const EXPIRY_LOCK_TIMEOUT_MILLISECONDS: u32 = 100;

/// An item that has expired blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemWithExpired {
    /// The item.
    pub item: ItemId,
    /// The number of its expired blocks.
    pub expired_blocks: i64,
    /// The time since the first of them expired, in seconds.
    pub overdue_seconds: f64,
}

impl Store {
    /// Returns the items of the `limit` blocks that expired first, by ascending id. Blocks of the items `skipped` are left
    /// out.
    pub async fn items_with_expired(&self, limit: i64, skipped: &[ItemId]) -> Result<Vec<ItemWithExpired>> {
        let skipped: Vec<_> = skipped.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT item_id, count(*) AS "blocks!",
                      extract(epoch FROM now() - min(expires_at))::float8 AS "overdue_seconds!"
                 FROM (SELECT item_id, expires_at FROM block_inventory
                        WHERE NOT is_permanent AND expires_at <= now() AND item_id <> ALL ($2)
                        ORDER BY expires_at LIMIT $1) AS expired
                GROUP BY item_id ORDER BY item_id"#,
            limit,
            &skipped
        )
        .fetch_all(&self.background)
        .await?;
        let items = rows.into_iter().map(|row| ItemWithExpired {
            item: ItemId(row.item_id),
            expired_blocks: row.blocks,
            overdue_seconds: row.overdue_seconds,
        });
        Ok(items.collect())
    }

    /// Returns the time since the oldest expired block expired, in seconds; 0 without one.
    pub async fn overdue_seconds(&self) -> Result<f64> {
        let overdue = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM now() - expires_at)::float8 AS "overdue_seconds!"
                 FROM block_inventory WHERE NOT is_permanent AND expires_at <= now()
                ORDER BY expires_at LIMIT 1"#
        )
        .fetch_optional(&self.background)
        .await?;
        Ok(overdue.unwrap_or(0.0))
    }

    /// Reclaims at most `limit` expired blocks of these items: deletes the blocks and returns their units to stock.
    ///
    /// Several servers may call this at the same time. Each takes only items that no other is cleaning up, and waits for
    /// none. It waits for locked stock levels for a short time; with `skip_locked`, it skips items of which a stock level
    /// or the item itself is locked.
    ///
    /// Blocks are never locked before their stock levels, not even with SKIP LOCKED. A transaction that has locked a
    /// level must see every expired block of it. A clean-up that locks blocks and waits for the level would hide them,
    /// and the transaction would reject a request as sold out.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if an item got another stock level in the meantime.
    /// [`crate::Error::Locked`] if another transaction holds a row of these items.
    pub async fn blocks_reclaim(
        &self,
        items: &[ItemId],
        limit: i64,
        cause: Cause<'_>,
        skip_locked: bool,
    ) -> Result<ReclaimedBatch> {
        let mut transaction = self.begin_background().await?;
        let begun = Instant::now();
        match transaction.blocks_reclaim(items, limit, cause, skip_locked).await {
            Ok(expired) if expired.blocks > 0 => {
                transaction.commit().await?;
                Ok(ReclaimedBatch { worked: begun.elapsed(), ..expired })
            }
            // Rolled back here, not by the transaction's drop: the caller retries at once and would wait for its locks.
            done => {
                let rolled_back = transaction.roll_back().await;
                let expired = done?;
                rolled_back?;
                Ok(ReclaimedBatch { worked: begun.elapsed(), ..expired })
            }
        }
    }
}

impl WriteTransaction {
    async fn blocks_reclaim(
        &mut self,
        items: &[ItemId],
        limit: i64,
        cause: Cause<'_>,
        skip_locked: bool,
    ) -> Result<ReclaimedBatch> {
        let asked = items;
        let items: Vec<_> = items.iter().map(|item| item.0).collect();
        let claimed = sqlx::query_scalar!(
            r#"SELECT item AS "item!" FROM unnest($1::bigint[]) AS item,
                      (SELECT set_config('lock_timeout', $3, true)) AS configured
                WHERE pg_try_advisory_xact_lock(shop_lock_class($2), hashint8(item))"#,
            &items,
            EXPIRY_CLASS,
            EXPIRY_LOCK_TIMEOUT_MILLISECONDS.to_string()
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let claimed = match skip_locked && !claimed.is_empty() {
            true => self.items_unlocked(&claimed).await?,
            false => claimed,
        };
        let skipped: Vec<_> = asked.iter().filter(|item| !claimed.contains(&item.0)).copied().collect();
        if claimed.is_empty() {
            return Ok(ReclaimedBatch { skipped, ..ReclaimedBatch::default() });
        }
        let items: Vec<_> = claimed.iter().copied().map(ItemId).collect();
        self.levels_lock(&items.iter().map(|item| (*item, None)).collect(), &[]).await?;
        self.items_lock(&items).await?;
        // `IS TRUE` hides the condition from the planner. Then only the primary key can serve the ids, and the planner
        // expects few rows, so it does not prepare a large hash table for the sums.
        let ended = sqlx::query!(
            r#"WITH expired AS MATERIALIZED (
                   SELECT oldest.id FROM unnest($1::bigint[]) AS claimed (item_id)
                    CROSS JOIN LATERAL (
                        SELECT id FROM block_inventory
                         WHERE item_id = claimed.item_id AND NOT is_permanent AND expires_at <= now()
                         ORDER BY expires_at LIMIT $2) AS oldest
                    LIMIT $2
               ), ended AS (
                   DELETE FROM block_inventory
                    WHERE id = ANY (ARRAY (SELECT id FROM expired))
                      AND (item_id = ANY ($1) AND NOT is_permanent AND expires_at <= now()) IS TRUE
                RETURNING id, item_id, warehouse_id, quantity
               ), back AS (
                   UPDATE inventory SET stock_quantity = stock_quantity + sums.units
                     FROM (SELECT item_id, warehouse_id, sum(quantity) AS units
                             FROM ended GROUP BY item_id, warehouse_id) AS sums
                    WHERE inventory.product_id = sums.item_id AND inventory.warehouse_id = sums.warehouse_id
                      AND inventory.product_id = ANY ($1)
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason, actor, request_id,
                                                token_id, session_id, address)
                   SELECT item_id, warehouse_id, id, quantity, 'expired', $3, $4, $5::bigint, $6::bigint, $7::inet
                     FROM ended ORDER BY item_id, warehouse_id, id
               ), summed AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = now()
                     FROM (SELECT item_id, sum(quantity) AS units FROM ended GROUP BY item_id) AS sums
                    WHERE items.id = sums.item_id AND items.id = ANY ($1)
                RETURNING items.category
               )
               SELECT (SELECT count(*) FROM ended) AS "blocks!",
                      (SELECT coalesce(sum(quantity), 0) FROM ended)::bigint AS "units!",
                      ARRAY (SELECT DISTINCT category FROM summed WHERE category IS NOT NULL) AS "categories!""#,
            &claimed,
            limit,
            cause.actor,
            cause.request_id,
            cause.token(),
            cause.session(),
            cause.address as Option<IpAddr>
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        let blocks = u64::try_from(ended.blocks).unwrap_or(0);
        let units = u64::try_from(ended.units).unwrap_or(0);
        let (more, categories) = (ended.blocks == limit, ended.categories);
        Ok(ReclaimedBatch { blocks, units, more, categories, skipped, ..ReclaimedBatch::default() })
    }

    /// Locks those of `items` of which no stock level, nor the item itself, is locked by another transaction. Does not
    /// wait. Returns the locked items.
    async fn items_unlocked(&mut self, items: &[i64]) -> Result<Vec<i64>> {
        let items = sqlx::query_scalar!(
            r#"WITH unlocked AS MATERIALIZED (
                   SELECT product_id, warehouse_id FROM inventory WHERE product_id = ANY ($1)
                    ORDER BY product_id, warehouse_id FOR NO KEY UPDATE SKIP LOCKED
               )
               SELECT product_id FROM inventory LEFT JOIN unlocked USING (product_id, warehouse_id)
                WHERE product_id = ANY ($1)
                GROUP BY product_id HAVING count(unlocked.product_id) = count(*)"#,
            items
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let items = sqlx::query_scalar!(
            "SELECT id FROM items WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
            &items
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(items)
    }
}
