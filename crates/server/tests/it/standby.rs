//! A real streaming replica of the private PostgreSQL.

use cluster::{Cluster, SUPERUSER};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long the replica may take to reach a state.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The replica. It is stopped on drop.
pub struct Standby {
    /// The primary's folder. It also contains the replica's files, because the database user can read it.
    home: PathBuf,
    programs: PathBuf,
    owner: (u32, u32),
}

impl Standby {
    /// Copies the primary and starts streaming from it.
    pub fn of(primary: &Cluster) -> Self {
        let home = primary.socket_folder().parent().expect("a folder around the socket's").to_owned();
        let data = std::fs::metadata(home.join("data")).expect("the primary's data");
        let standby =
            Self { home, programs: primary.binaries().folder().to_owned(), owner: (data.uid(), data.gid()) };
        let socket_folder = primary.socket_folder().to_str().expect("a path");
        standby.run("mkdir", &["-m", "0700", "standby-run"]);
        let copy = ["-D", "standby", "-h", socket_folder, "-p", "5432", "-U", SUPERUSER];
        standby.run("pg_basebackup", &[&copy[..], &["-X", "stream", "-c", "fast", "-R"]].concat());
        let options = format!(
            "-c unix_socket_directories='{}' -c logging_collector=off",
            standby.home.join("standby-run").display()
        );
        standby.run("pg_ctl", &["start", "-s", "-w", "-D", "standby", "-l", "standby.log", "-o", &options]);
        standby
    }

    /// Returns the URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        let folder = self.home.join("standby-run").display().to_string().replace('/', "%2F");
        format!("postgres://{SUPERUSER}@{folder}:5432/{database}?sslmode=disable")
    }

    /// Waits until the replica has replayed every write of the primary so far.
    pub fn catch_up(&self, runtime: &Runtime, primary_url: &str) {
        let written =
            runtime.block_on(query(primary_url, "SELECT pg_current_wal_flush_lsn()::text")).remove(0);
        self.wait_for(runtime, &format!("SELECT (pg_last_wal_replay_lsn() >= '{written}')::text"));
    }

    /// Stops streaming. Later writes of the primary are missing in the replica.
    pub fn stop_receiving(&self, runtime: &Runtime) {
        let url = self.url("postgres");
        runtime.block_on(query(&url, "ALTER SYSTEM SET primary_conninfo = ''"));
        runtime.block_on(query(&url, "SELECT pg_reload_conf()::text"));
        self.wait_for(runtime, "SELECT (count(*) = 0)::text FROM pg_stat_wal_receiver");
    }

    /// Promotes the replica, and waits until it accepts writes.
    pub fn promote(&self, runtime: &Runtime) {
        let promoted = runtime.block_on(query(&self.url("postgres"), "SELECT pg_promote(true, 60)::text"));
        assert_eq!(promoted, ["true"]);
    }

    fn wait_for(&self, runtime: &Runtime, sql: &str) {
        let deadline = Instant::now() + TIMEOUT;
        while runtime.block_on(query(&self.url("postgres"), sql)) != ["true"] {
            assert!(Instant::now() < deadline, "the replica did not come to: {sql}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a program as the owner of the data.
    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        let mut command = Command::new(if path.exists() { path } else { program.into() });
        command.args(arguments).current_dir(&self.home).uid(self.owner.0).gid(self.owner.1);
        // The started server inherits the output. With a pipe, this call would wait for the server's end.
        let status = command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).status();
        assert!(status.expect("run").success(), "{program} {arguments:?}");
    }
}

impl Drop for Standby {
    fn drop(&mut self) {
        let mut stop = Command::new(self.programs.join("pg_ctl"));
        stop.args(["stop", "-s", "-m", "immediate", "-D", "standby"]).current_dir(&self.home);
        // This fails if the test ended before the replica was started.
        let _ = stop.uid(self.owner.0).gid(self.owner.1).stderr(Stdio::null()).status();
    }
}

/// Runs a statement and returns the first column of each row as text; NULL is left out.
pub async fn query(database_url: &str, sql: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(database_url).await.expect("a connection");
    let rows =
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.expect("an answer");
    let text = |row: &PgRow| Some(row.try_get_raw(0).ok()?.as_str().ok()?.to_owned());
    rows.iter().filter_map(text).collect()
}
