use super::keyed::Resolution;
use super::once::Command;
use super::stock::{AllocateOrderByKey, CancelOrder};
use crate::response::CommandResult;
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    AllocateFrom, CancelLines, ChangeOrderLines, ChangeOrderLinesByKeys, ConvertHolds, Coordinates,
    FillOrder, ItemKey, NewOrder, NewOrderByKeys, Order, OrderAllocation, OrderFilled, OrderId,
    OrderPartChanged, OrderReturned, OrderShipped, Permission, QueueOrder, ReassignUnits, ReturnOrder,
    ShipOrder, SourcingCandidate, WarehouseKey,
};
use store::{Cause, WriteTransaction};

impl Engine {
    /// Creates an order. It takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::OrderReferenceTaken`]; [`domain::Error::AllWarehousesForbidden`] for
    /// one that waits.
    pub async fn order_create(
        &self,
        context: &Context,
        order: impl Into<NewOrderByKeys>,
    ) -> Result<Response<Order>> {
        let order = order.into();
        if order.waits {
            context.require_all_warehouses(Permission::WriteOrders)?;
        }
        let created = match self.resolve_current(context, &order).await? {
            Resolution::Resolved(order) => self.run_once(context, CreateOrder(order)).await,
            Resolution::Stored(response) => Ok(Response::Stored(response)),
        };
        self.note_waiting(order.waits, &created);
        self.publish_on_success(Topic::Orders, created)
    }

    /// Records that an order waits, if it `waits` and the command succeeded or was answered with a stored response.
    fn note_waiting<T>(&self, waits: bool, response: &Result<T>) {
        if waits && response.is_ok() {
            self.shared.waiting.add_order();
        }
    }

    /// Replaces all lines of a pending order, or none. It takes no stock.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderNotPending`], [`domain::Error::OrderCancelled`],
    /// [`domain::Error::VersionMismatch`];
    /// [`domain::Error::ItemNotFound`] or [`domain::Error::ItemArchived`] for an item that the order did not have.
    pub async fn order_change_lines(
        &self,
        context: &Context,
        change: impl Into<ChangeOrderLinesByKeys>,
    ) -> Result<Response<Order>> {
        let changed = match self.resolve_current(context, &change.into()).await? {
            Resolution::Resolved(change) => self.run_once(context, ChangeLines(change)).await,
            Resolution::Stored(response) => Ok(Response::Stored(response)),
        };
        // The order may wait.
        self.note_waiting(true, &changed);
        self.publish_on_success(Topic::Orders, changed)
    }

    /// Puts an order that lacks units into the queue of missing units, or takes it out of it, and sets its priority. It takes no
    /// stock by itself; the queue is served within a second.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderAlreadyAllocated`], [`domain::Error::OrderShipped`],
    /// [`domain::Error::OrderCancelled`], [`domain::Error::AllWarehousesForbidden`].
    pub async fn order_queue(&self, context: &Context, queue: QueueOrder) -> Result<Response<Order>> {
        context.require_all_warehouses(Permission::WriteOrders)?;
        let changed = self.run_once(context, Queue(queue)).await;
        self.note_waiting(queue.waits, &changed);
        self.publish_on_success(Topic::Orders, changed)
    }

    /// Makes an allocated order of what a cart or blocks hold: each unit stays in its stock level.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`], [`domain::Error::CartExpired`], [`domain::Error::CartReleased`],
    /// [`domain::Error::CartConverted`]; those of the blocks; [`domain::Error::BlockAlreadyShipped`],
    /// [`domain::Error::OrderReferenceTaken`].
    pub async fn order_convert(
        &self,
        context: &Context,
        convert: ConvertHolds,
    ) -> Result<Response<WithKeys<Box<Order>>>> {
        context.require(Permission::WriteHolds)?;
        let converted = self.run_stock(context, convert.by(&*context.actor)).await;
        self.publish_on_success(Topic::Blocks, self.publish_on_success(Topic::Orders, converted))
    }

    /// Takes all missing units of an order out of one warehouse, or of the warehouses of a plan, or nothing. In the last case the
    /// output lists the shortages. A policy chooses among the warehouses that the caller may change.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::OrderAlreadyAllocated`], [`domain::Error::OrderShipped`], [`domain::Error::OrderCancelled`].
    /// [`domain::Error::PlanMismatch`] if a plan does not have exactly the units of the order.
    /// [`domain::Error::StockOverflow`] if reclaimed units don't fit into the item's quantity.
    pub async fn order_allocate(
        &self,
        context: &Context,
        id: OrderId,
        from: impl Into<AllocateFrom>,
    ) -> Result<Response<WithKeys<OrderAllocation>>> {
        let from = from.into();
        let candidates = match &from {
            AllocateFrom::Policy(choice) => self.sourcing_candidates(context, choice.near).await?,
            AllocateFrom::Warehouse(_) | AllocateFrom::Plan(_) => Vec::new(),
        };
        self.run_stock_keyed(context, &AllocateOrderByKey(id, from, candidates)).await
    }

