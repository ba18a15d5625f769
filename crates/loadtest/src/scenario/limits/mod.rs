//! `limits`: how near the service comes to what the machine can do. Everything that is compared is measured
//! in the same run, in rounds, so that whatever else the machine does meets all alike.

mod sql;
mod stages;
mod targets;

use super::{Bed, CATEGORIES, Options, STATIC_FILE, allocate, median};
use crate::pgbench::Pgbench;
use crate::report::{Report, Table, duration, figure};
use crate::shop::{Shop, item};
use crate::system::resident_bytes;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// What can be measured. The figures are rates a second, but for latencies (in seconds) and memory (in
/// megabytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Stage {
    /// The transaction that locks one row for each block, 128 clients on one row, straight into PostgreSQL.
    Pgbench,
    /// A handler that reads the same request and answers without touching stock.
    Nothing,
    /// Blocks on one hot item.
    Hot,
    /// The same, each with an idempotency key of its own.
    Keyed,
    /// The same without keys, and with what becomes of them: of ten blocks seven are confirmed and three released.
    Sale,
    /// Blocks over 10,000 items.
    Spread,
    /// One item by its id, at random over 50,000.
    Read,
    /// A category's top 100.
    Top,
    /// A static file of the same size.
    Static,
    /// Creating items.
    Create,
    /// The same rows written by PostgreSQL alone, with nobody to read requests or to answer.
    CreatePgbench,
    /// A lone block on an idle server: the median latency.
    Lone,
    /// The same by one statement straight into PostgreSQL.
    LonePgbench,
    /// Memory of the server at 1,000 connections under load.
    Memory,
    /// allocate_inventory beside the loop.
    Allocate,
}

/// What the command line chose.
#[derive(Debug, Clone, clap::Args)]
pub struct Choice {
    /// Only these stages.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Stage>,
    /// How often each is measured; the median of the rounds' ratios counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

impl Choice {
    fn has(&self, stage: Stage) -> bool {
        self.only.is_empty() || self.only.contains(&stage)
    }
}

/// The stages that are measured in every round, in this order: what is compared lies close together.
const ROUND: [Stage; 13] = [
    Stage::Keyed,
    Stage::Sale,
    Stage::Pgbench,
    Stage::Hot,
    Stage::Nothing,
    Stage::Read,
    Stage::Create,
    Stage::CreatePgbench,
    Stage::Spread,
    Stage::Top,
    Stage::Static,
    Stage::Lone,
    Stage::LonePgbench,
];

/// The stock that stages work on.
pub(super) struct Stock {
    pub(super) hot: i64,
    pub(super) spread: Vec<i64>,
    pub(super) read: Vec<i64>,
    /// A category of a fifteenth of the items that are read.
    pub(super) category: &'static str,
}

/// Every figure of a stage, a round each.
pub(super) type Figures = BTreeMap<Stage, Vec<f64>>;

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed, choice: &Choice) -> Result<Report> {
    let mut report = Report::new(
        "limits",
        format!(
            "The service next to the machine's own limits: all stages in turn, in one run. Each round has \
             its own ratios; the median of {} rounds counts.",
            choice.rounds
        ),
    );
    let stock = prepare(&bed.shop(), bed, choice)?;
    let mut figures = Figures::new();
    let cluster = bed.database()?.cluster()?;
    let pgbench = Pgbench::find(cluster, &options.folders.output)?;
    sql::prepare(&pgbench)?;
    for round in 1..=choice.rounds.max(1) {
        for stage in ROUND.into_iter().filter(|stage| choice.has(*stage)) {
            let measured = match stage {
                Stage::Pgbench => sql::single_row(options, &pgbench, &mut report)?,
                Stage::CreatePgbench => sql::create(options, &pgbench, &mut report)?,
                Stage::LonePgbench => sql::lone(options, &pgbench, &mut report)?,
                _ => stages::measure(options, bed, &stock, (stage, round), &mut report)?,
            };
            figures.entry(stage).or_default().push(measured);
        }
    }
    if choice.has(Stage::Memory) {
        let process = bed.server().process().context("the server's process is not known")?;
        let idle = resident_bytes(process).unwrap_or_default() as f64 / 1e6;
        let busy = stages::memory(options, bed, &stock, process, &mut report)?;
        let mut table = Table::new("Memory of the server, in MB", &["when", "resident"]);
        table.row(["after all other stages, no connection", &figure(idle)]);
        table.row(["under load, the most", &figure(busy)]);
        report.tables.push(table);
        figures.insert(Stage::Memory, vec![busy]);
    }
    report.tables.insert(0, overview(&figures));
    targets::check(&mut report, &figures);
    if choice.has(Stage::Allocate) {
        let compared = allocate::measure(options, bed, &allocate::TARGETS)?;
        allocate::check(&mut report, &compared);
    }
    Ok(report)
}

/// Creates the stock, and the static file.
fn prepare(shop: &Shop, bed: &Bed, choice: &Choice) -> Result<Stock> {
    let wanted = |stages: &[Stage]| stages.iter().any(|stage| choice.has(*stage));
    let amount = |stages: &[Stage], number| if wanted(stages) { number } else { 1 };
    let hot = shop.create_item(2_000_000_000, "Hot")?;
    let spread = shop.create_items(amount(&[Stage::Spread], 10_000), |index| {
        item(&format!("Spread {index}"), 1_000_000, "Spread")
    })?;
    let read = shop.create_items(amount(&[Stage::Read, Stage::Top, Stage::Static], 50_000), |index| {
        item(&format!("Item {index}"), (index * 7_919 % 100_003) as i64, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let stock = Stock { hot, spread, read, category: CATEGORIES[0] };
    if wanted(&[Stage::Static]) {
        let top = shop.get_bytes(&crate::request::top_path(stock.category))?;
        std::fs::write(bed.site().join(STATIC_FILE), top).context("the static file can't be written")?;
    }
    Ok(stock)
}

/// Every stage's figures.
fn overview(figures: &Figures) -> Table {
    let mut table = Table::new("Stages", &["stage", "median", "each round"]);
    for (stage, each) in figures {
        let show = |value: f64| match stage {
            Stage::Lone | Stage::LonePgbench => duration(Duration::from_secs_f64(value)),
            Stage::Memory => format!("{} MB", figure(value)),
            _ => format!("{}/s", figure(value)),
        };
        let rounds: Vec<String> = each.iter().map(|value| show(*value)).collect();
        table.row([format!("{stage:?}"), show(median(each)), rounds.join(" · ")]);
    }
    table
}
