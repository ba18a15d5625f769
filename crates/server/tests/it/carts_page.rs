//! The pages of carts: the search, a cart with its actions, and the ways to it.

use crate::app::TestApp;
use crate::browser::{Browser, person, signed_in, strict_server};
use crate::markup::{MARKUP, check, encoded, shows};
use domain::{Role, Scope};
use reqwest::Method;
use serde_json::{Value, json};

/// Places a cart of 3 lamps with an SKU and 2 mugs, and returns it.
async fn place(app: &TestApp, reference: &str) -> Value {
    let (lamp, mug) = (app.item(9).await, app.item(9).await);
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": format!("LAMP-{lamp}")})).await.expect(200);
    app.patch(&format!("/api/items/{mug}"), json!({"name": "Mug"})).await.expect(200);
    let lines = json!([{"itemId": lamp, "quantity": 3}, {"itemId": mug, "quantity": 2}]);
    let cart = json!({"lines": lines, "ttlSeconds": 600, "reference": reference});
    let id = app.post("/api/blocks", cart).await.expect(201)["cartId"].clone();
    read(app, &id).await
}

async fn read(app: &TestApp, id: &Value) -> Value {
    app.get(&format!("/api/carts/{id}")).await.expect(200)
}

/// Returns the `datetime` attribute of a time of the API, without fractions of a second.
fn datetime(time: &Value) -> String {
    let seconds = time.as_str().and_then(|time| time.get(..19)).expect("a time");
    format!("<time datetime=\"{seconds}Z\">")
}

/// Returns a page without the marks that separate texts for hydration, and without the isolation of texts.
fn plain(page: &str) -> String {
    page.replace("<!>", "").replace("<bdi>", "").replace("</bdi>", "")
}

#[track_caller]
fn contains(page: &str, texts: &[&str]) {
    let page = plain(page);
    for text in texts {
        assert!(page.contains(text), "{text} is not in {page}");
    }
}

#[track_caller]
fn lacks(page: &str, texts: &[&str]) {
    let page = plain(page);
    for text in texts {
        assert!(!page.contains(text), "{text} is in {page}");
    }
}

#[tokio::test]
async fn a_page_shows_the_cart_and_its_lines() {
    let app = TestApp::start().await;
    let cart = place(&app, "shop 7").await;
    let id = &cart["cartId"];
    let page = app.get(&format!("/carts/{id}")).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    let line = &cart["lines"][0];
    contains(
        &page.text,
        &[
            &format!("<title>Cart {id} · Stockhold</title>"),
            "badge badge--held\">Active<",
            "holds its units until it expires",
            "href=\"/carts?reference=shop%207\">shop 7</a>",
            "2 lines, 5 units",
            "<dd>1</dd>",
            &datetime(&cart["expiresAt"]),
            &datetime(&cart["createdAt"]),
            &format!(
                "href=\"/items/{0}\">Lamp</a><span class=\"table__sku\">LAMP-{0}</span>",
                line["itemId"]
            ),
            ">Mug</a>",
            &format!("href=\"/warehouses/{}\">MAIN</a>", line["warehouseId"]),
            &format!("<td>{}</td>", line["blockId"]),
            &format!("action=\"/carts/{id}/confirm\""),
            &format!("action=\"/carts/{id}/extend\""),
            &format!("action=\"/carts/{id}/release\""),
        ],
    );
    let change = json!({"version": 1, "lines": [{"itemId": line["itemId"], "quantity": 1}]});
    app.send(app.request(Method::PUT, &format!("/api/carts/{id}")).json(&change)).await.expect(200);
    let page = app.get(&format!("/carts/{id}")).await.text;
    contains(&page, &["1 line, 1 unit", "<dd>2</dd>"]);
    lacks(&page, &["Mug"]);
}

