use crate::advisory_locks::ORDER_REFERENCE_CLASS;
use crate::pool::Connection;
use crate::{Cause, Error, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{
    ItemId, LevelKey, NewOrder, Order, OrderId, OrderLine, OrderQuery, OrderStatus, Page, Reference,
    WarehouseId,
};
use std::collections::HashMap;
use std::net::IpAddr;

/// A row of `orders`.
struct OrderRow {
    id: i64,
    reference: Option<String>,
    status: String,
    warehouse_id: Option<i64>,
    warehouse_code: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    allocated_at: Option<DateTime<Utc>>,
    allocated_by: Option<String>,
    cancelled_by: Option<String>,
    created_by: Option<String>,
}

pub(crate) fn order_status(name: &str) -> Result<OrderStatus> {
    let status = OrderStatus::parse(name);
    status.ok_or_else(|| sqlx::Error::Decode(format!("an unknown order status {name}").into()).into())
}

impl Store {
    /// Returns an order with its lines.
    pub async fn order_get(&self, id: OrderId) -> Result<Option<Order>> {
        let row = sqlx::query_as!(
            OrderRow,
            r#"SELECT orders.id, reference, status, warehouse_id, warehouses.code AS "warehouse_code?", created_at, updated_at,
                      allocated_at, allocated_by, cancelled_by, created_by
                 FROM orders LEFT JOIN warehouses ON warehouses.id = orders.warehouse_id
                WHERE orders.id = $1"#,
            id.0
        )
        .fetch_optional(&self.lookups)
        .await?;
        let mut connection = self.lookups.acquire().await?;
        Ok(with_lines(&mut connection, row.into_iter().collect()).await?.pop())
    }

    /// Returns a page of orders with their lines, newest first.
    pub async fn order_list(&self, query: &OrderQuery) -> Result<Page<Order>> {
        let rows = sqlx::query_as!(
            OrderRow,
            r#"SELECT orders.id AS "id!", reference, status AS "status!", warehouse_id, warehouses.code AS "warehouse_code?",
                      created_at AS "created_at!", updated_at AS "updated_at!",
                      allocated_at, allocated_by, cancelled_by, created_by
                 FROM ((SELECT * FROM orders
                         WHERE $4::text IS NULL
                           AND ($1::text IS NULL OR status = $1) AND ($2::bigint IS NULL OR id < $2)
                         ORDER BY id DESC LIMIT $3)
                       UNION ALL
                       (SELECT * FROM orders
                         WHERE reference = $4
                           AND ($1::text IS NULL OR status = $1) AND ($2::bigint IS NULL OR id < $2)
                         ORDER BY reference DESC, id DESC LIMIT $3)) AS orders
                 LEFT JOIN warehouses ON warehouses.id = orders.warehouse_id
                ORDER BY orders.id DESC"#,
            query.status.map(OrderStatus::as_str),
            query.after.map(|after| after.0),
            query.limit + 1,
            query.reference.as_ref().map(|reference| reference.as_str())
        )
        .fetch_all(&self.lookups)
        .await?;
        let mut connection = self.lookups.acquire().await?;
        let orders = with_lines(&mut connection, rows).await?;
        Ok(Page::cut(orders, query.limit, |order: &Order| order.id.to_string()))
    }
}

impl Store {
    /// Returns the units of these items that an allocation can use, by stock level: available units and those of expired
    /// blocks.
    pub async fn allocatable_units(&self, items: &[ItemId]) -> Result<HashMap<LevelKey, i32>> {
        let items: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT inventory.product_id, inventory.warehouse_id,
                      least(inventory.stock_quantity + coalesce(expired.units, 0), 2147483647)::integer AS "units!"
                 FROM inventory
                 LEFT JOIN (SELECT item_id, warehouse_id, sum(quantity)::bigint AS units FROM block_inventory
                             WHERE item_id = ANY ($1) AND NOT is_permanent AND expires_at <= now()
                             GROUP BY item_id, warehouse_id) AS expired
                        ON expired.item_id = inventory.product_id AND expired.warehouse_id = inventory.warehouse_id
                WHERE inventory.product_id = ANY ($1) AND inventory.archived IS FALSE"#,
            &items
        )
        .fetch_all(&self.lookups)
        .await?;
        let units = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) };
            (key, row.units)
        });
        Ok(units.collect())
    }
}

