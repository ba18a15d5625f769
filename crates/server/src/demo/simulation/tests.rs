use super::super::plan::MAIN;
use super::*;
use domain::{MovementReason, OrderStatus, UnsellableUnits};
use std::collections::BTreeMap;

const SEED: u64 = crate::demo::SEED_DEFAULT;

fn at(now: &str) -> History {
    history(SEED, now.parse().expect("a time")).expect("a history")
}

fn shop() -> History {
    at("2026-11-25T13:37:11.5Z")
}

fn orders(history: &History, status: OrderStatus) -> Vec<&store::HistoryOrder> {
    history.orders.iter().filter(|order| order.summary.status == status).collect()
}

#[test]
fn only_times_depend_on_the_time_of_the_load() {
    let (day, night) = (shop(), at("2027-03-07T03:04:05Z"));
    let without_times = |history: &History| {
        let movements = history.movements.iter().map(|movement| {
            let time = day.movements[0].created_at;
            store::HistoryMovement { created_at: time, ..movement.clone() }
        });
        let orders = history.orders.iter().map(|order| (order.summary.clone(), order.reference.clone()));
        let blocks = history.blocks.iter().map(|(id, block)| (*id, block.key, block.quantity, block.cart));
        let carts = history.carts.iter().map(|cart| (cart.blocks.clone(), cart.payment.clone()));
        (
            movements.collect::<Vec<_>>(),
            orders.collect::<Vec<_>>(),
            blocks.collect::<Vec<_>>(),
            carts.collect::<Vec<_>>(),
        )
    };
    assert!(without_times(&day) == without_times(&night), "ids and quantities follow from the seed");
    assert_eq!(day.levels, night.levels);
    assert!(day.signals == night.signals && day.unsold == night.unsold);
    assert!(day == shop(), "the same load is the same");
    let other = history(SEED + 1, "2026-11-25T13:37:11.5Z".parse().expect("a time")).expect("a history");
    assert_ne!(day.levels, other.levels, "another seed makes another shop");
}

/// Sums the ledger by level, by order and by block, and checks the identities at each movement.
#[test]
fn the_ledger_explains_every_unit() {
    for seed in [SEED, 1, 2, 3, u64::MAX] {
        let history = history(seed, "2026-11-25T13:37:11.5Z".parse().expect("a time")).expect("a history");
        assert!(history.movements.is_sorted_by_key(|movement| movement.created_at), "ids ascend with time");
        let mut levels = BTreeMap::<LevelKey, i32>::new();
        for movement in &history.movements {
            let level = levels.entry(movement.key).or_default();
            *level += movement.change;
            assert!(*level >= 0, "{movement:?}");
        }
        for (key, level) in &history.levels {
            assert_eq!(levels.get(key).copied().unwrap_or(0), level.available, "{key:?}");
        }
        let on_hand = |key: &LevelKey| {
            let blocks = history.blocks.values().filter(|block| block.key == *key && !block.is_shipped);
            let orders = history.orders.iter().filter_map(|order| order.summary.allocations.get(key));
            let level = history.levels[key];
            let UnsellableUnits { damaged, quarantined } = level.unsellable;
            level.available
                + damaged
                + quarantined
                + blocks.map(|block| block.quantity).sum::<i32>()
                + orders.map(|units| units.allocated).sum::<i32>()
        };
        let by_ledger = |key: &LevelKey| {
            let of_level = history.movements.iter().filter(|movement| movement.key == *key);
            of_level
                .map(|movement| movement.reason.on_hand_change(movement.change, movement.units))
                .sum::<i64>()
        };
        // All levels would take too long.
        for key in history.levels.keys().step_by(97) {
            assert_eq!(i64::from(on_hand(key)), by_ledger(key), "{key:?}");
        }
    }
}

#[test]
fn the_shop_has_every_kind_of_thing() {
    let history = shop();
    let count = |reason| history.movements.iter().filter(|movement| movement.reason == reason).count();
    for (reason, name) in [
        (MovementReason::Received, "received"),
        (MovementReason::WrittenOff, "written off"),
        (MovementReason::Moved, "moved"),
        (MovementReason::Blocked, "blocked"),
        (MovementReason::Released, "released"),
        (MovementReason::Expired, "expired"),
        (MovementReason::Confirmed, "confirmed"),
        (MovementReason::HoldConverted, "converted"),
        (MovementReason::Allocated, "allocated"),
        (MovementReason::Cancelled, "cancelled"),
        (MovementReason::Shipped, "shipped"),
        (MovementReason::Returned, "returned"),
        (MovementReason::Restored, "restored"),
        (MovementReason::Reclassified, "reclassified"),
        (MovementReason::Disposed, "disposed"),
    ] {
        assert!(count(reason) > 5, "{name}");
    }
    for status in [
        OrderStatus::Pending,
        OrderStatus::Partial,
        OrderStatus::Allocated,
        OrderStatus::Shipped,
        OrderStatus::Cancelled,
    ] {
        assert!(orders(&history, status).len() >= 3, "{status:?}");
    }
    let open = history.orders.iter().filter(|order| order.reference.starts_with("B2B"));
    assert!(
        open.filter(|order| order.summary.status == OrderStatus::Pending).count() >= 2,
        "to allocate by hand"
    );
    let parcels =
        |order: &&store::HistoryOrder| order.summary.warehouse.is_none() && order.summary.has_shipped();
    assert!(history.orders.iter().filter(parcels).count() >= 1, "an order of two parcels");
    assert_eq!(history.items.iter().filter(|item| item.archived_at.is_some()).count(), 2);
    let is_held = |block: &&store::HistoryBlock| block.expires_at.is_some();
    assert!(history.blocks.values().filter(is_held).count() >= 10);
    assert!(history.carts.iter().any(|cart| cart.payment.is_some()));
    let low = (0..history.items.len()).filter(|item| {
        units(&history, *item) <= history.items[*item].low_stock.unwrap_or(domain::LOW_STOCK_DEFAULT)
    });
    assert!((12..90).contains(&low.count()));
    assert_eq!(history.levels[&key(0, MAIN)].available, closing::SHOWN_UNITS);
}

/// Returns the available units of an item.
fn units(history: &History, item: usize) -> i32 {
    let levels = (0..WAREHOUSES).filter_map(|warehouse| history.levels.get(&key(item, warehouse)));
    levels.map(|level| level.available).sum()
}

#[test]
fn a_bestseller_is_sold_out_for_a_reason() {
    let history = shop();
    let day = history.movements.last().expect("movements").created_at - chrono::TimeDelta::days(1);
    let is_scarce = |item: &usize| {
        let waiting = history.orders.iter().filter(|order| order.waiting_since.is_some());
        let missing = waiting.filter(|order| order.summary.missing().contains_key(&ItemId(id(*item))));
        let is_held =
            |block: &&store::HistoryBlock| block.key.item.0 == id(*item) && block.expires_at.is_some();
        let sold = history.movements.iter().filter(|movement| {
            let reasons = [MovementReason::HoldConverted, MovementReason::Allocated];
            movement.key.item.0 == id(*item)
                && movement.created_at > day
                && reasons.contains(&movement.reason)
        });
        missing.count() >= 3 && history.blocks.values().filter(is_held).count() >= 2 && sold.count() >= 5
    };
    let sold_out: Vec<_> = (0..history.items.len()).filter(|item| units(&history, *item) == 0).collect();
    assert!((4..40).contains(&sold_out.len()), "{}", sold_out.len());
    let scarce = sold_out.into_iter().filter(is_scarce).count();
    assert!(scarce >= 1, "an item is sold out because it is held, was sold, and orders wait for it");
}
