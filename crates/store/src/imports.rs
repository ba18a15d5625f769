//! Imports of files: the jobs and their files.

mod applying;
mod choices;
mod json;
mod judging;
mod leases;
mod levels;
mod retention;
mod rows;

pub use choices::RememberedChoices;
pub use leases::ImportClaim;
pub use rows::{ImportRow, ImportRowFilter};

use crate::{Cause, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{ImportCounts, ImportState, Origin, RowProblem};
use spreadsheet::{Choices, Layout};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The id.
    pub id: i64,
    /// The state.
    pub state: ImportState,
    /// The name of the file.
    pub file_name: String,
    /// The length of the file in bytes.
    pub file_bytes: i64,
    /// The choices of a person.
    pub choices: Choices,
    /// The layout of the file; `None` until it is detected.
    pub layout: Option<Layout>,
    /// The choices that a person has to make, or the reason for the failure.
    pub problems: Vec<RowProblem>,
    /// The revision of the choices.
    pub revision: i32,
    /// The ordinal of the last judged row.
    pub judged_ordinal: i64,
    /// The bytes of the file that are judged.
    pub judged_bytes: i64,
    /// The numbers of rows.
    pub counts: ImportCounts,
    /// The principal that uploaded the file.
    pub actor: String,
    /// The principal that applied it.
    pub applied_by: Option<String>,
    /// The time at which the upload began.
    pub created_at: DateTime<Utc>,
    /// The time at which the import was applied, cancelled or failed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether the file and the rows are deleted, or about to be.
    pub is_deleted: bool,
    /// The latest earlier import of the same file that was applied.
    pub applied_before: Option<i64>,
}

/// The origin of the changes of an import, with the limits of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportApplication {
    /// The request that started to apply the rows.
    pub origin: Origin,
    /// The warehouses whose stock may change. `None` for all.
    pub warehouses: Option<Vec<i64>>,
    /// The most units of a level that all rows may write off together. `None` for any number.
    pub write_off_units_max: Option<i32>,
}

/// Returns the description of an import for the audit log, as a JSON object.
pub fn import_event(import: &Import) -> String {
    let kind = import.layout.as_ref().and_then(|layout| layout.kind).map(spreadsheet::FileKind::as_str);
    let counts = &import.counts;
    let event = serde_json::json!({
        "fileName": import.file_name, "fileBytes": import.file_bytes, "kind": kind, "rows": counts.rows,
        "creates": counts.creates, "changes": counts.changes,
    });
    event.to_string()
}

impl Store {
    /// Creates an import that waits for its file. Returns the id.
    pub async fn import_create(&self, file_name: &str, choices: &Choices, cause: Cause<'_>) -> Result<i64> {
        let id = sqlx::query_scalar!(
            "INSERT INTO imports (file_name, choices, actor) VALUES ($1, $2::text::jsonb, $3) RETURNING id",
            file_name,
            json::to_text(choices),
            cause.actor
        );
        Ok(id.fetch_one(&self.writes).await?)
    }

    /// Appends a part of the file, counted from 0. Returns `false` if the import no longer waits for its file.
    pub async fn import_chunk_add(&self, import: i64, number: i32, bytes: &[u8]) -> Result<bool> {
        let added = sqlx::query!(
            "WITH waiting AS (
                 UPDATE imports SET file_bytes = file_bytes + octet_length($3::bytea), progress_at = now()
                  WHERE id = $1 AND state = 'uploading' RETURNING id
             )
             INSERT INTO import_chunks (import_id, number, bytes) SELECT id, $2, $3::bytea FROM waiting",
            import,
            number,
            bytes
        );
        Ok(added.execute(&self.writes).await?.rows_affected() > 0)
    }

    /// Returns a part of the file. `None` after the last part, and after the retention.
    pub async fn import_chunk(&self, import: i64, number: i32) -> Result<Option<Vec<u8>>> {
        let bytes = sqlx::query_scalar!(
            "SELECT bytes FROM import_chunks
              WHERE import_id = $1 AND number = $2 AND EXISTS (SELECT FROM imports WHERE id = $1 AND NOT is_deleted)",
            import,
            number
        );
        Ok(bytes.fetch_optional(&self.background).await?)
    }

    /// Returns the latest imports whose ids are below `before`, latest first.
    pub async fn import_list(&self, before: i64, limit: i64) -> Result<Vec<Import>> {
        let rows = sqlx::query!(
            r#"SELECT id, state, file_name, file_bytes, choices::text AS "choices!", layout::text AS layout,
                      problems::text AS "problems!", revision, judged_ordinal, judged_bytes, row_count, error_count,
                      warning_count, create_count, change_count, unchanged_count, units_added, units_removed,
                      applied_count, conflict_count, refused_count, actor, applied_by, created_at, ended_at, is_deleted,
                      (SELECT max(id) FROM imports AS earlier
                        WHERE earlier.file_sha256 = imports.file_sha256 AND earlier.id < imports.id
                          AND earlier.state = 'applied') AS applied_before
                 FROM imports WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
            before,
            limit
        );
        let rows = rows.fetch_all(&self.lookups).await?;
        let import = rows.into_iter().map(|row| {
            Ok(Import {
                id: row.id,
                state: ImportState::from_name(&row.state)
                    .ok_or_else(|| json::unreadable("an unknown state of an import"))?,
                file_name: row.file_name,
                file_bytes: row.file_bytes,
                choices: json::from_text(&row.choices)?,
                layout: row.layout.as_deref().map(json::from_text).transpose()?,
                problems: json::problems_from(&row.problems)?,
                revision: row.revision,
                judged_ordinal: row.judged_ordinal,
                judged_bytes: row.judged_bytes,
                counts: ImportCounts {
                    rows: row.row_count,
                    errors: row.error_count,
                    warnings: row.warning_count,
                    creates: row.create_count,
                    changes: row.change_count,
                    unchanged: row.unchanged_count,
                    units_added: row.units_added,
                    units_removed: row.units_removed,
                    applied: row.applied_count,
                    conflicts: row.conflict_count,
                    refused: row.refused_count,
                },
                actor: row.actor,
                applied_by: row.applied_by,
                created_at: row.created_at,
                ended_at: row.ended_at,
                is_deleted: row.is_deleted,
                applied_before: row.applied_before,
            })
        });
        import.collect()
    }

    /// Returns an import.
    pub async fn import_get(&self, import: i64) -> Result<Option<Import>> {
        let imports = self.import_list(import.saturating_add(1), 1).await?;
        Ok(imports.into_iter().find(|found| found.id == import))
    }
}

