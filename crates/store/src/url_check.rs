use sqlx::postgres::PgConnectOptions;
use std::str::FromStr as _;

/// A URL that names no PostgreSQL database. The texts show no part of the URL, which may have a password anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It has another scheme, or none.
    #[error("it must begin with postgres:// or postgresql://")]
    Scheme,
    /// The rest is invalid.
    #[error("a part of it can't be read: the host, the port, or the name or the value of a parameter")]
    Part,
}

/// Checks the URL of a database, without a connection.
///
/// # Errors
/// [`InvalidUrl`].
pub fn check_url(url: &str) -> Result<(), InvalidUrl> {
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if !is_postgres {
        return Err(InvalidUrl::Scheme);
    }
    PgConnectOptions::from_str(url).map(drop).map_err(|_| InvalidUrl::Part)
}
