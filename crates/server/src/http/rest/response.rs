//! The response types that the handlers share.

use crate::http::error::ApiError;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{CachedJson, Engine, JsonBytes};
use serde::Serialize;

/// The result of a handler that responds 200 with JSON.
pub(crate) type JsonResult<T> = Result<Json<T>, ApiError>;

/// 201 with the created row and its `Location`.
pub(crate) struct Created<T> {
    pub(crate) location: String,
    pub(crate) body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}

/// 200 with JSON that is serialized once and sent to every client that asks for the same value.
pub(crate) struct CachedJsonResponse(pub(super) JsonBytes);

impl CachedJsonResponse {
    /// Returns the cached bytes of the wire type `W`.
    pub(crate) fn new<T, W: Serialize + for<'t> From<&'t T>>(value: &CachedJson<T>) -> Self {
        Self(value.bytes(|value| serde_json::to_vec(&W::from(value)).unwrap_or_default()).clone())
    }
}

impl IntoResponse for CachedJsonResponse {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], Body::from(Bytes::from_owner(self.0.body)))
            .into_response()
    }
}

/// Converts a list of domain values to wire types.
pub(crate) fn to_wire<T, U: From<T>>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(U::from).collect()
}

/// Adds the suggested alternative to an error about too few units. The future that looks for it is boxed, because it is
/// rarely needed and would enlarge the future of every request.
pub(crate) async fn with_suggestion<T>(engine: &Engine, result: engine::Result<T>) -> Result<T, ApiError> {
    match result {
        Ok(value) => Ok(value),
        Err(error @ engine::Error::Answered(_)) => Err(error.into()),
        Err(error) => Err(Box::pin(api::problem_with_held_units(engine, error)).await.into()),
    }
}
