//! Several shops in one database: each has a schema, a role and servers of its own.

use crate::app::{Postgres, TestApp, site};
use crate::binary::stockhold;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, PgPool};
use std::process::{Output, Stdio};
use std::str::FromStr as _;
use std::time::Duration;

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A database for shops, by a role that may create them.
struct World {
    postgres: Postgres,
    url: String,
}

impl World {
    async fn new() -> Self {
        let postgres = Postgres::find();
        let url = postgres.create_database().await;
        Self { postgres, url }
    }

    /// Runs `stockhold shop …`.
    fn shop(&self, arguments: &[&str]) -> Output {
        stockhold().arg("shop").args(arguments).env("DATABASE_URL", &self.url).output().expect("run")
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.shop(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn fails(&self, arguments: &[&str], reason: &str) {
        let output = self.shop(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
        assert!(errors.contains(reason) && !errors.contains("panicked"), "{errors}");
    }

    /// Adds a shop. Returns the URL that is printed.
    fn add(&self, name: &str) -> String {
        let printed = self.succeeds(&["add", name]);
        let url = printed.lines().find_map(|line| line.strip_prefix("DATABASE_URL="));
        url.expect(&printed).to_owned()
    }

    async fn serve(&self, shop_url: &str) -> TestApp {
        TestApp::over(self.postgres.clone(), shop_url.to_owned(), site("target/no-site"), |_| {}).await
    }

    async fn connect(&self) -> PgPool {
        PgPoolOptions::new().max_connections(2).connect(&self.url).await.expect("a connection")
    }
}

/// A name that no other test has: roles belong to the server of PostgreSQL.
fn name(shop: &str) -> String {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    format!("{shop}_{unique}")
}

async fn connect(url: &str) -> PgConnection {
    PgConnectOptions::from_str(url).expect("a URL").connect().await.expect("a connection")
}

/// Sells in a shop: an item of 10 units, a block, an order. Returns the cursor before, and the item.
async fn sell(app: &TestApp) -> (String, i64) {
    let cursor = app.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    let item = app.item(10).await;
    app.block(item, 2, 60).await;
    let order = app.order(&[(item, 3)]).await;
    let main = app.main_warehouse().await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    assert_eq!(app.available(item).await, 5);
    (cursor, item)
}

async fn events_after(app: &TestApp, cursor: &str) -> Vec<serde_json::Value> {
    let page = app.get(&format!("/api/events?after={cursor}&waitSeconds=20")).await.expect(200);
    page["events"].as_array().expect("events").clone()
}

#[tokio::test]
async fn two_shops_of_a_database_serve_apart() {
    let world = World::new().await;
    let (north_name, south_name) = (name("n"), name("s"));
    let (north_url, south_url) = (world.add(&north_name), world.add(&south_name));
    let (north, south) = (world.serve(&north_url).await, world.serve(&south_url).await);

    let (cursor, item) = sell(&north).await;
    let (_, item_of_south) = sell(&south).await;
    assert_eq!(item, item_of_south, "each shop has its own ids");
    let events = events_after(&north, &cursor).await;
    assert_eq!(events.len(), 3, "{events:?}");
    for app in [&north, &south] {
        let items = app.get("/api/items").await.expect(200);
        assert_eq!(items["items"].as_array().map(Vec::len), Some(1), "{items}");
        crate::ledger::check(&app.database).await;
    }

    // A role has no right to another shop.
    let mut connection = connect(&north_url).await;
    for statement in [
        format!("SELECT count(*) FROM shop_{south_name}.items"),
        format!("CREATE TABLE shop_{south_name}.mine ()"),
        format!("SET ROLE shop_{south_name}"),
    ] {
        let refused = connection.execute(sqlx::raw_sql(AssertSqlSafe(statement.clone()))).await;
        let refused = refused.expect_err(&statement);
        let code = refused.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{statement}");
    }
}

/// Locks of one shop, and its open transactions, have no effect on another one.
#[tokio::test]
async fn a_shop_does_not_wait_for_another() {
    let world = World::new().await;
    let (north_url, south_url) = (world.add(&name("n")), world.add(&name("s")));
    let (north, south) = (world.serve(&north_url).await, world.serve(&south_url).await);
    let (_, item) = sell(&north).await;
    let (_, item_of_south) = sell(&south).await;
    // The ids of the other shop are lower, and its low watermark too.
    north.item(10).await;

    let mut connection = connect(&south_url).await;
    connection.execute("BEGIN").await.expect("begun");
    sqlx::query("UPDATE inventory SET stock_quantity = stock_quantity - 1 WHERE product_id = $1")
        .bind(item_of_south)
        .execute(&mut connection)
        .await
        .expect("a change that is not committed");
    connection.execute("SELECT * FROM references_lock(ARRAY ['cart-1'])").await.expect("locked");
    let expiry = "SELECT pg_advisory_xact_lock(shop_lock_class(21335), hashint8($1))";
    sqlx::query(expiry).bind(item).execute(&mut connection).await.expect("locked");

    let cursor = north.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    let placed = json!({"itemId": item, "quantity": 1, "ttlSeconds": 1, "reference": "cart-1"});
    north.post("/api/items/block/temporary", placed.clone()).await.expect(201);
    assert_eq!(events_after(&north, &cursor).await.len(), 1, "the block is announced");
    // The block expires, although the other shop has locked the same item's expiry.
    let expired = async {
        while north.available(item).await != 5 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, expired).await.expect("the block expires");

    // The same shop waits.
    let refused = south.post("/api/items/block/temporary", placed).await.expect(503);
    assert_eq!(refused["code"], "stock_locked", "{refused}");
    connection.execute("ROLLBACK").await.expect("ended");
}

/// Notifications of one shop do not reach another one.
#[tokio::test]
async fn channels_belong_to_a_shop() {
    let world = World::new().await;
    let (north_name, south_name) = (name("n"), name("s"));
    let (north_url, south_url) = (world.add(&north_name), world.add(&south_name));
    let channels: Vec<_> = [north_name, south_name]
        .iter()
        .flat_map(|name| ["stockhold", "stockhold_access"].map(|channel| format!("{channel}.shop_{name}")))
        .chain(["stockhold", "stockhold_access"].map(str::to_owned))
        .collect();
    let mut listener = PgListener::connect_with(&world.connect().await).await.expect("a connection");
    listener.listen_all(channels.iter().map(String::as_str)).await.expect("listening");

    let (north, south) = (world.serve(&north_url).await, world.serve(&south_url).await);
    north.warehouse("EAST").await;
    north.client("robot", &[domain::Scope::StockRead]).await;
    sell(&north).await;
    let end = "SELECT pg_notify('stockhold', 'end')";
    world.connect().await.execute(end).await.expect("sent");
    let mut received = Vec::new();
    while received.last().is_none_or(|channel| channel != "stockhold") {
        let next = tokio::time::timeout(TIMEOUT, listener.recv()).await.expect("in time");
        received.push(next.expect("a notification").channel().to_owned());
    }
    received.sort();
    received.dedup();
    assert_eq!(received, ["stockhold", channels[0].as_str(), channels[1].as_str()]);
    // Both shops have caches: a change in SQL reaches the servers of its shop.
    let mut connection = connect(&south_url).await;
    let rename = "UPDATE warehouses SET name = 'Renamed' WHERE is_default";
    connection.execute(rename).await.expect("renamed");
    let renamed = async {
        while south.get("/api/warehouses").await.expect(200)[0]["name"] != "Renamed" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, renamed).await.expect("the server reads the warehouse again");
}

/// With session settings of the role, as a pooler needs them, the role of a new shop has them.
#[tokio::test]
async fn a_shop_may_have_the_session_settings() {
    let world = World::new().await;
    let shop = name("q");
    let mut add = stockhold();
    add.args(["shop", "add", &shop]).env("DATABASE_URL", &world.url);
    add.env("STOCKHOLD_SESSION_SETTINGS", "role").env("STOCKHOLD_LOCK_TIMEOUT_MILLISECONDS", "700");
    let output = add.output().expect("run");
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(printed.lines().any(|line| line == "STOCKHOLD_SESSION_SETTINGS=role"), "{printed}");
    let url = printed.lines().find_map(|line| line.strip_prefix("DATABASE_URL=")).expect(&printed);
    let settings =
        "SELECT current_setting('stockhold.maintains_totals') || ' ' || current_setting('lock_timeout')";
    let found: String =
        sqlx::query_scalar(settings).fetch_one(&mut connect(url).await).await.expect("settings");
    assert_eq!(found, "on 700ms");
    world.succeeds(&["remove", &shop, "--yes"]);
}

#[tokio::test]
async fn a_shop_is_listed_and_removed() {
    let world = World::new().await;
    assert_eq!(world.succeeds(&["list"]), "There are no shops.\n");
    let (kept, removed) = (name("k"), name("r"));
    world.add(&kept);
    let url = world.add(&removed);
    world.fails(&["add", &removed], "there is a schema");
    world.fails(&["move", &kept, "--to", "worker-1"], "the extension Citus");
    world.fails(&["remove", &kept], "repeat the command with --yes");

    let app = world.serve(&url).await;
    app.item(1).await;
    let listed = world.succeeds(&["list"]);
    assert!(listed.lines().any(|line| line == format!("{kept}: sessions: 0")), "{listed}");
    let sessions = listed.lines().find_map(|line| line.strip_prefix(&format!("{removed}: sessions: ")));
    assert!(sessions.expect(&listed).parse::<u32>().expect(&listed) > 0, "{listed}");
    world.fails(&["remove", &removed, "--yes"], "stop its servers first");
    app.item(1).await;
    drop(connect(&url).await);

    world.succeeds(&["remove", &removed, "--yes", "--force"]);
    let left = "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = $1)
                     + (SELECT count(*) FROM pg_roles WHERE rolname = $1)";
    let database = world.connect().await;
    let left: i64 = sqlx::query_scalar(left)
        .bind(format!("shop_{removed}"))
        .fetch_one(&database)
        .await
        .expect("a number");
    assert_eq!(left, 0);
    assert_eq!(world.succeeds(&["list"]), format!("{kept}: sessions: 0\n"));
    world.fails(&["remove", &removed, "--yes"], "there is no shop");
    // A shop of another database has a role on this server too.
    World::new().await.fails(&["remove", &kept, "--yes"], "there is no shop");
    // A removal that failed after the schema was dropped is repeated.
    let dropped = format!("DROP SCHEMA shop_{kept} CASCADE");
    database.execute(sqlx::raw_sql(AssertSqlSafe(dropped))).await.expect("dropped");
    world.succeeds(&["remove", &kept, "--yes"]);
    world.fails(&["remove", &kept, "--yes"], "there is no shop");
}

/// Two administrators add a shop of one name. The one that is late removes nothing of the other's.
#[tokio::test]
async fn the_loser_of_a_race_for_a_name_leaves_the_shop() {
    let world = World::new().await;
    let (shop, database) = (name("race"), world.connect().await);
    let mut winner = database.begin().await.expect("a transaction");
    let create = format!("CREATE ROLE shop_{shop}; CREATE SCHEMA shop_{shop} AUTHORIZATION shop_{shop}");
    winner.execute(sqlx::raw_sql(AssertSqlSafe(create))).await.expect("created");
    let mut command = stockhold();
    command.args(["shop", "add", &shop]).env("DATABASE_URL", &world.url);
    let loser = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                                   WHERE datname = current_database() AND application_name = 'stockhold shop'
                                     AND wait_event_type = 'Lock')";
    let waits = async {
        while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&database).await.expect("an answer") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, waits).await.expect("it waits for the name");
    winner.commit().await.expect("committed");
    let output = loser.wait_with_output().expect("an end");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("there is a role"), "{errors}");
    let listed = world.succeeds(&["list"]);
    assert!(listed.starts_with(&format!("{shop}: sessions: 0")), "{listed}");
    world.succeeds(&["remove", &shop, "--yes"]);
}

