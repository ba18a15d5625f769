//! Changes of an order's lines.

use crate::app::{Answer, TestApp};
use crate::browser::{Browser, person, signed_in, strict_server};
use crate::ledger;
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

async fn change(app: &TestApp, order: i64, lines: Value) -> Answer {
    app.send(app.request(Method::PUT, &format!("/api/orders/{order}/lines")).json(&json!({"lines": lines})))
        .await
}

/// Returns the items and units of an order.
fn lines(order: &Value) -> Vec<(i64, i64)> {
    let line = |line: &Value| Some((line["itemId"].as_i64()?, line["quantity"].as_i64()?));
    order["lines"].as_array().expect("lines").iter().filter_map(line).collect()
}

#[tokio::test]
async fn the_lines_of_a_pending_order_are_replaced() {
    let app = TestApp::start().await;
    let (lamp, chair, mug) = (app.item(9).await, app.item(9).await, app.item(9).await);
    app.patch(&format!("/api/items/{mug}"), json!({"sku": "MUG"})).await.expect(200);
    let order = app.order(&[(lamp, 1), (chair, 2)]).await;
    let new = json!([{"itemId": chair, "quantity": 5}, {"sku": "mug", "quantity": 1}, {"itemId": mug, "quantity": 2}]);
    let changed = change(&app, order, new).await.expect(200);
    assert_eq!((lines(&changed), &changed["status"]), (vec![(chair, 5), (mug, 3)], &json!("pending")));
    assert_ne!(changed["updatedAt"], changed["createdAt"]);
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200), changed);
    // An archived item stays, but can't be added.
    for item in [lamp, chair] {
        app.post(&format!("/api/items/{item}/archive"), json!({})).await.expect(200);
    }
    let kept = json!([{"itemId": chair, "quantity": 4}]);
    assert_eq!(lines(&change(&app, order, kept).await.expect(200)), [(chair, 4)]);
    let added = json!([{"itemId": lamp, "quantity": 4}]);
    assert_eq!(change(&app, order, added).await.problem(409, "item_archived")["itemId"], lamp);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(9).await, app.main_warehouse().await);
    let [pending, allocated, cancelled] =
        [app.order(&[(lamp, 1)]).await, app.order(&[(lamp, 1)]).await, app.order(&[(lamp, 1)]).await];
    app.post(&format!("/api/orders/{allocated}/allocate"), json!({"warehouseId": main})).await.expect(200);
    app.post(&format!("/api/orders/{cancelled}/cancel"), json!(null)).await.expect(200);
    let before = ledger::fingerprint(&app.database).await;
    let line = |item: i64, quantity: i64| json!({"itemId": item, "quantity": quantity});
    let problem = change(&app, allocated, json!([line(lamp, 2)])).await.problem(409, "order_not_pending");
    assert_eq!(problem["orderId"], allocated);
    change(&app, cancelled, json!([line(lamp, 2)])).await.problem(409, "order_cancelled");
    change(&app, 999_999, json!([line(lamp, 2)])).await.problem(404, "order_not_found");
    let unknown = change(&app, pending, json!([line(lamp, 2), line(999_999, 1)])).await;
    assert_eq!(unknown.problem(404, "item_not_found")["itemId"], 999_999);
    change(&app, pending, json!([{"sku": "none", "quantity": 1}])).await.problem(404, "item_not_found");
    for (lines, code, field) in [
        (json!([]), "invalid_value", "lines"),
        (json!(vec![line(lamp, 1); 1_001]), "invalid_value", "lines"),
        (json!([line(lamp, 0)]), "invalid_value", "quantity"),
        (json!([{"itemId": lamp}]), "invalid_body", "lines[0].quantity"),
        (json!([{"itemId": lamp, "sku": "A", "quantity": 1}]), "invalid_body", "lines[0].sku"),
    ] {
        assert_eq!(change(&app, pending, lines).await.problem(400, code)["field"], field);
    }
    assert_eq!(ledger::fingerprint(&app.database).await, before);
}

