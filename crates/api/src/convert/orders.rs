//! Conversions of orders and allocations.

use crate::*;
use domain::Quantity;
use engine::WithKeys;

impl From<OrderStatus> for domain::OrderStatus {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Allocated => Self::Allocated,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<domain::Order> for Order {
    fn from(order: domain::Order) -> Self {
        let status = match order.status {
            domain::OrderStatus::Pending => OrderStatus::Pending,
            domain::OrderStatus::Allocated => OrderStatus::Allocated,
            domain::OrderStatus::Cancelled => OrderStatus::Cancelled,
        };
        Self {
            id: order.id.0,
            reference: order.reference,
            status,
            warehouse_id: order.warehouse.map(|warehouse| warehouse.0),
            warehouse_code: order.warehouse_code,
            lines: order.lines.into_iter().map(OrderLine::from).collect(),
            created_at: order.created_at,
            updated_at: order.updated_at,
            allocated_at: order.allocated_at,
            created_by: order.created_by,
            allocated_by: order.allocated_by,
            cancelled_by: order.cancelled_by,
        }
    }
}

impl From<domain::OrderLine> for OrderLine {
    fn from(line: domain::OrderLine) -> Self {
        Self { item_id: line.item.0, item_name: line.item_name, sku: line.sku, quantity: line.quantity }
    }
}

impl TryFrom<CreateOrder> for domain::NewOrder {
    type Error = domain::Error;

    fn try_from(order: CreateOrder) -> Result<Self, domain::Error> {
        let reference = order.reference.filter(|text| !text.trim().is_empty());
        let reference = reference.map(|text| domain::Reference::new(&text)).transpose()?;
        let line = |line: CreateOrderLine| Ok((domain::ItemId(line.item_id), Quantity::new(line.quantity)?));
        let lines = order.lines.into_iter().map(line).collect::<Result<Vec<_>, domain::Error>>()?;
        Self::new(reference, lines)
    }
}

impl From<WithKeys<domain::OrderAllocation>> for OrderAllocation {
    fn from(WithKeys { output: allocation, keys }: WithKeys<domain::OrderAllocation>) -> Self {
        let shortage = |short: domain::Shortage| Shortage {
            item_id: short.item.0,
            sku: keys.sku(short.item),
            requested: short.requested,
            available: short.available,
        };
        Self {
            allocated: allocation.shortages.is_empty(),
            order_id: allocation.order.0,
            warehouse_id: allocation.warehouse.0,
            warehouse_code: keys.code(allocation.warehouse),
            shortages: allocation.shortages.into_iter().map(shortage).collect(),
        }
    }
}

impl From<WithKeys<domain::OrderId>> for OrderCancelled {
    fn from(order: WithKeys<domain::OrderId>) -> Self {
        let message = "The order is cancelled: its allocated units are available again.".to_owned();
        Self { message, order_id: order.output.0, status: OrderStatus::Cancelled }
    }
}

impl From<domain::OrderPreview> for OrderPreview {
    fn from(preview: domain::OrderPreview) -> Self {
        let order_lines = &preview.lines;
        let warehouses = preview.warehouses.into_iter().map(|place| warehouse_preview(place, order_lines));
        let warehouses = warehouses.collect();
        let lines = preview.lines.into_iter().map(OrderLine::from).collect();
        Self { order_id: preview.order.0, lines, warehouses }
    }
}

/// Converts the preview of a warehouse, which has one line per line of the order.
fn warehouse_preview(
    preview: domain::WarehousePreview,
    order_lines: &[domain::OrderLine],
) -> WarehousePreview {
    let short = |short: &domain::Shortage| i64::from(short.requested) - i64::from(short.available);
    let line = |(line, named): (domain::PreviewLine, &domain::OrderLine)| PreviewLine {
        item_id: line.item.0,
        sku: named.sku.clone(),
        requested: line.requested,
        available: line.available,
        missing: (line.requested - line.available).max(0),
    };
    WarehousePreview {
        warehouse_id: preview.warehouse.0,
        warehouse_code: preview.code,
        warehouse_name: preview.name,
        fills: preview.shortages.is_empty(),
        lines_short: i64::try_from(preview.shortages.len()).unwrap_or(i64::MAX),
        units_short: preview.shortages.iter().map(short).sum(),
        lines: preview.lines.into_iter().zip(order_lines).map(line).collect(),
    }
}
