//! `cargo xtask run`: fetches missing tools, builds, and serves the console.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::frontend::{self, Mode};
use crate::progress::print_line;
use crate::project::Leptos;
use crate::{process, server, tools};

/// The cargo profile for production.
const PRODUCTION: &str = "production";

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Optimise across crates: 10 % less processor time per request, and a much longer build.
    #[arg(long)]
    production: bool,
}

/// Fetches, builds and serves until it is interrupted.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut leptos = Leptos::read()?;
    if arguments.production {
        leptos.bin_profile_release = Some(PRODUCTION.to_owned());
    }
    print_line("Stockhold: checking the tools of the build");
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), server::database_is_external())?;
    print_line("Stockhold: building with optimisations");
    let program = build(&leptos, Mode::Release)?;
    print_line("Stockhold: starting");
    process::check_interrupted()?;
    let mut server =
        server::command(&program, &leptos, Mode::Release).spawn().context("could not start it")?;
    // Ctrl-C is the normal way to stop it, so the server's exit status decides.
    let status = process::wait(&mut server)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the server and the console in parallel: the last part of each build uses only one core.
pub fn build(leptos: &Leptos, mode: Mode) -> Result<PathBuf> {
    std::thread::scope(|scope| {
        let console = scope.spawn(|| frontend::build(leptos, mode));
        let program = server::build(leptos, mode);
        let console = console.join().map_err(|_| anyhow!("the build of the console panicked"))?;
        console.context("the console could not be built")?;
        program
    })
}
