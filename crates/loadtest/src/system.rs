//! The system under test: a server, and the private PostgreSQL below it.

use crate::interrupt;
use crate::progress::Waiting;
use anyhow::{Context as _, Result, anyhow, bail};
use cluster::{Cluster, Options};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The server's program.
const PROGRAM: &str = "stockhold";

/// The database that the server gets.
const DATABASE: &str = "stockhold";

/// What the server says once it answers.
const READY: &str = "Stockhold is ready at http://";

/// How long a server may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `pgbench` needs beside the server: 128 clients.
const MAX_CONNECTIONS: &str = "300";

/// Where things are found and put.
#[derive(Debug, Clone)]
pub struct Folders {
    /// The folder in which the server's program is looked for, as one builds it for production.
    pub programs: PathBuf,
    /// Everything that is written: reports, and data while a scenario runs.
    pub output: PathBuf,
}

impl Folders {
    /// The usual places: `target/production`, and `target/loadtest`.
    pub fn find() -> Result<Self> {
        let program = std::env::current_exe().context("this program's own path can't be told")?;
        let target = program.ancestors().nth(2).filter(|folder| folder.join("CACHEDIR.TAG").is_file());
        let target = target.map_or_else(|| PathBuf::from("target"), Path::to_owned);
        let output = target.join("loadtest");
        fs::create_dir_all(&output).with_context(|| format!("can't create {}", output.display()))?;
        Ok(Self { programs: target.join("production"), output })
    }
}

/// The write-ahead log that a database in use keeps and writes over again, in segments of 16 MB: as much as Stockhold's
/// settings have it keep, 2 GB. A new database would make each segment when a commit needs it, while all commits wait.
const LOG_KEPT_SEGMENTS: u32 = 128;

/// A PostgreSQL with durable commits, whose data go when this value goes.
#[derive(Debug)]
pub struct Database {
    cluster: Option<Cluster>,
    folder: PathBuf,
}

impl Database {
    /// Starts an empty one. What an earlier run was killed over is removed first.
    pub fn start(folders: &Folders) -> Result<Self> {
        let _waiting = Waiting::new("PostgreSQL starts");
        let folder = folders.output.join("data");
        // On the disk, never in memory: a commit must cost what it costs.
        let options = Options::durable(&folder).set("max_connections", MAX_CONNECTIONS);
        if folder.exists() {
            let remains = Cluster::start(&options).context(
                "an earlier run's data can't be opened for removal; does another run go on at the same time?",
            )?;
            drop(Self { cluster: Some(remains), folder: folder.clone() });
        }
        let cluster = Cluster::start(&options).context("no private PostgreSQL")?;
        break_in(&cluster).context("the database can't be broken in")?;
        Ok(Self { cluster: Some(cluster), folder })
    }

    /// The cluster.
    pub fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().ok_or_else(|| anyhow!("PostgreSQL has stopped"))
    }
}

/// Makes the segments that a database in use has. No checkpoint may come in between: it would have the first ones
/// written over again in place of making more.
fn break_in(cluster: &Cluster) -> Result<()> {
    let fill = format!(
        "SELECT count(pg_switch_wal()) FROM
             (SELECT pg_logical_emit_message(false, 'loadtest', 'a segment')
                FROM generate_series(1, {LOG_KEPT_SEGMENTS}) OFFSET 0) AS segments"
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
    /// Starts the server on a free port over `database`. It serves static files from `site`.
    pub fn start(folders: &Folders, database: &Database, site: &Path) -> Result<Self> {
        let program = folders.programs.join(PROGRAM);
        if !program.is_file() {
            bail!(
                "there is no {} to test; build it with `cargo build --profile production -p server --bin \
                 stockhold`, or name a running server with --url",
                program.display()
            );
        }
        let _waiting = Waiting::new("The server starts");
        let cluster = database.cluster()?;
        cluster.create_database(DATABASE)?;
        let log = folders.output.join("server.log");
        let messages = File::create(&log).with_context(|| format!("can't write {}", log.display()))?;
        let mut child = Command::new(&program)
            .arg("serve")
            .current_dir(&folders.output)
            .env("DATABASE_URL", cluster.url(DATABASE))
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("LEPTOS_SITE_ROOT", site)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(messages)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let output = child.stdout.take();
        let mut server = Self { address: ([127, 0, 0, 1], 0).into(), child: Some(child), log };
        let mut lines = BufReader::new(output.context("the server's output is lost")?).lines();
        let address = loop {
            match lines.next() {
                Some(line) => {
                    if let Some(address) = line?.strip_prefix(READY) {
                        break address.parse().context("the server's address can't be read")?;
                    }
                }
                None => bail!("the server ended before it was ready:\n{}", server.end_of_log()),
            }
        };
        // Read on, so that the server never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        server.address = address;
        Ok(server)
    }

    /// A server that somebody else runs: `http://host:port`.
    pub fn at(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/');
        let named = if rest.contains(':') { rest.to_owned() } else { format!("{rest}:80") };
        let mut found = named.to_socket_addrs().with_context(|| format!("{url} is no http://host:port"))?;
        let address = found.next().with_context(|| format!("{url} has no address"))?;
        Ok(Self { address, child: None, log: PathBuf::new() })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, where this program started it.
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn end_of_log(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(process) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
            // That it has ended already is no matter.
            let _ = kill_process(process, Signal::TERM);
        }
        let patient_until = Instant::now() + PATIENCE;
        while Instant::now() < patient_until {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                _ => break,
            }
        }
        let _ = child.kill();
        let _ = child.wait();
        let said = self.end_of_log();
        if !said.is_empty() && !interrupt::requested() {
            eprintln!("The server said (in {}):\n{said}", self.log.display());
        }
    }
}

/// The memory that a process has in use, in bytes; `None` where the system does not tell.
pub fn resident_bytes(process: u32) -> Option<u64> {
    let output = Command::new("ps").args(["-o", "rss=", "-p", &process.to_string()]).output().ok();
    let told = || {
        let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let asked = || String::from_utf8(output?.stdout).ok()?.trim().parse::<u64>().ok();
    told().or_else(asked).map(|kilobytes| kilobytes * 1024)
}
