//! The units that a scenario's responses imply, and their comparison with the units of the server.

use crate::report::Report;
use crate::shop::{Shop, Units};
use anyhow::Result;
use std::sync::atomic::{AtomicI64, Ordering};

/// The expected units in temporary blocks, and the sold ones, by the item's index.
pub struct ExpectedUnits {
    held: Vec<AtomicI64>,
    sold: Vec<AtomicI64>,
}

impl ExpectedUnits {
    /// No units of this number of items.
    pub fn none(items: usize) -> Self {
        let zeros = || (0..items).map(|_| AtomicI64::new(0)).collect();
        Self { held: zeros(), sold: zeros() }
    }

    /// Adds lines to the held units, each an item's index and its units; subtracts them with a `sign` of -1.
    pub fn held(&self, lines: &[(usize, i64)], sign: i64) {
        add(&self.held, lines, sign);
    }

    /// Adds lines to the sold units; subtracts them with a `sign` of -1.
    pub fn sold(&self, lines: &[(usize, i64)], sign: i64) {
        add(&self.sold, lines, sign);
    }

    /// Checks that available + held + sold equals the first stock, and that held and sold match the responses. `items` are
    /// the items' ids, and `stock` is the first stock by index.
    pub fn check(
        &self,
        report: &mut Report,
        shop: &Shop,
        items: &[i64],
        stock: impl Fn(usize) -> i64,
    ) -> Result<()> {
        let found = shop.units_of(items)?;
        let differing = |is_right: &dyn Fn(usize, &Units) -> bool| {
            found.iter().enumerate().filter(|(index, units)| !is_right(*index, units)).count() as i64
        };
        let expected = |counts: &[AtomicI64], index: usize| counts[index].load(Ordering::Relaxed);
        let wrong = differing(&|index, units| units.total() == stock(index));
        report.equal("items with available + held + sold ≠ initial units", 0, wrong);
        let wrong = differing(&|index, units| units.held == expected(&self.held, index));
        report.equal("items with another number of held units than the responses said", 0, wrong);
        let wrong = differing(&|index, units| units.sold == expected(&self.sold, index));
        report.equal("items with another number of sold units than the responses said", 0, wrong);
        Ok(())
    }
}

fn add(counts: &[AtomicI64], lines: &[(usize, i64)], sign: i64) {
    for (item, quantity) in lines {
        counts[*item].fetch_add(sign * quantity, Ordering::Relaxed);
    }
}
