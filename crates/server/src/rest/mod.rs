//! The REST handlers, a file a noun. Each reads the request, makes one call into the engine, and renders
//! the answer; what it is named is its operation id in the OpenAPI document.

pub(crate) mod blocks;
pub(crate) mod carts;
pub(crate) mod categories;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod items;
pub(crate) mod orders;
pub(crate) mod overview;
pub(crate) mod warehouses;

use crate::problem::Refusal;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Engine, Rendered, Rendering};
use serde::Serialize;

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Refusal>;

/// 201 with what was created and where it can be read.
pub(crate) struct Created<T> {
    location: String,
    body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(header::LOCATION, self.location)], Json(self.body)).into_response()
    }
}

/// What is written once for everyone who is given it.
pub(crate) struct Ready(Rendered);

impl Ready {
    /// As a `W` on the wire.
    fn of<T, W: Serialize + for<'t> From<&'t T>>(value: &Rendering<T>) -> Self {
        Self(value.rendered(|value| serde_json::to_vec(&W::from(value)).unwrap_or_default()).clone())
    }
}

impl IntoResponse for Ready {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], Body::from(Bytes::from_owner(self.0.body)))
            .into_response()
    }
}

/// A list of the domain's values on the wire.
fn wire<T, U: From<T>>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(U::from).collect()
}

/// A refusal with the way out of it, for what may find too few units. To look for it is rare, and boxed: every
/// request would have memory for it.
async fn explained<T>(engine: &Engine, done: engine::Result<T>) -> Result<T, Refusal> {
    match done {
        Ok(done) => Ok(done),
        Err(error @ engine::Error::Answered(_)) => Err(error.into()),
        Err(error) => Err(Box::pin(api::explained(engine, error)).await.into()),
    }
}