#[tokio::test]
async fn a_cart_is_extended_and_confirmed_or_released() {
    let app = TestApp::start().await;
    let (sold, back) = (place(&app, "a").await, place(&app, "b").await["cartId"].clone());
    let id = &sold["cartId"];
    let path = format!("/carts/{id}");
    let mut browser = Browser::new(&app);
    let extended = browser.post(&format!("{path}/extend"), &[("minutes", " 90 ")]).await.redirects(&path);
    contains(extended.header("set-cookie"), &["flash=The%20cart%20is%20extended", &format!("path={path};")]);
    let (before, after) = (sold["expiresAt"].as_str(), read(&app, id).await["expiresAt"].clone());
    assert!(after.as_str() > before, "{after} is not after {before:?}");
    contains(&browser.get(&path).await.text, &[&datetime(&after)]);

    browser.post(&format!("{path}/confirm"), &[]).await.redirects(&path);
    let page = browser.get(&path).await.expect(200).text;
    // The units of a confirmed cart can still become an order's.
    let order = format!("action=\"{path}/order\"");
    contains(&page, &["Its units are sold", "badge badge--good\">Confirmed<", &order]);
    lacks(&page, &["/confirm\"", "/release\"", "/extend\"", "Expires"]);

    let path = format!("/carts/{back}");
    browser.post(&format!("{path}/release"), &[]).await.redirects(&path);
    assert_eq!(read(&app, &back).await["state"], "released");
    let page = browser.get(&path).await.expect(200).text;
    contains(&page, &["The cart was released", "Lamp"]);
    lacks(&page, &["action=\"/carts/"]);
}

#[tokio::test]
async fn a_page_shows_the_payment_of_a_cart() {
    let app = TestApp::start().await;
    let cart = place(&app, "a").await;
    let path = format!("/carts/{}", cart["cartId"]);
    let payment = json!({"ttlSeconds": 900, "paymentReference": "<P-1>"});
    let paid = app.post(&format!("/api{path}/payment"), payment).await.expect(200);
    let mut browser = Browser::new(&app);
    let page = browser.get(&path).await.expect(200).text;
    let until = datetime(&paid["payment"]["until"]);
    contains(
        &page,
        &["The cart is being paid", "&lt;P-1&gt;", &until, &format!("action=\"{path}/confirm\"")],
    );
    lacks(&page, &["/release\"", "/extend\""]);
    let page = browser.post(&format!("{path}/release"), &[]).await.expect(409).text;
    contains(&page, &["role=\"alert\"", "is being paid until", "end the payment first"]);

    let ended = browser.post(&format!("{path}/end-payment"), &[]).await.redirects(&path);
    contains(ended.header("set-cookie"), &["flash=The%20payment%20has%20ended"]);
    let page = browser.get(&path).await.expect(200).text;
    contains(&page, &["holds its units until it expires", &format!("action=\"{path}/release\"")]);
    lacks(&page, &["&lt;P-1&gt;", "end-payment"]);
    browser.post(&format!("{path}/end-payment"), &[]).await.expect(409).says("has no running payment");
}

#[tokio::test]
async fn an_order_is_created_of_a_cart() {
    let app = TestApp::start().await;
    let cart = place(&app, "a").await;
    let path = format!("/carts/{}", cart["cartId"]);
    let mut browser = Browser::new(&app);
    contains(&browser.get(&path).await.expect(200).text, &[&format!("action=\"{path}/order\"")]);
    browser.post(&format!("{path}/order"), &[]).await.redirects(&path);
    let order = app.get(&format!("/api{path}")).await.expect(200)["orderId"].clone();
    let page = browser.get(&path).await.expect(200).text;
    contains(
        &page,
        &[&format!("href=\"/orders/{order}\">Order {order}</a>"), ">Ordered<", "belong to an order"],
    );
    lacks(&page, &["action=\"/carts/"]);
    let page = browser.post(&format!("{path}/order"), &[]).await.expect(409).text;
    contains(&page, &["role=\"alert\"", &format!("belong to order {order}")]);
}

