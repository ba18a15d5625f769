//! Sign-in by OpenID Connect, with a provider that misbehaves, and attacks on the flow.

use crate::app::{Postgres, TestApp, site};
use crate::openid_provider::{CLIENT_ID, CLIENT_SECRET, Fault, Provider, query};
use access::{Access, NewPerson};
use domain::{AllowedWarehouses, DisplayName, Origin, PrincipalName, Role};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use server::{LocalAccess, OpenIdConfig};
use std::collections::BTreeMap;
use std::time::Duration;
use store::Store;

const PASSWORD: &str = "correct horse battery";

/// The back-off after a failed discovery, and some more.
const BACK_OFF: Duration = Duration::from_millis(5_200);

/// A browser with cookies, which follows no redirect.
#[derive(Clone)]
struct Browser {
    url: String,
    /// The `Host` header; empty for that of the URL.
    host: String,
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

struct Page {
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

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
        self
    }

    #[track_caller]
    fn redirects(self, location: &str) -> Self {
        let page = self.expect(303);
        assert_eq!(page.header("location"), location);
        page
    }

    /// Returns the URL at the provider to which the response leads: by a redirect, or by a page after a form.
    #[track_caller]
    fn provider_url(&self) -> String {
        match self.header("refresh").strip_prefix("0; url=") {
            Some(url) => url.to_owned(),
            None => {
                assert_eq!(self.status, 303, "{}", self.text);
                self.header("location").to_owned()
            }
        }
    }
}

impl Browser {
    fn new(app: &TestApp) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60));
        let client = client.build().expect("a client");
        Self { url: app.url.clone(), host: String::new(), client, cookies: BTreeMap::new() }
    }

    async fn send(&mut self, mut request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if !self.host.is_empty() {
            request = request.header("host", &self.host);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            match value {
                "" => _ = self.cookies.remove(name),
                value => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
            }
        }
        Page { status, headers, text }
    }

    async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        self.send(request).await
    }

    async fn sign_in(&mut self, name: &str) {
        let fields = [("name", name), ("password", PASSWORD), ("code", ""), ("next", "/items")];
        self.post("/sign-in", &fields).await.redirects("/items");
    }

    /// Starts at `/sign-in/openid`, and returns the callback after the sign-in at the provider.
    async fn start(&mut self, provider: &Provider) -> String {
        let url = self.get("/sign-in/openid?next=%2Fitems").await.provider_url();
        provider.authorize(&url)
    }

    async fn openid_sign_in(&mut self, provider: &Provider) -> Page {
        let callback = self.start(provider).await;
        self.get(&callback).await
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/api/warehouses").await.status == 200
    }
}

/// A server with a provider.
struct Setup {
    app: TestApp,
    provider: Provider,
}

impl Setup {
    async fn new() -> Self {
        Self::with(Provider::start().await).await
    }

    async fn with(provider: Provider) -> Self {
        let url = provider.url();
        let app = TestApp::start_with(|config| {
            config.access.local_access = LocalAccess::Off;
            config.openid = OpenIdConfig::provider(&url, CLIENT_ID, CLIENT_SECRET);
        });
        Self { app: app.await, provider }
    }

    /// Returns a server with the person `anna`, who is linked to the provider's subject.
    async fn with_anna() -> Self {
        let setup = Self::new().await;
        setup.accept("anna", Role::Operator).await;
        setup
    }

    async fn manage<T>(&self, work: impl AsyncFnOnce(&Access) -> access::Result<T>) -> T {
        let store = Store::connect(store::Settings::new(&self.app.database_url)).await.expect("a connection");
        let done = work(&Access::new(store.clone(), access::Settings::default())).await.expect("done");
        store.close().await;
        done
    }

    async fn invite(&self, name: &str, role: Role) -> String {
        let new = person(name, role);
        self.manage(async |access| access.person_invite(&Origin::COMMAND_LINE, &new).await).await.secret
    }

