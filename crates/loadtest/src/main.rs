//! The load program: drives a Stockhold server over HTTP, checks the responses, and measures the server in proportion
//! to the machine.
//!
//! **Invariant:** it uses only the server's HTTP interface. It may start and stop the server and its PostgreSQL, and uses
//! SQL only to measure PostgreSQL itself.

mod arguments;
mod facts;
mod http;
mod interrupt;
mod load;
mod pgbench;
mod progress;
mod record;
mod report;
mod request;
mod scenario;
mod shop;
mod system;
mod user;

use crate::arguments::positive;
use crate::facts::Facts;
use crate::report::Report;
use crate::scenario::{Options, TestBed, limits, mixed};
use crate::system::Folders;
use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The page that `--write` updates.
const RESULTS_PAGE: &str = "docs/performance/results.md";

/// The limit of open files of the load program and the server. Each connection needs one file in both.
const OPEN_FILES: u64 = 65_536;

/// Load scenarios for Stockhold.
#[derive(Debug, Parser)]
#[command(
    name = "loadtest",
    version,
    after_help = "\
Without --url it starts a server (target/production/stockhold) with its own private PostgreSQL and durable commits. \
The exit code is 1 if a check fails."
)]
struct Arguments {
    #[command(subcommand)]
    scenario: Scenario,
    /// The URL of a running server, http://host:port.
    #[arg(long, global = true)]
    url: Option<String>,
    /// Multiplies durations and amounts.
    #[arg(long, default_value_t = 1.0, global = true, value_parser = positive)]
    duration_scale: f64,
    /// Number of connections. Default: the scenario's number.
    #[arg(long, global = true)]
    connections: Option<usize>,
    /// Number of threads for the connections.
    #[arg(long, default_value_t = load::threads(), global = true)]
    threads: usize,
    /// Write checks and ratios into docs/performance/results.md.
    #[arg(long, global = true)]
    write: bool,
    /// The HTML report. Default: target/loadtest/<scenario>.html.
    #[arg(long, global = true)]
    report: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
enum Scenario {
    /// 50 users create 50,000 items; then up to 1,000 users read the top 100 of categories.
    Classic,
    /// 1,000 users and one item of 10,000 units: exactly these are granted, then confirmed or abandoned.
    FlashSale,
    /// Blocks over 10,000 items.
    Spread,
    /// Reads, blocks, confirmations, carts and orders, at a fixed rate.
    Mixed(mixed::Arguments),
    /// 1,000 users place, change and buy carts over 8 warehouses; changing and converting in proportion to confirming.
    Checkout,
    /// A million blocks expire at the same time while other users place blocks.
    Cleanup,
    /// Placing with 100 and 1,000 open event streams in proportion to placing without, in one run.
    Streams,
    /// Placing at a fixed rate with ten webhook endpoints in proportion to placing without, in one run.
    Webhooks,
    /// allocate_inventory in proportion to the loop that it replaces, from 1 to 1,000 lines.
    Allocate,
    /// Files of items and of stock: the time of the judgement, and the rows applied per second.
    Import,
    /// Stock documents alone and beside placing, and availability of 50 SKUs in proportion to one item by id.
    Batch,
    /// The service in proportion to the machine: ratios of one run.
    Limits(limits::Arguments),
    /// All scenarios, one after the other.
    All(limits::Arguments),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the scenarios of the command line. Returns whether every check passed.
fn run(arguments: &Arguments) -> Result<bool> {
    interrupt::watch()?;
    allow_files();
    let options = Options {
        folders: Folders::find()?,
        url: arguments.url.clone(),
        scale: arguments.duration_scale,
        connections: arguments.connections,
        threads: arguments.threads,
    };
    let mut passed = true;
    for scenario in arguments.scenario.each() {
        // Each scenario has its own server and database, so that scenarios do not influence each other.
        let mut facts = Facts::read();
        let test_bed = TestBed::prepare(&options)?;
        let mut report = scenario.run(&options, &test_bed)?;
        facts.add_postgres(test_bed.postgres());
        drop(test_bed);
        report.facts = facts;
        report.command = command();
        finish(arguments, &options, &report)?;
        passed &= report.passed();
    }
    Ok(passed)
}

impl Scenario {
    /// The scenarios of this command.
    fn each(&self) -> Vec<Self> {
        match self {
            Self::All(choice) => vec![
                Self::Classic,
                Self::FlashSale,
                Self::Spread,
                Self::Mixed(mixed::Arguments::default()),
                Self::Checkout,
                Self::Cleanup,
                Self::Streams,
                Self::Webhooks,
                Self::Allocate,
                Self::Batch,
                Self::Import,
                Self::Limits(choice.clone()),
            ],
            one => vec![one.clone()],
        }
    }

    fn run(&self, options: &Options, test_bed: &TestBed) -> Result<Report> {
        match self {
            Self::Classic => scenario::classic::run(options, test_bed),
            Self::FlashSale => scenario::flash_sale::run(options, test_bed),
            Self::Spread => scenario::spread::run(options, test_bed),
            Self::Mixed(choice) => mixed::run(options, test_bed, choice),
            Self::Checkout => scenario::checkout::run(options, test_bed),
            Self::Cleanup => scenario::cleanup::run(options, test_bed),
            Self::Streams => scenario::streams::run(options, test_bed),
            Self::Webhooks => scenario::webhooks::run(options, test_bed),
            Self::Allocate => scenario::allocate::run(options, test_bed),
            Self::Batch => scenario::batch::run(options, test_bed),
            Self::Import => scenario::import::run(options, test_bed),
            Self::Limits(choice) => limits::run(options, test_bed, choice),
            Self::All(_) => bail!("this command has several scenarios"),
        }
    }
}

/// Prints the report and writes its files.
fn finish(arguments: &Arguments, options: &Options, report: &Report) -> Result<()> {
    report.print();
    let usual = || options.folders.output.join(format!("{}.html", report.scenario));
    let path = match (&arguments.report, &arguments.scenario) {
        (Some(path), scenario) if !matches!(scenario, Scenario::All(_)) => path.clone(),
        _ => usual(),
    };
    report::write_html(report, &path)?;
    println!("Report: {}", path.display());
    if arguments.write {
        report::write_markdown(report, &repository()?.join(RESULTS_PAGE))?;
        println!("Written: {RESULTS_PAGE}");
    }
    Ok(())
}

/// The command line, for the report.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("cargo run -p loadtest --release -- {}", arguments.join(" "))
}

/// The folder of the repository.
fn repository() -> Result<PathBuf> {
    let current = std::env::current_dir().context("the current folder is unknown")?;
    let found = current.ancestors().find(|folder| folder.join("crates/loadtest").is_dir());
    found.map(Path::to_owned).context("--write works only inside the repository")
}

/// Raises the limit of open files of this program and of the server that it starts.
fn allow_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(OPEN_FILES, |most| most.min(OPEN_FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // Without the higher limit, scenarios with few connections still work.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}
