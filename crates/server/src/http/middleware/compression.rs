//! Compression of response bodies.

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::convert::Infallible;
use std::future::ready;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, DefaultPredicate};

/// The smallest body that is compressed, in bytes.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// The level, out of brotli's 0 to 11. Higher levels save less transfer time than they take.
const COMPRESSION_LEVEL: i32 = 4;

/// Returns whether the body is large enough, or of unknown length.
pub(super) fn is_large_enough(response: &Response) -> bool {
    response.body().size_hint().upper().is_none_or(|bytes| bytes >= COMPRESSED_BYTES_MIN)
}

/// Compresses the body with the best encoding of the request's `Accept-Encoding`.
pub(super) async fn compress(response: Response, accept_encoding: HeaderValue) -> Response {
    // tower-http compresses as a layer, so the finished response is wrapped in a service that returns it.
    let mut request = Request::default();
    request.headers_mut().insert(header::ACCEPT_ENCODING, accept_encoding);
    let layer = CompressionLayer::new()
        .quality(CompressionLevel::Precise(COMPRESSION_LEVEL))
        .compress_when(DefaultPredicate::new());
    let mut response = Some(response);
    let service = layer
        .layer(service_fn(move |_: Request| ready(Ok::<_, Infallible>(response.take().unwrap_or_default()))));
    match service.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
