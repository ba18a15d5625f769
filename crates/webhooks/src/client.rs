//! The HTTP client: one attempt to deliver a message.

use crate::sign::signature_header;
use domain::{Attempt, Time, WebhookMessage, WebhookUrl};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Response};
use outbound::HttpClient;
use std::error::Error as _;
use std::time::{Duration, Instant};

/// The time in which a connection must be open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle connection is kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The most idle connections to one host.
const IDLE_PER_HOST_MAX: usize = 32;

/// The part of an answer's body that is read, in bytes. It is for people only.
const ANSWER_BYTES_MAX: usize = 1_024;

/// The time in which that part must arrive. After the status the outcome is known.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// The settings of a sender.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether messages may be sent to private addresses, and by `http`.
    pub allows_private: bool,
    /// The time from the start of an attempt in which the head of the answer must arrive.
    pub timeout: Duration,
}

/// Sends messages.
pub struct Sender {
    client: HttpClient,
    settings: Settings,
}

impl Sender {
    /// Creates a sender. It checks certificates against the CA certificates of this machine.
    pub fn new(settings: Settings) -> Self {
        let client = HttpClient::new(outbound::Settings {
            allows_private: settings.allows_private,
            connect_timeout: CONNECT_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            idle_per_host_max: IDLE_PER_HOST_MAX,
        });
        Self { client, settings }
    }

    /// Sends a message once.
    pub async fn send(&self, message: &WebhookMessage) -> Attempt {
        let begun = Instant::now();
        // The setting that forbids private addresses may be newer than the endpoint.
        if let Err(error) = WebhookUrl::new(&message.url, self.settings.allows_private) {
            return Attempt::failed(error.to_string(), begun.elapsed());
        }
        let request = match request(message) {
            Ok(request) => request,
            Err(error) => return Attempt::failed(error.to_string(), begun.elapsed()),
        };
        let response = match tokio::time::timeout(self.settings.timeout, self.client.send(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Attempt::failed(explain(&error), begun.elapsed()),
            Err(_) => {
                let seconds = self.settings.timeout.as_secs_f64();
                return Attempt::failed(format!("no answer within {seconds} s"), begun.elapsed());
            }
        };
        let (status, duration) = (response.status().as_u16(), begun.elapsed());
        let retry_after_seconds = retry_after(response.headers(), message.sent_at);
        let answer = excerpt(response).await;
        Attempt { status: Some(status), retry_after_seconds, duration, answer, error: None }
    }
}

fn request(message: &WebhookMessage) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let signature = signature_header(&message.keys, &message.id, message.sent_at, &message.body);
    Request::builder()
        .method(Method::POST)
        .uri(&message.url)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, concat!("Stockhold/", env!("CARGO_PKG_VERSION")))
        .header("traceparent", &message.traceparent)
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.sent_at.timestamp())
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::copy_from_slice(message.body.as_bytes())))
}

/// Returns the wait that an answer asks for, in seconds: a number, or the difference to a date.
fn retry_after(headers: &HeaderMap, now: Time) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => {
            let at = chrono::DateTime::parse_from_rfc2822(text).ok()?;
            u64::try_from((at.to_utc() - now).num_seconds()).ok()
        }
    }
}

/// Reads the beginning of the answer's body as a text that can be stored. A body that does not end is cut.
async fn excerpt(response: Response<Incoming>) -> String {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            if let Ok(data) = frame.into_data() {
                bytes.extend_from_slice(&data[..data.len().min(ANSWER_BYTES_MAX - bytes.len())]);
            }
            if bytes.len() >= ANSWER_BYTES_MAX {
                break;
            }
        }
    };
    // A late body changes nothing.
    drop(tokio::time::timeout(ANSWER_TIMEOUT, read).await);
    let text = String::from_utf8_lossy(&bytes);
    text.chars().filter(|character| *character == '\n' || !character.is_control()).collect()
}