/// The commands use the direct address, and pass the settings of the session themselves.
#[tokio::test]
async fn a_shop_is_added_next_to_a_pooler() {
    let world = World::new().await;
    let shop = name("d");
    let run = |arguments: &[&str]| {
        let mut command = stockhold();
        command.arg("shop").args(arguments).env("DATABASE_URL", "postgres://admin@127.0.0.1:1/pooled");
        command.env("DATABASE_DIRECT_URL", &world.url).env("STOCKHOLD_SESSION_SETTINGS", "role");
        let output = command.output().expect("run");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let printed = run(&["add", &shop]);
    let pooled = format!("DATABASE_URL=postgres://shop_{shop}:");
    assert!(
        printed.lines().any(|line| line.starts_with(&pooled) && line.ends_with("@127.0.0.1:1/pooled")),
        "{printed}"
    );
    let direct = printed.lines().find_map(|line| line.strip_prefix("DATABASE_DIRECT_URL="));
    let app = world.serve(direct.expect(&printed)).await;
    sell(&app).await;
    drop(app);
    run(&["remove", &shop, "--yes", "--force"]);
}

#[tokio::test]
async fn names_whose_locks_would_be_those_of_migrations_are_rejected() {
    let world = World::new().await;
    let same = "SELECT 'm' || n FROM generate_series(1, 5000000) AS n
                 WHERE hashtext('shop_m' || n) & 65535 = 25 LIMIT 1";
    let name: String = sqlx::query_scalar(same).fetch_one(&world.connect().await).await.expect("a name");
    world.fails(&["add", &name], "would be those of migrations");
}

#[tokio::test]
async fn the_password_may_come_from_a_file() {
    let world = World::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (shop, file) = (name("p"), folder.path().join("password"));
    let path = file.to_str().expect("UTF-8");
    std::fs::write(&file, "pass word\n").expect("written");
    world.fails(&["add", &shop, "--password-file", path], "must have 8 to 128");
    std::fs::write(&file, "correct-horse-battery\n").expect("written");
    let printed = world.succeeds(&["add", &shop, "--password-file", path]);
    assert!(printed.contains(":PASSWORD@") && !printed.contains("correct-horse-battery"), "{printed}");
    let url = printed.lines().find_map(|line| line.strip_prefix("DATABASE_URL=")).expect(&printed);
    connect(&url.replace("PASSWORD", "correct-horse-battery")).await;
    world.succeeds(&["remove", &shop, "--yes"]);
}

#[tokio::test]
async fn invalid_shops_are_rejected_and_leave_nothing() {
    let world = World::new().await;
    for wrong in ["", "North", "2nd", "a-b", "a\"b"] {
        world.fails(&["add", wrong], "the first of them a letter");
    }
    let without_url = stockhold().args(["shop", "list"]).output().expect("run");
    assert!(
        String::from_utf8_lossy(&without_url.stderr).contains("DATABASE_URL is not set"),
        "{without_url:?}"
    );

    // The migrations fail: the role of the shop may not have the extension.
    let shop = name("f");
    let database = world.connect().await;
    let broken = "CREATE SCHEMA elsewhere; CREATE EXTENSION pg_trgm SCHEMA elsewhere";
    sqlx::raw_sql(broken).execute(&database).await.expect("created");
    world.fails(&["add", &shop], "error");
    assert_eq!(world.succeeds(&["list"]), "There are no shops.\n");
    sqlx::raw_sql("GRANT USAGE ON SCHEMA elsewhere TO PUBLIC").execute(&database).await.expect("granted");
    world.add(&shop);
    world.succeeds(&["remove", &shop, "--yes"]);
}
