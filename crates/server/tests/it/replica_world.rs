//! A server with a primary and a streaming replica.

use crate::binary::{Folder, ServerProcess, stockhold};
use crate::standby::{Standby, query};
use cluster::Cluster;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use store::testing::Proxy;
use tokio::runtime::Runtime;

/// The database of the shop.
pub const DATABASE: &str = "shop";

/// The deadline of every wait.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// A server with a primary and a replica, each behind a proxy.
pub struct World {
    pub serving: ServerProcess,
    pub http: reqwest::Client,
    pub runtime: Runtime,
    pub primary_proxy: Proxy,
    pub proxy: Proxy,
    pub standby: Standby,
    pub primary_url: String,
    pub metrics_url: String,
    log: PathBuf,
}

/// Returns an address at which nothing listens.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

impl World {
    /// Starts the server. A replica with a longer lag than this, in seconds, is not read.
    pub fn start(folder: &Folder, cluster: &Cluster, lag_seconds_max: &str) -> Self {
        cluster.create_database(DATABASE).expect("a database");
        let runtime = Runtime::new().expect("a runtime");
        let standby = Standby::of(cluster);
        let (primary_url, replica_url) = (cluster.url(DATABASE), standby.url(DATABASE));
        let primary_proxy = runtime.block_on(Proxy::start(&primary_url));
        let proxy = runtime.block_on(Proxy::start(&replica_url));
        let log = folder.0.join("server.log");
        let metrics = free_address();
        let mut command = stockhold();
        command
            .arg("serve")
            .env("DATABASE_URL", primary_proxy.url(&primary_url))
            .env("DATABASE_READ_URL", proxy.url(&replica_url));
        command
            .env("STOCKHOLD_REPLICA_LAG_SECONDS_MAX", lag_seconds_max)
            .stderr(File::create(&log).expect("a file"));
        command.env("STOCKHOLD_METRICS_ADDR", metrics.to_string());
        let metrics_url = format!("http://{metrics}/metrics");
        let serving = ServerProcess::start(command);
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().expect("a client");
        Self { serving, http, runtime, primary_proxy, proxy, standby, primary_url, metrics_url, log }
    }

    /// Sends a request, asserts the status, and returns the body.
    pub fn send(&self, method: Method, path: &str, body: &Value, status: u16) -> String {
        let request = self.http.request(method, format!("{}{path}", self.serving.url)).json(body);
        self.runtime.block_on(async {
            let response = request.send().await.expect("an answer");
            let found = response.status().as_u16();
            let text = response.text().await.expect("a body");
            assert_eq!(found, status, "{path}: {text}");
            text
        })
    }

    /// Reads with a header, and returns the status and the body.
    pub fn read(&self, path: &str, header: &str, value: &str) -> (u16, String) {
        let (response, body) = self.exchange(self.request(Method::GET, path).header(header, value));
        (response.status().as_u16(), body)
    }

    /// Returns a request.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.serving.url))
    }

    /// Sends a request, and returns the head of the response and its body.
    pub fn exchange(&self, request: RequestBuilder) -> (axum::http::Response<()>, String) {
        self.runtime.block_on(async {
            let response: Response = request.send().await.expect("an answer");
            let mut head = axum::http::Response::new(());
            *head.status_mut() = response.status();
            *head.headers_mut() = response.headers().clone();
            (head, response.text().await.expect("a body"))
        })
    }

    /// Returns the body of a successful GET.
    pub fn get(&self, path: &str) -> String {
        self.send(Method::GET, path, &Value::Null, 200)
    }

    /// Creates something, and returns it.
    pub fn post(&self, path: &str, body: Value) -> Value {
        serde_json::from_str(&self.send(Method::POST, path, &body, 201)).expect("JSON")
    }

    /// Returns the health report.
    pub fn health(&self) -> Value {
        serde_json::from_str(&self.get("/health")).expect("JSON")
    }

    /// Waits until the health report has this state of the replica.
    pub fn wait_for(&self, standing: &str) {
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
    pub fn wait_until_used(&self) {
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
    pub fn check_fresh(&self, name: &str) {
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

    /// Kills the server of the replica, as a crash does.
    pub fn kill_replica(&self) {
        let pid = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)";
        let pid = self.runtime.block_on(query(&self.standby.url(DATABASE), pid)).remove(0);
        assert!(Command::new("kill").args(["-KILL", &pid]).status().expect("run").success());
    }

    /// Returns the number of log lines that contain the text.
    pub fn logged(&self, text: &str) -> usize {
        std::fs::read_to_string(&self.log).expect("a log").lines().filter(|line| line.contains(text)).count()
    }
}
