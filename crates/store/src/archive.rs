//! Archiving and restoring items and warehouses. Each is decided under the locks of the stock levels, which blocks and
//! receipts take as well, so of two racing requests one is rejected.

use crate::items::{ItemRow, item_from};
use crate::warehouses::WarehouseRow;
use crate::{Cause, Error, Result, WriteTransaction};
use domain::{Item, ItemId, Precondition, Warehouse, WarehouseId};
use std::net::IpAddr;

/// Returns whether a warehouse is archived, or restored, already.
///
/// # Errors
/// [`domain::Error::VersionMismatch`], [`domain::Error::WarehouseIsDefault`].
fn is_in_state(before: &Warehouse, archived: bool, condition: &Precondition) -> Result<bool> {
    condition.check(before.version())?;
    match before.archived_at.is_some() == archived {
        false if before.is_default => Err(domain::Error::WarehouseIsDefault(before.id).into()),
        is_in_state => Ok(is_in_state),
    }
}

impl WriteTransaction {
    /// Archives an item, or restores it, and adds an event to the audit log. An item that is in this state already stays
    /// as it is, without an event. Its units stay recorded.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::VersionMismatch`]; [`domain::Error::ItemHeld`] if units of the
    /// item are in active blocks.
    pub async fn item_set_archived(
        &mut self,
        id: ItemId,
        archived: bool,
        condition: &Precondition,
        cause: Cause<'_>,
    ) -> Result<Item> {
        let locked = self.levels_lock(&[(id, None)].into(), &[]).await?;
        let row = sqlx::query_as!(
            ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at, low_stock
               FROM items WHERE id = $1 FOR UPDATE",
            id.0
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        let before = row.map(item_from).transpose()?.ok_or(domain::Error::ItemNotFound(id))?;
        condition.check(before.version())?;
        if before.archived_at.is_some() == archived {
            return Ok(before);
        }
        let marked = sqlx::query!("UPDATE inventory SET archived = $2 WHERE product_id = $1", id.0, archived)
            .execute(&mut *self.transaction)
            .await?;
        // A level that appeared after the locks may have blocks.
        if usize::try_from(marked.rows_affected()).ok() != Some(locked.levels.len()) {
            return Err(Error::changed_meanwhile("the item's stock levels"));
        }
        if archived {
            let held = sqlx::query_scalar!(
                r#"SELECT coalesce(sum(quantity), 0)::bigint AS "held!" FROM block_inventory
                    WHERE item_id = $1 AND NOT is_permanent AND expires_at > clock_timestamp()"#,
                id.0
            );
            let held = held.fetch_one(&mut *self.transaction).await?;
            if held > 0 {
                return Err(domain::Error::ItemHeld { item: id, held }.into());
            }
        }
        let kind = if archived { "item.archived" } else { "item.restored" };
        let row = sqlx::query_as!(
            ItemRow,
            r#"WITH changed AS (
                   UPDATE items SET archived_at = CASE WHEN $2 THEN now() END, updated_at = now() WHERE id = $1
                RETURNING id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes,
                          archived_at, low_stock
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $4, $5, $6, $7, $3, 'item:' || id, jsonb_build_object('archived', NOT $2),
                          jsonb_build_object('archived', $2)
                     FROM changed
               )
               SELECT id AS "id!", name AS "name!", description, quantity AS "quantity!", price AS "price!", category,
                      created_at AS "created_at!", updated_at AS "updated_at!", sku, barcodes,
                      archived_at, low_stock
                 FROM changed"#,
            id.0,
            archived,
            kind,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        item_from(row)
    }

    /// Archives a warehouse, or restores it, and adds an event to the audit log. A warehouse that is in this state already
    /// stays as it is, without an event. `units_available` of the result is 0.
    ///
    /// # Errors
    /// [`domain::Error::WarehouseNotFound`], [`domain::Error::VersionMismatch`], [`domain::Error::WarehouseIsDefault`];
    /// [`domain::Error::WarehouseHasStock`] if the warehouse has units that are available or in active blocks.
    pub async fn warehouse_set_archived(
        &mut self,
        id: WarehouseId,
        archived: bool,
        condition: &Precondition,
        cause: Cause<'_>,
    ) -> Result<Warehouse> {
        if archived {
            // A request that is rejected in any case locks no levels.
            let before = self.warehouse_read(id).await?;
            if is_in_state(&before, archived, condition)? {
                return Ok(before);
            }
            let (levels, available) = self.warehouse_levels(id).await?;
            self.check_warehouse_empty(id, levels, available).await?;
        }
        // Stock levels come first in the lock order.
        let levels = match archived {
            true => Some(self.warehouse_levels_lock(id).await?),
            false => None,
        };
        let row = sqlx::query_as!(
            WarehouseRow,
            "SELECT id, code, name, is_default, archived_at, priority, latitude, longitude
               FROM warehouses WHERE id = $1 FOR UPDATE",
            id.0
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        let before = Warehouse::try_from(row.ok_or(domain::Error::WarehouseNotFound(id))?)?;
        if is_in_state(&before, archived, condition)? {
            return Ok(before);
        }
        if let Some((levels, available)) = levels {
            self.check_warehouse_empty(id, levels, available).await?;
        }
        let kind = if archived { "warehouse.archived" } else { "warehouse.restored" };
        let row = sqlx::query_as!(
            WarehouseRow,
            r#"WITH changed AS (
                   UPDATE warehouses SET archived_at = CASE WHEN $2 THEN now() END WHERE id = $1
                RETURNING id, code, name, is_default, archived_at, priority, latitude, longitude
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $4, $5, $6, $7, $3, 'warehouse:' || id, jsonb_build_object('archived', NOT $2),
                          jsonb_build_object('archived', $2)
                     FROM changed
               )
               SELECT id AS "id!", code AS "code!", name AS "name!", is_default AS "is_default!", archived_at,
                      priority AS "priority!", latitude, longitude
                 FROM changed"#,
            id.0,
            archived,
            kind,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        row.try_into()
    }

    async fn warehouse_read(&mut self, id: WarehouseId) -> Result<Warehouse> {
        let row = sqlx::query_as!(
            WarehouseRow,
            "SELECT id, code, name, is_default, archived_at, priority, latitude, longitude
               FROM warehouses WHERE id = $1",
            id.0
        );
        let row = row.fetch_optional(&mut *self.transaction).await?;
        row.ok_or(domain::Error::WarehouseNotFound(id))?.try_into()
    }

    /// Returns the number of the stock levels of a warehouse, and their available units.
    async fn warehouse_levels(&mut self, id: WarehouseId) -> Result<(i64, i64)> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "levels!", coalesce(sum(stock_quantity), 0)::bigint AS "units!"
                 FROM inventory WHERE warehouse_id = $1"#,
            id.0
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok((row.levels, row.units))
    }

    /// Locks all stock levels of a warehouse. Returns their number and their available units.
    async fn warehouse_levels_lock(&mut self, id: WarehouseId) -> Result<(i64, i64)> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "levels!", coalesce(sum(stock_quantity), 0)::bigint AS "units!"
                 FROM (SELECT stock_quantity FROM inventory WHERE warehouse_id = $1
                        ORDER BY product_id FOR NO KEY UPDATE) AS locked"#,
            id.0
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok((row.levels, row.units))
    }

    /// Checks that a warehouse has no units, also in expired blocks, because these return. `levels` is the number of its stock levels when they were read.
    async fn check_warehouse_empty(&mut self, id: WarehouseId, levels: i64, available: i64) -> Result<()> {
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM inventory WHERE warehouse_id = $1) AS "levels!",
                      (SELECT coalesce(sum(quantity), 0)::bigint FROM block_inventory
                        WHERE warehouse_id = $1 AND NOT is_permanent) AS "held!""#,
            id.0
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        if row.levels != levels {
            return Err(Error::changed_meanwhile("the warehouse's stock levels"));
        }
        match available + row.held {
            0 => Ok(()),
            _ => Err(domain::Error::WarehouseHasStock { warehouse: id, available, held: row.held }.into()),
        }
    }
}
