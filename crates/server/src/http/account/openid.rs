//! Sign-in by an OpenID provider: the redirect to it, its response, and the link to one's own account.

use super::form::Fields;
use super::origin::{origin, person, signed_in, user_agent};
use super::page;
use super::profile;
use super::provider_name::provider_name;
use super::response::{Rejection, local_path, see_other, set_cookie, start_session};
use super::sign_in::{parameter, respond_to_link};
use crate::http::attempt_cookie;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::session_cookie::is_tls;
use crate::openid_sign_in::OpenIdSignIn;
use crate::state::AppState;
use access::{OpenIdPurpose, OpenIdRejection};
use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use client::messages;
use client::{ForwardPage, ServerPage, SignInPage};
use domain::Permission;
use openid::{Attempt, AuthorizationResponse, Error};

/// The path to which the provider redirects.
const CALLBACK: &str = "/sign-in/openid/callback";

/// The page of one's own account.
const ACCOUNT: &str = "/account";

/// The routes that need no credentials.
pub(super) fn public_router() -> Router<AppState> {
    let public = Permission::Public;
    Router::new()
        .route("/sign-in/openid", get(Guarded { permission: public, handler: start }))
        .route(CALLBACK, get(Guarded { permission: public, handler: finish }))
        .route("/invitation/openid", post(Guarded { permission: public, handler: start_invitation }))
}

/// The routes that need any credentials.
pub(super) fn private_router() -> Router<AppState> {
    let permission = Permission::SignedIn;
    Router::new()
        .route("/account/openid", post(Guarded { permission, handler: start_link }))
        .route("/account/openid/remove", post(Guarded { permission, handler: remove }))
}

/// Redirects to the provider. Another site may link here: the response can only sign in to the account of the person at the
/// provider.
async fn start(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let next = parameter(query.as_deref(), "next");
    let next = local_path(&next);
    let (parts, _) = request.into_parts();
    match begin(&state, &parts, OpenIdPurpose::SignIn, next).await {
        Ok((url, cookie)) => set_cookie(see_other(&url), cookie),
        Err(rejection) => show_rejection(&state, parts, rejection, next).await,
    }
}

/// Starts to use a one-time link.
async fn start_invitation(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let mut secret = String::new();
    let begun = async {
        let fields = Fields::read(&state, form).await?;
        fields.text("secret").clone_into(&mut secret);
        begin(&state, &parts, OpenIdPurpose::Invitation { secret: &secret }, "/").await
    };
    match begun.await {
        Ok(begun) => forward(&state, parts, begun).await,
        Err(rejection) => respond_to_link(&state, parts, &secret, Some(rejection)).await,
    }
}

/// Starts to link the signed-in person, confirmed by the password. Without the confirmation, another site could link its own
/// identity to the account.
async fn start_link(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let begun = async {
        let (name, _) = person(&parts)?;
        let fields = Fields::read(&state, form).await?;
        let purpose = OpenIdPurpose::Link { name: &name, password: fields.exact("openid-password") };
        begin(&state, &parts, purpose, ACCOUNT).await
    };
    match begun.await {
        Ok(begun) => forward(&state, parts, begun).await,
        Err(rejection) => profile::respond(&state, parts, Err(rejection)).await,
    }
}

/// Removes the identity of the signed-in person.
async fn remove(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let done = async {
        let (name, _) = person(&parts)?;
        let fields = Fields::read(&state, form).await?;
        let password = fields.exact("openid-password");
        Ok(state.access.openid_remove(&origin(&parts), &name, password, user_agent(&parts)).await?)
    };
    match done.await {
        Ok(session) => start_session(&state, &parts, &session, ACCOUNT),
        Err(rejection) => profile::respond(&state, parts, Err(rejection)).await,
    }
}

/// Receives the response of the provider.
async fn finish(State(state): State<AppState>, RawQuery(query): RawQuery, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let delete = attempt_cookie::delete(is_tls(&parts.extensions));
    let secret =
        attempt_cookie::read(&parts.headers, is_tls(&parts.extensions)).unwrap_or_default().to_owned();
    let redirect = provider(&state).and_then(|openid| redirect_url(openid, &parts));
    let redirect = match redirect {
        Ok(redirect) => redirect,
        Err(rejection) => return show_rejection(&state, parts, rejection, "/").await,
    };
    let attempt = Attempt::new(&secret, &redirect);
    // Compared before the attempt and the cookie are used up, which another site could do otherwise.
    if !attempt.has_state(&parameter(query.as_deref(), "state")) {
        let rejection = access::Error::InvalidAttempt.into();
        return show_rejection(&state, parts, rejection, "/").await;
    }
    let response = match respond_to_provider(&state, &parts, query.as_deref(), &secret, &attempt).await {
        Ok(response) => response,
        Err(rejection) => show_rejection(&state, parts, rejection, "/").await,
    };
    set_cookie(response, delete)
}

