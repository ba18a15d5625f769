//! Stock commands: their types, and how they pass through the queues.

use super::keyed::Resolution;
use crate::batching::routing::{affinity_key, queue_for};
use crate::cache::keys::ResolvedKeys;
use crate::response::Response;
use crate::stock::StockRequest;
use crate::{Context, Engine, Error, FailureCause, Result, WithKeys};
use domain::{
    AllocateFrom, BlockExtended, BlockId, BlockPlaced, BlockReleased, CancelLines, Cart, CartConfirmed,
    CartId, CartPlaced, CartShipped, ChangeCart, ChangeCondition, ConditionChanged, ConvertHolds, FillOrder,
    Granted, HeldBlock, KeyDirectory, Keyed, Keys, Order, OrderAllocation, OrderFilled, OrderId,
    OrderPartChanged, OrderReturned, OrderShipped, PartConfirmed, PlaceCart, PlaceHold, Quantity,
    ReassignUnits, Request, RetakeCart, ReturnOrder, ShipOrder, SourcingCandidate, StartPayment,
    StockAdjusted, StockAdjustment, StockMove, StockMoved, Ttl,
};
use std::sync::Arc;
use std::time::Instant;

/// A command that a stock queue decides, with the type of its output.
pub(crate) trait StockCommand {
    /// The output of the command.
    type Output;

    /// Returns the planner's request.
    fn into_request(self) -> Request;

    /// Returns the output of the granted request, or `None` for a grant of another kind.
    fn output(granted: Granted) -> Option<Self::Output>;
}

/// Implements [`StockCommand`]: the command's type and its output, its request, and its grant.
macro_rules! stock_command {
    ($command:ty => $output:ty, $fields:pat => $request:expr, $granted:pat => $result:expr) => {
        impl StockCommand for $command {
            type Output = $output;

            fn into_request(self) -> Request {
                let $fields = self;
                $request
            }

            fn output(granted: Granted) -> Option<$output> {
                match granted {
                    $granted => Some($result),
                    _ => None,
                }
            }
        }
    };
}

/// The most times that a command is resolved again because keys have changed.
const KEY_RETRIES_MAX: usize = 5;

/// Confirms a block, of `quantity` units if given.
pub(crate) struct ConfirmBlock(pub(crate) BlockId, pub(crate) Option<Quantity>);
/// Confirms units of a block; the others stay held.
pub(crate) struct ConfirmPart(pub(crate) BlockId, pub(crate) Quantity);
/// Releases a block.
pub(crate) struct ReleaseBlock(pub(crate) BlockId);
/// Extends a block.
pub(crate) struct ExtendBlock(pub(crate) BlockId, pub(crate) Ttl);
/// Confirms a cart.
pub(crate) struct ConfirmCart(pub(crate) CartId);
/// Ends the payment of a cart.
pub(crate) struct EndPayment(pub(crate) CartId);
/// Releases a cart.
pub(crate) struct ReleaseCart(pub(crate) CartId);
/// Extends a cart.
pub(crate) struct ExtendCart(pub(crate) CartId, pub(crate) Ttl);
/// Ships a permanent block.
pub(crate) struct ShipBlock(pub(crate) BlockId);
/// Ships a confirmed cart.
pub(crate) struct ShipCart(pub(crate) CartId);
/// Allocates an order: the planner's request.
pub(crate) struct AllocateOrder(Request);
/// Allocates an order from warehouses that may be named by codes. The candidates are those of a policy.
pub(crate) struct AllocateOrderByKey(
    pub(crate) OrderId,
    pub(crate) AllocateFrom,
    pub(crate) Vec<SourcingCandidate>,
);

impl Keyed for AllocateOrderByKey {
    type Resolved = AllocateOrder;

    fn keys(&self) -> Keys<'_> {
        self.1.keys()
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> std::result::Result<AllocateOrder, domain::Error> {
        Ok(AllocateOrder(self.1.request(self.0, self.2.clone(), directory)?))
    }
}

/// Cancels an order.
pub(crate) struct CancelOrder(pub(crate) OrderId);

