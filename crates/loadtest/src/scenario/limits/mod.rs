//! `limits`: the service in proportion to the machine. All measurements are made in rounds of the same run, so that other
//! work of the machine affects all of them.

mod sql;
mod stage;
mod stages;
mod targets;

use super::{CATEGORIES, Options, STATIC_FILE, TestBed, allocate, median};
use crate::pgbench::Pgbench;
use crate::report::{Report, Table, duration, figure};
use crate::shop::{Shop, item};
use crate::system::resident_bytes;
use anyhow::{Context as _, Result};
use stage::{Figures, Stage, Stock};
use std::time::Duration;

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
const ROUND: [Stage; 15] = [
    Stage::Keyed,
    Stage::Sale,
    Stage::Pgbench,
    Stage::Hot,
    Stage::Sku,
    Stage::Token,
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
    let (hot, sku) = shop.create_item_with_sku(2_000_000_000, "Hot")?;
    let spread = shop.create_items(amount(&[Stage::Spread], 10_000), |index| {
        item(&format!("Spread {index}"), 1_000_000, "Spread")
    })?;
    let read = shop.create_items(amount(&[Stage::Read, Stage::Top, Stage::Static], 50_000), |index| {
        item(&format!("Item {index}"), (index * 7_919 % 100_003) as i64, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let token = if wanted(&[Stage::Token]) { shop.create_token()? } else { String::new() };
    let stock = Stock { hot, sku, spread, read, category: CATEGORIES[0], token };
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
