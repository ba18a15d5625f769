//! `cargo xtask pg`: runs a command with a temporary PostgreSQL.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{database, process};

/// Arguments of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The command and its arguments, such as `cargo test -p store`.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Runs the command and returns its exit code.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let cluster = database::start()?;
    let (program, rest) = arguments.command.split_first().map_or(("true", &[][..]), |(p, r)| (p.as_str(), r));
    let status = process::status(
        Command::new(program).args(rest).env(database::TEST_URL, cluster.url(database::MAINTENANCE)),
    )?;
    cluster.stop()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