    /// Returns the warehouses that the caller may change, with their distances to a destination.
    pub(crate) async fn sourcing_candidates(
        &self,
        context: &Context,
        near: Option<Coordinates>,
    ) -> Result<Vec<SourcingCandidate>> {
        Ok(self.shared.writer.warehouses.fetch([]).await?.candidates(&context.warehouses, near))
    }

    /// Takes the missing units of an order that are available. With [`FillOrder::waits`], the others wait in the queue.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::WarehouseNotFound`], [`domain::Error::OrderCancelled`];
    /// [`domain::Error::OrderAlreadyAllocated`] if no units are missing.
    pub async fn order_fill(
        &self,
        context: &Context,
        fill: FillOrder<WarehouseKey>,
    ) -> Result<Response<WithKeys<OrderFilled>>> {
        if fill.waits {
            context.require_all_warehouses(Permission::WriteOrders)?;
        }
        let filled = self.run_stock_keyed(context, &fill).await;
        self.note_waiting(fill.waits, &filled);
        self.publish_on_success(Topic::Orders, filled)
    }

    /// Cancels units of an order's lines: missing units first, then allocated ones, which return to stock. The order is
    /// cancelled with its last units.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`], [`domain::Error::NoOrderLine`],
    /// [`domain::Error::QuantityOverLine`], [`domain::Error::UnitsShipped`], [`domain::Error::StockOverflow`].
    pub async fn order_cancel_lines(
        &self,
        context: &Context,
        cancel: CancelLines<ItemKey>,
    ) -> Result<Response<WithKeys<OrderPartChanged>>> {
        let cancelled = self.run_stock_keyed(context, &cancel).await;
        self.publish_on_success(Topic::Orders, cancelled)
    }

    /// Passes allocated units of one order to another that misses them. The stock levels stay as they are.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`], [`domain::Error::UnitsNotReassignable`],
    /// [`domain::Error::NothingToReassign`].
    pub async fn order_reassign(
        &self,
        context: &Context,
        reassign: ReassignUnits<ItemKey>,
    ) -> Result<Response<WithKeys<OrderPartChanged>>> {
        let reassigned = self.run_stock_keyed(context, &reassign).await;
        self.publish_on_success(Topic::Orders, reassigned)
    }

    /// Cancels an order. Its allocated units return to stock.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`], [`domain::Error::OrderShipped`],
    /// [`domain::Error::StockOverflow`].
    /// [`domain::Error::ItemNotFound`] if others have deleted an allocated item by SQL.
    pub async fn order_cancel(&self, context: &Context, id: OrderId) -> Result<Response<WithKeys<OrderId>>> {
        let cancelled = self.run_stock(context, CancelOrder(id)).await;
        self.publish_on_success(Topic::Orders, cancelled)
    }

    /// Ships allocated units of an order: they leave the shelf.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OrderCancelled`], [`domain::Error::OrderShipped`],
    /// [`domain::Error::NotAllocated`], [`domain::Error::UnitsNotAllocated`], [`domain::Error::WarehouseForbidden`].
    pub async fn order_ship(
        &self,
        context: &Context,
        shipment: &ShipOrder<ItemKey, WarehouseKey>,
    ) -> Result<Response<WithKeys<OrderShipped>>> {
        let shipped = self.run_stock_keyed(context, shipment).await;
        self.publish_on_success(Topic::Orders, shipped)
    }

    /// Takes back shipped units of an order, to the warehouses that shipped them.
    ///
    /// # Errors
    /// [`domain::Error::OrderNotFound`], [`domain::Error::OverReturned`], [`domain::Error::WarehouseArchived`],
    /// [`domain::Error::WarehouseForbidden`], [`domain::Error::StockOverflow`].
    pub async fn order_return(
        &self,
        context: &Context,
        returned: &ReturnOrder<ItemKey, WarehouseKey>,
    ) -> Result<Response<WithKeys<OrderReturned>>> {
        let returned = self.run_stock_keyed(context, returned).await;
        self.publish_on_success(Topic::Orders, returned)
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

struct ChangeLines(ChangeOrderLines);

impl Command for ChangeLines {
    type Output = Order;

    async fn execute(&self, transaction: &mut WriteTransaction, cause: Cause<'_>) -> store::Result<Order> {
        transaction.order_change_lines(&self.0, cause).await
    }

    fn result(output: &Order) -> CommandResult<'_> {
        CommandResult::OrderChanged(output)
    }
}

struct Queue(QueueOrder);

impl Command for Queue {
    type Output = Order;

    async fn execute(&self, transaction: &mut WriteTransaction, cause: Cause<'_>) -> store::Result<Order> {
        transaction.order_queue(self.0, cause).await
    }

    fn result(output: &Order) -> CommandResult<'_> {
        CommandResult::OrderChanged(output)
    }
}
