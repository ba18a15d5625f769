//! The program as a person starts it.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The program, untouched by the variables of whoever runs the tests.
pub fn stockhold() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stockhold"));
    command.env_remove("DATABASE_URL").env_remove("DATABASE_READ_URL").env_remove("RUST_LOG");
    command.env("LEPTOS_OUTPUT_NAME", "stockhold").env("LEPTOS_SITE_ADDR", "127.0.0.1:0");
    command
}

/// A folder that goes when this value goes.
pub struct Folder(pub PathBuf);

impl Folder {
    /// One that is not there yet.
    pub fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("stockhold-{name}-{}", uuid::Uuid::now_v7())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A private cluster may have been laid elsewhere, behind a link.
        for link in ["cluster", "postgres/cluster"] {
            if let Ok(home) = self.0.join(link).canonicalize() {
                let _ = std::fs::remove_dir_all(home);
            }
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server. It is killed when this value goes.
pub struct Serving {
    pub child: Child,
    pub url: String,
    /// What it said before it was ready.
    pub said: Vec<String>,
}

impl Serving {
    /// Starts a server by this command, and waits until it is ready.
    pub fn start(mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).spawn().expect("run");
        let mut serving = Self { child, url: String::new(), said: Vec::new() };
        let output = serving.child.stdout.take().expect("its output");
        for line in BufReader::new(output).lines() {
            let line = line.expect("a line");
            if let Some(url) = line.strip_prefix("Stockhold is ready at ") {
                serving.url = url.to_owned();
                return serving;
            }
            serving.said.push(line);
        }
        panic!("it ended before it was ready: {:?}", serving.said);
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.expect("run").success());
        assert_eq!(self.child.wait().expect("an end").code(), Some(0));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
