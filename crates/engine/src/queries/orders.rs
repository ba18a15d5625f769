use crate::{Context, Engine, Result};
use domain::{
    AllocationMode, ItemId, LevelKey, Order, OrderFilter, OrderId, OrderLine, OrderPreview, OrderQuery,
    OrderStatus, Page, PolicyChoice, SourcingRules, Total, WarehousePreview, plan_order, preview_allocation,
};

/// The maximum number of plans in a preview.
pub const PREVIEW_PLANS_MAX: usize = 5;

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

    /// Returns the number of orders that match a filter.
    pub async fn order_total(&self, _context: &Context, filter: OrderFilter) -> Result<Total> {
        Ok(self.store().order_total(&filter).await?)
    }

    /// Returns the result that [`Engine::order_allocate`] would have now in each warehouse. Units of expired blocks count
    /// as available. Adds the best plans by policy, over the warehouses that the caller may change. The lines of a partial
    /// order have its missing units. Nothing is reserved.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderAlreadyAllocated`],
    /// [`domain::Error::OrderShipped`], [`domain::Error::OrderCancelled`].
    pub async fn order_preview(
        &self,
        context: &Context,
        id: OrderId,
        choice: PolicyChoice,
    ) -> Result<OrderPreview> {
        let order = self.order_get(context, id).await?;
        match order.status {
            OrderStatus::Pending | OrderStatus::Partial => {}
            OrderStatus::Allocated => {
                let warehouse = order.warehouse;
                return Err(domain::Error::OrderAlreadyAllocated { order: id, warehouse }.into());
            }
            OrderStatus::Shipped => return Err(domain::Error::OrderShipped(id).into()),
            OrderStatus::Cancelled => return Err(domain::Error::OrderCancelled(id).into()),
        }
        // Only the missing units of a partial order are left to allocate.
        let missing = order.missing();
        let quantity = |line: &OrderLine| missing.get(&line.item).copied().unwrap_or(0);
        let order_lines: Vec<_> = order
            .lines
            .into_iter()
            .map(|line| OrderLine { quantity: quantity(&line), ..line })
            .filter(|line| line.quantity > 0)
            .collect();
        let lines: Vec<_> = order_lines.iter().map(|line| (line.item, line.quantity)).collect();
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
        let candidates = self.sourcing_candidates(context, choice.near).await?;
        let available = |key: LevelKey| units.get(&key).copied().unwrap_or(0);
        // A plan that lacks units is shown after those that do not.
        let rules = SourcingRules { mode: AllocationMode::Partial, ..choice.rules };
        let plans = plan_order(&lines, rules, &candidates, available, PREVIEW_PLANS_MAX);
        Ok(OrderPreview { order: id, lines: order_lines, warehouses, plans })
    }
}
