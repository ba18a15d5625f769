//! `cargo xtask console`: builds only the console for the browser.

use std::process::ExitCode;

use anyhow::Result;

use crate::frontend::{self, Mode};
use crate::project::Leptos;
use crate::tools;

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Build without optimisations, with panic messages.
    #[arg(long)]
    dev: bool,
}

/// Builds the console. An optimised build fails if the WASM exceeds its size limit.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let leptos = Leptos::read()?;
    tools::wasm_target()?;
    tools::npm_packages(tools::Packages::Tools)?;
    if arguments.dev {
        frontend::build(&leptos, Mode::Dev)?;
    } else {
        frontend::build(&leptos, Mode::Release)?;
        frontend::check_size(&leptos)?;
    }
    Ok(ExitCode::SUCCESS)
}
