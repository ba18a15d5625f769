use std::fmt;

/// The address of the database leads to a pooler that Stockhold can't use as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolerProblem {
    /// The pooler rejects the session settings of a connection.
    RejectsSettings,
    /// A prepared statement exists in one server process only, and the pooler does not prepare it in the others.
    NoPreparedStatements,
    /// The pooler is usable, but there is no direct address for work that needs a session.
    NoDirectAddress,
    /// The direct address leads to a pooler in transaction mode too.
    DirectAddressPooled,
    /// The direct address leads to another database or schema.
    AnotherDatabase,
    /// A command about shops was connected to a pooler.
    NoSession,
}

impl fmt::Display for PoolerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RejectsSettings => {
                "a pooler at the database's address rejects the session settings of a connection: give them to the role \
                 and set STOCKHOLD_SESSION_SETTINGS=role, or name PostgreSQL's own address"
            }
            Self::NoPreparedStatements => {
                "the pooler at the database's address runs in transaction mode and loses prepared statements: use \
                 PgBouncer 1.21 or newer with max_prepared_statements = 300, or pool_mode = session, or name PostgreSQL's \
                 own address"
            }
            Self::NoDirectAddress => {
                "a pooler at the database's address runs in transaction mode, which passes on no notifications and \
                 holds no session locks: set DATABASE_DIRECT_URL to PostgreSQL's own address"
            }
            Self::DirectAddressPooled => {
                "DATABASE_DIRECT_URL leads to a pooler in transaction mode: set it to PostgreSQL's own address"
            }
            Self::AnotherDatabase => {
                "DATABASE_DIRECT_URL and DATABASE_URL lead to different databases or schemas: correct one of them"
            }
            Self::NoSession => {
                "this command needs a session of its own, and a pooler is at the database's address: set DATABASE_DIRECT_URL to \
                 PostgreSQL's own address"
            }
        })
    }
}
