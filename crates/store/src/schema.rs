//! The version of a database's schema, compared with the one that this program was built with, and migrations to it.

use crate::advisory_locks::MIGRATION_CLASS;
use crate::statement_migrator::StatementMigrator;
use crate::{Result, SchemaState};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{PgConnection, Row as _};
use std::collections::BTreeMap;
use std::time::Duration;

/// The attempts to apply a migration that can't lock a table within its own `lock_timeout`. With the pauses, they take two
/// minutes and the timeouts.
const LOCK_ATTEMPTS_MAX: u32 = 120;

/// The pause between two of these attempts. Writers of the table that waited for the migration go on in it.
const LOCK_PAUSE: Duration = Duration::from_secs(1);

/// The interval of asking whether another server has ended its migrations.
const TURN_INTERVAL: Duration = Duration::from_millis(200);

/// The migrations that this program was built with.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Applies this program's migrations one statement at a time, without Citus.
#[cfg(feature = "testing")]
pub(crate) async fn migrate_by_statement(connection: &mut PgConnection) -> Result<()> {
    Ok(MIGRATOR.run_direct(None, &mut StatementMigrator { connection, has_citus: false }, false).await?)
}

/// Returns whether the database has the extension Citus.
pub(crate) async fn has_citus(connection: &mut PgConnection) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') AS "has_citus!""#
    );
    Ok(found.fetch_one(connection).await?)
}

/// Reads the schema's version, and changes nothing.
pub(crate) async fn schema_state(connection: &mut PgConnection) -> Result<SchemaState> {
    // Not checked when compiled: sqlx creates this table itself, after the schema that statements are checked with.
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(SchemaState::Missing);
    }
    let rows = sqlx::query("SELECT version, success, checksum FROM _sqlx_migrations ORDER BY version")
        .fetch_all(&mut *connection)
        .await?;
    let mut applied = BTreeMap::<i64, (bool, Vec<u8>)>::new();
    for row in rows {
        applied.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
    }
    if let Some(former) = applied.keys().find_map(|version| SchemaState::of_former(*version)) {
        return Ok(former);
    }
    let (mut missing, mut known) = (0, 0);
    for migration in MIGRATOR.iter() {
        match applied.get(&migration.version) {
            None => missing += 1,
            Some((true, checksum)) if **checksum == *migration.checksum => known += 1,
            Some(_) => return Ok(SchemaState::Foreign(migration.version)),
        }
    }
    Ok(match (applied.len() - known, missing) {
        (0, 0) => SchemaState::Current,
        (0, _) if known == 0 => SchemaState::Missing,
        (0, missing) => SchemaState::Older(missing),
        (unknown, _) => SchemaState::Newer(unknown),
    })
}

/// Applies the missing migrations. Several servers may do so at the same time: each waits for its turn, without a limit.
///
/// A migration that can't lock a table within its own `lock_timeout` is rolled back and tried again, because writers wait for
/// the table as long as the migration does.
///
/// # Errors
/// A migration fails, the table stayed locked, or the schema is not one of this program's.
pub(crate) async fn migrate(migrator: &Migrator, connection: &mut PgConnection) -> Result<()> {
    wait_for_turn(connection).await?;
    let has_citus = has_citus(connection).await?;
    let mut attempts = 1;
    loop {
        match apply(migrator, connection, has_citus).await {
            Err(error) if attempts < LOCK_ATTEMPTS_MAX && is_lock_timeout(&error) => {
                tracing::info!(attempts, %error, "a migration waits for a locked table");
                attempts += 1;
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            outcome => return Ok(outcome?),
        }
    }
}

async fn apply(
    migrator: &Migrator,
    connection: &mut PgConnection,
    has_citus: bool,
) -> std::result::Result<(), MigrateError> {
    if has_citus {
        return migrator.run_direct(None, &mut StatementMigrator { connection, has_citus }, false).await;
    }
    // `run` is the same, but its future is not `Send` for a borrowed connection.
    migrator.run_direct(None, connection, false).await
}

/// Takes the session's lock for migrations by polling. A statement that waited for the lock would hold a snapshot, and `CREATE
/// INDEX CONCURRENTLY` of the holder would wait for the end of that statement: a deadlock.
async fn wait_for_turn(connection: &mut PgConnection) -> Result<()> {
    let mut is_waiting = false;
    loop {
        // Not checked when compiled, like the statements above.
        let is_locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(MIGRATION_CLASS << 48)
            .fetch_one(&mut *connection)
            .await?;
        if is_locked {
            return Ok(());
        }
        if !is_waiting {
            tracing::info!("another server migrates the schema");
            is_waiting = true;
        }
        tokio::time::sleep(TURN_INTERVAL).await;
    }
}

fn is_lock_timeout(error: &MigrateError) -> bool {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return false;
    };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement_migrator::statements;

    /// No migration uses what the splitter does not support.
    #[test]
    fn migrations_are_split() {
        for migration in MIGRATOR.iter() {
            let (sql, version) = (migration.sql.as_str(), migration.version);
            let bare: String = sql.split("$$").step_by(2).collect();
            assert!(!sql.contains("ATOMIC") && !sql.contains(" E'"), "{version}");
            assert!(!bare.contains("/* /*"), "{version}");
            for statement in statements(sql) {
                let code =
                    statement.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("--"));
                let first = code.unwrap_or_default().split([' ', '(']).next().unwrap_or_default();
                assert!(
                    first.chars().all(|char| char.is_ascii_uppercase()) && !first.is_empty(),
                    "{version}: {statement}"
                );
            }
        }
    }
}
