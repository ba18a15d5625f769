//! Sign-in through HTTP: passwords, throttling, the second factor, and attacks on them.

use crate::browser::{
    Browser, PASSWORD, manage, new_person, person, principal, signed_in, strict_server, unix_seconds,
};
use access::TotpSecret;
use domain::{Origin, Role};

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let app = strict_server().await;
    person(&app, "anna", Role::Operator).await;
    let mut browser = Browser::new(&app);
    browser.get("/items?q=a%20b").await.redirects("/sign-in?next=%2Fitems%3Fq%3Da%2520b");
    browser.get("/account").await.redirects("/sign-in?next=%2Faccount");
    browser.post("/account/password", &[]).await.redirects("/sign-in?next=%2F");
    assert_eq!(browser.status().await, 401);
    let form = browser.get("/sign-in?next=%2Fitems").await.expect(200);
    assert_eq!((form.header("cache-control"), form.hidden("next").as_str()), ("no-store", "/items"));

    let page = browser.sign_in("anna", PASSWORD, "").await.redirects("/items");
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("session="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"), "{cookie}");
    let secret = browser.cookies["session"].clone();
    assert_eq!(secret.len(), 64);
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sessions WHERE position($1 IN sessions::text) > 0")
            .bind(&secret)
            .fetch_one(&app.database)
            .await
            .expect("a count");
    assert_eq!(stored, 0, "only the hash is stored");

    assert_eq!(browser.status().await, 200);
    let page = browser.get("/items").await.expect(200);
    assert_eq!(page.header("cache-control"), "no-store", "the browser shows no page after the sign-out");
    browser.get("/sign-in?next=/orders").await.redirects("/orders");
    browser.get("/account").await.expect(200).says("person:anna").says("This session");

    let before = browser.cookies.clone();
    browser.post("/sign-out", &[]).await.redirects("/sign-in");
    assert!(browser.cookies.is_empty(), "the cookie is deleted");
    browser.cookies = before;
    assert_eq!(browser.status().await, 401, "the server does not use its cache after the sign-out");
    browser.get("/items").await.redirects("/sign-in?next=%2Fitems");
    browser.get("/sign-in").await.expect(200);
    let kinds: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM audit_events WHERE kind <> 'server.started' ORDER BY id")
            .fetch_all(&app.database)
            .await
            .expect("events");
    assert_eq!(kinds, ["person.created", "session.created", "session.ended"]);
}

#[tokio::test]
async fn a_failed_sign_in_reveals_nothing() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    person(&app, "dora", Role::Viewer).await;
    manage(&app, async |access| access.person_disable(&Origin::COMMAND_LINE, &principal("dora")).await).await;
    manage(&app, async |access| {
        access.person_invite(&Origin::COMMAND_LINE, &new_person("ina", Role::Viewer)).await.map(drop)
    })
    .await;
    let mut texts = Vec::new();
    for (name, password) in [
        ("anna", "wrong password"),
        ("nobody", PASSWORD),
        ("dora", PASSWORD),
        ("ina", PASSWORD),
        ("ina", ""),
        ("", ""),
        ("Not A Name", PASSWORD),
        ("anna", "\0"),
    ] {
        let mut browser = Browser::new(&app);
        let page = browser.sign_in(name, password, "").await.expect(401);
        let page = page.says("The name, the password or the code is wrong.");
        assert!(browser.cookies.is_empty());
        assert!(!page.text.contains(PASSWORD), "the page does not repeat the password");
        texts.push(page.text.replace(&format!("value=\"{name}\""), "value=\"\"").len());
    }
    // Nonce and request address have a fixed length.
    assert!(texts.iter().all(|length| length.abs_diff(texts[0]) <= 4), "{texts:?}");
    let subjects: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT subject FROM audit_events WHERE kind = 'session.rejected' ORDER BY 1",
    )
    .fetch_all(&app.database)
    .await
    .expect("events");
    assert_eq!(subjects, ["person:anna", "person:dora", "person:ina", "person:unknown"]);
}

#[tokio::test]
async fn guesses_are_throttled_and_do_not_lock_other_accounts() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    person(&app, "bert", Role::Viewer).await;
    let mut browser = Browser::new(&app);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(browser.sign_in("anna", "wrong password", "").await.status);
    }
    assert_eq!((statuses[0], statuses[9], statuses[11]), (401, 401, 429), "{statuses:?}");
    browser.sign_in("anna", PASSWORD, "").await.expect(429).says("Too many attempts. Try again in");
    browser.sign_in("bert", PASSWORD, "").await.redirects("/items");
}

#[tokio::test]
async fn forged_addresses_after_the_sign_in_lead_to_the_start_page() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    for next in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "javascript:alert(1)",
    ] {
        let mut browser = Browser::new(&app);
        let fields = [("name", "anna"), ("password", PASSWORD), ("next", next)];
        browser.post("/sign-in", &fields).await.redirects("/");
        browser.get(&format!("/sign-in?next={}", next.replace('\t', "%09"))).await.redirects("/");
    }
}

#[tokio::test]
async fn another_site_can_neither_sign_in_nor_out() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    let mut browser = signed_in(&app, "anna").await;
    for path in ["/sign-in", "/sign-out", "/account/password", "/account/sessions/revoke-all", "/people"] {
        let request =
            browser.client.post(format!("{}{path}", app.url)).header("sec-fetch-site", "cross-site");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(browser.send(request.body("name=anna")).await.status, 403, "{path}");
    }
    browser.get("/sign-out").await.expect(405);
    assert_eq!(browser.status().await, 200);
}

#[tokio::test]
async fn a_second_factor_is_set_used_and_removed() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    let mut browser = signed_in(&app, "anna").await;
    let page = browser.post("/account/second-factor/start", &[]).await.expect(200).says("<svg");
    let text = page.hidden("secret");
    let secret = TotpSecret::parse(&text).expect("a secret");
    let code = |steps: i64| secret.code_at(unix_seconds() + 30 * steps);
    let set = |code: String, password: &'static str| {
        [("secret", text.clone()), ("code", code), ("factor-password", password.to_owned())]
    };
    for (code, password) in [("000000".to_owned(), PASSWORD), (code(0), "wrong password")] {
        let fields = set(code, password);
        let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
        let page = browser.post("/account/second-factor", &fields).await;
        assert!(page.text.contains("is wrong"), "{}", page.text);
    }
    let fields = set(code(-1), PASSWORD);
    let fields = fields.each_ref().map(|(name, text)| (*name, text.as_str()));
    let page = browser.post("/account/second-factor", &fields).await.expect(200).says("Recovery codes");
    let (_, listed) = page.text.split_once("Each replaces one code").expect("the codes");
    let recovery: Vec<&str> =
        listed.split("<code>").skip(1).take(10).map(|rest| rest.split('<').next().expect("a code")).collect();
    assert_eq!((recovery.len(), recovery[0].len()), (10, 19), "{recovery:?}");

    let mut next = Browser::new(&app);
    next.sign_in("anna", PASSWORD, "").await.expect(401);
    next.sign_in("anna", PASSWORD, recovery[0]).await.redirects("/items");
    next.sign_in("anna", PASSWORD, recovery[0]).await.expect(401);
    let fresh = code(1);
    next.sign_in("anna", PASSWORD, &fresh).await.redirects("/items");
    next.sign_in("anna", PASSWORD, &fresh).await.expect(401);

    browser
        .post("/account/second-factor/remove", &[("factor-password", PASSWORD)])
        .await
        .redirects("/account");
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM recovery_codes")
        .fetch_one(&app.database)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}
