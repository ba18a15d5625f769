//! The state of a database's schema, compared with the migrations of this program.

use std::fmt;
use std::ops::RangeInclusive;

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
