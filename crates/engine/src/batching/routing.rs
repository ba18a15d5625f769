//! The choice of a queue for a request.

use super::batch::Batch;
use super::queue::BatchQueue;
use crate::Context;
use crate::cache::blocks::BlockCache;
use domain::{HoldSource, Request, RetakeCart, StartPayment};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Returns the affinity key of a stock request. Requests with equal keys use the same queue, so that one batch decides
/// them instead of two transactions that wait for each other's row locks.
///
/// The key is the item for requests about an item. For a cart it is the item of its first line, and for a block or a cart
/// by id the cached block's item, otherwise the id itself.
///
/// Allocations, shipments, returns and cancellations use the order's id. Their items are unknown before the order is read, which would cost a
/// round trip per request; and an order of several items could join the queue of only one of them. Requests for the same
/// order meet in one queue.
///
/// The key affects speed only. The row locks keep decisions correct and free of deadlocks: every transaction of every queue
/// and server takes them in the same order. Decision record 0060 has the alternatives.
pub(crate) fn affinity_key(request: &Request, blocks: &BlockCache) -> i64 {
    match request {
        Request::Place(place) => place.item.0,
        Request::PlaceHold(hold) => hold.block.item.0,
        Request::Adjust(adjustment) => adjustment.item.0,
        Request::ChangeLevel(change) => change.item.0,
        Request::Move(movement) => movement.item.0,
        Request::ChangeCondition(change) => change.item.0,
        Request::PlaceCart(cart) => cart.lines().first().map_or(0, |line| line.item.0),
        Request::Confirm(block, _)
        | Request::ConfirmPart(block, _)
        | Request::Release(block)
        | Request::Extend(block, _)
        | Request::ShipBlock(block) => blocks.item(*block).map_or(block.0, |item| item.0),
        Request::ConfirmCart(cart)
        | Request::RetakeCart(RetakeCart { cart, .. })
        | Request::StartPayment(StartPayment { cart, .. })
        | Request::EndPayment(cart)
        | Request::ReleaseCart(cart)
        | Request::ExtendCart(cart, _)
        | Request::ShipCart(cart) => blocks.item_of_cart(*cart).map_or(cart.0, |item| item.0),
        Request::ChangeCart(change) => blocks.item_of_cart(change.id).map_or(change.id.0, |item| item.0),
        Request::Convert(convert) => match convert.source() {
            HoldSource::Cart(cart) => blocks.item_of_cart(*cart).map_or(cart.0, |item| item.0),
            HoldSource::Blocks(ids) => {
                ids.first().map_or(0, |block| blocks.item(*block).map_or(block.0, |item| item.0))
            }
        },
        Request::Allocate(order, _) | Request::Cancel(order) => order.0,
        Request::Fill(fill) => fill.order.0,
        Request::CancelLines(cancel) => cancel.order.0,
        Request::Reassign(reassign) => reassign.from.0,
        Request::Ship(shipment) => shipment.order.0,
        Request::Return(returned) => returned.order.0,
        Request::Source(source) => source.order.0,
    }
}

/// Returns the affinity key of a new item: the idempotency key if it has one, so that equal requests meet in one queue.
/// Other requests are spread evenly by their ids.
pub(crate) fn creation_affinity_key(context: &Context) -> i64 {
    let mut hasher = DefaultHasher::new();
    context
        .idempotency
        .as_ref()
        .map_or(&context.request_id, |idempotency| &idempotency.key)
        .hash(&mut hasher);
    // The upper half: a non-negative key.
    i64::try_from(hasher.finish() >> 32).unwrap_or(0)
}

/// Returns the queue for an affinity key. `queues` must not be empty.
pub(crate) fn queue_for<B: Batch>(key: i64, queues: &[BatchQueue<B>]) -> &BatchQueue<B> {
    &queues[usize::try_from(key.unsigned_abs()).unwrap_or(0) % queues.len()]
}
