//! `kill -9` of servers and of PostgreSQL under load: what was acknowledged is there, what was asked again
//! under its key was done once, and the ledger closes.

#[path = "it/program.rs"]
mod program;

use cluster::{Cluster, Options, Rows};
use program::{Folder, Serving, stockhold};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How often something is killed.
const CRASHES: usize = 12;

/// Clients that ask at once.
const CLIENTS: usize = 12;

/// Answers between one crash and the next: the load is on again.
const ANSWERS_BETWEEN: usize = 120;

/// Units of the item that runs out.
const SCARCE: usize = 40;

/// How long anything may take to work again.
const PATIENCE: Duration = Duration::from_secs(60);

const DATABASE: &str = "chaos";

#[test]
fn what_was_acknowledged_survives_crashes_and_is_counted_once() {
    let folder = Folder::new("chaos");
    let mut world = World::start(&folder);
    let shop = world.shop.clone();
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| world.runtime.spawn(Client::new(number, shop.clone()).shop_on())).collect();
    for crash in 0..CRASHES {
        world.wait_for_answers(ANSWERS_BETWEEN);
        match crash % 4 {
            0 => world.kill_server(0),
            1 => world.kill_postgres(),
            2 => world.kill_server(1),
            _ => world.kill_backend(),
        }
    }
    world.wait_for_answers(ANSWERS_BETWEEN);
    shop.closing.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    for client in clients {
        told.extend(world.runtime.block_on(client).expect("a client that saw nothing wrong"));
    }
    let repeated = shop.repeated.load(Ordering::SeqCst);
    assert!(repeated >= CRASHES, "the crashes hit nobody: {repeated} requests had to be repeated");

    println!("{} requests, {repeated} of which had to be repeated", told.len());

    world.check_answers_are_kept(&told);
    world.servers.iter_mut().filter_map(Option::take).for_each(|server| server.stop("-TERM"));
    world.check_effects(&told);
    let reconciled = stockhold().arg("reconcile").env("DATABASE_URL", &world.database_url).output();
    let reconciled = reconciled.expect("run");
    assert!(reconciled.status.success(), "{}", String::from_utf8_lossy(&reconciled.stdout));
}

/// A server that outlives PostgreSQL uses no id that PostgreSQL, after its crash, gives to somebody else.
#[test]
fn block_ids_are_not_given_twice() {
    let folder = Folder::new("ids");
    let mut world = World::start(&folder);
    let shop = world.shop.clone();
    let runtime = world.runtime.handle().clone();
    let ask = |server, key: &str, path: &str, body: Value| loop {
        let asked = shop.send(server, key, &Method::POST, path, &body);
        match runtime.block_on(asked) {
            Some((status, text)) if status != 503 => {
                break (status, serde_json::from_str::<Value>(&text).expect("JSON"));
            }
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    const PLACE: &str = "/api/items/block/temporary";
    let empty = json!({"name": "Lamp", "quantity": 0, "price": "9.99"});
    let item = ask(0, "item", "/api/items", empty).1["id"].clone();
    let one = json!({"itemId": item, "quantity": 1});
    // Nobody writes the log to the disk but who commits.
    let writer = world.query("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'walwriter'");
    signal("-STOP", writer.into_iter());
    // Takes ids from the sequence and writes nothing: without a key not even the answer.
    let url = format!("{}{PLACE}", shop.urls[0].lock().expect("no panic"));
    let refused = runtime.block_on(async { shop.http.post(url).json(&one).send().await }).expect("an answer");
    assert_eq!(refused.status(), 409);
    world.kill_postgres();
    let stock = format!("/api/items/{item}/stock");
    assert_eq!(ask(1, "stock", &stock, json!({"delta": 20, "reason": "found"})).0, 200);
    let placed = (0..10).map(|turn| ask(turn % 2, &format!("block-{turn}"), PLACE, one.clone()));
    let ids = placed.map(|(status, placed)| {
        assert_eq!(status, 201, "{placed}");
        placed["blockId"].as_i64()
    });
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 10);
}

/// What clients know.
struct Shop {
    /// Where the two servers are now.
    urls: [Mutex<String>; 2],
    http: reqwest::Client,
    warehouse: i64,
    /// Two items that do not run out, and one that does.
    items: [i64; 3],
    answers: AtomicUsize,
    /// Requests that had to be sent again.
    repeated: AtomicUsize,
    closing: AtomicBool,
}

/// A request with its key, and what it was answered.
#[derive(Debug, Clone)]
struct Told {
    key: String,
    method: Method,
    path: String,
    body: Value,
    status: u16,
    text: String,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    fn id(&self, field: &str) -> i64 {
        self.json()[field].as_i64().unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }
}

impl Shop {
    /// Asks one of the servers, and again under the same key until one of them knows the answer.
    async fn ask(&self, key: &str, method: Method, path: &str, body: Value) -> Told {
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let server = (key.len() + key.bytes().map(usize::from).sum::<usize>() + attempt) % 2;
            if let Some((status, text)) = self.send(server, key, &method, path, &body).await
                && status < 500
            {
                self.answers.fetch_add(1, Ordering::SeqCst);
                let (key, path) = (key.to_owned(), path.to_owned());
                return Told { key, method, path, body, status, text };
            }
            assert!(Instant::now() < deadline, "{method} {path} had no answer for {PATIENCE:?}");
            self.repeated.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("attempts do not end")
    }

    /// The status and the body, unless the connection broke.
    async fn send(
        &self,
        server: usize,
        key: &str,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Option<(u16, String)> {
        let url = format!("{}{path}", self.urls[server].lock().expect("no panic"));
        let request = self.http.request(method.clone(), url).header("idempotency-key", key).json(body);
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.text().await.ok()?))
    }
}

