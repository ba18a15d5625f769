use super::response::{JsonResult, to_wire};
use crate::http::error::ApiError;
use crate::http::extract::{ClientName, Id, JsonBody, RequestOrigin};
use access::Access;
use api::{Client, ClientCreated, CreateClient, CreateToken, IssuedToken, UpdateClient};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

/// Every client with its latest tokens, by name.
#[utoipa::path(get, path = "/api/clients", tag = "access",
    responses((status = 200, description = "The clients", body = Vec<Client>)))]
pub(crate) async fn list_clients(State(access): State<Access>) -> JsonResult<Vec<Client>> {
    Ok(Json(to_wire(access.client_list().await?)))
}

/// Creates a client with its first token. No other response has the token's secret.
#[utoipa::path(post, path = "/api/clients", tag = "access", request_body = CreateClient,
    responses((status = 201, description = "The client and its token", body = ClientCreated)))]
pub(crate) async fn create_client(
    State(access): State<Access>,
    RequestOrigin(origin): RequestOrigin,
    JsonBody(client): JsonBody<CreateClient>,
) -> Result<(StatusCode, Json<ClientCreated>), ApiError> {
    let days = client.expires_in_days;
    let (client, issued) = access.client_create(&origin, &client.try_into()?, days).await?;
    let created = ClientCreated { client: client.into(), token: issued_token(issued) };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Changes a client. Every server uses the new values within a second; requests that were accepted before are executed with
/// the old ones.
#[utoipa::path(patch, path = "/api/clients/{name}", tag = "access", request_body = UpdateClient,
    params(("name" = String, Path, description = "The client's name")),
    responses((status = 200, description = "The client", body = Client)))]
pub(crate) async fn update_client(
    State(access): State<Access>,
    RequestOrigin(origin): RequestOrigin,
    ClientName(name): ClientName,
    JsonBody(changes): JsonBody<UpdateClient>,
) -> JsonResult<Client> {
    let client = match changes.allowed_warehouses()? {
        Some(allowed) => access.client_set_warehouses(&origin, &name, allowed).await?,
        None => access.client(&name).await?,
    };
    Ok(Json(client.into()))
}

/// Disables a client for good. Its tokens are rejected within a second on every server.
#[utoipa::path(delete, path = "/api/clients/{name}", tag = "access",
    params(("name" = String, Path, description = "The client's name")),
    responses((status = 204, description = "The client is disabled")))]
pub(crate) async fn disable_client(
    State(access): State<Access>,
    RequestOrigin(origin): RequestOrigin,
    ClientName(name): ClientName,
) -> Result<StatusCode, ApiError> {
    access.client_disable(&origin, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates a second token of a client, for a rotation. No other response has the token's secret. The first token stays
/// valid until it is revoked.
#[utoipa::path(post, path = "/api/clients/{name}/tokens", tag = "access", request_body = CreateToken,
    params(("name" = String, Path, description = "The client's name")),
    responses((status = 201, description = "The token", body = IssuedToken)))]
pub(crate) async fn create_token(
    State(access): State<Access>,
    RequestOrigin(origin): RequestOrigin,
    ClientName(name): ClientName,
    JsonBody(token): JsonBody<CreateToken>,
) -> Result<(StatusCode, Json<IssuedToken>), ApiError> {
    let (_, issued) = access.token_create(&origin, &name, token.expires_in_days).await?;
    Ok((StatusCode::CREATED, Json(issued_token(issued))))
}

/// Revokes a token. It is rejected within a second on every server.
#[utoipa::path(delete, path = "/api/clients/{name}/tokens/{id}", tag = "access",
    params(("name" = String, Path, description = "The client's name"),
           ("id" = i64, Path, description = "The token's id")),
    responses((status = 204, description = "The token is revoked")))]
pub(crate) async fn revoke_token(
    State(access): State<Access>,
    RequestOrigin(origin): RequestOrigin,
    ClientName(name): ClientName,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    access.token_revoke(&origin, &name, Some(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn issued_token(issued: access::IssuedToken) -> IssuedToken {
    let token = issued.secret.as_str().to_owned();
    IssuedToken { id: issued.token.id, token, expires_at: issued.token.expires_at }
}
