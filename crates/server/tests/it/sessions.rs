//! Sessions through HTTP: their secrets, their ends, and attacks on them.

use crate::browser::{Browser, PASSWORD, REVOCATION_DELAY_MAX, person, signed_in, strict_server};
use domain::Role;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_session_is_new_at_each_sign_in() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    // An attacker has planted a cookie.
    let planted = format!("session={}", "a".repeat(64));
    let mut browser = Browser::new(&app);
    browser.set_cookie(&planted);
    browser.sign_in("anna", PASSWORD, "").await.redirects("/items");
    assert_ne!(browser.session().as_ref(), Some(&planted));
    let mut attacker = Browser::new(&app);
    attacker.set_cookie(&planted);
    assert_eq!(attacker.status().await, 401);
    // Secrets in other places and forms.
    let secret = browser.cookies["session"].clone();
    for cookie in [
        format!("__Host-session={secret}"),
        format!("Session={secret}"),
        format!("xsession={secret}"),
        format!("session={}", secret.to_uppercase()),
        format!("session={}", &secret[..63]),
        format!("session={secret}0"),
        "session=".to_owned(),
        "session='; DROP TABLE sessions --".to_owned(),
    ] {
        attacker.set_cookie(&cookie);
        assert_eq!(attacker.status().await, 401, "{cookie}");
    }
    attacker.cookies.clear();
    let request = attacker.client.get(format!("{}/api/warehouses", app.url)).bearer_auth(&secret);
    assert_eq!(attacker.send(request).await.status, 401, "a session is not a token");
    // The hash in the database is not a secret.
    let hash: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM sessions").fetch_one(&app.database).await.expect("a hash");
    attacker.set_cookie(&format!("session={}", hex::encode(hash)));
    assert_eq!(attacker.status().await, 401);
    assert_eq!(browser.status().await, 200);
}

#[tokio::test]
async fn changes_of_a_person_end_the_sessions_on_every_server() {
    let app = strict_server().await;
    let other = app.one_more().await;
    person(&app, "ada", Role::Administrator).await;
    person(&app, "anna", Role::Manager).await;
    let mut admin = signed_in(&app, "ada").await;
    let changes: [(&str, &[(&str, &str)]); 4] = [
        ("/people/role", &[("name", "anna"), ("role", "viewer")]),
        ("/people/sessions", &[("name", "anna")]),
        ("/people/disable", &[("name", "anna")]),
        ("/people/reset", &[("name", "anna")]),
    ];
    for (path, fields) in changes {
        let (mut here, mut elsewhere) = (signed_in(&app, "anna").await, signed_in(&other, "anna").await);
        assert_eq!((here.status().await, elsewhere.status().await), (200, 200));
        let done = admin.post(path, fields).await;
        assert!([200, 303].contains(&done.status), "{path}: {}", done.text);
        assert_eq!(
            here.status().await,
            401,
            "{path}: the server that made the change does not use its cache"
        );
        elsewhere.expect_ended().await;
        if path == "/people/disable" {
            Browser::new(&app).sign_in("anna", PASSWORD, "").await.expect(401);
            admin.post("/people/enable", fields).await.redirects("/people");
        }
    }
    // The reset has removed the password.
    Browser::new(&app).sign_in("anna", PASSWORD, "").await.expect(401);
    admin
        .post("/people/role", &[("name", "ada"), ("role", "viewer")])
        .await
        .expect(409)
        .says("last administrator");
    admin.post("/people/disable", &[("name", "ada")]).await.expect(409);
    assert_eq!(admin.status().await, 200);
}

