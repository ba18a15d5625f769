//! Stored and requested text never becomes markup of a page.

use crate::app::{Answer, TestApp};
use crate::imports::judged;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Ends an attribute, an element, the title and a script, and starts a comment. It fits into a warehouse code.
pub const MARKUP: &str = r#""'<x17 y="></title></script><!--"#;

/// Parts of [`MARKUP`] that no page may contain: each is escaped in a text, in an attribute and in a script.
const UNESCAPED: [&str; 4] = ["<x17", r#"x17 y=">"#, "></title></script>", "</script><!--"];

/// [`MARKUP`] as part of an address.
pub fn encoded() -> String {
    utf8_percent_encode(MARKUP, NON_ALPHANUMERIC).to_string()
}

#[track_caller]
pub fn check(place: &str, page: &str) {
    for text in UNESCAPED {
        let found = page.find(text).map(|at| page.get(at.saturating_sub(80)..at + 40).unwrap_or(text));
        assert_eq!(found, None, "{place}");
    }
}

/// Returns whether a page contains the escaped [`MARKUP`].
pub fn shows(page: &str) -> bool {
    page.contains("&lt;x17")
}

fn title(page: &str) -> &str {
    let (_, rest) = page.split_once("<title>").expect("a title");
    rest.split_once("</title>").expect("the title's end").0
}

/// A server on a database in which every text is [`MARKUP`].
struct Shop {
    app: TestApp,
    item: i64,
    block: i64,
    order: i64,
    warehouse: i64,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let item = json!({"name": MARKUP, "quantity": 9, "price": "9.99", "category": MARKUP, "description": MARKUP});
        let item = app.post("/api/items", item).await.expect(201)["id"].as_i64().expect("an id");
        let warehouse = json!({"code": MARKUP, "name": MARKUP});
        let warehouse =
            app.post("/api/warehouses", warehouse).await.expect(201)["id"].as_i64().expect("an id");
        let adjustment = json!({"delta": 5, "warehouseId": warehouse, "reason": MARKUP});
        app.post(&format!("/api/items/{item}/stock"), adjustment).await.expect(200);
        let line = json!({"itemId": item, "quantity": 1});
        let cart = json!({"lines": [line], "reference": MARKUP});
        let cart = app.post("/api/blocks", cart).await.expect(201);
        let block = cart["blocks"][0]["blockId"].as_i64().expect("an id");
        let ended = app.block(item, 1, 60).await;
        app.delete(&format!("/api/blocks/{ended}")).await.expect(200);
        let order = app.post("/api/orders", json!({"lines": [line], "reference": MARKUP})).await.expect(201);
        app.post("/rpc/save_view", json!({"list": "items", "name": MARKUP, "query": ""})).await.expect(200);
        let order = order["id"].as_i64().expect("an id");
        Self { app, item, block, order, warehouse }
    }

    /// Returns the address of every page and dialog, with markup in every parameter.
    fn addresses(&self) -> Vec<String> {
        let Self { item, order, warehouse, block, .. } = self;
        let pages = [
            "/".to_owned(),
            "/items".to_owned(),
            format!("/items/{item}"),
            format!("/items/{}", encoded()),
            "/blocks".to_owned(),
            "/movements".to_owned(),
            "/notifications".to_owned(),
            "/refusals".to_owned(),
            "/sold".to_owned(),
            "/orders".to_owned(),
            "/orders/new".to_owned(),
            format!("/orders/{order}"),
            format!("/orders/{order}/lines"),
            format!("/orders/{order}/allocate"),
            format!("/orders/{}", encoded()),
            "/warehouses".to_owned(),
            format!("/warehouses/{warehouse}"),
            format!("/warehouses/{}", encoded()),
            "/categories".to_owned(),
            format!("/categories/{}", encoded()),
            "/imports".to_owned(),
            "/carts".to_owned(),
            "/settings".to_owned(),
            "/stock".to_owned(),
            "/help".to_owned(),
            format!("/help/{}", encoded()),
            // The id of a cart is that of its first block.
            format!("/carts/{block}"),
            format!("/carts/{}", encoded()),
            format!("/blocks/{block}"),
            format!("/blocks/{}", encoded()),
            "/search".to_owned(),
            format!("/{}", encoded()),
        ];
        let actions =
            ["create", "edit", "place", "receive", "write-off", "rename", "cancel", "add", "preview"];
        let actions = actions.iter().map(|action| format!("do={action}"));
        let on = ["move", "adjust", "rename", "confirm", "extend"]
            .iter()
            .flat_map(|action| [format!("do={action}.{warehouse}"), format!("do={action}.{}", encoded())]);
        let fields = [
            "do",
            "q",
            "category",
            "sort",
            "after",
            "limit",
            "item",
            "warehouse",
            "reference",
            "state",
            "status",
            "sku",
            "from",
            "until",
            "kind",
            "span",
            "view",
            "trail",
            "size",
            "to",
        ];
        let fields = fields.iter().map(|field| format!("{field}={}", encoded()));
        let known = [format!("item={item}"), format!("warehouse={warehouse}"), "view=ended".to_owned()];
        let queries: Vec<_> = actions.chain(on).chain(fields).chain(known).collect();
        let with_query = |page: &String| {
            let page = page.clone();
            queries.iter().map(move |query| format!("{page}?{query}")).collect::<Vec<_>>()
        };
        pages.iter().flat_map(with_query).chain(pages.iter().cloned()).collect()
    }

    /// Returns the number of rows in all tables that requests can change.
    async fn rows(&self) -> i64 {
        let count = "SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM warehouses)
            + (SELECT count(*) FROM orders) + (SELECT count(*) FROM stock_movements)";
        sqlx::query_scalar(count).fetch_one(&self.app.database).await.expect("a count")
    }

    async fn submit(&self, name: &str, kind: &str, body: String) -> Answer {
        let request = self.app.request(Method::POST, &format!("/forms/{name}"));
        let referer = format!("{}/blocks?q={}&item=\"'x17", self.app.url, encoded());
        self.app.send(request.header("content-type", kind).header("referer", referer).body(body)).await
    }
}

