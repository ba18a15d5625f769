use crate::listener::Listener;
use crate::warehouses::{allowed_warehouses, warehouse_ids};
use crate::{Result, Store, WriteTransaction};
use domain::{AllowedWarehouses, Client, ClientToken, NewClient, Scope, Time, TokenState};

/// The NOTIFY channel on which changes of people, clients and credentials are announced.
const ACCESS_CHANNEL: &str = "stockhold_access";

/// The maximum number of tokens per client in a list. Valid tokens come first.
const TOKENS_LISTED_MAX: i64 = 20;

/// A token that was found by its hash, and is valid.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedToken {
    /// The id.
    pub id: i64,
    /// The name of the client.
    pub client: String,
    /// The scopes of the client.
    pub scopes: Vec<Scope>,
    /// The warehouses whose stock the client may change.
    pub warehouses: AllowedWarehouses,
    /// The time until it expires, in seconds.
    pub seconds_left: f64,
    /// Whether the stored time of the last use is older than a minute.
    pub is_use_due: bool,
}

/// A row of `clients`.
struct ClientRow {
    id: i64,
    name: String,
    scopes: Vec<String>,
    warehouse_ids: Option<Vec<i64>>,
    created_at: Time,
    disabled_at: Option<Time>,
}

impl ClientRow {
    fn client(self, tokens: Vec<ClientToken>) -> Result<Client> {
        let Self { id, name, scopes, warehouse_ids, created_at, disabled_at } = self;
        let (scopes, warehouses) = (parse_scopes(&scopes)?, allowed_warehouses(warehouse_ids)?);
        Ok(Client { id, name, scopes, warehouses, created_at, disabled_at, tokens })
    }
}

/// A row of `client_tokens`.
struct TokenRow {
    id: i64,
    client_id: i64,
    hint: String,
    is_expired: bool,
    created_at: Time,
    expires_at: Time,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
}

impl TokenRow {
    fn token(self) -> ClientToken {
        let state = match (self.revoked_at, self.is_expired) {
            (Some(_), _) => TokenState::Revoked,
            (None, true) => TokenState::Expired,
            (None, false) => TokenState::Valid,
        };
        ClientToken {
            id: self.id,
            hint: self.hint,
            state,
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            last_used_at: self.last_used_at,
        }
    }
}

fn parse_scopes(names: &[String]) -> Result<Vec<Scope>> {
    Ok(names.iter().map(|name| Scope::parse(name)).collect::<std::result::Result<_, _>>()?)
}

impl Store {
    /// Returns all clients, ordered by name, each with its latest tokens.
    pub async fn client_list(&self) -> Result<Vec<Client>> {
        let clients = sqlx::query_as!(
            ClientRow,
            "SELECT id, name, scopes, warehouse_ids, created_at, disabled_at FROM clients ORDER BY name"
        )
        .fetch_all(&self.reads)
        .await?;
        let mut tokens = sqlx::query_as!(
            TokenRow,
            r#"SELECT tokens.id, tokens.client_id, tokens.hint, tokens.expires_at <= now() AS "is_expired!",
                      tokens.created_at, tokens.expires_at, tokens.revoked_at, tokens.last_used_at
                 FROM clients
                CROSS JOIN LATERAL (SELECT * FROM client_tokens WHERE client_id = clients.id
                                     ORDER BY (revoked_at IS NULL AND expires_at > now()) DESC, id DESC LIMIT $1) AS tokens
                ORDER BY clients.name, tokens.id DESC"#,
            TOKENS_LISTED_MAX
        )
        .fetch_all(&self.reads)
        .await?
        .into_iter()
        .peekable();
        let mut listed = Vec::with_capacity(clients.len());
        for client in clients {
            let own = std::iter::from_fn(|| tokens.next_if(|token| token.client_id == client.id));
            let own = own.map(TokenRow::token).collect();
            listed.push(client.client(own)?);
        }
        Ok(listed)
    }

