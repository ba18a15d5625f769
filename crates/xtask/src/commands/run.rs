//! `cargo xtask run`: fetches missing tools, builds, and serves the console.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::frontend::{self, Mode};
use crate::progress::print_line;
use crate::project::Leptos;
use crate::{process, server, tools};

/// The cargo profile for production.
pub(super) const PRODUCTION: &str = "production";

/// The cargo profile of a first look.
const LOOK: &str = "look";

/// Features of the server that a first look does not need: sign-in by a provider, and export of traces.
const FEATURES_LEFT_OUT: [&str; 2] = ["openid", "otlp"];

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Build what a shop runs: all features, optimised across crates. The build takes several times as long.
    #[arg(long)]
    production: bool,
}

/// Fetches, builds and serves until it is interrupted.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut leptos = Leptos::read()?;
    let mode = if arguments.production { Mode::Release } else { Mode::Dev };
    if arguments.production {
        leptos.bin_profile_release = Some(PRODUCTION.to_owned());
    } else {
        leptos.bin_profile_dev = Some(LOOK.to_owned());
        leptos.lib_profile_dev = Some(LOOK.to_owned());
        leptos.bin_features.retain(|feature| !FEATURES_LEFT_OUT.contains(&feature.as_str()));
    }
    print_line("Stockhold: checking the tools of the build");
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), server::database_is_external())?;
    print_line(if arguments.production {
        "Stockhold: building for production"
    } else {
        "Stockhold: building"
    });
    let program = build(&leptos, mode)?;
    print_line("Stockhold: starting");
    process::check_interrupted()?;
    let mut server = server::command(&program, &leptos, mode).spawn().context("could not start it")?;
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
