//! The two servers, and the requests to them.

use reqwest::Method;
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The longest recovery time of any test.
pub const RECOVERY_TIMEOUT: Duration = Duration::from_secs(60);

/// The paths that place and confirm a block.
pub const PLACE: &str = "/api/items/block/temporary";
pub const CONFIRM: &str = "/api/items/block/permanent";

/// The two servers, and the state that clients share.
pub struct Service {
    /// The current URLs of the two servers.
    pub urls: [Mutex<String>; 2],
    pub http: reqwest::Client,
    pub warehouse: i64,
    /// Two items with plenty of stock, and one that sells out.
    pub items: [i64; 3],
    pub answers: AtomicUsize,
    /// The number of requests that were sent again.
    pub retries: AtomicUsize,
    pub stopping: AtomicBool,
}

/// A request with its key, and the response.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub key: String,
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub status: u16,
    pub text: String,
}

impl Exchange {
    /// Returns the response body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// Returns an id in the response body.
    pub fn id(&self, field: &str) -> i64 {
        self.json()[field].as_i64().unwrap_or_else(|| panic!("no {field} in {self:?}"))
    }
}

impl Service {
    /// Sends a request, and sends it again under the same key until a server responds with less than 500.
    pub async fn send_until_answered(&self, key: &str, method: Method, path: &str, body: Value) -> Exchange {
        let deadline = Instant::now() + RECOVERY_TIMEOUT;
        for attempt in 0.. {
            let server = (key.len() + key.bytes().map(usize::from).sum::<usize>() + attempt) % 2;
            if let Some((status, text)) = self.send(server, key, &method, path, &body).await
                && status < 500
            {
                self.answers.fetch_add(1, Ordering::SeqCst);
                let (key, path) = (key.to_owned(), path.to_owned());
                return Exchange { key, method, path, body, status, text };
            }
            assert!(Instant::now() < deadline, "{method} {path} had no answer for {RECOVERY_TIMEOUT:?}");
            self.retries.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        unreachable!("attempts do not end")
    }

    /// Sends a request once. Returns status and body, or `None` if the connection broke.
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

    /// Sends a request once, with or without a key.
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
