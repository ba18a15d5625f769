//! `cargo xtask console`: the half of the console that runs in the browser, alone.

use std::process::ExitCode;

use anyhow::Result;

use crate::frontend::{self, Mode};
use crate::project::Leptos;
use crate::tools;

/// How to build.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Quickly, and with what panics say.
    #[arg(long)]
    dev: bool,
}

/// Builds it. Optimised, it fails where it has grown beyond its limit.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let leptos = Leptos::read()?;
    tools::wasm_target()?;
    if arguments.dev {
        frontend::build(&leptos, Mode::Dev)?;
    } else {
        frontend::build(&leptos, Mode::Release)?;
        frontend::check_size(&leptos)?;
    }
    Ok(ExitCode::SUCCESS)
}
