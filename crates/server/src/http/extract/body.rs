//! Request bodies as bytes.

use crate::http::error::ApiError;
use crate::http::timed_body::read_error;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::StatusCode;
use http_body_util::LengthLimitError;

/// Reads a whole body.
///
/// # Errors
/// `body_too_large` beyond `limit_bytes`; `body_timeout`, `shutting_down` or `invalid_request` if the body did not
/// arrive whole.
pub(crate) async fn read(body: Body, limit_bytes: usize) -> Result<Bytes, ApiError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit_bytes {
        return Err(too_large(limit_bytes));
    }
    axum::body::to_bytes(body, limit_bytes).await.map_err(|error| {
        if std::error::Error::source(&error).is_some_and(|cause| cause.is::<LengthLimitError>()) {
            return too_large(limit_bytes);
        }
        read_error(&error)
    })
}

/// Returns the error of a body of more than `limit_bytes`.
pub(crate) fn too_large(limit_bytes: usize) -> ApiError {
    let detail = format!("The body must have at most {limit_bytes} bytes.");
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large", detail)
}
