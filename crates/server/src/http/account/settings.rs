//! The page of settings: those of the person, which are cookies, and those of the server.

use super::form::Fields;
use super::page;
use super::response::Rejection;
use crate::config::SettingSource;
use crate::http::error::ApiError;
use crate::http::extract::caller::{Guarded, authorize};
use crate::state::AppState;
use api::page_request::STEPS_DISMISSED;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use client::{LocaleChoice, ServerPage, SettingRow, SettingsPage, ShopRules};
use domain::{NOTIFICATION_DAYS, Permission, TTL_SECONDS_DEFAULT, TTL_SECONDS_MAX, UNITS_MAX};

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

async fn show(State(state): State<AppState>, request: Request) -> Response {
    respond(&state, request.into_parts().0, None).await
}

/// Shows the page. The server's settings need the permission to manage access; each person sees the rules of the shop.
async fn respond(state: &AppState, parts: Parts, rejection: Option<Rejection>) -> Response {
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
    let error = rejection.as_ref().map(|rejection| rejection.text.clone());
    let page = SettingsPage { server, rules: rules(state), error };
    let response = page::render(state, parts, ServerPage::Settings(Box::new(page))).await;
    match rejection {
        Some(rejection) => rejection.apply(response),
        None => response,
    }
}

/// Returns the thresholds and durations in force.
fn rules(state: &AppState) -> ShopRules {
    let settings = state.engine.settings();
    let limits = settings.limits;
    ShopRules {
        low_stock: settings.low_stock_units.into(),
        hold_minutes: TTL_SECONDS_DEFAULT / 60,
        hold_days_max: TTL_SECONDS_MAX / 86_400,
        hold_units_max: Some(limits.block_units_max).filter(|units| *units < UNITS_MAX).map(Into::into),
        reference_holds_max: limits.reference_blocks_max,
        cart_hours_max: limits.cart_life_max.num_hours(),
        write_off_units_max: settings.write_off_units_max.into(),
        notification_days: NOTIFICATION_DAYS,
        import_bytes_max: settings.import_bytes_max,
        import_days: settings.import_retention_days.into(),
    }
}

/// Hides the first steps on the overview for a year, in this browser.
async fn dismiss_first_steps() -> Response {
    let cookie = format!("{STEPS_DISMISSED}=1; path=/; max-age={CHOICE_SECONDS}; samesite=lax");
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/"), (header::SET_COOKIE, &cookie)]).into_response()
}

/// Stores a person's choices in cookies, and shows the page in the chosen language. An unknown choice is rejected.
async fn choose(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (parts, form) = request.into_parts();
    let fields = Fields::read(&state, form).await?;
    let choice = match LocaleChoice::new(|name| fields.text(name).to_owned()) {
        Ok(choice) => choice,
        Err(field) => {
            let error = ApiError::from(domain::Error::invalid(field, "is not one of the choices"));
            return Ok(respond(&state, parts, Some(error.into())).await);
        }
    };
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
