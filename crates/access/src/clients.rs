//! Clients and their tokens. Each change is written together with its audit event.

use crate::secret::Token;
use crate::warehouses::ids;
use crate::{Access, Result};
use domain::{
    AllowedWarehouses, AuditKind, Client, ClientToken, Error, NewAuditEvent, NewClient, Origin,
    PrincipalName, token_days,
};
use serde_json::{Value, json};
use store::WriteTransaction;

/// A new token with its secret, which is shown once.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token as it is stored.
    pub token: ClientToken,
    /// The secret.
    pub secret: Token,
}

impl Access {
    /// Returns all clients, ordered by name.
    pub async fn client_list(&self) -> Result<Vec<Client>> {
        Ok(self.verifier.store.client_list().await?)
    }

    /// Returns a client.
    ///
    /// # Errors
    /// [`Error::ClientNotFound`], or a failure of the database.
    pub async fn client(&self, name: &PrincipalName) -> Result<Client> {
        let mut transaction = self.verifier.store.begin().await?;
        let client = lock(&mut transaction, name).await?;
        transaction.roll_back().await?;
        Ok(client)
    }

    /// Creates a client with its first token, which expires after `days`.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::ClientNameTaken`], [`Error::WarehouseNotFound`], or a failure of the database.
    pub async fn client_create(
        &self,
        origin: &Origin,
        new: &NewClient,
        days: Option<i64>,
    ) -> Result<(Client, IssuedToken)> {
        let days = token_days(days, self.settings.token_days)?;
        let mut transaction = self.verifier.store.begin().await?;
        transaction.allowed_warehouses_check(&new.warehouses).await?;
        let mut client = transaction.client_create(new).await?;
        let after = Some(json!({"scopes": scopes(&client), "warehouseIds": ids(&client.warehouses)}));
        audit(&mut transaction, origin, AuditKind::ClientCreated, &client, None, after).await?;
        let issued = issue(&mut transaction, origin, &client, days).await?;
        self.commit(transaction).await?;
        client.tokens.push(issued.token.clone());
        Ok((client, issued))
    }

    /// Creates another token of a client, which expires after `days`.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::ClientNotFound`], [`Error::ClientDisabled`], [`Error::ClientTokensLimit`], or a failure
    /// of the database.
    pub async fn token_create(
        &self,
        origin: &Origin,
        client: &PrincipalName,
        days: Option<i64>,
    ) -> Result<(Client, IssuedToken)> {
        let days = token_days(days, self.settings.token_days)?;
        let mut transaction = self.verifier.store.begin().await?;
        let mut client = lock(&mut transaction, client).await?;
        client.check_new_token()?;
        let issued = issue(&mut transaction, origin, &client, days).await?;
        self.commit(transaction).await?;
        client.tokens.insert(0, issued.token.clone());
        Ok((client, issued))
    }

    /// Revokes a token of a client, or all its valid tokens if `token` is absent. Returns the number of tokens that were
    /// valid. A token that was revoked before stays revoked.
    ///
    /// # Errors
    /// [`Error::ClientNotFound`], [`Error::TokenNotFound`], or a failure of the database.
    pub async fn token_revoke(
        &self,
        origin: &Origin,
        client: &PrincipalName,
        token: Option<i64>,
    ) -> Result<usize> {
        let mut transaction = self.verifier.store.begin().await?;
        let client = lock(&mut transaction, client).await?;
        if let Some(id) = token.filter(|id| client.tokens.iter().all(|known| known.id != *id)) {
            return Err(Error::TokenNotFound(id).into());
        }
        let revoked: Vec<_> =
            client.valid_tokens().filter(|known| token.is_none_or(|id| known.id == id)).collect();
        for token in &revoked {
            let before = Some(describe(token));
            audit(&mut transaction, origin, AuditKind::TokenRevoked, &client, before, None).await?;
        }
        let ids: Vec<_> = revoked.iter().map(|token| token.id).collect();
        transaction.tokens_revoke(&ids).await?;
        self.commit(transaction).await?;
        Ok(ids.len())
    }

    /// Changes the warehouses whose stock a client may change, and returns the client. Requests that are authenticated later
    /// have the new limit.
    ///
    /// # Errors
    /// [`Error::ClientNotLimitable`], [`Error::ClientNotFound`], [`Error::WarehouseNotFound`], or a failure of the database.
    pub async fn client_set_warehouses(
        &self,
        origin: &Origin,
        client: &PrincipalName,
        warehouses: AllowedWarehouses,
    ) -> Result<Client> {
        let mut transaction = self.verifier.store.begin().await?;
        let client = lock(&mut transaction, client).await?;
        if client.warehouses == warehouses {
            return Ok(client);
        }
        client.check_limit(&warehouses)?;
        transaction.allowed_warehouses_check(&warehouses).await?;
        transaction.client_set_warehouses(client.id, &warehouses).await?;
        let [before, after] =
            [&client.warehouses, &warehouses].map(|allowed| json!({"warehouseIds": ids(allowed)}));
        audit(&mut transaction, origin, AuditKind::ClientChanged, &client, Some(before), Some(after)).await?;
        self.commit(transaction).await?;
        Ok(Client { warehouses, ..client })
    }

    /// Disables a client for good. None of its tokens is accepted any more. Returns the client.
    ///
    /// # Errors
    /// [`Error::ClientNotFound`], or a failure of the database.
    pub async fn client_disable(&self, origin: &Origin, client: &PrincipalName) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let client = lock(&mut transaction, client).await?;
        if client.disabled_at.is_none() {
            let before = Some(json!({"scopes": scopes(&client)}));
            audit(&mut transaction, origin, AuditKind::ClientDisabled, &client, before, None).await?;
            transaction.client_disable(client.id).await?;
        }
        self.commit(transaction).await?;
        Ok(())
    }
}

async fn lock(transaction: &mut WriteTransaction, name: &PrincipalName) -> Result<Client> {
    let client = transaction.client_lock(name.as_str()).await?;
    Ok(client.ok_or_else(|| Error::ClientNotFound(name.to_string()))?)
}

async fn issue(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    client: &Client,
    days: i32,
) -> Result<IssuedToken> {
    let secret = Token::generate()?;
    let token = transaction.token_create(client.id, &secret.hash().0, secret.hint(), days).await?;
    audit(transaction, origin, AuditKind::TokenCreated, client, None, Some(describe(&token))).await?;
    Ok(IssuedToken { token, secret })
}

async fn audit(
    transaction: &mut WriteTransaction,
    origin: &Origin,
    kind: AuditKind,
    client: &Client,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    let subject = client.actor();
    let event = NewAuditEvent { origin, kind, subject: &subject, before: text(before), after: text(after) };
    Ok(transaction.audit_insert(&event).await?)
}

fn scopes(client: &Client) -> Vec<&'static str> {
    client.scopes.iter().map(|scope| scope.as_str()).collect()
}

/// Returns the properties of a token for the audit log.
fn describe(token: &ClientToken) -> Value {
    let expires_at = token.expires_at.to_rfc3339();
    json!({"token": token.id, "hint": token.hint, "expiresAt": expires_at})
}
