//! `kill -9` of the server in the middle of changed carts, payments, conversions, allocations, shipments and returns. Each
//! request has an idempotency key. After a restart every request is sent again, and each effect exists once.

use crate::binary::{ServerProcess, stockhold};
use crate::ledger;
use futures::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The requests of each kind.
const COPIES: usize = 6;

/// A request with its idempotency key.
#[derive(Debug, Clone)]
struct Keyed {
    method: Method,
    path: String,
    body: Value,
    key: String,
}

async fn start(database: &str) -> ServerProcess {
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", database);
    tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started")
}

/// Sends a request. Returns `None` if the server ends before its answer.
async fn send(client: &Client, url: &str, request: &Keyed) -> Option<(u16, Value)> {
    let sent = client
        .request(request.method.clone(), format!("{url}{}", request.path))
        .header("Idempotency-Key", &request.key)
        .json(&request.body);
    let answer = sent.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.ok()?))
}

/// A shop on a server process.
struct Shop {
    client: Client,
    url: String,
    items: [i64; 2],
    setups: AtomicUsize,
}

impl Shop {
    async fn post(&self, path: &str, body: Value) -> Value {
        let key = format!("setup-{}", self.setups.fetch_add(1, Ordering::Relaxed));
        let request = Keyed { method: Method::POST, path: path.to_owned(), body, key };
        let (status, answer) = send(&self.client, &self.url, &request).await.expect("an answer");
        assert!((200..300).contains(&status), "{request:?}: {status} {answer}");
        answer
    }

    /// Places a cart with two units of each item.
    async fn cart(&self) -> i64 {
        let lines = self.items.map(|item| json!({"itemId": item, "quantity": 2}));
        let placed = self.post("/api/blocks", json!({"lines": lines, "ttlSeconds": 600})).await;
        placed["cartId"].as_i64().or(placed["id"].as_i64()).expect("an id")
    }

    /// Creates an order of two units of each item.
    async fn order(&self) -> i64 {
        let lines = self.items.map(|item| json!({"itemId": item, "quantity": 2}));
        self.post("/api/orders", json!({"lines": lines})).await["id"].as_i64().expect("an id")
    }

    async fn filled(&self) -> i64 {
        let order = self.order().await;
        self.post(&format!("/api/orders/{order}/allocate"), json!({"mode": "partial"})).await;
        order
    }

