//! The console's forms without JavaScript. Each form is executed by the server function that the console itself would
//! call. The response redirects to a page, or is a page with the result.

mod bulk;
pub(crate) mod redirect;
mod result_page;
mod submit;

use crate::http::locale::with_locale;
use crate::state::AppState;
use axum::{Router, middleware};

/// The routes under `/forms`.
pub(crate) fn router() -> Router<AppState> {
    Router::new().merge(submit::router()).merge(bulk::router()).layer(middleware::from_fn(with_locale))
}