async fn respond_to_provider(
    state: &AppState,
    parts: &Parts,
    query: Option<&str>,
    secret: &str,
    attempt: &Attempt<'_>,
) -> Result<Response, Rejection> {
    let openid = provider(state)?;
    let used = state.access.openid_use(secret).await?;
    let code = parameter(query, "code");
    let issuer = parameter(query, "iss");
    let error = parameter(query, "error");
    let found = match error.as_str() {
        "" => {
            let issuer = Some(issuer.as_str()).filter(|issuer| !issuer.is_empty());
            openid.provider.identity(attempt, AuthorizationResponse { code: &code, issuer }).await
        }
        "access_denied" => {
            state.access.openid_rejected(&origin(parts), OpenIdRejection::Denied).await?;
            let text = messages::sign_in_cancelled(&openid.name);
            return Err(Rejection { status: StatusCode::UNAUTHORIZED, text });
        }
        error => {
            state.access.openid_rejected(&origin(parts), OpenIdRejection::Denied).await?;
            let error: String = error.chars().filter(char::is_ascii_graphic).take(64).collect();
            tracing::warn!(error, "the OpenID provider rejected a sign-in");
            let text = messages::sign_in_refused(&openid.name);
            return Err(Rejection { status: StatusCode::UNAUTHORIZED, text });
        }
    };
    let identity = match found {
        Ok(identity) => identity,
        Err(error) => {
            state.access.openid_rejected(&origin(parts), reason(&error)).await?;
            return Err(rejection(openid, &error));
        }
    };
    let signed_in = signed_in(parts).map(|(name, _)| name);
    let finished = state
        .access
        .openid_finish(&origin(parts), &used, &identity, signed_in.as_ref(), user_agent(parts))
        .await?;
    let next = if used.person_id.is_some() { ACCOUNT } else { local_path(&used.next) };
    Ok(match finished {
        Some(session) => start_session(state, parts, &session, next),
        None => see_other(next),
    })
}

/// Starts an attempt. Returns the URL at the provider, and the cookie.
async fn begin(
    state: &AppState,
    parts: &Parts,
    purpose: OpenIdPurpose<'_>,
    next: &str,
) -> Result<(String, Option<HeaderValue>), Rejection> {
    let openid = provider(state)?;
    let redirect = redirect_url(openid, parts)?;
    let secret = state.access.openid_start(&origin(parts), purpose, next).await?;
    let url = openid.provider.authorization_url(&Attempt::new(&secret, &redirect)).await;
    let url = url.map_err(|error| rejection(openid, &error))?;
    Ok((url, attempt_cookie::set(&secret, is_tls(&parts.extensions))))
}

/// Responds to a form with a page that leads on to the provider. A redirect is not possible: browsers apply the directive
/// `form-action` of the Content-Security-Policy to redirects after a form.
async fn forward(state: &AppState, parts: Parts, (url, cookie): (String, Option<HeaderValue>)) -> Response {
    let refresh = HeaderValue::try_from(format!("0; url={url}")).ok();
    let name = state.openid.as_ref().map_or_else(String::new, |openid| openid.name.clone());
    let mut response = page::render(state, parts, ServerPage::Forward(ForwardPage { name, url })).await;
    if let Some(refresh) = refresh {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    set_cookie(response, cookie)
}

async fn show_rejection(state: &AppState, parts: Parts, rejection: Rejection, next: &str) -> Response {
    let page = SignInPage {
        next: next.to_owned(),
        error: Some(rejection.text.clone()),
        openid: provider_name(state),
        ..SignInPage::default()
    };
    rejection.apply(page::render(state, parts, ServerPage::SignIn(page)).await)
}

fn provider(state: &AppState) -> Result<&OpenIdSignIn, Rejection> {
    state.openid.as_ref().ok_or_else(|| ApiError::not_found("/sign-in/openid").into())
}

/// Returns the URL to which the provider redirects.
fn redirect_url(openid: &OpenIdSignIn, parts: &Parts) -> Result<String, Rejection> {
    if let Some(url) = &openid.redirect_url {
        return Ok(url.clone());
    }
    let scheme = if is_tls(&parts.extensions) { "https" } else { "http" };
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host
        .ok_or_else(|| Rejection { status: StatusCode::BAD_REQUEST, text: messages::no_host().to_owned() })?;
    Ok(format!("{scheme}://{host}{CALLBACK}"))
}

fn reason(error: &Error) -> OpenIdRejection {
    match error {
        Error::Unavailable(_) | Error::ClientRejected(_) | Error::Settings(_) => OpenIdRejection::Unavailable,
        Error::CodeRejected(_) | Error::ForeignIssuer | Error::InvalidToken(_) => OpenIdRejection::Invalid,
    }
}

/// Logs an error, and returns its text for the person.
fn rejection(openid: &OpenIdSignIn, error: &Error) -> Rejection {
    tracing::warn!(%error, "a sign-in by OpenID Connect failed");
    let name = &openid.name;
    match reason(error) {
        OpenIdRejection::Unavailable => {
            Rejection { status: StatusCode::SERVICE_UNAVAILABLE, text: messages::sign_in_unavailable(name) }
        }
        OpenIdRejection::Invalid | OpenIdRejection::Denied => {
            Rejection { status: StatusCode::UNAUTHORIZED, text: messages::sign_in_invalid(name) }
        }
    }
}
