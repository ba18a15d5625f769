//! The reads of the locked path: rows are locked first, so the values that a decision uses stay valid until the commit.

use super::columns::level_key;
use crate::order_summaries::{OrderHead, order_summaries};
use crate::{Error, Result, WriteTransaction};
use domain::{
    BlockEnd, BlockId, CartHolding, CartId, HeldBlock, HoldNote, ItemId, LevelKey, OrderId, OrderSummary,
    Reference, Time, WarehouseId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The maximum number of expired blocks that one transaction reads, over all items.
const RECLAIM_BLOCKS_MAX: i64 = 256;

/// With many items, the maximum number of expired blocks that one transaction reads of each.
const RECLAIM_BLOCKS_PER_ITEM_MIN: i64 = 10;

/// The stock levels to lock: one level per (item, warehouse) key, or all levels of the item if the warehouse is `None`.
pub type LevelSelection = BTreeSet<(ItemId, Option<WarehouseId>)>;

/// Locked stock levels.
#[derive(Debug, Clone, Default)]
pub struct LockedLevels {
    /// Available units.
    pub levels: BTreeMap<LevelKey, i32>,
    /// The database's time after the locks were acquired; `None` if no level was locked.
    pub locked_at: Option<Time>,
    /// The archived items.
    pub archived: HashSet<ItemId>,
}

/// Locked blocks.
#[derive(Debug, Clone, Default)]
pub struct LockedBlocks {
    /// The blocks that have not ended, by id.
    pub blocks: HashMap<BlockId, HeldBlock>,
    /// Those of `blocks` that are shipped.
    pub shipped: HashSet<BlockId>,
    /// The references of the blocks that have one.
    pub references: HashMap<BlockId, Reference>,
    /// The notes of the blocks that have one.
    pub notes: HashMap<BlockId, HoldNote>,
}

/// Expired blocks of some items, in bounded number.
#[derive(Debug, Clone, Default)]
pub struct ExpiredBlocks {
    /// The blocks.
    pub blocks: Vec<HeldBlock>,
    /// The items that may have more expired blocks.
    pub more: BTreeSet<ItemId>,
}

impl WriteTransaction {
    /// Locks and reads the selected stock levels, and all levels of the items of `blocks`. The blocks themselves are
    /// read later, under these locks.
    ///
    /// # Errors
    /// [`Error::Conflict`] if an item got another level in the meantime.
    pub async fn levels_lock(
        &mut self,
        selection: &LevelSelection,
        blocks: &[BlockId],
    ) -> Result<LockedLevels> {
        // `None` sorts first. If all levels of an item are selected, its other keys are redundant.
        let mut last_whole = None;
        let (items, warehouses): (Vec<_>, Vec<_>) = selection
            .iter()
            .filter(|(item, warehouse)| {
                if warehouse.is_none() {
                    last_whole = Some(*item);
                }
                warehouse.is_none() || last_whole != Some(*item)
            })
            .map(|(item, warehouse)| (item.0, warehouse.map(|warehouse| warehouse.0)))
            .unzip();
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        // The items of blocks come after the others and have no entry in $2. Their warehouse is NULL, which selects all
        // levels. The function locks all levels before it returns the first row.
        let rows = sqlx::query!(
            r#"SELECT item_id AS "item_id!", warehouse_id AS "warehouse_id!", units AS "units!",
                      clock_timestamp() AS "locked_at!", archived AS "archived!"
                 FROM stock_levels_lock($1::bigint[] || ARRAY (SELECT DISTINCT item_id FROM block_inventory
                                                                WHERE id = ANY ($3)), $2)"#,
            &items,
            &warehouses as &[Option<i64>],
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut locked = LockedLevels::default();
        for row in rows {
            let key = level_key(row.item_id, row.warehouse_id);
            locked.levels.insert(key, row.units);
            if row.archived {
                locked.archived.insert(key.item);
            }
            locked.locked_at = locked.locked_at.max(Some(row.locked_at));
        }
        Ok(locked)
    }

    /// Returns the units of these items that can return to stock: those in temporary blocks and in allocated orders. The
    /// caller has locked all stock levels of the items, so the sums are stable.
    ///
    /// A receipt above [`domain::UNITS_RECEIVED_UNCHECKED_MAX`] leaves room for all of them. The statement reads every
    /// block of the item and takes 100 ms with 200,000 blocks, under the locks of its levels.
    pub async fn returnable_units(&mut self, items: &[ItemId]) -> Result<HashMap<ItemId, i64>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT item_id AS "item_id!", sum(units)::bigint AS "units!"
                 FROM (SELECT item_id, quantity::bigint AS units FROM block_inventory
                        WHERE item_id = ANY ($1) AND NOT is_permanent
                       UNION ALL
                       SELECT item_id, allocated FROM order_allocations WHERE item_id = ANY ($1)) AS held
                GROUP BY item_id"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(rows.into_iter().map(|row| (ItemId(row.item_id), row.units)).collect())
    }

    /// Returns those of these warehouses that are archived. The caller has locked the stock levels that receive units. A
    /// warehouse is archived under the locks of its levels, so the result is stable for each level that exists; the
    /// insert of a level checks the warehouse itself.
    pub async fn warehouses_archived(
        &mut self,
        warehouses: &BTreeSet<WarehouseId>,
    ) -> Result<HashSet<WarehouseId>> {
        let ids: Vec<_> = warehouses.iter().map(|warehouse| warehouse.0).collect();
        let archived = sqlx::query_scalar!(
            "SELECT id FROM warehouses WHERE id = ANY ($1) AND archived_at IS NOT NULL",
            &ids
        );
        let archived = archived.fetch_all(&mut *self.transaction).await?;
        Ok(archived.into_iter().map(WarehouseId).collect())
    }

    /// Returns those of `items` that exist, each with whether it is archived. The caller found no stock level of them.
    ///
    /// # Errors
    /// [`Error::Conflict`] if `all_selected` holds for an item, and the item got its first level in the meantime.
    pub async fn items_existing(
        &mut self,
        items: &[ItemId],
        all_selected: impl Fn(&ItemId) -> bool,
    ) -> Result<Vec<(ItemId, bool)>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT id, EXISTS (SELECT FROM inventory WHERE product_id = items.id) AS "has_levels!",
                      archived_at IS NOT NULL AS "is_archived!"
                 FROM items WHERE id = ANY ($1)"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let existing = rows.into_iter().map(|row| match ItemId(row.id) {
            item if row.has_levels && all_selected(&item) => Err(Error::changed_meanwhile("an item")),
            item => Ok((item, row.is_archived)),
        });
        existing.collect()
    }

    /// Locks items in ascending order, for a statement that changes their quantities in another order. The caller has
    /// locked their stock levels.
    pub(crate) async fn items_lock(&mut self, items: &[ItemId]) -> Result<()> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        sqlx::query!("SELECT id FROM items WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", &ids)
            .fetch_all(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Locks and reads those of `blocks` that have not ended. The caller has locked their stock levels, which are
    /// `levels`. `blocks` includes all blocks of `carts`.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a block's level is not among `levels`, or a cart has another block.
    pub async fn blocks_lock(
        &mut self,
        blocks: &[BlockId],
        carts: &[CartId],
        levels: &BTreeMap<LevelKey, i32>,
    ) -> Result<LockedBlocks> {
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let carts: Vec<_> = carts.iter().map(|cart| cart.0).collect();
        let rows = sqlx::query!(
            "SELECT id, item_id, warehouse_id, quantity, is_permanent, is_shipped, expires_at, reference, note, cart_id
               FROM block_inventory WHERE id = ANY ($1 || ARRAY (SELECT id FROM block_inventory
                                                                   WHERE cart_id = ANY ($2) AND cart_id IS NOT NULL))
              ORDER BY id FOR NO KEY UPDATE",
            &ids,
            &carts
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let named: HashSet<_> = blocks.iter().collect();
        let mut locked = LockedBlocks::default();
        for row in rows {
            let expires_at = row.expires_at.filter(|_| !row.is_permanent);
            let key = level_key(row.item_id, row.warehouse_id);
            let id = BlockId(row.id);
            // The block was placed after the levels, or the cart's blocks, were read.
            if !levels.contains_key(&key) || !named.contains(&id) {
                return Err(Error::changed_meanwhile("a block"));
            }
            let cart = row.cart_id.map(CartId);
            locked.blocks.insert(id, HeldBlock { id, key, quantity: row.quantity, expires_at, cart });
            if row.is_shipped {
                locked.shipped.insert(id);
            }
            if let Some(reference) = row.reference.and_then(|name| Reference::new(&name).ok()) {
                locked.references.insert(id, reference);
            }
            if let Some(note) = row.note.and_then(|note| HoldNote::new(&note).ok()) {
                locked.notes.insert(id, note);
            }
        }
        Ok(locked)
    }

    /// Locks these references, and counts the active blocks of each. Until this transaction ends, no other transaction
    /// can lock them and add blocks. A block counts as active if it expires after the transaction's start: one that
    /// expires during the wait for the locks still counts, so that the limit is never exceeded.
    pub async fn references_lock(&mut self, references: &[&Reference]) -> Result<HashMap<Reference, i64>> {
        let names: Vec<_> = references.iter().map(|reference| reference.to_string()).collect();
        let rows =
            sqlx::query!(r#"SELECT name AS "name!", blocks AS "blocks!" FROM references_lock($1)"#, &names)
                .fetch_all(&mut *self.transaction)
                .await?;
        let counts: HashMap<_, _> = rows.into_iter().map(|row| (row.name, row.blocks)).collect();
        let counted = |reference: &&Reference| {
            ((*reference).clone(), counts.get(reference.as_str()).copied().unwrap_or(0))
        };
        Ok(references.iter().map(counted).collect())
    }

    /// Returns the ends of those of `blocks` that have ended, with the units that they had. A block that was confirmed in
    /// part and converted later has two movements: the last one in the ledger is its end.
    pub async fn block_ends(
        &mut self,
        blocks: &[BlockId],
    ) -> Result<HashMap<BlockId, (BlockEnd, CartHolding)>> {
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let rows = sqlx::query!(
            r#"SELECT block_id AS "block_id!", item_id, warehouse_id, coalesce(units, change) AS "change!", reason, order_id,
                      created_at
                 FROM stock_movements
                WHERE block_id = ANY ($1) AND reason IN ('released', 'expired', 'hold_converted', 'sale_converted')
                ORDER BY id"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let ends = rows.into_iter().map(|row| {
            let end = match (row.reason.as_str(), row.order_id) {
                ("expired", _) => BlockEnd::Expired(row.created_at),
                ("hold_converted" | "sale_converted", Some(order)) => BlockEnd::Converted(OrderId(order)),
                _ => BlockEnd::Released,
            };
            let (block, key) = (BlockId(row.block_id), level_key(row.item_id, row.warehouse_id));
            (block, (end, CartHolding { block, key, quantity: row.change }))
        });
        Ok(ends.collect())
    }

    /// Locks orders by ascending id, and reads them with their lines. The lock waits for uncommitted inserts of lines,
    /// and the lines are read after it.
    pub async fn orders_lock(&mut self, orders: &[OrderId]) -> Result<HashMap<OrderId, OrderSummary>> {
        let ids: Vec<_> = orders.iter().map(|order| order.0).collect();
        let rows = sqlx::query!(
            "SELECT id, status, warehouse_id FROM orders WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let heads = rows.into_iter().map(|row| OrderHead {
            id: row.id,
            status: row.status,
            warehouse_id: row.warehouse_id,
        });
        order_summaries(&mut self.transaction, heads.collect()).await
    }

    /// Returns expired blocks of these items in bounded number, oldest first per item. The caller may reclaim only those
    /// whose stock level is locked.
    pub async fn expired_blocks(&mut self, items: &BTreeSet<ItemId>, now: Time) -> Result<ExpiredBlocks> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let per_item = RECLAIM_BLOCKS_MAX / i64::try_from(ids.len().max(1)).unwrap_or(i64::MAX);
        let per_item = per_item.max(RECLAIM_BLOCKS_PER_ITEM_MIN);
        let rows = sqlx::query!(
            r#"SELECT due.id, asked.item_id AS "item_id!", due.warehouse_id, due.quantity,
                      due.expires_at AS "expires_at!", due.cart_id
                 FROM unnest($1::bigint[]) AS asked (item_id)
                CROSS JOIN LATERAL (
                    SELECT id, warehouse_id, quantity, expires_at, cart_id FROM block_inventory
                     WHERE item_id = asked.item_id AND NOT is_permanent AND expires_at <= $2
                     ORDER BY expires_at, id LIMIT $3) AS due"#,
            &ids,
            now,
            per_item
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut found = HashMap::<ItemId, i64>::new();
        let mut expired = ExpiredBlocks::default();
        for row in rows {
            let key = level_key(row.item_id, row.warehouse_id);
            expired.blocks.push(HeldBlock {
                id: BlockId(row.id),
                key,
                quantity: row.quantity,
                expires_at: Some(row.expires_at),
                cart: row.cart_id.map(CartId),
            });
            let count = found.entry(key.item).or_default();
            *count += 1;
            if *count == per_item {
                expired.more.insert(key.item);
            }
        }
        Ok(expired)
    }

    /// Returns the database's time.
    pub async fn now(&mut self) -> Result<Time> {
        let now = sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#);
        Ok(now.fetch_one(&mut *self.transaction).await?)
    }
}
