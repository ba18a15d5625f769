//! Conversions of orders and allocations.

use super::sourcing::{parcels, plans};
use crate::*;
use domain::Quantity;
use engine::WithKeys;

impl From<OrderStatus> for domain::OrderStatus {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Partial => Self::Partial,
            OrderStatus::Allocated => Self::Allocated,
            OrderStatus::Shipped => Self::Shipped,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<domain::OrderStatus> for OrderStatus {
    fn from(status: domain::OrderStatus) -> Self {
        match status {
            domain::OrderStatus::Pending => Self::Pending,
            domain::OrderStatus::Partial => Self::Partial,
            domain::OrderStatus::Allocated => Self::Allocated,
            domain::OrderStatus::Shipped => Self::Shipped,
            domain::OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<domain::Order> for Order {
    fn from(order: domain::Order) -> Self {
        let sku = |item| order.lines.iter().find(|line| line.item == item).and_then(|line| line.sku.clone());
        let allocated_units = |holding: domain::OrderHolding| AllocatedUnits {
            item_id: holding.key.item.0,
            sku: sku(holding.key.item),
            warehouse_id: holding.key.warehouse.0,
            warehouse_code: holding.warehouse_code,
            allocated: holding.units.allocated,
            shipped: holding.units.shipped,
            returned: holding.units.returned,
        };
        let units =
            |(item, quantity): (domain::ItemId, i32)| ItemUnits { item_id: item.0, sku: sku(item), quantity };
        let missing = order.missing().into_iter().map(units).collect();
        let version = order.lines_version().to_string();
        let allocations = order.allocations.into_iter().map(allocated_units).collect();
        Self {
            id: order.id.0,
            reference: order.reference,
            status: order.status.into(),
            warehouse_id: order.warehouse.map(|warehouse| warehouse.0),
            warehouse_code: order.warehouse_code,
            lines: order.lines.into_iter().map(OrderLine::from).collect(),
            allocations,
            created_at: order.created_at,
            updated_at: order.updated_at,
            allocated_at: order.allocated_at,
            created_by: order.created_by,
            allocated_by: order.allocated_by,
            cancelled_by: order.cancelled_by,
            missing,
            priority: order.priority,
            waiting_since: order.waiting_since,
            queue_place: order.queue_place,
            version,
        }
    }
}

impl From<WithKeys<Box<domain::Order>>> for Order {
    fn from(WithKeys { output: order, keys }: WithKeys<Box<domain::Order>>) -> Self {
        let mut order = *order;
        order.warehouse_code = order.warehouse.map(|warehouse| keys.code(warehouse));
        order.lines.iter_mut().for_each(|line| line.sku = keys.sku(line.item));
        order.allocations.iter_mut().for_each(|units| units.warehouse_code = keys.code(units.key.warehouse));
        order.into()
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
            warehouse_id: allocation.warehouse.map(|warehouse| warehouse.0),
            warehouse_code: allocation.warehouse.map(|warehouse| keys.code(warehouse)),
            parcels: parcels(allocation.parcels, &|item| keys.sku(item), &|warehouse| keys.code(warehouse)),
            optimal: allocation.is_optimal,
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
        let plans = plans(preview.plans.plans, order_lines, &preview.warehouses);
        let warehouses = preview.warehouses.into_iter().map(|place| warehouse_preview(place, order_lines));
        let warehouses = warehouses.collect();
        let lines = preview.lines.into_iter().map(OrderLine::from).collect();
        Self { order_id: preview.order.0, lines, warehouses, plans, optimal: preview.plans.is_optimal }
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

impl OrderFilter {
    /// Returns the filter by ids and times.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`], [`domain::Error::SkuNotFound`], [`domain::Error::WarehouseCodeNotFound`].
    pub(crate) async fn resolve(
        self,
        engine: &engine::Engine,
        context: &engine::Context,
    ) -> Result<domain::OrderFilter, engine::Error> {
        let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let from = given(self.from).map(|text| domain::day("from", &text, 0)).transpose()?;
        let to = given(self.to).map(|text| domain::day("to", &text, 1)).transpose()?;
        let is_waiting = self.status == "waiting";
        let status = serde_json::from_value::<OrderStatus>(self.status.into()).ok().map(Into::into);
        let filter = domain::OrderFilter { status, is_waiting, ..domain::OrderFilter::default() };
        let filter = filter.with_reference(Some(&self.reference))?.with_times(from, to)?;
        let item = match by_key::item_filter(None, given(self.sku))? {
            Some(key) => Some(engine.item_id(context, &key).await?),
            None => None,
        };
        let warehouse = match by_key::warehouse_filter(None, given(self.warehouse))? {
            Some(key) => Some(engine.warehouse_id(context, &key).await?),
            None => None,
        };
        Ok(domain::OrderFilter { item, warehouse, ..filter })
    }
}
