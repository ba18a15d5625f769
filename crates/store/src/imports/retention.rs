//! Deletes the files and rows of old imports in small steps.

use crate::{Result, Store};

/// The most rows that one statement deletes.
const ROWS_MAX: i64 = 5_000;

/// The most parts of files that one statement deletes.
const CHUNKS_MAX: i64 = 20;

impl Store {
    /// Fails uploads without a new part for `upload_seconds`.
    pub async fn imports_fail_abandoned(&self, upload_seconds: f64) -> Result<()> {
        sqlx::query!(
            r#"UPDATE imports SET state = 'failed', ended_at = now(),
                      problems = '[{"code": "upload_interrupted", "message": "The upload was interrupted.",
                                    "isWarning": false}]'
                WHERE state = 'uploading' AND progress_at < now() - make_interval(secs => $1)"#,
            upload_seconds
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }

    /// Deletes some rows of earlier revisions, and some claims of imports that are not being judged. Returns whether more may
    /// be left.
    pub async fn imports_delete_outdated(&self) -> Result<bool> {
        let rows = sqlx::query!(
            "DELETE FROM import_rows USING (
                 SELECT old.* FROM imports
                  CROSS JOIN LATERAL (
                      SELECT import_id, revision, ordinal FROM import_rows
                       WHERE import_id = imports.id AND import_rows.revision < imports.revision LIMIT $1) AS old
                  WHERE NOT imports.is_deleted AND imports.revision > 1 LIMIT $1) AS old
              WHERE import_rows.import_id = old.import_id AND import_rows.revision = old.revision
                AND import_rows.ordinal = old.ordinal",
            ROWS_MAX
        );
        let rows = rows.execute(&self.background).await?.rows_affected();
        let claims = sqlx::query!(
            "DELETE FROM import_claims USING (
                 SELECT old.* FROM imports
                  CROSS JOIN LATERAL (
                      SELECT import_id, revision, claim FROM import_claims
                       WHERE import_id = imports.id
                         AND (imports.state <> 'judging' OR import_claims.revision < imports.revision) LIMIT $1) AS old
                  WHERE NOT imports.is_deleted LIMIT $1) AS old
              WHERE import_claims.import_id = old.import_id AND import_claims.revision = old.revision
                AND import_claims.claim = old.claim",
            ROWS_MAX
        );
        let claims = claims.execute(&self.background).await?.rows_affected();
        Ok(rows + claims > 0)
    }

    /// Deletes some rows and parts of the files of imports older than `retention_days`. Imports that wait for a person are
    /// cancelled. Returns whether more may be left.
    pub async fn imports_delete_expired(&self, retention_days: i32) -> Result<bool> {
        let expired = sqlx::query_scalar!(
            "UPDATE imports
                SET state = CASE WHEN ended_at IS NULL THEN 'cancelled' ELSE state END, ended_at = coalesce(ended_at, now())
              WHERE id = (SELECT id FROM imports
                           WHERE NOT is_deleted AND created_at < now() - make_interval(days => $1)
                             AND state NOT IN ('uploading', 'judging', 'applying')
                           ORDER BY created_at LIMIT 1)
             RETURNING id",
            retention_days
        );
        let Some(import) = expired.fetch_optional(&self.background).await? else { return Ok(false) };
        let rows = sqlx::query!(
            "DELETE FROM import_rows WHERE import_id = $1 AND (revision, ordinal) IN (
                 SELECT revision, ordinal FROM import_rows WHERE import_id = $1 ORDER BY revision, ordinal LIMIT $2)",
            import,
            ROWS_MAX
        );
        let rows = rows.execute(&self.background).await?.rows_affected();
        let chunks = sqlx::query!(
            "DELETE FROM import_chunks WHERE import_id = $1 AND number IN (
                 SELECT number FROM import_chunks WHERE import_id = $1 ORDER BY number LIMIT $2)",
            import,
            CHUNKS_MAX
        );
        let chunks = chunks.execute(&self.background).await?.rows_affected();
        if rows + chunks == 0 {
            sqlx::query!("UPDATE imports SET is_deleted = true WHERE id = $1", import)
                .execute(&self.background)
                .await?;
        }
        Ok(true)
    }
}
