//! People through HTTP: roles, one-time links, limits to warehouses, and attacks on them.

use crate::app::TestApp;
use crate::browser::{
    Browser, PASSWORD, Page, REVOCATION_DELAY_MAX, manage, new_person, person, signed_in, strict_server,
};
use domain::{Origin, Role};
use std::time::Instant;

#[tokio::test]
async fn a_role_decides_what_a_session_may_do() {
    let app = strict_server().await;
    for (name, role) in [("vera", Role::Viewer), ("otto", Role::Operator), ("mona", Role::Manager)] {
        person(&app, name, role).await;
    }
    person(&app, "ada", Role::Administrator).await;
    let item = r#"{"name": "Lamp", "quantity": 1, "price": "9.99", "category": "Lighting"}"#;
    for (name, creates_items, manages_people) in
        [("vera", 403, 403), ("otto", 403, 403), ("mona", 201, 403), ("ada", 201, 200)]
    {
        let mut browser = signed_in(&app, name).await;
        assert_eq!(browser.status().await, 200, "{name}");
        assert_eq!(browser.post_json("/api/items", item).await.status, creates_items, "{name}");
        assert_eq!(browser.get("/people").await.status, manages_people, "{name}");
        let invite = [("name", "eve"), ("role", "administrator")];
        if manages_people == 403 {
            browser.post("/people", &invite).await.expect(403);
            browser.post("/people/role", &[("name", name), ("role", "administrator")]).await.expect(403);
        }
    }
}

#[tokio::test]
async fn a_one_time_link_is_used_once() {
    let app = strict_server().await;
    let link = manage(&app, async |access| {
        access.person_invite(&Origin::COMMAND_LINE, &new_person("anna", Role::Viewer)).await
    })
    .await;
    let mut browser = Browser::new(&app);
    let path = format!("/invitation?secret={}", link.secret);
    browser.get(&path).await.expect(200).says("anna");
    for (password, repeated, error) in [
        ("short", "short", "Enter 12 to 256 characters."),
        (PASSWORD, "another password", "same password in both fields"),
        ("aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "Do not repeat a single character."),
    ] {
        let fields = [("secret", link.secret.as_str()), ("password", password), ("repeated", repeated)];
        browser.post("/invitation", &fields).await.expect(400).says(error);
    }
    let fields = [("secret", link.secret.as_str()), ("password", PASSWORD), ("repeated", PASSWORD)];
    // Two at the same time: one wins.
    let (mut first, mut second) = (Browser::new(&app), Browser::new(&app));
    let (a, b) = tokio::join!(first.post("/invitation", &fields), second.post("/invitation", &fields));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
    browser.get(&path).await.expect(404).says("The link is unknown, expired or used.");
    browser.post("/invitation", &fields).await.expect(404);
    browser.get("/invitation?secret=x").await.expect(404);
    browser.get("/invitation").await.expect(404);
    assert_eq!(signed_in(&app, "anna").await.status().await, 200);

    let link = manage(&app, async |access| {
        access.person_invite(&Origin::COMMAND_LINE, &new_person("bert", Role::Viewer)).await
    })
    .await;
    let expire = "UPDATE password_links SET expires_at = now() - interval '1 s'";
    sqlx::query(expire).execute(&app.database).await.expect("expired");
    browser.get(&format!("/invitation?secret={}", link.secret)).await.expect(404);
}

#[tokio::test]
async fn local_access_ends_with_the_first_administrator() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    assert_eq!(browser.status().await, 200);
    browser.get("/account").await.expect(200).says("Local access");
    let page = browser.post("/people", &[("name", "ada"), ("role", "administrator")]).await.expect(200);
    let (_, rest) = page.text.split_once("/invitation?secret=").expect("a link");
    let secret = &rest[..64];
    assert_eq!(browser.status().await, 200, "an invited administrator can't sign in yet");
    let fields = [("secret", secret), ("password", PASSWORD), ("repeated", PASSWORD)];
    let mut ada = Browser::new(&app);
    ada.post("/invitation", &fields).await.redirects("/");
    browser.expect_ended().await;
    browser.get("/").await.redirects("/sign-in?next=%2F");
    ada.get("/people").await.expect(200).says("ada");
}

#[tokio::test]
async fn pages_escape_what_people_enter() {
    let app = strict_server().await;
    person(&app, "ada", Role::Administrator).await;
    let mut browser = signed_in(&app, "ada").await;
    let evil = "<script>alert(1)</script>";
    let invite = [("name", "eve"), ("displayName", evil), ("role", "viewer")];
    let page = browser.post("/people", &invite).await.expect(200);
    assert!(!page.text.contains(evil), "{}", page.text);
    let page = Browser::new(&app).sign_in("\"><script>alert(1)</script>", "x", "").await;
    assert!(!page.text.contains(evil), "{}", page.text);
}

