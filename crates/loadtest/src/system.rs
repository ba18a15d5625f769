//! The system under test: a server and its private PostgreSQL.

use crate::interrupt;
use crate::progress::Spinner;
use anyhow::{Context as _, Result, anyhow, bail};
use cluster::{Cluster, Options};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The name of the server's program.
const PROGRAM: &str = "stockhold";

/// The name of the server's database.
const DATABASE: &str = "stockhold";

/// The server prints this line when it is ready.
const READY: &str = "Stockhold is ready at http://";

/// Settings that are emptied: the requests are plain HTTP to `localhost`.
const PLAIN_HTTP: [&str; 3] = ["STOCKHOLD_HOSTS", "STOCKHOLD_TLS_CERTIFICATE", "STOCKHOLD_TLS_KEY"];

/// The time limit of a server's stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// The connection limit: `pgbench` has 128 clients in addition to the server.
const MAX_CONNECTIONS: &str = "300";

/// The folders of the load program.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The folder of the server's program, built with the production profile.
    pub programs: PathBuf,
    /// The folder of reports, and of data while a scenario runs.
    pub output: PathBuf,
}

impl Folders {
    /// The default folders: `target/production` and `target/loadtest`.
    pub fn find() -> Result<Self> {
        let program = std::env::current_exe().context("the path of this program is unknown")?;
        let target = program.ancestors().nth(2).filter(|folder| folder.join("CACHEDIR.TAG").is_file());
        let target = target.map_or_else(|| PathBuf::from("target"), Path::to_owned);
        let output = target.join("loadtest");
        fs::create_dir_all(&output).with_context(|| format!("can't create {}", output.display()))?;
        Ok(Self { programs: target.join("production"), output })
    }
}

/// The write-ahead log segments of 16 MB that a database in use recycles: 2 GB, as in Stockhold's settings. A new
/// database would create each segment when a commit needs it, while all commits wait.
const WAL_SEGMENTS: u32 = 128;

/// A PostgreSQL with durable commits. Dropping this value removes its data.
#[derive(Debug)]
pub struct Database {
    cluster: Option<Cluster>,
    folder: PathBuf,
}

impl Database {
    /// Starts an empty cluster. The data of an earlier, killed run are removed first.
    pub fn start(folders: &Folders) -> Result<Self> {
        let _waiting = Spinner::new("Starting PostgreSQL");
        let folder = folders.output.join("data");
        // On the disk, not in memory, so that commits have their real cost.
        let options = Options::durable(&folder).set("max_connections", MAX_CONNECTIONS);
        if folder.exists() {
            let old_cluster = Cluster::start(&options).context(
                "the data of an earlier run can't be opened for removal; is another run in progress?",
            )?;
            drop(Self { cluster: Some(old_cluster), folder: folder.clone() });
        }
        let cluster = Cluster::start(&options).context("can't start a private PostgreSQL")?;
        preallocate_wal(&cluster).context("the write-ahead log can't be preallocated")?;
        Ok(Self { cluster: Some(cluster), folder })
    }