stock_command!(PlaceHold => BlockPlaced, hold => place_request(hold), Granted::Placed(placed) => placed);
stock_command!(ConfirmBlock => HeldBlock,
    ConfirmBlock(id, quantity) => Request::Confirm(id, quantity), Granted::Confirmed(block) => block);
stock_command!(ConfirmPart => PartConfirmed,
    ConfirmPart(id, quantity) => Request::ConfirmPart(id, quantity), Granted::PartConfirmed(sold) => sold);
stock_command!(ReleaseBlock => BlockReleased,
    ReleaseBlock(id) => Request::Release(id), Granted::Released(released) => released);
stock_command!(ExtendBlock => BlockExtended,
    ExtendBlock(id, ttl) => Request::Extend(id, ttl), Granted::Extended(extended) => extended);
stock_command!(PlaceCart => CartPlaced, cart => Request::PlaceCart(cart), Granted::CartPlaced(placed) => placed);
stock_command!(ChangeCart => Cart, change => Request::ChangeCart(change), Granted::CartChanged(cart) => cart);
stock_command!(ConfirmCart => CartConfirmed,
    ConfirmCart(id) => Request::ConfirmCart(id), Granted::CartConfirmed(confirmed) => confirmed);
stock_command!(RetakeCart => CartConfirmed,
    retake => Request::RetakeCart(retake), Granted::CartConfirmed(confirmed) => confirmed);
stock_command!(StartPayment => Cart,
    start => Request::StartPayment(start), Granted::PaymentChanged(cart) => cart);
stock_command!(EndPayment => Cart,
    EndPayment(id) => Request::EndPayment(id), Granted::PaymentChanged(cart) => cart);
stock_command!(ReleaseCart => (CartId, Vec<BlockReleased>),
    ReleaseCart(id) => Request::ReleaseCart(id), Granted::CartReleased(id, blocks) => (id, blocks));
stock_command!(ExtendCart => (CartId, Vec<BlockExtended>),
    ExtendCart(id, ttl) => Request::ExtendCart(id, ttl), Granted::CartExtended(id, blocks) => (id, blocks));
stock_command!(StockAdjustment => StockAdjusted,
    adjustment => Request::Adjust(adjustment), Granted::Adjusted(adjusted) => adjusted);
stock_command!(ChangeCondition => ConditionChanged,
    change => Request::ChangeCondition(change), Granted::ConditionChanged(changed) => changed);
stock_command!(StockMove => StockMoved, movement => Request::Move(movement), Granted::Moved(moved) => moved);
stock_command!(AllocateOrder => OrderAllocation,
    AllocateOrder(request) => request,
    Granted::Allocated(allocation) => allocation);
stock_command!(FillOrder => OrderFilled, fill => Request::Fill(fill), Granted::Filled(filled) => filled);
stock_command!(CancelLines => OrderPartChanged,
    cancel => Request::CancelLines(cancel), Granted::PartCancelled(changed) => changed);
stock_command!(ReassignUnits => OrderPartChanged,
    reassign => Request::Reassign(reassign), Granted::Reassigned(changed) => changed);
stock_command!(ShipOrder => OrderShipped,
    shipment => Request::Ship(shipment), Granted::Shipped(shipped) => shipped);
stock_command!(ReturnOrder => OrderReturned,
    returned => Request::Return(returned), Granted::Returned(returned) => returned);
stock_command!(ShipBlock => HeldBlock, ShipBlock(id) => Request::ShipBlock(id), Granted::BlockShipped(block) => block);
stock_command!(ShipCart => CartShipped, ShipCart(id) => Request::ShipCart(id), Granted::CartShipped(shipped) => shipped);
stock_command!(ConvertHolds => Box<Order>,
    convert => Request::Convert(convert), Granted::OrderConverted(order) => order);
stock_command!(CancelOrder => OrderId, CancelOrder(id) => Request::Cancel(id), Granted::Cancelled(id) => id);

/// Returns the request for a block. A block without details has a request, and a faster write, of its own.
fn place_request(hold: PlaceHold) -> Request {
    match hold {
        PlaceHold { block, reference: None, note: None } => Request::Place(block),
        hold => Request::PlaceHold(hold),
    }
}

