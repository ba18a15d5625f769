//! Diagnosis of lock time-outs: the rows that requests lock, and the transactions that hold locks on them.

use super::columns::level_key;
use crate::advisory_locks::REFERENCE_CLASS;
use crate::{Result, Store, WriteTransaction};
use domain::{BlockId, CartId, ItemId, LevelKey, OrderId, WarehouseId};
use std::collections::HashMap;
use std::time::Duration;

/// Identifies a row or a reference that a stock batch locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A stock level.
    Level(LevelKey),
    /// An item.
    Item(ItemId),
    /// A block of an item.
    Block(BlockId, ItemId),
    /// An order.
    Order(OrderId),
    /// A reference of blocks, by the hash that its advisory lock has as key.
    Reference(i32),
}

/// Identifies a transaction that holds a lock: the transaction id for a row, the session and its local transaction id for
/// an advisory lock.
pub type LockHolder = i64;

/// The rows that requests name, each with the index of its request.
#[derive(Debug, Clone, Default)]
pub struct RequestedRows {
    /// The item's stock level in one warehouse, or all its levels.
    pub levels: Vec<(i32, ItemId, Option<WarehouseId>)>,
    /// Blocks.
    pub blocks: Vec<(i32, BlockId)>,
    /// Carts, for all their blocks.
    pub carts: Vec<(i32, CartId)>,
    /// Orders, and the warehouse of the stock levels for their lines; `None` for the warehouse that the order was
    /// allocated from.
    pub orders: Vec<(i32, OrderId, Option<WarehouseId>)>,
    /// References of new blocks.
    pub references: Vec<(i32, String)>,
}

