//! A receiver of webhooks that verifies each message with the reference library, and answers as a test wants it.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The longest wait for messages.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// The answer to a message.
#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    /// A status with `Retry-After` in seconds.
    Later(u16, u64),
    Redirect(String),
    /// No answer.
    Hang,
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct Received {
    pub id: String,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
    pub at: Instant,
    /// Whether the receiver has accepted it.
    pub is_accepted: bool,
}

impl Received {
    pub fn event(&self) -> i64 {
        self.body["data"]["id"].as_i64().unwrap_or(0)
    }

    pub fn item(&self) -> i64 {
        self.body["data"]["itemId"].as_i64().unwrap_or(0)
    }

    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// Returns whether the signature is by the secret.
    pub fn is_signed_by(&self, secret: &str) -> bool {
        let receiver = standardwebhooks::Webhook::new(secret).expect("a secret");
        receiver.verify(self.text.as_bytes(), &self.headers).is_ok()
    }
}

type Answer = Box<dyn FnMut(&Received) -> Reply + Send>;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    answer: Arc<Mutex<Answer>>,
}

/// A receiver on a port of its own.
pub struct Receiver {
    pub url: String,
    address: SocketAddr,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// Starts a receiver that accepts every message.
    pub async fn start() -> Self {
        let received = Arc::default();
        let answer: Answer = Box::new(|_| Reply::Status(204));
        let shared = Shared { received, answer: Arc::new(Mutex::new(answer)) };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = serve(listener, shared.clone());
        Self { url: format!("http://{address}/hook"), address, shared, serving }
    }

    /// Changes the answers.
    pub fn answer(&self, answer: impl FnMut(&Received) -> Reply + Send + 'static) {
        *self.shared.answer.lock().expect("no panic") = Box::new(answer);
    }

    /// Stops listening.
    pub async fn stop(&mut self) {
        self.serving.abort();
        drop((&mut self.serving).await);
    }

    /// Listens on the same port again.
    pub async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port");
        self.serving = serve(listener, self.shared.clone());
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no panic").clone()
    }

    /// The ids of the events that were accepted, in order.
    pub fn accepted(&self) -> Vec<i64> {
        self.received().iter().filter(|message| message.is_accepted).map(Received::event).collect()
    }

    /// Waits until the messages satisfy a condition, and returns them.
    pub async fn until(&self, what: &str, condition: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let received = self.received();
            if condition(&received) {
                return received;
            }
            assert!(begun.elapsed() < WAIT_MAX, "{what}: {received:#?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until so many messages were accepted.
    pub async fn until_accepted(&self, count: usize) -> Vec<Received> {
        let accepted = |all: &[Received]| all.iter().filter(|message| message.is_accepted).count();
        self.until(&format!("{count} messages are accepted"), |all| accepted(all) >= count).await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn serve(listener: TcpListener, shared: Shared) -> JoinHandle<()> {
    let router = Router::new().route("/hook", post(receive)).with_state(shared);
    tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") })
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, bytes: Bytes) -> Response {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    let body = serde_json::from_str(&text).expect("JSON");
    let mut message = Received { id, headers, text, body, at: Instant::now(), is_accepted: false };
    let reply = (shared.answer.lock().expect("no panic"))(&message);
    message.is_accepted = matches!(reply, Reply::Status(200..=299));
    shared.received.lock().expect("no panic").push(message);
    let status = |status| StatusCode::from_u16(status).expect("a status");
    match reply {
        Reply::Status(code) => (status(code), "noted").into_response(),
        Reply::Later(code, seconds) => {
            (status(code), [(header::RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Reply::Redirect(url) => (status(307), [(header::LOCATION, url)]).into_response(),
        Reply::Hang => std::future::pending().await,
    }
}
