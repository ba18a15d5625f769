//! The listener for metrics and health checks, apart from the public one. It needs no credentials and checks no host.

use crate::http::rest::health;
use crate::metrics::{Metrics, OPENMETRICS};
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::Service as _;

/// The most connections. More wait to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// How long a connection may wait for the head of its next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a connection may live. A client that does not read its response can't hold it longer.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(600);

/// The pause after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves metrics and health checks until the task is aborted.
pub(crate) async fn serve_metrics(listener: TcpListener, state: AppState) {
    let metrics = Arc::new(Metrics::new(state.engine.clone(), state.access.clone(), &state.observer.metrics));
    let router = Router::new()
        .route("/metrics", get(move || show(metrics.clone())))
        .route("/livez", get(health::get_livez))
        .route("/readyz", get(health::get_readyz))
        .route("/health", get(health::get_health))
        .route("/health/live", get(health::get_liveness))
        .with_state(state);
    let open = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let permit = open.clone().acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, serve(stream, router)).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::debug!(%error, "a connection for metrics can't be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let service = service_fn(|request: hyper::Request<Incoming>| router.clone().call(request.map(Body::new)));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection for metrics broke");
    }
}

async fn show(metrics: Arc<Metrics>) -> Response {
    match metrics.text().await {
        Ok(text) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
