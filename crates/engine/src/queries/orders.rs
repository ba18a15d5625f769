use crate::{Context, Engine, Result};
use domain::{
    ItemId, LevelKey, Order, OrderId, OrderPreview, OrderQuery, OrderStatus, Page, WarehousePreview,
    preview_allocation,
};

impl Engine {
    /// Returns an order.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`].
    pub async fn order_get(&self, _context: &Context, id: OrderId) -> Result<Order> {
        let order = self.store().order_get(id).await?;
        Ok(order.ok_or(domain::Error::OrderNotFound(id))?)
    }

    /// Returns a page of orders, newest first.
    pub async fn order_list(&self, _context: &Context, query: OrderQuery) -> Result<Page<Order>> {
        Ok(self.store().order_list(&query).await?)
    }

    /// Returns the result that [`Engine::order_allocate`] would have now in each warehouse. Units of expired blocks count
    /// as available. Nothing is reserved.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderAlreadyAllocated`],
    /// [`domain::Error::OrderCancelled`].
    pub async fn order_preview(&self, context: &Context, id: OrderId) -> Result<OrderPreview> {
        let order = self.order_get(context, id).await?;
        match (order.status, order.warehouse) {
            (OrderStatus::Pending, _) => {}
            (OrderStatus::Allocated, Some(warehouse)) => {
                return Err(domain::Error::OrderAlreadyAllocated { order: id, warehouse }.into());
            }
            _ => return Err(domain::Error::OrderCancelled(id).into()),
        }
        let lines: Vec<_> = order.lines.iter().map(|line| (line.item, line.quantity)).collect();
        let items: Vec<_> = lines.iter().map(|(item, _)| *item).collect();
        let units = {
            let _permit = self.shared.item_levels.scan_permit().await?;
            self.store().allocatable_units(&items).await?
        };
        let preview = |(warehouse, code, name)| {
            let available = |item: ItemId| units.get(&LevelKey { item, warehouse }).copied().unwrap_or(0);
            let (lines, shortages) = preview_allocation(&lines, available);
            WarehousePreview { warehouse, code, name, lines, shortages }
        };
        let warehouses = self.store().warehouse_names().await?.into_iter().map(preview).collect();
        Ok(OrderPreview { order: id, lines: order.lines, warehouses })
    }
}
