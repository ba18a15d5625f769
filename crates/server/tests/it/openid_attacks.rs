//! Attacks on the sign-in by OpenID Connect: forged responses, other browsers, and identities of others.

use crate::browser::{Browser, PASSWORD, manage, principal};
use crate::openid::Setup;
use crate::openid_provider::{CLIENT_SECRET, Fault, Provider};
use domain::{Origin, Role};

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
        Fault::SignedByPublicKey,
        Fault::NoToken,
        Fault::EmptySubject,
    ];
    for fault in faults {
        let mut browser = Browser::new(&setup.app);
        let callback = setup.provider.start_in(&mut browser).await;
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
    assert_eq!(setup.count(rejected).await, 14);
    setup.provider.sign_in(&mut Browser::new(&setup.app)).await.redirects("/items");
}

#[tokio::test]
async fn a_provider_may_sign_with_an_rsa_key() {
    let provider = Provider::start().await;
    provider.use_rsa();
    let setup = Setup::with(provider).await;
    setup.accept("anna", Role::Operator).await.get("/account").await.expect(200).says("person:anna");
    for fault in [Fault::WrongSignature, Fault::UnknownKey, Fault::NoSignature, Fault::SignedByPublicKey] {
        let mut browser = Browser::new(&setup.app);
        let callback = setup.provider.start_in(&mut browser).await;
        setup.provider.set_fault(fault);
        let page = browser.get(&callback).await;
        setup.provider.set_fault(Fault::None);
        assert_eq!(page.status, 401, "{fault:?}: {}", page.text);
    }
    setup.provider.sign_in(&mut Browser::new(&setup.app)).await.redirects("/items");
    // From RSA to EC.
    setup.provider.rotate();
    setup.provider.sign_in(&mut Browser::new(&setup.app)).await.redirects("/items");
}

#[tokio::test]
async fn a_response_belongs_to_one_browser_and_one_attempt() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let callback = setup.provider.start_in(&mut browser).await;
    let (_, code) = callback.split_once("code=").expect("a code");
    let (code, state) = code.split_once("&state=").expect("a state");

    // A victim's browser without a cookie, and one with an attempt of its own: login CSRF and code injection.
    let expired = "The sign-in has expired or was used already.";
    let mut victim = Browser::new(&setup.app);
    victim.get(&callback).await.expect(400).says(expired);
    let own = setup.provider.start_in(&mut victim).await;
    let (_, own_state) = own.split_once("&state=").expect("a state");
    let mut other = victim.clone();
    other.get(&callback).await.expect(400).says(expired);
    assert!(!other.is_signed_in().await);
    // The attacker's code with the victim's state: the PKCE verifier is another one.
    victim.get(&format!("/sign-in/openid/callback?code={code}&state={own_state}")).await.expect(401);
    assert!(!victim.is_signed_in().await);

    let callback = setup.provider.start_in(&mut browser).await;
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

    let callback = setup.provider.start_in(&mut browser).await;
    let past = "UPDATE openid_attempts SET expires_at = now() - interval '1 second'";
    sqlx::query(past).execute(&setup.app.database).await.expect("changed");
    browser.clone().get(&callback).await.expect(400).says(expired);
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 2);
    setup.provider.start_in(&mut browser).await;
    assert_eq!(setup.count("SELECT count(*) FROM openid_attempts").await, 1, "expired ones are deleted");
}

#[tokio::test]
async fn a_response_of_another_issuer_is_rejected() {
    let setup = Setup::with_anna().await;
    let mut browser = Browser::new(&setup.app);
    let callback = setup.provider.start_in(&mut browser).await;
    browser.get(&format!("{callback}&iss=https%3A%2F%2Fevil.example")).await.expect(401);
    let callback = setup.provider.start_in(&mut browser).await;
    let own = form_urlencoded::byte_serialize(setup.provider.url().as_bytes()).collect::<String>();
    browser.get(&format!("{callback}&iss={own}")).await.redirects("/items");

    let provider = Provider::start().await;
    provider.set_fault(Fault::StatesIssuerParameter);
    let setup = Setup::with(provider).await;
    let callback = setup.provider.start_in(&mut Browser::new(&setup.app)).await;
    assert!(callback.contains("code="));
    let mut browser = Browser::new(&setup.app);
    setup.provider.sign_in(&mut browser).await.expect(401).says("is not valid");
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
    setup.provider.start_in(&mut browser).await;
    let callback = setup.provider.start_in(&mut browser).await;
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
    setup.provider.sign_in(&mut browser).await.expect(401).says(text);
    setup.provider.set_subject("SUBJECT-OF-ANNA");
    setup.provider.sign_in(&mut browser).await.expect(401).says(text);
    setup.provider.set_subject("subject-of-anna");
    let anna = principal("anna");
    manage(&setup.app, async |access| access.person_disable(&Origin::COMMAND_LINE, &anna).await).await;
    setup.provider.sign_in(&mut browser).await.expect(401).says(text);
    assert!(!browser.is_signed_in().await);
    let of_anna =
        "SELECT count(*) FROM audit_events WHERE kind = 'session.rejected' AND subject = 'person:anna'";
    assert_eq!(setup.count(of_anna).await, 1);
    manage(&setup.app, async |access| access.person_enable(&Origin::COMMAND_LINE, &anna).await).await;
    setup.provider.sign_in(&mut browser).await.redirects("/items");

    // A reset removes the identity: an attacker may have the account at the provider.
    let link =
        manage(&setup.app, async |access| access.person_reset(&Origin::COMMAND_LINE, &anna).await).await;
    setup.provider.sign_in(&mut browser).await.expect(401).says(text);
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
    bert.sign_in("bert", PASSWORD, "").await.redirects("/items");
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
    root.sign_in("root", PASSWORD, "").await.redirects("/items");
    root.cookies.insert("openid".to_owned(), bert.cookies["openid"].clone());
    root.get(&callback).await.expect(400);
    let linked = "SELECT count(*) FROM openid_identities";
    assert_eq!(setup.count(linked).await, 1, "only anna is linked");

    let page = bert.post("/account/openid", &[("openid-password", PASSWORD)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    let session = bert.cookies["session"].clone();
    bert.get(&callback).await.redirects("/account");
    assert_eq!(bert.cookies["session"], session, "the session continues");
    setup.provider.sign_in(&mut Browser::new(&setup.app)).await.redirects("/items");

    let page = root.post("/account/openid", &[("openid-password", PASSWORD)]).await.expect(200);
    let callback = setup.provider.authorize(&page.provider_url());
    root.get(&callback).await.expect(409).says("Another person is linked to this identity.");

    bert.post("/account/openid/remove", &[("openid-password", "wrong password")]).await.expect(401);
    bert.post("/account/openid/remove", &[("openid-password", PASSWORD)]).await.redirects("/account");
    assert!(bert.is_signed_in().await);
    assert_ne!(bert.cookies["session"], session);
    setup.provider.sign_in(&mut Browser::new(&setup.app)).await.expect(401);

    // Anna has no password, so she keeps her only way to sign in.
    setup.provider.set_subject("subject-of-anna");
    let mut anna = Browser::new(&setup.app);
    setup.provider.sign_in(&mut anna).await.redirects("/items");
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
