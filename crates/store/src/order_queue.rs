//! Changes of an order's place in the queue of missing units.

use crate::orders::{OrderRow, with_lines};
use crate::waiting::queue_place;
use crate::{Cause, Error, Result, WriteTransaction};
use domain::{Order, QueueOrder};
use std::net::IpAddr;

impl WriteTransaction {
    /// Puts an order into the queue or takes it out of it, and adds an event to the audit log. An order that waits already
    /// keeps its time. Takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderAlreadyAllocated`], [`domain::Error::OrderShipped`],
    /// [`domain::Error::OrderCancelled`].
    pub async fn order_queue(&mut self, queue: QueueOrder, cause: Cause<'_>) -> Result<Order> {
        let present = self.orders_lock(&[queue.order]).await?.remove(&queue.order);
        queue.check(&present.ok_or(domain::Error::OrderNotFound(queue.order))?)?;
        let row = sqlx::query_as!(
            OrderRow,
            r#"WITH present AS (
                   SELECT id, priority, waiting_since IS NOT NULL AS waits FROM orders WHERE id = $1
               ), changed AS (
                   UPDATE orders SET waiting_since = CASE WHEN $2 THEN coalesce(waiting_since, now()) END,
                                     priority = coalesce($3, priority)
                    WHERE id = $1 RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $4, $5, $6, $7, 'order.changed', 'order:' || present.id,
                          jsonb_build_object('waits', present.waits, 'priority', present.priority),
                          jsonb_build_object('waits', waiting_since IS NOT NULL, 'priority', changed.priority)
                     FROM present JOIN changed ON changed.id = present.id
               )
               SELECT changed.id AS "id!", reference, status AS "status!", warehouse_id, warehouses.code AS "warehouse_code?",
                      created_at AS "created_at!", updated_at AS "updated_at!", allocated_at, allocated_by, cancelled_by,
                      created_by, changed.priority AS "priority!", waiting_since
                 FROM changed LEFT JOIN warehouses ON warehouses.id = changed.warehouse_id"#,
            queue.order.0,
            queue.waits,
            queue.priority.map(|priority| priority.get()),
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        let changed = with_lines(&mut self.transaction, vec![row]).await?.pop();
        let changed = changed.ok_or_else(|| Error::Internal(sqlx::Error::RowNotFound))?;
        let queue_place = queue_place(&mut self.transaction, queue.order).await?;
        Ok(Order { queue_place, ..changed })
    }
}
