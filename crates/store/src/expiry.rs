use crate::advisory_locks::EXPIRY_CLASS;
use crate::{Result, Store, WriteTransaction};
use domain::ItemId;
use std::time::{Duration, Instant};

/// What one clean-up batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReclaimedBatch {
    /// Blocks that were taken away, their units given back.
    pub blocks: u64,
    /// Whether there may be more of the same items: the batch was full.
    pub more: bool,
    /// The categories of the items whose stock levels changed.
    pub categories: Vec<String>,
    /// Items that were left out, because another clean-up has them or a row of theirs is locked.
    pub skipped: Vec<ItemId>,
    /// How long it took, without the wait for a connection.
    pub worked: Duration,
}

impl ReclaimedBatch {
    /// Adds what another batch did.
    pub fn add(&mut self, other: Self) {
        self.blocks += other.blocks;
        self.more |= other.more;
        self.categories.extend(other.categories);
        self.skipped.extend(other.skipped);
        self.worked += other.worked;
    }
}

/// How long a clean-up waits for a row that another transaction has locked, in milliseconds. Requests may be waiting for
/// the rows that it has locked itself.
const SWEEP_LOCK_TIMEOUT_MILLISECONDS: u32 = 100;

/// An item that has expired blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ItemWithExpired {
    /// The item.
    pub item: ItemId,
    /// How many of its blocks are due.
    pub expired_blocks: i64,
    /// For how long the first of them has been, in seconds.
    pub overdue_seconds: f64,
}

impl Store {
    /// Which items the blocks are of that expired first, at most `limit` of them, without the blocks of the items
    /// `skipped`; in order of items.
    pub async fn items_with_expired(&self, limit: i64, skipped: &[ItemId]) -> Result<Vec<ItemWithExpired>> {
        let skipped: Vec<_> = skipped.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT item_id, count(*) AS "blocks!",
                      extract(epoch FROM now() - min(expires_at))::float8 AS "overdue_seconds!"
                 FROM (SELECT item_id, expires_at FROM block_inventory
                        WHERE NOT is_permanent AND expires_at <= now() AND item_id <> ALL ($2)
                        ORDER BY expires_at LIMIT $1) AS due
                GROUP BY item_id ORDER BY item_id"#,
            limit,
            &skipped
        )
        .fetch_all(&self.background)
        .await?;
        let due = rows.into_iter().map(|row| ItemWithExpired {
            item: ItemId(row.item_id),
            expired_blocks: row.blocks,
            overdue_seconds: row.overdue_seconds,
        });
        Ok(due.collect())
    }

    /// How long the block that expired first has been waiting for its clean-up, in seconds.
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

    /// Gives back the units of at most `limit` expired blocks of these items.
    ///
    /// Any number of servers may do so at once: each takes only items that no other is cleaning up just
    /// then, and waits for none. A locked stock level is waited for, but not for long: buyers may wait for the rows that
    /// are locked here. With `skip_locked`, items of which a stock level or the sum is locked are skipped. Blocks are *not* locked
    /// before their stock levels, with SKIP LOCKED or otherwise: a transaction that holds a level must see every block
    /// that is due back to it. It would otherwise call the item sold out while a clean-up that waits for that very level
    /// hides them.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where an item has got another stock level just then: to be tried again.
    /// [`crate::Error::Locked`] where another transaction holds a row of these items.
    pub async fn blocks_reclaim(
        &self,
        items: &[ItemId],
        limit: i64,
        actor: &str,
        skip_locked: bool,
    ) -> Result<ReclaimedBatch> {
        let mut transaction = self.begin_background().await?;
        let begun = Instant::now();
        match transaction.blocks_reclaim(items, limit, actor, skip_locked).await {
            Ok(expired) if expired.blocks > 0 => {
                transaction.commit().await?;
                Ok(ReclaimedBatch { worked: begun.elapsed(), ..expired })
            }
            // Not left to the transaction's drop: the caller tries the items again at once, and would meet its locks.
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
        actor: &str,
        skip_locked: bool,
    ) -> Result<ReclaimedBatch> {
        let asked = items;
        let items: Vec<_> = items.iter().map(|item| item.0).collect();
        let mine = sqlx::query_scalar!(
            r#"SELECT item AS "item!" FROM unnest($1::bigint[]) AS item,
                      (SELECT set_config('lock_timeout', $3, true)) AS configured
                WHERE pg_try_advisory_xact_lock($2, hashint8(item))"#,
            &items,
            EXPIRY_CLASS,
            SWEEP_LOCK_TIMEOUT_MILLISECONDS.to_string()
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mine = match skip_locked && !mine.is_empty() {
            true => self.items_unlocked(&mine).await?,
            false => mine,
        };
        let skipped: Vec<_> = asked.iter().filter(|item| !mine.contains(&item.0)).copied().collect();
        if mine.is_empty() {
            return Ok(ReclaimedBatch { skipped, ..ReclaimedBatch::default() });
        }
        let items: Vec<_> = mine.iter().copied().map(ItemId).collect();
        self.levels_lock(&items.iter().map(|item| (*item, None)).collect(), &[]).await?;
        self.items_lock(&items).await?;
        // `IS TRUE` hides what it is about from the planner: with the ids alone no other index can serve, and few
        // rows are expected, for which the sums need no large table.
        let ended = sqlx::query!(
            r#"WITH due AS MATERIALIZED (
                   SELECT oldest.id FROM unnest($1::bigint[]) AS mine (item_id)
                    CROSS JOIN LATERAL (
                        SELECT id FROM block_inventory
                         WHERE item_id = mine.item_id AND NOT is_permanent AND expires_at <= now()
                         ORDER BY expires_at LIMIT $2) AS oldest
                    LIMIT $2
               ), ended AS (
                   DELETE FROM block_inventory
                    WHERE id = ANY (ARRAY (SELECT id FROM due))
                      AND (item_id = ANY ($1) AND NOT is_permanent AND expires_at <= now()) IS TRUE
                RETURNING id, item_id, warehouse_id, quantity
               ), back AS (
                   UPDATE inventory SET stock_quantity = stock_quantity + sums.units
                     FROM (SELECT item_id, warehouse_id, sum(quantity) AS units
                             FROM ended GROUP BY item_id, warehouse_id) AS sums
                    WHERE inventory.product_id = sums.item_id AND inventory.warehouse_id = sums.warehouse_id
                      AND inventory.product_id = ANY ($1)
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason, actor)
                   SELECT item_id, warehouse_id, id, quantity, 'expired', $3
                     FROM ended ORDER BY item_id, warehouse_id, id
               ), summed AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = now()
                     FROM (SELECT item_id, sum(quantity) AS units FROM ended GROUP BY item_id) AS sums
                    WHERE items.id = sums.item_id AND items.id = ANY ($1)
                RETURNING items.category
               )
               SELECT (SELECT count(*) FROM ended) AS "blocks!",
                      ARRAY (SELECT DISTINCT category FROM summed WHERE category IS NOT NULL) AS "categories!""#,
            &mine,
            limit,
            actor
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        let blocks = u64::try_from(ended.blocks).unwrap_or(0);
        let (more, categories) = (ended.blocks == limit, ended.categories);
        Ok(ReclaimedBatch { blocks, more, categories, skipped, ..ReclaimedBatch::default() })
    }

    /// Locks all stock levels and the sums of those of `items` of which nobody else has locked any, waits for none, and
    /// returns these items.
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
