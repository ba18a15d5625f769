//! The page of the API clients, and its forms.

use super::form::whole;
use super::page;
use super::response::limit_message;
use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::http::extract::{RequestOrigin, body};
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use api::{Client, IssuedToken, Problem};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use client::messages;
use client::{ClientsPage, ServerPage};
use domain::{Error, NewClient, Origin, Permission, PrincipalName, Scope};

/// The address of the page.
const PAGE: &str = "/clients";

/// The routes. All need the permission to manage access.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(PAGE, get(guarded(show)).post(guarded(add)))
        .route("/clients/rotate", post(guarded(rotate)))
        .route("/clients/warehouses", post(guarded(set_warehouses)))
        .route("/clients/revoke", post(guarded(revoke)))
        .route("/clients/disable", post(guarded(disable)))
}

fn guarded<H>(handler: H) -> Guarded<H> {
    Guarded { permission: Permission::ManageAccess, handler }
}

async fn show(State(state): State<AppState>, request: Request) -> Response {
    respond(&state, request.into_parts().0, ClientsPage::default()).await
}

/// Adds a client, and shows its token.
async fn add(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, origin, form| {
        let scopes = form.all("scope").map(|scope| Scope::parse(&scope)).collect::<Result<_, _>>()?;
        let allowed = state.access.warehouse_codes().await?.parse(&form.text("warehouses"))?;
        let new = NewClient::new(&form.text("name"), scopes)?.limited_to(allowed)?;
        let (client, issued) = state.access.client_create(origin, &new, form.days()?).await?;
        Ok(Done::Issued(client.name, issued))
    })
    .await
}

/// Creates another token of a client, and shows it.
async fn rotate(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, origin, form| {
        let (client, issued) = state.access.token_create(origin, &form.name()?, None).await?;
        Ok(Done::Issued(client.name, issued))
    })
    .await
}

async fn set_warehouses(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, origin, form| {
        let name = form.name()?;
        let codes = state.access.warehouse_codes().await?;
        let allowed = codes.parse(&form.text("warehouses"))?;
        state.access.client_set_warehouses(origin, &name, allowed.clone()).await?;
        Ok(Done::Message(limit_message(name.as_str(), &codes.format(&allowed))))
    })
    .await
}

async fn revoke(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, origin, form| {
        let token = form.number("token")?.ok_or_else(|| Error::invalid("token", "is missing"))?;
        state.access.token_revoke(origin, &form.name()?, Some(token)).await?;
        Ok(Done::Message(messages::token_is_revoked(&token.to_string())))
    })
    .await
}

async fn disable(State(state): State<AppState>, request: Request) -> Response {
    submit(state, request, async |state, origin, form| {
        let name = form.name()?;
        state.access.client_disable(origin, &name).await?;
        Ok(Done::Message(messages::client_is_disabled(name.as_str())))
    })
    .await
}

/// The result of a form.
enum Done {
    /// A new token of the client with this name.
    Issued(String, access::IssuedToken),
    /// Anything else, with the message that the page shows.
    Message(String),
}

/// Reads a form, performs its action, and responds: with a page that shows a new token or a problem, otherwise with a
/// redirect to the page.
async fn submit(
    state: AppState,
    request: Request,
    action: impl AsyncFnOnce(&AppState, &Origin, &Form) -> Result<Done, ApiError>,
) -> Response {
    let (mut parts, form) = request.into_parts();
    let done = async {
        let RequestOrigin(origin) = RequestOrigin::from_request_parts(&mut parts, &state).await?;
        let form = Form::parse(&body::read(form, state.http.body_limit_bytes).await?);
        action(&state, &origin, &form).await
    };
    match done.await {
        Ok(Done::Message(message)) => redirect(&message, PAGE),
        Ok(Done::Issued(client, issued)) => {
            let token = issued.secret.as_str().to_owned();
            let issued = IssuedToken { id: issued.token.id, token, expires_at: issued.token.expires_at };
            respond(&state, parts, ClientsPage { issued: Some((client, issued)), ..ClientsPage::default() })
                .await
        }
        Err(error) => {
            let mut failed = error.into_response();
            let (status, problem) = (failed.status(), failed.extensions_mut().remove::<Problem>());
            let mut response = respond(
                &state,
                parts,
                ClientsPage {
                    problem: problem.map(client::localized).map(Box::new),
                    ..ClientsPage::default()
                },
            )
            .await;
            if response.status() == StatusCode::OK {
                *response.status_mut() = status;
            }
            response
        }
    }
}

/// Renders the page with the current clients.
async fn respond(state: &AppState, parts: Parts, page: ClientsPage) -> Response {
    match client_rows(state).await {
        Ok(clients) => {
            let page = Box::new(ClientsPage { clients, ..page });
            page::render(state, parts, ServerPage::Clients(page)).await
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Returns the clients, each with the codes of its warehouses.
async fn client_rows(state: &AppState) -> access::Result<Vec<(Client, String)>> {
    let clients = state.access.client_list().await?;
    let codes = state.access.warehouse_codes().await?;
    let row = |client: domain::Client| {
        let warehouses = codes.format(&client.warehouses);
        (client.into(), warehouses)
    };
    Ok(clients.into_iter().map(row).collect())
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    fn parse(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.clone())
    }

    fn text(&self, name: &'static str) -> String {
        self.all(name).next().unwrap_or_default().trim().to_owned()
    }

    fn name(&self) -> Result<PrincipalName, Error> {
        PrincipalName::new(&self.text("name"))
    }

    fn days(&self) -> Result<Option<i64>, Error> {
        self.number("expiresInDays")
    }

    /// Returns a number; `None` for an empty field.
    fn number(&self, name: &'static str) -> Result<Option<i64>, Error> {
        match self.text(name) {
            text if text.is_empty() => Ok(None),
            text => whole(name, &text).map(Some),
        }
    }
}
