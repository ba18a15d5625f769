//! A server per test, with a free port and a new database. Every response is checked against the OpenAPI document.

use access::Access;
use cluster::Cluster;
use domain::{NewClient, Origin, Scope};
use leptos::config::LeptosOptions;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use server::{Application, CODES, Cli, Config, table};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::{Arc, LazyLock, Mutex, Weak};
use std::time::Duration;
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The URL of the PostgreSQL in which tests create their databases.
const DATABASE_URL: &str = "STOCKHOLD_TEST_DATABASE_URL";

/// The private PostgreSQL of this process, if no URL is set. It stops with the last test that uses it.
static CLUSTER: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(server::document()).expect("the OpenAPI document"));

/// A PostgreSQL for tests.
#[derive(Clone)]
pub enum Postgres {
    Named(String),
    Own(Arc<Cluster>),
}

impl Postgres {
    pub fn find() -> Self {
        if let Some(url) = std::env::var(DATABASE_URL).ok().filter(|url| !url.is_empty()) {
            return Self::Named(url);
        }
        let mut known = CLUSTER.lock().expect("no test panicked while it started PostgreSQL");
        let cluster =
            known.upgrade().unwrap_or_else(|| Arc::new(Cluster::temporary().expect("a PostgreSQL")));
        *known = Arc::downgrade(&cluster);
        Self::Own(cluster)
    }

    /// The URL of one of its databases.
    fn url(&self, database: &str) -> String {
        match self {
            Self::Named(url) => {
                let (server, rest) = url.rsplit_once('/').expect("a URL with a database");
                let options =
                    rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
                format!("{server}/{database}{options}")
            }
            Self::Own(cluster) => cluster.url(database),
        }
    }

    /// Creates an empty database, and returns its URL.
    pub async fn create_database(&self) -> String {
        let name = format!("it_{}", uuid::Uuid::now_v7().simple());
        store::create_database(&self.url("postgres"), &name).await.expect("a fresh database");
        self.url(&name)
    }
}

/// A running server.
pub struct TestApp {
    pub url: String,
    /// The URL of the listener for metrics, if there is one.
    pub metrics_url: Option<String>,
    /// A connection to the database, apart from the server.
    pub database: PgPool,
    pub database_url: String,
    client: reqwest::Client,
    stop: CancellationToken,
    running: Option<JoinHandle<anyhow::Result<()>>>,
    postgres: Option<Postgres>,
}

