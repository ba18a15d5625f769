//! A cache of recent rejections for items with a backlog of expired blocks.

use domain::{ItemId, Request, WarehouseId};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

/// The time for which a shortage routes requests for as many units to this queue.
const SHORTAGE_TTL: Duration = Duration::from_secs(10);

/// The most shortages in the cache. One more clears it.
const SHORTAGES_MAX: usize = 10_000;

/// An item, and the warehouse if the request names one.
type Source = (ItemId, Option<WarehouseId>);

/// A cache of recent rejections for items with a backlog. A request for as many units goes straight to this queue.
#[derive(Default)]
pub(crate) struct Shortages(RwLock<HashMap<Source, Shortage>>);

#[derive(Clone, Copy)]
struct Shortage {
    /// The fewest units that were rejected.
    units: i32,
    expires_at: Instant,
}

impl Shortages {
    /// Returns whether a request asks for as many units as were rejected recently.
    ///
    /// A cart with a unique reference is not affected: only the locked path finds the cart that already has the reference.
    pub(crate) fn affect(&self, request: &Request) -> bool {
        if matches!(request, Request::PlaceCart(cart) if cart.has_unique_reference) {
            return false;
        }
        let shortages = self.0.read().unwrap_or_else(PoisonError::into_inner);
        !shortages.is_empty() && {
            let now = Instant::now();
            let is_short = |(source, units): (Source, i32)| {
                let shortage = shortages.get(&source).filter(|shortage| shortage.expires_at > now);
                shortage.is_some_and(|shortage| units >= shortage.units)
            };
            requested_units(request).any(is_short)
        }
    }

    /// Records the rejection of a request, if its item still has a backlog.
    pub(super) fn record(&self, request: &Request, has_backlog: impl Fn(ItemId) -> bool) {
        // The rejection of a cart names only one of its lines.
        if request.single_block().is_none() {
            return;
        }
        let expires_at = Instant::now() + SHORTAGE_TTL;
        let mut shortages = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shortages.len() >= SHORTAGES_MAX {
            shortages.clear();
        }
        for (source, units) in requested_units(request) {
            if has_backlog(source.0) {
                let shortage = shortages.entry(source).or_insert(Shortage { units, expires_at });
                *shortage = Shortage { units: units.min(shortage.units), expires_at };
            } else {
                shortages.remove(&source);
            }
        }
    }

    /// Removes the expired shortages.
    pub(super) fn remove_expired(&self) {
        let now = Instant::now();
        let mut shortages = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shortages.retain(|_, shortage| shortage.expires_at > now);
    }
}

/// Returns the units that a request wants to hold, line by line.
pub(super) fn requested_units(request: &Request) -> impl Iterator<Item = (Source, i32)> {
    let place = request.single_block();
    let place = place.map(|place| ((place.item, place.warehouse), place.quantity.get()));
    let lines = match request {
        Request::PlaceCart(cart) => cart.lines(),
        _ => &[],
    };
    let lines = lines.iter().map(|line| ((line.item, line.warehouse), line.quantity.get()));
    place.into_iter().chain(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{CartLine, PlaceBlock, PlaceCart, Quantity, Reference, Ttl};

    fn place(item: i64, warehouse: Option<i64>, units: i64) -> Request {
        let quantity = Quantity::new(units).expect("a quantity");
        let warehouse = warehouse.map(WarehouseId);
        Request::Place(PlaceBlock { item: ItemId(item), quantity, warehouse, ttl: Ttl::default() })
    }

    #[test]
    fn a_shortage_affects_requests_for_as_many_units_of_the_same_source() {
        let shortages = Shortages::default();
        assert!(!shortages.affect(&place(1, None, 5)));
        shortages.record(&place(1, None, 5), |_| true);
        shortages.record(&place(1, None, 7), |_| true);
        let requests = [place(1, None, 5), place(1, None, 4), place(1, Some(1), 5), place(2, None, 5)];
        assert_eq!(requests.map(|request| shortages.affect(&request)), [true, false, false, false]);
        let quantity = Quantity::new(5).expect("a quantity");
        let lines = vec![CartLine { item: ItemId(1), quantity, warehouse: None }];
        let mut cart = PlaceCart::new(lines, Ttl::default(), Reference::new("x").ok()).expect("a cart");
        assert!(shortages.affect(&Request::PlaceCart(cart.clone())));
        cart.has_unique_reference = true;
        assert!(!shortages.affect(&Request::PlaceCart(cart)), "the cart may exist");
        shortages.record(&place(1, None, 5), |_| false);
        assert!(!shortages.affect(&place(1, None, 5)), "the item has no backlog any more");
    }
}
