//! The lines of orders.

use crate::orders::{OrderRow, with_lines};
use crate::waiting::queue_place;
use crate::{Cause, Error, Result, WriteTransaction};
use domain::{ChangeOrderLines, ItemId, Order, Snapshot, StockChanges};
use std::collections::HashMap;
use std::net::IpAddr;

impl WriteTransaction {
    /// Replaces all lines of an order, and adds an event to the audit log. The row of the order is locked first, so an
    /// allocation of the order has either the old or the new lines.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderNotPending`], [`domain::Error::OrderCancelled`];
    /// [`domain::Error::ItemNotFound`] or [`domain::Error::ItemArchived`] for the first such item that the order did not
    /// have.
    pub async fn order_change_lines(&mut self, change: &ChangeOrderLines, cause: Cause<'_>) -> Result<Order> {
        let present = self.orders_lock(&[change.order]).await?.remove(&change.order);
        let present = present.ok_or(domain::Error::OrderNotFound(change.order))?;
        self.check_new_items(&change.added_items(&present)?).await?;
        let items: Vec<_> = change.lines.keys().map(|item| item.0).collect();
        let quantities: Vec<_> = change.lines.values().map(|quantity| quantity.get()).collect();
        sqlx::query!(
            "WITH removed AS (
                 DELETE FROM order_items WHERE order_id = $1 AND product_id <> ALL ($2)
             )
             INSERT INTO order_items (order_id, product_id, quantity)
             SELECT $1, lines.product_id, lines.quantity
               FROM unnest($2::bigint[], $3::integer[]) AS lines (product_id, quantity)
             ON CONFLICT (order_id, product_id) DO UPDATE SET quantity = excluded.quantity",
            change.order.0,
            &items,
            &quantities
        )
        .execute(&mut *self.transaction)
        .await?;
        let (items_before, quantities_before): (Vec<_>, Vec<_>) =
            present.lines.iter().map(|(item, quantity)| (item.0, *quantity)).unzip();
        let row = sqlx::query_as!(
            OrderRow,
            r#"WITH changed AS (
                   UPDATE orders SET updated_at = now() WHERE id = $1 RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $6, $7, $8, $9, 'order.changed', 'order:' || id, jsonb_build_object('lines', (
                              SELECT jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity))
                                FROM unnest($4::bigint[], $5::integer[]) AS lines (item_id, quantity))),
                          jsonb_build_object('lines', (
                              SELECT jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity))
                                FROM unnest($2::bigint[], $3::integer[]) AS lines (item_id, quantity)))
                     FROM changed
               )
               SELECT id AS "id!", reference, status AS "status!", warehouse_id, NULL AS "warehouse_code?: String",
                      created_at AS "created_at!", updated_at AS "updated_at!", allocated_at, allocated_by, cancelled_by,
                      created_by, priority AS "priority!", waiting_since
                 FROM changed"#,
            change.order.0,
            &items,
            &quantities,
            &items_before,
            &quantities_before,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        let changed = with_lines(&mut self.transaction, vec![row]).await?.pop();
        let mut changed = changed.ok_or_else(|| Error::Internal(sqlx::Error::RowNotFound))?;
        if changed.waiting_since.is_some() {
            changed.queue_place = queue_place(&mut self.transaction, changed.id).await?;
        }
        Ok(changed)
    }

    /// Writes the changed lines of orders.
    pub(crate) async fn order_lines_write(
        &mut self,
        changes: &StockChanges,
        before: &Snapshot,
    ) -> Result<()> {
        let (mut orders, mut items, mut quantities) = (Vec::new(), Vec::new(), Vec::new());
        for (id, change) in changes.orders.iter().filter(|(_, change)| change.lines_changed.is_some()) {
            let left: HashMap<_, _> = change.after.lines.iter().copied().collect();
            for (item, _) in before.orders.get(id).into_iter().flat_map(|order| &order.lines) {
                orders.push(id.0);
                items.push(item.0);
                quantities.push(left.get(item).copied().unwrap_or(0));
            }
        }
        if orders.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "WITH removed AS (
                 DELETE FROM order_items USING unnest($1::bigint[], $2::bigint[], $3::integer[]) AS new (order_id, item_id, units)
                  WHERE order_items.order_id = new.order_id AND product_id = new.item_id AND new.units = 0
             )
             UPDATE order_items SET quantity = new.units
               FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS new (order_id, item_id, units)
              WHERE order_items.order_id = new.order_id AND product_id = new.item_id
                AND new.units > 0 AND quantity <> new.units",
            &orders,
            &items,
            &quantities
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Checks that these items can be added to an order.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`] or [`domain::Error::ItemArchived`] for the first such item.
    pub(crate) async fn check_new_items(&mut self, items: &[ItemId]) -> Result<()> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT id, archived_at IS NOT NULL AS "is_archived!" FROM items WHERE id = ANY ($1)"#,
            &ids
        );
        let rows = rows.fetch_all(&mut *self.transaction).await?;
        let found: HashMap<_, _> = rows.into_iter().map(|row| (ItemId(row.id), row.is_archived)).collect();
        for item in items {
            match found.get(item) {
                Some(false) => {}
                Some(true) => return Err(domain::Error::ItemArchived(*item).into()),
                None => return Err(domain::Error::ItemNotFound(*item).into()),
            }
        }
        Ok(())
    }
}
