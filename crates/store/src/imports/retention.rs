//! Deletes the files and rows of old imports in small steps.

use crate::{Result, Store};

/// The most rows that one statement deletes.
const ROWS_MAX: i64 = 5_000;

/// The most imports that one statement marks.
const IMPORTS_MAX: i64 = 100;

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

    /// Deletes some rows of earlier revisions, and some claims and levels of imports that are not being judged. Returns
    /// whether more may be left.
    pub async fn imports_delete_outdated(&self) -> Result<bool> {
        let rows = sqlx::query!(
            "DELETE FROM import_rows USING (
                 SELECT old.* FROM imports
                  CROSS JOIN LATERAL (
                      SELECT import_id, revision, ordinal FROM import_rows
                       WHERE import_id = imports.id AND import_rows.revision < imports.revision LIMIT $1) AS old
                  WHERE NOT imports.is_emptied AND imports.revision > 1 LIMIT $1) AS old
              WHERE import_rows.import_id = old.import_id AND import_rows.revision = old.revision AND import_rows.ordinal = old.ordinal",
            ROWS_MAX
        );
        let rows = rows.execute(&self.background).await?.rows_affected();
        let claims = sqlx::query!(
            "DELETE FROM import_claims USING (
                 SELECT old.* FROM imports
                  CROSS JOIN LATERAL (
                      SELECT import_id, revision, claim FROM import_claims
                       WHERE import_id = imports.id AND (imports.state <> 'judging' OR import_claims.revision < imports.revision) LIMIT $1) AS old
                  WHERE NOT imports.is_emptied LIMIT $1) AS old
              WHERE import_claims.import_id = old.import_id AND import_claims.revision = old.revision AND import_claims.claim = old.claim",
            ROWS_MAX
        );
        let claims = claims.execute(&self.background).await?.rows_affected();
        let levels = sqlx::query!(
            "DELETE FROM import_levels USING (
                 SELECT old.* FROM imports
                  CROSS JOIN LATERAL (
                      SELECT import_id, revision, item_id, warehouse_id FROM import_levels
                       WHERE import_id = imports.id AND (imports.state <> 'judging' OR import_levels.revision < imports.revision) LIMIT $1) AS old
                  WHERE NOT imports.is_emptied LIMIT $1) AS old
              WHERE import_levels.import_id = old.import_id AND import_levels.revision = old.revision AND import_levels.item_id = old.item_id AND import_levels.warehouse_id = old.warehouse_id",
            ROWS_MAX
        );
        let levels = levels.execute(&self.background).await?.rows_affected();
        Ok(rows + claims + levels > 0)
    }

    /// Marks some imports older than `retention_days` as deleted. No request returns their rows and files any more. Imports
    /// that wait for a person are cancelled. Returns whether more may be left.
    pub async fn imports_expire(&self, retention_days: i32) -> Result<bool> {
        let expired = sqlx::query!(
            "UPDATE imports
                SET is_deleted = true, state = CASE WHEN ended_at IS NULL THEN 'cancelled' ELSE state END,
                    ended_at = coalesce(ended_at, now())
              WHERE id IN (SELECT id FROM imports
                            WHERE NOT is_emptied AND NOT is_deleted AND created_at < now() - make_interval(days => $1)
                              AND state NOT IN ('uploading', 'judging', 'applying')
                            ORDER BY created_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)",
            retention_days,
            IMPORTS_MAX
        );
        let expired = expired.execute(&self.background).await?.rows_affected();
        Ok(i64::try_from(expired).is_ok_and(|count| count == IMPORTS_MAX))
    }

    /// Deletes some rows, claims and parts of the file of a deleted import. Marks it when nothing is left. Returns whether
    /// more may be left.
    pub async fn imports_empty(&self) -> Result<bool> {
        let deleted = sqlx::query_scalar!(
            "SELECT id FROM imports WHERE is_deleted AND NOT is_emptied ORDER BY created_at LIMIT 1"
        );
        let Some(import) = deleted.fetch_optional(&self.background).await? else { return Ok(false) };
        let rows = sqlx::query!(
            "DELETE FROM import_rows WHERE import_id = $1 AND (revision, ordinal) IN (
                 SELECT revision, ordinal FROM import_rows WHERE import_id = $1 ORDER BY revision, ordinal LIMIT $2)",
            import,
            ROWS_MAX
        );
        let rows = rows.execute(&self.background).await?.rows_affected();
        let claims = sqlx::query!(
            "DELETE FROM import_claims WHERE import_id = $1 AND (revision, claim) IN (
                 SELECT revision, claim FROM import_claims WHERE import_id = $1 ORDER BY revision, claim LIMIT $2)",
            import,
            ROWS_MAX
        );
        let claims = claims.execute(&self.background).await?.rows_affected();
        let levels = sqlx::query!(
            "DELETE FROM import_levels WHERE import_id = $1 AND (revision, item_id, warehouse_id) IN (
                 SELECT revision, item_id, warehouse_id FROM import_levels WHERE import_id = $1 ORDER BY revision, item_id, warehouse_id LIMIT $2)",
            import,
            ROWS_MAX
        );
        let levels = levels.execute(&self.background).await?.rows_affected();
        let chunks = sqlx::query!(
            "DELETE FROM import_chunks WHERE import_id = $1 AND number IN (
                 SELECT number FROM import_chunks WHERE import_id = $1 ORDER BY number LIMIT $2)",
            import,
            CHUNKS_MAX
        );
        let chunks = chunks.execute(&self.background).await?.rows_affected();
        if rows + claims + levels + chunks == 0 {
            sqlx::query!("UPDATE imports SET is_emptied = true WHERE id = $1", import)
                .execute(&self.background)
                .await?;
        }
        Ok(true)
    }
}
