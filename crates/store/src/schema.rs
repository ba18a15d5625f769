//! Which version of the schema a database has, compared with the one that this program was built with.

use crate::Result;
use sqlx::migrate::Migrator;
use sqlx::{PgConnection, Row as _};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// The migrations that this program was built with.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// The versions of the migrations before they were replaced by today's series, which begins with 1.
const FORMER_VERSIONS: RangeInclusive<i64> = 20_261_122_000_001..=20_261_129_999_999;

/// A database's schema, compared with this program's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// They are the same.
    Current,
    /// The database has no Stockhold schema.
    Missing,
    /// The database lacks this many of the program's migrations.
    Older(usize),
    /// The database has this many migrations that the program does not have.
    Newer(usize),
    /// The database was created by the migrations before today's series. There is no upgrade.
    Former,
    /// The migration of this version failed half-way, or is another one than the program's.
    Foreign(i64),
}

impl SchemaState {
    /// The state of a database with a migration of this version, if it is one of the former series.
    pub(crate) fn of_former(version: i64) -> Option<Self> {
        FORMER_VERSIONS.contains(&version).then_some(Self::Former)
    }
}

impl fmt::Display for SchemaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => write!(f, "the schema is up to date"),
            Self::Missing => write!(
                f,
                "the database has no Stockhold schema; check DATABASE_URL or STOCKHOLD_DATA_DIR, or create the \
                 schema with `stockhold migrate`"
            ),
            Self::Older(count) => write!(
                f,
                "the schema is older than this program: {count} migrations are missing; run the stockhold that \
                 belongs to the schema, or bring the schema up to date with `stockhold migrate`"
            ),
            Self::Newer(count) => write!(
                f,
                "the schema is newer than this program: it has {count} migrations that this program does not \
                 have; run the version of stockhold that serves this database"
            ),
            Self::Former => write!(
                f,
                "the database was created by an earlier development version of Stockhold, whose migrations have been \
                 replaced. There is no upgrade from them: start with a new database, or run the version that \
                 created this one"
            ),
            Self::Foreign(version) => write!(
                f,
                "migration {version} of the database is not the one that this program has, or it failed \
                 half-way; run the stockhold that belongs to the schema, or restore a backup"
            ),
        }
    }
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
