//! `stockhold archive`, and a server with archived movements.

use crate::app::{TestApp, site};
use crate::binary::stockhold;
use crate::demo::{loaded, served_at};
use crate::process::check_fails;
use crate::webhook_receiver::{Receiver, Reply};
use crate::webhooks::{allow, endpoint, until};
use chrono::{TimeDelta, Utc};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

/// The longest wait for a background task.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A date this many days ago.
fn date(days: i64) -> String {
    (Utc::now() - TimeDelta::days(days)).format("%Y-%m-%d").to_string()
}

/// Runs a command on a database.
fn run(url: &str, arguments: &[&str]) -> Output {
    stockhold().args(arguments).env("DATABASE_URL", url).output().expect("run")
}

/// Runs a command on a database, and returns its output.
#[track_caller]
fn output(url: &str, arguments: &[&str]) -> String {
    let output = run(url, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until a query returns 0.
async fn until_none(pool: &PgPool, query: &'static str) {
    let begun = Instant::now();
    while sqlx::query_scalar::<_, i64>(query).fetch_one(pool).await.expect("a count") > 0 {
        assert!(begun.elapsed() < WAIT_MAX, "{query}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Adds audit events, and makes all of them 60 days older.
async fn add_old_audit_events(pool: &PgPool) {
    let add = "INSERT INTO audit_events (actor, kind, subject, before, after)
               SELECT 'person:anna', 'client.changed', 'client:shop', '{\"warehouseIds\": null}', '{}'
                 FROM generate_series(1, 3);
               SET session_replication_role = replica;
               UPDATE audit_events SET created_at = created_at - interval '60 days';
               RESET session_replication_role";
    sqlx::raw_sql(add).execute(pool).await.expect("old events");
}

fn first_file(folder: &Path) -> String {
    let manifest: Value =
        serde_json::from_slice(&fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON");
    manifest["files"][0]["name"].as_str().expect("a name").to_owned()
}

/// The history of the demo is older than 30 days in part.
async fn archived() -> (TestApp, String, tempfile::TempDir, String) {
    let (app, url) = served_at().await;
    let folder = tempfile::tempdir().expect("a folder");
    let before = app.get("/api/events?after=0&limit=1").await.expect(200)["cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let path = folder.path().to_str().expect("UTF-8");
    let printed = output(&url, &["archive", "--before", &date(31), "--to", path]);
    assert!(printed.contains(" movements archived in "), "{printed}");
    (app, url, folder, before)
}

#[tokio::test]
async fn the_files_of_an_archive_prove_the_checkpoints() {
    let (_app, url, folder, _) = archived().await;
    let path = folder.path().to_str().expect("UTF-8");
    output(&url, &["reconcile"]);
    let verified = output(&url, &["archive", "verify", path]);
    assert!(verified.contains("the checkpoints of the database are their sums"), "{verified}");
    let nothing = output(&url, &["archive", "--before", &date(31), "--to", path]);
    assert!(nothing.contains("There are no movements to archive"), "{nothing}");
    check_fails(
        &run(&url, &["archive", "--before", &date(-1), "--to", path]),
        "must be at least 30 days ago",
    );
    let other = tempfile::tempdir().expect("a folder");
    let elsewhere =
        run(&url, &["archive", "--before", &date(30), "--to", other.path().to_str().expect("UTF-8")]);
    // Rows of one more day are archived, and the folder has no manifest.
    check_fails(&elsewhere, "has no manifest");

    // A checkpoint, or a file, that was changed is found.
    let pool = PgPool::connect(&url).await.expect("connected");
    let change = "SET session_replication_role = replica;
                  UPDATE ledger_checkpoints SET available = available + 1
                   WHERE item_id = (SELECT min(item_id) FROM ledger_checkpoints)";
    sqlx::raw_sql(change).execute(&pool).await.expect("changed");
    let wrong = run(&url, &["archive", "verify", path]);
    check_fails(&wrong, "faults in an archive");
    assert!(String::from_utf8_lossy(&wrong.stdout).contains("The checkpoint of item "), "{wrong:?}");
    output(&url, &["archive", "verify", path, "--files-only"]);
    let name = first_file(folder.path());
    fs::write(folder.path().join(&name), "x").expect("written");
    let wrong = run(&url, &["archive", "verify", path, "--files-only"]);
    check_fails(&wrong, "1 faults in an archive");
    let line = format!("{name}: its SHA-256 differs from the manifest's.");
    assert!(String::from_utf8_lossy(&wrong.stdout).contains(&line), "{wrong:?}");
}

#[tokio::test]
async fn answers_say_where_the_ledger_begins() {
    let (app, _url, _folder, before) = archived().await;
    let problem = app.get("/api/events?after=0").await.problem(410, "cursor_archived");
    let oldest = problem["cursor"].as_str().expect("a cursor");
    app.get(&format!("/api/events?after={before}")).await.problem(410, "cursor_archived");
    let events = app.get(&format!("/api/events?after={oldest}&limit=1")).await.expect(200);
    assert_eq!(events["events"].as_array().map(Vec::len), Some(1), "{events}");
    let webhook = json!({"name": "Shop", "url": "https://shop.example/", "after": before});
    app.post("/api/webhooks", webhook).await.problem(410, "cursor_archived");
    let webhook =
        app.post("/api/webhooks", json!({"name": "Shop", "url": "https://shop.example/"})).await.expect(201);
    let replay = format!("/api/webhooks/{}/replay", webhook["webhook"]["id"]);
    for early in [json!({"cursor": "0"}), json!({"since": "2020-01-01T00:00:00Z"})] {
        app.post(&replay, early).await.problem(410, "cursor_archived");
    }
    app.post(&replay, json!({"cursor": oldest})).await.expect(200);

    let csv = app.get("/api/movements.csv?itemId=1").await;
    let since = csv.header("history-since").to_owned();
    assert!(since.starts_with("20") && since < date(30), "{since}");
    let text = |value: &Value| value.as_str().map(|text| text.chars().take(19).collect::<String>());
    let wanted = Some(since.chars().take(19).collect::<String>());
    let (from, until) = (date(50), date(0));
    let activity =
        app.get(&format!("/api/activity?from={from}T00:00:00Z&until={until}T00:00:00Z")).await.expect(200);
    assert_eq!(text(&activity["historySince"]), wanted);
    let short = app.get("/api/activity?span=week").await.expect(200);
    assert_eq!(short["historySince"], Value::Null);
    let mut path = "/api/items/1/movements?limit=100".to_owned();
    let page = loop {
        let page = app.get(&path).await.expect(200);
        match page["next"].as_str() {
            Some(next) => path = format!("/api/items/1/movements?limit=100&after={next}"),
            None => break page,
        }
    };
    assert_eq!(text(&page["historySince"]), wanted);
    let page = app.get("/movements?item=1&kind=written_off").await;
    assert!(page.text.contains("History since "), "{}", page.text);
    app.get("/api/items/1/history?hours=2160").await.expect(200);
}

#[tokio::test]
async fn a_server_with_a_folder_archives_at_each_interval() {
    let (postgres, url) = loaded().await;
    let pool = PgPool::connect(&url).await.expect("connected");
    add_old_audit_events(&pool).await;
    let old = "SELECT count(*) FROM stock_movements WHERE created_at < now() - interval '31 days'";
    assert!(sqlx::query_scalar::<_, i64>(old).fetch_one(&pool).await.expect("a count") > 0);
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("archive");
    let mut app = TestApp::over(postgres, url.clone(), site("target/no-site"), |config| {
        config.archive.archive_dir = Some(archive.clone());
        config.archive.archive_interval = Duration::from_millis(100);
        config.archive.ledger_days = 31;
        config.access.audit_days = 31;
    })
    .await;
    until_none(&pool, old).await;
    until_none(&pool, "SELECT count(*) FROM audit_events WHERE created_at < now() - interval '31 days'")
        .await;
    let events = app.get("/api/audit?kind=archive.written&limit=100").await.expect(200);
    let events = events["items"].as_array().expect("events");
    let subjects: HashSet<_> = events.iter().map(|event| event["subject"].as_str().expect("text")).collect();
    assert_eq!(subjects, HashSet::from(["archive:movements", "archive:audit"]));
    assert!(events.iter().all(|event| event["actor"] == "system"), "{events:?}");
    app.stop();
    app.stopped().await.expect("it stops");
    let path = archive.to_str().expect("UTF-8");
    let verified = output(&url, &["archive", "verify", path]);
    assert!(verified.contains("the checkpoints of the database are their sums"), "{verified}");
    output(&url, &["reconcile"]);
}

#[tokio::test]
async fn audit_events_are_archived_with_their_values() {
    let app = TestApp::start().await;
    add_old_audit_events(&app.database).await;
    let count = "SELECT count(*) FROM audit_events";
    let count: i64 = sqlx::query_scalar(count).fetch_one(&app.database).await.expect("a count");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let archive =
        || output(&app.database_url, &["archive", "--kind", "audit", "--before", &date(31), "--to", path]);
    let printed = archive();
    assert!(printed.contains(&format!("{count} audit events archived in 1 files")), "{printed}");

    let file = fs::File::open(folder.path().join(first_file(folder.path()))).expect("a file");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len() as i64, count);
    let last = lines.last().expect("an event");
    let wanted = [json!("person:anna"), json!("client:shop"), json!({"warehouseIds": null}), json!({})];
    assert_eq!(["actor", "subject", "before", "after"].map(|name| last[name].clone()), wanted);
    let listed = app.get("/api/audit?kind=client.changed").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    let events = app.get("/api/audit?kind=archive.written").await.expect(200);
    let event = &events["items"][0];
    let found = ["actor", "subject", "before", "after"].map(|name| event[name].clone());
    let after = json!({"position": last["id"], "rows": count});
    assert_eq!(found, [json!("local"), json!("archive:audit"), json!({"position": 0}), after]);

    let verified = output(&app.database_url, &["archive", "verify", path]);
    assert!(verified.contains(&format!("1 files, {count} rows")), "{verified}");
    assert!(archive().contains("There are no audit events to archive"));
}

#[tokio::test]
async fn a_paused_webhook_skips_no_archived_event_silently() {
    // The first retry is in an hour.
    let app = TestApp::start_with(|config| allow(config, &[3_600])).await;
    let (late_receiver, failed_receiver) = (Receiver::start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (late, _) = endpoint(&app, &late_receiver.url, json!({})).await;
    let (failed, _) = endpoint(&app, &failed_receiver.url, json!({})).await;
    let post = async |webhook: i64, action: &str, body: Value| {
        app.post(&format!("/api/webhooks/{webhook}/{action}"), body).await.expect(200)
    };
    post(late, "pause", json!({})).await;
    failed_receiver.answer(|_| Reply::Status(500));
    app.block(item, 1, 600).await;
    until(&app, failed, "an event waits", |state| state["waitingEvents"] == 1).await;
    post(failed, "pause", json!({})).await;
    // The receipt of a new item causes no signal. It is recognised by its time, which changes below.
    let unread = "SELECT count(*) FROM stock_movements WHERE id > (SELECT position FROM signal_position)";
    until_none(&app.database, unread).await;
    // The fingerprint of a cursor has the time of its movement.
    let age = "SET session_replication_role = replica;
               UPDATE stock_movements SET created_at = created_at - interval '60 days';
               RESET session_replication_role;
               UPDATE webhook_endpoints SET fingerprint = ledger_fingerprint(position) WHERE position > 0";
    sqlx::raw_sql(age).execute(&app.database).await.expect("an old ledger");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    let printed = output(&app.database_url, &["archive", "--before", &date(31), "--to", path]);
    assert!(printed.contains("2 movements archived"), "{printed}");

    // The first endpoint has not got an archived event, and sends no later one before a person decides.
    failed_receiver.answer(|_| Reply::Status(200));
    app.block(item, 2, 600).await;
    post(late, "resume", json!({})).await;
    let state = until(&app, late, "it is disabled", |state| state["state"] == "disabled").await;
    assert_eq!(state["disabledReason"], "cursor_archived");
    let page = app.get(&format!("/webhooks/{late}")).await;
    assert!(page.text.contains("Events that this webhook did not get are archived."), "{}", page.text);
    let audit = app.get("/api/audit?kind=webhook.disabled").await.expect(200);
    assert_eq!(audit["items"][0]["after"], json!({"reason": "cursor_archived"}));
    assert!(late_receiver.received().is_empty());
    let oldest = app.get("/api/events?after=0").await.problem(410, "cursor_archived")["cursor"].clone();
    post(late, "replay", json!({"cursor": oldest})).await;
    post(late, "resume", json!({})).await;
    let received = late_receiver.until_accepted(1).await;
    assert_eq!(received[0].body["data"]["change"], -2);

    // The cursor of the second one is valid. Its event that waited is archived, so it is set aside.
    post(failed, "resume", json!({})).await;
    let state = until(&app, failed, "it is set aside", |state| state["setAsideEvents"] == 1).await;
    assert_eq!(state["state"], "active");
    let aside = app.get(&format!("/api/webhooks/{failed}/set-aside")).await.expect(200);
    assert_eq!(aside["items"][0]["error"], "the ledger has no event with this id");
    let received = failed_receiver.until_accepted(1).await;
    assert_eq!(received.last().expect("a message").body["data"]["change"], -2);
}

/// Waits until the health report has these states of workers, and returns it.
async fn until_workers(app: &TestApp, wanted: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let health = app.get("/health").await.expect(200);
        if health["workers"] == *wanted {
            return health;
        }
        assert!(begun.elapsed() < WAIT_MAX, "{wanted}: {health}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_archive_that_fails_again_and_again_shows_in_health_and_metrics() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("archive");
    let app = TestApp::start_with(|config| {
        config.archive.archive_dir = Some(archive.clone());
        config.archive.archive_interval = Duration::from_millis(50);
        config.access.audit_days = 31;
        config.observe.metrics_addr = Some(([127, 0, 0, 1], 0).into());
    })
    .await;
    // A file where the folder should be.
    fs::write(&archive, "").expect("written");
    add_old_audit_events(&app.database).await;
    let failing = json!([{"name": "archive", "state": "failing", "panics": 0}]);
    assert_eq!(until_workers(&app, &failing).await["status"], "degraded");
    app.get("/livez").await.expect(200);
    app.get("/readyz").await.expect(200);
    let running = |value: u8| format!("stockhold_worker_running{{worker=\"archive\"}} {value}.0");
    let metrics = app.metrics().await;
    assert!(metrics.contains(&running(0)), "{}", metrics.join("\n"));
    fs::remove_file(&archive).expect("removed");
    assert_eq!(until_workers(&app, &json!([])).await["status"], "ok");
    assert!(app.metrics().await.contains(&running(1)));
}
