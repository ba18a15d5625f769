//! `cargo xtask dev`: builds, serves and reloads the page, again after every change.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use cluster::{Cluster, Options};

use super::run::build;
use crate::frontend::{self, Mode};
use crate::progress::say;
use crate::project::{self, Leptos};
use crate::unchanged::files_below;
use crate::{process, server, tools};

/// How often the files are looked at: quick enough for a person, and next to no work.
const INTERVAL: Duration = Duration::from_millis(400);

/// What is looked at, below the workspace.
const WATCHED: [&str; 6] = ["crates", "style", "migrations", ".sqlx", "Cargo.toml", "Cargo.lock"];

/// The page's end of the reloading.
const RELOAD: &str = include_str!("../reload.mjs");

/// The database of the development server, the same as that of `cargo xtask run`.
const DATABASE: &str = "stockhold";

/// Every file's time of change.
type Snapshot = BTreeMap<PathBuf, SystemTime>;

/// Serves until it is told to stop.
pub fn run() -> Result<ExitCode> {
    let leptos = Leptos::read()?;
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), server::database_is_external())?;
    let mut session = Session::start(leptos)?;
    let mut seen = snapshot()?;
    session.rebuild();
    while !process::interrupted() {
        std::thread::sleep(INTERVAL);
        session.notice_end();
        let now = snapshot()?;
        if now == seen {
            continue;
        }
        let changed = differences(&seen, &now);
        seen = now;
        session.react(&changed);
    }
    session.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// What lives as long as the command does.
struct Session {
    leptos: Leptos,
    /// Kept over the server's restarts, which are quick for it; none where somebody else runs the database.
    cluster: Option<Cluster>,
    reload: Child,
    server: Option<Child>,
}

impl Session {
    fn start(leptos: Leptos) -> Result<Self> {
        let cluster = if server::database_is_external() {
            None
        } else {
            let cluster = Cluster::start(&Options::durable(server::postgres_directory()))?;
            cluster.create_database(DATABASE)?;
            Some(cluster)
        };
        let host = address(&leptos)?.ip().to_string();
        let reload = Command::new("node")
            .args(["--input-type=module", "--eval", RELOAD, "--", &host, &leptos.reload_port.to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .context("could not start node")?;
        Ok(Self { leptos, cluster, reload, server: None })
    }

    fn react(&mut self, changed: &[PathBuf]) {
        let root = project::root();
        let style = root.join(&self.leptos.style_file);
        let style = style.parent().unwrap_or(&style);
        for path in changed {
            say(format!("changed: {}", path.strip_prefix(&root).unwrap_or(path).display()));
        }
        if changed.iter().all(|path| path.starts_with(style)) {
            match frontend::style(&self.leptos, Mode::Dev) {
                Ok(()) => {
                    let sheet = self.leptos.site_pkg_dir.join(format!("{}.css", self.leptos.output_name));
                    self.tell_pages(&format!("{{\"css\":\"{}\"}}", sheet.display()));
                }
                Err(error) => say(format!("error: {error:#}")),
            }
        } else {
            self.rebuild();
        }
    }

    /// Builds, and replaces the server where that went well; otherwise the old one stays.
    fn rebuild(&mut self) {
        let outcome = build(&self.leptos, Mode::Dev).and_then(|program| self.restart(&program));
        match outcome {
            Ok(()) => self.tell_pages("{\"all\":true}"),
            Err(_) if process::interrupted() => {}
            Err(error) => say(format!("error: {error:#}\nwaiting for the next change")),
        }
    }

    fn restart(&mut self, program: &Path) -> Result<()> {
        self.stop_server();
        let mut command = server::command(program, &self.leptos, Mode::Dev);
        command.env("LEPTOS_WATCH", "1").env("LEPTOS_RELOAD_PORT", self.leptos.reload_port.to_string());
        // Pages keep a connection open for news: a restart doesn't wait for them.
        command.env("STOCKHOLD_SHUTDOWN_TIMEOUT_SECONDS", "0");
        if let Some(cluster) = &self.cluster {
            command.env("DATABASE_URL", cluster.url(DATABASE));
        }
        self.server = Some(command.spawn().context("could not start the server")?);
        self.wait_until_healthy()
    }

    fn wait_until_healthy(&mut self) -> Result<()> {
        let address = address(&self.leptos)?;
        let deadline = Instant::now() + Duration::from_secs(60);
        while !server::is_healthy(address) && Instant::now() < deadline {
            process::check_interrupted()?;
            self.notice_end();
            anyhow::ensure!(self.server.is_some(), "the server did not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Says so, once, where the server has ended by itself.
    fn notice_end(&mut self) {
        if let Some(child) = &mut self.server
            && let Ok(Some(status)) = child.try_wait()
        {
            say(format!("the server ended ({status}); the next change starts it again"));
            self.server = None;
        }
    }

    fn tell_pages(&mut self, message: &str) {
        // Without its reader the pages are reloaded by hand, as that reader has said itself.
        if let Some(input) = &mut self.reload.stdin {
            let _ = writeln!(input, "{message}");
        }
    }

    fn stop_server(&mut self) {
        if let Some(mut child) = self.server.take() {
            process::terminate(&child);
            let _ = child.wait();
        }
    }

    fn stop(mut self) -> Result<()> {
        self.stop_server();
        drop(self.reload.stdin.take());
        self.reload.wait()?;
        self.cluster.take().map_or(Ok(()), |cluster| Ok(cluster.stop()?))
    }
}

/// Where the server will listen.
fn address(leptos: &Leptos) -> Result<SocketAddr> {
    let text = std::env::var(server::ADDRESS).ok().filter(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| leptos.site_addr.clone());
    text.parse().with_context(|| format!("{text} is not an address such as 127.0.0.1:3000"))
}

fn snapshot() -> Result<Snapshot> {
    let root = project::root();
    let mut times = Snapshot::new();
    for name in WATCHED {
        let path = root.join(name);
        let files = if path.is_file() { vec![path] } else { files_below(&path)? };
        for file in files {
            // A file that goes while we look is a change that the next look sees.
            if let Ok(time) = file.metadata().and_then(|data| data.modified()) {
                times.insert(file, time);
            }
        }
    }
    Ok(times)
}

/// The files that came, went or changed.
fn differences(old: &Snapshot, new: &Snapshot) -> Vec<PathBuf> {
    let gone = old.keys().filter(|path| !new.contains_key(*path));
    let changed = new.iter().filter(|(path, time)| old.get(*path) != Some(*time)).map(|(path, _)| path);
    gone.chain(changed).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_what_came_went_or_changed() {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let old = Snapshot::from([("a".into(), time(1)), ("b".into(), time(1)), ("c".into(), time(1))]);
        let new = Snapshot::from([("b".into(), time(1)), ("c".into(), time(2)), ("d".into(), time(1))]);
        let names: Vec<PathBuf> = ["a", "c", "d"].iter().map(PathBuf::from).collect();
        assert_eq!(differences(&old, &new), names);
    }
}
