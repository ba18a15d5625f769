//! The demo shop before its history: warehouses, and for each item its popularity and the rules of its supply.

use super::products::Product;
use super::rhythm::{DAY, Tick};
use anyhow::{Context as _, Result};
use domain::{Barcode, Coordinates, Priority, Sku, WarehouseCode, WarehouseName};
use fastrand::Rng;
use store::HistoryWarehouse;

/// The warehouse of most units, and the default one of the schema.
pub(super) const MAIN: usize = 0;
/// The shop with a counter.
pub(super) const OUTLET: usize = 3;
/// The number of warehouses.
pub(super) const WAREHOUSES: usize = 4;

/// The warehouses: code, name, priority, latitude, longitude.
const PLACES: [(&str, &str, i64, f64, f64); WAREHOUSES] = [
    ("MAIN", "Main warehouse, Leipzig", 10, 51.4238, 12.2364),
    ("NORTH", "North hub, Hamburg", 20, 53.5511, 9.9937),
    ("SOUTH", "South hub, Munich", 20, 48.1374, 11.5755),
    ("OUTLET", "Outlet store, Cologne", 90, 50.9375, 6.9603),
];

/// The chance that a warehouse has an item, in percent.
const PRESENT_PERCENT: [u32; WAREHOUSES] = [100, 60, 50, 45];

/// The share of an item's units per warehouse that has it, in percent. The first warehouse takes the rest.
const SHARE_PERCENT: [i32; WAREHOUSES] = [0, 18, 14, 14];

/// Popularity follows Zipf and Mandelbrot: the item of rank n has the weight 1 / (n + this).
const RANK_OFFSET: u64 = 4;

/// The higher the price above this one, the less popular is an item.
const PRICE_OFFSET: u64 = 60;

/// The units that the whole shop sells per day, about.
const UNITS_PER_DAY: u64 = 490;

/// Items whose computed threshold is in this range have none of their own: the default one fits.
const DEFAULT_THRESHOLDS: std::ops::RangeInclusive<i32> = 8..=13;

/// README's item, the first one of the list.
pub(super) const SHOWN_ITEM: usize = 0;

/// The rank of README's item.
const SHOWN_RANK: usize = 9;

/// One of this many items was new during the history.
const NEW_ITEMS: usize = 25;

/// An item with the rules of its supply.
pub(super) struct PlannedItem {
    pub(super) product: Product,
    pub(super) sku: Sku,
    pub(super) barcode: Barcode,
    /// Its threshold of low stock in units.
    pub(super) low_stock: Option<i32>,
    /// Units are ordered when fewer are available or on their way.
    pub(super) reorder_below: i32,
    /// The units of one order.
    pub(super) reorder_units: i32,
    /// The warehouses that have it.
    pub(super) present: [bool; WAREHOUSES],
    /// When its first units came.
    pub(super) first: Tick,
}

/// The shop before its history.
pub(super) struct Plan {
    pub(super) items: Vec<PlannedItem>,
    /// The sums of the weights up to each item.
    weights: Vec<u64>,
    /// The items by popularity.
    ranked: Vec<usize>,
}

impl Plan {
    /// Creates the plan of a shop with these products.
    ///
    /// # Errors
    /// A product has an invalid key.
    pub(super) fn new(products: Vec<Product>, rng: &mut Rng) -> Result<Self> {
        let ranked = ranked(&products, rng);
        let mut weights = vec![0; products.len()];
        for (rank, item) in ranked.iter().enumerate() {
            weights[*item] = 1_000_000_000 / (rank as u64 + 1 + RANK_OFFSET);
        }
        let total: u64 = weights.iter().sum();
        let planned = products.into_iter().zip(&weights).enumerate();
        let items =
            planned.map(|(index, (product, weight))| planned_item(index, product, *weight, total, rng));
        let items = items.collect::<Result<Vec<_>>>()?;
        let sums = weights.iter().scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Ok(Self { items, weights: sums.collect(), ranked })
    }

    /// Returns an item by chance, the popular ones more often.
    pub(super) fn pick(&self, rng: &mut Rng) -> usize {
        let place = rng.u64(0..self.weights.last().copied().unwrap_or(1));
        self.weights.partition_point(|sum| *sum <= place).min(self.items.len().saturating_sub(1))
    }

    /// Returns the item of a rank, 0 for the bestseller.
    pub(super) fn ranked(&self, rank: usize) -> usize {
        self.ranked[rank % self.ranked.len()]
    }
}

