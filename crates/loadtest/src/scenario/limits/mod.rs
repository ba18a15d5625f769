//! `limits`: the service in proportion to the machine. All measurements are made in rounds of the same run, so that other
//! work of the machine affects all of them.

mod sql;
mod stages;
mod targets;

use super::{CATEGORIES, Options, STATIC_FILE, TestBed, allocate, median};
use crate::pgbench::Pgbench;
use crate::report::{Report, Table, duration, figure};
use crate::shop::{Shop, item};
use crate::system::resident_bytes;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// A measurement. The figures are rates per second, except for latencies (in seconds) and memory (in megabytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Stage {
    /// The transaction that locks one row per block: 128 clients on one row, in PostgreSQL without the server.
    Pgbench,
    /// A handler that parses the same request and responds without accessing stock.
    Nothing,
    /// Blocks on one hot item.
    Hot,
    /// Blocks on one hot item, each with its own idempotency key.
    Keyed,
    /// Blocks on one hot item, without keys: of ten blocks, seven are confirmed and three released.
    Sale,
    /// Blocks over 10,000 items.
    Spread,
    /// Reads of one item by id, random over 50,000 items.
    Read,
    /// Reads of a category's top 100.
    Top,
    /// Reads of a static file of the same size.
    Static,
    /// Creating items.
    Create,
    /// The same rows written by PostgreSQL without the server.
    CreatePgbench,
    /// A single block on an idle server: the median latency.
    Lone,
    /// A single block by one statement in PostgreSQL without the server: the median latency.
    LonePgbench,
    /// Memory of the server with 1,000 connections under load.
    Memory,
    /// allocate_inventory in proportion to the loop.
    Allocate,
}

/// Options of the scenario.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Measure only these stages.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Stage>,
    /// Number of rounds. The result is the median of the rounds' ratios.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

impl Arguments {
    fn has(&self, stage: Stage) -> bool {
        self.only.is_empty() || self.only.contains(&stage)
    }
}

/// The stages of a round, in this order: stages that are compared are adjacent.
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

/// The items of the stages.
pub(super) struct Stock {
    pub(super) hot: i64,
    pub(super) spread: Vec<i64>,
    pub(super) read: Vec<i64>,
    /// A category with one fifteenth of the items in `read`.
    pub(super) category: &'static str,
}

/// The figures of each stage, one per round.
pub(super) type Figures = BTreeMap<Stage, Vec<f64>>;

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed, arguments: &Arguments) -> Result<Report> {
    let mut report = Report::new(
        "limits",
        format!(
            "The service next to the machine's own limits: all stages in turn, in one run. Each round has \
             its own ratios; the median of {} rounds counts.",
            arguments.rounds
        ),
    );
    let stock = prepare(&test_bed.shop(), test_bed, arguments)?;
    let mut figures = Figures::new();
    let cluster = test_bed.database()?.cluster()?;
    let pgbench = Pgbench::find(cluster, &options.folders.output)?;
    sql::prepare(&pgbench)?;
    for round in 1..=arguments.rounds.max(1) {
        for stage in ROUND.into_iter().filter(|stage| arguments.has(*stage)) {
            let measured = match stage {
                Stage::Pgbench => sql::single_row(options, &pgbench, &mut report)?,
                Stage::CreatePgbench => sql::create(options, &pgbench, &mut report)?,
                Stage::LonePgbench => sql::lone(options, &pgbench, &mut report)?,
                _ => stages::measure(options, test_bed, &stock, (stage, round), &mut report)?,
            };
            figures.entry(stage).or_default().push(measured);
        }
    }
    if arguments.has(Stage::Memory) {
        let process = test_bed.server().process().context("the server's process is unknown")?;
        let idle = resident_bytes(process).unwrap_or_default() as f64 / 1e6;
        let busy = stages::memory(options, test_bed, &stock, process, &mut report)?;
        let mut table = Table::new("Memory of the server, in MB", &["when", "resident"]);
        table.row(["after all other stages, no connection", &figure(idle)]);
        table.row(["under load, the most", &figure(busy)]);
        report.tables.push(table);
        figures.insert(Stage::Memory, vec![busy]);
    }
    report.tables.insert(0, overview(&figures));
    targets::check(&mut report, &figures);
    if arguments.has(Stage::Allocate) {
        let compared = allocate::measure(options, test_bed, &allocate::TARGETS)?;
        allocate::check(&mut report, &compared);
    }
    Ok(report)
}

/// Creates the items and the static file.
fn prepare(shop: &Shop, test_bed: &TestBed, arguments: &Arguments) -> Result<Stock> {
    let wanted = |stages: &[Stage]| stages.iter().any(|stage| arguments.has(*stage));
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
        std::fs::write(test_bed.site().join(STATIC_FILE), top).context("the static file can't be written")?;
    }
    Ok(stock)
}

/// The table of the stages' figures.
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