/// Returns an error with its causes.
fn explain(error: &outbound::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use domain::{AttemptOutcome, SigningKey, SigningKeys, WebhookSignature};
    use hyper::header::HeaderValue;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn message(url: &str) -> WebhookMessage {
        let keys =
            SigningKeys { signature: WebhookSignature::Hmac, current: SigningKey([1; 32]), previous: None };
        let (url, body) = (url.to_owned(), "{}".into());
        let (id, sent_at) = ("msg_1".to_owned(), chrono::Utc::now());
        WebhookMessage { url, id, sent_at, traceparent: TRACEPARENT.to_owned(), keys, body }
    }

    fn sender(allows_private: bool) -> Sender {
        Sender::new(Settings { allows_private, timeout: Duration::from_millis(500) })
    }

    /// A receiver that answers each connection with these bytes, and returns its URL.
    async fn receiver(answer: &'static [u8], keeps_open: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 4_096];
                    drop(stream.read(&mut buffer).await);
                    drop(stream.write_all(answer).await);
                    if keeps_open {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        url
    }

    #[tokio::test]
    async fn a_name_with_private_addresses_is_refused_when_it_is_resolved() {
        let url = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false).await;
        let by_name = url.replace("127.0.0.1", "localhost");
        assert_eq!(sender(true).send(&message(&by_name)).await.status, Some(200));
        let refused = sender(false).send(&message(&by_name.replace("http:", "https:"))).await;
        assert_eq!(refused.status, None);
        let error = refused.error.expect("a reason");
        assert!(error.contains("private addresses"), "{error}");
        let literal = sender(false).send(&message(&url.replace("http:", "https:"))).await;
        assert!(literal.error.expect("a reason").contains("private address"));
    }

    #[tokio::test]
    async fn a_receiver_that_closes_or_hangs_has_not_answered() {
        for (answer, keeps_open) in [(b"".as_slice(), false), (b"HTTP/1.1 200", false), (b"", true)] {
            let attempt = sender(true).send(&message(&receiver(answer, keeps_open).await)).await;
            assert_eq!((attempt.status, attempt.outcome()), (None, AttemptOutcome::Failed));
            assert!(attempt.error.is_some());
        }
    }

    #[tokio::test]
    async fn a_body_without_an_end_is_cut() {
        let endless = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\nthanks\0\x1b[2J";
        let attempt = sender(true).send(&message(&receiver(endless, true).await)).await;
        assert_eq!((attempt.status, attempt.answer.as_str()), (Some(200), "thanks[2J"));
        static LARGE: [u8; 100_000] = [b'x'; 100_000];
        let large = [b"HTTP/1.1 500 No\r\ncontent-length: 100000\r\n\r\n", LARGE.as_slice()].concat().leak();
        let attempt = sender(true).send(&message(&receiver(large, true).await)).await;
        assert_eq!((attempt.status, attempt.answer.len()), (Some(500), ANSWER_BYTES_MAX));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let target = receiver(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false).await;
        let redirect = format!("HTTP/1.1 307 Elsewhere\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
        let attempt = sender(true).send(&message(&receiver(redirect.leak().as_bytes(), false).await)).await;
        assert_eq!((attempt.status, attempt.outcome()), (Some(307), AttemptOutcome::Failed));
    }

    #[test]
    fn a_message_has_the_span_of_its_attempt() {
        let request = request(&message("http://127.0.0.1:9/")).expect("a request");
        assert_eq!(request.headers()["traceparent"], TRACEPARENT);
    }

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date() {
        let now = "2026-11-30T08:00:00Z".parse::<Time>().expect("a time");
        let wait = |text: &str| {
            let headers =
                HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(text).expect("a header"))]);
            retry_after(&headers, now)
        };
        assert_eq!(wait("120"), Some(120));
        let date = (now + TimeDelta::seconds(90)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert_eq!(wait(&date), Some(90));
        for text in ["-1", "soon", "", "Mon, 30 Nov 2020 08:00:00 GMT"] {
            assert_eq!(wait(text), None, "{text}");
        }
    }
}
