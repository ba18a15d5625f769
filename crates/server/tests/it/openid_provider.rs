//! An OpenID provider on 127.0.0.1 that can misbehave.

use crate::browser::{Browser, Page};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const CLIENT_ID: &str = "shop";
pub const CLIENT_SECRET: &str = "hunter2-of-the-client";

/// The misbehaviour of a provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// All paths answer with 500.
    Down,
    /// The discovery redirects to a copy of itself.
    DiscoveryRedirects,
    /// The discovery has more than 256 KiB.
    DiscoveryTooLarge,
    /// The discovery states another issuer.
    DiscoveryOfAnotherIssuer,
    /// The token endpoint is an http:// URL of another machine.
    PlainTokenEndpoint,
    /// The discovery states that responses name the issuer.
    StatesIssuerParameter,
    WrongNonce,
    NoNonce,
    WrongAudience,
    MoreAudiences,
    AnotherParty,
    WrongIssuer,
    Expired,
    WrongSignature,
    UnknownKey,
    NoSignature,
    /// Signed by HMAC with the client's secret, which an attacker may have.
    SignedBySecret,
    /// Signed by HMAC with the public key of the provider, which everybody has.
    SignedByPublicKey,
    NoToken,
    EmptySubject,
    TokenEndpointDown,
    TokenRedirects,
}

struct Grant {
    challenge: String,
    nonce: String,
    redirect_uri: String,
}

struct Key {
    id: String,
    pair: Pair,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    fn generate() -> Self {
        let random = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        Self::new(Pair::Ec(pair.expect("a key")))
    }

    /// Returns an RSA key. It is always the same one, because its generation is slow.
    fn rsa() -> Self {
        let text = include_str!("openid_rsa_key.txt").replace(char::is_whitespace, "");
        let document = BASE64_STANDARD.decode(text).expect("base64");
        Self::new(Pair::Rsa(RsaKeyPair::from_pkcs8(&document).expect("a key")))
    }

    fn new(pair: Pair) -> Self {
        Self { id: uuid::Uuid::now_v7().to_string(), pair }
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Ec(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        }
    }

    fn public(&self) -> Value {
        let mut key = match &self.pair {
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..65])})
            }
            Pair::Rsa(pair) => {
                let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": encode(&n), "e": encode(&e)})
            }
        };
        (key["use"], key["alg"], key["kid"]) =
            ("sig".into(), self.algorithm().into(), self.id.as_str().into());
        key
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, text.as_bytes()).expect("a signature").as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature);
                signed.expect("a signature");
                signature
            }
        }
    }
}

struct Inner {
    url: String,
    fault: Fault,
    subject: String,
    key: Key,
    grants: HashMap<String, Grant>,
    discoveries: usize,
}

type Shared = Arc<Mutex<Inner>>;

/// A running provider.
pub struct Provider {
    shared: Shared,
    task: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Mutex::new(Inner {
            url,
            fault: Fault::None,
            subject: "subject-of-anna".to_owned(),
            key: Key::generate(),
            grants: HashMap::new(),
            discoveries: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/copy", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { shared, task }
    }

    pub fn url(&self) -> String {
        self.shared.lock().expect("no panic").url.clone()
    }

    pub fn discoveries(&self) -> usize {
        self.shared.lock().expect("no panic").discoveries
    }

    pub fn set_fault(&self, fault: Fault) {
        self.shared.lock().expect("no panic").fault = fault;
    }

    /// Selects the person who signs in at the provider.
    pub fn set_subject(&self, subject: &str) {
        subject.clone_into(&mut self.shared.lock().expect("no panic").subject);
    }

    /// Replaces the key by an RSA key.
    pub fn use_rsa(&self) {
        self.shared.lock().expect("no panic").key = Key::rsa();
    }

    /// Replaces the key.
    pub fn rotate(&self) {
        self.shared.lock().expect("no panic").key = Key::generate();
    }

    /// The person signs in at the provider and agrees. Returns the path and the query to which the provider redirects.
    #[track_caller]
    pub fn authorize(&self, url: &str) -> String {
        let query = query(url);
        let value = |name: &str| query.get(name).unwrap_or_else(|| panic!("no {name} in {url}")).clone();
        assert!(url.starts_with(&format!("{}/authorize?", self.url())), "{url}");
        assert_eq!((value("response_type").as_str(), value("client_id").as_str()), ("code", CLIENT_ID));
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("scope"), "openid profile email");
        let code = uuid::Uuid::now_v7().to_string();
        let grant = Grant {
            challenge: value("code_challenge"),
            nonce: value("nonce"),
            redirect_uri: value("redirect_uri"),
        };
        let redirect = grant.redirect_uri.clone();
        self.shared.lock().expect("no panic").grants.insert(code.clone(), grant);
        let (_, path) =
            redirect.split_once("://").and_then(|(_, rest)| rest.split_once('/')).expect("a path");
        format!("/{path}?code={code}&state={}", value("state"))
    }
}

