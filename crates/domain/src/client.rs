//! API clients and their tokens.

use crate::{AllowedWarehouses, CLIENT_TOKENS_MAX, Error, Scope, Time};
use std::fmt;

/// The longest lifetime of a token, in days.
pub const TOKEN_DAYS_MAX: i64 = 3_650;

/// The name of a person or of a client: 1 to 64 of the characters a to z, 0 to 9, dot, underscore and hyphen. It never
/// changes and is never used again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalName(String);

impl PrincipalName {
    /// The maximum number of characters.
    pub const CHARS_MAX: usize = 64;

    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn new(text: &str) -> Result<Self, Error> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if (1..=Self::CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed) {
            return Ok(Self(text.to_owned()));
        }
        let max = Self::CHARS_MAX;
        Err(Error::invalid(
            "name",
            format!("must be 1 to {max} of the characters a-z, 0-9, '.', '_' and '-'"),
        ))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PrincipalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A program that calls the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The id.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The scopes.
    pub scopes: Vec<Scope>,
    /// The warehouses whose stock it may change.
    pub warehouses: AllowedWarehouses,
    /// When it was created.
    pub created_at: Time,
    /// When it was disabled. `None` while it is enabled.
    pub disabled_at: Option<Time>,
    /// Its latest tokens, latest first.
    pub tokens: Vec<ClientToken>,
}

impl Client {
    /// Returns the client's name in the ledger and in the audit log.
    pub fn actor(&self) -> String {
        format!("client:{}", self.name)
    }

    /// Checks that the client can be limited to these warehouses.
    ///
    /// # Errors
    /// [`Error::ClientNotLimitable`] for a limit of a client with the scope `admin`.
    pub fn check_limit(&self, warehouses: &AllowedWarehouses) -> Result<(), Error> {
        match is_limitable(&self.scopes, warehouses) {
            true => Ok(()),
            false => Err(Error::ClientNotLimitable(self.name.clone())),
        }
    }

    /// Checks that another token can be created.
    ///
    /// # Errors
    /// [`Error::ClientDisabled`], or [`Error::ClientTokensLimit`] if the client has [`CLIENT_TOKENS_MAX`] valid tokens.
    pub fn check_new_token(&self) -> Result<(), Error> {
        if self.disabled_at.is_some() {
            return Err(Error::ClientDisabled(self.name.clone()));
        }
        match self.valid_tokens().count() {
            valid if valid < CLIENT_TOKENS_MAX => Ok(()),
            _ => Err(Error::ClientTokensLimit(self.name.clone())),
        }
    }

    /// Returns the tokens that are neither expired nor revoked.
    pub fn valid_tokens(&self) -> impl Iterator<Item = &ClientToken> {
        self.tokens.iter().filter(|token| token.state == TokenState::Valid)
    }
}

/// The state of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It is accepted, unless the client is disabled.
    Valid,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
}

impl TokenState {
    /// Returns the name of the state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A token of a client, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientToken {
    /// The id.
    pub id: i64,
    /// The first characters of the token.
    pub hint: String,
    /// The state.
    pub state: TokenState,
    /// When it was created.
    pub created_at: Time,
    /// When it expires or expired.
    pub expires_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<Time>,
}

/// A request to create a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// The name.
    pub name: PrincipalName,
    /// One or more scopes, each once.
    pub scopes: Vec<Scope>,
    /// The warehouses whose stock it may change.
    pub warehouses: AllowedWarehouses,
}

impl NewClient {
    /// Creates a request for a client that may change the stock of all warehouses. Sorts the scopes and removes duplicates.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed name, and for no scope.
    pub fn new(name: &str, mut scopes: Vec<Scope>) -> Result<Self, Error> {
        let name = PrincipalName::new(name)?;
        scopes.sort_unstable();
        scopes.dedup();
        match scopes.is_empty() {
            true => Err(Error::invalid("scopes", "must have at least one scope")),
            false => Ok(Self { name, scopes, warehouses: AllowedWarehouses::ALL }),
        }
    }

    /// Limits the client to warehouses.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a client with the scope `admin`.
    pub fn limited_to(self, warehouses: AllowedWarehouses) -> Result<Self, Error> {
        match is_limitable(&self.scopes, &warehouses) {
            true => Ok(Self { warehouses, ..self }),
            false => Err(Error::invalid("warehouseIds", "can't limit a client with the scope admin")),
        }
    }
}