    /// Whether `stockhold reconcile` finds nothing in the server's database. Prints its findings.
    pub fn reconciles(&self, folders: &Folders) -> Result<bool> {
        let program = folders.programs.join(PROGRAM);
        let mut command = Command::new(&program);
        command
            .arg("reconcile")
            .env("DATABASE_URL", self.cluster()?.url(DATABASE))
            .env_remove("DATABASE_URL_FILE");
        let output = command.output().with_context(|| format!("{} does not start", program.display()))?;
        if !output.status.success() {
            eprintln!("{}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(output.status.success())
    }

    /// The cluster.
    pub fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().ok_or_else(|| anyhow!("PostgreSQL has stopped"))
    }
}

/// Creates the write-ahead log segments that a database in use has. A checkpoint in between would recycle the first
/// segments, so that fewer are created.
fn preallocate_wal(cluster: &Cluster) -> Result<()> {
    let fill = format!(
        "SELECT count(pg_switch_wal()) FROM
             (SELECT pg_logical_emit_message(false, 'loadtest', 'a segment')
                FROM generate_series(1, {WAL_SEGMENTS}) OFFSET 0) AS segments"
    );
    let steps = [
        "ALTER SYSTEM SET max_wal_size = '16GB'",
        "SELECT pg_reload_conf()",
        &fill,
        "CHECKPOINT",
        "ALTER SYSTEM RESET max_wal_size",
        "SELECT pg_reload_conf()",
    ];
    for step in steps {
        cluster.query("postgres", step)?;
    }
    Ok(())
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(cluster) = self.cluster.take() else { return };
        let elsewhere = cluster.moved_to().map(Path::to_owned);
        if let Err(error) = cluster.stop() {
            eprintln!("the private PostgreSQL did not stop: {error}");
            return;
        }
        for folder in elsewhere.iter().chain([&self.folder]) {
            if let Err(error) = fs::remove_dir_all(folder) {
                eprintln!("{} can't be removed: {error}", folder.display());
            }
        }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    child: Option<Child>,
    log: PathBuf,
}

impl Server {
    /// Starts the server on a free port with `database`. It serves static files from `site`.
    pub fn start(folders: &Folders, database: &Database, site: &Path) -> Result<Self> {
        let program = folders.programs.join(PROGRAM);
        if !program.is_file() {
            bail!(
                "there is no {}; build it with `cargo build --profile production -p server --bin stockhold \
                 --features limits`, or name a running server with --url",
                program.display()
            );
        }
        let _waiting = Spinner::new("Starting the server");
        let cluster = database.cluster()?;
        cluster.create_database(DATABASE)?;
        let log = folders.output.join("server.log");
        let messages = File::create(&log).with_context(|| format!("can't write {}", log.display()))?;
        let mut child = Command::new(&program)
            .arg("serve")
            .current_dir(&folders.output)
            .env("DATABASE_URL", cluster.url(DATABASE))
            .env_remove("DATABASE_URL_FILE")
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .envs(PLAIN_HTTP.map(|name| (name, "")))
            .env("LEPTOS_SITE_ROOT", site)
            .env("RUST_LOG", "warn")
            // The receivers of webhooks are on this machine.
            .env("STOCKHOLD_WEBHOOK_PRIVATE_ADDRESSES", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(messages)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let output = child.stdout.take();
        let mut server = Self { address: ([127, 0, 0, 1], 0).into(), child: Some(child), log };
        let mut lines = BufReader::new(output.context("the server has no output")?).lines();
        let address = loop {
            match lines.next() {
                Some(line) => {
                    if let Some(address) = line?.strip_prefix(READY) {
                        break address.parse().context("the server's address can't be read")?;
                    }
                }
                None => bail!("the server ended before it was ready:\n{}", server.log_tail()),
            }
        };
        // Keeps reading, so that the server never blocks on its output.
        std::thread::spawn(move || lines.for_each(drop));
        server.address = address;
        Ok(server)
    }

    /// A server that already runs: `http://host:port`.
    pub fn at(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
        let named = if rest.contains(':') { rest.to_owned() } else { format!("{rest}:80") };
        let mut found = named.to_socket_addrs().with_context(|| format!("{url} is not http://host:port"))?;
        let address = found.next().with_context(|| format!("{url} has no address"))?;
        Ok(Self { address, child: None, log: PathBuf::new() })
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id, if this program started it.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn log_tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(process) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            // The process may have ended already.
            let _ = kill_process(process, Signal::TERM);
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        while Instant::now() < deadline {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                _ => break,
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        let log_text = self.log_tail();
        if !log_text.is_empty() && !interrupt::requested() {
            eprintln!("The server log_text (in {}):\n{log_text}", self.log.display());
        }
    }
}

/// Returns the resident memory of a process in bytes; `None` if the system does not report it.
pub fn resident_bytes(process: u32) -> Option<u64> {
    let output = Command::new("ps").args(["-o", "rss=", "-p", &process.to_string()]).output().ok();
    let from_proc = || {
        let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let from_ps = || String::from_utf8(output?.stdout).ok()?.trim().parse::<u64>().ok();
    from_proc().or_else(from_ps).map(|kilobytes| kilobytes * 1024)
}
