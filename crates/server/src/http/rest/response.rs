//! The response types that the handlers share.

use crate::http::error::{ApiError, PROBLEM_JSON};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Version;
use engine::{CachedJson, Engine, JsonBytes, StoredResponse};
use serde::{Deserialize, Serialize};

/// The result of a handler that responds 200 with JSON.
pub(crate) type JsonResult<T> = Result<Json<T>, ApiError>;

/// 201 with the created row and its `Location`.
pub(crate) struct Created<T> {
    location: String,
    body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}

/// The result of a command's handler.
pub(crate) type CommandResult<R> = Result<CommandResponse<R>, ApiError>;

/// The response to a command: `R` for a fresh output, and for an idempotency key the stored response byte for byte.
pub(crate) struct CommandResponse<R>(engine::Response<R>);

impl<R: IntoResponse> IntoResponse for CommandResponse<R> {
    fn into_response(self) -> Response {
        match self.0 {
            engine::Response::Fresh(response) => response.into_response(),
            engine::Response::Stored(stored) => stored_response(stored),
        }
    }
}

/// Responds 200 with the output as JSON.
pub(crate) fn json<T, W: From<T>>(response: engine::Response<T>) -> CommandResponse<Json<W>> {
    CommandResponse(response.map(|output| Json(output.into())))
}

/// A body with its strong entity tag, which is the version of the details.
pub(crate) type Tagged<R> = ([(HeaderName, String); 1], R);

/// Returns the header with the strong entity tag of a version.
pub(crate) fn entity_tag(version: Version) -> [(HeaderName, String); 1] {
    [(header::ETAG, format!("\"{version}\""))]
}

/// A JSON body with the entity tag of its object, if it has one.
type TaggedJson<W> = (Option<[(HeaderName, String); 1]>, Json<W>);

/// The response to a command on an object with a version, with its entity tag.
pub(crate) struct VersionedResponse<W>(engine::Response<TaggedJson<W>>);

impl<W: Serialize> IntoResponse for VersionedResponse<W> {
    fn into_response(self) -> Response {
        match self.0 {
            engine::Response::Fresh(response) => response.into_response(),
            engine::Response::Stored(stored) => {
                let tag = stored_version(&stored).and_then(|version| format!("\"{version}\"").parse().ok());
                let mut response = stored_response(stored);
                if let Some(tag) = tag {
                    response.headers_mut().insert(header::ETAG, tag);
                }
                response
            }
        }
    }
}

/// Returns the version in a stored body: of the object, or the present one in the problem of a mismatch.
fn stored_version(stored: &StoredResponse) -> Option<String> {
    #[derive(Deserialize)]
    struct Versioned {
        version: Option<String>,
    }
    serde_json::from_slice::<Versioned>(&stored.body).ok()?.version
}

/// Responds 200 with the output as JSON and its entity tag. An output without a version has none.
pub(crate) fn json_with_tag<T, W: From<T>, V: Into<Option<Version>>>(
    response: engine::Response<T>,
    version: impl FnOnce(&T) -> V,
) -> VersionedResponse<W> {
    VersionedResponse(response.map(|output| (version(&output).into().map(entity_tag), Json(output.into()))))
}

/// Responds 201 with the output as JSON.
pub(crate) fn created<T, W: From<T>>(
    response: engine::Response<T>,
) -> CommandResponse<(StatusCode, Json<W>)> {
    CommandResponse(response.map(|output| (StatusCode::CREATED, Json(output.into()))))
}

/// Responds 201 with the output as JSON and its `Location`.
pub(crate) fn created_at<T, W: From<T>>(
    response: engine::Response<T>,
    location: impl FnOnce(&T) -> String,
) -> CommandResponse<Created<W>> {
    CommandResponse(response.map(|output| Created { location: location(&output), body: output.into() }))
}

/// Returns a stored response with the status and the bytes of the first response.
pub(crate) fn stored_response(stored: StoredResponse) -> Response {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { PROBLEM_JSON };
    let mut response = Response::new(Body::from(Bytes::from_owner(stored.body)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
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

/// Responds with JSON and a weak entity tag, or with 304 if `If-None-Match` of the request contains the tag. "no-cache" lets
/// clients cache the response, and makes them revalidate it.
pub(crate) fn tagged(request: &HeaderMap, tag: u64, body: impl IntoResponse) -> Response {
    let tag = format!("W/\"{tag:016x}\"");
    let is_known = request.get(header::IF_NONE_MATCH).is_some_and(|known| matches_tag(known, &tag));
    let headers = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    match is_known {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, body).into_response(),
    }
}

/// Returns whether `If-None-Match` contains this tag, by weak comparison (RFC 9110, 13.1.2).
fn matches_tag(known: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = known.to_str().unwrap_or_default();
    known.trim() == "*" || known.split(',').any(|known| opaque(known) == opaque(tag))
}

/// Converts a list of domain values to wire types.
pub(crate) fn to_wire<T, U: From<T>>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(U::from).collect()
}

/// Adds the keys of its item and its warehouse to an error, and the held units to one about too few units. The future that
/// looks for them is boxed, because it is rarely needed and would enlarge the future of every request.
pub(crate) async fn with_details<T>(engine: &Engine, result: engine::Result<T>) -> Result<T, ApiError> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(Box::pin(api::problem_with_details(engine, error)).await.into()),
    }
}
