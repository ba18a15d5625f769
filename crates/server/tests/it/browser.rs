//! A browser of the tests, and the people who use it.

use crate::app::TestApp;
use access::{Access, NewPerson};
use domain::{AllowedWarehouses, DisplayName, Origin, PrincipalName, Role};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use server::LocalAccess;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use store::Store;

/// The longest time until a server rejects a credential that another server has revoked.
pub const REVOCATION_DELAY_MAX: Duration = Duration::from_secs(1);

/// The password of people.
pub const PASSWORD: &str = "correct horse battery";

/// A browser with cookies, which follows no redirect.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    /// The `Host` header; empty for that of the URL.
    pub host: String,
    pub client: Client,
    pub cookies: BTreeMap<String, String>,
}

pub struct Page {
    pub status: u16,
    headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Checks that the page redirects to this address.
    #[track_caller]
    pub fn redirects(self, location: &str) -> Self {
        let page = self.expect(303);
        assert_eq!(page.header("location"), location);
        page
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "{text:?} is not in {}", self.text);
        self
    }

    /// Returns the value of a hidden field.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).expect("the field");
        rest.split('"').next().expect("a value").to_owned()
    }

    /// Returns the URL at the provider to which the response leads: by a redirect, or by a page after a form.
    #[track_caller]
    pub fn provider_url(&self) -> String {
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
    pub fn new(app: &TestApp) -> Self {
        let client = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60));
        let client = client.build().expect("a client");
        Self { url: app.url.clone(), host: String::new(), client, cookies: BTreeMap::new() }
    }

    /// Returns the session's cookie as `session=<secret>`.
    pub fn session(&self) -> Option<String> {
        self.cookies.get("session").map(|secret| format!("session={secret}"))
    }

    /// Replaces all cookies by this one.
    pub fn set_cookie(&mut self, cookie: &str) {
        let (name, value) = cookie.split_once('=').expect("a name and a value");
        self.cookies = [(name.to_owned(), value.to_owned())].into();
    }

    pub async fn send(&mut self, mut request: RequestBuilder) -> Page {
        // Any site on the same host may set more cookies.
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<_> = ["theme=dark".to_owned()].into_iter().chain(cookies).collect();
        request = request.header("cookie", cookies.join("; "));
        if !self.host.is_empty() {
            request = request.header("host", &self.host);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            let is_choice =
                ["language", "numbers", "zone", "currency", "week", "first_steps"].contains(&name);
            if !is_choice && !["session", "openid"].contains(&name) {
                continue;
            }
            assert!(is_choice || cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
            match value {
                "" => _ = self.cookies.remove(name),
                value => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
            }
        }
        Page { status, headers, text }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Returns a request that sends a form, for [`Browser::send`].
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.url));
        request.header("content-type", "application/x-www-form-urlencoded").body(form)
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.form(path, fields);
        self.send(request).await
    }

    /// Sends JSON to the API.
    pub async fn post_json(&mut self, path: &str, body: &'static str) -> Page {
        let request = self.client.post(format!("{}{path}", self.url));
        self.send(request.header("content-type", "application/json").body(body)).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> Page {
        self.post("/sign-in", &[("name", name), ("password", password), ("code", code), ("next", "/items")])
            .await
    }

    /// Returns the status of a read of the API with the session.
    pub async fn status(&mut self) -> u16 {
        self.get("/api/warehouses").await.status
    }

    pub async fn is_signed_in(&mut self) -> bool {
        self.status().await == 200
    }

    /// Waits until the session is rejected, and checks how long it takes.
    pub async fn expect_ended(&mut self) {
        let started = Instant::now();
        while self.status().await != 401 {
            assert!(started.elapsed() < REVOCATION_DELAY_MAX, "the session is still accepted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Starts a server without local access.
pub async fn strict_server() -> TestApp {
    TestApp::start_with(|config| config.access.local_access = LocalAccess::Off).await
}

/// Runs work on the access service of the command line.
pub async fn manage<T>(app: &TestApp, work: impl AsyncFnOnce(&Access) -> access::Result<T>) -> T {
    let store = Store::connect(store::Settings::new(&app.database_url)).await.expect("a connection");
    let done = work(&Access::new(store.clone(), access::Settings::default())).await.expect("done");
    store.close().await;
    done
}

pub fn new_person(name: &str, role: Role) -> NewPerson {
    let display_name = DisplayName::new(name).expect("a name");
    NewPerson { name: principal(name), display_name, role, warehouses: AllowedWarehouses::ALL }
}

pub fn principal(name: &str) -> PrincipalName {
    PrincipalName::new(name).expect("a name")
}

/// Adds a person with a password.
pub async fn person(app: &TestApp, name: &str, role: Role) {
    let new = new_person(name, role);
    manage(app, async |access| access.person_add(&Origin::COMMAND_LINE, &new, PASSWORD).await).await;
}

/// Returns a signed-in browser.
pub async fn signed_in(app: &TestApp, name: &str) -> Browser {
    let mut browser = Browser::new(app);
    browser.sign_in(name, PASSWORD, "").await.redirects("/items");
    browser
}

pub fn unix_seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time");
    i64::try_from(now.as_secs()).expect("a time")
}
