//! Builds and starts `stockhold serve`.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cargo::{self, Build};
use crate::frontend::{self, Mode};
use crate::process;
use crate::project::{self, Leptos};

/// The variable with the server's address.
pub const ADDRESS: &str = "LEPTOS_SITE_ADDR";

/// The variable with the folder of the private database.
pub const DATA_DIRECTORY: &str = "STOCKHOLD_DATA_DIR";

/// The time limit from a server's start to its first response. It may have to create a database first.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// Builds the server and returns the path of the program.
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

/// Builds the server as `cargo test --workspace` does, so that the steps of `cargo xtask test` share one build. Returns the
/// path of the program, which is not optimised.
pub fn build_for_tests() -> Result<PathBuf> {
    process::run(cargo::command("test").args(["--workspace", "--test", "it", "--no-run", "--quiet"]))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project::root().join("target"), PathBuf::from);
    Ok(target.join("debug/stockhold"))
}

/// The folder of the server's data: from the environment, or the default.
pub fn data_directory() -> PathBuf {
    let named = std::env::var_os(DATA_DIRECTORY).filter(|value| !value.is_empty());
    named.map_or_else(|| project::root().join(".stockhold"), PathBuf::from)
}

/// The folder of the server's private PostgreSQL.
pub fn postgres_directory() -> PathBuf {
    data_directory().join("postgres")
}

/// The variables that name an external database, or a file with its URL.
const DATABASE: [&str; 2] = ["DATABASE_URL", "DATABASE_URL_FILE"];

/// The variables that name other addresses of the database, or files with their URLs.
const OTHER_ADDRESSES: [&str; 4] =
    ["DATABASE_READ_URL", "DATABASE_READ_URL_FILE", "DATABASE_DIRECT_URL", "DATABASE_DIRECT_URL_FILE"];

/// The variables of names and certificates. The health check of this program is plain HTTP to the server's address.
const NETWORK: [&str; 3] = ["STOCKHOLD_HOSTS", "STOCKHOLD_TLS_CERTIFICATE", "STOCKHOLD_TLS_KEY"];

/// Whether the environment names an external database.
pub fn database_is_external() -> bool {
    DATABASE.iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Lets a command use the private database of a data folder. The environment does not change this.
pub fn use_private_database(command: &mut Command, data: &Path) {
    DATABASE.iter().chain(&OTHER_ADDRESSES).for_each(|name| _ = command.env_remove(name));
    command.env(DATA_DIRECTORY, data);
}

/// Lets a server speak plain HTTP under the names of its address. The environment does not change this.
pub fn plain_http(command: &mut Command) {
    NETWORK.iter().for_each(|name| _ = command.env_remove(name));
}

/// The command of the server with demo data and the console's files. Variables of the environment have priority.
pub fn command(program: &Path, leptos: &Leptos, mode: Mode) -> Command {
    let mut command = without_demo(program, leptos, mode);
    command.arg("--demo");
    command
}

/// The command of the server without demo data. Variables of the environment have priority.
pub fn without_demo(program: &Path, leptos: &Leptos, mode: Mode) -> Command {
    let mut command = Command::new(program);
    command.arg("serve");
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

/// A server in the background. Dropping this value stops it.
#[derive(Debug)]
pub struct Background {
    child: Child,
    log: PathBuf,
    address: SocketAddr,
}

impl Background {
    /// Starts a server on a free port with its own database, and waits until it is healthy.
    pub fn start(mut command: Command, data: &Path, log: PathBuf) -> Result<Self> {
        // The system chooses a free port. It is released here, and the server binds it shortly later.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        use_private_database(&mut command, data);
        plain_http(&mut command);
        command.env(ADDRESS, address.to_string());
        command.stdin(std::process::Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().context("could not start the server")?;
        let mut server = Self { child, log, address };
        server.wait_until_healthy()?;
        Ok(server)
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The last 40 lines of its log.
    pub fn log_tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// The path of its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Stops the server and waits for its end.
    ///
    /// # Errors
    /// An exit status other than success, with the end of the log.
    pub fn stop(mut self) -> Result<()> {
        process::terminate(&self.child);
        let status = process::wait(&mut self.child)?;
        if status.success() { Ok(()) } else { bail!("the server failed ({status}):\n{}", self.log_tail()) }
    }

    fn wait_until_healthy(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_TIMEOUT;
        while !is_healthy(self.address) {
            process::check_interrupted()?;
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended at its start ({status}):\n{}", self.log_tail());
            }
            if Instant::now() > deadline {
                bail!("the server does not respond at {}:\n{}", self.address, self.log_tail());
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

/// Removes a data directory and its cluster, which may be elsewhere, behind a link.
pub fn remove_data(data: &Path) -> Result<()> {
    let home = data.join("postgres/cluster").canonicalize();
    for folder in home.iter().map(PathBuf::as_path).chain([data]) {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                bail!("could not remove {}: {error}", folder.display())
            }
            _ => {}
        }
    }
    Ok(())
}

/// Returns whether a server responds at the address and reaches its database.
pub fn is_healthy(address: SocketAddr) -> bool {
    let request_health = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request = format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut response = vec![0; 12];
        stream.read_exact(&mut response)?;
        Ok(response)
    };
    request_health().is_ok_and(|response| response == b"HTTP/1.1 200")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_healthy_if_it_responds_with_200() {
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
