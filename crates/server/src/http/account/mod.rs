//! The pages that manage access. Only the server renders them: plain HTML and forms, without JavaScript.

mod audit;
mod clients;
mod form;
mod origin;
mod page;
mod people;
mod profile;
mod response;
mod sign_in;

use crate::http::console::require_caller;
use crate::state::AppState;
use axum::{Router, middleware};

/// The routes of the pages and their forms.
pub(crate) fn router() -> Router<AppState> {
    let private = clients::router().merge(audit::router()).merge(people::router()).merge(profile::router());
    private.route_layer(middleware::from_fn(require_caller)).merge(sign_in::router())
}
