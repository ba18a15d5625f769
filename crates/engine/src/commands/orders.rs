use crate::idempotency::Command;
use crate::{Context, Engine, Error, Outcome, Result, Topic};
use domain::{
    Granted, ItemId, LevelKey, NewOrder, Order, OrderAllocation, OrderId, OrderPreview, OrderQuery,
    OrderStatus, Page, Request, WarehouseId, WarehousePreview, preview_allocation,
};
use store::WriteTransaction;

impl Engine {
    /// Creates an order. It takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn order_create(&self, context: &Context, order: NewOrder) -> Result<Order> {
        self.publish_on_success(Topic::Orders, self.once(context, Create(order)).await)
    }

    /// One order.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`].
    pub async fn order_get(&self, _context: &Context, id: OrderId) -> Result<Order> {
        let order = self.store().order_get(id).await?;
        Ok(order.ok_or(domain::Error::OrderNotFound(id))?)
    }

    /// A page of orders, newest first.
    pub async fn order_list(&self, _context: &Context, query: OrderQuery) -> Result<Page<Order>> {
        Ok(self.store().order_list(&query).await?)
    }

    /// Takes every line of an order out of one warehouse, or nothing; then the answer names the shortages.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::OrderAlreadyAllocated`], [`domain::Error::OrderCancelled`].
    pub async fn order_allocate(
        &self,
        context: &Context,
        id: OrderId,
        warehouse: WarehouseId,
    ) -> Result<OrderAllocation> {
        match self.stock_ask(context, Request::Allocate(id, warehouse)).await? {
            Granted::Allocated(allocation) => Ok(allocation),
            _ => Err(Error::Internal),
        }
    }

    /// Judges an order against every warehouse, as [`Engine::order_allocate`] would decide it now: blocks that
    /// have expired count as available. It holds nothing.
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
        let judge = |(warehouse, code, name)| {
            let available = |item: ItemId| units.get(&LevelKey { item, warehouse }).copied().unwrap_or(0);
            let (lines, shortages) = preview_allocation(&lines, available);
            WarehousePreview { warehouse, code, name, lines, shortages }
        };
        let warehouses = self.store().warehouse_names().await?.into_iter().map(judge).collect();
        Ok(OrderPreview { order: id, lines: order.lines, warehouses })
    }

    /// Cancels an order; what it had taken goes back.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`].
    pub async fn order_cancel(&self, context: &Context, id: OrderId) -> Result<OrderId> {
        let cancelled = self.stock_ask(context, Request::Cancel(id)).await;
        match self.publish_on_success(Topic::Orders, cancelled)? {
            Granted::Cancelled(id) => Ok(id),
            _ => Err(Error::Internal),
        }
    }
}

struct Create(NewOrder);

impl Command for Create {
    type Done = Order;

    async fn act(&self, transaction: &mut WriteTransaction) -> store::Result<Order> {
        transaction.order_create(&self.0).await
    }

    fn outcome(done: &Order) -> Outcome<'_> {
        Outcome::OrderCreated(done)
    }
}