    async fn add(&self, name: &str, role: Role) {
        let new = person(name, role);
        self.manage(async |access| access.person_add(&Origin::COMMAND_LINE, &new, PASSWORD).await).await;
    }

    /// Invites a person, who accepts with the provider's subject. Returns the person's browser.
    async fn accept(&self, name: &str, role: Role) -> Browser {
        let link = self.invite(name, role).await;
        let mut browser = Browser::new(&self.app);
        let page = browser.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
        let callback = self.provider.authorize(&page.provider_url());
        browser.get(&callback).await.redirects("/");
        browser
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.app.database).await.expect("a count")
    }

    async fn kinds(&self) -> Vec<String> {
        let kinds =
            sqlx::query_scalar("SELECT kind FROM audit_events WHERE kind <> 'server.started' ORDER BY id");
        kinds.fetch_all(&self.app.database).await.expect("events")
    }
}

fn principal(name: &str) -> PrincipalName {
    PrincipalName::new(name).expect("a name")
}

fn person(name: &str, role: Role) -> NewPerson {
    NewPerson {
        name: principal(name),
        display_name: DisplayName::new(name).expect("a name"),
        role,
        warehouses: AllowedWarehouses::ALL,
    }
}

#[tokio::test]
async fn an_invited_person_signs_in_by_the_provider() {
    let setup = Setup::new().await;
    let link = setup.invite("anna", Role::Operator).await;
    let mut browser = Browser::new(&setup.app);
    browser.get(&format!("/invitation?secret={link}")).await.expect(200).says("Sign in with single sign-on");
    let page = browser.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
    assert_eq!(page.header("cache-control"), "no-store");
    let url = page.provider_url();
    let secret = browser.cookies["openid"].clone();
    let parameters = query(&url);
    let stored = sqlx::query_scalar::<_, i64>(
        "SELECT count(*) FROM openid_attempts a WHERE position($1 IN a::text) + position($2 IN a::text)
              + position($3 IN a::text) + position($4 IN a::text) > 0",
    );
    let stored = stored.bind(&secret).bind(&parameters["state"]).bind(&parameters["nonce"]).bind(&link);
    assert_eq!(stored.fetch_one(&setup.app.database).await.expect("a count"), 0, "only hashes are stored");

    let callback = setup.provider.authorize(&url);
    browser.get(&callback).await.redirects("/");
    assert!(!browser.cookies.contains_key("openid"), "the cookie of the attempt is deleted");
    assert!(browser.is_signed_in().await);
    browser.get("/account").await.expect(200).says("person:anna").says("Your account is linked.");
    assert_eq!(setup.kinds().await, ["person.invited", "identity.changed", "session.created"]);
    browser.post("/invitation/openid", &[("secret", &link)]).await.expect(404);

    browser.post("/sign-out", &[]).await.redirects("/sign-in");
    browser.get("/sign-in?next=/items").await.expect(200).says("/sign-in/openid?next=%2Fitems");
    browser.openid_sign_in(&setup.provider).await.redirects("/items");
    assert!(browser.is_signed_in().await);
    assert_eq!(setup.provider.discoveries(), 1, "the discovery is cached");
    let sign_ins = "SELECT count(*) FROM audit_events WHERE kind = 'session.created' AND subject = 'person:anna'
                       AND after->>'method' = 'openid' AND credential LIKE 'session:%' AND address IS NOT NULL";
    assert_eq!(setup.count(sign_ins).await, 2);
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 0);
}