#[tokio::test]
async fn a_limited_person_changes_only_allowed_warehouses() {
    let app = strict_server().await;
    person(&app, "ada", Role::Administrator).await;
    person(&app, "otto", Role::Operator).await;
    let mut ada = signed_in(&app, "ada").await;
    let mut otto = signed_in(&app, "otto").await;
    let item = r#"{"name": "Lamp", "quantity": 5, "price": "9.99", "category": "Lighting"}"#;
    let north = r#"{"code": "NORTH", "name": "North"}"#;
    for (path, body) in [("/api/items", item), ("/api/warehouses", north)] {
        let create = ada.client.post(format!("{}{path}", app.url));
        ada.send(create.header("content-type", "application/json").body(body)).await.expect(201);
    }
    let place = |client: &reqwest::Client| {
        let place = client.post(format!("{}/api/items/block/temporary", app.url));
        place.header("content-type", "application/json").body(r#"{"itemId": 1, "quantity": 1}"#)
    };
    let client = otto.client.clone();
    otto.send(place(&client)).await.expect(201);

    let limit = [("name", "otto"), ("warehouses", "NORTH")];
    ada.post("/people/warehouses", &limit).await.expect(303);
    ada.get("/people").await.expect(200).says("value=\"NORTH\"");
    let begun = Instant::now();
    // The item has units in the default warehouse only.
    while otto.send(place(&client)).await.status != 409 {
        assert!(begun.elapsed() < REVOCATION_DELAY_MAX, "the limit is not in use");
    }
    let adjust = client.post(format!("{}/api/items/1/stock", app.url));
    let adjust = adjust.header("content-type", "application/json").body(r#"{"delta": 1, "reason": "x"}"#);
    otto.send(adjust).await.expect(403).says("limited to other warehouses");
    // The queue takes units from all warehouses, so the page has no form for it.
    let create = client.post(format!("{}/api/orders", app.url)).header("content-type", "application/json");
    otto.send(create.body(r#"{"lines": [{"itemId": 1, "quantity": 9}]}"#)).await.expect(201);
    let offers =
        |page: &Page| page.text.contains("Wait for the rest") || page.text.contains("Join the queue");
    assert!(offers(&ada.get("/orders/1/allocate").await.expect(200)));
    assert!(!offers(&otto.get("/orders/1/allocate").await.expect(200).says("in your warehouses")));
    otto.post("/orders/1/allocate/queue", &[("queuePriority", "1")]).await.expect(403);
    otto.post("/people/warehouses", &[("name", "otto"), ("warehouses", "")]).await.expect(403);

    let invite = [("name", "ben"), ("role", "administrator"), ("warehouses", "NORTH")];
    ada.post("/people", &invite).await.expect(400).says("An administrator can't be limited to warehouses.");
    let promote = [("name", "otto"), ("role", "administrator")];
    ada.post("/people/role", &promote)
        .await
        .expect(400)
        .says("An administrator can't be limited to warehouses.");
    let own = [("name", "ada"), ("warehouses", "NORTH")];
    ada.post("/people/warehouses", &own)
        .await
        .expect(400)
        .says("An administrator can't be limited to warehouses.");
    let unknown = [("name", "otto"), ("warehouses", "NORTH, WEST")];
    ada.post("/people/warehouses", &unknown).await.expect(400).says("WEST");
    let invite = [("name", "ben"), ("role", "operator"), ("warehouses", "NORTH")];
    ada.post("/people", &invite).await.expect(200).says("Warehouses of ben");

    ada.post("/people/warehouses", &[("name", "otto"), ("warehouses", "")]).await.expect(303);
    ada.post("/people/role", &promote).await.expect(303);
    let changes: Vec<String> = sqlx::query_scalar(
        "SELECT concat(before, ' ', after) FROM audit_events
          WHERE kind = 'person.changed' AND subject = 'person:otto' ORDER BY id",
    )
    .fetch_all(&app.database)
    .await
    .expect("events");
    assert_eq!(
        changes,
        [
            r#"{"warehouseIds": null} {"warehouseIds": [2]}"#,
            r#"{"warehouseIds": [2]} {"warehouseIds": null}"#,
            r#"{"role": "operator"} {"role": "administrator"}"#,
        ]
    );
}
