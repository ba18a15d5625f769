//! The binary: output and exit codes.

use crate::binary::{Folder, ServerProcess, stockhold};
use sqlx::{Connection as _, PgConnection};
use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::str::FromStr as _;

/// Adds an administrator. `command` is a [`stockhold`] without a subcommand, for the database of the server.
pub fn add_administrator(mut command: Command, name: &str) {
    command.args(["user", "add", name, "--role", "administrator"]);
    let mut adding = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("run");
    let mut input = adding.stdin.take().expect("an input");
    input.write_all(b"correct horse battery\n").expect("written");
    drop(input);
    assert!(adding.wait().expect("an end").success());
}

/// Checks that a command failed with 1 and this error.
pub fn check_fails(output: &Output, wanted: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.starts_with("error: ") && errors.contains(wanted), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}

/// Checks a failure like [`check_fails`], but log lines may precede the error.
pub fn check_rejected(output: &Output, wanted: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.lines().any(|line| line.starts_with("error: ") && line.contains(wanted)), "{errors}");
}

#[test]
fn it_prints_its_version() {
    let output = stockhold().arg("--version").output().expect("run");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        concat!("stockhold ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn an_address_in_use_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = stockhold().arg("serve").env("LEPTOS_SITE_ADDR", &address).output().expect("run");
    check_fails(&output, &format!("another program listens on {address} already"));
}

#[test]
fn an_unreachable_database_is_an_error() {
    for command in [["serve"].as_slice(), &["migrate"], &["seed", "--demo"]] {
        let output = stockhold().args(command).env("DATABASE_URL", "postgres://127.0.0.1:1/shop").output();
        check_fails(&output.expect("run"), "the database that DATABASE_URL names can't be reached");
    }
    let output = stockhold().arg("serve").env("DATABASE_URL", "postgres://127.0.0.1:1/shop").output();
    check_fails(&output.expect("run"), "nothing listens there; start PostgreSQL");
    let output = stockhold().arg("migrate").env("DATABASE_URL", "nonsense").output().expect("run");
    check_fails(&output, "DATABASE_URL");
}

#[tokio::test]
async fn it_serves_from_a_private_postgresql_and_keeps_the_data() {
    let folder = Folder::new("serve");
    for (start, signal) in ["-TERM", "-INT"].into_iter().enumerate() {
        let mut command = stockhold();
        command.args(["serve", "--demo"]).env("STOCKHOLD_DATA_DIR", &folder.0);
        let serving = ServerProcess::start(command);
        let demo = serving
            .lines_before_ready
            .iter()
            .find(|line| line.starts_with("Demo data: "))
            .expect("a line on the demo");
        assert_eq!(demo.contains("not loaded"), start > 0, "{demo}");
        let text = reqwest::get(format!("{}/api/categories", serving.url)).await.expect("an answer");
        let categories: serde_json::Value =
            serde_json::from_str(&text.text().await.expect("a body")).expect("JSON");
        assert_eq!(categories.as_array().map(Vec::len), Some(15));
        serving.stop(signal);
    }
}

/// Next to a running server, on its private PostgreSQL, and without one.
#[test]
fn reconcile_shares_a_running_private_postgresql_and_migrates_nothing() {
    let folder = Folder::new("reconcile");
    let reconcile = |arguments: &[&str]| {
        let mut command = stockhold();
        command.arg("reconcile").args(arguments).env("STOCKHOLD_DATA_DIR", &folder.0);
        command.output().expect("run")
    };
    let nothing = reconcile(&[]);
    check_fails(&nothing, "there is no private PostgreSQL in");
    assert!(!folder.0.exists(), "a check creates nothing");

    let mut command = stockhold();
    command.args(["serve", "--demo"]).env("STOCKHOLD_DATA_DIR", &folder.0);
    let serving = ServerProcess::start(command);
    let postgres = folder.0.join("postgres");
    let url = cluster::Cluster::running_url(&postgres, "stockhold").expect("an answer").expect("a URL");
    let database = |sql: &'static str| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let pool = sqlx::PgPool::connect(&url).await.expect("a connection");
            sqlx::raw_sql(sql).execute(&pool).await.expect("changed");
        });
    };
    let fine = reconcile(&[]);
    assert!(fine.status.success(), "{fine:?}");
    database("SET session_replication_role = replica; UPDATE items SET quantity = quantity + 1 WHERE id = 1");
    let wrong = reconcile(&[]);
    check_fails(&wrong, "1 discrepancies; `stockhold reconcile --apply` repairs 1 of them");
    let reported = String::from_utf8_lossy(&wrong.stdout);
    assert!(
        reported.contains("item 1: quantity ") && reported.contains("Remedy: --apply writes the sum"),
        "{reported}"
    );
    assert!(reconcile(&["--apply"]).status.success());
    assert!(reconcile(&[]).status.success());

    database("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    for arguments in [[].as_slice(), &["--apply"]] {
        check_fails(&reconcile(arguments), "the schema is older than this program: 1 migrations are missing");
    }
    // The server and its PostgreSQL still run.
    serving.stop("-TERM");
    assert!(cluster::Cluster::running_url(&postgres, "stockhold").expect("an answer").is_none());
    // PostgreSQL is started only for the check, which migrates nothing.
    check_fails(&reconcile(&[]), "the schema is older than this program: 1 migrations are missing");
}

