//! The accept loop: bounds the number of connections and how long each may wait for its client, and closes them at the
//! shutdown.

use crate::config::HttpConfig;
use crate::http::body_limits::is_upload;
use crate::http::client_address::ClientAddress;
use crate::http::middleware::RequestService;
use crate::http::timed_body::{BodyDeadline, TimedBody};
use crate::http::tls::Tls;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tower::Service as _;

/// How long a shutdown waits for a connection without a request in progress, in seconds. The end of a response may still
/// have to be sent.
const FLUSH_TIMEOUT_SECONDS: u64 = 1;

/// The pause after a connection could not be accepted, in milliseconds.
const ACCEPT_PAUSE_MS: u64 = 100;

/// The time between two log lines on connections that can't be accepted, in seconds.
const ACCEPT_LOG_SECONDS: u64 = 10;

/// The size of a connection's read buffer, in bytes. The head of a request must fit into it.
const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Accepts connections until the shutdown, then waits until the last one has ended. With `tls` every connection is TLS.
pub(crate) async fn serve(listener: TcpListener, tls: Option<Tls>, app: RequestService) {
    let stopping = app.state.stopping.clone();
    let http = app.state.http.clone();
    let bodies = Arc::new(BodyDeadline { timeout: http.body_timeout(), stopping: stopping.clone() });
    let open = Arc::new(Semaphore::new(http.connections_max as usize));
    let tls_acceptor = tls.as_ref().map(Tls::acceptor);
    if let Some(tls) = tls {
        // Ends with the shutdown.
        tokio::spawn(tls.watch(stopping.clone()));
    }
    let mut acceptor = Acceptor { listener, failed: 0, logged: None };
    loop {
        let next = async {
            let permit = open.clone().acquire_owned().await;
            (acceptor.accept().await, permit)
        };
        let ((stream, peer), permit) = tokio::select! {
            biased;
            () = stopping.cancelled() => break,
            next = next => next,
        };
        prepare(&stream, &http);
        let deadline = Instant::now() + http.head_timeout();
        let connection =
            Connection { app: app.clone(), http: http.clone(), bodies: bodies.clone(), deadline };
        let tls_acceptor = tls_acceptor.clone();
        tokio::spawn(async move {
            match tls_acceptor {
                None => connection.serve(stream, ClientAddress::from_connection(peer, false)).await,
                // In a box, because the state of TLS would enlarge the task of every plain connection.
                Some(acceptor) => Box::pin(connection.serve_tls(stream, peer, acceptor)).await,
            }
            drop(permit);
        });
    }
    drop(acceptor);
    // Every connection returns its permit when it ends.
    let _ended = open.acquire_many(http.connections_max).await;
}

/// Accepts connections, and retries when file descriptors run out.
struct Acceptor {
    listener: TcpListener,
    /// Failures since the last log line.
    failed: u64,
    logged: Option<Instant>,
}

impl Acceptor {
    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            let error = match self.listener.accept().await {
                Ok(accepted) => return accepted,
                Err(error) => error,
            };
            let closed_by_client =
                [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::ConnectionRefused];
            if !closed_by_client.contains(&error.kind()) {
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

/// Sets `TCP_NODELAY` and `TCP_USER_TIMEOUT`. Without the first, the second part of a response waits for the acknowledgement
/// of the first part, which a client may delay by 40 ms. With the second, the kernel closes the connection of a client
/// that does not read.
fn prepare(stream: &TcpStream, http: &HttpConfig) {
    let set = stream.set_nodelay(true);
    let set = set.and_then(|()| SockRef::from(stream).set_tcp_user_timeout(Some(http.send_timeout())));
    if let Err(error) = set {
        tracing::debug!(%error, "socket options could not be set");
    }
}

/// Counts starts and ends of a connection's requests. The count is odd while a request is in progress.
#[derive(Default)]
struct Activity(AtomicUsize);

impl Activity {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn is_request(&self) -> bool {
        self.count() % 2 == 1
    }
}

/// A request in progress, from its head to the end of its response.
struct RequestInProgress(Arc<Activity>);

impl RequestInProgress {
    fn begin(activity: &Arc<Activity>) -> Self {
        activity.0.fetch_add(1, Ordering::Relaxed);
        Self(activity.clone())
    }
}

impl Drop for RequestInProgress {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One connection.
struct Connection {
    app: RequestService,
    http: HttpConfig,
    bodies: Arc<BodyDeadline>,
    /// When the TLS handshake and the head of the first request must have arrived.
    deadline: Instant,
}

impl Connection {
    /// Serves TLS, after the handshake.
    async fn serve_tls(self, stream: TcpStream, peer: SocketAddr, acceptor: TlsAcceptor) {
        let handshake = timeout_at(self.deadline, acceptor.accept(stream));
        let accepted = tokio::select! {
            accepted = handshake => accepted,
            () = self.bodies.stopping.cancelled() => return,
        };
        match accepted {
            Ok(Ok(stream)) => self.serve(stream, ClientAddress::from_connection(peer, true)).await,
            Ok(Err(error)) => tracing::debug!(%error, %peer, "a TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        }
    }

    /// Serves until the client closes the connection, a deadline passes, or the server stops.
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin, peer: ClientAddress) {
        let Self { app, http, bodies, deadline } = self;
        let stopping = bodies.stopping.clone();
        let activity = Arc::new(Activity::default());
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            let in_progress = RequestInProgress::begin(&activity);
            let is_stream = is_upload(request.method(), request.uri().path());
            let body = |incoming| Body::new(TimedBody::new(incoming, bodies.clone(), is_stream));
            let response = app.clone().call(request.map(body));
            async move {
                let response = response.await?;
                Ok::<Response<TrackedBody>, Infallible>(
                    response.map(|body| TrackedBody { body, _request: in_progress }),
                )
            }
        });
        let mut builder = http1::Builder::new();
        builder.max_buf_size(READ_BUFFER_BYTES_MAX);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut clock = pin!(sleep_until(deadline));
        let mut seen = 0;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => return log(ended),
                () = clock.as_mut() => {
                    let count = activity.count();
                    if count == seen && !activity.is_request() {
                        return;
                    }
                    seen = count;
                    clock.as_mut().reset(Instant::now() + http.idle_timeout());
                }
                () = stopping.cancelled() => break,
            }
        }
        connection.as_mut().graceful_shutdown();
        // A response in progress is finished. A half-read request is not waited for.
        match timeout(Duration::from_secs(FLUSH_TIMEOUT_SECONDS), connection.as_mut()).await {
            Ok(ended) => log(ended),
            Err(_) if activity.is_request() => log(connection.await),
            Err(_) => {}
        }
    }
}

/// Logs a broken connection. Its cause is usually the client.
fn log(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// A response body. Its drop ends the request.
struct TrackedBody {
    body: Body,
    _request: RequestInProgress,
}

impl HttpBody for TrackedBody {
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
    async fn connections_have_no_delay_and_a_send_time_out() {
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
    fn a_request_is_in_progress_until_its_response_has_ended() {
        let activity = Arc::new(Activity::default());
        assert!(!activity.is_request());
        let in_progress = RequestInProgress::begin(&activity);
        assert!(activity.is_request());
        drop(in_progress);
        assert!(!activity.is_request());
        assert_eq!(activity.count(), 2);
    }
}
