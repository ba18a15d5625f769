//! The page of one's own account, and its forms.

use super::form::Fields;
use super::origin::{origin, person, signed_in, user_agent};
use super::page;
use super::provider_name::provider_name;
use super::response::{Rejection, end_session, start_session};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use access::{Caller, TotpSecret};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use client::messages;
use client::{AccountPage, NewFactor, ServerPage, SessionRow};
use domain::{Error, Permission};
use qrcode::{Color, QrCode};

/// The address of the page.
const PAGE: &str = "/account";

/// The routes. They need any credentials.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(guarded(show)))
        .route("/account/password", post(guarded(change_password)))
        .route("/account/second-factor/start", post(guarded(start_factor)))
        .route("/account/second-factor", post(guarded(set_factor)))
        .route("/account/second-factor/remove", post(guarded(remove_factor)))
        .route("/account/sessions/revoke", post(guarded(revoke)))
        .route("/account/sessions/revoke-all", post(guarded(revoke_all)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::SignedIn, handler }
}

async fn show(State(state): State<AppState>, request: Request) -> Response {
    respond(&state, request.into_parts().0, Ok(AccountPage::default())).await
}

async fn change_password(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let done = async {
        let (name, _) = person(&parts)?;
        let fields = Fields::read(&state, form).await?;
        let (current, new) = (fields.exact("current"), fields.new_password()?);
        Ok(state.access.password_change(&origin(&parts), &name, current, new, user_agent(&parts)).await?)
    };
    match done.await {
        Ok(session) => start_session(&state, &parts, &session, PAGE),
        Err(rejection) => respond(&state, parts, Err(rejection)).await,
    }
}

/// Shows a new secret. It is stored when a code confirms it.
async fn start_factor(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let page = person(&parts).map_err(Rejection::from).and_then(|(name, _)| {
        let secret = TotpSecret::generate()?;
        Ok(AccountPage { new_factor: Some(new_factor(&secret, name.as_str())?), ..AccountPage::default() })
    });
    respond(&state, parts, page).await
}

async fn set_factor(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let mut secret = None;
    let done = async {
        let (name, _) = person(&parts)?;
        let fields = Fields::read(&state, form).await?;
        let parsed = TotpSecret::parse(fields.text("secret"));
        let parsed = parsed.ok_or_else(|| ApiError::from(Error::invalid("secret", "is not a secret")))?;
        secret = Some((parsed.clone(), name.clone()));
        let (password, code) = (fields.exact("factor-password"), fields.text("code"));
        Ok::<_, Rejection>(
            state.access.second_factor_set(&origin(&parts), &name, password, &parsed, code).await?,
        )
    };
    let page = match (done.await, secret) {
        (Ok(recovery_codes), _) => Ok(AccountPage { recovery_codes, ..AccountPage::default() }),
        // The same secret again: it is in the app already.
        (Err(Rejection { text, .. }), Some((secret, name))) => {
            new_factor(&secret, name.as_str()).map(|factor| AccountPage {
                new_factor: Some(factor),
                error: Some(text),
                ..AccountPage::default()
            })
        }
        (Err(rejection), None) => Err(rejection),
    };
    respond(&state, parts, page).await
}

async fn remove_factor(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, fields| {
        let (name, _) = person(parts)?;
        state.access.second_factor_remove(&origin(parts), &name, fields.exact("factor-password")).await?;
        Ok(messages::factor_removed().to_owned())
    })
    .await
}

async fn revoke(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, fields| {
        let (name, _) = person(parts)?;
        let session = fields.text("session").parse();
        let session = session.map_err(|_| ApiError::from(Error::invalid("session", "is not a number")))?;
        state.access.sessions_revoke(&origin(parts), &name, Some(session)).await?;
        Ok(messages::session_ended().to_owned())
    })
    .await
}

async fn revoke_all(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let done = async {
        let (name, _) = person(&parts)?;
        Ok(state.access.sessions_revoke(&origin(&parts), &name, None).await?)
    };
    match done.await {
        Ok(_) => end_session(&parts),
        Err(rejection) => respond(&state, parts, Err(rejection)).await,
    }
}

/// Reads a form, performs its action, and redirects to the page with a message. A rejection is shown on the page.
async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Parts, &Fields) -> Result<String, Rejection>,
) -> Response {
    let (parts, form): (Parts, Body) = request.into_parts();
    let done = async { action(&state, &parts, &Fields::read(&state, form).await?).await };
    match done.await {
        Ok(message) => redirect(&message, PAGE),
        Err(rejection) => respond(&state, parts, Err(rejection)).await,
    }
}

/// Renders the page with the current sessions.
pub(super) async fn respond(
    state: &AppState,
    parts: Parts,
    page: Result<AccountPage, Rejection>,
) -> Response {
    let (mut page, rejection) = match page {
        Ok(page) => (page, Rejection { status: StatusCode::OK, text: String::new() }),
        Err(rejection) => {
            (AccountPage { error: Some(rejection.text.clone()), ..AccountPage::default() }, rejection)
        }
    };
    if let Some(caller) = parts.extensions.get::<Caller>() {
        page.actor = caller.actor.to_string();
        page.is_local = matches!(caller, Caller::Local);
        page.manages_access = caller.permissions.contains(Permission::ManageAccess);
    }
    if let Some((name, session)) = signed_in(&parts) {
        let known = async {
            let person = state.access.person(&name).await?;
            Ok::<_, access::Error>((person, state.access.session_list(name.as_str()).await?))
        };
        match known.await {
            Ok((person, sessions)) => {
                page.role = Some(person.role.as_str());
                page.has_second_factor = person.has_second_factor;
                page.openid = provider_name(state);
                page.has_openid = person.has_openid;
                page.sessions = sessions.into_iter().map(|row| session_row(row, session)).collect();
            }
            Err(error) => return axum::response::IntoResponse::into_response(ApiError::from(error)),
        }
    }
    rejection.apply(page::render(state, parts, ServerPage::Account(page)).await)
}

fn session_row(session: domain::Session, current: i64) -> SessionRow {
    SessionRow {
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        address: session.address.unwrap_or_default(),
        user_agent: session.user_agent.unwrap_or_default(),
        is_current: session.id == current,
    }
}

fn new_factor(secret: &TotpSecret, name: &str) -> Result<NewFactor, Rejection> {
    let uri = secret.uri(name);
    // The address is shorter than a QR code can hold.
    let code = QrCode::new(&uri).map_err(|_| ApiError::internal())?;
    let colors = code.to_colors();
    let modules =
        colors.chunks(code.width()).map(|row| row.iter().map(|color| *color == Color::Dark).collect());
    Ok(NewFactor { secret: secret.text(), modules: modules.collect(), uri })
}