#[tokio::test]
async fn a_rejected_form_is_shown_on_the_page() {
    let app = TestApp::start().await;
    let cart = place(&app, "a").await;
    let id = &cart["cartId"];
    let (path, api) = (format!("/carts/{id}"), format!("/api/carts/{id}"));
    let mut browser = Browser::new(&app);
    for minutes in ["", "soon", "0", "-5", "1.5", "43201", "99999999999999999999"] {
        let page = browser.post(&format!("{path}/extend"), &[("minutes", minutes)]).await.expect(400);
        contains(
            &page.text,
            &["role=\"alert\"", "Minutes from now: Enter a whole number", ">Lamp</a>", "Extend"],
        );
        assert_eq!(page.hidden("minutes"), if minutes.is_empty() { "60" } else { minutes });
    }
    assert_eq!(read(&app, id).await, cart);

    app.delete(&api).await.expect(200);
    let released = format!("Cart {id} was released");
    for action in ["confirm", "extend", "release"] {
        let page = browser.post(&format!("{path}/{action}"), &[("minutes", "5")]).await.expect(409);
        contains(&page.text, &["role=\"alert\"", &released, ">Lamp</a>"]);
    }
    // A rejection that is stored under an idempotency key is shown each time.
    for _ in 0..2 {
        let form = browser.form(&format!("{path}/confirm"), &[]).header("idempotency-key", "once");
        contains(&browser.send(form).await.expect(409).text, &[&released]);
    }

    let item = app.item(5).await;
    let lines = json!([{"itemId": item, "quantity": 2}]);
    let cart = app.post("/api/blocks", json!({"lines": lines, "ttlSeconds": 600})).await.expect(201);
    let id = &cart["cartId"];
    let expire = "UPDATE block_inventory SET expires_at = now() - interval '1 second' WHERE item_id = $1";
    sqlx::query(expire).bind(item).execute(&app.database).await.expect("expired");
    let page = browser.post(&format!("/carts/{id}/confirm"), &[]).await.expect(409).text;
    contains(&page, &["role=\"alert\"", &format!("Cart {id} has expired"), "badge badge--bad\">Expired<"]);
    lacks(&page, &["action=\"/carts/"]);
}

#[tokio::test]
async fn an_unknown_cart_is_404() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let pages = [
        browser.get("/carts/987654321").await,
        browser.get("/carts/99999999999999999999").await,
        browser.get("/carts/seven").await,
        browser.post("/carts/987654321/confirm", &[]).await,
        browser.post("/carts/seven/release", &[]).await,
    ];
    for page in pages {
        assert_eq!(page.status, 404, "{}", page.text);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
        contains(&page.text, &["<title>Cart not found · Stockhold</title>", "<h1>Cart not found</h1>"]);
    }
    contains(&browser.get("/carts/987654321").await.text, &["There is no cart 987654321."]);
}

#[tokio::test]
async fn carts_are_found_by_their_reference() {
    let app = TestApp::start().await;
    let (first, second) = (place(&app, "shop & 7").await, place(&app, "shop & 7").await);
    app.delete(&format!("/api/carts/{}", first["cartId"])).await.expect(200);
    let empty = app.get("/carts").await;
    assert_eq!(empty.status, 200);
    contains(&empty.text, &["name=\"reference\"", "action=\"/carts\""]);
    lacks(&empty.text, &["No cart has"]);

    let found = app.get("/carts?reference=shop+%26+7").await;
    assert_eq!(found.status, 200);
    let link = |cart: &Value| format!("href=\"/carts/{0}\">Cart {0}</a>", cart["cartId"]);
    contains(
        &found.text,
        &[&link(&first), &link(&second), ">Released<", ">Active<", "value=\"shop &amp; 7\""],
    );
    let position = |cart| plain(&found.text).find(&link(cart));
    assert!(position(&second) < position(&first), "newest first");

    let none = app.get("/carts?reference=other").await;
    assert_eq!(none.status, 200);
    contains(&none.text, &["No cart has the reference “other”."]);
    for (query, reason) in [
        (format!("reference={}", "x".repeat(101)), "at most 100 characters"),
        ("reference=a&after=b".to_owned(), "Open the first page of the list."),
        ("reference=%00".to_owned(), "NUL"),
    ] {
        let page = app.get(&format!("/carts?{query}")).await;
        assert_eq!(page.status, 400, "{}", page.text);
        contains(&page.text, &["role=\"alert\"", reason, "name=\"reference\""]);
    }
}

#[tokio::test]
async fn a_long_list_of_carts_has_a_next_page() {
    let app = TestApp::start().await;
    let item = app.item(99).await;
    let mut ids = Vec::new();
    for _ in 0..51 {
        let cart = json!({"lines": [{"itemId": item, "quantity": 1}], "reference": "a b"});
        ids.push(app.post("/api/blocks", cart).await.expect(201)["cartId"].clone());
    }
    let page = app.get("/carts?reference=a+b").await.text;
    let (_, next) = page.split_once("href=\"/carts?reference=a%20b&amp;after=").expect("a next page");
    let after = next.split('"').next().expect("a cursor");
    let oldest = format!("href=\"/carts/{}\"", ids[0]);
    lacks(&page, &[&oldest]);
    contains(&app.get(&format!("/carts?reference=a%20b&after={after}")).await.text, &[&oldest]);
}