#[tokio::test]
async fn an_invalid_response_of_the_provider_is_rejected() {
    let setup = Setup::with_anna().await;
    let faults = [
        Fault::WrongNonce,
        Fault::NoNonce,
        Fault::WrongAudience,
        Fault::MoreAudiences,
        Fault::AnotherParty,
        Fault::WrongIssuer,
        Fault::Expired,
        Fault::WrongSignature,
        Fault::UnknownKey,
        Fault::NoSignature,
        Fault::SignedBySecret,
        Fault::NoToken,
        Fault::EmptySubject,
    ];
    for fault in faults {
        let mut browser = Browser::new(&setup.app);
        let callback = browser.start(&setup.provider).await;
        setup.provider.set_fault(fault);
        let page = browser.get(&callback).await;
        setup.provider.set_fault(Fault::None);
        assert_eq!(page.status, 401, "{fault:?}: {}", page.text);
        let page = page.says("The response of single sign-on is not valid.").says("name=\"password\"");
        assert!(!page.text.contains(CLIENT_SECRET));
        assert!(browser.cookies.is_empty(), "{fault:?}: {:?}", browser.cookies);
        browser.get(&callback).await.expect(400);
    }
    let rejected = "SELECT count(*) FROM audit_events WHERE kind = 'session.rejected' AND actor = 'anonymous'
                       AND subject = 'person:unknown' AND after->>'reason' = 'invalid response'";
    assert_eq!(setup.count(rejected).await, 13);
    Browser::new(&setup.app).openid_sign_in(&setup.provider).await.redirects("/items");
}

#[tokio::test]
async fn a_response_belongs_to_one_browser_and_one_attempt() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let callback = browser.start(&setup.provider).await;
    let (_, code) = callback.split_once("code=").expect("a code");
    let (code, state) = code.split_once("&state=").expect("a state");

    // A victim's browser without a cookie, and one with an attempt of its own: login CSRF and code injection.
    let expired = "The sign-in has expired or was used already.";
    let mut victim = Browser::new(&setup.app);
    victim.get(&callback).await.expect(400).says(expired);
    let own = victim.start(&setup.provider).await;
    let (_, own_state) = own.split_once("&state=").expect("a state");
    let mut other = victim.clone();
    other.get(&callback).await.expect(400).says(expired);
    assert!(!other.is_signed_in().await);
    // The attacker's code with the victim's state: the PKCE verifier is another one.
    victim.get(&format!("/sign-in/openid/callback?code={code}&state={own_state}")).await.expect(401);
    assert!(!victim.is_signed_in().await);

    let callback = browser.start(&setup.provider).await;
    let (valid, _) = callback.split_once("&state=").expect("a state");
    for state in ["", state, "0", &"0".repeat(64)] {
        browser.get(&format!("{valid}&state={state}")).await.expect(400).says(expired);
    }
    // No other site could use up the attempt or delete its cookie.
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let (one, two) = tokio::join!(first.get(&callback), second.get(&callback));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400], "a response is used once");
    browser.get(&callback).await.expect(400).says(expired);

    let callback = browser.start(&setup.provider).await;
    let past = "UPDATE openid_attempts SET expires_at = now() - interval '1 second'";
    sqlx::query(past).execute(&setup.app.database).await.expect("changed");
    browser.clone().get(&callback).await.expect(400).says(expired);
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 2);
    browser.start(&setup.provider).await;
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 1, "expired ones are deleted");
}

#[tokio::test]
async fn a_response_of_another_issuer_is_rejected() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let callback = browser.start(&setup.provider).await;
    browser.get(&format!("{callback}&iss=https%3A%2F%2Fevil.example")).await.expect(401);
    let callback = browser.start(&setup.provider).await;
    let own = form_urlencoded::byte_serialize(setup.provider.url().as_bytes()).collect::<String>();
    browser.get(&format!("{callback}&iss={own}")).await.redirects("/items");

    let provider = Provider::start().await;
    provider.set_fault(Fault::StatesIssuerParameter);
    let setup = Setup::with(provider).await;
    let callback = browser_of(&setup).start(&setup.provider).await;
    assert!(callback.contains("code="));
    let mut browser = browser_of(&setup);
    browser.openid_sign_in(&setup.provider).await.expect(401).says("is not valid");
}

fn browser_of(setup: &Setup) -> Browser {
    Browser::new(&setup.app)
}