/// Beside a running server, on its private PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_are_managed_beside_a_running_server() {
    let folder = Folder::new("clients");
    let data = folder.0.clone();
    let client = move |arguments: &[&str]| {
        let mut command = stockhold();
        command.arg("client").args(arguments).env("STOCKHOLD_DATA_DIR", &data).output().expect("run")
    };
    check_fails(&client(&["list"]), "there is no private PostgreSQL in");
    let mut command = stockhold();
    command.arg("serve").env("STOCKHOLD_DATA_DIR", &folder.0).env("STOCKHOLD_LOCAL_ACCESS", "off");
    let serving = tokio::task::spawn_blocking(move || ServerProcess::start(command)).await.expect("started");
    let output = |arguments: &[&str]| {
        let output = client(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let token_in =
        |text: &str| text.lines().find(|line| line.starts_with("shk_")).expect("a token").to_owned();
    let address = format!("{}/api/items", serving.url);
    let status = async |token: &str| {
        let request = reqwest::Client::new().get(&address).bearer_auth(token);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert!(output(&["list"]).contains("There are no clients."));
    let added = output(&["add", "shop", "--scope", "stock:read,holds:write", "--expires-days", "30"]);
    assert!(added.contains("Client shop was created, with stock:read, holds:write."), "{added}");
    let first = token_in(&added);
    assert_eq!(status(&first).await, 200);
    let rotated = output(&["rotate", "shop"]);
    assert!(rotated.contains("stockhold client revoke shop --token 1"), "{rotated}");
    let second = token_in(&rotated);
    check_fails(&client(&["rotate", "shop"]), "Client shop has 2 valid tokens, which is the maximum");
    check_fails(&client(&["add", "shop", "--scope", "admin"]), "Another client has the name shop.");
    check_fails(&client(&["add", "Shop", "--scope", "admin"]), "name must be 1 to 64 of the characters");
    check_fails(&client(&["add", "other", "--scope", "all"]), "scopes must be of stock:read, stock:write");

    let rejected_soon = async |token: &str| {
        let begun = std::time::Instant::now();
        while status(token).await != 401 {
            assert!(begun.elapsed() < std::time::Duration::from_secs(1), "the token is still accepted");
        }
    };
    assert!(output(&["revoke", "shop", "--token", "1"]).contains("Tokens revoked: 1."));
    rejected_soon(&first).await;
    check_fails(&client(&["revoke", "shop", "--token", "1"]), "token 1 was not valid");
    assert_eq!(status(&second).await, 200);
    let listed = output(&["list"]);
    assert!(
        listed.contains("shop: stock:read, holds:write") && listed.contains("): revoked, expires"),
        "{listed}"
    );
    assert!(!listed.contains(&second), "{listed}");
    output(&["disable", "shop"]);
    rejected_soon(&second).await;
    check_fails(&client(&["rotate", "nobody"]), "There is no client nobody.");
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
}

/// The versions of the migrations become those of the former series.
const MAKE_FORMER: &str = "UPDATE _sqlx_migrations SET version = 20261122000000 + version";

#[tokio::test]
async fn every_command_refuses_a_database_of_the_former_migrations() {
    let url = store::testing::database().await;
    let run = |arguments: &[&str]| {
        stockhold().args(arguments).env("LEPTOS_SITE_ADDR", "127.0.0.1:0").env("DATABASE_URL", &url).output()
    };
    assert!(run(&["migrate"]).expect("run").status.success());
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    sqlx::raw_sql(MAKE_FORMER).execute(&mut connection).await.expect("changed");
    let commands: [&[&str]; 6] = [
        &["serve"],
        &["serve", "--no-migrate"],
        &["migrate"],
        &["seed", "--demo"],
        &["reconcile"],
        &["reconcile", "--apply"],
    ];
    for command in commands {
        let output = run(command).expect("run");
        check_rejected(&output, "created by an earlier development version of Stockhold");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\n    CREATE DATABASE "), "{output:?}");
    }
}

#[test]
fn the_command_in_the_refusal_of_a_former_private_database_helps() {
    let folder = Folder::new("former");
    let migrate = || stockhold().arg("migrate").env("STOCKHOLD_DATA_DIR", &folder.0).output().expect("run");
    assert!(migrate().status.success());
    let postgres = folder.0.join("postgres");
    let cluster = cluster::Cluster::start(&cluster::Options::durable(&postgres)).expect("started");
    cluster.query("stockhold", MAKE_FORMER).expect("changed");
    cluster.stop().expect("stopped");
    let refused = migrate();
    check_rejected(&refused, "created by an earlier development version of Stockhold");
    let text = String::from_utf8_lossy(&refused.stderr);
    let command = text.lines().find_map(|line| line.strip_prefix("    ")).expect("a command");
    let done = std::process::Command::new("sh").args(["-c", command]).status().expect("run");
    assert!(done.success(), "{command}");
    let again = migrate();
    assert!(again.status.success(), "{again:?}");
    // If the data folder is a link, the moved files are outside of the test's folder.
    let moved = command.split('\'').nth(3).expect("the moved folder");
    std::fs::remove_dir_all(moved).expect("removed");
}

#[tokio::test]
async fn a_database_of_another_application_is_rejected_with_the_remedy() {
    let migrate = |url: &str| stockhold().arg("migrate").env("DATABASE_URL", url).output().expect("run");
    let run = async |url: &str, sql: &'static str| {
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        sqlx::raw_sql(sql).execute(&mut connection).await.expect("run");
    };
    // Another application's tables.
    let foreign = store::testing::database().await;
    run(&foreign, "CREATE TABLE items (sku text)").await;
    check_rejected(&migrate(&foreign), "the database has tables of another application");
    // A schema of a later version.
    let newer = store::testing::database().await;
    assert!(migrate(&newer).status.success());
    run(
        &newer,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99990101000000, 'later', true, '', 0)",
    )
    .await;
    check_rejected(&migrate(&newer), "the schema is newer than this program");
    // A role without rights.
    let bare = store::testing::database().await;
    run(
        &bare,
        "DO $$ BEGIN CREATE ROLE stockhold_bare LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
         REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    )
    .await;
    let options = sqlx::postgres::PgConnectOptions::from_str(&bare).expect("a URL");
    let by_bare = bare.replacen(&format!("{}@", options.get_username()), "stockhold_bare:secret@", 1);
    check_rejected(&migrate(&by_bare), "the role may not create what the schema needs");
}

