//! Building and starting `stockhold serve`.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo::Build;
use crate::frontend::{self, Mode};
use crate::process;
use crate::project::{self, Leptos};

/// The variable that moves the server's address.
pub const ADDRESS: &str = "LEPTOS_SITE_ADDR";

/// The variable that moves the private database.
pub const DATA_DIRECTORY: &str = "STOCKHOLD_DATA_DIR";

/// How long a server may take from its start to its first answer; it may create a database on the way.
const PATIENCE: Duration = Duration::from_secs(120);

/// Builds the server; returns the program.
pub fn build(leptos: &Leptos, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Dev => leptos.bin_profile_dev.as_deref().unwrap_or("dev"),
        Mode::Release => leptos.bin_profile_release.as_deref().unwrap_or("release"),
    };
    let build = Build {
        title: "cargo: the server",
        package: &leptos.bin_package,
        binary: Some(&leptos.bin_target),
        features: &leptos.bin_features,
        default_features: leptos.bin_default_features,
        profile,
        target: None,
    };
    build.run()
}

/// The folder of the server's data: named in the environment, or the default.
pub fn data_directory() -> PathBuf {
    let named = std::env::var_os(DATA_DIRECTORY).filter(|value| !value.is_empty());
    named.map_or_else(|| project::root().join(".stockhold"), PathBuf::from)
}

/// Where in it the server keeps its PostgreSQL.
pub fn postgres_directory() -> PathBuf {
    data_directory().join("postgres")
}

/// Whether somebody else runs the database.
pub fn database_is_external() -> bool {
    std::env::var_os("DATABASE_URL").is_some_and(|value| !value.is_empty())
}

/// The server with demo data, told where the console's files are. What is set in the environment stays.
pub fn command(program: &Path, leptos: &Leptos, mode: Mode) -> Command {
    let mut command = Command::new(program);
    command.args(["serve", "--demo"]);
    let site = leptos.site();
    let values = [
        ("LEPTOS_OUTPUT_NAME", leptos.output_name.clone()),
        ("LEPTOS_SITE_ROOT", site.to_string_lossy().into_owned()),
        ("LEPTOS_SITE_PKG_DIR", leptos.site_pkg_dir.to_string_lossy().into_owned()),
        (ADDRESS, leptos.site_addr.clone()),
        ("LEPTOS_ENV", if mode == Mode::Release { "PROD" } else { "DEV" }.to_owned()),
        ("LEPTOS_HASH_FILES", (mode == Mode::Release).to_string()),
        ("LEPTOS_HASH_FILE_NAME", frontend::hash_file(leptos).to_string_lossy().into_owned()),
        (DATA_DIRECTORY, data_directory().to_string_lossy().into_owned()),
    ];
    for (name, value) in values {
        if std::env::var_os(name).is_none_or(|present| present.is_empty()) {
            command.env(name, value);
        }
    }
    command
}

/// A server that runs beside us for a while. It is stopped when this value goes.
#[derive(Debug)]
pub struct Background {
    child: Child,
    log: PathBuf,
    address: SocketAddr,
}

impl Background {
    /// Starts a server on a free port with a database of its own, and waits until it answers.
    pub fn start(mut command: Command, data: &Path, log: PathBuf) -> Result<Self> {
        // Asked of the system and let go again: the server takes the port a moment later.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        command.env_remove("DATABASE_URL").env_remove("DATABASE_READ_URL");
        command.env(ADDRESS, address.to_string()).env(DATA_DIRECTORY, data);
        command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().context("could not start the server")?;
        let mut server = Self { child, log, address };
        server.wait_until_healthy()?;
        Ok(server)
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The end of what it has said.
    pub fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// Where it says all of it.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Asks it to stop, and waits until it has; an error where it did not end well.
    pub fn stop(mut self) -> Result<()> {
        process::terminate(&self.child);
        let status = process::wait(&mut self.child)?;
        if status.success() {
            Ok(())
        } else {
            bail!("the server ended badly ({status}):\n{}", self.last_words())
        }
    }

    fn wait_until_healthy(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !is_healthy(self.address) {
            process::check_interrupted()?;
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at once ({status}):\n{}", self.last_words());
            }
            if Instant::now() > deadline {
                bail!("the server does not answer on {}:\n{}", self.address, self.last_words());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            process::terminate(&self.child);
            let _ = self.child.wait();
        }
    }
}

/// Whether a server answers there, and its database answers it.
pub fn is_healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer == b"HTTP/1.1 200")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_the_answer_200() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let server = std::thread::spawn(move || {
            for status in ["503 Unavailable", "200 OK"] {
                let (mut stream, _) = listener.accept().expect("a caller");
                let _ = stream.read(&mut [0; 512]);
                let _ = write!(stream, "HTTP/1.1 {status}\r\n\r\n");
            }
        });
        assert!(!is_healthy(address));
        assert!(is_healthy(address));
        server.join().expect("served");
        assert!(!is_healthy(address));
    }
}
