//! Changes of the warehouses of a limited client, and files with rows of other warehouses.

use crate::allowed_warehouses::Shop;
use crate::app::{Answer, TestApp};
use crate::imports::{judged, settled};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Sends a request until the answer has this status, for at most a second, which is the delay of a change.
async fn soon(app: &TestApp, request: impl Fn() -> RequestBuilder, status: u16) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = app.send(request()).await;
        if answer.status == status {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "{}: {}", answer.status, answer.body);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_new_limit_is_in_use_on_every_server_within_a_second() {
    let shop = Shop::start().await;
    let other = shop.app.one_more().await;
    let body = json!({"itemId": shop.item, "quantity": 1, "warehouseId": shop.main});
    let place = |app: &TestApp| {
        app.request(Method::POST, "/api/items/block/temporary").bearer_auth(&shop.token).json(&body)
    };
    let limit = async |ids: Value| {
        let client = shop.app.patch("/api/clients/limited", json!({"warehouseIds": ids})).await.expect(200);
        assert_eq!(client["warehouseIds"], ids);
    };
    for app in [&shop.app, &other] {
        app.send(place(app)).await.problem(403, "forbidden");
    }
    limit(json!([shop.main, shop.own])).await;
    for app in [&shop.app, &other] {
        soon(app, || place(app), 201).await;
    }
    let movement =
        json!({"fromWarehouseId": shop.main, "toWarehouseId": shop.own, "quantity": 1, "reason": "x"});
    shop.send(&(format!("/api/items/{}/move", shop.item), movement), Method::POST).await.expect(200);
    limit(json!([shop.own])).await;
    for app in [&shop.app, &other] {
        soon(app, || place(app), 403).await;
    }
    limit(Value::Null).await;
    for app in [&shop.app, &other] {
        soon(app, || place(app), 201).await;
    }
    // An absent field changes nothing.
    limit(json!([shop.own])).await;
    let client = shop.app.patch("/api/clients/limited", json!({})).await.expect(200);
    assert_eq!(client["warehouseIds"], json!([shop.own]));

    let events = shop.app.get("/api/audit?kind=client.changed").await.expect(200);
    let values: Vec<_> =
        events["items"].as_array().expect("a page").iter().map(|event| &event["after"]).collect();
    let ids = |ids: Value| json!({"warehouseIds": ids});
    let expected =
        [ids(json!([shop.own])), ids(json!(null)), ids(json!([shop.own])), ids(json!([shop.main, shop.own]))];
    assert_eq!(values, expected.iter().collect::<Vec<_>>());
    assert_eq!(events["items"][0]["before"], ids(json!(null)));
    assert_eq!(events["items"][0]["subject"], "client:limited");
}

#[tokio::test]
async fn a_rejected_key_can_be_used_after_the_limit_was_removed() {
    let shop = Shop::start().await;
    let body = json!({"itemId": shop.item, "quantity": 1, "warehouseId": shop.main});
    let place = || {
        let request = shop.app.request(Method::POST, "/api/items/block/temporary").bearer_auth(&shop.token);
        request.header("idempotency-key", "one").json(&body)
    };
    shop.app.send(place()).await.problem(403, "forbidden");
    shop.app.patch("/api/clients/limited", json!({"warehouseIds": null})).await.expect(200);
    let first = soon(&shop.app, place, 201).await.body;
    shop.app.patch("/api/clients/limited", json!({"warehouseIds": [shop.own]})).await.expect(200);
    let unkeyed = || {
        let request = shop.app.request(Method::POST, "/api/items/block/temporary").bearer_auth(&shop.token);
        request.json(&body)
    };
    soon(&shop.app, unkeyed, 403).await;
    assert_eq!(shop.app.send(place()).await.expect(201), first, "the stored response");
}

#[tokio::test]
async fn a_row_of_a_file_is_limited_to_the_warehouses_of_the_client() {
    let shop = Shop::start().await;
    let file = format!("item id,warehouse,change\n{0},MAIN,1\n{0},OWN,1\n", shop.item);
    let import = judged(&shop.app, "", file).await;
    let before = shop.levels().await;
    let path = format!("/api/imports/{}/apply", import["id"]);
    let answer = shop.send(&(path, json!({"revision": 1})), Method::POST).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let done = settled(&shop.app, &import["id"]).await;
    assert_eq!((&done["counts"]["applied"], &done["counts"]["refused"]), (&json!(1), &json!(1)), "{done}");
    assert_ne!(shop.levels().await, before);
    let left = shop.app.get(&format!("/api/imports/{}/rows?show=notApplied", import["id"])).await.expect(200);
    assert_eq!(
        (&left["items"][0]["line"], &left["items"][0]["reason"]["code"]),
        (&json!(2), &json!("forbidden"))
    );
}
