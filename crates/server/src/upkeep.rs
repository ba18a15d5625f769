//! What an operator does to the data: load many items, and check that every unit is accounted for.

use crate::cli::say;
use crate::demo;
use anyhow::{Context as _, Result, bail};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};
use store::{Loading, SeedItem, Store};

/// The most items that are loaded at once.
pub(crate) const ITEMS_MAX: u64 = 10_000_000;

/// Item ids that one statement checks.
const CHECKED_IDS: i64 = 50_000;

/// Who the ledger says it was.
const ACTOR: &str = "reconcile";

/// How often a sign of life is given where nothing can be counted.
const TICK: Duration = Duration::from_millis(100);

/// The quantities of loaded items go from 0 to this, less one.
const QUANTITIES: u64 = 1_000;

/// Loads `count` items of the demo's kinds, spread over the warehouses.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn seed_items(store: &Store, count: u64) -> Result<()> {
    let kinds = demo::kinds()?;
    let (warehouses, _) = store.warehouse_ids().await?;
    let started = Instant::now();
    let bar = progress_bar(3 * count, "rows")?;
    let indexing = ProgressStyle::with_template("{spinner} indexes are built")?;
    let item = |n: u64| {
        // Multiplied by primes, so that neighbours differ in everything.
        let pick = |prime: u64, among: usize| {
            usize::try_from(n.wrapping_mul(prime) % among.max(1) as u64).unwrap_or(0)
        };
        let kind = &kinds[pick(7_919, kinds.len())];
        let quantity = n.wrapping_mul(6_367) % QUANTITIES;
        SeedItem {
            name: format!("{} {}", kind.name, n + 1),
            category: kind.category.to_string(),
            price: kind.price,
            quantity: u16::try_from(quantity).unwrap_or(0),
            warehouse: warehouses[pick(104_729, warehouses.len())],
        }
    };
    let progress = |loading| match loading {
        Loading::Rows(rows) => bar.set_position(rows),
        Loading::Indexes => {
            bar.set_style(indexing.clone());
            bar.enable_steady_tick(TICK);
        }
    };
    store.items_load(count, item, progress).await.context("the items could not be loaded")?;
    bar.finish_and_clear();
    say(&format!("{} items loaded in {:.1} s.", HumanCount(count), started.elapsed().as_secs_f64()));
    Ok(())
}

/// Checks everything, prints each difference, and with `apply` mends them.
///
/// # Errors
/// Something disagrees and was not mended; the database does not answer.
pub(crate) async fn reconcile(store: &Store, apply: bool) -> Result<()> {
    let Some((low, high)) = store.item_id_range().await? else {
        say("There are no items.");
        return Ok(());
    };
    let started = Instant::now();
    let bar = progress_bar(u64::try_from(high - low + 1).unwrap_or(0), "item ids")?;
    let mut found = 0_u64;
    let mut from = low;
    while from <= high {
        let to = from.saturating_add(CHECKED_IDS);
        let discrepancies = store.discrepancies(from, to).await?;
        for discrepancy in &discrepancies {
            bar.suspend(|| say(&discrepancy.to_string()));
        }
        found += discrepancies.len() as u64;
        if apply {
            let mut items: Vec<_> = discrepancies.iter().map(|discrepancy| discrepancy.item).collect();
            items.dedup();
            for item in items {
                store.discrepancies_mend(item, ACTOR).await?;
            }
        }
        from = to;
        bar.set_position(u64::try_from(to.min(high + 1) - low).unwrap_or(0));
    }
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    match (found, apply) {
        (0, _) => say(&format!("Every unit is accounted for; checked in {seconds:.1} s.")),
        (found, true) => say(&format!("{found} differences, mended; checked in {seconds:.1} s.")),
        (found, false) => bail!("{found} differences; `stockhold reconcile --apply` mends them"),
    }
    Ok(())
}

fn progress_bar(length: u64, unit: &str) -> Result<ProgressBar> {
    let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {unit}, {{eta}} left");
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(&template)?))
}
