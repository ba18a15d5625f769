//! A database that responds, but can't write: requests fail with a specific code and `Retry-After`, the health report
//! names the problem, and the service recovers without a restart.

use crate::app::{Answer, Postgres, TestApp, site};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use std::time::{Duration, Instant};
use store::testing::Proxy;

/// The rounds of changes that must succeed in a row.
const RECOVERED_ROUNDS: u32 = 20;

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(90);

/// The polling interval.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// Places a block, creates an item and creates an order.
async fn changes(app: &TestApp, item: i64) -> [Answer; 3] {
    let line = json!({"itemId": item, "quantity": 1});
    [
        app.post("/api/items/block/temporary", line.clone()).await,
        app.post("/api/items", json!({"name": "Vase", "quantity": 1, "price": "1"})).await,
        app.post("/api/orders", json!({"lines": [line]})).await,
    ]
}

fn check_rejected(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert_eq!(answer.body["code"], code, "{}", answer.text);
    let seconds = answer.header("retry-after").parse::<u32>();
    assert!(seconds.is_ok_and(|seconds| seconds > 0), "{:?}", answer.headers);
}

/// Waits until all changes fail with `code` and the health report names it. Earlier failures, and those of background
/// tasks, may have another code.
async fn check_impaired(app: &TestApp, item: i64, code: &str) {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answers = changes(app, item).await;
        let reported: Vec<_> = answers.iter().map(|answer| answer.text.clone()).collect();
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 503)), "{reported:?}");
        let health = read(app, "/health").await;
        if answers.iter().all(|answer| answer.body["code"] == code) && health["databaseProblem"] == code {
            answers.iter().for_each(|answer| check_rejected(answer, code));
            assert_eq!(health["status"], "degraded", "{health}");
            return;
        }
        assert!(Instant::now() < deadline, "{reported:?}, {health}");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

/// Waits until all changes succeed several times in a row, so that every connection of a pool is used. Until then they
/// fail with 503.
async fn check_recovers(app: &TestApp, item: i64) {
    let deadline = Instant::now() + TIMEOUT;
    let mut succeeded = 0;
    while succeeded < RECOVERED_ROUNDS {
        let answers = changes(app, item).await;
        if answers.iter().all(|answer| answer.status == 201) {
            succeeded += 1;
            continue;
        }
        succeeded = 0;
        let reported: Vec<_> = answers.iter().map(|answer| &answer.text).collect();
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 503)), "{reported:?}");
        assert!(Instant::now() < deadline, "{reported:?}");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

/// Returns the body of a read. It is retried until broken connections are replaced.
async fn read(app: &TestApp, path: &str) -> Value {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let answer = app.get(path).await;
        if answer.status == 200 {
            return answer.body;
        }
        assert!(answer.status == 503 && Instant::now() < deadline, "{}", answer.text);
    }
}

async fn run(database: &PgPool, sql: impl Into<String>) {
    sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(database).await.expect("done");
}

/// Makes every write fail with a SQLSTATE, and checks the code. Each trigger is created in its own transaction, and the
/// repair replaces the function only: locks on several tables could end in a deadlock with a background task.
async fn check_failing_statements(sqlstate: &str, code: &str) {
    let app = TestApp::start().await;
    let item = app.item(1_000).await;
    let function = |body: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$"
        )
    };
    run(&app.database, function(&format!("RAISE EXCEPTION 'no room' USING ERRCODE = '{sqlstate}'"))).await;
    for table in ["block_inventory", "items", "orders"] {
        let trigger =
            format!("CREATE TRIGGER fail BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail()");
        run(&app.database, trigger).await;
    }
    check_impaired(&app, item, code).await;
    assert_eq!(app.available(item).await, 1_000, "nothing was changed");
    run(&app.database, function("RETURN NEW")).await;
    check_recovers(&app, item).await;
}

#[tokio::test]
async fn a_full_disk_is_reported() {
    check_failing_statements("53100", "storage_full").await;
}

#[tokio::test]
async fn a_database_without_memory_is_reported() {
    check_failing_statements("53200", "database_out_of_memory").await;
}

/// A session keeps its initial setting, so sessions of that time must be replaced.
#[tokio::test]
async fn a_read_only_database_is_reported() {
    let app = TestApp::start().await;
    let item = app.item(1_000).await;
    let name = sqlx::query_scalar::<_, String>("SELECT current_database()");
    let name = name.fetch_one(&app.database).await.expect("a name");
    let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    run(&app.database, set).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'stockhold'";
    run(&app.database, end).await;
    check_impaired(&app, item, "database_read_only").await;
    read(&app, &format!("/api/items/{item}")).await;
    let reset =
        format!("BEGIN READ WRITE; ALTER DATABASE {name} RESET default_transaction_read_only; COMMIT");
    run(&app.database, reset).await;
    check_recovers(&app, item).await;
    let deadline = Instant::now() + TIMEOUT;
    while read(&app, "/health").await["status"] != "ok" {
        assert!(Instant::now() < deadline, "the health report does not recover");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

#[tokio::test]
async fn a_role_without_rights_is_reported() {
    let postgres = Postgres::find();
    let database_url = postgres.create_database().await;
    let database = PgPool::connect(&database_url).await.expect("a connection");
    let role = format!("role_{}", uuid::Uuid::now_v7().simple());
    let role_url = own_by_role(&database, &database_url, &role).await;
    let app = TestApp::over(postgres, role_url, site("target/no-site"), |_| {}).await;
    let item = app.item(1_000).await;
    let tables = "block_inventory, items, orders";
    run(&database, format!("REVOKE INSERT ON {tables} FROM {role}")).await;
    check_impaired(&app, item, "database_permission_denied").await;
    run(&database, format!("GRANT INSERT ON {tables} TO {role}")).await;
    check_recovers(&app, item).await;
}

/// Creates a role that owns the database. Returns the database's URL for it.
pub async fn own_by_role(database: &PgPool, database_url: &str, role: &str) -> String {
    run(database, format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'")).await;
    let give = format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO {role}', current_database()); END $$"
    );
    run(database, give).await;
    let (_, place) = database_url.split_once('@').expect("a URL with a user");
    format!("postgres://{role}:secret@{place}")
}

/// The connection breaks during the commit.
#[tokio::test]
async fn an_unknown_outcome_says_when_to_look() {
    let postgres = Postgres::find();
    let database_url = postgres.create_database().await;
    let proxy = Proxy::start(&database_url).await;
    let database = PgPool::connect(&database_url).await.expect("a connection");
    let app = TestApp::over(postgres, proxy.url(&database_url), site("target/no-site"), |config| {
        config.database.lock_timeout_milliseconds = 60_000;
    })
    .await;
    let item = app.item(1_000).await;
    let mut lock = database.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE items IN EXCLUSIVE MODE").execute(&mut *lock).await.expect("locked");
    let create = app.post("/api/items", json!({"name": "Vase", "quantity": 1, "price": "1"}));
    let cut = async {
        let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                                       AND application_name = 'stockhold' AND wait_event_type = 'Lock')";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&database).await.expect("an answer") {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        proxy.cut();
    };
    let (answer, ()) =
        tokio::time::timeout(TIMEOUT, async { tokio::join!(create, cut) }).await.expect("in time");
    check_rejected(&answer, "outcome_unknown");
    lock.rollback().await.expect("unlocked");
    proxy.resume();
    check_recovers(&app, item).await;
}