    /// Creates the carts and orders of one copy. Returns a request about each.
    async fn requests(&self, copy: usize) -> Vec<Keyed> {
        let lines = json!([{"itemId": self.items[0], "quantity": 3}]);
        let shipped = self.filled().await;
        self.post(&format!("/api/orders/{shipped}/ship"), json!({})).await;
        let reassign = json!({"toOrderId": self.order().await});
        let of_order = |order: i64, action: &str| format!("/api/orders/{order}/{action}");
        let pay = json!({"ttlSeconds": 900, "paymentReference": format!("pay-{copy}")});
        let returned = json!({"lines": [{"itemId": self.items[0], "quantity": 1}], "into": "damaged"});
        let sold = self.cart().await;
        self.post(&format!("/api/carts/{sold}/confirm"), json!({})).await;
        let requests = [
            (Method::PUT, format!("/api/carts/{}", self.cart().await), json!({"version": 1, "lines": lines})),
            (Method::POST, format!("/api/carts/{}/payment", self.cart().await), pay),
            (Method::POST, "/api/orders".into(), json!({"cartId": self.cart().await})),
            (Method::POST, "/api/orders".into(), json!({"cartId": sold})),
            (Method::POST, of_order(self.order().await, "allocate"), json!({"policy": "fewest_parcels"})),
            (
                Method::POST,
                of_order(self.order().await, "allocate"),
                json!({"mode": "partial", "wait": true}),
            ),
            (Method::POST, of_order(self.filled().await, "ship"), json!({})),
            (Method::POST, of_order(shipped, "return"), returned),
            (Method::POST, of_order(self.filled().await, "reassign"), reassign),
            (Method::POST, of_order(self.filled().await, "cancel"), json!({})),
        ];
        let keyed =
            |(kind, (method, path, body))| Keyed { method, path, body, key: format!("{copy}-{kind}") };
        requests.into_iter().enumerate().map(keyed).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_leaves_each_effect_once() {
    let database = store::testing::database().await;
    let mut serving = start(&database).await;
    let client = Client::new();
    let mut shop = Shop { client, url: serving.url.clone(), items: [0; 2], setups: AtomicUsize::new(0) };
    for number in 0..2 {
        let item = json!({"name": "Lamp", "price": "9.99", "quantity": 1_000});
        shop.items[number] = shop.post("/api/items", item).await["id"].as_i64().expect("an id");
    }
    let copies: Vec<_> = (0..COPIES).collect();
    let requests = join_all(copies.into_iter().map(|copy| shop.requests(copy))).await;
    let requests: Vec<_> = requests.into_iter().flatten().collect();
    let count = requests.len();

    // The server is killed twice, each time after another part of the answers.
    let mut known: Vec<Option<(u16, Value)>> = vec![None; count];
    for killed_after in [count / 4, count / 6] {
        let (answered, killed) = (AtomicUsize::new(0), std::sync::Mutex::new(serving));
        let sending = requests.iter().map(|request| async {
            let answer = send(&shop.client, &shop.url, request).await;
            if answer.is_some() && answered.fetch_add(1, Ordering::SeqCst) + 1 == killed_after {
                killed.lock().expect("no panic").child.kill().expect("killed");
            }
            answer
        });
        let answers = join_all(sending).await;
        check_repeated(&requests, &mut known, answers);
        let lost = known.iter().filter(|answer| answer.is_none()).count();
        println!("killed after {killed_after} of {count} answers: {lost} requests have no answer");
        drop(killed);
        serving = start(&database).await;
        shop.url.clone_from(&serving.url);
    }
    let answers = join_all(requests.iter().map(|request| send(&shop.client, &shop.url, request))).await;
    check_repeated(&requests, &mut known, answers);
    for (request, answer) in requests.iter().zip(&known) {
        let (status, body) = answer.as_ref().expect("an answer");
        assert!((200..300).contains(status), "{request:?}: {status} {body}");
    }
    check_effects(&database).await;
    serving.stop("-TERM");
    let reconciled = stockhold().arg("reconcile").env("DATABASE_URL", &database).output().expect("run");
    assert!(reconciled.status.success(), "{}", String::from_utf8_lossy(&reconciled.stdout));
}

/// Checks that a repeated request has the answer that it had before.
fn check_repeated(
    requests: &[Keyed],
    known: &mut [Option<(u16, Value)>],
    answers: Vec<Option<(u16, Value)>>,
) {
    for ((request, known), answer) in requests.iter().zip(known).zip(answers) {
        let Some(answer) = answer else { continue };
        match known {
            Some(before) => assert_eq!(*before, answer, "{request:?}"),
            None => *known = Some(answer),
        }
    }
}

/// Checks that each kind of request has its effect once per copy.
async fn check_effects(database: &str) {
    let pool = PgPool::connect(database).await.expect("a connection");
    ledger::check(&pool).await;
    let copies = i64::try_from(COPIES).expect("few");
    for (effect, statement, per_copy) in [
        ("changed carts", "SELECT count(*) FROM carts WHERE version = 2", 1),
        ("twice changed carts", "SELECT count(*) FROM carts WHERE version > 2", 0),
        ("payments", "SELECT count(*) FROM carts WHERE payment_reference IS NOT NULL", 1),
        (
            "converted units",
            "SELECT sum(units) FROM stock_movements WHERE reason IN ('hold_converted', 'sale_converted')",
            8,
        ),
        // Two orders of carts; two orders by policy and partial; two shipped ones; the reassigned and its source; a cancelled
        // one.
        ("orders", "SELECT count(*) FROM orders", 9),
        ("allocated units", "SELECT sum(allocated) FROM order_allocations", 20),
        ("shipped units", "SELECT sum(shipped) FROM order_allocations", 8),
        ("returned units", "SELECT sum(returned) FROM order_allocations", 1),
        ("damaged units", "SELECT sum(damaged) FROM unsellable_stock", 1),
        ("cancelled orders", "SELECT count(*) FROM orders WHERE status = 'cancelled'", 1),
        // The reassigned and the cancelled order return units.
        ("returned to stock", "SELECT sum(change) FROM stock_movements WHERE reason = 'cancelled'", 8),
    ] {
        assert_eq!(ledger::number(&pool, statement).await, per_copy * copies, "{effect}");
    }
}
