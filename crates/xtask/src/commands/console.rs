//! `cargo xtask console`: the half of the console that runs in the browser, alone.

use std::process::ExitCode;

use anyhow::Result;

use crate::frontend::{self, Mode};
use crate::project::Leptos;
use crate::tools;

/// Builds it optimised, and fails where it has grown beyond its limit.
pub fn run() -> Result<ExitCode> {
    let leptos = Leptos::read()?;
    tools::wasm_target()?;
    frontend::build(&leptos, Mode::Release)?;
    frontend::check_size(&leptos)?;
    Ok(ExitCode::SUCCESS)
}
