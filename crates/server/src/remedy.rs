//! Errors of the start, with the remedy for the person at the terminal.

use store::Error;

/// The error with what can be done about it, where that is known.
pub(crate) fn with_remedy(error: Error, context: &str) -> anyhow::Error {
    let context = match remedy(&error) {
        Some(remedy) => format!("{context}: {remedy}"),
        None => context.to_owned(),
    };
    anyhow::Error::new(error).context(context)
}

fn remedy(error: &Error) -> Option<String> {
    let code = error.sqlstate();
    let remedy = match code.as_deref() {
        Some("3D000") => {
            "the server has no database of this name; create it with CREATE DATABASE, or correct the URL"
        }
        Some("28P01" | "28000") => {
            "the server refuses the user or the password; correct the URL or pg_hba.conf"
        }
        Some("53300") => {
            "the server accepts no more connections; raise max_connections, run fewer servers, or lower \
             STOCKHOLD_READ_CONNECTIONS_MAX and its like"
        }
        Some("25006") => "the server is a standby or read-only; name the primary",
        Some("53100") => "the server's disk is full; make room on it",
        Some("42501") if error.is_migration() => {
            "the role may not create what the schema needs; let it own the database, or let a superuser run \
             CREATE EXTENSION pg_trgm and GRANT CREATE ON SCHEMA public first"
        }
        Some("42501") => "the role lacks a right; let it own the database",
        Some("0A000" | "58P01") if error.is_migration() => {
            "the server lacks the extension pg_trgm; install PostgreSQL's contrib package there"
        }
        Some("42P07" | "42710" | "42701" | "42P01" | "42703") if error.is_migration() => {
            "the database has tables of another application; name an empty database, or one of Stockhold's"
        }
        _ if error.is_connection_refused() => {
            "nothing listens there; start PostgreSQL, or correct host and port in the URL"
        }
        _ => return error.schema_remedy(),
    };
    Some(remedy.to_owned())
}
