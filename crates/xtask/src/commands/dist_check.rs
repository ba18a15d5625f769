//! Installs a release and tries it: the archive in an empty folder, the Debian package in a new Debian system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::progress::{Step, print_line};
use crate::server::Background;
use crate::{process, project, server};

/// The address in README's requests.
const README_ADDRESS: &str = "localhost:3000";

/// Extracts the archive into an empty folder, starts its server with a private PostgreSQL and demo data, and sends README's
/// requests.
///
/// # Errors
/// The server does not start, or a request fails.
pub fn archive(archive: &Path) -> Result<()> {
    let step = Step::start("dist: the archive, installed in an empty folder");
    let folder = std::env::temp_dir().join(format!("stockhold-dist-{}", std::process::id()));
    fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    let tried = try_archive(archive, &folder);
    server::remove_data(&folder.join("data"))?;
    fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    tried?;
    step.done("");
    Ok(())
}

fn try_archive(archive: &Path, folder: &Path) -> Result<()> {
    let mut tar = Command::new("tar");
    process::run_hidden(tar.args(["--strip-components=1", "-xzf"]).arg(archive).arg("-C").arg(folder))?;
    let mut command = Command::new(folder.join("bin/stockhold"));
    // The archive needs nothing of the build's environment.
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_stockhold(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command.args(["serve", "--demo"]).current_dir(folder).env("STOCKHOLD_CONFIG", "");
    let started = Background::start(command, &folder.join("data"), folder.join("server.log"))?;
    let console = process::output(Command::new("curl").args(["-sf", &started.url()]))?;
    ensure!(console.contains("/pkg/stockhold."), "the console's page names no hashed files:\n{console}");
    let script = readme_requests()?.replace(README_ADDRESS, started.url().trim_start_matches("http://"));
    let status = process::output(Command::new("bash").args(["-euo", "pipefail", "-c", &script]))?;
    ensure!(status.contains("\"status\":\"shipped\""), "the order is not shipped:\n{status}");
    started.stop()
}

fn is_of_stockhold(name: &str) -> bool {
    ["STOCKHOLD_", "LEPTOS_", "DATABASE_", "CARGO_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Returns the requests of README's section about the way from the cart to the parcel.
fn readme_requests() -> Result<String> {
    let path = project::root().join("README.md");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (_, section) = text.split_once("## Try it").context("README has no section \"Try it\"")?;
    let block = section.split("```").nth(1).context("README's section \"Try it\" has no code block")?;
    Ok(block.trim_start_matches("sh").to_owned())
}

/// Installs the Debian package in a new Debian system, and starts its service's command as its user. Needs root, and
/// `debootstrap`; otherwise nothing is tried.
///
/// # Errors
/// The package can't be installed, or its server does not start.
pub fn debian_package(package: &Path) -> Result<()> {
    let has_debootstrap = process::run_hidden(Command::new("debootstrap").arg("--version")).is_ok();
    if !process::is_root() || !has_debootstrap {
        print_line("  - the Debian package is not tried: this needs root and debootstrap");
        return Ok(());
    }
    let step = Step::start("dist: the Debian package, installed in a new system");
    let system = std::env::temp_dir().join(format!("stockhold-debian-{}", std::process::id()));
    let tried = try_package(package, &system);
    fs::remove_dir_all(&system).with_context(|| system.display().to_string())?;
    tried?;
    step.done("");
    Ok(())
}

fn try_package(package: &Path, system: &Path) -> Result<()> {
    let mut debootstrap = Command::new("debootstrap");
    debootstrap
        .args(["--variant=minbase", "--include=adduser,curl,jq,postgresql"])
        .arg(codename()?)
        .arg(system);
    process::run_hidden(&mut debootstrap)?;
    let inside = system.join("tmp/stockhold.deb");
    fs::copy(package, &inside).with_context(|| inside.display().to_string())?;
    let requests = readme_requests()?;
    let script = format!(
        "dpkg -i /tmp/stockhold.deb\n\
         stockhold config check\n\
         cd /var/lib/stockhold\n\
         setpriv --reuid=stockhold --regid=stockhold --clear-groups stockhold serve --demo > /tmp/server.log 2>&1 &\n\
         for n in $(seq 300); do curl -sf localhost:3000/health > /dev/null && break; sleep 0.2; done\n\
         {requests}\n\
         kill %1; wait %1\n\
         dpkg -r stockhold\n\
         test ! -e /usr/bin/stockhold\n"
    );
    let mut chroot = Command::new("chroot");
    chroot.arg(system).args(["bash", "-euo", "pipefail", "-c", &script]);
    let output = process::output(&mut chroot)?;
    ensure!(output.contains("\"status\":\"shipped\""), "the order is not shipped:\n{output}");
    Ok(())
}

/// Returns the name of this machine's version of Debian, whose C library fits the package.
fn codename() -> Result<String> {
    let path = PathBuf::from("/etc/os-release");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(name.context("/etc/os-release has no VERSION_CODENAME")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requests_are_those_of_the_readme() {
        let requests = readme_requests().expect("requests");
        assert!(requests.contains(README_ADDRESS) && requests.trim_end().ends_with("/ship"), "{requests}");
        assert!(requests.trim_start().starts_with("CART="), "{requests}");
    }
}
