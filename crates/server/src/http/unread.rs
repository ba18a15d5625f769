//! The number of unread notifications in the header of each page.

use crate::http::extract::RequestContext;
use crate::state::AppState;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use client::UnreadNotifications;
use domain::Permission;

/// Adds the number of unread notifications to the request of a page. Without them, for example while the database does not
/// answer, the page has no number.
pub(crate) async fn add_unread(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let accepts_html =
        |accept: &axum::http::HeaderValue| accept.to_str().is_ok_and(|accept| accept.contains("text/html"));
    let is_page = parts.method == Method::GET && parts.headers.get(header::ACCEPT).is_some_and(accepts_html);
    if is_page
        && let Ok(RequestContext(context)) = RequestContext::from_request_parts(&mut parts, &state).await
        && context.permissions.contains(Permission::ReadStock)
        && let Ok(found) = state.engine.notifications(&context).await
    {
        parts.extensions.insert(UnreadNotifications(found.unread()));
    }
    next.run(Request::from_parts(parts, body)).await
}
