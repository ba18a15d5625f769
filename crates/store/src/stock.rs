//! The transaction that a batch of stock requests is decided in: it reads under lock, and writes what was
//! decided as sets.
//!
//! Locks are taken in one order, here and everywhere: references by their hash, then orders, stock levels by (item,
//! warehouse), blocks, and items, each by id.

use crate::orders::order_status;
use crate::pool::Connection;
use crate::{Error, ResponseRecord, Result, WriteTransaction};
use domain::{
    BlockEnd, BlockId, CartId, HeldBlock, ItemId, LevelKey, OrderId, OrderSummary, Reference, Snapshot,
    StockChanges, Time, WarehouseId,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

mod backlog;
mod columns;
mod locked_write;
mod optimistic_place;
mod optimistic_write;
mod row_locks;

pub use backlog::{LevelWithExpired, StockWithExpired};
pub use locked_write::Cause;
use locked_write::SYSTEM_ACTOR;
pub use optimistic_place::PlacedBlocks;
pub use optimistic_write::{Expected, WriteOutcome};
pub use row_locks::{LockHolder, RequestedRows, RowKey};

/// Expired blocks that one transaction reads, of all items together and, where those are many, of each.
const RECLAIM_BLOCKS_MAX: i64 = 256;
const RECLAIM_BLOCKS_MIN: i64 = 10;

/// Stock levels to be locked: of each item one warehouse's, or all of them where `None` is among its keys.
pub type LevelSelection = std::collections::BTreeSet<(ItemId, Option<WarehouseId>)>;

/// Stock levels under lock.
#[derive(Debug, Clone, Default)]
pub struct LockedLevels {
    /// Available units.
    pub levels: BTreeMap<LevelKey, i32>,
    /// The database's time behind these locks; `None` where there are none.
    pub locked_at: Option<Time>,
}

/// Blocks under lock.
#[derive(Debug, Clone, Default)]
pub struct LockedBlocks {
    /// Those that still have their units.
    pub blocks: HashMap<BlockId, HeldBlock>,
    /// For whom they are, where they have a reference.
    pub references: HashMap<BlockId, Reference>,
}

/// Expired blocks, as far as they were read.
#[derive(Debug, Clone, Default)]
pub struct ExpiredBlocks {
    /// The blocks.
    pub blocks: Vec<HeldBlock>,
    /// The items that may have more.
    pub more: BTreeSet<ItemId>,
}

impl WriteTransaction {
    /// Unused block ids.
    pub async fn block_ids_reserve(&mut self, count: usize) -> Result<Vec<BlockId>> {
        Ok(block_ids_reserve(&mut self.transaction, count).await?.0)
    }

    /// Locks stock levels, in order, and reads them: those that are wanted, and all of the items of which
    /// `blocks` hold some. What a block holds is read later, under these locks. Where an item has got another
    /// level meanwhile, the transaction must be tried again: [`crate::Error::Conflict`].
    pub async fn levels_lock(&mut self, wanted: &LevelSelection, blocks: &[BlockId]) -> Result<LockedLevels> {
        // `None` sorts first: where all levels of an item are wanted, single ones of it add nothing.
        let mut last_whole = None;
        let (items, warehouses): (Vec<_>, Vec<_>) = wanted
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
        // Where there are more items than warehouses, the last items' are NULL: all of them. And the function has
        // locked all levels before the first of its rows is seen here.
        let rows = sqlx::query!(
            r#"SELECT item_id AS "item_id!", warehouse_id AS "warehouse_id!", units AS "units!",
                      clock_timestamp() AS "locked_at!"
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
            locked.locked_at = locked.locked_at.max(Some(row.locked_at));
        }
        Ok(locked)
    }

    /// Units of these items in temporary blocks and in allocated orders. Their stock levels are locked already.
    pub async fn units_held(&mut self, items: &[ItemId]) -> Result<HashMap<ItemId, i64>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT item_id AS "item_id!", sum(units)::bigint AS "units!"
                 FROM (SELECT item_id, quantity::bigint AS units FROM block_inventory
                        WHERE item_id = ANY ($1) AND NOT is_permanent
                       UNION ALL
                       SELECT order_items.product_id, order_items.quantity FROM order_items
                         JOIN orders ON orders.id = order_items.order_id
                        WHERE order_items.product_id = ANY ($1) AND orders.status = 'allocated') AS held
                GROUP BY item_id"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(rows.into_iter().map(|row| (ItemId(row.item_id), row.units)).collect())
    }

    /// Those of `items` that exist; no stock level of theirs was found.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if all levels of an item are wanted and it has got its first one meanwhile: the
    /// transaction must be tried again.
    pub async fn items_existing(
        &mut self,
        items: &[ItemId],
        all_wanted: impl Fn(&ItemId) -> bool,
    ) -> Result<Vec<ItemId>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT id, EXISTS (SELECT FROM inventory WHERE product_id = items.id) AS "has_levels!"
                 FROM items WHERE id = ANY ($1)"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let known = rows.into_iter().map(|row| match ItemId(row.id) {
            item if row.has_levels && all_wanted(&item) => Err(changed_meanwhile("an item")),
            item => Ok(item),
        });
        known.collect()
    }

    /// Locks items, in order, for a statement that changes their sums in another order. Their stock levels are locked
    /// already.
    pub(crate) async fn items_lock(&mut self, items: &[ItemId]) -> Result<()> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        sqlx::query!("SELECT id FROM items WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", &ids)
            .fetch_all(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Locks those of `blocks` that still have their units, and reads them. Their stock levels are locked already, and
    /// are `levels`; `blocks` has all blocks of `carts`.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if that is no longer so: the transaction must be tried again.
    pub async fn blocks_lock(
        &mut self,
        blocks: &[BlockId],
        carts: &[CartId],
        levels: &BTreeMap<LevelKey, i32>,
    ) -> Result<LockedBlocks> {
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let carts: Vec<_> = carts.iter().map(|cart| cart.0).collect();
        let rows = sqlx::query!(
            "SELECT id, item_id, warehouse_id, quantity, is_permanent, expires_at, reference
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
            // It was placed after the levels, or the cart's blocks, were read.
            if !levels.contains_key(&key) || !named.contains(&id) {
                return Err(changed_meanwhile("a block"));
            }
            locked.blocks.insert(id, HeldBlock { id, key, quantity: row.quantity, expires_at });
            if let Some(reference) = row.reference.and_then(|name| Reference::new(&name).ok()) {
                locked.references.insert(id, reference);
            }
        }
        Ok(locked)
    }

    /// The blocks of these carts that still have their units.
    pub async fn cart_blocks(&mut self, carts: &[CartId]) -> Result<HashMap<CartId, Vec<BlockId>>> {
        let ids: Vec<_> = carts.iter().map(|cart| cart.0).collect();
        let rows = sqlx::query!(
            r#"SELECT cart_id AS "cart_id!", id FROM block_inventory
                WHERE cart_id = ANY ($1) AND cart_id IS NOT NULL ORDER BY id"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut blocks = HashMap::<_, Vec<_>>::new();
        for row in rows {
            blocks.entry(CartId(row.cart_id)).or_default().push(BlockId(row.id));
        }
        Ok(blocks)
    }

    /// How many temporary blocks each of these references has, expired ones left out. Until this transaction
    /// ends, no other that asks the same can add to them.
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

    /// How those of `blocks` that are over have ended.
    pub async fn block_ends(&mut self, blocks: &[BlockId]) -> Result<HashMap<BlockId, BlockEnd>> {
        let ids: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let rows = sqlx::query!(
            r#"SELECT block_id AS "block_id!", reason, created_at FROM stock_movements
                WHERE block_id = ANY ($1) AND reason IN ('released', 'expired')"#,
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let ends = rows.into_iter().map(|row| {
            let expired = row.reason == "expired";
            let end = if expired { BlockEnd::Expired(row.created_at) } else { BlockEnd::Released };
            (BlockId(row.block_id), end)
        });
        Ok(ends.collect())
    }

    /// Locks orders, in order, and reads them with their lines. The lock also waits for an insert of a line that has not
    /// been committed, and the lines are read after it.
    pub async fn orders_lock(&mut self, orders: &[OrderId]) -> Result<HashMap<OrderId, OrderSummary>> {
        let ids: Vec<_> = orders.iter().map(|order| order.0).collect();
        let rows = sqlx::query!(
            "SELECT id, status, warehouse_id FROM orders WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut orders = HashMap::with_capacity(rows.len());
        for row in rows {
            let (id, warehouse) = (OrderId(row.id), row.warehouse_id.map(WarehouseId));
            let status = order_status(&row.status)?;
            orders.insert(id, OrderSummary { id, status, warehouse, lines: Vec::new() });
        }
        if orders.is_empty() {
            return Ok(orders);
        }
        let lines = sqlx::query!(
            "SELECT order_id, product_id, quantity FROM order_items
              WHERE order_id = ANY ($1) ORDER BY order_id, product_id",
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        for line in lines {
            if let Some(order) = orders.get_mut(&OrderId(line.order_id)) {
                order.lines.push((ItemId(line.product_id), line.quantity));
            }
        }
        Ok(orders)
    }

    /// Expired blocks of these items, each item's oldest first, in bounded number. Only blocks of locked stock levels may
    /// be reclaimed.
    pub async fn expired_blocks(&mut self, items: &BTreeSet<ItemId>, now: Time) -> Result<ExpiredBlocks> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        // No more in all than a transaction should carry.
        let each = RECLAIM_BLOCKS_MAX / i64::try_from(ids.len().max(1)).unwrap_or(i64::MAX);
        let each = each.max(RECLAIM_BLOCKS_MIN);
        let rows = sqlx::query!(
            r#"SELECT due.id, wanted.item_id AS "item_id!", due.warehouse_id, due.quantity,
                      due.expires_at AS "expires_at!"
                 FROM unnest($1::bigint[]) AS wanted (item_id)
                CROSS JOIN LATERAL (
                    SELECT id, warehouse_id, quantity, expires_at FROM block_inventory
                     WHERE item_id = wanted.item_id AND NOT is_permanent AND expires_at <= $2
                     ORDER BY expires_at, id LIMIT $3) AS due"#,
            &ids,
            now,
            each
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut found = HashMap::<ItemId, i64>::new();
        let mut due = ExpiredBlocks::default();
        for row in rows {
            let key = level_key(row.item_id, row.warehouse_id);
            let (id, expires_at) = (BlockId(row.id), row.expires_at);
            due.blocks.push(HeldBlock { id, key, quantity: row.quantity, expires_at: Some(expires_at) });
            let count = found.entry(key.item).or_default();
            *count += 1;
            if *count == each {
                due.more.insert(key.item);
            }
        }
        Ok(due)
    }

    /// The database's time.
    pub async fn now(&mut self) -> Result<Time> {
        let now = sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#);
        Ok(now.fetch_one(&mut *self.transaction).await?)
    }

    /// Writes what was decided, and the answers that are kept under a key. `causes` tells who asked, request
    /// by request. Answers the categories of the items whose quantities changed.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where a row is not as it was when the changes were decided.
    pub async fn write(
        &mut self,
        changes: &StockChanges,
        decided_on: &Snapshot,
        causes: &[Cause<'_>],
        answers: &[ResponseRecord],
    ) -> Result<Vec<String>> {
        locked_write::write(&mut self.transaction, changes, decided_on, causes, answers).await
    }
}

/// The error of a transaction that has to be decided again.
pub(crate) fn changed_meanwhile(subject: &str) -> Error {
    Error::Conflict(sqlx::Error::Protocol(format!("{subject} was changed by another transaction meanwhile")))
}

fn level_key(item: i64, warehouse: i64) -> LevelKey {
    LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
}

/// Unused block ids, and the database's time.
async fn block_ids_reserve(connection: &mut Connection, count: usize) -> Result<(Vec<BlockId>, Time)> {
    let row = sqlx::query!(
        r#"SELECT array_agg(nextval('block_inventory_id_seq')) AS ids, clock_timestamp() AS "now!"
             FROM generate_series(1, $1::bigint)"#,
        i64::try_from(count).unwrap_or(i64::MAX)
    )
    .fetch_one(connection)
    .await?;
    Ok((row.ids.unwrap_or_default().into_iter().map(BlockId).collect(), row.now))
}
