//! A rolling upgrade: two servers behind HAProxy with `deploy/haproxy/haproxy.cfg` are replaced one after the other, and no
//! request fails.

use crate::binary::{Folder, ServerProcess, stockhold};
use reqwest::Client;
use serde_json::json;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long a server goes on after its check fails. HAProxy notices after two seconds.
const SHUTDOWN_DELAY_SECONDS: &str = "5";

/// The clients that place blocks all the time.
const CLIENTS: usize = 4;

/// The responses that all clients together receive between two steps.
const ANSWERS: usize = 200;

/// The servers' names in the configuration of HAProxy, and the variables with their addresses.
const SERVERS: [(&str, &str); 2] = [("one", "STOCKHOLD_ONE"), ("two", "STOCKHOLD_TWO")];

/// Returns an address with a free port.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").to_string()
}

/// The program of HAProxy.
fn haproxy() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|folder| folder.join("haproxy")).find(|program| program.is_file());
    found.expect(
        "HAProxy is missing: `cargo xtask test` installs it as root on Debian and Ubuntu; otherwise install the package haproxy",
    )
}

/// HAProxy in front of two servers. It is killed on drop.
struct Proxy {
    process: Child,
    socket: PathBuf,
}

impl Proxy {
    fn start(folder: &Path, bind: &str, servers: &[String; 2]) -> Self {
        let socket = folder.join("haproxy.sock");
        let admin = folder.join("admin.cfg");
        std::fs::write(&admin, format!("global\n    stats socket {}\n", socket.display())).expect("written");
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/haproxy/haproxy.cfg");
        let mut command = Command::new(haproxy());
        command.args(["-db", "-f"]).arg(config).arg("-f").arg(admin).env("STOCKHOLD_BIND", bind);
        command.envs(SERVERS.iter().zip(servers).map(|((_, variable), address)| (*variable, address)));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("run");
        Self { process, socket }
    }

    /// The state of each server, `UP` or `DOWN`, as its health checks found it.
    fn states(&self) -> Option<BTreeMap<String, String>> {
        let mut stream = UnixStream::connect(&self.socket).ok()?;
        stream.write_all(b"show stat\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let mut lines = text.lines().map(|line| line.trim_start_matches("# ").split(',').collect::<Vec<_>>());
        let names = lines.next()?;
        let column = |name: &str| names.iter().position(|found| *found == name);
        let (server, state, check) = (column("svname")?, column("status")?, column("check_status")?);
        // A server is taken for ready until its first check.
        let checked = lines.filter(|line| line.get(check).is_some_and(|check| check.starts_with('L')));
        Some(checked.map(|line| (line[server].to_owned(), line[state].to_owned())).collect())
    }

    /// Waits until HAProxy has found this state of a server.
    async fn wait_for(&self, server: &str, wanted: &str) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let states = self.states();
            if states.as_ref().is_some_and(|states| states.get(server).is_some_and(|found| found == wanted)) {
                return;
            }
            assert!(Instant::now() < deadline, "{server} is not {wanted}: {states:?}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve(database: &str, address: &str) -> ServerProcess {
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", database).env("LEPTOS_SITE_ADDR", address);
    command.env("STOCKHOLD_SHUTDOWN_DELAY_SECONDS", SHUTDOWN_DELAY_SECONDS);
    command.env("STOCKHOLD_TRUSTED_PROXIES", "127.0.0.1");
    tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started")
}

/// Clients that place blocks of one unit through HAProxy.
#[derive(Default)]
struct Load {
    answers: AtomicUsize,
    is_ended: AtomicBool,
}

impl Load {
    /// Runs one client. Returns what is not a placed block.
    async fn run(self: Arc<Self>, url: String, token: String, item: i64) -> Vec<String> {
        let client = Client::new();
        let mut failures = Vec::new();
        while !self.is_ended.load(Ordering::SeqCst) {
            let body = json!({"itemId": item, "quantity": 1});
            let sent =
                client.post(format!("{url}/api/items/block/temporary")).bearer_auth(&token).json(&body);
            match sent.send().await {
                Ok(answer) if answer.status() == 201 => drop(answer.bytes().await.expect("a body")),
                Ok(answer) => failures.push(format!("{}: {:?}", answer.status(), answer.text().await)),
                Err(error) => failures.push(format!("{error:?}")),
            }
            self.answers.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        failures
    }

    /// Waits for further responses.
    async fn answers(&self) {
        let wanted = self.answers.load(Ordering::SeqCst) + ANSWERS;
        let deadline = Instant::now() + TIMEOUT;
        while self.answers.load(Ordering::SeqCst) < wanted {
            assert!(Instant::now() < deadline, "there are no more responses");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_upgrade_loses_no_request() {
    let (_, database) = store::testing::store().await;
    let folder = Folder::new("rolling");
    std::fs::create_dir(&folder.0).expect("a folder");
    let (bind, addresses) = (free_address(), [free_address(), free_address()]);
    let mut servers = [serve(&database, &addresses[0]).await, serve(&database, &addresses[1]).await];
    let item = json!({"name": "Lamp", "price": "9.99", "quantity": 1_000_000});
    let created = Client::new().post(format!("{}/api/items", servers[0].url)).json(&item).send().await;
    let created: serde_json::Value = created.expect("an answer").json().await.expect("JSON");
    let item = created["id"].as_i64().expect("an id");
    let mut adding = stockhold();
    adding
        .args(["client", "add", "shop", "--scope", "stock:read,holds:write"])
        .env("DATABASE_URL", &database);
    let added = String::from_utf8(adding.output().expect("run").stdout).expect("text");
    let token = added.lines().find(|line| line.starts_with("shk_")).expect("a token").to_owned();

    let proxy = Proxy::start(&folder.0, &bind, &addresses);
    proxy.wait_for("one", "UP").await;
    proxy.wait_for("two", "UP").await;
    let load = Arc::new(Load::default());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| tokio::spawn(load.clone().run(format!("http://{bind}"), token.clone(), item)))
        .collect();
    for (number, (name, _)) in SERVERS.iter().enumerate() {
        load.answers().await;
        let id = servers[number].child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("run").success());
        proxy.wait_for(name, "DOWN").await;
        load.answers().await;
        let child = &mut servers[number].child;
        let ended = tokio::task::block_in_place(|| child.wait()).expect("an end");
        assert_eq!(ended.code(), Some(0));
        servers[number] = serve(&database, &addresses[number]).await;
        proxy.wait_for(name, "UP").await;
    }
    load.answers().await;
    load.is_ended.store(true, Ordering::SeqCst);
    let mut failures = Vec::new();
    for client in clients {
        failures.extend(client.await.expect("no panic"));
    }
    let answers = load.answers.load(Ordering::SeqCst);
    println!("{answers} requests while both servers were replaced");
    assert!(
        failures.is_empty(),
        "{} of {answers} failed: {:?}",
        failures.len(),
        &failures[..failures.len().min(5)]
    );

    // Each response is one block.
    let pool = PgPool::connect(&database).await.expect("a connection");
    let blocks: i64 =
        sqlx::query_scalar("SELECT count(*) FROM block_inventory").fetch_one(&pool).await.expect("a number");
    assert_eq!(usize::try_from(blocks).expect("a count"), answers);
    let reconciled = stockhold().arg("reconcile").env("DATABASE_URL", &database).output().expect("run");
    assert!(reconciled.status.success(), "{}", String::from_utf8_lossy(&reconciled.stdout));
}
