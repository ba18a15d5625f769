//! The `stockhold` binary as a child process.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The variables of the test run that a server must not have.
const REMOVED: [&str; 9] = [
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DATABASE_DIRECT_URL",
    "DATABASE_DIRECT_URL_FILE",
    "DATABASE_READ_URL",
    "DATABASE_READ_URL_FILE",
    "CREDENTIALS_DIRECTORY",
    "STOCKHOLD_HOSTS",
    "RUST_LOG",
];

/// Returns a command for the binary, without the environment variables of the test run.
pub fn stockhold() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stockhold"));
    for name in REMOVED {
        command.env_remove(name);
    }
    command.env("LEPTOS_OUTPUT_NAME", "stockhold").env("LEPTOS_SITE_ADDR", "127.0.0.1:0");
    command
}

/// A folder that is deleted on drop.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Returns a folder that does not exist yet.
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("stockhold-{name}-{}", uuid::Uuid::now_v7())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A private cluster may be in another folder, behind a symbolic link.
        for link in ["cluster", "postgres/cluster"] {
            if let Ok(home) = self.0.join(link).canonicalize() {
                let _ = std::fs::remove_dir_all(home);
            }
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server process. It is killed on drop.
pub struct ServerProcess {
    pub child: Child,
    pub url: String,
    /// The lines of its output before the ready line.
    pub lines_before_ready: Vec<String>,
}

impl ServerProcess {
    /// Starts a server with this command, and waits until it is ready.
    pub fn start(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().expect("run");
        let mut serving = Self { child, url: String::new(), lines_before_ready: Vec::new() };
        let output = serving.child.stdout.take().expect("its output");
        for line in BufReader::new(output).lines() {
            let line = line.expect("a line");
            if let Some(url) = line.strip_prefix("Stockhold is ready at ") {
                serving.url = url.to_owned();
                return serving;
            }
            serving.lines_before_ready.push(line);
        }
        panic!("it ended before it was ready: {:?}", serving.lines_before_ready);
    }

    /// Sends a signal, and waits until the server exits with 0.
    pub fn stop(mut self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.expect("run").success());
        assert_eq!(self.child.wait().expect("an end").code(), Some(0));
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
