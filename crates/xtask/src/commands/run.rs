//! `cargo xtask run`: from whatever is there to a console in the browser.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::frontend::{self, Mode};
use crate::progress::say;
use crate::project::Leptos;
use crate::{process, server, tools};

/// The profile of what a shop runs.
const PRODUCTION: &str = "production";

/// What is built and served.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Optimise all crates as one: a request takes a tenth less processor time, the build far longer.
    #[arg(long)]
    production: bool,
}

/// Fetches, builds and serves, until it is told to stop.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut leptos = Leptos::read()?;
    if arguments.production {
        leptos.bin_profile_release = Some(PRODUCTION.to_owned());
    }
    say("Stockhold: checking for what the build needs");
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), server::database_is_external())?;
    say("Stockhold: building, optimised");
    let program = build(&leptos, Mode::Release)?;
    say("Stockhold: starting");
    process::check_interrupted()?;
    let mut server =
        server::command(&program, &leptos, Mode::Release).spawn().context("could not start it")?;
    // Ctrl-C is how one ends it: what counts is whether the server then stopped well.
    let status = process::wait(&mut server)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds both halves side by side: the last stretch of each keeps only one core busy.
pub fn build(leptos: &Leptos, mode: Mode) -> Result<PathBuf> {
    std::thread::scope(|scope| {
        let console = scope.spawn(|| frontend::build(leptos, mode));
        let program = server::build(leptos, mode);
        let console = console.join().map_err(|_| anyhow!("the console's build broke off"))?;
        console.context("the console could not be built")?;
        program
    })
}
