//! Maintenance commands: `seed --items` and `reconcile`.

use crate::database::Database;
use crate::demo;
use crate::output::print_line;
use anyhow::{Context as _, Result, bail, ensure};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};
use store::{Discrepancy, LoadProgress, SeedItem, Store};

/// The most items of one load.
pub(crate) const ITEMS_MAX: u64 = 10_000_000;

/// The width of the id range that one statement checks.
const CHECKED_IDS: i64 = 50_000;

/// The actor in the ledger.
const ACTOR: &str = "reconcile";

/// The interval of the spinner.
const TICK: Duration = Duration::from_millis(100);

/// Quantities of loaded items are below this number.
const QUANTITIES: u64 = 1_000;

/// Loads `count` variants of the demo items, spread over the warehouses.
///
/// # Errors
/// The database fails, or has no warehouse.
pub(crate) async fn seed_items(store: &Store, count: u64) -> Result<()> {
    let kinds = demo::kinds()?;
    let warehouses: Vec<_> = store.warehouse_ids().await?.codes.into_iter().map(|(id, _)| id).collect();
    ensure!(!warehouses.is_empty(), "the database has no warehouse: add one first");
    let started = Instant::now();
    let bar = progress_bar(3 * count, "rows")?;
    let indexing = ProgressStyle::with_template("{spinner} building indexes")?;
    let item = |n: u64| {
        // Products with primes, so that neighbouring items differ in every property.
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
        LoadProgress::Rows(rows) => bar.set_position(rows),
        LoadProgress::Indexes => {
            bar.set_style(indexing.clone());
            bar.enable_steady_tick(TICK);
        }
    };
    store.items_load(count, item, progress).await.context("the items could not be loaded")?;
    bar.finish_and_clear();
    print_line(&format!("{} items loaded in {:.1} s.", HumanCount(count), started.elapsed().as_secs_f64()));
    Ok(())
}

/// Checks the whole database, and prints each discrepancy with its remedy. With `apply` it repairs each discrepancy that has
/// an automatic repair.
///
/// # Errors
/// A discrepancy is left, the schema has another version, or the database fails.
pub(crate) async fn reconcile(database: &Database, apply: bool) -> Result<()> {
    let mut audit = database.audit().await?;
    let started = Instant::now();
    let mut found = Found::default();
    let wrong = match apply {
        true => audit.database_repair().await?,
        false => audit.database().await?,
    };
    wrong.iter().for_each(|discrepancy| found.note(discrepancy, print_line));
    let items = u64::try_from(audit.item_count().await?).unwrap_or(0);
    let bar = progress_bar(items, "items")?;
    let mut from = i64::MIN;
    while let Some(first) = audit.next_item(from).await? {
        from = first.0.saturating_add(CHECKED_IDS);
        let discrepancies = audit.items(first.0, from).await?;
        for discrepancy in &discrepancies {
            bar.suspend(|| found.note(discrepancy, print_line));
        }
        if apply {
            let mut items: Vec<_> = discrepancies.iter().filter_map(|discrepancy| discrepancy.item).collect();
            items.dedup();
            for item in items {
                audit.item_repair(item, ACTOR).await.with_context(|| {
                    format!("item {item} could not be repaired; another session may have locked it: run this again")
                })?;
            }
        }
        // Exact if the ids have no gaps.
        bar.set_position(items.min(bar.position() + CHECKED_IDS.unsigned_abs()));
        if from == i64::MAX {
            break;
        }
    }
    bar.finish_and_clear();
    let seconds = started.elapsed().as_secs_f64();
    let counts = [found.repairable, found.others].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    // A standby can be checked too. It stores no result.
    if let Err(error) = audit.run_insert(seconds, apply, counts).await {
        print_line(&format!("The result is not stored for the overview: {error}."));
    }
    audit.close().await?;
    match (found.repairable, found.others, apply) {
        (0, 0, _) => print_line(&format!("Every unit is accounted for; checked in {seconds:.1} s.")),
        (repaired, 0, true) => {
            print_line(&format!("{repaired} discrepancies, repaired; checked in {seconds:.1} s."))
        }
        (repaired, others, true) => {
            bail!("{repaired} discrepancies repaired, {others} left: see their remedies")
        }
        (repairable, others, false) => bail!(
            "{} discrepancies; `stockhold reconcile --apply` repairs {repairable} of them",
            repairable + others
        ),
    }
    Ok(())
}

/// The number of discrepancies.
#[derive(Default)]
struct Found {
    repairable: u64,
    others: u64,
}

impl Found {
    fn note(&mut self, discrepancy: &Discrepancy, print: impl Fn(&str)) {
        match discrepancy.is_repairable() {
            true => self.repairable += 1,
            false => self.others += 1,
        }
        print(&format!("{discrepancy}. Remedy: {}.", discrepancy.remedy()));
    }
}

fn progress_bar(length: u64, unit: &str) -> Result<ProgressBar> {
    let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {unit}, {{eta}} left");
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(&template)?))
}