/// Returns whether a client with these scopes can be limited to these warehouses. With the scope `admin`, a limited client
/// could create one without a limit.
fn is_limitable(scopes: &[Scope], warehouses: &AllowedWarehouses) -> bool {
    !warehouses.is_limited() || !scopes.contains(&Scope::Admin)
}

/// Returns the lifetime of a new token in days: `days`, or `default_days` if it is absent.
///
/// # Errors
/// [`Error::Invalid`] unless it is 1 to [`TOKEN_DAYS_MAX`].
pub fn token_days(days: Option<i64>, default_days: i32) -> Result<i32, Error> {
    let days = days.unwrap_or_else(|| default_days.into());
    let checked = i32::try_from(days).ok().filter(|days| (1..=TOKEN_DAYS_MAX).contains(&i64::from(*days)));
    checked
        .ok_or_else(|| Error::invalid("expiresInDays", format!("must be 1 to {TOKEN_DAYS_MAX}, not {days}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WarehouseId;
    use proptest::prelude::*;

    #[test]
    fn a_name_has_only_characters_that_are_safe_everywhere() {
        for name in ["a", "web-shop_2.eu", &"x".repeat(64)] {
            assert_eq!(PrincipalName::new(name).map(|name| name.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "Shop", "a b", "a:b", "ä", "a/b", "a\0", &"x".repeat(65)] {
            assert!(PrincipalName::new(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_client_has_scopes_each_once() {
        let client = NewClient::new("shop", vec![Scope::HoldsWrite, Scope::StockRead, Scope::HoldsWrite]);
        assert_eq!(client.map(|client| client.scopes), Ok(vec![Scope::StockRead, Scope::HoldsWrite]));
        assert!(NewClient::new("shop", Vec::new()).is_err());
    }

    #[test]
    fn a_client_with_the_scope_admin_has_no_limit() {
        let limit = AllowedWarehouses::only(vec![WarehouseId(1)]).expect("one warehouse");
        let client = |scope| NewClient::new("shop", vec![Scope::StockRead, scope]).expect("a client");
        assert!(client(Scope::StockWrite).limited_to(limit.clone()).is_ok());
        assert!(client(Scope::Admin).limited_to(limit).is_err());
        assert!(client(Scope::Admin).limited_to(AllowedWarehouses::ALL).is_ok());
    }

    #[test]
    fn a_third_valid_token_is_rejected() {
        let token = |id, state| ClientToken {
            id,
            hint: String::new(),
            state,
            created_at: Time::UNIX_EPOCH,
            expires_at: Time::UNIX_EPOCH,
            revoked_at: None,
            last_used_at: None,
        };
        let mut client = Client {
            id: 1,
            name: "shop".to_owned(),
            scopes: vec![Scope::StockRead],
            warehouses: AllowedWarehouses::ALL,
            created_at: Time::UNIX_EPOCH,
            disabled_at: None,
            tokens: vec![
                token(1, TokenState::Revoked),
                token(2, TokenState::Expired),
                token(3, TokenState::Valid),
            ],
        };
        assert_eq!(client.check_new_token(), Ok(()));
        client.tokens.push(token(4, TokenState::Valid));
        assert_eq!(client.check_new_token(), Err(Error::ClientTokensLimit("shop".to_owned())));
        client.disabled_at = Some(Time::UNIX_EPOCH);
        assert_eq!(client.check_new_token(), Err(Error::ClientDisabled("shop".to_owned())));
    }

    #[test]
    fn the_lifetime_of_a_token_is_bounded() {
        assert_eq!(token_days(None, 365), Ok(365));
        assert_eq!(token_days(Some(1), 365), Ok(1));
        for days in [0, -1, TOKEN_DAYS_MAX + 1, i64::MAX] {
            assert!(token_days(Some(days), 365).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_name_is_1_to_64_of_its_characters(text in "\\PC{0,70}|[a-z0-9._-]{0,70}") {
            let expected = (1..=64).contains(&text.len())
                && text.chars().all(|character| "abcdefghijklmnopqrstuvwxyz0123456789._-".contains(character));
            prop_assert_eq!(PrincipalName::new(&text).is_ok(), expected);
        }
    }
}
