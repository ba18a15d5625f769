//! Conversions of clients, tokens and audit events.

use crate::*;

impl From<Scope> for domain::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::StockRead => Self::StockRead,
            Scope::StockWrite => Self::StockWrite,
            Scope::HoldsWrite => Self::HoldsWrite,
            Scope::OrdersWrite => Self::OrdersWrite,
            Scope::ItemsWrite => Self::ItemsWrite,
            Scope::WebhooksManage => Self::WebhooksManage,
            Scope::Admin => Self::Admin,
        }
    }
}

impl From<domain::Scope> for Scope {
    fn from(scope: domain::Scope) -> Self {
        match scope {
            domain::Scope::StockRead => Self::StockRead,
            domain::Scope::StockWrite => Self::StockWrite,
            domain::Scope::HoldsWrite => Self::HoldsWrite,
            domain::Scope::OrdersWrite => Self::OrdersWrite,
            domain::Scope::ItemsWrite => Self::ItemsWrite,
            domain::Scope::WebhooksManage => Self::WebhooksManage,
            domain::Scope::Admin => Self::Admin,
        }
    }
}

impl From<domain::Client> for Client {
    fn from(client: domain::Client) -> Self {
        Self {
            name: client.name,
            scopes: client.scopes.into_iter().map(Scope::from).collect(),
            warehouse_ids: client.warehouses.ids().map(|ids| ids.iter().map(|id| id.0).collect()),
            created_at: client.created_at,
            disabled_at: client.disabled_at,
            tokens: client.tokens.into_iter().map(ClientToken::from).collect(),
        }
    }
}

impl From<domain::ClientToken> for ClientToken {
    fn from(token: domain::ClientToken) -> Self {
        let state = match token.state {
            domain::TokenState::Valid => TokenState::Valid,
            domain::TokenState::Expired => TokenState::Expired,
            domain::TokenState::Revoked => TokenState::Revoked,
        };
        Self {
            id: token.id,
            hint: token.hint,
            state,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// Returns the limit to warehouses; without a list all are allowed.
///
/// # Errors
/// [`domain::Error::Invalid`] for an empty and for a long list.
fn allowed_warehouses(ids: Option<Vec<i64>>) -> Result<domain::AllowedWarehouses, domain::Error> {
    match ids {
        Some(ids) => domain::AllowedWarehouses::only(ids.into_iter().map(domain::WarehouseId).collect()),
        None => Ok(domain::AllowedWarehouses::ALL),
    }
}

impl UpdateClient {
    /// Returns the new limit to warehouses; `None` if the request does not change it.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for an empty and for a long list.
    pub fn allowed_warehouses(self) -> Result<Option<domain::AllowedWarehouses>, domain::Error> {
        self.warehouse_ids.map(allowed_warehouses).transpose()
    }
}

impl TryFrom<CreateClient> for domain::NewClient {
    type Error = domain::Error;

    fn try_from(client: CreateClient) -> Result<Self, domain::Error> {
        let new = Self::new(&client.name, client.scopes.into_iter().map(domain::Scope::from).collect())?;
        new.limited_to(allowed_warehouses(client.warehouse_ids)?)
    }
}

/// Parses the values of an event. The database has checked that they are JSON.
fn value(text: Option<String>) -> Option<serde_json::Value> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

impl From<domain::AuditEvent> for Change {
    fn from(event: domain::AuditEvent) -> Self {
        let (object, name) = event.subject.split_once(':').unwrap_or(("", &event.subject));
        let id = |wanted: &str| (object == wanted).then(|| name.parse().ok()).flatten();
        Self {
            id: event.id,
            created_at: event.created_at,
            item_id: id("item"),
            warehouse_id: id("warehouse"),
            category: (object == "category").then(|| name.to_owned()),
            kind: event.kind,
            actor: event.actor,
            before: value(event.before),
            after: value(event.after),
        }
    }
}

impl From<domain::AuditEvent> for AuditEvent {
    fn from(event: domain::AuditEvent) -> Self {
        Self {
            id: event.id,
            created_at: event.created_at,
            actor: event.actor,
            credential: event.credential,
            address: event.address,
            request_id: event.request_id,
            kind: event.kind,
            subject: event.subject,
            before: value(event.before),
            after: value(event.after),
        }
    }
}

impl From<domain::AuditMovement> for AuditMovement {
    fn from(movement: domain::AuditMovement) -> Self {
        Self {
            id: movement.id,
            created_at: movement.created_at,
            warehouse_id: movement.warehouse,
            change: movement.change,
            units: movement.units,
            reason: movement.reason,
            condition: movement.condition,
            note: movement.note,
            block_id: movement.block,
            order_id: movement.order,
            actor: movement.actor,
            credential: movement.credential,
            address: movement.address,
            request_id: movement.request_id,
        }
    }
}
