//! Tokens of clients through HTTP: invalid ones, rotation, revocation on every server, and floods.

use crate::access::status;
use crate::app::TestApp;
use crate::browser::{REVOCATION_DELAY_MAX, strict_server};
use domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn malformed_tokens_are_rejected() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    let mut typo = token.clone();
    let last = if typo.ends_with('a') { 'b' } else { 'a' };
    typo.pop();
    typo.push(last);
    let long = "x".repeat(10_000);
    for value in [
        format!("Bearer {typo}"),
        format!("Bearer {token}x"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {long}"),
        format!("Basic {token}"),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
    ] {
        let answer = app.send(app.request(Method::GET, "/api/items").header("authorization", &value)).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"stockhold\"", "{value}");
        answer.problem(401, "invalid_credentials");
    }
    // Two headers: a proxy may have checked the other one.
    let twice = app.request(Method::GET, "/api/items").bearer_auth(&token).bearer_auth(&token);
    app.send(twice).await.problem(401, "invalid_credentials");
    // An administrator's tool finds its own mistake: wrong credentials are an error where none are needed, too.
    let (code, _) = status(app.request(Method::GET, "/health").bearer_auth(&typo)).await;
    assert_eq!(code, 401);
}

#[tokio::test]
async fn an_expired_token_and_a_disabled_client_are_rejected() {
    let app = strict_server().await;
    let read = async |token: &str| app.send(app.request(Method::GET, "/api/items").bearer_auth(token)).await;
    let expired = app.client("expired", &[Scope::StockRead]).await;
    read(&expired).await.expect(200);
    // A change by SQL reaches the cache too.
    let expire = "UPDATE client_tokens SET created_at = now() - interval '2 days', expires_at = now() - interval '1 s'";
    sqlx::query(expire).execute(&app.database).await.expect("changed");
    rejected_soon(&app, &expired).await;

    let disabled = app.client("disabled", &[Scope::StockRead]).await;
    let admin = app.client("admin", &[Scope::Admin]).await;
    read(&disabled).await.expect(200);
    let disable = || app.request(Method::DELETE, "/api/clients/disabled").bearer_auth(&admin);
    app.send(disable()).await.expect(204);
    rejected_soon(&app, &disabled).await;
    // A second time changes nothing.
    app.send(disable()).await.expect(204);
    let more = app.request(Method::POST, "/api/clients/disabled/tokens").bearer_auth(&admin).json(&json!({}));
    app.send(more).await.problem(409, "client_disabled");
    let again = json!({"name": "disabled", "scopes": ["stock:read"]});
    let again = app.request(Method::POST, "/api/clients").bearer_auth(&admin).json(&again);
    app.send(again).await.problem(409, "client_name_taken");
}