/// Someone who goes through everything that can be asked, over and over.
struct Client {
    number: usize,
    shop: Arc<Shop>,
    told: Vec<Told>,
}

impl Client {
    fn new(number: usize, shop: Arc<Shop>) -> Self {
        Self { number, shop, told: Vec::new() }
    }

    async fn shop_on(mut self) -> Vec<Told> {
        let [plenty, more, scarce] = self.shop.items;
        let block = |item, quantity: i64| json!({"itemId": item, "quantity": quantity});
        const PLACE: &str = "/api/items/block/temporary";
        const CONFIRM: &str = "/api/items/block/permanent";
        while !self.shop.closing.load(Ordering::SeqCst) {
            let placed = self.ask(Method::POST, PLACE, block(plenty, 1), 201).await.id("blockId");
            self.ask(Method::POST, CONFIRM, json!({"blockId": placed}), 200).await;
            let placed = self.ask(Method::POST, PLACE, block(more, 3), 201).await.id("blockId");
            self.ask(Method::POST, CONFIRM, json!({"blockId": placed, "quantity": 1}), 200).await;
            let placed = self.ask(Method::POST, PLACE, block(plenty, 2), 201).await.id("blockId");
            self.ask(Method::DELETE, &format!("/api/blocks/{placed}"), json!({}), 200).await;

            let lines = json!({"lines": [block(more, 1), block(plenty, 1)]});
            let cart = self.ask(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.ask(Method::POST, &format!("/api/carts/{cart}/confirm"), json!({}), 200).await;
            let cart = self.ask(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.ask(Method::DELETE, &format!("/api/carts/{cart}"), json!({}), 200).await;

            let order = self.ask(Method::POST, "/api/orders", lines, 201).await.id("id");
            let from = json!({"warehouseId": self.shop.warehouse});
            self.ask(Method::POST, &format!("/api/orders/{order}/allocate"), from, 200).await;
            // Told by its reason, each in the ledger once.
            let received = json!({"delta": 2, "reason": self.next_key()});
            self.ask(Method::POST, &format!("/api/items/{more}/stock"), received, 200).await;
            let new = json!({"name": "Lamp", "quantity": 5, "price": "9.99"});
            self.ask(Method::POST, "/api/items", new, 201).await;
            // In the end it is sold out, and the refusal is an answer like any other.
            let sold_out = self.told.iter().any(|told| told.status == 409);
            self.ask(Method::POST, PLACE, block(scarce, 1), if sold_out { 409 } else { 0 }).await;
        }
        self.told
    }

    fn next_key(&self) -> String {
        format!("{}-{}", self.number, self.told.len())
    }

    /// Asks under a new key; the answer must have this status (0: that of a block that is placed or refused).
    async fn ask(&mut self, method: Method, path: &str, body: Value, status: u16) -> Told {
        let told = self.shop.ask(&self.next_key(), method, path, body).await;
        let expected =
            if status == 0 { told.status == 201 || told.status == 409 } else { told.status == status };
        assert!(expected, "{status} expected: {told:?}");
        self.told.push(told.clone());
        tokio::time::sleep(Duration::from_millis(2)).await;
        told
    }
}

/// PostgreSQL, two servers on it, and who kills them.
struct World {
    runtime: Runtime,
    servers: [Option<Serving>; 2],
    cluster: Option<Cluster>,
    options: Options,
    database_url: String,
    shop: Arc<Shop>,
}

impl World {
    fn start(folder: &Folder) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let options = Options::durable(&folder.0);
        let cluster = Cluster::start(&options).expect("a PostgreSQL");
        assert_eq!(cluster.query("postgres", "SHOW fsync").expect("an answer")[0][0].as_deref(), Some("on"));
        cluster.create_database(DATABASE).expect("a database");
        let database_url = cluster.url(DATABASE);
        let servers = [serve(&database_url), serve(&database_url)];
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
        for (number, quantity) in [1_000_000, 1_000_000, SCARCE].into_iter().enumerate() {
            let item = json!({"name": "Lamp", "quantity": quantity, "price": "9.99"});
            let key = format!("item-{number}");
            let created = runtime.block_on(shop.ask(&key, Method::POST, "/api/items", item));
            shop.items[number] = created.id("id");
        }
        let main = cluster.query(DATABASE, "SELECT id FROM warehouses WHERE is_default").expect("an answer");
        shop.warehouse = main[0][0].as_deref().and_then(|id| id.parse().ok()).expect("a default warehouse");
        let servers = servers.map(Some);
        Self { runtime, servers, cluster: Some(cluster), options, database_url, shop: Arc::new(shop) }
    }

    fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a PostgreSQL")
    }

