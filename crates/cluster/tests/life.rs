//! The life cycle of a real cluster, with the programs of this machine.
#![allow(clippy::unwrap_used)]

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cluster::{Cluster, Error, Options};

/// The environment variable with the directory for the child process of `a_server_of_a_killed_owner_is_adopted`.
const CHILD_DIRECTORY: &str = "STOCKHOLD_TEST_CHILD_DIRECTORY";

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stockhold-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The cluster may be elsewhere, behind a link.
        if let Ok(home) = self.0.join("cluster").canonicalize() {
            let _ = std::fs::remove_dir_all(home);
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn single_value(cluster: &Cluster, database: &str, sql: &str) -> String {
    cluster.query(database, sql).unwrap().remove(0).remove(0).unwrap()
}

fn socket(cluster: &Cluster) -> PathBuf {
    cluster.socket_folder().join(".s.PGSQL.5432")
}

#[test]
fn a_temporary_cluster_runs_and_leaves_no_files() {
    let cluster = Cluster::temporary().unwrap();
    let socket = socket(&cluster);
    UnixStream::connect(&socket).unwrap();
    assert_eq!(single_value(&cluster, "postgres", "SHOW server_encoding"), "UTF8");
    assert_eq!(single_value(&cluster, "postgres", "SHOW fsync"), "off");
    assert_eq!(single_value(&cluster, "postgres", "SELECT lower('GRÖSSE')"), "grösse");
    assert!(cluster.create_database("a \"b\"").unwrap());
    assert!(!cluster.create_database("a \"b\"").unwrap());
    assert_eq!(single_value(&cluster, "a \"b\"", "SELECT current_database()"), "a \"b\"");
    cluster.stop().unwrap();
    assert!(!socket.exists());
    assert!(!socket.parent().unwrap().exists());
}

#[test]
fn a_durable_cluster_keeps_its_data_and_has_one_owner() {
    let scratch = Scratch::new("dur able$HOME'");
    let options = Options::durable(&scratch.0).set("shared_buffers", "16MB");
    let cluster = Cluster::start(&options).unwrap();
    assert_eq!(single_value(&cluster, "postgres", "SHOW synchronous_commit"), "on");
    assert_eq!(single_value(&cluster, "postgres", "SHOW shared_buffers"), "16MB");
    cluster.query("postgres", "CREATE TABLE saved (n int); INSERT INTO saved VALUES (42)").unwrap();

    let second = Cluster::start(&options).unwrap_err();
    assert!(matches!(second, Error::InUse { owner: Some(pid), .. } if pid == std::process::id()));

    cluster.stop().unwrap();
    let again = Cluster::start(&options).unwrap();
    assert!(!again.was_adopted());
    assert_eq!(single_value(&again, "postgres", "SELECT n FROM saved"), "42");
}

#[test]
fn a_rejected_statement_has_its_code_and_changes_nothing() {
    let cluster = Cluster::temporary().unwrap();
    let error = cluster.query("postgres", "CREATE TABLE half (n int); SELECT nonsense").unwrap_err();
    assert!(matches!(error, Error::Statement { code, .. } if code == "42703"));
    let left = single_value(&cluster, "postgres", "SELECT to_regclass('half') IS NULL");
    assert_eq!(left, "t");
    let error = cluster.query("missing", "SELECT 1").unwrap_err();
    assert!(matches!(error, Error::Statement { code, .. } if code == "3D000"));
}

#[test]
fn a_server_of_a_killed_owner_is_adopted() {
    if let Some(directory) = std::env::var_os(CHILD_DIRECTORY) {
        own_until_killed(Path::new(&directory));
    }
    let scratch = Scratch::new("orphan");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_server_of_a_killed_owner_is_adopted", "--nocapture"])
        .env(CHILD_DIRECTORY, &scratch.0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&scratch.0.join("ready"), &mut owner);
    let in_use = Cluster::start(&Options::durable(&scratch.0)).unwrap_err();
    assert!(matches!(in_use, Error::InUse { owner: Some(pid), .. } if pid == owner.id()));
    owner.kill().unwrap();
    owner.wait().unwrap();

    let adopted = Cluster::start(&Options::durable(&scratch.0)).unwrap();
    assert!(adopted.was_adopted());
    assert_eq!(single_value(&adopted, "postgres", "SELECT 1"), "1");
    let socket = socket(&adopted);
    adopted.stop().unwrap();
    assert!(!socket.exists());
}

#[test]
fn a_server_of_a_killed_owner_gets_a_new_archive() {
    if let Some(directory) = std::env::var_os(CHILD_DIRECTORY) {
        own_until_killed(Path::new(&directory));
    }
    let scratch = Scratch::new("orphan-archive");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_server_of_a_killed_owner_gets_a_new_archive", "--nocapture"])
        .env(CHILD_DIRECTORY, &scratch.0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&scratch.0.join("ready"), &mut owner);
    owner.kill().unwrap();
    owner.wait().unwrap();

    let archive = Scratch::new("orphan-archive-folder");
    let cluster = Cluster::start(&Options::durable(&scratch.0).archive(&archive.0)).unwrap();
    assert!(!cluster.was_adopted());
    assert_eq!(single_value(&cluster, "postgres", "SHOW archive_mode"), "on");
    cluster.stop().unwrap();
}

/// The child process: owns a cluster until it is killed.
fn own_until_killed(directory: &Path) -> ! {
    let _cluster = Cluster::start(&Options::durable(directory)).unwrap();
    std::fs::write(directory.join("ready"), "").unwrap();
    std::thread::sleep(Duration::from_secs(120));
    std::process::exit(1)
}

fn wait_for(path: &Path, writer: &mut Child) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !path.exists() {
        assert!(Instant::now() < deadline, "{} did not appear", path.display());
        assert_eq!(writer.try_wait().unwrap(), None, "it ended before {} was there", path.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_killed_server_is_restarted_and_needs_no_stop() {
    let scratch = Scratch::new("killed");
    let mut cluster = Cluster::start(&Options::durable(&scratch.0)).unwrap();
    cluster.query("postgres", "CREATE TABLE saved (n int); INSERT INTO saved VALUES (42)").unwrap();
    let socket = cluster.socket();
    kill_server(&cluster);
    cluster.restart().unwrap();
    assert_eq!(cluster.socket(), socket);
    assert_eq!(single_value(&cluster, "postgres", "SELECT n FROM saved"), "42");
    kill_server(&cluster);
    cluster.stop().unwrap();
}

#[test]
fn a_restart_without_data_is_an_error_and_creates_no_cluster() {
    let mut cluster = Cluster::temporary().unwrap();
    let data = PathBuf::from(single_value(&cluster, "postgres", "SHOW data_directory"));
    kill_server(&cluster);
    std::fs::rename(&data, data.with_extension("lost")).unwrap();
    assert!(matches!(cluster.restart(), Err(Error::File { path, .. }) if path == data));
    assert!(!data.exists());
}

/// Kills the postmaster and waits until its socket rejects connections.
fn kill_server(cluster: &Cluster) {
    let data = single_value(cluster, "postgres", "SHOW data_directory");
    let pid_file = std::fs::read_to_string(Path::new(&data).join("postmaster.pid")).unwrap();
    let killed = Command::new("kill").args(["-9", pid_file.lines().next().unwrap()]).status().unwrap();
    assert!(killed.success());
    while UnixStream::connect(cluster.socket()).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn data_of_another_major_version_are_refused_with_the_remedy() {
    let scratch = Scratch::new("version");
    let cluster = Cluster::start(&Options::durable(&scratch.0)).unwrap();
    let data = PathBuf::from(single_value(&cluster, "postgres", "SHOW data_directory"));
    cluster.stop().unwrap();
    std::fs::write(data.join("PG_VERSION"), "14\n").unwrap();
    let error = Cluster::start(&Options::durable(&scratch.0)).unwrap_err();
    assert!(matches!(error, Error::NoBinaries { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("of version 14, which wrote the existing data") && text.contains("pg_upgrade"),
        "{text}"
    );
}