impl Store {
    /// Returns the rows that the requests lock, each with the index of its request. Locks nothing.
    pub async fn rows_to_lock(&self, named: &RequestedRows) -> Result<Vec<(usize, RowKey)>> {
        let (level_positions, levels): (Vec<_>, Vec<_>) = named
            .levels
            .iter()
            .map(|(position, item, warehouse)| (*position, (item.0, warehouse.map(|id| id.0))))
            .unzip();
        let (items, warehouses): (Vec<i64>, Vec<Option<i64>>) = levels.into_iter().unzip();
        let (block_positions, blocks): (Vec<_>, Vec<_>) =
            named.blocks.iter().map(|(position, block)| (*position, block.0)).unzip();
        let (cart_positions, carts): (Vec<_>, Vec<_>) =
            named.carts.iter().map(|(position, cart)| (*position, cart.0)).unzip();
        let (order_positions, orders): (Vec<_>, Vec<_>) = named
            .orders
            .iter()
            .map(|(position, order, warehouse)| (*position, (order.0, warehouse.map(|id| id.0))))
            .unzip();
        let (orders, order_warehouses): (Vec<i64>, Vec<Option<i64>>) = orders.into_iter().unzip();
        let (reference_positions, references): (Vec<i32>, Vec<String>) =
            named.references.iter().cloned().unzip();
        let rows = sqlx::query!(
            r#"WITH blocks AS MATERIALIZED (
                   SELECT named.request, block_inventory.id, block_inventory.item_id
                     FROM unnest($4::integer[], $5::bigint[]) AS named (request, id)
                     JOIN block_inventory ON block_inventory.id = named.id
                    UNION ALL
                   SELECT named.request, block_inventory.id, block_inventory.item_id
                     FROM unnest($6::integer[], $7::bigint[]) AS named (request, id)
                     JOIN block_inventory ON block_inventory.cart_id = named.id
               ), needed AS MATERIALIZED (
                   SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS named (request, item, warehouse)
                    UNION
                   SELECT request, item_id, NULL FROM blocks
                    UNION
                   SELECT named.request, order_items.product_id, coalesce(named.warehouse, orders.warehouse_id)
                     FROM unnest($8::integer[], $9::bigint[], $10::bigint[]) AS named (request, id, warehouse)
                     JOIN orders ON orders.id = named.id
                     JOIN order_items ON order_items.order_id = named.id
               )
               SELECT request AS "request!", 'level' AS "kind!", product_id AS "id!", warehouse_id AS "other_id!"
                 FROM needed
                 JOIN inventory ON product_id = needed.item
                               AND (needed.warehouse IS NULL OR warehouse_id = needed.warehouse)
                UNION ALL
               SELECT DISTINCT request, 'item', item, 0 FROM needed
                UNION ALL
               SELECT request, 'block', id, item_id FROM blocks
                UNION ALL
               SELECT request, 'order', id, 0 FROM unnest($8, $9) AS named (request, id)
                UNION ALL
               SELECT request, 'reference', hashtext(name), 0
                 FROM unnest($11::integer[], $12::text[]) AS named (request, name)"#,
            &level_positions,
            &items,
            &warehouses as &[Option<i64>],
            &block_positions,
            &blocks,
            &cart_positions,
            &carts,
            &order_positions,
            &orders,
            &order_warehouses as &[Option<i64>],
            &reference_positions,
            &references,
        )
        .fetch_all(&self.writes)
        .await?;
        let needed = rows.into_iter().map(|row| {
            (usize::try_from(row.request).unwrap_or(usize::MAX), RowKey::of(&row.kind, row.id, row.other_id))
        });
        Ok(needed.collect())
    }

    /// Returns those of `rows` that another transaction has locked, with the holder of the lock. Does not wait. The other
    /// rows are locked for the time of the statement.
    pub async fn rows_locked(
        &self,
        rows: impl IntoIterator<Item = RowKey>,
    ) -> Result<HashMap<RowKey, LockHolder>> {
        let (mut level_items, mut level_warehouses, mut items) = (Vec::new(), Vec::new(), Vec::new());
        let (mut blocks, mut block_items, mut orders) = (Vec::new(), Vec::new(), Vec::new());
        let mut references = Vec::new();
        for row in rows {
            match row {
                RowKey::Level(key) => {
                    level_items.push(key.item.0);
                    level_warehouses.push(key.warehouse.0);
                }
                RowKey::Item(item) => items.push(item.0),
                RowKey::Block(block, item) => {
                    blocks.push(block.0);
                    block_items.push(item.0);
                }
                RowKey::Order(order) => orders.push(order.0),
                RowKey::Reference(hash) => references.push(hash),
            }
        }
        let mut transaction = self.begin().await?;
        // The system column xmax of a locked row contains the holder's id. Rows that SKIP LOCKED returned are free.
        let locked = sqlx::query!(
            r#"WITH free_levels AS MATERIALIZED (
                   SELECT product_id, warehouse_id FROM inventory
                     JOIN unnest($1::bigint[], $2::bigint[]) AS asked (item, warehouse)
                       ON product_id = item AND warehouse_id = warehouse
                      FOR NO KEY UPDATE OF inventory SKIP LOCKED
               ), free_items AS MATERIALIZED (
                   SELECT id FROM items WHERE id = ANY ($3) FOR NO KEY UPDATE SKIP LOCKED
               ), free_blocks AS MATERIALIZED (
                   SELECT id FROM block_inventory JOIN unnest($4::bigint[], $5::bigint[]) AS asked (block, item)
                       ON id = block AND item_id = item
                      FOR NO KEY UPDATE OF block_inventory SKIP LOCKED
               ), free_orders AS MATERIALIZED (
                   SELECT id FROM orders WHERE id = ANY ($6) FOR NO KEY UPDATE SKIP LOCKED
               )
               SELECT 'level' AS "kind!", product_id AS "id!", warehouse_id AS "other_id!",
                      inventory.xmax::text::bigint AS "holder!"
                 FROM inventory
                 JOIN unnest($1, $2) AS asked (item, warehouse) ON product_id = item AND warehouse_id = warehouse
                WHERE NOT EXISTS (SELECT FROM free_levels WHERE free_levels.product_id = inventory.product_id
                                                            AND free_levels.warehouse_id = inventory.warehouse_id)
                UNION ALL
               SELECT 'item', id, 0, items.xmax::text::bigint FROM items
                WHERE id = ANY ($3) AND id NOT IN (SELECT id FROM free_items)
                UNION ALL
               SELECT 'block', id, item_id, block_inventory.xmax::text::bigint
                 FROM block_inventory JOIN unnest($4, $5) AS asked (block, item) ON id = block AND item_id = item
                WHERE id NOT IN (SELECT id FROM free_blocks)
                UNION ALL
               SELECT 'order', id, 0, orders.xmax::text::bigint FROM orders
                WHERE id = ANY ($6) AND id NOT IN (SELECT id FROM free_orders)"#,
            &level_items,
            &level_warehouses,
            &items,
            &blocks,
            &block_items,
            &orders,
        )
        .fetch_all(&mut *transaction.transaction)
        .await?;
        let locked = locked.into_iter().map(|row| (RowKey::of(&row.kind, row.id, row.other_id), row.holder));
        let mut locked: HashMap<_, _> = locked.collect();
        if !references.is_empty() {
            locked.extend(transaction.references_locked(&references).await?);
        }
        transaction.roll_back().await?;
        Ok(locked)
    }
}

impl WriteTransaction {
    /// Returns those of the references with these hashes that another transaction has locked. Does not wait.
    async fn references_locked(&mut self, hashes: &[i32]) -> Result<Vec<(RowKey, LockHolder)>> {
        let locked = sqlx::query!(
            r#"SELECT hash AS "hash!",
                      (pid::bigint << 32) + split_part(virtualtransaction, '/', 2)::bigint AS "holder!"
                 FROM unnest($1::integer[]) AS asked (hash)
                 JOIN pg_locks ON locktype = 'advisory' AND classid = (SELECT shop_lock_class($2)::oid) AND objid = hash::oid
                              AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
                WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())"#,
            hashes,
            REFERENCE_CLASS
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(locked.into_iter().map(|row| (RowKey::Reference(row.hash), row.holder)).collect())
    }

    /// Sets the lock timeout for the rest of the transaction.
    pub async fn lock_timeout_set(&mut self, lock_timeout: Duration) -> Result<()> {
        let lock_timeout = lock_timeout.as_millis().to_string();
        sqlx::query!("SELECT set_config('lock_timeout', $1, true)", lock_timeout)
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

impl RowKey {
    fn of(kind: &str, id: i64, other_id: i64) -> Self {
        match kind {
            "level" => Self::Level(level_key(id, other_id)),
            "item" => Self::Item(ItemId(id)),
            "block" => Self::Block(BlockId(id), ItemId(other_id)),
            "reference" => Self::Reference(i32::try_from(id).unwrap_or_default()),
            _ => Self::Order(OrderId(id)),
        }
    }
}
