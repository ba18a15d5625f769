//! The serving loop: accepts connections, bounds their number and how long each may wait for its client, and closes
//! them when the server stops.

use crate::config::HttpConfig;
use crate::http::middleware::RequestService;
use crate::http::timed_body::{BodyDeadline, TimedBody};
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tower::Service as _;

/// How long a stop waits for a connection that handles no request, in seconds: the end of an answer may still be on
/// its way out.
const FLUSH_TIMEOUT_SECONDS: u64 = 1;

/// The pause after a connection could not be accepted, in milliseconds.
const ACCEPT_PAUSE_MS: u64 = 100;

/// The time between two log lines on connections that can't be accepted, in seconds.
const ACCEPT_LOG_SECONDS: u64 = 10;

/// The most bytes that a connection reads ahead; the head of a request must fit into them.
const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Accepts and serves connections until the server stops, then until the last one has ended.
pub(crate) async fn serve(listener: TcpListener, app: RequestService) {
    let stopping = app.state.stopping.clone();
    let http = app.state.http.clone();
    let bodies = Arc::new(BodyDeadline { timeout: http.body_timeout(), stopping: stopping.clone() });
    let open = Arc::new(Semaphore::new(http.connections_max as usize));
    let mut acceptor = Acceptor { listener, failed: 0, logged: None };
    loop {
        let next = async {
            let permit = open.clone().acquire_owned().await;
            (acceptor.accept().await, permit)
        };
        let (stream, permit) = tokio::select! {
            biased;
            () = stopping.cancelled() => break,
            next = next => next,
        };
        prepare(&stream, &http);
        let connection = Connection { app: app.clone(), http: http.clone(), bodies: bodies.clone() };
        tokio::spawn(async move {
            connection.serve(stream).await;
            drop(permit);
        });
    }
    drop(acceptor);
    // Every connection gives its permit back when it ends.
    let _ended = open.acquire_many(http.connections_max).await;
}

/// Accepts connections, also when file descriptors run out in between.
struct Acceptor {
    listener: TcpListener,
    /// Failures since the last log line.
    failed: u64,
    logged: Option<Instant>,
}

impl Acceptor {
    async fn accept(&mut self) -> TcpStream {
        loop {
            let error = match self.listener.accept().await {
                Ok((stream, _)) => return stream,
                Err(error) => error,
            };
            let gone =
                [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::ConnectionRefused];
            if !gone.contains(&error.kind()) {
                self.log(&error);
                sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
            }
        }
    }

    fn log(&mut self, error: &io::Error) {
        self.failed += 1;
        let due = self.logged.is_none_or(|logged| logged.elapsed().as_secs() >= ACCEPT_LOG_SECONDS);
        if due {
            tracing::error!(%error, failures = self.failed, "connections can't be accepted");
            self.failed = 0;
            self.logged = Some(Instant::now());
        }
    }
}

/// Sets a connection to send at once what is written: otherwise the end of an answer that is written in two parts
/// waits until its beginning is acknowledged, which a client may put off for 40 ms. The kernel closes the connection
/// of a client that does not take its answer.
fn prepare(stream: &TcpStream, http: &HttpConfig) {
    let set = stream.set_nodelay(true);
    let set = set.and_then(|()| SockRef::from(stream).set_tcp_user_timeout(Some(http.send_timeout())));
    if let Err(error) = set {
        tracing::debug!(%error, "a connection has no options");
    }
}

/// Counts the beginnings and the ends of a connection's requests: an odd number while it handles one.
#[derive(Default)]
struct Activity(AtomicUsize);

impl Activity {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn is_handling(&self) -> bool {
        self.count() % 2 == 1
    }
}

/// A request from its beginning to the end of its answer.
struct Handling(Arc<Activity>);

impl Handling {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.0.fetch_add(1, Ordering::Relaxed);
        Self(activity.clone())
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One connection.
struct Connection {
    app: RequestService,
    http: HttpConfig,
    bodies: Arc<BodyDeadline>,
}

impl Connection {
    /// Serves until the client closes the connection, waits for too long, or the server stops.
    async fn serve(self, stream: TcpStream) {
        let Self { app, http, bodies } = self;
        let stopping = bodies.stopping.clone();
        let activity = Arc::new(Activity::default());
        let service = service_fn(|request: Request<Incoming>| {
            let handling = Handling::begin(&activity);
            let body = |incoming| Body::new(TimedBody::new(incoming, bodies.clone()));
            let answer = app.clone().call(request.map(body));
            async move {
                let response = answer.await?;
                Ok::<Response<Answered>, Infallible>(
                    response.map(|body| Answered { body, _handling: handling }),
                )
            }
        });
        let mut builder = http1::Builder::new();
        builder.max_buf_size(READ_BUFFER_BYTES_MAX);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut clock = pin!(sleep(http.head_timeout()));
        let mut seen = 0;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => return log(ended),
                () = clock.as_mut() => {
                    let count = activity.count();
                    if count == seen && !activity.is_handling() {
                        return;
                    }
                    seen = count;
                    clock.as_mut().reset(Instant::now() + http.idle_timeout());
                }
                () = stopping.cancelled() => break,
            }
        }
        connection.as_mut().graceful_shutdown();
        // It ends now, or after the answer that it is writing. The request that it has read half of is not waited for.
        match timeout(Duration::from_secs(FLUSH_TIMEOUT_SECONDS), connection.as_mut()).await {
            Ok(ended) => log(ended),
            Err(_) if activity.is_handling() => log(connection.await),
            Err(_) => {}
        }
    }
}

/// A connection that breaks is the client's business.
fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// The body of an answer, which ends its request.
struct Answered {
    body: Body,
    _handling: Handling,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        http: HttpConfig,
    }

    #[tokio::test]
    async fn connections_send_at_once_and_do_not_wait_for_ever() {
        let http = Program::parse_from(["program"]).http;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let client = tokio::spawn(TcpStream::connect(address));
        let (stream, _) = listener.accept().await.expect("a connection");
        prepare(&stream, &http);
        assert!(stream.nodelay().expect("an open connection"));
        let limit = SockRef::from(&stream).tcp_user_timeout().expect("an open connection");
        assert_eq!(limit, Some(http.send_timeout()));
        client.await.expect("no panic").expect("a connection");
    }

    #[test]
    fn a_connection_handles_a_request_until_its_answer_has_ended() {
        let activity = Arc::new(Activity::default());
        assert!(!activity.is_handling());
        let handling = Handling::begin(&activity);
        assert!(activity.is_handling());
        drop(handling);
        assert!(!activity.is_handling());
        assert_eq!(activity.count(), 2);
    }
}