    fn query(&self, sql: &str) -> Rows {
        self.cluster().query(DATABASE, sql).expect("an answer")
    }

    /// Waits until so many more requests were answered.
    fn wait_for_answers(&self, count: usize) {
        let enough = self.shop.answers.load(Ordering::SeqCst) + count;
        let deadline = Instant::now() + PATIENCE;
        while self.shop.answers.load(Ordering::SeqCst) < enough {
            assert!(Instant::now() < deadline, "the service did not come back");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn kill_server(&mut self, number: usize) {
        // Killed before the next one starts.
        drop(self.servers[number].take());
        let server = serve(&self.database_url);
        self.shop.urls[number].lock().expect("no panic").clone_from(&server.url);
        self.servers[number] = Some(server);
    }

    /// Kills PostgreSQL with all its processes, and starts it again on what is on the disk.
    fn kill_postgres(&mut self) {
        let pid = self.query("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)");
        let children = self.query("SELECT pid::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
        signal("-9", pid.into_iter().chain(children));
        // That there is nothing to stop is no news.
        let _ = self.cluster.take().map(Cluster::stop);
        let deadline = Instant::now() + PATIENCE;
        self.cluster = Some(loop {
            match Cluster::start(&self.options) {
                Ok(cluster) => break cluster,
                // What is left of the old one is about to notice.
                Err(error) => assert!(Instant::now() < deadline, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        });
        assert_eq!(self.cluster().url(DATABASE), self.database_url);
    }

    /// Kills one of PostgreSQL's processes that work for a server: it ends all others and recovers by itself.
    fn kill_backend(&self) {
        let busiest = "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'stockhold'
                        ORDER BY state_change DESC LIMIT 1";
        signal("-9", self.query(busiest).into_iter());
    }

    /// Every request, asked once more, has the answer that it had.
    fn check_answers_are_kept(&self, told: &[Told]) {
        let again = told.iter().enumerate().map(|(number, told)| async move {
            let Told { key, method, path, body, .. } = told;
            let answer = self.shop.send(number % 2, key, method, path, body).await;
            assert_eq!(answer, Some((told.status, told.text.clone())), "{told:?}");
        });
        let again: Vec<_> = again.collect();
        self.runtime.block_on(async {
            use futures::StreamExt as _;
            futures::stream::iter(again).buffer_unordered(16).collect::<Vec<_>>().await
        });
    }

    /// What the tables hold is what was answered: nothing is missing, nothing is there twice, and nothing is
    /// there that nobody was told of.
    fn check_effects(&self, told: &[Told]) {
        let ids = |sql: &str| -> Vec<String> {
            let mut ids: Vec<_> =
                self.query(sql).into_iter().filter_map(|mut row| row.swap_remove(0)).collect();
            ids.sort();
            ids
        };
        let mut expected = BTreeMap::<&str, Vec<String>>::new();
        let mut expect = |what, id: i64| expected.entry(what).or_default().push(id.to_string());
        let mut notes = Vec::new();
        self.shop.items.iter().for_each(|item| expect("item", *item));
        for told in told.iter().filter(|told| told.status < 300) {
            let json = told.json();
            let blocks = json["blocks"].as_array().into_iter().flatten();
            let blocks = blocks.map(|block| block["blockId"].as_i64().expect("an id"));
            match (told.method.as_str(), told.path.rsplit('/').next().unwrap_or_default()) {
                ("POST", "temporary") => expect("blocked", told.id("blockId")),
                ("POST", "permanent") => {
                    expect("confirmed", told.id("blockId"));
                    if told.body["quantity"].is_number() {
                        expect("released", told.id("blockId"));
                    }
                }
                ("POST", "blocks") => blocks.for_each(|id| expect("blocked", id)),
                ("POST", "confirm") => blocks.for_each(|id| expect("confirmed", id)),
                ("DELETE", _) if told.path.starts_with("/api/carts/") => {
                    blocks.for_each(|id| expect("released", id));
                }
                ("DELETE", _) => expect("released", told.id("blockId")),
                ("POST", "orders") => expect("order", told.id("id")),
                ("POST", "allocate") => {
                    assert_eq!(json["allocated"], true, "{told:?}");
                    // One line for each of its items.
                    (0..2).for_each(|_| expect("allocated", told.id("orderId")));
                }
                ("POST", "stock") => notes.push(told.body["reason"].as_str().expect("a reason").to_owned()),
                ("POST", "items") => expect("item", told.id("id")),
                other => unreachable!("{other:?}"),
            }
        }
        notes.sort();
        for (what, mut wanted) in expected {
            wanted.sort();
            let found = match what {
                "item" => ids("SELECT id::text FROM items"),
                "order" => ids("SELECT id::text FROM orders WHERE status = 'allocated'"),
                "allocated" => ids("SELECT order_id::text FROM stock_movements WHERE reason = 'allocated'"),
                reason => {
                    ids(&format!("SELECT block_id::text FROM stock_movements WHERE reason = '{reason}'"))
                }
            };
            assert!(wanted == found, "{what}: answered {wanted:?}, found {found:?}");
        }
        assert_eq!(notes, ids("SELECT note FROM stock_movements WHERE note IS NOT NULL"));
        let of_scarce =
            |told: &&Told| told.path.ends_with("/temporary") && told.body["itemId"] == self.shop.items[2];
        let scarce: Vec<_> = told.iter().filter(of_scarce).map(|told| told.status).collect();
        let granted = scarce.iter().filter(|status| **status == 201).count();
        assert_eq!(granted, SCARCE.min(scarce.len()), "of {}", scarce.len());
    }
}

fn serve(database_url: &str) -> Serving {
    let mut command = stockhold();
    // What it has to say about the crashes is not for the one who reads the tests.
    command.arg("serve").env("DATABASE_URL", database_url).stderr(Stdio::null());
    Serving::start(command)
}

/// Sends a signal to the processes whose ids are the first column.
fn signal(name: &str, rows: impl Iterator<Item = Vec<Option<String>>>) {
    let pids: Vec<_> = rows.flatten().flatten().collect();
    assert!(!pids.is_empty(), "nobody to send {name} to");
    // Some may be gone already.
    let _ = Command::new("kill").arg(name).args(&pids).stderr(Stdio::null()).status();
}
