use crate::deserialize;
use crate::time::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A right of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Reads.
    #[serde(rename = "stock:read")]
    StockRead,
    /// Receipts, moves and write-offs.
    #[serde(rename = "stock:write")]
    StockWrite,
    /// Blocks and carts.
    #[serde(rename = "holds:write")]
    HoldsWrite,
    /// Orders.
    #[serde(rename = "orders:write")]
    OrdersWrite,
    /// Items, categories, warehouses and imports.
    #[serde(rename = "items:write")]
    ItemsWrite,
    /// Webhook endpoints.
    #[serde(rename = "webhooks:manage")]
    WebhooksManage,
    /// People, clients and the audit log.
    #[serde(rename = "admin")]
    Admin,
}

/// The state of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TokenState {
    Valid,
    Expired,
    Revoked,
}

/// A program that calls the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    pub name: String,
    pub scopes: Vec<Scope>,
    /// The ids of the warehouses in which the client may change stock, blocks and orders. Null: all.
    pub warehouse_ids: Option<Vec<i64>>,
    pub created_at: DateTime<Utc>,
    /// Null while the client is enabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its valid tokens and its latest other tokens, latest first.
    pub tokens: Vec<ClientToken>,
}

/// A token of a client, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientToken {
    pub id: i64,
    /// The first characters of the token.
    pub hint: String,
    pub state: TokenState,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A new client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateClient {
    /// 1 to 64 of the characters a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.
    pub name: String,
    /// At least one scope.
    pub scopes: Vec<Scope>,
    /// The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Absent or null: in all.
    #[serde(default)]
    pub warehouse_ids: Option<Vec<i64>>,
    /// The lifetime of the first token: 1 to 3,650 days. Default: the setting of the server, 365.
    #[serde(default)]
    pub expires_in_days: Option<i64>,
}

/// New values of a client. An absent field keeps its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateClient {
    /// The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Null: in all.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "deserialize::present")]
    #[schema(value_type = Option<Vec<i64>>)]
    pub warehouse_ids: Option<Option<Vec<i64>>>,
}

/// A new token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateToken {
    /// The lifetime: 1 to 3,650 days. Default: the setting of the server, 365.
    #[serde(default)]
    pub expires_in_days: Option<i64>,
}

/// A new token with its secret, which no other response contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    pub id: i64,
    /// The secret, for the header `Authorization: Bearer`.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// A new client with its first token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientCreated {
    pub client: Client,
    pub token: IssuedToken,
}
