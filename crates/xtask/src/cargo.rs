//! Builds a package of this workspace with cargo, with a progress line.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::progress::Step;
use crate::{process, project};

/// The target of the client.
pub const WASM: &str = "wasm32-unknown-unknown";

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

/// `cargo <subcommand>` in the workspace, with the toolchain of xtask.
pub fn command(subcommand: &str) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(project::root()).arg(subcommand);
    // If this variable is set at compile time, the names of the console's files differ from wasm-bindgen's.
    command.env_remove("LEPTOS_OUTPUT_NAME");
    command
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