/// Waits until a server rejects the token, which must happen soon.
pub async fn rejected_soon(app: &TestApp, token: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let (code, _) = status(app.request(Method::GET, "/api/items").bearer_auth(token)).await;
        if code == 401 {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < REVOCATION_DELAY_MAX, "the token is still accepted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_token_that_one_server_revokes_is_rejected_by_another_within_a_second() {
    let app = TestApp::start().await;
    let other = app.one_more().await;
    let shop = json!({"name": "shop", "scopes": ["stock:read"]});
    let created = app.post("/api/clients", shop).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    for server in [&app, &other] {
        server.send(server.request(Method::GET, "/api/items").bearer_auth(token)).await.expect(200);
    }
    let id = created["token"]["id"].as_i64().expect("an id");
    app.delete(&format!("/api/clients/shop/tokens/{id}")).await.expect(204);
    let delay = rejected_soon(&other, token).await;
    println!("rejected by the other server after {} ms", delay.as_millis());
    rejected_soon(&app, token).await;
}

#[tokio::test]
async fn a_rotation_has_two_valid_tokens_and_keeps_idempotency_keys() {
    let app = TestApp::start().await;
    let shop = json!({"name": "shop", "scopes": ["items:write", "stock:read"], "expiresInDays": 30});
    let created = app.post("/api/clients", shop).await.expect(201);
    let first = created["token"].clone();
    let second = app.post("/api/clients/shop/tokens", json!({})).await.expect(201);
    app.post("/api/clients/shop/tokens", json!({})).await.problem(409, "client_tokens_limit");

    let create = |token: &Value| {
        let body = json!({"code": "B-1", "name": "Berlin"});
        let request = app.request(Method::POST, "/api/warehouses").header("idempotency-key", "k-1");
        request.bearer_auth(token["token"].as_str().expect("a token")).json(&body)
    };
    let stored = app.send(create(&first)).await.expect(201);
    // The retry after the rotation is the same request.
    assert_eq!(app.send(create(&second)).await.expect(201), stored);

    let address = format!("/api/clients/shop/tokens/{}", first["id"]);
    app.delete(&address).await.expect(204);
    rejected_soon(&app, first["token"].as_str().expect("a token")).await;
    app.send(create(&second)).await.expect(201);
    // A second time changes nothing.
    app.delete(&address).await.expect(204);
    app.delete("/api/clients/shop/tokens/999999").await.problem(404, "token_not_found");
    app.delete("/api/clients/nobody/tokens/1").await.problem(404, "client_not_found");
    app.delete("/api/clients/No%20body").await.problem(404, "client_not_found");

    let clients = app.get("/api/clients").await.expect(200);
    let states: Vec<_> =
        clients[0]["tokens"].as_array().expect("tokens").iter().map(|token| &token["state"]).collect();
    assert_eq!(states, ["valid", "revoked"]);
    assert_eq!(clients[0]["scopes"], json!(["stock:read", "items:write"]));
    assert!(!clients.to_string().contains(second["token"].as_str().expect("a token")));
}

#[tokio::test]
async fn invalid_clients_are_rejected() {
    let app = TestApp::start().await;
    let cases = [
        (json!({"name": "Shop", "scopes": ["stock:read"]}), "invalid_value", "name"),
        (json!({"name": "", "scopes": ["stock:read"]}), "invalid_value", "name"),
        (json!({"name": "shop", "scopes": []}), "invalid_value", "scopes"),
        (
            json!({"name": "shop", "scopes": ["stock:read"], "expiresInDays": 0}),
            "invalid_value",
            "expiresInDays",
        ),
        (json!({"name": "shop", "scopes": ["everything"]}), "invalid_body", "scopes[0]"),
    ];
    for (body, code, field) in cases {
        let problem = app.post("/api/clients", body.clone()).await.problem(400, code);
        assert_eq!(problem["field"], field, "{body}");
    }
}

#[tokio::test]
async fn a_response_with_a_secret_is_never_stored_under_a_key() {
    let app = TestApp::start().await;
    let shop = json!({"name": "shop", "scopes": ["stock:read"]});
    let keyed = |method, path: &str| app.request(method, path).header("idempotency-key", "k-1");
    let answer = app.send(keyed(Method::POST, "/api/clients").json(&shop)).await;
    answer.problem(400, "invalid_idempotency_key");
    app.post("/api/clients", shop).await.expect(201);
    let answer = app.send(keyed(Method::POST, "/api/clients/shop/tokens").json(&json!({}))).await;
    answer.problem(400, "invalid_idempotency_key");
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM idempotency_keys")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    assert_eq!(stored, 0);
}

#[tokio::test]
async fn the_last_use_is_stored_once_per_minute() {
    let app = TestApp::start().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    let last_use = async || {
        let clients = app.get("/api/clients").await.expect(200);
        clients[0]["tokens"][0]["lastUsedAt"].clone()
    };
    assert_eq!(last_use().await, Value::Null);
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    let begun = Instant::now();
    while last_use().await.is_null() {
        assert!(begun.elapsed() < Duration::from_secs(5), "the use was not stored");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Storing the use drops no cache: the token is not verified again, and its use is not stored again.
    let stored = last_use().await;
    app.send(app.request(Method::GET, "/api/items").bearer_auth(&token)).await.expect(200);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(last_use().await, stored);
}

#[tokio::test]
async fn a_stream_and_a_long_poll_end_when_their_token_is_revoked() {
    use futures::StreamExt as _;
    let app = TestApp::start().await;
    let created =
        app.post("/api/clients", json!({"name": "feed", "scopes": ["stock:read"]})).await.expect(201);
    let token = created["token"]["token"].as_str().expect("a token");
    let stream =
        app.request(Method::GET, "/api/events/stream").bearer_auth(token).send().await.expect("a stream");
    assert_eq!(stream.status(), 200);
    let mut stream = stream.bytes_stream();
    stream.next().await.expect("a first block").expect("bytes");
    let cursor = app.get("/api/events").await.expect(200)["cursor"].as_str().expect("a cursor").to_owned();
    let poll =
        app.request(Method::GET, &format!("/api/events?after={cursor}&waitSeconds=20")).bearer_auth(token);
    let poll = tokio::spawn(status(poll));
    tokio::time::sleep(Duration::from_millis(200)).await;

    let begun = Instant::now();
    app.delete(&format!("/api/clients/feed/tokens/{}", created["token"]["id"])).await.expect(204);
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(Duration::from_secs(3), rest).await.expect("the stream ends");
    let (code, body) = poll.await.expect("no panic");
    assert_eq!((code, &body["code"]), (401, &json!("invalid_credentials")));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

/// Random tokens with a valid checksum cost one connection at most: other requests are served.
#[tokio::test]
async fn a_flood_of_unknown_tokens_delays_no_known_one() {
    let app = strict_server().await;
    let token = app.client("shop", &[Scope::StockRead]).await;
    let known = || app.request(Method::GET, "/api/items").bearer_auth(&token);
    app.send(known()).await.expect(200);
    let flood: Vec<_> = (0..600)
        .map(|number| {
            tokio::spawn(status(app.request(Method::GET, "/api/items").bearer_auth(forged(number))))
        })
        .collect();
    for _ in 0..20 {
        app.send(known()).await.expect(200);
    }
    for answer in flood {
        let (code, body) = answer.await.expect("no panic");
        assert!([401, 503].contains(&code), "{code} {body}");
    }
    app.send(known()).await.expect(200);
}

/// Returns a well-formed token that no client has.
fn forged(number: u32) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let random = format!("{number:032}");
    // CRC-32, bit by bit.
    let crc = !random.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    let digit = |place: u32| char::from(DIGITS[(crc / 62_u32.pow(place) % 62) as usize]);
    let checksum: String = (0..6).rev().map(digit).collect();
    format!("shk_{random}{checksum}")
}
