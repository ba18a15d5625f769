//! Builds a package of this workspace with cargo, with a progress line.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::progress::Step;
use crate::{process, project};

/// The target of the client.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The variable with the commit, for the metrics of the built program.
const COMMIT: &str = "STOCKHOLD_COMMIT";

/// The profiles without the commit: each commit would build the server again.
const REBUILT_OFTEN: [&str; 2] = ["dev", "look"];

/// A build of one package.
#[derive(Debug)]
pub struct Build<'a> {
    pub title: &'a str,
    pub package: &'a str,
    /// The name of the binary; `None` for the library.
    pub binary: Option<&'a str>,
    pub features: &'a [String],
    pub default_features: bool,
    pub profile: &'a str,
    /// The target; `None` for this machine.
    pub target: Option<&'a str>,
}

/// A message of cargo's JSON output, with the fields used here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    package_id: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Build<'_> {
    /// Builds the package and returns the path of the result.
    pub fn run(&self) -> Result<PathBuf> {
        process::check_interrupted()?;
        let step = Step::start(self.title);
        let mut child = self.command().spawn().context("could not start cargo")?;
        let errors = child.stderr.take().map(|stream| std::thread::spawn(move || read_all(stream)));
        let mut built = None;
        let mut count = 0;
        for line in child.stdout.take().into_iter().flat_map(|stream| BufReader::new(stream).lines()) {
            let Ok(message) = serde_json::from_str::<Message>(&line?) else { continue };
            if message.reason != "compiler-artifact" {
                continue;
            }
            count += 1;
            let name = message.target.as_ref().map_or("", |target| target.name.as_str());
            step.set_detail(format!("{count} crates, {name}"));
            built = self.artifact(&message).or(built);
        }
        let status = process::wait(&mut child)?;
        let errors = errors.and_then(|thread| thread.join().ok()).unwrap_or_default();
        process::check_interrupted()?;
        if !status.success() {
            bail!("{} failed:\n{errors}", self.title);
        }
        step.done("");
        built.with_context(|| format!("cargo built {}, but did not report a file", self.package))
    }

    fn command(&self) -> Command {
        let mut command = command("build");
        command.args(["--message-format=json-render-diagnostics", "--package", self.package]);
        command.args(["--profile", self.profile, "--features", &self.features.join(",")]);
        match self.binary {
            Some(name) => command.args(["--bin", name]),
            None => command.arg("--lib"),
        };
        if !self.default_features {
            command.arg("--no-default-features");
        }
        if let Some(target) = self.target {
            command.args(["--target", target]);
        }
        if let Some(commit) =
            (self.binary.is_some() && !REBUILT_OFTEN.contains(&self.profile)).then(commit).flatten()
        {
            command.env(COMMIT, commit);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The path of the result if this message is about it.
    fn artifact(&self, message: &Message) -> Option<PathBuf> {
        let target = message.target.as_ref()?;
        match self.binary {
            Some(name) => (target.name == name).then(|| message.executable.clone())?,
            None => {
                // The id ends in `/crates/<package>#<version>`.
                let id = message.package_id.as_deref()?;
                let matches_package = id.rsplit_once('#').is_some_and(|(path, version)| {
                    path.ends_with(&format!("/{}", self.package))
                        || version.starts_with(&format!("{}@", self.package))
                });
                let wasm = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
                matches_package.then(|| message.filenames.iter().find(wasm).cloned())?
            }
        }
    }
}

/// Returns the short hash of the present commit; `None` without Git.
fn commit() -> Option<String> {
    let output =
        Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).current_dir(project::root()).output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// `cargo <subcommand>` in the workspace, with the toolchain of xtask.
pub fn command(subcommand: &str) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(project::root()).arg(subcommand);
    // If this variable is set at compile time, the names of the console's files differ from wasm-bindgen's.
    command.env_remove("LEPTOS_OUTPUT_NAME");
    // `cargo run` describes xtask in these variables. Build scripts depend on some of them (that of ring, for example), so
    // each change between `cargo xtask` and another cargo command would compile the dependent crates again.
    let described = std::env::vars_os().map(|(name, _)| name);
    described.filter(|name| is_of_package(name)).for_each(|name| _ = command.env_remove(name));
    command
}

/// Whether a variable describes the package that cargo runs.
fn is_of_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

fn read_all(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    // The output before a read error is still useful.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    // Lines about compiled crates are removed.
    let is_relevant = |line: &&str| {
        !["Compiling", "Downloaded", "Downloading", "Blocking"]
            .iter()
            .any(|word| line.trim_start().starts_with(word))
    };
    text.lines().filter(is_relevant).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::command;

    /// Cargo sets these variables for this test too.
    #[test]
    fn cargo_does_not_get_the_description_of_xtask() {
        assert!(
            std::env::var_os("CARGO_PKG_NAME").is_some() && std::env::var_os("CARGO_MANIFEST_DIR").is_some()
        );
        let command = command("check");
        for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"] {
            assert!(command.get_envs().any(|(set, value)| set == name && value.is_none()), "{name}");
        }
    }
}