#[tokio::test]
async fn no_page_has_foreign_markup_and_none_changes_anything() {
    let shop = Shop::open().await;
    let before = shop.rows().await;
    for address in shop.addresses() {
        let page = shop.app.get(&address).await;
        assert!(page.header("content-type").starts_with("text/html"), "{address}");
        check(&address, &page.text);
    }
    assert_eq!(shop.rows().await, before, "a GET changes nothing");
    for address in [
        "/items".to_owned(),
        "/blocks".to_owned(),
        "/orders".to_owned(),
        "/warehouses".to_owned(),
        format!("/items/{}", shop.item),
        format!("/orders/{}", shop.order),
        format!("/categories/{}", encoded()),
    ] {
        assert!(shows(&shop.app.get(&address).await.text), "{address}");
    }
}

#[tokio::test]
async fn a_title_is_text() {
    let shop = Shop::open().await;
    let escaped = "&lt;x17";
    for address in [
        format!("/categories/{}", encoded()),
        format!("/items/{}", shop.item),
        format!("/orders/{}", shop.order),
        format!("/warehouses/{}", shop.warehouse),
    ] {
        let page = shop.app.get(&address).await.text;
        assert!(title(&page).contains(escaped), "{address}: {}", title(&page));
        assert!(title(&page).ends_with(" · Stockhold"), "{address}: {}", title(&page));
    }
}

#[tokio::test]
async fn cookies_and_addresses_are_text() {
    let shop = Shop::open().await;
    let cookie =
        format!("theme={MARKUP}; density={MARKUP}; columns=items.{MARKUP}+{MARKUP}; flash={}", encoded());
    let page = shop.app.send(shop.app.request(Method::GET, "/items").header("cookie", cookie)).await;
    check("cookies", &page.text);
    assert!(shows(&page.text), "the page shows the outcome of a form");
    // HTTP libraries encode a quotation mark, but other clients may not.
    let host = shop.app.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    let request =
        format!("GET /items?x=\"onfocus=\"x17 HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).await.expect("an answer");
    assert!(!page.contains("\"onfocus=\""), "{page}");
}

#[tokio::test]
async fn the_pages_of_forms_have_no_foreign_markup() {
    let shop = Shop::open().await;
    let form = "application/x-www-form-urlencoded";
    let blocks = shop.submit("act_on_blocks", form, format!("action=Confirm&id={}&id=1", shop.block)).await;
    assert_eq!(blocks.status, 200, "{}", blocks.text);
    assert!(shows(&blocks.text));
    check("blocks", &blocks.text);
    let cell = MARKUP.replace('"', "\"\"");
    let csv = format!(
        "name,price,category,\"{cell}\"\n\"{cell}\",1,\"{cell}\",\n\"{cell}\",\"{cell}\",\"{cell}\",\n"
    );
    // The name of a file is stored without directories.
    let file_name = MARKUP.replace('/', "");
    let file_name = utf8_percent_encode(&file_name, NON_ALPHANUMERIC);
    let import = judged(&shop.app, &format!("?fileName={file_name}"), csv).await;
    for page in ["/imports".to_owned(), format!("/imports/{}", import["id"])] {
        let answer = shop.app.get(&page).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(shows(&answer.text), "{page}");
        check(&page, &answer.text);
    }
    for (name, body) in [
        ("act_on_blocks", format!("action={0}&id={0}", encoded())),
        ("create_item", format!("in=item&name={0}&price={0}", encoded())),
        ("rename_category?in=rename&category=x", format!("to={}", encoded())),
    ] {
        let led = shop.submit(name, form, body).await;
        let place = led.header("location").to_owned();
        assert!(led.status == 200 || led.status == 303, "{name}: {}", led.status);
        assert!(!place.starts_with("//"), "{name}: {place}");
        check(name, &led.text);
    }
}

/// If markup got into a page, the browser would still not run its scripts.
#[tokio::test]
async fn scripts_run_by_a_nonce_of_each_page() {
    let app = TestApp::start().await;
    let mut seen = Vec::new();
    for address in ["/", "/items", "/nothing"] {
        let page = app.get(address).await;
        let policy = page.header("content-security-policy").to_owned();
        let (_, nonce) = policy.split_once("'nonce-").expect("a nonce");
        let nonce = nonce.split_once('\'').expect("the nonce's end").0.to_owned();
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'nonce-"), "{policy}");
        let scripts = page.text.matches("<script").count();
        assert!(scripts > 0, "{address}");
        assert_eq!(page.text.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{address}");
        assert!(!seen.contains(&nonce), "{address}: a nonce comes once");
        seen.push(nonce);
    }
    let documentation = app.get("/api/docs/").await;
    assert!(documentation.header("content-security-policy").ends_with("script-src 'self'"));
}
