//! The pages of webhooks, without JavaScript.

use crate::browser::{Browser, person, signed_in, strict_server};
use crate::webhook_receiver::{Receiver, Reply};
use crate::webhooks::start;
use domain::Role;
use serde_json::json;

#[tokio::test]
async fn a_webhook_is_managed_by_forms() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let mut browser = Browser::new(&app);
    browser.get("/webhooks").await.expect(200).says("There are no webhooks yet.");
    let wrong =
        [("name", "Shop"), ("url", "nowhere"), ("signature", "v1"), ("warehouses", ""), ("skus", "LAMP")];
    let page = browser.post("/webhooks", &wrong).await.expect(400);
    assert!(page.text.contains(">LAMP</textarea>") && page.text.contains("role=\"alert\""), "{}", page.text);
    let fields = [
        ("name", "Shop"),
        ("url", receiver.url.as_str()),
        ("signature", "v1"),
        ("eventKinds", "movement.blocked, stock.low"),
        ("warehouses", "main"),
        ("skus", ""),
    ];
    let added = browser.post("/webhooks", &fields).await.expect(200).says("New secret").says("whsec_");
    assert_eq!(added.header("cache-control"), "no-store");
    let secret = added.text.split_once("<code>whsec_").expect("a secret").1;
    let secret = format!("whsec_{}", secret.split_once('<').expect("its end").0);
    browser.get("/webhooks").await.expect(200).says(&receiver.url);
    let list = browser.get("/webhooks").await.text;
    let path = list.split_once("href=\"/webhooks/").expect("a link").1.split_once('"').expect("its end").0;
    let path = format!("/webhooks/{path}");
    let page =
        browser.get(&path).await.expect(200).says("movement.blocked, stock.low").says("value=\"MAIN\"");
    assert!(!page.text.contains(&secret) && !page.text.contains("hydrate()"), "{}", page.text);

    receiver.answer(|_| Reply::Status(418));
    browser.post(&format!("{path}/test"), &[]).await.redirects(&path);
    let received = receiver.until("a test", |all| !all.is_empty()).await;
    assert!(received[0].is_signed_by(&secret));
    browser.get(&path).await.expect(200).says("webhook.test").says("418").says("noted");

    browser.post(&format!("{path}/pause"), &[]).await.redirects(&path);
    browser.get(&path).await.says("paused").says("Resume");
    browser.post(&format!("{path}/resume"), &[]).await.redirects(&path);
    let renamed = [
        ("name", "Other"),
        ("url", receiver.url.as_str()),
        ("eventKinds", ""),
        ("warehouses", ""),
        ("skus", ""),
    ];
    browser.post(&path, &renamed).await.redirects(&path);
    browser.get(&path).await.says("Other");
    let unknown = [("name", "Other"), ("url", receiver.url.as_str()), ("warehouses", "NOWHERE")];
    browser.post(&path, &unknown).await.expect(404).says("NOWHERE");
    browser
        .post(&format!("{path}/replay"), &[("since", "2026-11-28T18:00"), ("cursor", "")])
        .await
        .redirects(&path);
    browser.post(&format!("{path}/replay"), &[("since", ""), ("cursor", "")]).await.expect(400);
    browser.post(&format!("{path}/retry"), &[]).await.redirects(&path);
    let rotated = browser.post(&format!("{path}/secret"), &[]).await.expect(200).says("whsec_");
    assert!(!rotated.text.contains(&secret), "another secret");
    browser.post(&format!("{path}/delete"), &[]).await.redirects("/webhooks");
    browser.get(&path).await.expect(404);
}

/// A form that is saved without a change keeps the filter.
#[tokio::test]
async fn a_saved_form_keeps_archived_warehouses_and_skus_with_commas() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let hub = app.post("/api/warehouses", json!({"code": "HUB", "name": "Hub"})).await.expect(201);
    let filter = json!({"warehouseIds": [hub["id"]], "skus": ["A,B", "C"]});
    let mut body = json!({"name": "Shop", "url": receiver.url});
    body.as_object_mut().expect("an object").extend(filter.as_object().expect("an object").clone());
    let created = app.post("/api/webhooks", body).await.expect(201);
    let id = created["webhook"]["id"].as_i64().expect("an id");
    app.post(&format!("/api/warehouses/{}/archive", hub["id"]), json!({})).await.expect(200);
    let mut browser = Browser::new(&app);
    let path = format!("/webhooks/{id}");
    browser.get(&path).await.expect(200).says("value=\"HUB\"").says("A,B\nC");
    let fields = [
        ("name", "Other"),
        ("url", receiver.url.as_str()),
        ("eventKinds", ""),
        ("warehouses", "HUB"),
        ("skus", "A,B\r\nC"),
    ];
    browser.post(&path, &fields).await.redirects(&path);
    let saved = app.get(&format!("/api/webhooks/{id}")).await.expect(200);
    for field in ["warehouseIds", "skus"] {
        assert_eq!(saved[field], filter[field], "{saved}");
    }
}

#[tokio::test]
async fn only_administrators_open_the_pages_of_webhooks() {
    let app = strict_server().await;
    person(&app, "mia", Role::Manager).await;
    let mut manager = signed_in(&app, "mia").await;
    manager.get("/webhooks").await.expect(403);
    manager.post("/webhooks", &[("name", "x")]).await.expect(403);
    person(&app, "ada", Role::Administrator).await;
    let mut administrator = signed_in(&app, "ada").await;
    administrator.get("/webhooks").await.expect(200);
}
