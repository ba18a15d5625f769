//! Signals: an item is low, sold out, or back in stock.

use crate::{ItemId, Time};
use std::collections::HashMap;
use std::fmt;

/// The unsold units up to which an item is low, unless the setting differs.
pub const LOW_STOCK_DEFAULT: i32 = 10;

/// The kind of a signal. Each is of the unsold units over all warehouses: available and held ones. Units in temporary blocks never count as
/// sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalKind {
    /// The unsold units fell to the threshold or below.
    Low,
    /// The unsold units fell to 0.
    SoldOut,
    /// The unsold units rose above 0.
    BackInStock,
}

impl SignalKind {
    /// Every kind with its name.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Low, "stock.low"),
        (Self::SoldOut, "stock.sold_out"),
        (Self::BackInStock, "stock.back_in_stock"),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("stock.low", |(_, name)| name)
    }

    /// Parses a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, text)| *text == name).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for SignalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its id, from the sequence of the movements.
    pub id: i64,
    /// The item.
    pub item: ItemId,
    /// The kind.
    pub kind: SignalKind,
    /// The movement that caused it.
    pub movement: i64,
    /// Unsold units after the movement.
    pub unsold: i64,
    /// The threshold of low stock that applied.
    pub threshold: i32,
    /// The time at which it was written.
    pub created_at: Time,
}

/// A signal to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSignal {
    /// The item.
    pub item: ItemId,
    /// The kind.
    pub kind: SignalKind,
    /// The movement that caused it.
    pub movement: i64,
    /// Unsold units after the movement.
    pub unsold: i64,
    /// The threshold of low stock that applied.
    pub threshold: i32,
}

/// A change of the unsold units of an item, by a movement of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsoldChange {
    /// The id of the movement.
    pub movement: i64,
    /// The item.
    pub item: ItemId,
    /// Units added to the unsold units. A confirmed block takes its units, an allocation too. Placing, releasing and
    /// expiring blocks and moves between warehouses change nothing. The corrections of an item by one transaction in SQL are
    /// one change.
    pub delta: i64,
    /// Whether the item was created with these units. They cause no signal.
    pub is_initial: bool,
    /// The item's threshold of low stock at the time of the movement; `None` for the default one.
    pub threshold: Option<i32>,
}

/// Derives the signals of changes, which are in the order of the ledger. `unsold` has the units of each item before the
/// first change, and after the call those after the last one. An item with at most as many units as its threshold is low; 0
/// for never. Each change is compared with the threshold as of its movement, so a changed threshold causes no signal, and a
/// crossing before it is not lost.
pub fn derive_signals(
    unsold: &mut HashMap<ItemId, i64>,
    threshold_default: i32,
    changes: &[UnsoldChange],
) -> Vec<NewSignal> {
    let mut signals = Vec::new();
    for change in changes {
        let UnsoldChange { movement, item, delta, is_initial, threshold } = *change;
        let threshold = threshold.unwrap_or(threshold_default);
        let units = unsold.entry(item).or_default();
        let before = *units;
        *units += delta;
        let unsold = *units;
        let mut add = |kind| signals.push(NewSignal { item, kind, movement, unsold, threshold });
        if is_initial {
            continue;
        }
        if before > i64::from(threshold) && unsold <= i64::from(threshold) && threshold > 0 {
            add(SignalKind::Low);
        }
        if before > 0 && unsold <= 0 {
            add(SignalKind::SoldOut);
        }
        if before <= 0 && unsold > 0 {
            add(SignalKind::BackInStock);
        }
    }
    signals
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ITEM: ItemId = ItemId(1);

    fn change(movement: i64, delta: i64) -> UnsoldChange {
        UnsoldChange { movement, item: ITEM, delta, is_initial: false, threshold: None }
    }

    fn kinds(before: i64, changes: &[UnsoldChange]) -> Vec<(i64, SignalKind)> {
        let signals = derive_signals(&mut [(ITEM, before)].into(), 5, changes);
        signals.iter().map(|signal| (signal.movement, signal.kind)).collect()
    }

    #[test]
    fn each_crossing_has_one_signal() {
        use SignalKind::{BackInStock, Low, SoldOut};
        let changes =
            [change(1, -3), change(2, -2), change(3, -1), change(4, -4), change(5, 3), change(6, 9)];
        assert_eq!(kinds(10, &changes), [(2, Low), (4, SoldOut), (5, BackInStock)]);
        assert_eq!(kinds(10, &[change(1, -10)]), [(1, Low), (1, SoldOut)]);
        assert_eq!(kinds(0, &[change(1, 10), change(2, -7)]), [(1, BackInStock), (2, Low)]);
    }

    #[test]
    fn the_first_stock_of_a_new_item_has_no_signal() {
        let first = UnsoldChange { is_initial: true, ..change(1, 3) };
        assert_eq!(kinds(0, &[first, change(2, -3)]), [(2, SignalKind::SoldOut)]);
    }

    #[test]
    fn each_change_is_compared_with_the_threshold_of_its_time() {
        let with = |threshold, change| UnsoldChange { threshold: Some(threshold), ..change };
        // The crossing precedes the change of the threshold.
        let changes = [with(8, change(1, -3)), with(2, change(2, -1))];
        assert_eq!(kinds(10, &changes), [(1, SignalKind::Low)]);
        // A raised threshold is no crossing. The next fall through it is one.
        let changes = [
            with(2, change(1, -1)),
            with(20, change(2, -1)),
            with(20, change(3, 30)),
            with(20, change(4, -20)),
        ];
        assert_eq!(kinds(10, &changes), [(4, SignalKind::Low)]);
        assert_eq!(kinds(10, &[with(0, change(1, -9))]), [], "0 is never low");
    }

    proptest! {
        #[test]
        fn signals_alternate_and_do_not_depend_on_the_pages(
            before in 0..20i64,
            deltas in prop::collection::vec((-12..12i64, prop::option::of(0..10i32)), 0..40),
            page in 1..7usize,
        ) {
            let mut units = before;
            let mut changes = Vec::new();
            for (movement, (delta, threshold)) in (1..).zip(deltas) {
                let delta = delta.max(-units);
                units += delta;
                changes.push(UnsoldChange { threshold, ..change(movement, delta) });
            }
            let mut whole = [(ITEM, before)].into();
            let signals = derive_signals(&mut whole, 5, &changes);
            let mut paged = [(ITEM, before)].into();
            let by_page: Vec<_> =
                changes.chunks(page).flat_map(|page| derive_signals(&mut paged, 5, page)).collect();
            prop_assert_eq!(&signals, &by_page);
            prop_assert_eq!(whole[&ITEM], units);
            let mut is_in_stock = before > 0;
            for signal in signals.iter().filter(|signal| signal.kind != SignalKind::Low) {
                prop_assert_eq!(signal.kind == SignalKind::SoldOut, is_in_stock, "signals alternate");
                is_in_stock = !is_in_stock;
            }
            prop_assert_eq!(is_in_stock, units > 0);
        }
    }
}
