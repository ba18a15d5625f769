//! Migrations one statement at a time: Citus accepts only one statement on a distributed table per message.

use futures::future::BoxFuture;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::time::{Duration, Instant};

/// With Citus, parallel changes of several distributed tables in one transaction fail.
const SEQUENTIAL: &str = "SET LOCAL citus.multi_shard_modify_mode = 'sequential'";

/// Applies migrations like [`PgConnection`], but each statement in a message of its own.
pub(crate) struct StatementMigrator<'c> {
    pub(crate) connection: &'c mut PgConnection,
    /// Whether the database has Citus.
    pub(crate) has_citus: bool,
}

impl StatementMigrator<'_> {
    async fn run(&mut self, table_name: &str, migration: &Migration) -> sqlx::Result<()> {
        let Self { connection, has_citus } = self;
        if migration.no_tx {
            return execute(connection, table_name, migration).await;
        }
        let mut transaction = connection.begin().await?;
        if *has_citus {
            transaction.execute(SEQUENTIAL).await?;
        }
        execute(&mut transaction, table_name, migration).await?;
        transaction.commit().await
    }
}

async fn execute(connection: &mut PgConnection, table_name: &str, migration: &Migration) -> sqlx::Result<()> {
    for statement in statements(migration.sql.as_str()) {
        // The text comes from this program's migrations.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    let record = format!(
        "INSERT INTO {table_name} (version, description, success, checksum, execution_time)
         VALUES ($1, $2, true, $3, -1)"
    );
    sqlx::query(AssertSqlSafe(record))
        .bind(migration.version)
        .bind(&*migration.description)
        .bind(&*migration.checksum)
        .execute(connection)
        .await
        .map(drop)
}

impl Migrate for StatementMigrator<'_> {
    fn create_schema_if_not_exists<'e>(
        &'e mut self,
        schema_name: &'e str,
    ) -> BoxFuture<'e, Result<(), MigrateError>> {
        self.connection.create_schema_if_not_exists(schema_name)
    }

    fn ensure_migrations_table<'e>(
        &'e mut self,
        table_name: &'e str,
    ) -> BoxFuture<'e, Result<(), MigrateError>> {
        self.connection.ensure_migrations_table(table_name)
    }

    fn dirty_version<'e>(
        &'e mut self,
        table_name: &'e str,
    ) -> BoxFuture<'e, Result<Option<i64>, MigrateError>> {
        self.connection.dirty_version(table_name)
    }

    fn list_applied_migrations<'e>(
        &'e mut self,
        table_name: &'e str,
    ) -> BoxFuture<'e, Result<Vec<AppliedMigration>, MigrateError>> {
        self.connection.list_applied_migrations(table_name)
    }

    fn lock(&mut self) -> BoxFuture<'_, Result<(), MigrateError>> {
        self.connection.lock()
    }

    fn unlock(&mut self) -> BoxFuture<'_, Result<(), MigrateError>> {
        self.connection.unlock()
    }

    fn apply<'e>(
        &'e mut self,
        table_name: &'e str,
        migration: &'e Migration,
    ) -> BoxFuture<'e, Result<Duration, MigrateError>> {
        Box::pin(async move {
            let begun = Instant::now();
            let applied = self.run(table_name, migration).await;
            applied.map_err(|error| MigrateError::ExecuteMigration(error, migration.version))?;
            Ok(begun.elapsed())
        })
    }

    fn revert<'e>(
        &'e mut self,
        table_name: &'e str,
        migration: &'e Migration,
    ) -> BoxFuture<'e, Result<Duration, MigrateError>> {
        self.connection.revert(table_name, migration)
    }

    fn skip<'e>(
        &'e mut self,
        table_name: &'e str,
        migration: &'e Migration,
    ) -> BoxFuture<'e, Result<(), MigrateError>> {
        self.connection.skip(table_name, migration)
    }
}

/// Splits SQL into its statements, without the semicolons between them. A semicolon in a string, a quoted identifier, a
/// comment or a dollar-quoted text ends none. `E'…'` strings and `BEGIN ATOMIC` bodies are not supported.
pub(crate) fn statements(sql: &str) -> Vec<String> {
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    let mut is_empty = true;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let after = |opening: usize, closing: &str| {
            rest[opening..].find(closing).map_or(rest.len(), |end| opening + end + closing.len())
        };
        let (length, is_text) = match first {
            '-' if rest.starts_with("--") => (after(2, "\n"), false),
            '/' if rest.starts_with("/*") => (after(2, "*/"), false),
            // A doubled quote ends one string and begins the next.
            '\'' => (after(1, "'"), true),
            '"' => (after(1, "\""), true),
            '$' => match dollar_quote(rest) {
                Some(quote) => (after(quote.len(), quote), true),
                None => (1, true),
            },
            ';' => {
                if !is_empty {
                    found.push(sql[start..at].to_owned());
                }
                (start, is_empty) = (at + 1, true);
                (1, false)
            }
            other => (other.len_utf8(), !other.is_whitespace()),
        };
        is_empty &= !is_text;
        at += length;
    }
    if !is_empty {
        found.push(sql[start..].to_owned());
    }
    found
}

/// Returns the `$…$` that begins a text, which is not a parameter such as `$1`.
fn dollar_quote(text: &str) -> Option<&str> {
    let end = text[1..].find('$')? + 2;
    let tag = &text[1..end - 1];
    let is_name = |tag: &str| tag.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    (is_name(tag) && !tag.starts_with(|char: char| char.is_ascii_digit())).then(|| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_texts_end_no_statement() {
        for (sql, wanted) in [
            ("", &[][..]),
            (" ; -- a;\n;", &[]),
            ("SELECT 1; SELECT 2", &["SELECT 1", " SELECT 2"]),
            (
                "SELECT ';', \"a;b\" ; -- c;\n/* ; */ SELECT 'it''s;'",
                &["SELECT ';', \"a;b\" ", " -- c;\n/* ; */ SELECT 'it''s;'"],
            ),
            ("DO $$ BEGIN; 'x END $$; SELECT $1", &["DO $$ BEGIN; 'x END $$", " SELECT $1"]),
            ("AS $f$ a; $$ b; $$ $f$; x", &["AS $f$ a; $$ b; $$ $f$", " x"]),
            ("SELECT 'ü;'; ü", &["SELECT 'ü;'", " ü"]),
            ("SELECT 'open;", &["SELECT 'open;"]),
            ("$a$ open;", &["$a$ open;"]),
        ] {
            assert_eq!(statements(sql), wanted, "{sql}");
        }
    }
}