/// Returns the warehouses.
///
/// # Errors
/// A constant is invalid.
pub(super) fn warehouses() -> Result<Vec<HistoryWarehouse>> {
    let warehouse = |(code, name, priority, latitude, longitude): (&str, &str, i64, f64, f64)| {
        Ok(HistoryWarehouse {
            code: WarehouseCode::new(code)?,
            name: WarehouseName::new(name)?,
            priority: Priority::new(priority)?,
            coordinates: Coordinates::new(latitude, longitude)?,
        })
    };
    PLACES.into_iter().map(warehouse).collect()
}

/// Returns the items by popularity: by chance, but expensive ones tend to sell less. README's item is popular in each shop.
fn ranked(products: &[Product], rng: &mut Rng) -> Vec<usize> {
    let mut score = |product: &Product| {
        let price = u64::try_from(product.price.amount().trunc()).unwrap_or(0);
        rng.u64(0..1_000) * (price + PRICE_OFFSET)
    };
    let scores: Vec<_> = products.iter().map(&mut score).collect();
    let mut ranked: Vec<_> = (0..products.len()).collect();
    ranked.sort_by_key(|item| (scores[*item], *item));
    ranked.retain(|item| *item != SHOWN_ITEM);
    ranked.insert(SHOWN_RANK.min(ranked.len()), SHOWN_ITEM);
    ranked
}

fn planned_item(
    index: usize,
    product: Product,
    weight: u64,
    total: u64,
    rng: &mut Rng,
) -> Result<PlannedItem> {
    // Units of 100 days, so that slow items keep their fraction.
    let demand = i32::try_from(100 * UNITS_PER_DAY * weight / total.max(1)).unwrap_or(i32::MAX / 100);
    let threshold = demand * 3 / 100 + 2;
    let present = std::array::from_fn(|warehouse| rng.u32(0..100) < PRESENT_PERCENT[warehouse]);
    let is_new = index != SHOWN_ITEM && rng.usize(0..NEW_ITEMS) == 0;
    Ok(PlannedItem {
        sku: Sku::new(&sku(product.category.as_str(), index + 1))?,
        barcode: Barcode::new(&ean(index + 1)).context("a barcode of the demo shop")?,
        product,
        low_stock: (!DEFAULT_THRESHOLDS.contains(&threshold)).then_some(threshold),
        reorder_below: demand * 9 / 100 + 4,
        reorder_units: rounded(demand * 21 / 100 + 8),
        present,
        first: if is_new { rng.u64(DAY..40 * DAY) } else { 0 },
    })
}

impl PlannedItem {
    /// Splits units over the warehouses that have the item.
    pub(super) fn split(&self, units: i32) -> [i32; WAREHOUSES] {
        let mut parts = [0; WAREHOUSES];
        for warehouse in 1..WAREHOUSES {
            parts[warehouse] =
                if self.present[warehouse] { units * SHARE_PERCENT[warehouse] / 100 } else { 0 };
        }
        parts[MAIN] = units - parts.iter().sum::<i32>();
        parts
    }
}

/// Rounds units up to full boxes.
fn rounded(units: i32) -> i32 {
    let boxed = match units {
        ..20 => 4,
        20..100 => 10,
        _ => 25,
    };
    (units + boxed - 1) / boxed * boxed
}

/// Returns the SKU of the item with this number, such as `AUD-001`: three letters of its category, and the number.
fn sku(category: &str, number: usize) -> String {
    let letters =
        category.chars().filter(char::is_ascii_alphabetic).take(3).map(|letter| letter.to_ascii_uppercase());
    format!("{}-{number:03}", letters.collect::<String>())
}

/// Returns an EAN-13 with its check digit.
fn ean(number: usize) -> String {
    let digits = format!("4012345{number:05}");
    let sum: u32 = (digits.chars().zip([1, 3].into_iter().cycle()))
        .map(|(digit, factor)| digit.to_digit(10).unwrap_or(0) * factor)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::products;

    #[test]
    fn keys_have_the_usual_forms() {
        assert_eq!(sku("Coffee & Tea", 61), "COF-061");
        assert_eq!(ean(1), "4012345000016");
    }

    #[test]
    fn few_items_make_most_of_the_sales() {
        let mut rng = Rng::with_seed(1);
        let plan = Plan::new(products::read().expect("readable"), &mut rng).expect("a plan");
        let mut picked = vec![0; plan.items.len()];
        (0..100_000).for_each(|_| picked[plan.pick(&mut rng)] += 1);
        let top: u32 = (0..50).map(|rank| picked[plan.ranked(rank)]).sum();
        assert!((40_000..70_000).contains(&top), "a tenth of the items has {top} of 100000 sales");
    }
}
