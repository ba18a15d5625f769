//! The access rules of a cluster: `pg_hba.conf` and `pg_ident.conf`.
//!
//! The owner of the data and root connect as [`SUPERUSER`] by *peer authentication*: the kernel names the user at the
//! other end of the socket, so there is no password that could leak. PostgreSQL rejects every other user, also if the
//! modes of the folders let them reach the socket. Other roles exist only if an administrator creates them, and need a
//! password.

use std::fmt::Write as _;

/// The database role that owns everything.
pub const SUPERUSER: &str = "stockhold";

/// The name of the map in `pg_ident.conf`.
const MAP: &str = "owner";

/// The first line of both files.
const HEADER: &str = "# Written by Stockhold at every start. Changes to this file are lost.\n";

/// The text of `pg_hba.conf`. It has no line for TCP.
pub(crate) fn hba_file() -> String {
    let superuser = quoted(SUPERUSER);
    format!(
        "{HEADER}\
         local all {superuser} peer map={MAP}\n\
         local replication {superuser} peer map={MAP}\n\
         local all all scram-sha-256\n"
    )
}

/// The text of `pg_ident.conf`: the operating-system users that may connect as [`SUPERUSER`].
pub(crate) fn ident_file(users: &[String]) -> String {
    let mut text = String::from(HEADER);
    // A name that starts with a slash would be a regular expression.
    for user in users.iter().filter(|user| !user.starts_with('/')) {
        let _ = writeln!(text, "{MAP} {} {}", quoted(user), quoted(SUPERUSER));
    }
    text
}

/// Formats a name in double quotes, so that it is not a keyword.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_trusts_a_connection_or_allows_tcp() {
        let file = hba_file();
        let rules: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            rules,
            [
                "local all \"stockhold\" peer map=owner",
                "local replication \"stockhold\" peer map=owner",
                "local all all scram-sha-256",
            ]
        );
    }

    #[test]
    fn users_are_quoted_and_never_patterns() {
        let users = ["all", "O'Brien \"x\"", "/^.*$"].map(str::to_owned);
        let lines: Vec<_> = ident_file(&users).lines().skip(1).map(str::to_owned).collect();
        assert_eq!(lines, ["owner \"all\" \"stockhold\"", "owner \"O'Brien \"\"x\"\"\" \"stockhold\""]);
    }
}
