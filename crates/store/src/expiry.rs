use crate::{Error, Result, Store};
use domain::ItemId;
use std::collections::BTreeSet;

/// The first key of the advisory locks by which clean-ups share the items out among themselves.
const SWEEP_LOCK_CLASS: i32 = 0x5357;

/// What one clean-up batch did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expired {
    /// Blocks that were taken away, their units given back.
    pub blocks: u64,
    /// Whether there may be more: the batch was full.
    pub more: bool,
    /// The items whose stock levels changed, with their categories.
    pub items: BTreeSet<(ItemId, Option<String>)>,
}

impl Store {
    /// Gives back the units of at most `limit` expired blocks, oldest first.
    ///
    /// Any number of servers may do so at once: each takes only items that no other is cleaning up just
    /// then, and waits for none. Blocks are *not* locked before their stock levels, with SKIP LOCKED or
    /// otherwise: whoever holds a level must see every block that is due back to it, or would call the item
    /// sold out while a clean-up that waits for that very level hides them.
    pub async fn blocks_expire(&self, limit: i64, actor: &str) -> Result<Expired> {
        let mut transaction = self.writes.begin().await?;
        let due = sqlx::query!(
            "SELECT id, item_id, warehouse_id FROM block_inventory
              WHERE NOT is_permanent AND expires_at <= now()
              ORDER BY expires_at LIMIT $1",
            limit
        )
        .fetch_all(&mut *transaction)
        .await?;
        let more = i64::try_from(due.len()).is_ok_and(|found| found == limit);
        let items: BTreeSet<i64> = due.iter().map(|row| row.item_id).collect();
        let items: Vec<i64> = items.into_iter().collect();
        let mine: BTreeSet<i64> = sqlx::query_scalar!(
            r#"SELECT item AS "item!" FROM unnest($1::bigint[]) AS item
                WHERE pg_try_advisory_xact_lock($2, hashint8(item))"#,
            &items,
            SWEEP_LOCK_CLASS
        )
        .fetch_all(&mut *transaction)
        .await?
        .into_iter()
        .collect();
        if mine.is_empty() {
            return Ok(Expired::default());
        }
        let due = due.iter().filter(|row| mine.contains(&row.item_id));
        let (ids, levels): (Vec<i64>, BTreeSet<(i64, i64)>) =
            due.map(|row| (row.id, (row.item_id, row.warehouse_id))).unzip();
        let (level_items, level_warehouses): (Vec<i64>, Vec<i64>) = levels.into_iter().unzip();
        sqlx::query!(
            "SELECT inventory.product_id
               FROM unnest($1::bigint[], $2::bigint[]) AS due (item_id, warehouse_id)
               JOIN inventory ON inventory.product_id = due.item_id
                             AND inventory.warehouse_id = due.warehouse_id
              ORDER BY inventory.product_id, inventory.warehouse_id
                FOR NO KEY UPDATE OF inventory",
            &level_items,
            &level_warehouses
        )
        .fetch_all(&mut *transaction)
        .await?;
        let touched = sqlx::query!(
            "SELECT id, category FROM items WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE",
            &level_items
        )
        .fetch_all(&mut *transaction)
        .await?;
        let ended = sqlx::query_scalar!(
            r#"WITH ended AS (
                   DELETE FROM block_inventory
                    WHERE id = ANY ($1) AND item_id = ANY ($2) AND NOT is_permanent AND expires_at <= now()
                RETURNING id, item_id, warehouse_id, quantity
               ), back AS (
                   UPDATE inventory SET stock_quantity = stock_quantity + sums.units
                     FROM (SELECT item_id, warehouse_id, sum(quantity) AS units
                             FROM ended GROUP BY item_id, warehouse_id) AS sums
                    WHERE inventory.product_id = sums.item_id AND inventory.warehouse_id = sums.warehouse_id
                      AND inventory.product_id = ANY ($2)
               ), summed AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = now()
                     FROM (SELECT item_id, sum(quantity) AS units FROM ended GROUP BY item_id) AS sums
                    WHERE items.id = sums.item_id AND items.id = ANY ($2)
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, block_id, change, reason, actor)
                   SELECT item_id, warehouse_id, id, quantity, 'expired', $3
                     FROM ended ORDER BY item_id, warehouse_id, id
               )
               SELECT count(*) AS "count!" FROM ended"#,
            &ids,
            &level_items,
            actor
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await.map_err(Error::from_commit)?;
        let items = touched.into_iter().map(|row| (ItemId(row.id), row.category)).collect();
        Ok(Expired { blocks: u64::try_from(ended).unwrap_or(0), more, items })
    }
}
