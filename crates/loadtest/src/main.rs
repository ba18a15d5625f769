//! The load program: drives a Stockhold server over HTTP, checks what it answers, and measures it beside
//! what the machine can do.
//!
//! **Invariant:** of the server it knows what any caller knows: HTTP. It may start and stop the server and
//! the PostgreSQL below it, and speaks SQL only to measure PostgreSQL itself.

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

use crate::facts::Facts;
use crate::report::Report;
use crate::scenario::{Bed, Options, limits, mixed};
use crate::system::Folders;
use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The page that `--write` updates.
const RESULTS_PAGE: &str = "docs/performance/results.md";

/// Files that the load program and the server may have open: a connection is one in each.
const FILES: u64 = 65_536;

/// Load scenarios for Stockhold.
#[derive(Debug, Parser)]
#[command(
    name = "loadtest",
    version,
    after_help = "\
Without --url it starts a server (target/production/stockhold) with a private PostgreSQL of its own, whose \
commits are durable. Exits with 1 where a check fails."
)]
struct Arguments {
    #[command(subcommand)]
    scenario: Scenario,
    /// A running server, http://host:port.
    #[arg(long, global = true)]
    url: Option<String>,
    /// Multiplies durations and amounts.
    #[arg(long, default_value_t = 1.0, global = true, value_parser = positive)]
    duration_scale: f64,
    /// Connections, in place of the scenario's own number.
    #[arg(long, global = true)]
    connections: Option<usize>,
    /// Threads that drive the connections.
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
    /// 50 users create 50,000 items, then up to 1,000 read the categories' top 100.
    Classic,
    /// 1,000 users and one item of 10,000 units: granted exactly, then confirmed or abandoned.
    FlashSale,
    /// Blocks over 10,000 items.
    Spread,
    /// Reads, blocks, confirmations, carts and orders, at a fixed rate.
    Mixed(mixed::Choice),
    /// A million blocks expire at once while others go on placing.
    Cleanup,
    /// Placing beside 100 and 1,000 open event streams, as ratios of one run.
    Streams,
    /// allocate_inventory beside the loop that it replaces, from 1 to 1,000 lines.
    Allocate,
    /// The service beside what the machine can do, as ratios of one run.
    Limits(limits::Choice),
    /// All of them, one after the other.
    All(limits::Choice),
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

/// Runs what the command line says; whether every check passed.
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
        // Each on a server and a database of its own: none pays for what another has left behind.
        let mut facts = Facts::gather();
        let bed = Bed::prepare(&options)?;
        let mut report = scenario.run(&options, &bed)?;
        facts.add_postgres(bed.postgres());
        drop(bed);
        report.facts = facts;
        report.command = command();
        finish(arguments, &options, &report)?;
        passed &= report.passed();
    }
    Ok(passed)
}

impl Scenario {
    /// The scenarios that this one stands for.
    fn each(&self) -> Vec<Self> {
        match self {
            Self::All(choice) => vec![
                Self::Classic,
                Self::FlashSale,
                Self::Spread,
                Self::Mixed(mixed::Choice::default()),
                Self::Cleanup,
                Self::Streams,
                Self::Allocate,
                Self::Limits(choice.clone()),
            ],
            one => vec![one.clone()],
        }
    }

    fn run(&self, options: &Options, bed: &Bed) -> Result<Report> {
        match self {
            Self::Classic => scenario::classic::run(options, bed),
            Self::FlashSale => scenario::flash_sale::run(options, bed),
            Self::Spread => scenario::spread::run(options, bed),
            Self::Mixed(choice) => mixed::run(options, bed, choice),
            Self::Cleanup => scenario::cleanup::run(options, bed),
            Self::Streams => scenario::streams::run(options, bed),
            Self::Allocate => scenario::allocate::run(options, bed),
            Self::Limits(choice) => limits::run(options, bed, choice),
            Self::All(_) => bail!("these are several scenarios"),
        }
    }
}

/// Prints the report, and writes it to where it is wanted.
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

/// The command that was given, as a reader can give it.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("cargo run -p loadtest --release -- {}", arguments.join(" "))
}

/// The folder of the repository that this is run in.
fn repository() -> Result<PathBuf> {
    let current = std::env::current_dir().context("the current folder can't be told")?;
    let found = current.ancestors().find(|folder| folder.join("crates/loadtest").is_dir());
    found.map(Path::to_owned).context("--write needs to be run inside of the repository")
}

/// Lets this program, and with it the server that it starts, open as many files as the system permits it.
fn allow_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES, |most| most.min(FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(wanted);
        // Where it is refused, a scenario with few connections still works; with many, connecting fails.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// A positive number.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("a positive number is expected".to_owned()),
    }
}
