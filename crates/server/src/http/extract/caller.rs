//! The caller of a request, and the check of its permissions.

use crate::http::error::ApiError;
use crate::http::request_scope::RequestScope;
use access::Caller;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::Permission;
use futures::future::{Either, Ready, ready};

/// Returns the caller if it has the permission; `None` if the request is anonymous and the operation is public.
///
/// # Errors
/// 401 `unauthenticated` without credentials, 403 `forbidden` without the permission.
pub(crate) fn authorize(
    extensions: &Extensions,
    permission: Permission,
) -> Result<Option<&Caller>, ApiError> {
    match extensions.get::<Caller>() {
        Some(caller) => caller.require(permission).map(|()| Some(caller)).map_err(ApiError::from),
        None if permission == Permission::Public => Ok(None),
        None => Err(unauthenticated()),
    }
}

/// Returns 401 `unauthenticated`.
fn unauthenticated() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "Credentials are needed",
        "Send a client's token as `Authorization: Bearer <token>`, or sign in.",
    )
}

/// A handler behind a permission. It adds no allocation to a request.
#[derive(Clone)]
pub(crate) struct Guarded<H> {
    /// The permission that a request needs.
    pub(crate) permission: Permission,
    /// The handler of permitted requests.
    pub(crate) handler: H,
}

impl<H: Handler<T, S>, T, S> Handler<T, S> for Guarded<H> {
    type Future = Either<Ready<Response>, H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        RequestScope::record_route(&request);
        match authorize(request.extensions(), self.permission) {
            Ok(_) => Either::Right(self.handler.call(request, state)),
            Err(error) => Either::Left(ready(error.into_response())),
        }
    }
}