#[tokio::test]
async fn a_denied_sign_in_is_reported() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    for (error, text) in [
        ("access_denied&error_description=%3Cb%3Emarker", "The sign-in with single sign-on was cancelled."),
        ("server_error%0A%1B[31m", "single sign-on rejected the sign-in."),
    ] {
        let callback = browser.start(&setup.provider).await;
        let (_, state) = callback.split_once("&state=").expect("a state");
        let page = browser.get(&format!("/sign-in/openid/callback?error={error}&state={state}")).await;
        let page = page.expect(401).says(text);
        assert!(!page.text.contains("<b>marker"));
        browser.get(&callback).await.expect(400);
    }
    browser.get("/sign-in/openid/callback?error=access_denied&state=0").await.expect(400);
    let denied = "SELECT count(*) FROM audit_events WHERE after->>'reason' = 'denied by the provider'";
    assert_eq!(setup.count(denied).await, 2, "only responses with the state of an attempt are logged");
}

#[tokio::test]
async fn a_sign_in_leads_to_local_addresses_only() {
    let setup = Setup::with_anna().await;
    for next in
        ["//evil.example", "/\\evil.example", "https%3A%2F%2Fevil.example", "/sign-out", "javascript:0"]
    {
        let mut browser = Browser::new(&setup.app);
        let url = browser.get(&format!("/sign-in/openid?next={next}")).await.provider_url();
        assert!(!url.contains("evil"), "{url}");
        let callback = setup.provider.authorize(&url);
        browser.get(&callback).await.redirects("/");
    }
    let mut browser = Browser::new(&setup.app);
    browser.start(&setup.provider).await;
    let callback = browser.start(&setup.provider).await;
    let evil = "UPDATE openid_attempts SET next = '//evil.example'";
    sqlx::query(evil).execute(&setup.app.database).await.expect("changed");
    browser.get(&callback).await.redirects("/");
}

