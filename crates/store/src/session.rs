//! Checks of session settings, at start-up and on each new connection. With other values the service would not keep its
//! promises.

use crate::settings::{BY_CONNECTION, SessionSettings, Settings};
use crate::{Error, Result};
use sqlx::PgConnection;

/// A setting with its required values.
#[derive(Clone, Copy)]
struct Needed {
    setting: &'static str,
    is_good: fn(&str) -> bool,
    /// The reason for the requirement, and the remedy.
    remedy: &'static str,
}

/// The required settings of a writing connection.
const WRITING_NEEDED: [Needed; 4] = [
    Needed {
        setting: "stockhold.maintains_totals",
        is_good: |value| value == "on",
        remedy: "Without it each change of stock is counted twice. Stockhold sets it when it connects, and a pooler \
                 such as PgBouncer can drop it: connect to PostgreSQL directly, or set STOCKHOLD_SESSION_SETTINGS=role, \
                 and the settings for a role that only Stockhold uses: ALTER ROLE … SET stockhold.maintains_totals = on",
    },
    Needed {
        setting: "synchronous_commit",
        is_good: |value| value != "off",
        remedy: "With `off` an acknowledged change can be lost in a crash. Set it to `on` for this database or role: \
                 ALTER ROLE … SET synchronous_commit = 'on'",
    },
    Needed {
        setting: "default_transaction_isolation",
        is_good: |value| value == "read committed",
        remedy: "Stock is decided on rows that are read again after each lock. Set it for this database or role: \
                 ALTER ROLE … SET default_transaction_isolation = 'read committed'",
    },
    Needed {
        setting: "session_replication_role",
        is_good: |value| value == "origin",
        remedy: "With another value the triggers that keep sums and ledger do not fire. Set it for this database or \
                 role: ALTER ROLE … SET session_replication_role = 'origin'",
    },
];

/// The required setting of a connection that passes its settings on.
const CONNECTION_NEEDED: Needed = Needed {
    setting: BY_CONNECTION.0,
    is_good: |value| value == BY_CONNECTION.1,
    remedy: "A pooler drops the settings that Stockhold passes when it connects: set STOCKHOLD_SESSION_SETTINGS=role, or \
             connect to PostgreSQL directly",
};

/// The settings that writing connections need.
#[derive(Debug, Default)]
pub(crate) struct RequiredSettings {
    /// The settings that the role must have, if they do not come from the connection.
    of_role: Option<Settings>,
}

impl RequiredSettings {
    pub(crate) fn of(settings: &Settings) -> Self {
        let is_by_role = settings.session_settings == SessionSettings::Role;
        Self { of_role: is_by_role.then(|| settings.clone()) }
    }

    /// Checks a writing connection. One round trip; two if the settings come from the role.
    pub(crate) async fn check(&self, connection: &mut PgConnection) -> Result<()> {
        match &self.of_role {
            Some(settings) => {
                check_role(connection, settings).await?;
                check_session(connection, &WRITING_NEEDED).await
            }
            None => check_session(connection, &[&WRITING_NEEDED[..], &[CONNECTION_NEEDED]].concat()).await,
        }
    }
}

async fn check_session(connection: &mut PgConnection, needed: &[Needed]) -> Result<()> {
    let names: Vec<_> = needed.iter().map(|needed| needed.setting.to_owned()).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT coalesce(current_setting(name, true), '') AS "value!"
             FROM unnest($1::text[]) WITH ORDINALITY AS names (name, position) ORDER BY position"#,
        &names[..]
    )
    .fetch_all(connection)
    .await?;
    for (&Needed { setting, is_good, remedy }, found) in needed.iter().zip(found) {
        if !is_good(&found) {
            return Err(Error::Setting { setting, found, remedy });
        }
    }
    Ok(())
}

/// Checks the settings that the role must have.
///
/// # Errors
/// [`Error::RoleSettings`] with the statements that set all wrong ones.
async fn check_role(connection: &mut PgConnection, settings: &Settings) -> Result<()> {
    let names = settings.of_role(false).into_iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    // `pg_settings` has base units, so that `1s` equals `1000`. It leaves out settings that no extension
    // has defined, such as `stockhold.maintains_totals`.
    let rows = sqlx::query!(
        r#"SELECT coalesce(pg_settings.setting, current_setting(wanted.name, true), '') AS "found!",
                  quote_ident(session_user) AS "role!",
                  EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') AS "has_citus!"
             FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, position)
             LEFT JOIN pg_settings ON pg_settings.name = wanted.name
            ORDER BY position"#,
        &names[..]
    )
    .fetch_all(connection)
    .await?;
    let has_citus = rows.first().is_some_and(|row| row.has_citus);
    let wrong =
        settings.of_role(has_citus).into_iter().zip(rows).filter(|((_, value), row)| row.found != *value);
    let statements: Vec<_> = wrong
        .map(|((name, value), row)| format!("ALTER ROLE {} SET {name} = '{value}';", row.role))
        .collect();
    if statements.is_empty() { Ok(()) } else { Err(Error::RoleSettings(statements.join("\n"))) }
}
