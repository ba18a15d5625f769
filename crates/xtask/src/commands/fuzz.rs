//! `cargo xtask fuzz`: sends generated requests to the server, as each role and without credentials, and compares the
//! responses with the OpenAPI document.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::frontend::Mode;
use crate::progress::print_line;
use crate::project::{self, Leptos};
use crate::server::{self, Background};
use crate::{process, python};

/// The options of the command.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Arguments {
    /// Random requests per operation and role, besides those at the bounds of each value.
    #[arg(long, default_value_t = Arguments::CI.examples, value_parser = clap::value_parser!(u32).range(1..))]
    examples: u32,
    /// The seed of the random requests.
    #[arg(long, default_value_t = Arguments::CI.seed)]
    seed: u32,
}

impl Arguments {
    /// The options in CI: about 43,000 requests in seven minutes on two cores.
    pub const CI: Self = Self { examples: 4, seed: 1 };
}

/// The requests of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Requests {
    /// Valid ones, by `crates/xtask/python/valid.toml`.
    Valid,
    /// Valid and invalid ones, by `crates/xtask/python/any.toml`.
    Any,
    /// Those that revoke credentials, as any.
    Revoking,
}

/// A run: its name, the scopes of its client (none without credentials), and its requests. Roles have the same permissions
/// as clients with these scopes.
const RUNS: [(&str, Option<&str>, Requests); 7] = [
    (
        "administrator-valid",
        Some("stock:read,stock:write,holds:write,orders:write,items:write,webhooks:manage,admin"),
        Requests::Valid,
    ),
    (
        "administrator",
        Some("stock:read,stock:write,holds:write,orders:write,items:write,webhooks:manage,admin"),
        Requests::Any,
    ),
    ("manager", Some("stock:read,stock:write,holds:write,orders:write,items:write"), Requests::Any),
    ("operator", Some("stock:read,stock:write,holds:write,orders:write"), Requests::Any),
    ("viewer", Some("stock:read"), Requests::Any),
    ("stranger", None, Requests::Any),
    // The last one, because it may revoke every token, and its own.
    ("revoker", Some("admin"), Requests::Revoking),
];

/// The operations that revoke credentials, by their ids in the OpenAPI document.
const REVOKING: [&str; 2] = ["disable_client", "revoke_token"];

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    fuzz(*arguments)?;
    Ok(ExitCode::SUCCESS)
}

/// Fuzzes a server with its own database and demo data.
///
/// # Errors
/// A response of 5xx, or one that the document does not have; schemathesis is missing and can't be fetched.
pub fn fuzz(arguments: Arguments) -> Result<()> {
    let schemathesis = python::program("schemathesis")?;
    let program = server::build_for_tests()?;
    let data = std::env::temp_dir().join(format!("stockhold-fuzz-{}", std::process::id()));
    let folder = project::root().join("target/xtask/fuzz");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut command = server::command(&program, &Leptos::read()?, Mode::Dev);
    command.env("STOCKHOLD_LOCAL_ACCESS", "off").env("RUST_LOG", "warn");
    let server = Background::start(command, &data, folder.join("server.log"))?;
    let mut failed = Vec::new();
    for (name, scopes, requests) in RUNS {
        let token = scopes.map(|scopes| create_token(&program, &data, name, scopes)).transpose()?;
        let mut command = schemathesis_run(&schemathesis, &server.url(), requests, arguments);
        if let Some(token) = token {
            command.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        match process::output(command.current_dir(&folder)).and_then(|output| counts(&output)) {
            Ok(counts) => print_line(format!("  ✓ {name}: {counts}")),
            Err(error) => {
                process::check_interrupted()?;
                print_line(format!("{error:#}"));
                failed.push(name);
            }
        }
    }
    let log = fs::read_to_string(server.log()).unwrap_or_default();
    let panics: Vec<_> = log.lines().filter(|line| line.contains("panicked")).collect();
    let stopped = server.stop();
    server::remove_data(&data)?;
    if !failed.is_empty() {
        bail!(
            "findings as {}; the server's log is {}",
            failed.join(", "),
            folder.join("server.log").display()
        );
    }
    if !panics.is_empty() {
        bail!("the server panicked:\n{}", panics.join("\n"));
    }
    stopped
}

/// Creates a client and returns its token.
fn create_token(program: &Path, data: &Path, name: &str, scopes: &str) -> Result<String> {
    let mut command = Command::new(program);
    command.args(["client", "add", name, "--scope", scopes]);
    server::use_private_database(&mut command, data);
    let printed = process::output(&mut command)?;
    let token = printed.lines().next_back().filter(|line| line.starts_with("shk_"));
    Ok(token.with_context(|| format!("`stockhold client add` printed no token:\n{printed}"))?.to_owned())
}

/// The command of one run.
fn schemathesis_run(program: &Path, url: &str, requests: Requests, arguments: Arguments) -> Command {
    let settings = if requests == Requests::Valid { "valid.toml" } else { "any.toml" };
    let filter =
        if requests == Requests::Revoking { "--include-operation-id" } else { "--exclude-operation-id" };
    let mut command = Command::new(program);
    command.env("PYTHONPATH", python::folder()).env("SCHEMATHESIS_HOOKS", "hooks");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.arg("--config-file").arg(python::folder().join(settings));
    command.arg("run").arg(format!("{url}/api/openapi.json"));
    command.args(["--seed", &arguments.seed.to_string(), "--max-examples", &arguments.examples.to_string()]);
    // Nothing is kept between runs. One worker: CPython 3.11 counts the depth of `ast.parse` for all threads together, and
    // ends with "AST constructor recursion depth mismatch" when two of them parse at the same time (python/cpython#106905).
    command.args(["--generation-database", "none", "--no-color", "--workers", "1"]);
    command.args(["--max-redirects", "0", "--request-timeout", "30", "--continue-on-failure"]);
    REVOKING.iter().for_each(|operation| _ = command.args([filter, operation]));
    command
}

/// Finds the number of requests in schemathesis' output.
///
/// # Errors
/// No request was sent.
fn counts(output: &str) -> Result<String> {
    let line = output.lines().map(str::trim).find(|line| line.contains(" generated, "));
    Ok(line.context("schemathesis sent no request")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn a_run_without_requests_is_an_error() {
        let counted = counts("Test cases:\n  12 generated, 12 passed\n\nSeed: 1\n");
        assert_eq!(counted.expect("counts"), "12 generated, 12 passed");
        assert!(counts("Test cases:\n").is_err());
    }
}