#[test]
fn a_server_for_other_machines_needs_an_administrator() {
    let folder = Folder::new("first-administrator");
    let run = |arguments: &[&str]| {
        let mut command = stockhold();
        command
            .args(arguments)
            .env("STOCKHOLD_DATA_DIR", &folder.0)
            .env("LEPTOS_SITE_ADDR", "0.0.0.0:0")
            .env("STOCKHOLD_HOSTS", "stock.example");
        command
    };
    check_rejected(
        &run(&["serve"]).output().expect("run"),
        "add one with `stockhold user invite NAME --role administrator`",
    );
    let invited = run(&["user", "invite", "eve", "--role", "administrator"]).output().expect("run");
    let text = String::from_utf8_lossy(&invited.stdout).into_owned();
    assert!(text.contains("http://stock.example:0/invitation?secret="), "{invited:?}");
    ServerProcess::start(run(&["serve"])).stop("-TERM");
    add_administrator(run(&[]), "ada");
    let serving = ServerProcess::start(run(&["serve"]));
    let output = run(&["user", "invite", "anna", "--role", "viewer", "--url", "https://stock.example/"]);
    let output = { output }.output().expect("run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("https://stock.example/invitation?secret="), "{output:?}");
    let list = run(&["user", "list"]).output().expect("run");
    let text = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(text.contains("ada (ada): administrator, enabled, sessions: 0"), "{text}");
    assert!(text.contains("anna (anna): viewer, invited, sessions: 0"), "{text}");
    let again = run(&["user", "invite", "anna", "--role", "viewer"]).output().expect("run");
    check_rejected(&again, "Another person has the name anna");
    serving.stop("-TERM");
}
