//! `pgbench`: measures PostgreSQL on this machine without the server.

use crate::interrupt;
use crate::progress::Spinner;
use anyhow::{Context as _, Result, bail};
use cluster::{Cluster, SUPERUSER};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The number of threads of `pgbench`.
const JOBS: usize = 2;

/// The parameters of a run of `pgbench`.
#[derive(Debug, Clone)]
pub struct Bench<'a> {
    /// Its name in the tables.
    pub name: &'a str,
    /// The database.
    pub database: &'a str,
    /// The script of one transaction.
    pub script: String,
    /// The number of clients. Each has its own connection.
    pub clients: usize,
    /// The duration.
    pub length: Duration,
    /// Whether to record each transaction's latency, for the median.
    pub latencies: bool,
    /// PostgreSQL's settings for the sessions, each as `-c name=value`.
    pub settings: &'a str,
}

/// The result of a run of `pgbench`.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Transactions per second.
    pub rate: f64,
    /// Deadlocks during the run.
    pub deadlocks: u64,
    /// The median latency, if latencies were recorded.
    pub median: Option<Duration>,
    /// The command, its script and its output.
    pub raw: String,
}

/// `pgbench` on one cluster.
#[derive(Debug)]
pub struct Pgbench<'a> {
    program: PathBuf,
    cluster: &'a Cluster,
    folder: PathBuf,
}

impl<'a> Pgbench<'a> {
    /// Finds the program. PostgreSQL's own packages have it; npm's builds do not.
    pub fn find(cluster: &'a Cluster, folder: &Path) -> Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own_folder = cluster.binaries().folder().to_owned();
        let program = std::iter::once(own_folder.clone())
            .chain(std::env::split_paths(&path))
            .map(|folder| folder.join("pgbench"))
            .find(|program| program.is_file());
        let Some(program) = program else {
            bail!(
                "there is no pgbench in {} or on the PATH; the comparison with PostgreSQL needs it \
                 (Debian and Ubuntu: the package postgresql; or name a folder in STOCKHOLD_PG_BIN)",
                own_folder.display()
            );
        };
        Ok(Self { program, cluster, folder: folder.to_owned() })
    }

    /// The cluster.
    pub fn cluster(&self) -> &Cluster {
        self.cluster
    }

    /// Runs `pgbench`.
    pub fn run(&self, bench: &Bench<'_>) -> Result<Measured> {
        interrupt::check()?;
        let _waiting = Spinner::new(format!("pgbench: {}, {} clients", bench.name, bench.clients));
        let script = self.folder.join("pgbench.sql");
        fs::write(&script, &bench.script).context("pgbench's script can't be written")?;
        let logs = self.folder.join("pgbench-log");
        let _ = fs::remove_dir_all(&logs);
        fs::create_dir_all(&logs).context("the folder for pgbench's log can't be created")?;
        let before = self.deadlocks(bench.database)?;
        let shown = [
            "--no-vacuum".to_owned(),
            "--protocol=prepared".to_owned(),
            format!("--client={}", bench.clients),
            format!("--jobs={}", JOBS.min(bench.clients)),
            // A transaction that a deadlock aborts is not repeated and counts as failed.
            format!("--time={}", bench.length.as_secs().max(1)),
        ];
        let mut command = Command::new(&self.program);
        command.args(&shown).arg("--file").arg(&script);
        if bench.latencies {
            command.arg("--log").arg("--log-prefix").arg(logs.join("latency"));
        }
        command.arg("--host").arg(self.cluster.socket_folder());
        command.args(["--username", SUPERUSER, bench.database]).env("LC_ALL", "C");
        if !bench.settings.is_empty() {
            command.env("PGOPTIONS", bench.settings);
        }
        let output =
            command.output().with_context(|| format!("{} does not start", self.program.display()))?;
        interrupt::check()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!("pgbench failed ({}):\n{text}{}", bench.name, String::from_utf8_lossy(&output.stderr));
        }
        let rate = figure(&text, "tps = ").context("pgbench printed no rate")?;
        let median = if bench.latencies { Some(median(&logs)?) } else { None };
        let settings = match bench.settings {
            "" => String::new(),
            settings => format!("PGOPTIONS='{settings}' "),
        };
        let script: String = bench.script.lines().take(12).flat_map(|line| ["  ", line, "\n"]).collect();
        // Removes the paths of this machine.
        let output_text = text.replace(&self.folder.display().to_string(), "").replace("/pgbench.sql", "");
        Ok(Measured {
            rate,
            deadlocks: self.deadlocks(bench.database)?.saturating_sub(before),
            median,
            raw: format!("{settings}pgbench {}\n{script}\n{output_text}", shown.join(" ")),
        })
    }

    /// The number of deadlocks in this database since its creation.
    fn deadlocks(&self, database: &str) -> Result<u64> {
        let sql = format!("SELECT deadlocks FROM pg_stat_database WHERE datname = '{database}'");
        let rows = self.cluster.query("postgres", &sql)?;
        let text = rows.into_iter().flatten().flatten().next().unwrap_or_default();
        text.parse().context("the number of deadlocks can't be parsed")
    }
}

/// Parses the number after a label.
fn figure(text: &str, label: &str) -> Option<f64> {
    let rest = &text[text.find(label)? + label.len()..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// Returns the median of the latencies in pgbench's logs: the third column, in microseconds.
fn median(logs: &Path) -> Result<Duration> {
    let mut latencies = crate::record::histogram();
    for entry in fs::read_dir(logs)? {
        for line in fs::read_to_string(entry?.path())?.lines() {
            let column = line.split(' ').nth(2).and_then(|text| text.parse::<u64>().ok());
            latencies.saturating_record(column.context("pgbench's log can't be read")? * 1_000);
        }
    }
    if latencies.is_empty() {
        bail!("pgbench's log is empty");
    }
    Ok(Duration::from_nanos(latencies.value_at_quantile(0.5)))
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn the_rate_is_parsed() {
        let text = "latency average = 0.05 ms\ntps = 20123.456 (without initial connection time)\n";
        assert_eq!(figure(text, "tps = "), Some(20_123.456));
        assert_eq!(figure(text, "no = "), None);
    }
}
