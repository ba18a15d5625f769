//! `cargo xtask dev`: builds and serves; rebuilds and reloads the page after every change.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use cluster::{Cluster, Options};

use super::run::build;
use crate::build_cache::files_below;
use crate::frontend::{self, Mode};
use crate::progress::print_line;
use crate::project::{self, Leptos};
use crate::{process, server, tools};

/// The interval at which file times are polled. Polling costs almost no processor time.
const INTERVAL: Duration = Duration::from_millis(400);

/// The watched files and folders of the workspace.
const WATCHED: [&str; 6] = ["crates", "style", "migrations", ".sqlx", "Cargo.toml", "Cargo.lock"];

/// The WebSocket server that reloads the pages.
const RELOAD: &str = include_str!("../reload.mjs");

/// The database of the development server, the same as that of `cargo xtask run`.
const DATABASE: &str = "stockhold";

/// The modification time of every file.
type FileTimes = BTreeMap<PathBuf, SystemTime>;

/// Serves until it is interrupted.
pub fn run() -> Result<ExitCode> {
    let leptos = Leptos::read()?;
    tools::wasm_target()?;
    tools::npm_packages_and_postgres(&server::postgres_directory(), server::database_is_external())?;
    let mut session = Session::start(leptos)?;
    let mut before = file_times()?;
    session.rebuild();
    while !process::interrupted() {
        std::thread::sleep(INTERVAL);
        session.report_exit();
        let now = file_times()?;
        if now == before {
            continue;
        }
        let changed = differences(&before, &now);
        before = now;
        session.handle_changes(&changed);
    }
    session.stop()?;
    Ok(ExitCode::SUCCESS)
}

/// The processes of the command.
struct Session {
    leptos: Leptos,
    /// Keeps running over the server's restarts, so that they are fast; `None` with an external database.
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

    fn handle_changes(&mut self, changed: &[PathBuf]) {
        let root = project::root();
        let style = root.join(&self.leptos.style_file);
        let style = style.parent().unwrap_or(&style);
        for path in changed {
            print_line(format!("changed: {}", path.strip_prefix(&root).unwrap_or(path).display()));
        }
        if changed.iter().all(|path| path.starts_with(style)) {
            match frontend::style(&self.leptos, Mode::Dev) {
                Ok(()) => {
                    let sheet = self.leptos.site_pkg_dir.join(format!("{}.css", self.leptos.output_name));
                    self.notify_pages(&format!("{{\"css\":\"{}\"}}", sheet.display()));
                }
                Err(error) => print_line(format!("error: {error:#}")),
            }
        } else {
            self.rebuild();
        }
    }

    /// Builds and restarts the server. If the build fails, the old server keeps running.
    fn rebuild(&mut self) {
        let result = build(&self.leptos, Mode::Dev).and_then(|program| self.restart(&program));
        match result {
            Ok(()) => self.notify_pages("{\"all\":true}"),
            Err(_) if process::interrupted() => {}
            Err(error) => print_line(format!("error: {error:#}\nwaiting for the next change")),
        }
    }

    fn restart(&mut self, program: &Path) -> Result<()> {
        self.stop_server();
        let mut command = server::command(program, &self.leptos, Mode::Dev);
        command.env("LEPTOS_WATCH", "1").env("LEPTOS_RELOAD_PORT", self.leptos.reload_port.to_string());
        // Pages have open event streams. A restart does not wait for them.
        command.env("STOCKHOLD_SHUTDOWN_TIMEOUT_SECONDS", "0");
        server::plain_http(&mut command);
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
            self.report_exit();
            anyhow::ensure!(self.server.is_some(), "the server did not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Reports once if the server has ended unexpectedly.
    fn report_exit(&mut self) {
        if let Some(child) = &mut self.server
            && let Ok(Some(status)) = child.try_wait()
        {
            print_line(format!("the server ended ({status}); the next change starts it again"));
            self.server = None;
        }
    }

    fn notify_pages(&mut self, message: &str) {
        // If the reload server has ended, it has printed an error; pages are reloaded manually.
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

/// The address that the server listens on.
fn address(leptos: &Leptos) -> Result<SocketAddr> {
    let text = std::env::var(server::ADDRESS).ok().filter(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| leptos.site_addr.clone());
    text.parse().with_context(|| format!("{text} is not an address such as 127.0.0.1:3000"))
}

fn file_times() -> Result<FileTimes> {
    let root = project::root();
    let mut times = FileTimes::new();
    for name in WATCHED {
        let path = root.join(name);
        let files = if path.is_file() { vec![path] } else { files_below(&path)? };
        for file in files {
            // A file that disappears meanwhile is detected at the next poll.
            if let Ok(time) = file.metadata().and_then(|data| data.modified()) {
                times.insert(file, time);
            }
        }
    }
    Ok(times)
}

/// The files that were created, removed or changed.
fn differences(old: &FileTimes, new: &FileTimes) -> Vec<PathBuf> {
    let gone = old.keys().filter(|path| !new.contains_key(*path));
    let changed = new.iter().filter(|(path, time)| old.get(*path) != Some(*time)).map(|(path, _)| path);
    gone.chain(changed).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn created_removed_and_changed_files_differ() {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let old = FileTimes::from([("a".into(), time(1)), ("b".into(), time(1)), ("c".into(), time(1))]);
        let new = FileTimes::from([("b".into(), time(1)), ("c".into(), time(2)), ("d".into(), time(1))]);
        let names: Vec<PathBuf> = ["a", "c", "d"].iter().map(PathBuf::from).collect();
        assert_eq!(differences(&old, &new), names);
    }
}
