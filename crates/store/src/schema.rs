//! Which version of the schema a database has, compared with the one that this program was built with.

use crate::{Result, SchemaState};
use sqlx::migrate::Migrator;
use sqlx::{PgConnection, Row as _};
use std::collections::BTreeMap;

/// The migrations that this program was built with.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

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
