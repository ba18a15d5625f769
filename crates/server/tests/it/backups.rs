//! `stockhold backup` and `stockhold restore`: the private PostgreSQL is killed, and restored to a time and to the end of its
//! log.

use crate::binary::{Folder, ServerProcess, stockhold};
use crate::process::check_fails;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A shop whose server has a private PostgreSQL with an archive.
struct Shop {
    folder: Folder,
    runtime: tokio::runtime::Runtime,
}

impl Shop {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        Self { folder: Folder::new("backup"), runtime }
    }

    /// A folder below the shop's.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// A command on the data directory of this name.
    fn command(&self, data: &str) -> Command {
        let mut command = stockhold();
        command.env("STOCKHOLD_DATA_DIR", self.path(data));
        command.env("STOCKHOLD_WAL_ARCHIVE_DIR", self.path("archive"));
        command
    }

    fn serve(&self, data: &str) -> ServerProcess {
        let mut command = self.command(data);
        command.arg("serve");
        ServerProcess::start(command)
    }

    fn run(&self, data: &str, arguments: &[&str]) -> Output {
        self.command(data).args(arguments).output().expect("run")
    }

    /// Runs a command that succeeds. Returns its output.
    fn output(&self, data: &str, arguments: &[&str]) -> String {
        let output = self.run(data, arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Value {
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            assert!(answer.status().is_success(), "{answer:?}");
            answer.json().await.expect("JSON")
        })
    }

    fn post(&self, serving: &ServerProcess, path: &str, body: &Value) -> Value {
        self.send(reqwest::Client::new().post(format!("{}{path}", serving.url)).json(body))
    }

    fn hold(&self, serving: &ServerProcess, item: i64, units: i32) {
        self.post(serving, "/api/items/block/temporary", &json!({"itemId": item, "quantity": units}));
    }

    /// Checks a restored data directory: the units, the ledger, and that it can be changed.
    fn check_restored(&self, data: &str, item: i64, available: i64) {
        let reconciled = self.output(data, &["reconcile"]);
        assert!(reconciled.contains("Every unit is accounted for"), "{reconciled}");
        let serving = self.serve(data);
        let read = || self.send(reqwest::Client::new().get(format!("{}/api/items/{item}", serving.url)));
        assert_eq!(read()["quantity"], available);
        self.hold(&serving, item, 1);
        assert_eq!(read()["quantity"], available - 1);
        serving.stop("-TERM");
    }

    /// The database's time.
    fn now(&self, data: &str) -> String {
        let postgres = self.path(data).join("postgres");
        let url = cluster::Cluster::running_url(&postgres, "stockhold").expect("an answer").expect("it runs");
        self.runtime.block_on(async {
            let pool = sqlx::PgPool::connect(&url).await.expect("a connection");
            let now = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(&pool).await;
            let now: chrono::DateTime<chrono::Utc> = now.expect("a time");
            now.to_rfc3339()
        })
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // The data may be behind links, which the folder removes for one data directory only.
        for entry in std::fs::read_dir(&self.folder.0).into_iter().flatten().flatten() {
            if let Ok(home) = entry.path().join("postgres/cluster").canonicalize() {
                let _ = std::fs::remove_dir_all(home);
            }
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_killed_shop_is_restored_to_a_time_and_to_its_last_change() {
    let shop = Shop::new();
    let backups = shop.path("backups");
    let serving = shop.serve("shop");
    let item = json!({"name": "Vase", "quantity": 10, "price": "1"});
    let item = shop.post(&serving, "/api/items", &item)["id"].as_i64().expect("an id");
    let before = shop.now("shop");
    let taken = shop.output("shop", &["backup", text(&backups)]);
    assert!(taken.contains("is complete and verified."), "{taken}");
    shop.hold(&serving, item, 3);
    // The name of the backup is its end, rounded up to a second.
    let ended = names(&backups)[0].trim_end_matches('Z').to_owned();
    let mut time = shop.now("shop");
    while time.replace(['-', ':'], "") < ended {
        time = shop.now("shop");
    }
    shop.hold(&serving, item, 2);

    // The machine fails: nothing is stopped.
    let postmaster =
        std::fs::read_to_string(shop.path("shop/postgres/cluster/data/postmaster.pid")).expect("it runs");
    let killed = Command::new("kill")
        .args(["-9", &serving.child.id().to_string(), postmaster.lines().next().expect("an id")])
        .status();
    assert!(killed.expect("run").success());
    drop(serving);
    let log = shop.path("shop/postgres/cluster/data/pg_wal");
    let restore = |data: &str, arguments: &[&str]| {
        let common = ["restore", text(&backups), "--wal", text(&log)];
        shop.run(data, &[common.as_slice(), arguments].concat())
    };

    check_fails(&restore("shop", &[]), "a restore never overwrites one");
    check_fails(&restore("time", &["--until", &before]), "no backup ended before");
    let future = restore("time", &["--until", "2099-01-01T00:00:00Z"]);
    check_fails(&future, "the log ends before 2099-01-01T00:00:00.000000Z");
    assert!(
        !shop.path("time/postgres/cluster/data").exists()
            && !shop.path("time/postgres/cluster/data.restoring").exists()
    );

    let restored = restore("time", &["--until", &time]);
    let printed = String::from_utf8_lossy(&restored.stdout).into_owned();
    assert!(restored.status.success() && printed.contains("on timeline 2."), "{restored:?}");
    shop.check_restored("time", item, 7);

    // The newest timeline is the one of that restore.
    let restored = restore("latest", &["--timeline", "1"]);
    assert!(restored.status.success(), "{restored:?}");
    shop.check_restored("latest", item, 5);
    let followed = restore("followed", &["--timeline", "2"]);
    assert!(followed.status.success(), "{followed:?}");
    shop.check_restored("followed", item, 6);
}

#[test]
fn old_backups_and_their_log_are_removed() {
    let shop = Shop::new();
    let (backups, archive) = (shop.path("backups"), shop.path("archive"));
    shop.output("shop", &["migrate"]);
    // Without a server, which the command starts.
    shop.output("shop", &["backup", text(&backups)]);
    let first = names(&backups);
    assert!(!names(&archive).is_empty());
    let oldest_segment = names(&archive)[0].clone();
    let printed = shop.output("shop", &["backup", text(&backups), "--keep", "1"]);
    let second = names(&backups);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert!(first < second && printed.contains("was removed."), "{printed}");
    assert!(!names(&archive).contains(&oldest_segment));
    // The log of the backup is enough for itself.
    shop.output("copy", &["restore", text(&backups.join(&second[0]))]);
    shop.output("copy", &["reconcile"]);

    std::fs::write(backups.join("incomplete"), "").expect("written");
    check_fails(&shop.run("shop", &["backup", text(&backups)]), "another backup runs, or was interrupted");
    let damaged = backups.join(&second[0]).join("global/pg_control");
    std::fs::write(damaged, "damaged").expect("written");
    check_fails(&shop.run("damaged", &["restore", text(&backups)]), "pg_verifybackup");
}

#[test]
fn an_interrupted_restore_is_no_database() {
    let shop = Shop::new();
    shop.output("shop", &["migrate"]);
    let data = shop.path("shop/postgres/cluster/data");
    std::fs::rename(&data, data.with_extension("restoring")).expect("renamed");
    for (arguments, reason) in
        [(["migrate"].as_slice(), "this restore was interrupted"), (&["reconcile"], "postgres/cluster/data")]
    {
        check_fails(&shop.run("shop", arguments), reason);
    }
    assert!(!data.exists());
}

#[test]
fn an_external_database_is_backed_up_by_its_own_tools() {
    let run = |arguments: &[&str], variable: &str| {
        let mut command = stockhold();
        command
            .args(arguments)
            .env("DATABASE_URL", "postgres://127.0.0.1:1/shop")
            .env(variable, "/tmp/nothing");
        command.output().expect("run")
    };
    for command in ["backup", "restore"] {
        check_fails(&run(&[command, "/tmp/nothing"], "OTHER"), "pgBackRest");
    }
    check_fails(
        &run(&["migrate"], "STOCKHOLD_WAL_ARCHIVE_DIR"),
        "STOCKHOLD_WAL_ARCHIVE_DIR is for the private PostgreSQL",
    );
}