impl WriteTransaction {
    /// Creates an order, and adds an event to the audit log. Takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::OrderReferenceTaken`]; [`domain::Error::ItemNotFound`] or [`domain::Error::ItemArchived`] for the
    /// first line with such an item.
    pub async fn order_create(&mut self, order: &NewOrder, cause: Cause<'_>) -> Result<Order> {
        if let Some(reference) = order.reference.as_ref().filter(|_| order.has_unique_reference) {
            self.check_unique_reference(reference).await?;
        }
        let items: Vec<_> = order.lines.keys().map(|item| item.0).collect();
        let quantities: Vec<_> = order.lines.values().map(|quantity| quantity.get()).collect();
        let existing = sqlx::query!(
            r#"SELECT id, archived_at IS NOT NULL AS "is_archived!" FROM items WHERE id = ANY ($1)"#,
            &items
        );
        let existing = existing.fetch_all(&mut *self.transaction).await?;
        let existing: HashMap<_, _> = existing.into_iter().map(|row| (row.id, row.is_archived)).collect();
        for item in &items {
            match existing.get(item) {
                Some(false) => {}
                Some(true) => return Err(domain::Error::ItemArchived(ItemId(*item)).into()),
                None => return Err(domain::Error::ItemNotFound(ItemId(*item)).into()),
            }
        }
        let reference = order.reference.as_ref().map(|reference| reference.as_str());
        let row = sqlx::query_as!(
            OrderRow,
            r#"WITH created AS (
                   INSERT INTO orders (reference, created_by) VALUES ($1, $4) RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
                   SELECT $4, $5, $6, $7, 'order.created', 'order:' || id,
                          jsonb_strip_nulls(jsonb_build_object('reference', reference, 'lines', (
                              SELECT jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity))
                                FROM unnest($2::bigint[], $3::integer[]) AS lines (item_id, quantity))))
                     FROM created
               )
               SELECT id AS "id!", reference, status AS "status!", warehouse_id, NULL AS "warehouse_code?: String",
                      created_at AS "created_at!", updated_at AS "updated_at!", allocated_at, allocated_by, cancelled_by, created_by
                 FROM created"#,
            reference,
            &items,
            &quantities,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO order_items (order_id, product_id, quantity)
             SELECT $1, lines.product_id, lines.quantity
               FROM unnest($2::bigint[], $3::integer[]) AS lines (product_id, quantity)",
            row.id,
            &items,
            &quantities
        )
        .execute(&mut *self.transaction)
        .await?;
        let created = with_lines(&mut self.transaction, vec![row]).await?.pop();
        created.ok_or_else(|| Error::Internal(sqlx::Error::RowNotFound))
    }
}

impl WriteTransaction {
    /// Checks that no order has the reference. Until this transaction ends, no other one that asks for the same can add
    /// such an order.
    async fn check_unique_reference(&mut self, reference: &Reference) -> Result<()> {
        sqlx::query!(
            "SELECT pg_advisory_xact_lock($1, hashtext($2))",
            ORDER_REFERENCE_CLASS,
            reference.as_str()
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        // A second statement: its snapshot includes the commit of the transaction that held the lock before.
        let taken = sqlx::query_scalar!(
            "SELECT id FROM orders WHERE reference = $1 ORDER BY id DESC LIMIT 1",
            reference.as_str()
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        match taken {
            None => Ok(()),
            Some(id) => {
                let reference = reference.to_string();
                Err(domain::Error::OrderReferenceTaken { reference, order: OrderId(id) }.into())
            }
        }
    }
}

async fn with_lines(connection: &mut Connection, rows: Vec<OrderRow>) -> Result<Vec<Order>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut lines = order_lines(connection, &ids).await?;
    let orders = rows.into_iter().map(|row| {
        Ok(Order {
            id: OrderId(row.id),
            reference: row.reference,
            status: order_status(&row.status)?,
            warehouse: row.warehouse_id.map(WarehouseId),
            warehouse_code: row.warehouse_code,
            lines: lines.remove(&row.id).unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            allocated_at: row.allocated_at,
            created_by: row.created_by,
            allocated_by: row.allocated_by,
            cancelled_by: row.cancelled_by,
        })
    });
    orders.collect()
}

/// Returns the lines of these orders, by ascending item id. The names are read by a second statement, because orders and
/// items may be on different nodes. An item that was deleted has its id as name, as in `#7`.
async fn order_lines(connection: &mut Connection, orders: &[i64]) -> Result<HashMap<i64, Vec<OrderLine>>> {
    let rows = sqlx::query!(
        "SELECT order_id, product_id, quantity FROM order_items
          WHERE order_id = ANY ($1) ORDER BY order_id, product_id",
        orders
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut items: Vec<_> = rows.iter().map(|row| row.product_id).collect();
    items.sort_unstable();
    items.dedup();
    let names = sqlx::query!("SELECT id, name, sku FROM items WHERE id = ANY ($1)", &items)
        .fetch_all(&mut *connection)
        .await?;
    let names: HashMap<_, _> = names.into_iter().map(|row| (row.id, (row.name, row.sku))).collect();
    let mut lines = HashMap::<i64, Vec<OrderLine>>::new();
    for row in rows {
        let named = names.get(&row.product_id).cloned();
        let (item_name, sku) = named.unwrap_or_else(|| (format!("#{}", row.product_id), None));
        let line = OrderLine { item: ItemId(row.product_id), item_name, sku, quantity: row.quantity };
        lines.entry(row.order_id).or_default().push(line);
    }
    Ok(lines)
}
