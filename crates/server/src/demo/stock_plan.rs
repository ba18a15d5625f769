//! The stock, blocks and orders of the demo shop.

use super::products::Product;
use anyhow::{Context as _, Result};

/// The warehouses by code and name. The first one is the default warehouse of the schema.
pub(super) const WAREHOUSES: [(&str, &str); 4] =
    [("MAIN", "Main warehouse"), ("NORTH", "North hub"), ("SOUTH", "South hub"), ("OUTLET", "Outlet store")];

/// The fewest units in the first warehouse of an item that is picked for a block or an order.
const WELL_STOCKED_UNITS: i64 = 12;

/// The life of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockLength {
    Seconds(i64),
    Permanent,
}

/// The blocks: units and life.
pub(super) const BLOCKS: [(i64, BlockLength); 12] = [
    (1, BlockLength::Seconds(15 * 60)),
    (2, BlockLength::Seconds(30 * 60)),
    (1, BlockLength::Permanent),
    (1, BlockLength::Seconds(60 * 60)),
    (4, BlockLength::Seconds(2 * 3_600)),
    (3, BlockLength::Permanent),
    (2, BlockLength::Seconds(6 * 3_600)),
    (1, BlockLength::Permanent),
    (1, BlockLength::Seconds(24 * 3_600)),
    (6, BlockLength::Seconds(3 * 24 * 3_600)),
    (2, BlockLength::Permanent),
    (5, BlockLength::Seconds(7 * 24 * 3_600)),
];

/// The final state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderEnd {
    Pending,
    Allocated,
    Cancelled,
}

/// An order of the demo shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlannedOrder {
    pub(super) reference: &'static str,
    pub(super) end: OrderEnd,
    /// Units of each line.
    units: &'static [i64],
    /// Whether the first warehouse has too few units for it.
    short: bool,
}

/// The orders.
pub(super) const ORDERS: [PlannedOrder; 4] = [
    PlannedOrder { reference: "WEB-10017", end: OrderEnd::Allocated, units: &[1, 2, 1, 4], short: false },
    PlannedOrder { reference: "WEB-10018", end: OrderEnd::Cancelled, units: &[2], short: false },
    PlannedOrder { reference: "WEB-10019", end: OrderEnd::Pending, units: &[1, 1, 3], short: false },
    PlannedOrder { reference: "WEB-10020", end: OrderEnd::Pending, units: &[2, 1, 1], short: true },
];

/// An item with its units in each of [`WAREHOUSES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stocked {
    pub(super) product: Product,
    pub(super) levels: [i64; WAREHOUSES.len()],
}

/// Distributes stock of each product over the warehouses. The result is always the same.
pub(super) fn stocked(products: &[Product]) -> Vec<Stocked> {
    let stock =
        |product: &Product| Stocked { product: product.clone(), levels: levels(product.name.as_str()) };
    products.iter().map(stock).collect()
}

/// Returns the indexes of items with enough units in the first warehouse.
pub(super) fn well_stocked(stocked: &[Stocked]) -> Vec<usize> {
    indexes(stocked, |levels| levels[0] >= WELL_STOCKED_UNITS)
}

/// Returns the `index`th of `count` candidates that are spread evenly over all candidates.
pub(super) fn pick(candidates: &[usize], index: usize, count: usize) -> Result<usize> {
    let at = index * candidates.len() / count.max(1);
    candidates.get(at).copied().context("the demo shop lacks an item to pick")
}

/// Returns the lines of an order: item index and units.
pub(super) fn lines(order: &PlannedOrder, stocked: &[Stocked]) -> Result<Vec<(usize, i64)>> {
    let plenty = well_stocked(stocked);
    let elsewhere = indexes(stocked, |levels| levels[0] == 0 && levels.iter().sum::<i64>() > 0);
    // Each order starts at another item, so that the orders differ.
    let start = usize::from(order.reference.bytes().last().unwrap_or_default()) * 7;
    let line = |(index, units): (usize, &i64)| {
        let missing = order.short && index == 0;
        let candidates = if missing { &elsewhere } else { &plenty };
        let at = (start + index * 31) % candidates.len().max(1);
        let item = candidates.get(at).copied().context("the demo shop lacks an item to order")?;
        Ok((item, *units))
    };
    order.units.iter().enumerate().map(line).collect()
}

fn indexes(stocked: &[Stocked], wanted: impl Fn(&[i64]) -> bool) -> Vec<usize> {
    let all = stocked.iter().enumerate();
    all.filter(|(_, stocked)| wanted(&stocked.levels)).map(|(index, _)| index).collect()
}

/// Returns the units per warehouse. One of twenty items is sold out, and three have low stock.
fn levels(name: &str) -> [i64; WAREHOUSES.len()] {
    let mut random = Random::of(name);
    let kind = random.below(20);
    let mut levels = [0; WAREHOUSES.len()];
    for (index, level) in levels.iter_mut().enumerate() {
        // The main warehouse has most items, the outlet few.
        let absent = [15, 45, 55, 80][index] > random.below(100);
        let most = [240, 90, 60, 15][index];
        let units = 1 + random.below(most);
        *level = match kind {
            0 => 0,
            1..=3 => {
                if index == 0 {
                    random.below(6)
                } else {
                    0
                }
            }
            _ if absent => 0,
            _ => units,
        };
    }
    levels
}

/// A pseudorandom generator with a text as seed (SplitMix64 on FNV-1a).
struct Random(u64);

impl Random {
    fn of(text: &str) -> Self {
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
    }

    /// Returns the next number, 0 to `bound` - 1.
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // 31 bits suffice, and are positive in any integer type.
        ((z ^ (z >> 31)) >> 33).cast_signed() % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::products;

    fn shop() -> Vec<Stocked> {
        stocked(&products::read().expect("readable"))
    }

    #[test]
    fn the_shop_has_every_kind_of_item() {
        let shop = shop();
        let total = |stocked: &Stocked| stocked.levels.iter().sum::<i64>();
        let count = |wanted: &dyn Fn(&Stocked) -> bool| shop.iter().filter(|stocked| wanted(stocked)).count();
        assert!((10..=60).contains(&count(&|stocked| total(stocked) == 0)));
        assert!((30..=120).contains(&count(&|stocked| (1..=5).contains(&total(stocked)))));
        assert!(count(&|stocked| stocked.levels.iter().filter(|units| **units > 0).count() > 1) > 200);
    }

    #[test]
    fn only_the_short_order_lacks_units() {
        let shop = shop();
        for order in &ORDERS {
            let lines = lines(order, &shop).expect("lines");
            let short = lines.iter().any(|(item, units)| shop[*item].levels[0] < *units);
            assert_eq!(short, order.short, "{}", order.reference);
        }
    }
}