#[tokio::test]
async fn a_viewer_sees_no_action_and_may_perform_none() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    person(&app, "olga", Role::Operator).await;
    let token = app.client("shop", &[Scope::ItemsWrite, Scope::HoldsWrite, Scope::StockWrite]).await;
    let post = async |path: &str, body: Value| {
        app.send(app.request(Method::POST, path).bearer_auth(&token).json(&body)).await.expect(201)
    };
    let item =
        post("/api/items", json!({"name": "Lamp", "quantity": 5, "price": "1", "category": "x"})).await;
    let lines = json!([{"itemId": item["id"], "quantity": 2}]);
    let cart = post("/api/blocks", json!({"lines": lines, "reference": "a"})).await["cartId"].clone();
    let path = format!("/carts/{cart}");
    Browser::new(&app).get(&path).await.redirects(&format!("/sign-in?next=%2Fcarts%2F{cart}"));

    let mut anna = signed_in(&app, "anna").await;
    let page = anna.get(&path).await.expect(200).text;
    contains(&page, &["Lamp", ">Active<"]);
    lacks(&page, &["action=\"/carts/"]);
    anna.get("/carts?reference=a").await.expect(200).says(&format!("Cart {cart}"));
    for action in ["confirm", "end-payment", "extend", "release"] {
        anna.post(&format!("{path}/{action}"), &[("minutes", "5")]).await.expect(403);
    }

    let mut olga = signed_in(&app, "olga").await;
    olga.get(&path).await.expect(200).says(&format!("action=\"{path}/confirm\"")).says(">Active<");
    let foreign = olga.form(&format!("{path}/confirm"), &[]).header("origin", "https://evil.example");
    olga.send(foreign).await.expect(403);
    olga.get(&path).await.expect(200).says(">Active<");
    olga.post(&format!("{path}/confirm"), &[]).await.redirects(&path);
}

#[tokio::test]
async fn the_result_of_a_form_on_blocks_leads_to_the_cart() {
    let app = TestApp::start().await;
    let cart = place(&app, "a").await;
    let block = cart["lines"][0]["blockId"].to_string();
    let mut browser = Browser::new(&app);
    let page =
        browser.post("/forms/act_on_blocks", &[("action", "Release"), ("id", &block)]).await.expect(200);
    let id = &cart["cartId"];
    contains(&page.text, &[&format!("href=\"/carts/{id}\""), &format!("belongs to cart {id}")]);
    browser.get("/blocks").await.expect(200).says("href=\"/carts\"");
}

#[tokio::test]
async fn text_of_a_cart_and_of_a_request_is_no_markup() {
    let app = TestApp::start().await;
    let cart = place(&app, MARKUP).await;
    let item = format!("/api/items/{}", cart["lines"][0]["itemId"]);
    app.patch(&item, json!({"name": MARKUP, "sku": MARKUP})).await.expect(200);
    let path = format!("/carts/{}", cart["cartId"]);
    let mut browser = Browser::new(&app);
    for page in [
        browser.get(&path).await.expect(200),
        browser.get(&format!("/carts?reference={}", encoded())).await.expect(200),
        browser.get(&format!("/carts?reference={0}{0}{0}{0}{0}", encoded())).await.expect(400),
        browser.post(&format!("{path}/extend"), &[("minutes", MARKUP)]).await.expect(400),
    ] {
        assert!(shows(&page.text), "{}", page.text);
        check(&path, &page.text);
    }
    check("an id", &browser.get(&format!("/carts/{}", encoded())).await.expect(404).text);
}

#[tokio::test]
async fn a_page_without_wasm_asks_before_typed_work_is_lost() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    browser.get("/settings").await.expect(200).says("beforeunload");
    let page = browser.get("/items").await.expect(200).text;
    assert!(!page.contains("beforeunload"), "the console's own pages ask by themselves");
}
