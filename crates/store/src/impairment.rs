use std::fmt;

/// The reason why a database that answers rejects a statement. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Impairment {
    /// The disk is full (SQLSTATE 53100).
    StorageFull,
    /// The server is a standby, or the role or its transactions are read-only (25006).
    ReadOnly,
    /// The server is out of memory (53200).
    OutOfMemory,
    /// The server accepts no more connections (53300).
    ConnectionsExhausted,
    /// The role lacks a privilege (42501).
    PermissionDenied,
    /// A statement exceeded its timeout (57014).
    TooSlow,
}

impl Impairment {
    /// Returns the impairment that caused this error, if any.
    pub(crate) fn of(error: &sqlx::Error) -> Option<Self> {
        if let sqlx::Error::Configuration(error) = error {
            return error.downcast_ref().copied();
        }
        match error.as_database_error()?.code()?.as_ref() {
            "53100" => Some(Self::StorageFull),
            "25006" => Some(Self::ReadOnly),
            "53200" => Some(Self::OutOfMemory),
            "53300" => Some(Self::ConnectionsExhausted),
            "42501" => Some(Self::PermissionDenied),
            "57014" => Some(Self::TooSlow),
            _ => None,
        }
    }

    /// Returns a stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::StorageFull => "storage_full",
            Self::ReadOnly => "database_read_only",
            Self::OutOfMemory => "database_out_of_memory",
            Self::ConnectionsExhausted => "database_connections_exhausted",
            Self::PermissionDenied => "database_permission_denied",
            Self::TooSlow => "database_too_slow",
        }
    }
}

impl std::error::Error for Impairment {}

impl fmt::Display for Impairment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StorageFull => "the database's disk is full",
            Self::ReadOnly => "the database is read-only",
            Self::OutOfMemory => "the database is out of memory",
            Self::ConnectionsExhausted => "the database accepts no more connections",
            Self::PermissionDenied => "the database role lacks a right",
            Self::TooSlow => "the database took too long",
        })
    }
}