impl Engine {
    /// Submits a command to its queue and returns its response.
    pub(crate) async fn run_stock<C: StockCommand>(
        &self,
        context: &Context,
        command: C,
    ) -> Result<Response<WithKeys<C::Output>>> {
        self.run_served(context, command, None).await
    }

    /// Resolves the keys of a command and submits it to its queue. If its write finds that one of these keys has changed
    /// since, it has written nothing, and the command is resolved again.
    pub(crate) async fn run_stock_keyed<K>(
        &self,
        context: &Context,
        command: &K,
    ) -> Result<Response<WithKeys<<K::Resolved as StockCommand>::Output>>>
    where
        K: Keyed<Resolved: StockCommand>,
    {
        for _ in 0..=KEY_RETRIES_MAX {
            let (resolved, keys) = match self.resolve(context, command).await? {
                Resolution::Resolved(resolved) => resolved,
                Resolution::Stored(response) => return Ok(Response::Stored(response)),
            };
            let version = keys.as_ref().map(|keys| keys.version);
            match self.run_served(context, resolved, keys).await {
                Err(Error::KeysChanged) => {
                    version.into_iter().for_each(|failed| self.shared.keys.invalidate(failed))
                }
                response => return response,
            }
        }
        Err(Error::Contended)
    }

    /// Submits a command after waiting orders were served, if the settings say so.
    async fn run_served<C: StockCommand>(
        &self,
        context: &Context,
        command: C,
        keys: Option<Arc<ResolvedKeys>>,
    ) -> Result<Response<WithKeys<C::Output>>> {
        let request = command.into_request();
        self.serve_waiting_first(&request).await?;
        self.run_request::<C>(context, request, keys).await
    }

    /// Submits a request to its queue. The request is that of a command `C`.
    pub(crate) async fn run_request<C: StockCommand>(
        &self,
        context: &Context,
        request: Request,
        keys: Option<Arc<ResolvedKeys>>,
    ) -> Result<Response<WithKeys<C::Output>>> {
        // The queue would wait for the batch that an outage holds up.
        self.store().check_available()?;
        let request = StockRequest { request, context: context.clone(), keys, leaves_backlog: false };
        let response = match self.submit_stock(request).await {
            Ok(response) => response,
            Err(error) => {
                // The batch has recorded the rejections. A command is submitted again if keys have changed.
                if !matches!(error, Error::Rejected(_) | Error::KeysChanged) {
                    self.shared.failures.record(context, FailureCause::Error(error.clone()), 1);
                }
                return Err(error);
            }
        };
        match response {
            Response::Stored(stored) => Ok(Response::Stored(stored)),
            Response::Fresh(WithKeys { output, keys }) => {
                // The planner grants each request in kind; the enum of grants can't express that.
                let output = C::output(output).ok_or(Error::Internal)?;
                Ok(Response::Fresh(WithKeys { output, keys }))
            }
        }
    }

    /// Submits a request to its stock queue. A request that lacks units of an item with a backlog goes to the backlog's
    /// queue, and back when some expired blocks are reclaimed. A partial allocation takes the units that are there by the
    /// deadline.
    async fn submit_stock(&self, mut request: StockRequest) -> Result<crate::stock::StockResponse> {
        let queue = queue_for(affinity_key(&request.request, &self.shared.blocks), &self.shared.stock);
        let deadline = Instant::now() + self.shared.settings.batch_timeout;
        let mut has_backlog = self.shared.shortages.affect(&request.request);
        loop {
            if !has_backlog {
                match queue.submit(request.clone()).await {
                    Err(Error::Backlog) => {}
                    response => return response,
                }
            }
            match self.shared.backlog.submit(request.clone()).await {
                Err(Error::Backlog) if Instant::now() < deadline => {}
                Err(Error::BacklogUnneeded) => request.leaves_backlog = true,
                Err(Error::Backlog) if matches!(request.request, Request::Fill(_)) => {
                    request.leaves_backlog = true;
                }
                Err(Error::Backlog) => return Err(Error::Contended),
                response => return response,
            }
            has_backlog = false;
        }
    }
}