    /// Returns the valid token with this SHA-256. `None` if it is unknown, expired or revoked, or if its client is disabled.
    pub async fn token_verify(&self, hash: &[u8; 32]) -> Result<Option<VerifiedToken>> {
        let row = sqlx::query!(
            r#"SELECT tokens.id, clients.name, clients.scopes, clients.warehouse_ids,
                      extract(epoch FROM tokens.expires_at - now())::double precision AS "seconds_left!",
                      coalesce(tokens.last_used_at < now() - interval '1 minute', true) AS "is_use_due!"
                 FROM client_tokens AS tokens JOIN clients ON clients.id = tokens.client_id
                WHERE tokens.hash = $1 AND tokens.revoked_at IS NULL AND tokens.expires_at > now()
                  AND clients.disabled_at IS NULL"#,
            hash.as_slice()
        )
        .fetch_optional(&self.lookups)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(VerifiedToken {
            id: row.id,
            client: row.name,
            scopes: parse_scopes(&row.scopes)?,
            warehouses: allowed_warehouses(row.warehouse_ids)?,
            seconds_left: row.seconds_left,
            is_use_due: row.is_use_due,
        }))
    }

    /// Stores the current time as the last use of these tokens. Skips tokens whose stored time is at most a minute old.
    pub async fn tokens_record_use(&self, tokens: &[i64]) -> Result<()> {
        sqlx::query!(
            "UPDATE client_tokens SET last_used_at = now()
               FROM (SELECT id FROM client_tokens
                      WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                      ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS used
              WHERE client_tokens.id = used.id",
            tokens
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }

    /// Returns whether an administrator exists: an enabled person who can sign in, or an enabled client.
    pub async fn administrator_exists(&self) -> Result<bool> {
        let exists = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM clients WHERE disabled_at IS NULL AND 'admin' = ANY (scopes))
                   OR EXISTS (SELECT FROM people WHERE role = 'administrator' AND disabled_at IS NULL
                                 AND (password_hash IS NOT NULL
                                      OR EXISTS (SELECT FROM openid_identities WHERE person_id = people.id)))
                   AS "exists!""#
        );
        Ok(exists.fetch_one(&self.lookups).await?)
    }

    /// Returns whether an enabled person with the role of an administrator has a valid one-time link.
    pub async fn administrator_invited(&self) -> Result<bool> {
        let exists = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM people
                   JOIN password_links ON password_links.person_id = people.id
                   WHERE people.role = 'administrator' AND people.disabled_at IS NULL
                       AND password_links.expires_at > now()
               ) AS "exists!""#
        );
        Ok(exists.fetch_one(&self.lookups).await?)
    }

    /// Listens for changes of people, clients and credentials.
    pub async fn access_listen(&self) -> Result<Listener> {
        Listener::connect(self, ACCESS_CHANNEL).await
    }
}

impl WriteTransaction {
    /// Adds a client without tokens.
    ///
    /// # Errors
    /// [`domain::Error::ClientNameTaken`].
    pub async fn client_create(&mut self, client: &NewClient) -> Result<Client> {
        let scopes: Vec<_> = client.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let warehouses = warehouse_ids(&client.warehouses);
        let row = sqlx::query_as!(
            ClientRow,
            "INSERT INTO clients (name, scopes, warehouse_ids) VALUES ($1, $2, $3)
             RETURNING id, name, scopes, warehouse_ids, created_at, disabled_at",
            client.name.as_str(),
            &scopes,
            warehouses.as_deref()
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        row.client(Vec::new())
    }

    /// Locks a client, and returns it with all its tokens, latest first. `None` if no client has this name.
    pub async fn client_lock(&mut self, name: &str) -> Result<Option<Client>> {
        let client = sqlx::query_as!(
            ClientRow,
            "SELECT id, name, scopes, warehouse_ids, created_at, disabled_at FROM clients WHERE name = $1 FOR NO KEY UPDATE",
            name
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        let Some(client) = client else { return Ok(None) };
        let tokens = sqlx::query_as!(
            TokenRow,
            r#"SELECT id, client_id, hint, expires_at <= now() AS "is_expired!", created_at, expires_at, revoked_at,
                      last_used_at
                 FROM client_tokens WHERE client_id = $1 ORDER BY id DESC"#,
            client.id
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        client.client(tokens.into_iter().map(TokenRow::token).collect()).map(Some)
    }

    /// Changes the warehouses of a client.
    pub async fn client_set_warehouses(&mut self, client: i64, allowed: &AllowedWarehouses) -> Result<()> {
        let ids = warehouse_ids(allowed);
        sqlx::query!("UPDATE clients SET warehouse_ids = $2 WHERE id = $1", client, ids.as_deref())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Disables a client. None of its tokens is accepted any more.
    pub async fn client_disable(&mut self, client: i64) -> Result<()> {
        sqlx::query!("UPDATE clients SET disabled_at = now() WHERE id = $1 AND disabled_at IS NULL", client)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Adds a token that expires after `days`.
    pub async fn token_create(
        &mut self,
        client: i64,
        hash: &[u8; 32],
        hint: &str,
        days: i32,
    ) -> Result<ClientToken> {
        let row = sqlx::query_as!(
            TokenRow,
            r#"INSERT INTO client_tokens (client_id, expires_at, hash, hint)
               VALUES ($1, now() + make_interval(days => $2), $3, $4)
               RETURNING id, client_id, hint, false AS "is_expired!", created_at, expires_at, revoked_at, last_used_at"#,
            client,
            days,
            hash.as_slice(),
            hint
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(row.token())
    }

    /// Revokes tokens. Tokens that were revoked before keep the time of their revocation.
    pub async fn tokens_revoke(&mut self, tokens: &[i64]) -> Result<()> {
        sqlx::query!(
            "UPDATE client_tokens SET revoked_at = now() WHERE id = ANY ($1) AND revoked_at IS NULL",
            tokens
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
