//! PostgreSQL, two servers on it, and ways to make them fail.

use crate::binary::{Folder, ServerProcess, stockhold};
use crate::client::Client;
use crate::service::{Exchange, PLACE, RECOVERY_TIMEOUT, Service};
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

/// Concurrent clients.
const CLIENTS: usize = 12;

/// The stock of the item that sells out.
pub const SCARCE_UNITS: usize = 40;

/// The stock of each other item.
pub const PLENTIFUL_UNITS: i64 = 1_000_000;

/// How long a probe waits for its response before it is sent again.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

pub const DATABASE: &str = "chaos";

/// Runs the tests one by one: parallel tests would distort the recovery times.
static SERIAL: Mutex<()> = Mutex::new(());

/// PostgreSQL and two servers.
pub struct TestBed {
    pub servers: [Option<ServerProcess>; 2],
    proxy: Option<Proxy>,
    clients: Vec<JoinHandle<Vec<Exchange>>>,
    pub runtime: Runtime,
    cluster: Option<Cluster>,
    options: Options,
    /// The database's URL without the proxy.
    pub database_url: String,
    /// The database's URL for the servers.
    server_url: String,
    pub service: Arc<Service>,
    _serial: MutexGuard<'static, ()>,
}

impl TestBed {
    /// Starts servers that reach PostgreSQL directly.
    pub fn start(folder: &Folder) -> Self {
        Self::start_with(folder, false)
    }

    /// Starts servers that reach PostgreSQL through a proxy.
    pub fn behind_proxy(folder: &Folder) -> Self {
        Self::start_with(folder, true)
    }

    fn start_with(folder: &Folder, has_proxy: bool) -> Self {
        let turn = SERIAL.lock().unwrap_or_else(PoisonError::into_inner);
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
        // After a crash each request has to find the restarted server.
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut service = Service {
            urls,
            http,
            warehouse: 0,
            items: [0; 3],
            answers: AtomicUsize::new(0),
            retries: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        };
        for (number, quantity) in
            [PLENTIFUL_UNITS, PLENTIFUL_UNITS, SCARCE_UNITS as i64].into_iter().enumerate()
        {
            let item = json!({"name": "Lamp", "quantity": quantity, "price": "9.99"});
            let key = format!("item-{number}");
            let created =
                runtime.block_on(service.send_until_answered(&key, Method::POST, "/api/items", item));
            service.items[number] = created.id("id");
        }
        let main = cluster.query(DATABASE, "SELECT id FROM warehouses WHERE is_default").expect("an answer");
        service.warehouse =
            main[0][0].as_deref().and_then(|id| id.parse().ok()).expect("a default warehouse");
        Self {
            servers: servers.map(Some),
            proxy,
            clients: Vec::new(),
            runtime,
            cluster: Some(cluster),
            options,
            database_url,
            server_url,
            service: Arc::new(service),
            _serial: turn,
        }
    }

    /// Returns the PostgreSQL of the test bed.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a PostgreSQL")
    }

    /// Returns the proxy between the servers and PostgreSQL.
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

    /// Opens a connection of another application.
    pub fn external_connection(&self) -> PgConnection {
        self.runtime.block_on(PgConnection::connect(&self.database_url)).expect("a connection")
    }

    /// Starts the clients.
    pub fn start_clients(&mut self) {
        let clients = (0..CLIENTS).map(|number| {
            let client = Client::new(number, self.service.clone());
            self.runtime.spawn(client.run())
        });
        self.clients = clients.collect();
    }

    /// Stops the clients, and returns their requests with the responses.
    pub fn stop_clients(&mut self) -> Vec<Exchange> {
        self.service.stopping.store(true, Ordering::SeqCst);
        let mut exchanges = Vec::new();
        for client in std::mem::take(&mut self.clients) {
            exchanges.extend(self.runtime.block_on(client).expect("a client without a failed check"));
        }
        exchanges
    }

    /// Waits for `count` more responses.
    pub fn wait_for_responses(&self, count: usize) {
        let enough = self.service.answers.load(Ordering::SeqCst) + count;
        let deadline = Instant::now() + RECOVERY_TIMEOUT;
        while self.service.answers.load(Ordering::SeqCst) < enough {
            assert!(Instant::now() < deadline, "the service did not recover");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until both servers place a block again. Returns the time since `since`, and both responses.
    pub fn recover(&self, since: Instant) -> (Duration, Vec<Exchange>) {
        let probe = async |server: usize| {
            let key = format!("probe-{server}-{}", uuid::Uuid::now_v7());
            let body = json!({"itemId": self.service.items[0], "quantity": 1});
            let deadline = Instant::now() + RECOVERY_TIMEOUT;
            loop {
                let sent = self.service.send(server, &key, &Method::POST, PLACE, &body);
                if let Ok(Some((status, text))) = tokio::time::timeout(PROBE_TIMEOUT, sent).await
                    && status < 500
                {
                    let (method, path) = (Method::POST, PLACE.to_owned());
                    let body = body.clone();
                    return (since.elapsed(), Exchange { key, method, path, body, status, text });
                }
                assert!(Instant::now() < deadline, "server {server} did not recover");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let (first, second) = self.runtime.block_on(async { tokio::join!(probe(0), probe(1)) });
        (first.0.max(second.0), vec![first.1, second.1])
    }

    pub fn kill_server(&mut self, number: usize) {
        // Kills the old process before the new one starts.
        drop(self.servers[number].take());
        let server = serve(&self.server_url);
        self.service.urls[number].lock().expect("no panic").clone_from(&server.url);
        self.servers[number] = Some(server);
    }

    /// Kills all processes of PostgreSQL, and starts it again on the same files.
    pub fn kill_postgres(&mut self) {
        self.destroy_postgres();
        let deadline = Instant::now() + RECOVERY_TIMEOUT;
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

    /// Kills all processes of PostgreSQL.
    pub fn destroy_postgres(&mut self) {
        let pid = self.query("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)");
        let children = self.query("SELECT pid::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
        signal("-9", pid.into_iter().chain(children));
        // Stopping fails, because the processes are gone.
        let _ = self.cluster.take().map(Cluster::stop);
    }

    /// Promotes the standby and points the proxy to it. Returns the moment when it accepted writes.
    pub fn fail_over(&mut self, standby: &Standby) -> Instant {
        standby.promote(&self.runtime);
        self.database_url = standby.url(DATABASE);
        let since = Instant::now();
        self.proxy().point_to(&self.database_url);
        since
    }

    /// Kills one backend process of PostgreSQL, which then ends all others and recovers by itself.
    pub fn kill_backend(&self) {
        let busiest = "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'stockhold'
                        ORDER BY state_change DESC LIMIT 1";
        signal("-9", self.query(busiest).into_iter());
    }
}

fn serve(database_url: &str) -> ServerProcess {
    let mut command = stockhold();
    // The servers log every failure that the test causes, which is noise here.
    command.arg("serve").env("DATABASE_URL", database_url).stderr(Stdio::null());
    ServerProcess::start(command)
}

/// Sends a signal to the processes with these ids.
pub fn signal(name: &str, pids: impl Iterator<Item = String>) {
    let pids: Vec<_> = pids.collect();
    assert!(!pids.is_empty(), "no process to send {name} to");
    // Some may be gone already.
    let _ = Command::new("kill").arg(name).args(&pids).stderr(Stdio::null()).status();
}
