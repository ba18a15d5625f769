//! PostgreSQL, two servers on it, and the means to make them fail.

use crate::client::Client;
use crate::program::{Folder, Serving, stockhold};
use crate::shop::{PATIENCE, PLACE, Shop, Told};
use crate::standby::{Standby, query};
use cluster::{Cluster, Options};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::testing::Proxy;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Clients that ask at once.
const CLIENTS: usize = 12;

/// Units of the item that runs out.
pub const SCARCE: usize = 40;

/// Units of each of the other two.
pub const PLENTY: i64 = 1_000_000;

/// How long a probe waits for its answer before it is sent again.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

pub const DATABASE: &str = "chaos";

/// One test at a time: each needs the machine for itself to have a recovery time worth printing.
static TURN: Mutex<()> = Mutex::new(());

/// PostgreSQL and two servers.
pub struct World {
    pub servers: [Option<Serving>; 2],
    proxy: Option<Proxy>,
    clients: Vec<JoinHandle<Vec<Told>>>,
    pub runtime: Runtime,
    cluster: Option<Cluster>,
    options: Options,
    /// The database, without the proxy between.
    pub database_url: String,
    /// The database's URL for the servers.
    server_url: String,
    pub shop: Arc<Shop>,
    _turn: MutexGuard<'static, ()>,
}

impl World {
    /// Servers that reach PostgreSQL directly.
    pub fn start(folder: &Folder) -> Self {
        Self::start_with(folder, false)
    }

    /// Servers that reach PostgreSQL through a proxy.
    pub fn behind_proxy(folder: &Folder) -> Self {
        Self::start_with(folder, true)
    }