#[tokio::test]
async fn a_person_changes_the_password_and_signs_out_everywhere() {
    let app = strict_server().await;
    let other = app.one_more().await;
    // An administrator, so that the other server has no local access either.
    person(&app, "anna", Role::Administrator).await;
    let (mut here, mut elsewhere) = (signed_in(&app, "anna").await, signed_in(&other, "anna").await);
    let new = "another good password";
    let wrong = [("current", "wrong password"), ("password", new), ("repeated", new)];
    here.post("/account/password", &wrong).await.expect(401).says("The current password is wrong.");
    let named = [("current", PASSWORD), ("password", "short"), ("repeated", "short")];
    here.post("/account/password", &named).await.expect(400);
    assert_eq!(elsewhere.status().await, 200);
    let before = here.session();
    let right = [("current", PASSWORD), ("password", new), ("repeated", new)];
    here.post("/account/password", &right).await.redirects("/account");
    assert_ne!(here.session(), before, "the session is new");
    elsewhere.expect_ended().await;
    assert_eq!(here.status().await, 200);
    Browser::new(&app).sign_in("anna", PASSWORD, "").await.expect(401);

    elsewhere.sign_in("anna", new, "").await.redirects("/items");
    let mut third = Browser::new(&app);
    third.sign_in("anna", new, "").await.redirects("/items");
    let latest: i64 =
        sqlx::query_scalar("SELECT max(id) FROM sessions").fetch_one(&app.database).await.expect("a session");
    here.post("/account/sessions/revoke", &[("session", &latest.to_string())]).await.redirects("/account");
    third.expect_ended().await;
    assert_eq!(elsewhere.status().await, 200);
    here.post("/account/sessions/revoke-all", &[]).await.redirects("/sign-in");
    elsewhere.expect_ended().await;
}

#[tokio::test]
async fn a_person_ends_no_session_of_another() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    person(&app, "eve", Role::Viewer).await;
    let mut anna = signed_in(&app, "anna").await;
    let id: i64 =
        sqlx::query_scalar("SELECT max(id) FROM sessions").fetch_one(&app.database).await.expect("a session");
    let mut eve = signed_in(&app, "eve").await;
    eve.post("/account/sessions/revoke", &[("session", &id.to_string())]).await.redirects("/account");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(anna.status().await, 200);
}

#[tokio::test]
async fn sessions_end_when_they_are_idle_or_old() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    for change in [
        "UPDATE sessions SET last_seen_at = now() - interval '12 hours 1 second', revoked_at = NULL",
        "UPDATE sessions SET created_at = now() - interval '8 days', expires_at = now() - interval '1 second'",
        "UPDATE people SET disabled_at = now()",
    ] {
        let mut browser = signed_in(&app, "anna").await;
        assert_eq!(browser.status().await, 200);
        sqlx::query(change).execute(&app.database).await.expect("changed");
        browser.expect_ended().await;
    }
}

/// Creates items until `stopped`. Returns the times and the statuses of the requests.
async fn create_items(mut browser: Browser, stopped: Arc<AtomicBool>) -> Vec<(Instant, u16)> {
    let mut sent = Vec::new();
    while !stopped.load(Ordering::Relaxed) {
        let item = r#"{"name": "Lamp", "quantity": 0, "price": "9.99", "category": "Lighting"}"#;
        sent.push((Instant::now(), browser.post_json("/api/items", item).await.status));
    }
    sent
}

#[tokio::test]
async fn no_request_is_authorized_by_the_old_role_after_its_change() {
    let app = strict_server().await;
    person(&app, "ada", Role::Administrator).await;
    let other = app.one_more().await;
    let mut ada = signed_in(&app, "ada").await;
    for (path, name) in [("/people/role", "mona"), ("/people/disable", "nina")] {
        person(&app, name, Role::Manager).await;
        let (here, elsewhere) = (signed_in(&app, name).await, signed_in(&other, name).await);
        let stopped = Arc::new(AtomicBool::new(false));
        let writers = [&here, &here, &elsewhere, &elsewhere]
            .map(|browser| tokio::spawn(create_items(browser.clone(), stopped.clone())));
        tokio::time::sleep(Duration::from_millis(200)).await;
        ada.post(path, &[("name", name), ("role", "viewer")]).await.expect(303);
        let acknowledged = Instant::now();
        tokio::time::sleep(REVOCATION_DELAY_MAX + Duration::from_millis(300)).await;
        stopped.store(true, Ordering::Relaxed);
        for (number, writer) in writers.into_iter().enumerate() {
            let sent = writer.await.expect("no panic");
            assert!(sent.iter().any(|(at, status)| *at < acknowledged && *status == 201), "{path}: {sent:?}");
            // The server of the change rejects at once.
            let limit = acknowledged + if number < 2 { Duration::ZERO } else { REVOCATION_DELAY_MAX };
            let late: Vec<_> = sent.iter().filter(|(at, _)| *at >= limit).collect();
            assert!(!late.is_empty() && late.iter().all(|(_, status)| *status == 401), "{path}: {late:?}");
        }
    }
}
