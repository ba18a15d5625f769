//! Servers of another version than the schema, and two servers that migrate at the same time.

use crate::binary::{ServerProcess, stockhold};
use crate::process::check_rejected;
use sqlx::PgPool;

/// The two ways to start a server.
const STARTS: [&[&str]; 2] = [&["serve"], &["serve", "--no-migrate"]];

/// Starts a server on the database with these arguments. It must fail with this error.
fn check_start_fails(url: &str, arguments: &[&str], wanted: &str) {
    let output = stockhold().args(arguments).env("DATABASE_URL", url).output().expect("run");
    check_rejected(&output, wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_refuses_the_schema_of_another_version_in_words() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let change = async |sql: &'static str| sqlx::raw_sql(sql).execute(&pool).await.expect("changed");

    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'next', true, '', 0)";
    change(newer).await;
    for arguments in STARTS.iter().copied().chain([["migrate"].as_slice()]) {
        check_start_fails(&url, arguments, "the schema is newer than this program: it has 1 migrations");
    }
    change("DELETE FROM _sqlx_migrations WHERE version = 9999").await;

    // A program whose migration 6 was edited after its release.
    change("UPDATE _sqlx_migrations SET checksum = checksum || 'x' WHERE version = 6").await;
    for arguments in STARTS.iter().copied().chain([["migrate"].as_slice()]) {
        check_start_fails(
            &url,
            arguments,
            "migration 6 of the database is not the one that this program has",
        );
    }
    change(
        "UPDATE _sqlx_migrations SET checksum = substr(checksum, 1, length(checksum) - 1) WHERE version = 6",
    )
    .await;

    let mut command = stockhold();
    command.args(STARTS[1]).env("DATABASE_URL", &url);
    ServerProcess::start(command).stop("-TERM");
    change("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)").await;
    check_start_fails(&url, STARTS[1], "the schema is older than this program: 1 migrations are missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_migrate_an_empty_database_at_the_same_time() {
    let url = store::testing::database().await;
    let start = || {
        let mut command = stockhold();
        command.arg("serve").env("DATABASE_URL", &url);
        tokio::task::spawn_blocking(|| ServerProcess::start(command))
    };
    let (one, other) = tokio::join!(start(), start());
    one.expect("started").stop("-TERM");
    other.expect("started").stop("-TERM");
}
