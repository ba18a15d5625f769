//! The sign-in, the sign-out, and the one-time link.

use super::form::Fields;
use super::origin::{origin, signed_in, user_agent};
use super::page;
use super::provider_name::provider_name;
use super::response::{Rejection, end_session, local_path, see_other, start_session};
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use access::{NewSession, SignIn};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use client::{InvitationPage, ServerPage, SignInPage};
use domain::Permission;

/// The routes. They need no credentials.
pub(super) fn router() -> Router<AppState> {
    let public = Permission::Public;
    Router::new()
        .route(
            "/sign-in",
            get(Guarded { permission: public, handler: show })
                .post(Guarded { permission: public, handler: submit }),
        )
        .route("/sign-out", post(Guarded { permission: public, handler: sign_out }))
        .route(
            "/invitation",
            get(Guarded { permission: public, handler: show_link })
                .post(Guarded { permission: public, handler: accept_link }),
        )
}

/// Returns a parameter of the address; empty if it is missing.
pub(super) fn parameter(query: Option<&str>, name: &str) -> String {
    let query = query.unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map_or_else(String::new, |(_, text)| text.into_owned())
}

async fn show(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let next = parameter(query.as_deref(), "next");
    let next = local_path(&next).to_owned();
    let (parts, _) = request.into_parts();
    if signed_in(&parts).is_some() {
        return see_other(&next);
    }
    let page = SignInPage { next, openid: provider_name(&state), ..SignInPage::default() };
    page::render(&state, parts, ServerPage::SignIn(page)).await
}

/// Signs in. A session that the browser already has is not used again.
async fn submit(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let mut page = SignInPage { openid: provider_name(&state), ..SignInPage::default() };
    let rejection = match sign_in(&state, &parts, form, &mut page).await {
        Ok(session) => return start_session(&state, &parts, &session, &page.next),
        Err(rejection) => rejection,
    };
    page.error = Some(rejection.text.clone());
    rejection.apply(page::render(&state, parts, ServerPage::SignIn(page)).await)
}

async fn sign_in(
    state: &AppState,
    parts: &Parts,
    form: axum::body::Body,
    page: &mut SignInPage,
) -> Result<NewSession, Rejection> {
    "/".clone_into(&mut page.next);
    let fields = Fields::read(state, form).await?;
    local_path(fields.text("next")).clone_into(&mut page.next);
    fields.text("name").clone_into(&mut page.name);
    let sign_in = SignIn {
        name: fields.text("name"),
        password: fields.exact("password"),
        code: fields.text("code"),
        user_agent: user_agent(parts),
    };
    Ok(state.access.sign_in(&origin(parts), sign_in).await?)
}

/// Ends the session of the request, and deletes the cookie also if the session has ended before.
async fn sign_out(State(state): State<AppState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Some((name, session)) = signed_in(&parts)
        && let Err(error) = state.access.sign_out(&origin(&parts), &name, session).await
    {
        let rejection = Rejection::from(error);
        let page = SignInPage {
            error: Some(rejection.text.clone()),
            next: "/".to_owned(),
            openid: provider_name(&state),
            ..SignInPage::default()
        };
        return rejection.apply(page::render(&state, parts, ServerPage::SignIn(page)).await);
    }
    end_session(&parts)
}

async fn show_link(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let secret = parameter(query.as_deref(), "secret");
    respond_to_link(&state, request.into_parts().0, &secret, None).await
}

async fn accept_link(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let mut secret = String::new();
    let done = async {
        let fields = Fields::read(&state, form).await?;
        fields.text("secret").clone_into(&mut secret);
        let password = fields.new_password()?;
        Ok(state.access.link_accept(&origin(&parts), &secret, password, user_agent(&parts)).await?)
    };
    match done.await {
        Ok(session) => start_session(&state, &parts, &session, "/"),
        Err(rejection) => respond_to_link(&state, parts, &secret, Some(rejection)).await,
    }
}

/// Renders the page of a one-time link.
pub(super) async fn respond_to_link(
    state: &AppState,
    parts: Parts,
    secret: &str,
    rejection: Option<Rejection>,
) -> Response {
    let (page, rejection) = match state.access.link_owner(secret).await {
        Ok((name, _)) => {
            let error = rejection.as_ref().map(|rejection| rejection.text.clone());
            let openid = provider_name(state);
            (InvitationPage { secret: Some(secret.to_owned()), name, error, openid }, rejection)
        }
        Err(error) => {
            let rejection = Rejection::from(error);
            let error = Some(rejection.text.clone());
            (InvitationPage { error, ..InvitationPage::default() }, Some(rejection))
        }
    };
    let response = page::render(state, parts, ServerPage::Invitation(page)).await;
    rejection.unwrap_or(Rejection { status: StatusCode::OK, text: String::new() }).apply(response)
}
