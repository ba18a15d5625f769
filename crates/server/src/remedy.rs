//! Remedies for database errors at the start.

use std::path::Path;
use store::Error;

/// The error message of a database that the former migrations created.
const FORMER: &str = "was created by an earlier development version of Stockhold. Its migrations have been replaced by a \
                      new series, and there is no upgrade between the two.";

/// Adds `context` and, if it is known, the remedy to an error.
pub(crate) fn with_remedy(error: Error, context: &str) -> anyhow::Error {
    let context = match remedy(&error) {
        Some(remedy) => format!("{context}: {remedy}"),
        None => context.to_owned(),
    };
    anyhow::Error::new(error).context(context)
}

/// The message about a private PostgreSQL in `folder` whose schema the former migrations created, with the commands to
/// type.
pub(crate) fn former_private_database(folder: &Path) -> String {
    let cluster = folder.join("cluster");
    // The files may be elsewhere, behind a link. A new link would lead to them again.
    let commands = match cluster.read_link() {
        Ok(files) => {
            format!("mv '{0}' '{0}.former' && rm '{1}'", files.display(), cluster.display())
        }
        Err(_) => format!("mv '{0}' '{0}.former'", cluster.display()),
    };
    format!(
        "the private PostgreSQL in {} {FORMER} Start with a new, empty one: stop every stockhold that uses this one, \
         move its files away, and run stockhold again:\n\n    {commands}\n\nThe data stay in the moved folder. Only \
         the version of Stockhold that created them can use them.",
        folder.display()
    )
}

/// The message about a database that DATABASE_URL names and whose schema the former migrations created.
pub(crate) fn former_database() -> String {
    format!(
        "the database that DATABASE_URL names {FORMER} Start with a new, empty one: create it on the same server, name \
         it in DATABASE_URL, and run stockhold again:\n\n    CREATE DATABASE stockhold_new;\n\nThis database stays as \
         it is. Only the version of Stockhold that created it can use it."
    )
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
