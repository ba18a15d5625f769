use crate::idempotency::Deed;
use crate::{Context, Engine, Error, Outcome, Result};
use domain::{Answer, NewOrder, Order, OrderAllocation, OrderId, OrderQuery, Page, Request, WarehouseId};
use store::WriteTransaction;

impl Engine {
    /// Creates an order. It takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn order_create(&self, context: &Context, order: NewOrder) -> Result<Order> {
        self.once(context, Create(order)).await
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
            Answer::Allocated(allocation) => Ok(allocation),
            _ => Err(Error::Internal),
        }
    }

    /// Cancels an order; what it had taken goes back.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`].
    pub async fn order_cancel(&self, context: &Context, id: OrderId) -> Result<OrderId> {
        match self.stock_ask(context, Request::Cancel(id)).await? {
            Answer::Cancelled(id) => Ok(id),
            _ => Err(Error::Internal),
        }
    }
}

struct Create(NewOrder);

impl Deed for Create {
    type Done = Order;

    async fn act(&self, transaction: &mut WriteTransaction) -> store::Result<Order> {
        transaction.order_create(&self.0).await
    }

    fn outcome(done: &Order) -> Outcome<'_> {
        Outcome::OrderCreated(done)
    }
}
