//! The page of settings: those of the person, which are cookies, and those of the server.

use super::form::Fields;
use super::page;
use crate::config::SettingSource;
use crate::http::error::ApiError;
use crate::http::extract::caller::{Guarded, authorize};
use crate::state::AppState;
use api::page_request::STEPS_DISMISSED;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use client::{LocaleChoice, ServerPage, SettingRow, SettingsPage};
use domain::Permission;

/// The address of the page.
const PAGE: &str = "/settings";
/// How long a choice is stored: a year, in seconds.
const CHOICE_SECONDS: u32 = 31_536_000;

/// The routes. They need any credentials.
pub(super) fn router() -> Router<AppState> {
    let guarded = |handler| Guarded { permission: Permission::SignedIn, handler };
    Router::new()
        .route(PAGE, get(guarded(show)).post(Guarded { permission: Permission::SignedIn, handler: choose }))
        .route(
            "/first-steps/dismiss",
            post(Guarded { permission: Permission::SignedIn, handler: dismiss_first_steps }),
        )
}

/// Shows the page. The server's settings need the permission to manage access.
async fn show(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let may_see = authorize(&parts.extensions, Permission::ManageAccess).is_ok();
    let rows = state.settings.iter().map(|setting| SettingRow {
        variable: setting.variable.clone(),
        value: setting.value.clone(),
        source: match setting.source {
            SettingSource::Default => client::SettingSource::Default,
            SettingSource::File => client::SettingSource::File,
            SettingSource::Environment => client::SettingSource::Environment,
            SettingSource::CommandLine => client::SettingSource::CommandLine,
        },
        description: setting.description.clone(),
    });
    let server = may_see.then(|| rows.collect());
    let page = ServerPage::Settings(Box::new(SettingsPage { server }));
    page::render(&state, parts, page).await
}

/// Hides the first steps on the overview for a year, in this browser.
async fn dismiss_first_steps() -> Response {
    let cookie = format!("{STEPS_DISMISSED}=1; path=/; max-age={CHOICE_SECONDS}; samesite=lax");
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/"), (header::SET_COOKIE, &cookie)]).into_response()
}

/// Stores a person's choices in cookies, and shows the page in the chosen language. An unknown choice is rejected.
async fn choose(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (_, form) = request.into_parts();
    let fields = Fields::read(&state, form).await?;
    let choice = LocaleChoice::new(|name| fields.text(name).to_owned())
        .map_err(|field| domain::Error::invalid(field, "is not one of the choices"))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, PAGE)]).into_response();
    for (name, value) in choice.cookies() {
        // An empty value removes the choice, so that the browser's value applies.
        let seconds = if value.is_empty() { 0 } else { CHOICE_SECONDS };
        let cookie = format!("{name}={value}; path=/; max-age={seconds}; samesite=lax");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}
