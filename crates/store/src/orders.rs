use crate::advisory_locks::ORDER_REFERENCE_CLASS;
use crate::pool::Connection;
use crate::waiting::queue_place;
use crate::{Cause, Error, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{
    ItemId, LevelKey, NewOrder, Order, OrderHolding, OrderId, OrderLine, OrderStatus, OrderUnits, Reference,
    WarehouseId,
};
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

/// A row of `orders`.
pub(crate) struct OrderRow {
    pub(crate) id: i64,
    pub(crate) reference: Option<String>,
    pub(crate) status: String,
    pub(crate) warehouse_id: Option<i64>,
    pub(crate) warehouse_code: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) allocated_at: Option<DateTime<Utc>>,
    pub(crate) allocated_by: Option<String>,
    pub(crate) cancelled_by: Option<String>,
    pub(crate) created_by: Option<String>,
    pub(crate) priority: i32,
    pub(crate) waiting_since: Option<DateTime<Utc>>,
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
                      allocated_at, allocated_by, cancelled_by, created_by, orders.priority, waiting_since
                 FROM orders LEFT JOIN warehouses ON warehouses.id = orders.warehouse_id
                WHERE orders.id = $1"#,
            id.0
        )
        .fetch_optional(&self.lookups)
        .await?;
        let mut connection = self.lookups.acquire().await?;
        let order = with_lines(&mut connection, row.into_iter().collect()).await?.pop();
        match order {
            Some(order) if order.waiting_since.is_some() => {
                let queue_place = queue_place(&mut connection, id).await?;
                Ok(Some(Order { queue_place, ..order }))
            }
            order => Ok(order),
        }
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
        let items: Vec<_> = order.lines.keys().copied().collect();
        self.check_new_items(&items).await?;
        let items: Vec<_> = items.into_iter().map(|item| item.0).collect();
        let quantities: Vec<_> = order.lines.values().map(|quantity| quantity.get()).collect();
        let reference = order.reference.as_ref().map(|reference| reference.as_str());
        let row = sqlx::query_as!(
            OrderRow,
            r#"WITH created AS (
                   INSERT INTO orders (reference, created_by, priority, waiting_since)
                   VALUES ($1, $4, $8, CASE WHEN $9 THEN now() END) RETURNING *
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, after)
                   SELECT $4, $5, $6, $7, 'order.created', 'order:' || id,
                          jsonb_strip_nulls(jsonb_build_object('reference', reference, 'lines', (
                              SELECT jsonb_agg(jsonb_build_object('itemId', item_id, 'quantity', quantity))
                                FROM unnest($2::bigint[], $3::integer[]) AS lines (item_id, quantity))))
                     FROM created
               )
               SELECT id AS "id!", reference, status AS "status!", warehouse_id, NULL AS "warehouse_code?: String",
                      created_at AS "created_at!", updated_at AS "updated_at!", allocated_at, allocated_by, cancelled_by,
                      created_by, priority AS "priority!", waiting_since
                 FROM created"#,
            reference,
            &items,
            &quantities,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id,
            order.priority.get(),
            order.waits
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
        let mut created = created.ok_or_else(|| Error::Internal(sqlx::Error::RowNotFound))?;
        if created.waiting_since.is_some() {
            created.queue_place = queue_place(&mut self.transaction, created.id).await?;
        }
        Ok(created)
    }
}

impl WriteTransaction {
    /// Checks that no order has the reference. Until this transaction ends, no other one that asks for the same can add
    /// such an order.
    async fn check_unique_reference(&mut self, reference: &Reference) -> Result<()> {
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(shop_lock_class($1), hashtext($2))",
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

impl WriteTransaction {
    /// Returns the newest order of each of these references that has one. Until this transaction ends, no other one that
    /// asks for a unique reference can add an order with one of them.
    pub async fn orders_referenced(
        &mut self,
        references: &BTreeSet<&Reference>,
    ) -> Result<HashMap<Reference, OrderId>> {
        let mut found = HashMap::new();
        // In ascending order, so that no two transactions wait for each other.
        for reference in references {
            match self.check_unique_reference(reference).await {
                Err(Error::Rejected(domain::Error::OrderReferenceTaken { order, .. })) => {
                    found.insert((*reference).clone(), order);
                }
                checked => checked?,
            }
        }
        Ok(found)
    }

    /// Returns the names of items.
    pub async fn item_names(&mut self, items: &[ItemId]) -> Result<HashMap<ItemId, String>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!("SELECT id, name FROM items WHERE id = ANY ($1)", &ids)
            .fetch_all(&mut *self.transaction)
            .await?;
        Ok(rows.into_iter().map(|row| (ItemId(row.id), row.name)).collect())
    }
}

pub(crate) async fn with_lines(connection: &mut Connection, rows: Vec<OrderRow>) -> Result<Vec<Order>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut lines = order_lines(connection, &ids).await?;
    let mut allocations = order_holdings(connection, &ids).await?;
    let orders = rows.into_iter().map(|row| {
        Ok(Order {
            id: OrderId(row.id),
            reference: row.reference,
            status: order_status(&row.status)?,
            warehouse: row.warehouse_id.map(WarehouseId),
            warehouse_code: row.warehouse_code,
            lines: lines.remove(&row.id).unwrap_or_default(),
            allocations: allocations.remove(&row.id).unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            allocated_at: row.allocated_at,
            created_by: row.created_by,
            allocated_by: row.allocated_by,
            cancelled_by: row.cancelled_by,
            priority: row.priority,
            // Another system may have allocated an order of the queue.
            waiting_since: row
                .waiting_since
                .filter(|_| ["pending", "partial"].contains(&row.status.as_str())),
            queue_place: None,
        })
    });
    orders.collect()
}

/// Returns the units of these orders, by ascending stock level.
async fn order_holdings(
    connection: &mut Connection,
    orders: &[i64],
) -> Result<HashMap<i64, Vec<OrderHolding>>> {
    let rows = sqlx::query!(
        "SELECT order_id, item_id, warehouse_id, allocated, shipped, returned, warehouses.code
           FROM order_allocations JOIN warehouses ON warehouses.id = warehouse_id
          WHERE order_id = ANY ($1) ORDER BY order_id, item_id, warehouse_id",
        orders
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut holdings = HashMap::<i64, Vec<OrderHolding>>::new();
    for row in rows {
        let key = LevelKey { item: ItemId(row.item_id), warehouse: WarehouseId(row.warehouse_id) };
        let units = OrderUnits { allocated: row.allocated, shipped: row.shipped, returned: row.returned };
        let holding = OrderHolding { key, warehouse_code: row.code, units };
        holdings.entry(row.order_id).or_default().push(holding);
    }
    Ok(holdings)
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
