//! The shop's two servers, as their clients see them.

use reqwest::Method;
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long anything may take to work again.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The paths of placing and of confirming a block.
pub const PLACE: &str = "/api/items/block/temporary";
pub const CONFIRM: &str = "/api/items/block/permanent";

/// The state that clients share.
pub struct Shop {
    /// The present URLs of the two servers.
    pub urls: [Mutex<String>; 2],
    pub http: reqwest::Client,
    pub warehouse: i64,
    /// Two items that do not run out, and one that does.
    pub items: [i64; 3],
    pub answers: AtomicUsize,
    /// Requests that had to be sent again.
    pub repeated: AtomicUsize,
    pub closing: AtomicBool,
}

/// A request with its key, and what it was answered.
#[derive(Debug, Clone)]
pub struct Told {
    pub key: String,
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub status: u16,
    pub text: String,
}

impl Told {
    /// The body of the answer.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// An id in the body of the answer.
    pub fn id(&self, field: &str) -> i64 {
        self.json()[field].as_i64().unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }
}

impl Shop {
    /// Asks one of the servers, and again under the same key until one of them answers.
    pub async fn ask(&self, key: &str, method: Method, path: &str, body: Value) -> Told {
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let server = (key.len() + key.bytes().map(usize::from).sum::<usize>() + attempt) % 2;
            if let Some((status, text)) = self.send(server, key, &method, path, &body).await
                && status < 500
            {
                self.answers.fetch_add(1, Ordering::SeqCst);
                let (key, path) = (key.to_owned(), path.to_owned());
                return Told { key, method, path, body, status, text };
            }
            assert!(Instant::now() < deadline, "{method} {path} had no answer for {PATIENCE:?}");
            self.repeated.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("attempts do not end")
    }

    /// The status and the body, unless the connection broke.
    pub async fn send(
        &self,
        server: usize,
        key: &str,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Option<(u16, String)> {
        self.send_with(server, Some(key), method, path, body).await
    }

    /// The same, with a key or without.
    pub async fn send_with(
        &self,
        server: usize,
        key: Option<&str>,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Option<(u16, String)> {
        let url = format!("{}{path}", self.urls[server].lock().expect("no panic"));
        let mut request = self.http.request(method.clone(), url).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.text().await.ok()?))
    }
}
