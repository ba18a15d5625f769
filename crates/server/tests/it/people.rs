//! People through HTTP: sign-in, sessions, one-time links, second factor, roles, and attacks on them.

use crate::app::TestApp;
use access::{Access, NewPerson, TotpSecret};
use domain::{AllowedWarehouses, DisplayName, Origin, PrincipalName, Role};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use server::LocalAccess;
use std::time::{Duration, Instant};
use store::Store;

/// The longest time until a server rejects a session that another server has ended.
const REVOCATION_DELAY_MAX: Duration = Duration::from_secs(1);

const PASSWORD: &str = "correct horse battery";

/// A browser with one cookie, which follows no redirect.
pub struct Browser<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
    pub cookie: Option<String>,
}

pub struct Page {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Checks that the page redirects to this address.
    #[track_caller]
    fn redirects(self, location: &str) -> Self {
        let page = self.expect(303);
        assert_eq!(page.header("location"), location);
        page
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
        self
    }

    /// Returns the value of a hidden field.
    #[track_caller]
    fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).expect("the field");
        rest.split('"').next().expect("a value").to_owned()
    }
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60));
        Self { app, client: client.build().expect("a client"), cookie: None }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", format!("theme=dark; {cookie}")),
            None => request,
        };
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            if cookie.starts_with("session=") {
                let pair = cookie.split(';').next().expect("a pair").to_owned();
                self.cookie = Some(pair).filter(|pair| pair != "session=");
            }
        }
        Page { status, headers, text }
    }

    async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.app.url));
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.app.url));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        self.send(request).await
    }

    async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> Page {
        self.post("/sign-in", &[("name", name), ("password", password), ("code", code), ("next", "/items")])
            .await
    }

    /// Returns the status of a read of the API with the session.
    async fn status(&mut self) -> u16 {
        self.get("/api/warehouses").await.status
    }

    /// Waits until the session is rejected, and checks how long it takes.
    async fn expect_ended(&mut self) {
        let started = Instant::now();
        while self.status().await != 401 {
            assert!(started.elapsed() < REVOCATION_DELAY_MAX, "the session is still accepted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn strict_server() -> TestApp {
    TestApp::start_with(|config| config.access.local_access = LocalAccess::Off).await
}

/// Runs work on the access service of the command line.
async fn manage<T>(app: &TestApp, work: impl AsyncFnOnce(&Access) -> access::Result<T>) -> T {
    let store = Store::connect(store::Settings::new(&app.database_url)).await.expect("a connection");
    let done = work(&Access::new(store.clone(), access::Settings::default())).await.expect("done");
    store.close().await;
    done
}

fn new_person(name: &str, role: Role) -> NewPerson {
    let display_name = DisplayName::new(name).expect("a name");
    NewPerson { name: principal(name), display_name, role, warehouses: AllowedWarehouses::ALL }
}

fn principal(name: &str) -> PrincipalName {
    PrincipalName::new(name).expect("a name")
}

pub async fn person(app: &TestApp, name: &str, role: Role) {
    let new = new_person(name, role);
    manage(app, async |access| access.person_add(&Origin::COMMAND_LINE, &new, PASSWORD).await).await;
}

/// Returns a signed-in browser.
pub async fn signed_in<'a>(app: &'a TestApp, name: &str) -> Browser<'a> {
    let mut browser = Browser::new(app);
    browser.sign_in(name, PASSWORD, "").await.redirects("/items");
    browser
}

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
    let secret = browser.cookie.clone().expect("a cookie");
    let secret = secret.strip_prefix("session=").expect("a secret");
    assert_eq!(secret.len(), 64);
    let stored: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sessions WHERE position($1 IN sessions::text) > 0")
            .bind(secret)
            .fetch_one(&app.database)
            .await
            .expect("a count");
    assert_eq!(stored, 0, "only the hash is stored");

    assert_eq!(browser.status().await, 200);
    let page = browser.get("/items").await.expect(200);
    assert_eq!(page.header("cache-control"), "no-store", "the browser shows no page after the sign-out");
    browser.get("/sign-in?next=/orders").await.redirects("/orders");
    browser.get("/account").await.expect(200).says("person:anna").says("This session");

    let before = browser.cookie.clone();
    browser.post("/sign-out", &[]).await.redirects("/sign-in");
    assert_eq!(browser.cookie, None, "the cookie is deleted");
    browser.cookie = before;
    browser.expect_ended().await;
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
        let create = browser.client.post(format!("{}/api/items", app.url));
        let create = create.header("content-type", "application/json").body(item);
        assert_eq!(browser.send(create).await.status, creates_items, "{name}");
        assert_eq!(browser.get("/people").await.status, manages_people, "{name}");
        let invite = [("name", "eve"), ("role", "administrator")];
        if manages_people == 403 {
            browser.post("/people", &invite).await.expect(403);
            browser.post("/people/role", &[("name", name), ("role", "administrator")]).await.expect(403);
        }
    }
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
        assert_eq!(browser.cookie, None);
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
async fn a_session_is_new_at_each_sign_in() {
    let app = strict_server().await;
    person(&app, "anna", Role::Viewer).await;
    // An attacker has planted a cookie.
    let planted = format!("session={}", "a".repeat(64));
    let mut browser = Browser::new(&app);
    browser.cookie = Some(planted.clone());
    browser.sign_in("anna", PASSWORD, "").await.redirects("/items");
    assert_ne!(browser.cookie.as_ref(), Some(&planted));
    let mut attacker = Browser::new(&app);
    attacker.cookie = Some(planted);
    assert_eq!(attacker.status().await, 401);
    // Secrets in other places and forms.
    let secret = browser.cookie.clone().expect("a cookie").replace("session=", "");
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
        attacker.cookie = Some(cookie.clone());
        assert_eq!(attacker.status().await, 401, "{cookie}");
    }
    attacker.cookie = None;
    let request = attacker.client.get(format!("{}/api/warehouses", app.url)).bearer_auth(&secret);
    assert_eq!(attacker.send(request).await.status, 401, "a session is not a token");
    // The hash in the database is not a secret.
    let hash: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM sessions").fetch_one(&app.database).await.expect("a hash");
    attacker.cookie = Some(format!("session={}", hex::encode(hash)));
    assert_eq!(attacker.status().await, 401);
    assert_eq!(browser.status().await, 200);
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
        ("short", "short", "must have 12 to 256 characters"),
        (PASSWORD, "another password", "must be the same in both fields"),
        ("aaaaaaaaaaaaa", "aaaaaaaaaaaaa", "must not repeat a single character"),
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
        let mut elsewhere = signed_in(&other, "anna").await;
        assert_eq!(elsewhere.status().await, 200);
        let done = admin.post(path, fields).await;
        assert!([200, 303].contains(&done.status), "{path}: {}", done.text);
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
    let before = here.cookie.clone();
    let right = [("current", PASSWORD), ("password", new), ("repeated", new)];
    here.post("/account/password", &right).await.redirects("/account");
    assert_ne!(here.cookie, before, "the session is new");
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

fn unix_seconds() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time");
    i64::try_from(now.as_secs()).expect("a time")
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
    otto.post("/people/warehouses", &[("name", "otto"), ("warehouses", "")]).await.expect(403);

    let invite = [("name", "ben"), ("role", "administrator"), ("warehouses", "NORTH")];
    ada.post("/people", &invite).await.expect(400).says("an administrator");
    let promote = [("name", "otto"), ("role", "administrator")];
    ada.post("/people/role", &promote).await.expect(400).says("an administrator");
    let own = [("name", "ada"), ("warehouses", "NORTH")];
    ada.post("/people/warehouses", &own).await.expect(400).says("an administrator");
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