#[tokio::test]
async fn a_change_is_made_once_per_idempotency_key() {
    let app = TestApp::start().await;
    let lamp = app.item(9).await;
    let order = app.order(&[(lamp, 1)]).await;
    let send = async |units: i64, key: &str| {
        let body = json!({"lines": [{"itemId": lamp, "quantity": units}]});
        let request = app.request(Method::PUT, &format!("/api/orders/{order}/lines")).json(&body);
        app.send(request.header("idempotency-key", key)).await
    };
    let first = send(2, "a").await.expect(200);
    send(3, "b").await.expect(200);
    assert_eq!(send(2, "a").await.expect(200), first);
    assert_eq!(lines(&app.get(&format!("/api/orders/{order}")).await.expect(200)), [(lamp, 3)]);
    send(4, "a").await.problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn the_page_changes_removes_and_adds_lines() {
    let app = TestApp::start().await;
    let (lamp, chair, mug) = (app.item(9).await, app.item(9).await, app.item(9).await);
    app.patch(&format!("/api/items/{mug}"), json!({"sku": "MUG"})).await.expect(200);
    let order = app.order(&[(lamp, 1), (chair, 2)]).await;
    let (path, shown) = (format!("/orders/{order}/lines"), format!("/orders/{order}"));
    assert!(app.get(&shown).await.text.contains(&format!("href=\"{path}\"")));
    let mut browser = Browser::new(&app);
    browser.get(&path).await.expect(200).says(&format!("name=\"units-{chair}\"")).says("value=\"2\"");
    let (lamp_field, chair_field) = (format!("units-{lamp}"), format!("units-{chair}"));
    let fields =
        [(&*lamp_field, "0"), (&*chair_field, " 7 "), ("sku", "mug"), ("item", ""), ("quantity", "3")];
    browser.post(&path, &fields).await.redirects(&shown);
    let changed = app.get(&format!("/api/orders/{order}")).await.expect(200);
    assert_eq!(lines(&changed), [(chair, 7), (mug, 3)]);
    // A rejected form keeps its texts.
    let fields = [(&*chair_field, "8"), ("sku", "none"), ("item", ""), ("quantity", "4")];
    let page = browser.post(&path, &fields).await.expect(404);
    page.says("There is no item with the SKU").says("value=\"8\"").says("value=\"none\"").says("value=\"4\"");
    let fields = [(&*chair_field, "many")];
    browser.post(&path, &fields).await.expect(400).says("Units: Enter a whole number.");
    browser.post(&path, &[(&*chair_field, "0")]).await.expect(400).says("Add at least one line.");
    assert_eq!(app.get(&format!("/api/orders/{order}")).await.expect(200), changed);

    app.post(&format!("/api/orders/{order}/cancel"), json!(null)).await.expect(200);
    browser.get(&path).await.expect(200).says("can't be changed any more");
    assert!(!app.get(&shown).await.text.contains(&path));
    browser.post(&path, &[(&*chair_field, "8")]).await.expect(409).says("is cancelled");
    browser.get("/orders/999999/lines").await.redirects("/orders/999999");
}

#[tokio::test]
async fn the_page_needs_the_permission_to_change_orders() {
    let app = strict_server().await;
    for (name, role, status) in [("vera", Role::Viewer, 403), ("otto", Role::Operator, 303)] {
        person(&app, name, role).await;
        let mut browser = signed_in(&app, name).await;
        browser.get("/orders/1/lines").await.expect(status);
        browser.post("/orders/1/lines", &[("units-1", "1")]).await.expect(status);
    }
}

/// Two people open the form, and both save it. The second one gets the lines of the first one, and keeps the own texts.
#[tokio::test]
async fn the_second_of_two_writers_is_told_and_keeps_the_form() {
    let app = TestApp::start().await;
    let (lamp, chair) = (app.item(9).await, app.item(9).await);
    let order = app.order(&[(lamp, 1), (chair, 2)]).await;
    let (path, shown) = (format!("/orders/{order}/lines"), format!("/orders/{order}"));
    let (mut anna, mut otto) = (Browser::new(&app), Browser::new(&app));
    let [first, second] = [anna.get(&path).await.hidden("version"), otto.get(&path).await.hidden("version")];
    let (lamp_field, chair_field) = (format!("units-{lamp}"), format!("units-{chair}"));
    let saved = [(lamp_field.as_str(), "0"), (&chair_field, "5"), ("version", &first)];
    anna.post(&path, &saved).await.redirects(&shown);
    let late = [(lamp_field.as_str(), "7"), (&chair_field, "8"), ("version", &second)];
    let refused = otto.post(&path, &late).await.expect(412).says("changed in the meantime");
    let refused = refused.says("value=\"7\"").says("value=\"8\"").says(">5<");
    assert_eq!(lines(&app.get(&format!("/api/orders/{order}")).await.expect(200)), [(chair, 5)]);
    // With the lines of the first one on the page, the second one decides.
    let again = [(lamp_field.as_str(), "7"), (&chair_field, "8"), ("version", &refused.hidden("version"))];
    otto.post(&path, &again).await.redirects(&shown);
    assert_eq!(lines(&app.get(&format!("/api/orders/{order}")).await.expect(200)), [(lamp, 7), (chair, 8)]);
}

#[tokio::test]
async fn of_writers_with_the_same_etag_one_changes_the_lines() {
    let app = TestApp::start().await;
    let lamp = app.item(9).await;
    let order = app.order(&[(lamp, 1)]).await;
    let path = format!("/api/orders/{order}");
    let read = app.get(&path).await;
    let tag = read.headers["etag"].to_str().expect("text").to_owned();
    assert_eq!(tag, format!("\"{}\"", read.expect(200)["version"].as_str().expect("a version")));
    let write = |units: i64| {
        let body = json!({"lines": [{"itemId": lamp, "quantity": units}]});
        let request = app.request(Method::PUT, &format!("{path}/lines")).json(&body);
        app.send(request.header("if-match", tag.clone()))
    };
    let answers = futures::future::join_all((2..10).map(write)).await;
    let (granted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(granted.len(), 1);
    let present = app.get(&path).await.expect(200);
    for answer in refused {
        assert_eq!(answer.problem(412, "version_mismatch")["version"], present["version"]);
    }
    for answer in granted {
        assert_eq!(answer.expect(200)["version"], present["version"]);
    }
}