impl TestApp {
    /// Starts a server on a new database.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let postgres = Postgres::find();
        let database_url = postgres.create_database().await;
        Self::over(postgres, database_url, site("target/no-site"), change).await
    }

    /// Starts a server with a listener for metrics.
    pub async fn start_with_metrics() -> Self {
        Self::start_with(|config| config.observe.metrics_addr = Some(([127, 0, 0, 1], 0).into())).await
    }

    /// Returns the response of the listener for metrics.
    pub async fn observe(&self, path: &str) -> reqwest::Response {
        let url = self.metrics_url.as_deref().expect("a listener for metrics");
        self.client.get(format!("{url}{path}")).send().await.expect("an answer")
    }

    /// Returns the lines of `/metrics`.
    pub async fn metrics(&self) -> Vec<String> {
        let text = self.observe("/metrics").await.text().await.expect("a text");
        text.lines().map(str::to_owned).collect()
    }

    /// Starts a server with these options of the console.
    pub async fn start_with_site(options: LeptosOptions) -> Self {
        let postgres = Postgres::find();
        let database_url = postgres.create_database().await;
        Self::over(postgres, database_url, options, |_| {}).await
    }

    /// Starts another server on the same database.
    pub async fn one_more(&self) -> Self {
        let postgres = self.postgres.clone().expect("a PostgreSQL");
        Self::over(postgres, self.database_url.clone(), site("target/no-site"), |_| {}).await
    }

    /// Starts a server on an existing database.
    pub async fn over(
        postgres: Postgres,
        database_url: String,
        options: LeptosOptions,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = config(&database_url);
        change(&mut config);
        let application = Application::build(&config, options, true).await.expect("a server");
        let url = format!("http://{}", application.address());
        let metrics_url = application.metrics_address().map(|address| format!("http://{address}"));
        let stop = CancellationToken::new();
        let running = tokio::spawn(application.run_until_stopped(stop.clone().cancelled_owned()));
        let database = PgPoolOptions::new().max_connections(4).connect(&database_url).await;
        Self {
            url,
            metrics_url,
            database: database.expect("the test's database"),
            database_url,
            client: reqwest::Client::builder().timeout(Duration::from_secs(60)).build().expect("a client"),
            stop,
            running: Some(running),
            postgres: Some(postgres),
        }
    }

    /// Drops the handle of its PostgreSQL, so that the test can stop it.
    pub fn without_postgres(mut self) -> Self {
        self.postgres = None;
        self
    }

    /// Starts the shutdown. [`TestApp::stopped`] waits for its end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for the end of the server, and returns its result.
    pub async fn stopped(&mut self) -> anyhow::Result<()> {
        self.running.take().expect("it was running").await.expect("it did not panic")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// Returns a request for [`TestApp::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request, and checks the response against the OpenAPI document.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self.client.execute(request).await.expect("an answer");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status, headers, body, text };
        answer.check(&method, &path);
        answer
    }

    /// Creates a client with these scopes, and returns its token.
    pub async fn client(&self, name: &str, scopes: &[Scope]) -> String {
        let store = Store::connect(store::Settings::new(&self.database_url)).await.expect("a connection");
        let access = Access::new(store.clone(), access::Settings::default());
        let new = NewClient::new(name, scopes.to_vec()).expect("a client");
        let (_, issued) = access.client_create(&Origin::COMMAND_LINE, &new, None).await.expect("created");
        store.close().await;
        issued.secret.as_str().to_owned()
    }

    /// Creates an item with `quantity` units in the default warehouse.
    pub async fn item(&self, quantity: i64) -> i64 {
        let body = json!({"name": "Lamp", "quantity": quantity, "price": "9.99", "category": "Lighting"});
        self.post("/api/items", body).await.expect(201)["id"].as_i64().expect("an id")
    }

    /// Adds a warehouse.
    pub async fn warehouse(&self, code: &str) -> i64 {
        let warehouse = self.post("/api/warehouses", json!({"code": code, "name": code})).await.expect(201);
        warehouse["id"].as_i64().expect("an id")
    }

    /// Places a block of `quantity` units for `ttl_seconds`.
    pub async fn block(&self, item: i64, quantity: i64, ttl_seconds: i64) -> i64 {
        let body = json!({"itemId": item, "quantity": quantity, "ttlSeconds": ttl_seconds});
        let placed = self.post("/api/items/block/temporary", body).await.expect(201);
        placed["blockId"].as_i64().expect("an id")
    }

    /// Creates an order of these items and units.
    pub async fn order(&self, lines: &[(i64, i64)]) -> i64 {
        let line = |(item, quantity): &(i64, i64)| json!({"itemId": item, "quantity": quantity});
        let lines: Vec<_> = lines.iter().map(line).collect();
        let order = self.post("/api/orders", json!({"lines": lines})).await.expect(201);
        order["id"].as_i64().expect("an id")
    }

    /// The default warehouse's id.
    pub async fn main_warehouse(&self) -> i64 {
        let warehouses = self.get("/api/warehouses").await.expect(200);
        let main = warehouses.as_array().expect("a list").iter().find(|place| place["isDefault"] == true);
        main.expect("a default warehouse")["id"].as_i64().expect("an id")
    }

    /// Available units of an item, over all warehouses.
    pub async fn available(&self, item: i64) -> i64 {
        self.get(&format!("/api/items/{item}")).await.expect(200)["quantity"].as_i64().expect("a quantity")
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Returns the default configuration of a test server.
pub fn config(database_url: &str) -> Config {
    let arguments = ["stockhold", "--database-url", database_url, "--database-read-url", "", "serve"];
    Cli::read_from(arguments).expect("a configuration").config
}

/// Returns the console's options with its files in `folder`.
pub fn site(folder: &str) -> LeptosOptions {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    LeptosOptions::builder().output_name("stockhold").site_root(folder).site_addr(address).build()
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    /// The body, if it is JSON.
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// Asserts the status, and returns the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Asserts the status and code of a problem, and returns the body.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        self.body
    }

    /// Returns a header as text; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn check(&self, method: &Method, path: &str) {
        let place = format!("{method} {path}: {} {}", self.status, self.text);
        assert!(!self.header("x-request-id").is_empty(), "{place}");
        let is_problem = self.header("content-type") == "application/problem+json";
        let is_api = ["/api/", "/rpc/"].iter().any(|root| format!("{path}/").starts_with(root));
        assert_eq!(is_problem, is_api && self.status >= 400, "{place}");
        if is_problem {
            assert_eq!(self.body["requestId"], self.header("x-request-id"), "{place}");
            assert_eq!(self.body["status"], self.status, "{place}");
            let known = CODES.iter().find(|code| self.body["code"] == code.code);
            assert_eq!(known.map(|code| code.status), Some(self.status), "{place}");
        }
        if let Some(operation) = operation(method, path) {
            let documented = &operation["responses"][self.status.to_string()];
            assert!(documented.is_object(), "not in the OpenAPI document: {place}");
            if is_problem {
                let code = format!("`{}`", self.body["code"].as_str().unwrap_or_default());
                let is_listed = documented["description"].as_str().is_some_and(|text| text.contains(&code));
                assert!(is_listed, "code not in the OpenAPI document: {place}");
            }
        }
    }
}

/// Returns the operation in the OpenAPI document.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some(part), Some(text)) if part == text || (part.starts_with('{') && !text.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let rows = table().into_iter().filter(|row| row.method == *method && fits(row.path));
    // A literal path takes precedence over one with parameters.
    let row = rows.min_by_key(|row| row.path.matches('{').count())?;
    Some(&DOCUMENT["paths"][row.path][method.as_str().to_lowercase()])
}
