//! The state of the passes over the queue of waiting orders: requests wait for the next one (single-flight).

use domain::{ItemId, Request};
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use tokio::sync::{Notify, watch};

/// The state of the passes over the queue of waiting orders.
#[derive(Default)]
pub(crate) struct WaitingQueue {
    items: RwLock<MissedItems>,
    passes: watch::Sender<Passes>,
    requested: Notify,
}

/// The items that waiting orders miss.
#[derive(Default)]
struct MissedItems {
    /// Those that the last pass read.
    read: HashSet<ItemId>,
    /// Whether an order began to wait after the last pass began. Its items are not in `read`.
    has_more: bool,
    /// Whether an order began to wait before the present pass began, and after the former one began.
    had_more: bool,
}

/// The numbers of passes since the start.
#[derive(Default)]
struct Passes {
    begun: u64,
    /// The number of the last pass that read the whole queue.
    served: u64,
}

impl WaitingQueue {
    /// Records that an order begins to wait. Until a pass has read its items, each request that takes units may concern it.
    pub(crate) fn add_order(&self) {
        self.items.write().unwrap_or_else(PoisonError::into_inner).has_more = true;
    }

    /// Begins a pass.
    pub(crate) fn begin_pass(&self) {
        let mut items = self.items.write().unwrap_or_else(PoisonError::into_inner);
        items.had_more |= std::mem::take(&mut items.has_more);
        drop(items);
        self.passes.send_modify(|passes| passes.begun += 1);
    }

    /// Ends a pass that read the whole queue, with the items that it read. A pass that fails does not end here, so the requests
    /// that wait for it wait for the next one.
    pub(crate) fn end_pass(&self, read: HashSet<ItemId>) {
        let mut items = self.items.write().unwrap_or_else(PoisonError::into_inner);
        (items.read, items.had_more) = (read, false);
        drop(items);
        self.passes.send_modify(|passes| passes.served = passes.begun);
    }

    /// Returns whether a request takes units that waiting orders may miss. The items of an order, and those of a cart that is
    /// taken again, are not part of the request.
    pub(crate) fn concerns(&self, request: &Request) -> bool {
        let MissedItems { read, has_more, had_more } =
            &*self.items.read().unwrap_or_else(PoisonError::into_inner);
        let has_unread = *has_more || *had_more;
        let is_missed = |item: ItemId| has_unread || read.contains(&item);
        (has_unread || !read.is_empty())
            && match request {
                Request::Place(place) => is_missed(place.item),
                Request::PlaceHold(hold) => is_missed(hold.block.item),
                Request::PlaceCart(cart) => cart.lines().iter().any(|line| is_missed(line.item)),
                Request::ChangeCart(change) => change.lines().iter().any(|line| is_missed(line.item)),
                Request::RetakeCart(_) | Request::Allocate(..) | Request::Source(_) | Request::Fill(_) => {
                    true
                }
                _ => false,
            }
    }

    /// Waits until a pass has read the whole queue that began after the call.
    pub(crate) async fn next_pass(&self) {
        let mut passes = self.passes.subscribe();
        let next = passes.borrow_and_update().begun + 1;
        self.requested.notify_one();
        // The sender lives as long as this queue.
        drop(passes.wait_for(|passes| passes.served >= next).await);
    }

    /// Waits until a request waits for a pass.
    pub(crate) async fn requested(&self) {
        self.requested.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[test]
    fn a_request_waits_for_a_pass_that_began_later_and_read_the_queue() {
        let queue = WaitingQueue::default();
        queue.begin_pass();
        let mut next = Box::pin(queue.next_pass());
        assert!(next.as_mut().now_or_never().is_none(), "no pass has begun since");
        queue.end_pass(HashSet::new());
        assert!(next.as_mut().now_or_never().is_none(), "the pass began before the request");
        // This pass fails.
        queue.begin_pass();
        assert!(next.as_mut().now_or_never().is_none(), "the pass has not ended");
        queue.begin_pass();
        assert!(next.as_mut().now_or_never().is_none(), "a failed pass serves nobody");
        queue.end_pass(HashSet::new());
        assert!(next.as_mut().now_or_never().is_some(), "the queue was read");
    }
}
