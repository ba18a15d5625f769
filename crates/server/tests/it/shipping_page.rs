//! The page that ships an order and takes its units back.

use crate::app::TestApp;
use crate::browser::{Browser, person, signed_in, strict_server};
use domain::{Role, Scope};
use reqwest::Method;
use serde_json::{Value, json};

/// Creates an order of 4 lamps and allocates it. Returns its address in the API, and the key of its stock level in forms.
async fn allocated(app: &TestApp) -> (String, String) {
    let (lamp, main) = (app.item(9).await, app.main_warehouse().await);
    let path = format!("/api/orders/{}", app.order(&[(lamp, 4)]).await);
    app.post(&format!("{path}/allocate"), json!({"warehouseId": main})).await.expect(200);
    (path, format!("{lamp}.{main}"))
}

async fn units(app: &TestApp, path: &str) -> Value {
    let order = app.get(path).await.expect(200);
    let units = &order["allocations"][0];
    json!([order["status"], units["allocated"], units["shipped"], units["returned"]])
}

#[tokio::test]
async fn an_order_is_shipped_and_returned_by_forms() {
    let app = TestApp::start().await;
    let (path, level) = allocated(&app).await;
    let order = path.replace("/api", "");
    let page = format!("{order}/shipping");
    let mut browser = Browser::new(&app);
    browser.get(&order).await.expect(200).says(&format!("href=\"{page}\""));
    let shown = browser.get(&page).await.expect(200).says("Ship all allocated units").says("Lamp");
    assert!(!shown.text.contains("Take units back"), "nothing was shipped: {}", shown.text);
    let ship = format!("{page}/ship");
    browser.post(&ship, &[("level", &level), ("units", "3")]).await.redirects(&page);
    assert_eq!(units(&app, &path).await, json!(["allocated", 1, 3, 0]));
    browser.post(&ship, &[]).await.redirects(&page);
    assert_eq!(units(&app, &path).await, json!(["shipped", 0, 4, 0]));

    let back = format!("{page}/return");
    let key = browser.get(&page).await.expect(200).says("Take units back").hidden("key").to_owned();
    // A form that is sent twice returns its units once.
    for _ in 0..2 {
        let fields = [("key", key.as_str()), ("level", &level), ("units", "2"), ("into", "damaged")];
        browser.post(&back, &fields).await.redirects(&page);
    }
    assert_eq!(units(&app, &path).await, json!(["shipped", 0, 4, 2]));
    let over = browser.post(&back, &[("level", &level), ("units", "3"), ("into", "available")]).await;
    let over = over.expect(409).says("role=\"alert\"");
    assert_eq!(over.hidden("units"), "3", "the form keeps its values");
    for [level, units, into] in [[&level, "x", "available"], [&level, "1", "lost"], ["x", "1", "damaged"]] {
        browser.post(&back, &[("level", level), ("units", units), ("into", into)]).await.expect(400);
    }
    browser.post(&ship, &[]).await.expect(409);
    browser.get("/orders/999999/shipping").await.expect(404).says("Order not found");
    browser.get("/orders/x/shipping").await.expect(404);
    crate::ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_viewer_sees_no_form_and_may_send_none() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    let scopes = [Scope::ItemsWrite, Scope::StockWrite, Scope::OrdersWrite];
    let token = app.client("shop", &scopes).await;
    let post = async |path: &str, body: Value| {
        app.send(app.request(Method::POST, path).bearer_auth(&token).json(&body)).await.body
    };
    let item = post("/api/items", json!({"name": "Lamp", "quantity": 5, "price": "1"})).await["id"].clone();
    let lines = json!([{"itemId": item, "quantity": 2}]);
    let order = post("/api/orders", json!({"lines": lines})).await["id"].clone();
    post(&format!("/api/orders/{order}/allocate"), json!({"warehouseCode": "MAIN"})).await;
    let page = format!("/orders/{order}/shipping");
    let mut anna = signed_in(&app, "anna").await;
    let shown = anna.get(&page).await.expect(200).says("Lamp");
    assert!(!shown.text.contains("action=\"/orders/"), "{}", shown.text);
    for action in ["ship", "return"] {
        anna.post(&format!("{page}/{action}"), &[]).await.expect(403);
    }
}
