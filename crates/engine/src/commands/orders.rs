use super::keyed::Resolution;
use super::once::Command;
use super::stock::{AllocateOrderByKey, CancelOrder};
use crate::response::CommandResult;
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{NewOrder, NewOrderByKeys, Order, OrderAllocation, OrderId, WarehouseKey};
use store::{Cause, WriteTransaction};

impl Engine {
    /// Creates an order. It takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::OrderReferenceTaken`].
    pub async fn order_create(
        &self,
        context: &Context,
        order: impl Into<NewOrderByKeys>,
    ) -> Result<Response<Order>> {
        let created = match self.resolve_current(context, &order.into()).await? {
            Resolution::Resolved(order) => self.run_once(context, CreateOrder(order)).await,
            Resolution::Stored(response) => Ok(Response::Stored(response)),
        };
        self.publish_on_success(Topic::Orders, created)
    }

    /// Takes every line of an order out of one warehouse, or nothing. In the second case the output lists the shortages.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::OrderAlreadyAllocated`], [`domain::Error::OrderCancelled`]. [`domain::Error::StockOverflow`] if
    /// reclaimed units don't fit into the item's quantity.
    pub async fn order_allocate(
        &self,
        context: &Context,
        id: OrderId,
        warehouse: impl Into<WarehouseKey>,
    ) -> Result<Response<WithKeys<OrderAllocation>>> {
        self.run_stock_keyed(context, &AllocateOrderByKey(id, warehouse.into())).await
    }

    /// Cancels an order. Its allocated units return to stock.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`], [`domain::Error::StockOverflow`].
    /// [`domain::Error::ItemNotFound`] if others have deleted an allocated item by SQL.
    pub async fn order_cancel(&self, context: &Context, id: OrderId) -> Result<Response<WithKeys<OrderId>>> {
        let cancelled = self.run_stock(context, CancelOrder(id)).await;
        self.publish_on_success(Topic::Orders, cancelled)
    }
}

struct CreateOrder(NewOrder);

impl Command for CreateOrder {
    type Output = Order;

    async fn execute(&self, transaction: &mut WriteTransaction, cause: Cause<'_>) -> store::Result<Order> {
        transaction.order_create(&self.0, cause).await
    }

    fn result(output: &Order) -> CommandResult<'_> {
        CommandResult::OrderCreated(output)
    }
}
