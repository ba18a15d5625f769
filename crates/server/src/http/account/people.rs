//! The page of the people, and its forms.

use super::form::Fields;
use super::origin::origin;
use super::page;
use super::response::{Rejection, limit_message};
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::forms::redirect::redirect;
use crate::http::session_cookie;
use crate::state::AppState;
use access::{NewPerson, PasswordLink, WarehouseCodes};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use client::messages;
use client::{PeoplePage, PersonRow, ServerPage};
use domain::{AllowedWarehouses, DisplayName, Permission, Person, PrincipalName, Role};

/// The address of the page.
const PAGE: &str = "/people";

/// The routes. All need the permission to manage access.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(guarded(show)).post(guarded(invite)))
        .route("/people/role", post(guarded(set_role)))
        .route("/people/warehouses", post(guarded(set_warehouses)))
        .route("/people/reset", post(guarded(reset)))
        .route("/people/sessions", post(guarded(end_sessions)))
        .route("/people/disable", post(guarded(disable)))
        .route("/people/enable", post(guarded(enable)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ManageAccess, handler }
}

/// The result of a form.
enum Done {
    /// A one-time link, which the page shows.
    Link(PasswordLink),
    /// Anything else, with the message that the page shows.
    Message(String),
}

async fn show(State(state): State<AppState>, request: Request) -> Response {
    respond(&state, request.into_parts().0, PeoplePage::default()).await
}

async fn invite(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, fields, name| {
        let display_name = match fields.text("displayName") {
            "" => name.as_str(),
            text => text,
        };
        let display_name = DisplayName::new(display_name).map_err(ApiError::from)?;
        let warehouses = warehouses(state, fields).await?.1;
        let new = NewPerson { display_name, role: role(fields)?, name, warehouses };
        Ok(Done::Link(state.access.person_invite(&origin(parts), &new).await?))
    })
    .await
}

async fn set_role(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, fields, name| {
        let role = role(fields)?;
        state.access.person_set_role(&origin(parts), &name, role).await?;
        Ok(Done::Message(messages::role_is(name.as_str(), messages::role_name(role.as_str()))))
    })
    .await
}

async fn set_warehouses(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, fields, name| {
        let (codes, allowed) = warehouses(state, fields).await?;
        state.access.person_set_warehouses(&origin(parts), &name, &allowed).await?;
        Ok(Done::Message(limit_message(name.as_str(), &codes.format(&allowed))))
    })
    .await
}

async fn reset(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, _, name| {
        Ok(Done::Link(state.access.person_reset(&origin(parts), &name).await?))
    })
    .await
}

async fn end_sessions(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, _, name| {
        let ended = state.access.sessions_revoke(&origin(parts), &name, None).await?;
        Ok(Done::Message(messages::sessions_ended(name.as_str(), i64::try_from(ended).unwrap_or(i64::MAX))))
    })
    .await
}

async fn disable(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, _, name| {
        state.access.person_disable(&origin(parts), &name).await?;
        Ok(Done::Message(messages::person_is_disabled(name.as_str())))
    })
    .await
}

async fn enable(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, parts, _, name| {
        state.access.person_enable(&origin(parts), &name).await?;
        Ok(Done::Message(messages::person_is_enabled(name.as_str())))
    })
    .await
}

fn role(fields: &Fields) -> Result<Role, Rejection> {
    Ok(Role::parse(fields.text("role")).map_err(ApiError::from)?)
}

/// Returns the codes of all warehouses, and the limit that the form names.
async fn warehouses(
    state: &AppState,
    fields: &Fields,
) -> Result<(WarehouseCodes, AllowedWarehouses), Rejection> {
    let codes = state.access.warehouse_codes().await?;
    let allowed = codes.parse(fields.text("warehouses")).map_err(ApiError::from)?;
    Ok((codes, allowed))
}

/// Reads a form, performs its action, and responds: with a page that shows a link or a rejection, otherwise with a
/// redirect to the page.
async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Parts, &Fields, PrincipalName) -> Result<Done, Rejection>,
) -> Response {
    let (parts, form) = request.into_parts();
    let done = async {
        let fields = Fields::read(&state, form).await?;
        let name = PrincipalName::new(fields.text("name")).map_err(ApiError::from)?;
        action(&state, &parts, &fields, name).await
    };
    match done.await {
        Ok(Done::Message(message)) => redirect(&message, PAGE),
        Ok(Done::Link(link)) => {
            let address = link_address(&parts, &link.secret);
            respond(&state, parts, PeoplePage { link: Some((link.name, address)), ..PeoplePage::default() })
                .await
        }
        Err(rejection) => {
            let page = PeoplePage { error: Some(rejection.text.clone()), ..PeoplePage::default() };
            rejection.apply(respond(&state, parts, page).await)
        }
    }
}

/// Renders the page with the current people.
async fn respond(state: &AppState, parts: Parts, page: PeoplePage) -> Response {
    match person_rows(state).await {
        Ok(people) => {
            let roles = Role::ALL.map(Role::as_str).to_vec();
            page::render(state, parts, ServerPage::People(PeoplePage { people, roles, ..page })).await
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

async fn person_rows(state: &AppState) -> access::Result<Vec<PersonRow>> {
    let people = state.access.person_list().await?;
    let codes = state.access.warehouse_codes().await?;
    Ok(people.into_iter().map(|person| row(person, &codes)).collect())
}

fn row(person: Person, codes: &WarehouseCodes) -> PersonRow {
    PersonRow {
        warehouses: codes.format(&person.warehouses),
        can_sign_in: person.can_sign_in(),
        name: person.name,
        display_name: person.display_name,
        role: person.role.as_str(),
        is_disabled: person.disabled_at.is_some(),
        has_second_factor: person.has_second_factor,
        sessions: person.sessions,
    }
}

/// Returns the address of a one-time link, at the host that the administrator uses. The secret is in the query, because
/// paths are logged.
fn link_address(parts: &Parts, secret: &str) -> String {
    let scheme = if session_cookie::is_tls(&parts.extensions) { "https" } else { "http" };
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host {
        Some(host) => format!("{scheme}://{host}/invitation?secret={secret}"),
        None => format!("/invitation?secret={secret}"),
    }
}