#[tokio::test]
async fn neither_an_unknown_nor_a_disabled_person_signs_in() {
    let setup = Setup::with_anna().await;
    setup.add("root", Role::Administrator).await;
    let text = "No person here is linked to this identity.";
    // Its e-mail address and its name are those of the administrator, but its subject is unknown.
    setup.provider.set_subject("root");
    let mut browser = Browser::new(&setup.app);
    browser.openid_sign_in(&setup.provider).await.expect(401).says(text);
    setup.provider.set_subject("SUBJECT-OF-ANNA");
    browser.openid_sign_in(&setup.provider).await.expect(401).says(text);
    setup.provider.set_subject("subject-of-anna");
    let anna = principal("anna");
    setup.manage(async |access| access.person_disable(&Origin::COMMAND_LINE, &anna).await).await;
    browser.openid_sign_in(&setup.provider).await.expect(401).says(text);
    assert!(!browser.is_signed_in().await);
    let of_anna =
        "SELECT count(*) FROM audit_events WHERE kind = 'session.rejected' AND subject = 'person:anna'";
    assert_eq!(setup.count(of_anna).await, 1);
    setup.manage(async |access| access.person_enable(&Origin::COMMAND_LINE, &anna).await).await;
    browser.openid_sign_in(&setup.provider).await.redirects("/items");

    // A reset removes the identity: an attacker may have the account at the provider.
    let link = setup.manage(async |access| access.person_reset(&Origin::COMMAND_LINE, &anna).await).await;
    browser.openid_sign_in(&setup.provider).await.expect(401).says(text);
    let page = browser.post("/invitation/openid", &[("secret", &link.secret)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    browser.get(&callback).await.redirects("/");
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_link_to_an_identity_needs_the_password() {
    let setup = Setup::with_anna().await;
    setup.add("bert", Role::Viewer).await;
    setup.add("root", Role::Administrator).await;
    setup.provider.set_subject("subject-of-bert");
    let mut bert = Browser::new(&setup.app);
    bert.post("/account/openid", &[("openid-password", PASSWORD)]).await.redirects("/sign-in?next=%2F");
    bert.sign_in("bert").await;
    bert.get("/account").await.expect(200).says("Your account is not linked.");
    bert.post("/account/openid", &[("openid-password", "wrong password")]).await.expect(401).says("is wrong");
    let request =
        bert.client.post(format!("{}/account/openid", bert.url)).header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(format!("openid-password={}", PASSWORD.replace(' ', "+")));
    bert.send(request).await.expect(403);

    let page = bert.post("/account/openid", &[("openid-password", PASSWORD)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    // In a browser where another person, or nobody, is signed in.
    let mut root = Browser::new(&setup.app);
    root.sign_in("root").await;
    root.cookies.insert("openid".to_owned(), bert.cookies["openid"].clone());
    root.get(&callback).await.expect(400);
    let linked = "SELECT count(*) FROM openid_identities";
    assert_eq!(setup.count(linked).await, 1, "only anna is linked");

    let page = bert.post("/account/openid", &[("openid-password", PASSWORD)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    let session = bert.cookies["session"].clone();
    bert.get(&callback).await.redirects("/account");
    assert_eq!(bert.cookies["session"], session, "the session continues");
    Browser::new(&setup.app).openid_sign_in(&setup.provider).await.redirects("/items");

    let page = root.post("/account/openid", &[("openid-password", PASSWORD)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    root.get(&callback).await.expect(409).says("Another person is linked to this identity.");

    bert.post("/account/openid/remove", &[("openid-password", "wrong password")]).await.expect(401);
    bert.post("/account/openid/remove", &[("openid-password", PASSWORD)]).await.redirects("/account");
    assert!(bert.is_signed_in().await);
    assert_ne!(bert.cookies["session"], session);
    Browser::new(&setup.app).openid_sign_in(&setup.provider).await.expect(401);

    // Anna has no password, so she keeps her only way to sign in.
    setup.provider.set_subject("subject-of-anna");
    let mut anna = Browser::new(&setup.app);
    anna.openid_sign_in(&setup.provider).await.redirects("/items");
    anna.post("/account/openid/remove", &[("openid-password", "")]).await.expect(401);
    assert_eq!(setup.count(linked).await, 1);
}

#[tokio::test]
async fn an_identity_has_one_person() {
    let setup = Setup::with_anna().await;
    let link = setup.invite("bert", Role::Viewer).await;
    let mut browser = Browser::new(&setup.app);
    let page = browser.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    browser.get(&callback).await.expect(409).says("Another person is linked to this identity.");
    browser.get(&format!("/invitation?secret={link}")).await.expect(200).says("bert");
    setup.provider.set_subject("subject-of-bert");
    let page = browser.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
    let first = setup.provider.authorize(&page.provider_url());
    let mut other = Browser::new(&setup.app);
    let page = other.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
    setup.provider.set_subject("subject-of-a-thief");
    let second = setup.provider.authorize(&page.provider_url());
    setup.provider.set_subject("subject-of-bert");
    browser.get(&first).await.redirects("/");
    other.get(&second).await.expect(404).says("The link is unknown, expired or used.");
    browser.post("/invitation/openid", &[("secret", "0")]).await.expect(404);
}

#[tokio::test]
async fn an_administrator_of_the_provider_ends_local_access() {
    let provider = Provider::start().await;
    let url = provider.url();
    let app = TestApp::start_with(|config| {
        config.openid = OpenIdConfig::provider(&url, CLIENT_ID, CLIENT_SECRET);
    });
    let setup = Setup { app: app.await, provider };
    assert!(Browser::new(&setup.app).is_signed_in().await, "local access");
    let mut root = setup.accept("root", Role::Administrator).await;
    let mut stranger = Browser::new(&setup.app);
    let ended = async {
        while stranger.is_signed_in().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), ended).await.expect("local access ends");
    root.get("/people").await.expect(200).says("enabled");
    let disabled = root.post("/people/disable", &[("name", "root")]).await;
    disabled.expect(409).says("is the last administrator who can sign in");
    let root = principal("root");
    setup.manage(async |access| access.person_reset(&Origin::COMMAND_LINE, &root).await).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stranger.is_signed_in().await, "local access does not return with a reset");
}

#[tokio::test]
async fn a_replaced_key_is_fetched() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let before = browser.start(&setup.provider).await;
    setup.provider.rotate();
    browser.get(&before).await.redirects("/items");
    assert_eq!(setup.provider.discoveries(), 2);
    browser.openid_sign_in(&setup.provider).await.redirects("/items");
    assert_eq!(setup.provider.discoveries(), 2, "the new key is cached");
}

#[tokio::test]
async fn the_password_works_while_the_provider_is_down() {
    let provider = Provider::start().await;
    provider.set_fault(Fault::Down);
    let setup = Setup::with(provider).await;
    setup.add("bert", Role::Viewer).await;
    let text = "The sign-in with single sign-on is not available now.";
    let mut browser = Browser::new(&setup.app);
    browser.get("/sign-in/openid").await.expect(503).says(text).says("name=\"password\"");
    browser.get("/sign-in/openid").await.expect(503).says(text);
    assert_eq!(setup.provider.discoveries(), 1, "the second request is within the back-off");
    browser.sign_in("bert").await;

    for fault in [
        Fault::DiscoveryRedirects,
        Fault::DiscoveryTooLarge,
        Fault::DiscoveryOfAnotherIssuer,
        Fault::PlainTokenEndpoint,
    ] {
        tokio::time::sleep(BACK_OFF).await;
        let before = setup.provider.discoveries();
        setup.provider.set_fault(fault);
        let page = Browser::new(&setup.app).get("/sign-in/openid").await;
        assert_eq!(page.status, 503, "{fault:?}: {}", page.text);
        assert_eq!(setup.provider.discoveries(), before + 1, "{fault:?}: no redirect is followed");
    }
    tokio::time::sleep(BACK_OFF).await;
    setup.provider.set_fault(Fault::None);
    setup.accept("anna", Role::Viewer).await.get("/account").await.expect(200);
    for fault in [Fault::TokenEndpointDown, Fault::TokenRedirects] {
        let mut browser = Browser::new(&setup.app);
        let callback = browser.start(&setup.provider).await;
        setup.provider.set_fault(fault);
        browser.get(&callback).await.expect(503).says(text);
        setup.provider.set_fault(Fault::None);
    }
}

#[tokio::test]
async fn one_server_finishes_an_attempt_of_another() {
    let setup = Setup::with_anna().await;
    let url = setup.provider.url();
    let postgres = Postgres::find();
    let other = TestApp::over(postgres, setup.app.database_url.clone(), site("target/no-site"), |config| {
        config.access.local_access = LocalAccess::Off;
        config.openid = OpenIdConfig::provider(&url, CLIENT_ID, CLIENT_SECRET);
    });
    let other = other.await;
    let mut browser = Browser::new(&setup.app);
    let callback = browser.start(&setup.provider).await;
    // The balancer sends the same host to both.
    browser.host = setup.app.url.strip_prefix("http://").expect("a URL").to_owned();
    browser.url.clone_from(&other.url);
    let mut replay = browser.clone();
    browser.get(&callback).await.redirects("/items");
    assert!(browser.is_signed_in().await);
    replay.url.clone_from(&setup.app.url);
    replay.get(&callback).await.expect(400);
}

#[tokio::test]
async fn starts_are_throttled_by_network() {
    let setup = Setup::new().await;
    let mut browser = Browser::new(&setup.app);
    let mut statuses = Vec::new();
    for _ in 0..65 {
        statuses.push(browser.get("/sign-in/openid").await.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 303).count() / 5, 12, "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
    setup.add("bert", Role::Viewer).await;
    browser.sign_in("bert").await;
}

#[tokio::test]
async fn without_a_provider_there_is_no_button() {
    let app = TestApp::start_with(|config| config.access.local_access = LocalAccess::Off).await;
    let mut browser = Browser::new(&app);
    let page = browser.get("/sign-in").await.expect(200);
    assert!(!page.text.contains("/sign-in/openid"));
    browser.get("/sign-in/openid").await.expect(404);
    browser.get("/sign-in/openid/callback?code=1&state=2").await.expect(404);
}
