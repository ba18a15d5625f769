//! `cargo xtask`: builds, runs and tests this repository, from a fresh clone on.

mod build_cache;
mod cargo;
mod commands;
mod database;
mod frontend;
mod packages;
mod process;
mod progress;
mod project;
mod python;
mod sbom;
mod schema_file;
mod server;
mod shrink;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs and tests Stockhold.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch missing tools, build with optimisations, and serve the console with demo data.
    Run(commands::run::Arguments),
    /// Check and test everything: formatting, warnings, dependencies, unit and database tests, generated requests, browser
    /// tests.
    Test(commands::test::Arguments),
    /// Build the console for the browser, and print its size.
    Console(commands::console::Arguments),
    /// Build a release in target/dist: an archive, a Debian package and their checksums.
    Dist(commands::dist::Arguments),
    /// Serve; rebuild and reload after every change.
    Dev,
    /// Send generated requests to the server as each role, and compare the responses with the OpenAPI document.
    Fuzz(commands::fuzz::Arguments),
    /// Renew the prepared statements in .sqlx, and docs/schema.sql, from the migrations and crates/store.
    Prepare(commands::prepare::Arguments),
    /// Run a command with a temporary PostgreSQL in STOCKHOLD_TEST_DATABASE_URL.
    Pg(commands::pg::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = process::watch_signals().and_then(|()| match arguments.command {
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
        Command::Console(arguments) => commands::console::run(&arguments),
        Command::Dist(arguments) => commands::dist::run(&arguments),
        Command::Dev => commands::dev::run(),
        Command::Fuzz(arguments) => commands::fuzz::run(&arguments),
        Command::Prepare(arguments) => commands::prepare::run(&arguments),
        Command::Pg(arguments) => commands::pg::run(&arguments),
    });
    match result {
        Ok(code) => code,
        // After Ctrl-C, the resulting errors are not printed.
        Err(_) if process::interrupted() => {
            eprintln!("interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
