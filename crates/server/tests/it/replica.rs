//! A streaming replica that fails, lags and is promoted. Responses stay fast and complete.

use crate::binary::{Folder, ServerProcess, stockhold};
use crate::standby::{Standby, query};
use cluster::{Cluster, Options};
use reqwest::Method;
use serde_json::{Value, json};
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::testing::Proxy;
use tokio::runtime::Runtime;

const DATABASE: &str = "shop";

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The longest time of ten lists and a page while the replica is unreachable. Each used to wait for 5 s.
const DEAD_MAX: Duration = Duration::from_secs(20);

/// A server with a primary and a replica behind a proxy.
struct World {
    serving: ServerProcess,
    http: reqwest::Client,
    runtime: Runtime,
    proxy: Proxy,
    standby: Standby,
    primary_url: String,
    log: PathBuf,
}

impl World {
    fn start(folder: &Folder, cluster: &Cluster) -> Self {
        cluster.create_database(DATABASE).expect("a database");
        let runtime = Runtime::new().expect("a runtime");
        let standby = Standby::of(cluster);
        let (primary_url, replica_url) = (cluster.url(DATABASE), standby.url(DATABASE));
        let proxy = runtime.block_on(Proxy::start(&replica_url));
        let log = folder.0.join("server.log");
        let mut command = stockhold();
        command
            .arg("serve")
            .env("DATABASE_URL", &primary_url)
            .env("DATABASE_READ_URL", proxy.url(&replica_url));
        command.env("STOCKHOLD_REPLICA_LAG_SECONDS_MAX", "1").stderr(File::create(&log).expect("a file"));
        let serving = ServerProcess::start(command);
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().expect("a client");
        Self { serving, http, runtime, proxy, standby, primary_url, log }
    }

    /// Sends a request, asserts the status, and returns the body.
    fn send(&self, method: Method, path: &str, body: &Value, status: u16) -> String {
        let request = self.http.request(method, format!("{}{path}", self.serving.url)).json(body);
        self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            let found = response.status().as_u16();
            let text = response.text().await.expect("a body");
            assert_eq!(found, status, "{path}: {text}");
            text
        })
    }

    fn get(&self, path: &str) -> String {
        self.send(Method::GET, path, &Value::Null, 200)
    }

    fn post(&self, path: &str, body: Value) -> Value {
        serde_json::from_str(&self.send(Method::POST, path, &body, 201)).expect("JSON")
    }

    fn health(&self) -> Value {
        serde_json::from_str(&self.get("/health")).expect("JSON")
    }

    /// Waits until the health report has this state of the replica.
    fn wait_for(&self, standing: &str) {
        let begun = Instant::now();
        loop {
            // A replica lags only while the primary writes.
            self.post("/api/items", json!({"name": "Vase", "quantity": 1, "price": "1"}));
            let health = self.health();
            if health["replica"] == standing {
                let status = if standing == "following" { "ok" } else { "degraded" };
                assert_eq!(health["status"], status, "{health}");
                return;
            }
            assert!(begun.elapsed() < TIMEOUT, "not {standing}: {health}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until the replica serves lists.
    fn wait_until_used(&self) {
        let replica = self.standby.url(DATABASE);
        let ask = |sql: &str| self.runtime.block_on(query(&replica, sql));
        let since = ask("SELECT clock_timestamp()::text").remove(0);
        let used = format!(
            "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'stockhold'
                AND query LIKE '%FROM items%' AND query_start > '{since}'"
        );
        let begun = Instant::now();
        loop {
            self.get("/api/items?limit=5");
            if !ask(&used).is_empty() {
                return;
            }
            assert!(begun.elapsed() < TIMEOUT, "the replica is not used");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Checks that every kind of read returns a change at once.
    fn check_fresh(&self, name: &str) {
        let new = json!({"name": name, "quantity": 9, "price": "1", "category": name});
        let item = self.post("/api/items", new)["id"].as_i64().expect("an id");
        let shows = |path: &str, text: &str| {
            let found = self.get(path);
            assert!(found.contains(text), "{path} lacks {text}: {found}");
        };
        shows(&format!("/api/items/{item}"), name);
        shows(&format!("/items/{item}"), name);
        shows(&format!("/api/items?q={name}"), name);
        shows(&format!("/items?q={name}"), name);
        shows(&format!("/api/items/{item}/levels"), "9");
        shows(&format!("/api/items/{item}/movements"), "received");
        self.get(&format!("/api/items/{item}/history"));
        shows(&format!("/api/items/category/{name}/top"), name);
        let place = self.post("/api/warehouses", json!({"code": name, "name": name}))["id"].to_string();
        shows("/api/warehouses", name);
        shows(&format!("/warehouses/{place}"), name);
        let block = json!({"itemId": item, "quantity": 2});
        let block = self.post("/api/items/block/temporary", block)["blockId"].to_string();
        shows(&format!("/api/blocks?itemId={item}"), &block);
        self.send(Method::DELETE, &format!("/api/blocks/{block}"), &Value::Null, 200);
        shows(&format!("/api/blocks/{block}"), "released");
        shows(&format!("/api/blocks?itemId={item}&state=released"), &block);
        let order =
            self.post("/api/orders", json!({"lines": [{"itemId": item, "quantity": 1}]}))["id"].to_string();
        shows(&format!("/api/orders/{order}"), "pending");
        shows("/api/orders?limit=5", &order);
    }

    /// Returns the number of log lines that contain the text.
    fn logged(&self, text: &str) -> usize {
        std::fs::read_to_string(&self.log).expect("a log").lines().filter(|line| line.contains(text)).count()
    }
}

#[test]
fn a_replica_is_not_used_while_it_is_unreachable_or_lagging() {
    let folder = Folder::new("replica");
    let cluster = Cluster::start(&Options::durable(&folder.0)).expect("a PostgreSQL");
    let world = World::start(&folder, &cluster);
    world.wait_for("following");
    world.wait_until_used();
    world.check_fresh("followed");

    // Unreachable without a TCP reset, so that only a deadline detects it.
    world.proxy.freeze();
    let begun = Instant::now();
    for _ in 0..10 {
        world.get("/api/items?limit=5");
    }
    world.get("/items");
    assert!(begun.elapsed() < DEAD_MAX, "{:?}", begun.elapsed());
    world.wait_for("down");
    world.check_fresh("dead");
    assert_eq!(world.logged("the replica does not answer"), 1);
    world.proxy.resume();
    world.wait_for("following");
    world.wait_until_used();
    assert_eq!(world.logged("the replica answers again"), 1);

    let replica = world.standby.url(DATABASE);
    let ask = |sql: &str| world.runtime.block_on(query(&replica, sql));
    ask("SELECT pg_wal_replay_pause()::text");
    world.check_fresh("paused");
    world.wait_for("lagging");
    world.check_fresh("lagging");
    assert_eq!(world.logged("the replica lags too far behind"), 1);
    ask("SELECT pg_wal_replay_resume()::text");
    world.standby.catch_up(&world.runtime, &world.primary_url);
    world.wait_for("following");
    world.wait_until_used();
    world.check_fresh("caught-up");

    // A promoted replica has its own history.
    world.standby.stop_receiving(&world.runtime);
    world.standby.promote(&world.runtime);
    world.check_fresh("promoted");
    world.wait_for("foreign");
    world.check_fresh("foreign");
}
