//! Sign-in by OpenID Connect, with a provider that misbehaves.

use crate::app::{Postgres, TestApp, site};
use crate::audit::{check_origins, check_records, forge, newest};
use crate::browser::{Browser, PASSWORD, manage, new_person, person, principal, signed_in};
use crate::openid_provider::{CLIENT_ID, CLIENT_SECRET, Fault, Provider, query};
use domain::{Origin, Role};
use server::{LocalAccess, OpenIdConfig};
use std::time::Duration;

/// The back-off after a failed discovery, and some more.
const BACK_OFF: Duration = Duration::from_millis(5_200);

/// A server with a provider.
pub struct Setup {
    pub app: TestApp,
    pub provider: Provider,
}

impl Setup {
    pub async fn new() -> Self {
        Self::with(Provider::start().await).await
    }

    pub async fn with(provider: Provider) -> Self {
        let url = provider.url();
        let app = TestApp::start_with(|config| {
            config.access.local_access = LocalAccess::Off;
            config.openid = OpenIdConfig::provider(&url, CLIENT_ID, CLIENT_SECRET);
        });
        Self { app: app.await, provider }
    }

    /// Returns a server with the person `anna`, who is linked to the provider's subject.
    pub async fn with_anna() -> Self {
        let setup = Self::new().await;
        setup.accept("anna", Role::Operator).await;
        setup
    }

    pub async fn invite(&self, name: &str, role: Role) -> String {
        let new = new_person(name, role);
        manage(&self.app, async |access| access.person_invite(&Origin::COMMAND_LINE, &new).await).await.secret
    }

    pub async fn add(&self, name: &str, role: Role) {
        person(&self.app, name, role).await;
    }

    /// Invites a person, who accepts with the provider's subject. Returns the person's browser.
    pub async fn accept(&self, name: &str, role: Role) -> Browser {
        let link = self.invite(name, role).await;
        let mut browser = Browser::new(&self.app);
        let page = browser.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
        let callback = self.provider.authorize(&page.provider_url());
        browser.get(&callback).await.redirects("/");
        browser
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.app.database).await.expect("a count")
    }

    pub async fn kinds(&self) -> Vec<String> {
        let kinds =
            sqlx::query_scalar("SELECT kind FROM audit_events WHERE kind <> 'server.started' ORDER BY id");
        kinds.fetch_all(&self.app.database).await.expect("events")
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
    setup.provider.sign_in(&mut browser).await.redirects("/items");
    assert!(browser.is_signed_in().await);
    assert_eq!(setup.provider.discoveries(), 1, "the discovery is cached");
    let sign_ins = "SELECT count(*) FROM audit_events WHERE kind = 'session.created' AND subject = 'person:anna'
                       AND after->>'method' = 'openid' AND credential LIKE 'session:%' AND address IS NOT NULL";
    assert_eq!(setup.count(sign_ins).await, 2);
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 0);
}

#[tokio::test]
async fn a_denied_sign_in_is_reported() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    for (error, text) in [
        ("access_denied&error_description=%3Cb%3Emarker", "The sign-in with single sign-on was cancelled."),
        ("server_error%0A%1B[31m", "single sign-on rejected the sign-in."),
    ] {
        let callback = setup.provider.start_in(&mut browser).await;
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
    manage(&setup.app, async |access| access.person_reset(&Origin::COMMAND_LINE, &root).await).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!stranger.is_signed_in().await, "local access does not return with a reset");
}

#[tokio::test]
async fn a_replaced_key_is_fetched() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let before = setup.provider.start_in(&mut browser).await;
    setup.provider.rotate();
    browser.get(&before).await.redirects("/items");
    assert_eq!(setup.provider.discoveries(), 2);
    setup.provider.sign_in(&mut browser).await.redirects("/items");
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
    browser.sign_in("bert", PASSWORD, "").await.redirects("/items");

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
        let callback = setup.provider.start_in(&mut browser).await;
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
    let callback = setup.provider.start_in(&mut browser).await;
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
    browser.sign_in("bert", PASSWORD, "").await.redirects("/items");
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

#[tokio::test]
async fn each_form_and_response_of_the_provider_has_a_record() {
    let setup = Setup::new().await;
    let (app, provider) = (&setup.app, &setup.provider);
    let session = async || newest(app, "session", "sessions").await;
    let follow = async |browser: &mut Browser, callback: &str, id: &str| {
        let request = forge(browser.client.get(format!("{}{callback}", app.url)), id);
        browser.send(request).await
    };
    setup.add("bert", Role::Viewer).await;
    provider.set_subject("subject-of-bert");
    let mut bert = signed_in(app, "bert").await;
    let first = session().await;
    let password = [("openid-password", PASSWORD)];
    let start = forge(bert.form("/account/openid", &password), "start");
    let page = bert.send(start).await.expect(200);
    check_records(app, "start", &[], "person:bert", Some(&first)).await;
    follow(&mut bert, &provider.authorize(&page.provider_url()), "link").await.redirects("/account");
    check_records(app, "link", &["identity.changed"], "person:bert", Some(&first)).await;

    let mut elsewhere = Browser::new(app);
    let callback = provider.start_in(&mut elsewhere).await;
    follow(&mut elsewhere, &callback, "sign-in").await.redirects("/items");
    check_records(app, "sign-in", &["session.created"], "person:bert", Some(&session().await)).await;

    let remove = forge(bert.form("/account/openid/remove", &password), "remove");
    bert.send(remove).await.redirects("/account");
    let (kinds, second) = (["identity.changed", "session.created", "session.revoked"], session().await);
    check_origins(app, "remove", &kinds, "person:bert", &[Some(&first), Some(&second)]).await;

    let callback = provider.start_in(&mut elsewhere).await;
    follow(&mut elsewhere, &callback, "unknown").await.expect(401);
    check_records(app, "unknown", &["session.rejected"], "anonymous", None).await;
    let callback = provider.start_in(&mut elsewhere).await;
    provider.set_fault(Fault::WrongNonce);
    follow(&mut elsewhere, &callback, "invalid").await.expect(401);
    provider.set_fault(Fault::None);
    check_records(app, "invalid", &["session.rejected"], "anonymous", None).await;

    let link = setup.invite("anna", Role::Operator).await;
    let mut anna = Browser::new(app);
    let page = anna.post("/invitation/openid", &[("secret", &link)]).await.expect(200);
    follow(&mut anna, &provider.authorize(&page.provider_url()), "invitation").await.redirects("/");
    let (kinds, third) = (["identity.changed", "session.created"], session().await);
    check_origins(app, "invitation", &kinds, "person:anna", &[None, Some(&third)]).await;
}
