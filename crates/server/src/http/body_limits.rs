//! The bounds of request bodies: bytes per body, by path, and bytes of all bodies together.

use crate::http::error::ApiError;
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body that is not counted, in bytes. The number of connections bounds the sum of these.
const UNCOUNTED_BYTES_MAX: usize = 16 * 1024;

/// The bytes per unit of the memory budget: a semaphore can hand out at most 2³² - 1 permits at once.
const UNIT_BYTES: usize = 1024;

/// The path of stock documents.
pub(crate) const DOCUMENT_PATH: &str = "/api/stock/batch";

/// The most bytes of a stock document: 10,000 lines of about 800 bytes.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The paths that stream a file: REST, and the form of the console.
const STREAM_PATHS: [&str; 2] = ["/api/imports", "/imports"];

/// The memory of a body that is streamed, in bytes: a part of the file, and the buffers.
const STREAM_BYTES: usize = 2 * 1024 * 1024;

/// Returns whether the request streams a file. Its bytes are limited by the import, and its time by the arrival of bytes.
pub(crate) fn is_upload(method: &Method, path: &str) -> bool {
    method == Method::POST && STREAM_PATHS.contains(&path)
}

/// Returns the most bytes of a body for this path: `default_bytes` unless the path has its own limit.
pub(crate) fn limit_bytes(path: &str, default_bytes: usize) -> usize {
    match path {
        DOCUMENT_PATH => DOCUMENT_BYTES_MAX,
        _ => default_bytes,
    }
}

/// The memory budget of all request bodies that are being read or handled.
pub(crate) struct BodyMemory {
    units: Arc<Semaphore>,
    bytes_max: usize,
}

impl BodyMemory {
    /// Creates a budget of `bytes_max` bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { units: Arc::new(Semaphore::new(bytes_max / UNIT_BYTES)), bytes_max }
    }

    /// Reserves memory for a request's body until the permit is dropped. A body of unknown length reserves the limit
    /// of its path. A small body needs no permit.
    ///
    /// # Errors
    /// 503 `overloaded` if the budget has too few bytes left.
    pub(crate) fn reserve(
        &self,
        request: &Request,
        default_bytes: usize,
    ) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        let announced = request.body().size_hint().upper();
        if announced.is_some_and(|bytes| bytes <= UNCOUNTED_BYTES_MAX as u64) {
            return Ok(None);
        }
        let limit = match is_upload(request.method(), request.uri().path()) {
            true => STREAM_BYTES,
            false => limit_bytes(request.uri().path(), default_bytes),
        };
        let bytes = announced.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(limit).min(limit);
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        match self.units.clone().try_acquire_many_owned(units) {
            Ok(permit) => Ok(Some(permit)),
            Err(_) => Err(self.exhausted(bytes)),
        }
    }

    fn exhausted(&self, bytes: usize) -> ApiError {
        let free = self.units.available_permits() * UNIT_BYTES;
        let detail = format!(
            "The body takes {bytes} bytes of memory; {free} of the {} for request bodies are free. Nothing was \
             changed: try again.",
            self.bytes_max
        );
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too many requests", detail)
    }
}
