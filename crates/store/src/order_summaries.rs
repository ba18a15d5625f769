//! Reads the status, the lines and the allocations of orders for the planner.

use crate::Result;
use crate::orders::order_status;
use crate::pool::Connection;
use domain::{ItemId, LevelKey, OrderId, OrderSummary, OrderUnits, WarehouseId};
use std::collections::{BTreeMap, HashMap};

/// The columns of a row of `orders` that the planner needs.
pub(crate) struct OrderHead {
    pub(crate) id: i64,
    pub(crate) status: String,
    pub(crate) warehouse_id: Option<i64>,
}

/// Reads the lines and the allocations of orders.
pub(crate) async fn order_summaries(
    connection: &mut Connection,
    heads: Vec<OrderHead>,
) -> Result<HashMap<OrderId, OrderSummary>> {
    let mut orders = HashMap::with_capacity(heads.len());
    let mut has_units = Vec::new();
    for head in heads {
        let (id, warehouse) = (OrderId(head.id), head.warehouse_id.map(WarehouseId));
        let status = order_status(&head.status)?;
        if status != domain::OrderStatus::Pending {
            has_units.push(head.id);
        }
        let allocations = BTreeMap::new();
        orders.insert(id, OrderSummary { id, status, warehouse, lines: Vec::new(), allocations });
    }
    if orders.is_empty() {
        return Ok(orders);
    }
    let ids: Vec<_> = orders.keys().map(|order| order.0).collect();
    let lines = sqlx::query!(
        "SELECT order_id, product_id, quantity FROM order_items
          WHERE order_id = ANY ($1) ORDER BY order_id, product_id",
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    for line in lines {
        if let Some(order) = orders.get_mut(&OrderId(line.order_id)) {
            order.lines.push((ItemId(line.product_id), line.quantity));
        }
    }
    // A pending order has no allocations.
    if has_units.is_empty() {
        return Ok(orders);
    }
    let allocations = sqlx::query!(
        "SELECT order_id, item_id, warehouse_id, allocated, shipped, returned FROM order_allocations
          WHERE order_id = ANY ($1)",
        &has_units
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in allocations {
        if let Some(order) = orders.get_mut(&OrderId(row.order_id)) {
            let key = LevelKey { item: ItemId(row.item_id), warehouse: WarehouseId(row.warehouse_id) };
            let units = OrderUnits { allocated: row.allocated, shipped: row.shipped, returned: row.returned };
            order.allocations.insert(key, units);
        }
    }
    Ok(orders)
}