impl Provider {
    /// Starts at `/sign-in/openid`, and returns the callback after the sign-in at the provider.
    pub async fn start_in(&self, browser: &mut Browser) -> String {
        let url = browser.get("/sign-in/openid?next=%2Fitems").await.provider_url();
        self.authorize(&url)
    }

    /// Signs in, and returns the response to the callback.
    pub async fn sign_in(&self, browser: &mut Browser) -> Page {
        let callback = self.start_in(browser).await;
        browser.get(&callback).await
    }
}

/// Returns the parameters of a URL.
pub fn query(url: &str) -> HashMap<String, String> {
    let (_, query) = url.split_once('?').expect("a query");
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

async fn discovery(State(shared): State<Shared>, uri: axum::http::Uri) -> Response {
    let mut inner = shared.lock().expect("no panic");
    inner.discoveries += 1;
    let url = inner.url.clone();
    let mut document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
    });
    match inner.fault {
        Fault::Down => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::DiscoveryRedirects if uri.path() != "/copy" => {
            return Redirect::temporary("/copy").into_response();
        }
        Fault::DiscoveryTooLarge => document["padding"] = "x".repeat(300 * 1_024).into(),
        Fault::DiscoveryOfAnotherIssuer => document["issuer"] = "https://login.example".into(),
        Fault::PlainTokenEndpoint => document["token_endpoint"] = "http://192.0.2.1/token".into(),
        Fault::StatesIssuerParameter => {
            document["authorization_response_iss_parameter_supported"] = true.into()
        }
        _ => {}
    }
    Json(document).into_response()
}

async fn jwks(State(shared): State<Shared>) -> Response {
    let inner = shared.lock().expect("no panic");
    if inner.fault == Fault::Down {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    Json(json!({"keys": [inner.key.public()]})).into_response()
}

async fn token(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut inner = shared.lock().expect("no panic");
    match inner.fault {
        Fault::Down | Fault::TokenEndpointDown => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::TokenRedirects => return Redirect::temporary("/copy").into_response(),
        _ => {}
    }
    let error = |code: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": code}))).into_response();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
    if headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(&basic) {
        return error("invalid_client");
    }
    let value = |name: &str| form.get(name).cloned().unwrap_or_default();
    let Some(grant) = inner.grants.remove(&value("code")) else { return error("invalid_grant") };
    let challenge = encode(&Sha256::digest(value("code_verifier")));
    if value("grant_type") != "authorization_code"
        || grant.redirect_uri != value("redirect_uri")
        || grant.challenge != challenge
    {
        return error("invalid_grant");
    }
    let mut response = json!({"access_token": "unused", "token_type": "Bearer", "expires_in": 60});
    if inner.fault != Fault::NoToken {
        response["id_token"] = id_token(&inner, &grant.nonce).into();
    }
    Json(response).into_response()
}

fn id_token(inner: &Inner, nonce: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let mut header = json!({"alg": inner.key.algorithm(), "typ": "JWT", "kid": inner.key.id});
    // The e-mail address is that of the administrator: it must not matter.
    let mut claims = json!({
        "iss": inner.url, "aud": CLIENT_ID, "sub": inner.subject, "iat": now, "exp": now + 300, "nonce": nonce,
        "email": "root@shop.example", "email_verified": true, "preferred_username": "root", "name": "root",
    });
    match inner.fault {
        Fault::WrongNonce => claims["nonce"] = "another".into(),
        Fault::NoNonce => _ = claims.as_object_mut().expect("an object").remove("nonce"),
        Fault::WrongAudience => claims["aud"] = "another".into(),
        Fault::MoreAudiences => claims["aud"] = json!([CLIENT_ID, "another"]),
        Fault::AnotherParty => claims["azp"] = "another".into(),
        Fault::WrongIssuer => claims["iss"] = "https://login.example".into(),
        Fault::Expired => claims["exp"] = (now - 61).into(),
        Fault::EmptySubject => claims["sub"] = "".into(),
        Fault::UnknownKey => header["kid"] = "unknown".into(),
        Fault::NoSignature => header = json!({"alg": "none"}),
        Fault::SignedBySecret => header = json!({"alg": "HS256"}),
        Fault::SignedByPublicKey => header["alg"] = "HS256".into(),
        _ => {}
    }
    let text = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = match inner.fault {
        Fault::NoSignature => Vec::new(),
        Fault::SignedBySecret => hmac(CLIENT_SECRET, &text),
        Fault::SignedByPublicKey => hmac(&inner.key.public().to_string(), &text),
        Fault::WrongSignature => inner.key.sign(&format!("{text} ")),
        _ => inner.key.sign(&text),
    };
    format!("{text}.{}", encode(&signature))
}

fn hmac(secret: &str, text: &str) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}