    fn start_with(folder: &Folder, has_proxy: bool) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Runtime::new().expect("a runtime");
        let options = Options::durable(&folder.0);
        let cluster = Cluster::start(&options).expect("a PostgreSQL");
        assert_eq!(cluster.query("postgres", "SHOW fsync").expect("an answer")[0][0].as_deref(), Some("on"));
        cluster.create_database(DATABASE).expect("a database");
        let database_url = cluster.url(DATABASE);
        let proxy = has_proxy.then(|| runtime.block_on(Proxy::start(&database_url)));
        let server_url =
            proxy.as_ref().map_or_else(|| database_url.clone(), |proxy| proxy.url(&database_url));
        let servers = [serve(&server_url), serve(&server_url)];
        let urls = [0, 1].map(|number: usize| Mutex::new(servers[number].url.clone()));
        // Not kept alive: after a crash each request is to find the new server by itself.
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut shop = Shop {
            urls,
            http,
            warehouse: 0,
            items: [0; 3],
            answers: AtomicUsize::new(0),
            repeated: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        };
        for (number, quantity) in [PLENTY, PLENTY, SCARCE as i64].into_iter().enumerate() {
            let item = json!({"name": "Lamp", "quantity": quantity, "price": "9.99"});
            let key = format!("item-{number}");
            let created = runtime.block_on(shop.ask(&key, Method::POST, "/api/items", item));
            shop.items[number] = created.id("id");
        }
        let main = cluster.query(DATABASE, "SELECT id FROM warehouses WHERE is_default").expect("an answer");
        shop.warehouse = main[0][0].as_deref().and_then(|id| id.parse().ok()).expect("a default warehouse");
        Self {
            servers: servers.map(Some),
            proxy,
            clients: Vec::new(),
            runtime,
            cluster: Some(cluster),
            options,
            database_url,
            server_url,
            shop: Arc::new(shop),
            _turn: turn,
        }
    }

    /// The PostgreSQL that it started with.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a PostgreSQL")
    }

    /// The proxy between the servers and PostgreSQL.
    pub fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("a proxy")
    }

    /// Runs a statement on the database and returns the first column of each row as text.
    pub fn query(&self, sql: &str) -> Vec<String> {
        self.runtime.block_on(query(&self.database_url, sql))
    }

    /// Runs one statement that returns one number.
    pub fn number(&self, sql: &str) -> i64 {
        self.query(sql).first().and_then(|text| text.parse().ok()).expect("a number")
    }

    /// Another application's connection to the database.
    pub fn foreign(&self) -> PgConnection {
        self.runtime.block_on(PgConnection::connect(&self.database_url)).expect("a connection")
    }

    /// Starts the clients.
    pub fn open(&mut self) {
        let clients = (0..CLIENTS).map(|number| {
            let client = Client::new(number, self.shop.clone());
            self.runtime.spawn(client.shop_on())
        });
        self.clients = clients.collect();
    }

    /// Lets the clients finish, and returns everything that they were answered.
    pub fn close_shop(&mut self) -> Vec<Told> {
        self.shop.closing.store(true, Ordering::SeqCst);
        let mut told = Vec::new();
        for client in std::mem::take(&mut self.clients) {
            told.extend(self.runtime.block_on(client).expect("a client that saw nothing wrong"));
        }
        told
    }

    /// Waits until so many more requests were answered.
    pub fn wait_for_answers(&self, count: usize) {
        let enough = self.shop.answers.load(Ordering::SeqCst) + count;
        let deadline = Instant::now() + PATIENCE;
        while self.shop.answers.load(Ordering::SeqCst) < enough {
            assert!(Instant::now() < deadline, "the service did not come back");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until both servers place a block again. Returns how long that took since `since`, and what they
    /// answered.
    pub fn recover(&self, since: Instant) -> (Duration, Vec<Told>) {
        let probe = async |server: usize| {
            let key = format!("probe-{server}-{}", uuid::Uuid::now_v7());
            let body = json!({"itemId": self.shop.items[0], "quantity": 1});
            let deadline = Instant::now() + PATIENCE;
            loop {
                let sent = self.shop.send(server, &key, &Method::POST, PLACE, &body);
                if let Ok(Some((status, text))) = tokio::time::timeout(PROBE_TIMEOUT, sent).await
                    && status < 500
                {
                    let (method, path) = (Method::POST, PLACE.to_owned());
                    let body = body.clone();
                    return (since.elapsed(), Told { key, method, path, body, status, text });
                }
                assert!(Instant::now() < deadline, "server {server} did not come back");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let (first, second) = self.runtime.block_on(async { tokio::join!(probe(0), probe(1)) });
        (first.0.max(second.0), vec![first.1, second.1])
    }

    pub fn kill_server(&mut self, number: usize) {
        // Killed before the next one starts.
        drop(self.servers[number].take());
        let server = serve(&self.server_url);
        self.shop.urls[number].lock().expect("no panic").clone_from(&server.url);
        self.servers[number] = Some(server);
    }

    /// Kills PostgreSQL with all its processes, and starts it again on what is on the disk.
    pub fn kill_postgres(&mut self) {
        self.lose_postgres();
        let deadline = Instant::now() + PATIENCE;
        self.cluster = Some(loop {
            match Cluster::start(&self.options) {
                Ok(cluster) => break cluster,
                // Processes of the old cluster may still be ending.
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        });
        assert_eq!(self.cluster().url(DATABASE), self.database_url);
    }

    /// Kills PostgreSQL with all its processes.
    pub fn lose_postgres(&mut self) {
        let pid = self.query("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)");
        let children = self.query("SELECT pid::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
        signal("-9", pid.into_iter().chain(children));
        // That there is nothing to stop is no news.
        let _ = self.cluster.take().map(Cluster::stop);
    }

    /// Promotes the standby and leads the servers to it. Returns when it accepted writes.
    pub fn fail_over(&mut self, standby: &Standby) -> Instant {
        standby.promote(&self.runtime);
        self.database_url = standby.url(DATABASE);
        let since = Instant::now();
        self.proxy().point_to(&self.database_url);
        since
    }

    /// Kills one of PostgreSQL's processes that work for a server: it ends all others and recovers by itself.
    pub fn kill_backend(&self) {
        let busiest = "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'stockhold'
                        ORDER BY state_change DESC LIMIT 1";
        signal("-9", self.query(busiest).into_iter());
    }
}

fn serve(database_url: &str) -> Serving {
    let mut command = stockhold();
    // The servers log every failure that the test causes: that is noise in the test's output.
    command.arg("serve").env("DATABASE_URL", database_url).stderr(Stdio::null());
    Serving::start(command)
}

/// Sends a signal to the processes with these ids.
pub fn signal(name: &str, pids: impl Iterator<Item = String>) {
    let pids: Vec<_> = pids.collect();
    assert!(!pids.is_empty(), "nobody to send {name} to");
    // Some may be gone already.
    let _ = Command::new("kill").arg(name).args(&pids).stderr(Stdio::null()).status();
}
