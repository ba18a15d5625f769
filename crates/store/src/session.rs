//! Checks of session settings, at start-up and on each new connection. With other values the service would not keep its
//! promises.

use crate::{Error, Result};
use sqlx::PgConnection;

/// A setting with its required values.
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
                 such as PgBouncer can drop it: connect to PostgreSQL directly, or set it for a role that only \
                 Stockhold uses: ALTER ROLE … SET stockhold.maintains_totals = on",
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

/// Checks a writing connection. One round trip.
pub(crate) async fn check_session(connection: &mut PgConnection) -> Result<()> {
    let names = WRITING_NEEDED.map(|needed| needed.setting.to_owned());
    let found = sqlx::query_scalar!(
        r#"SELECT coalesce(current_setting(name, true), '') AS "value!"
             FROM unnest($1::text[]) WITH ORDINALITY AS names (name, position) ORDER BY position"#,
        &names[..]
    )
    .fetch_all(connection)
    .await?;
    for (Needed { setting, is_good, remedy }, found) in WRITING_NEEDED.into_iter().zip(found) {
        if !is_good(&found) {
            return Err(Error::Setting { setting, found, remedy });
        }
    }
    Ok(())
}
