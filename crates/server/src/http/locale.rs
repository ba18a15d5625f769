//! The locale of a request outside of a page: texts of messages and rejections are in the person's language.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use client::provide_locale;
use domain::NumberSigns;
use leptos::prelude::{Owner, provide_context};
use leptos::reactive::computed::ScopedFuture;

/// Returns the signs of the person's number format. The locale of the request is a context.
pub(crate) fn number_signs() -> NumberSigns {
    let (group, decimal) = client::number_signs();
    NumberSigns { group, decimal }
}

/// Runs the rest of a request with its locale as a context.
pub(crate) async fn with_locale(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // A new owner has no parent: the current one of the thread may belong to another request.
    let owner = Owner::default();
    let response = owner.with(|| {
        provide_context(parts.clone());
        provide_locale();
        ScopedFuture::new_untracked(next.run(Request::from_parts(parts, body)))
    });
    response.await
}
