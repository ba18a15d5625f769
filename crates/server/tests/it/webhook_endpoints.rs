//! Webhooks: the keys, addresses and limits of endpoints.

use crate::app::TestApp;
use crate::webhook_receiver::Receiver;
use crate::webhooks::{endpoint, get, start};
use serde_json::json;

#[tokio::test]
async fn both_secrets_sign_during_a_rotation() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let item = app.item(9).await;
    let (webhook, first) = endpoint(&app, &receiver.url, json!({})).await;
    let path = format!("/api/webhooks/{webhook}/secret");
    let rotated = app.post(&path, json!({"overlapHours": 1})).await.expect(200);
    let second = rotated["secret"].as_str().expect("a secret").to_owned();
    assert!(rotated["webhook"]["previousSecretUntil"].is_string());
    app.block(item, 1, 600).await;
    let received = receiver.until_accepted(1).await;
    assert!(received[0].is_signed_by(&first) && received[0].is_signed_by(&second));
    let rotated = app.post(&path, json!({"overlapHours": 0})).await.expect(200);
    let third = rotated["secret"].as_str().expect("a secret").to_owned();
    app.block(item, 1, 600).await;
    let received = receiver.until_accepted(2).await;
    assert!(received[1].is_signed_by(&third) && !received[1].is_signed_by(&second));
    app.post(&path, json!({"overlapHours": 169})).await.problem(400, "invalid_value");
    let audit = app.get("/api/audit?kind=webhook.rotated").await.expect(200).to_string();
    assert!(!audit.contains(&second) && !audit.contains(&third), "the audit log has no secret");
}

#[tokio::test]
async fn an_asymmetric_endpoint_shows_its_public_key() {
    let (app, receiver) = (start().await, Receiver::start().await);
    let (webhook, public) = endpoint(&app, &receiver.url, json!({"signature": "v1a"})).await;
    assert!(public.starts_with("whpk_"));
    assert_eq!(get(&app, webhook).await["publicKey"], public.as_str());
    app.post(&format!("/api/webhooks/{webhook}/test"), json!({})).await.expect(200);
    let received = receiver.until_accepted(1).await;
    assert!(received[0].headers["webhook-signature"].to_str().expect("text").starts_with("v1a,"));
}

#[tokio::test]
async fn private_addresses_are_refused() {
    let app = TestApp::start().await;
    let receiver = Receiver::start().await;
    let create = |url: &str| app.post("/api/webhooks", json!({"name": "Shop", "url": url}));
    for url in [
        receiver.url.as_str(),
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "http://example.com/",
    ] {
        let problem = create(url).await.problem(400, "invalid_value");
        assert_eq!(problem["field"], "url");
    }
    // The addresses of a name are known when the connection is opened.
    let created = create("https://localhost:9/").await.expect(201);
    let path = format!("/api/webhooks/{}/test", created["webhook"]["id"]);
    let attempt = app.post(&path, json!({})).await.expect(200);
    assert_eq!(attempt["isDelivered"], false);
    assert!(attempt["error"].as_str().expect("a reason").contains("private addresses"), "{attempt}");
}

#[tokio::test]
async fn endpoints_are_changed_and_deleted_and_limited() {
    let app = start().await;
    let (webhook, _) = endpoint(&app, "http://127.0.0.1:9/", json!({})).await;
    assert_eq!(app.get("/api/webhooks").await.expect(200).as_array().map(Vec::len), Some(1));
    let invalid = [
        json!({"name": "", "url": "https://a.example/"}),
        json!({"name": "x", "url": "nowhere"}),
        json!({"name": "x", "url": "https://a.example/", "eventKinds": ["stock"]}),
        json!({"name": "x", "url": "https://a.example/", "after": "x"}),
    ];
    for body in invalid {
        app.post("/api/webhooks", body).await.problem(400, "invalid_value");
    }
    let unknown = json!({"name": "x", "url": "https://a.example/", "warehouseIds": [999_999]});
    app.post("/api/webhooks", unknown).await.problem(404, "warehouse_not_found");
    let path = format!("/api/webhooks/{webhook}");
    app.delete(&path).await.expect(204);
    app.get(&path).await.problem(404, "webhook_not_found");
    app.get(&format!("{path}/deliveries")).await.problem(404, "webhook_not_found");
    let paused = json!({"name": "x", "url": "https://a.example/"});
    sqlx::query(
        "INSERT INTO webhook_endpoints (name, url, kinds, warehouse_ids, skus, state, position, signature, signing_key)
         SELECT 'x', 'https://a.example/', '{}', '{}', '{}', 'paused', 0, 'v1', decode(repeat('00', 32), 'hex')
           FROM generate_series(1, 100)",
    )
    .execute(&app.database)
    .await
    .expect("100 endpoints");
    app.post("/api/webhooks", paused).await.problem(409, "webhooks_limit");
}