impl WriteTransaction {
    /// Ends the upload of a file: servers judge it. `sha256` is that of the file. Returns `false` if the import no longer
    /// waits for its file.
    pub async fn import_uploaded(&mut self, import: i64, sha256: &[u8]) -> Result<bool> {
        let ended = sqlx::query!(
            "UPDATE imports SET state = 'judging', file_sha256 = $2, progress_at = now()
              WHERE id = $1 AND state = 'uploading'",
            import,
            sha256
        );
        Ok(ended.execute(&mut *self.transaction).await?.rows_affected() > 0)
    }

    /// Sets the choices for a file that is not being applied. Servers judge it again from its beginning. Returns `false` if
    /// the import is not in a state that allows it.
    pub async fn import_choose(&mut self, import: i64, choices: &Choices) -> Result<bool> {
        let chosen = sqlx::query!(
            "UPDATE imports
                SET choices = $2::text::jsonb, layout = NULL, problems = '[]', state = 'judging', revision = revision + 1,
                    judged_ordinal = 0, judged_bytes = 0, row_count = 0, error_count = 0, warning_count = 0,
                    create_count = 0, change_count = 0, unchanged_count = 0, units_added = 0, units_removed = 0, failures = 0,
                    worker = NULL, lease_until = NULL, progress_at = now()
              WHERE id = $1 AND state IN ('judging', 'undecided', 'judged') AND NOT is_deleted",
            import,
            json::to_text(choices)
        );
        Ok(chosen.execute(&mut *self.transaction).await?.rows_affected() > 0)
    }

    /// Starts to apply a judged import of this revision, with the limits of the caller. Returns `false` if it is not judged,
    /// or its choices have changed.
    pub async fn import_apply(
        &mut self,
        import: i64,
        revision: i32,
        application: &ImportApplication,
    ) -> Result<bool> {
        let origin = &application.origin;
        let started = sqlx::query!(
            "WITH applying AS (
                 UPDATE imports
                    SET state = 'applying', progress_at = now(), applied_by = $3, applied_token_id = $4,
                        applied_session_id = $5, applied_address = $6::text::inet, applied_request_id = $7,
                        applied_warehouse_ids = $8, applied_write_off_units_max = $9
                  WHERE id = $1 AND revision = $2 AND state = 'judged' AND NOT is_deleted
                 RETURNING choices, layout
             ), remembered AS (
                 INSERT INTO import_choices (fingerprint, choices)
                 SELECT layout ->> 'fingerprint', choices FROM applying
                 ON CONFLICT (fingerprint) DO UPDATE SET choices = excluded.choices, used_at = now()
             )
             SELECT FROM applying",
            import,
            revision,
            &*origin.actor,
            origin.credential.and_then(domain::Credential::token),
            origin.credential.and_then(domain::Credential::session),
            origin.address.map(|address| address.to_string()),
            origin.request_id,
            application.warehouses.as_deref(),
            application.write_off_units_max
        );
        Ok(started.fetch_optional(&mut *self.transaction).await?.is_some())
    }

    /// Cancels an import that has not ended. A server that works on it stops after its step. Returns `false` if it has
    /// ended.
    pub async fn import_cancel(&mut self, import: i64) -> Result<bool> {
        let cancelled = sqlx::query!(
            "UPDATE imports SET state = 'cancelled', ended_at = now(), worker = NULL, lease_until = NULL
              WHERE id = $1 AND ended_at IS NULL",
            import
        );
        Ok(cancelled.execute(&mut *self.transaction).await?.rows_affected() > 0)
    }
}
