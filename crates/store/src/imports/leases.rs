//! Leases: one server at a time works on an import.

use super::{ImportApplication, RememberedChoices, json};
use crate::{Result, Store, WriteTransaction};
use domain::{Credential, ImportState, Origin, RowProblem};
use std::borrow::Cow;

/// An import that a server works on, until its lease expires.
#[derive(Debug)]
pub struct ImportClaim {
    /// The import.
    pub id: i64,
    /// The revision of its choices.
    pub revision: i32,
    /// The origin of the changes of an import that is being applied.
    pub application: Option<ImportApplication>,
    /// The JSON of the remembered choices.
    remembered: Option<String>,
}

impl ImportClaim {
    /// Returns the choices of an earlier import that were found at revision 1.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] for other JSON.
    pub fn remembered(&self) -> Result<Option<RememberedChoices>> {
        self.remembered.as_deref().map(json::from_text).transpose()
    }
}

impl Store {
    /// Leases an import in `state` for `lease_seconds`: of the imports without a lease, the one with the oldest step. An
    /// import that fails repeatedly is taken after the others. The state is [`ImportState::Judging`] or
    /// [`ImportState::Applying`].
    pub async fn import_claim(
        &self,
        state: ImportState,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<Option<ImportClaim>> {
        let row = sqlx::query!(
            r#"UPDATE imports SET worker = $1, lease_until = now() + make_interval(secs => $2), progress_at = now()
                WHERE id = (SELECT id FROM imports
                             WHERE state IN ('judging', 'applying') AND state = $3
                               AND (lease_until IS NULL OR lease_until < now() OR worker = $1)
                             ORDER BY progress_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
               RETURNING id, revision, remembered::text AS remembered, applied_by, applied_token_id, applied_session_id,
                         host(applied_address) AS address, applied_request_id, applied_warehouse_ids,
                         applied_write_off_units_max"#,
            worker,
            lease_seconds,
            state.as_str()
        );
        let Some(row) = row.fetch_optional(&self.background).await? else { return Ok(None) };
        let credential = match (row.applied_token_id, row.applied_session_id) {
            (Some(token), _) => Some(Credential::Token(token)),
            (None, session) => session.map(Credential::Session),
        };
        let application = row.applied_by.map(|actor| ImportApplication {
            origin: Origin {
                actor: Cow::Owned(actor),
                credential,
                address: row.address.and_then(|address| address.parse().ok()),
                request_id: row.applied_request_id,
            },
            warehouses: row.applied_warehouse_ids,
            write_off_units_max: row.applied_write_off_units_max,
        });
        Ok(Some(ImportClaim { id: row.id, revision: row.revision, application, remembered: row.remembered }))
    }

    /// Renews a lease between two steps. Returns `false` if the server has lost it, or the choices have changed.
    pub async fn import_keep(
        &self,
        import: i64,
        revision: i32,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<bool> {
        let mut transaction = self.import_begin().await?;
        let is_kept = transaction.import_renew(import, revision, worker, lease_seconds).await?;
        transaction.commit().await?;
        Ok(is_kept)
    }

    /// Ends the lease of a server that stops, so that another one continues at once.
    pub async fn import_give_up(&self, import: i64, worker: &str) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET worker = NULL, lease_until = NULL WHERE id = $1 AND worker = $2",
            import,
            worker
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }

    /// Ends the lease after an internal error. The import fails with `problem` after `failures_max` errors without a
    /// committed step between them.
    pub async fn import_failed(
        &self,
        import: i64,
        worker: &str,
        failures_max: i32,
        problem: &RowProblem,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE imports
                SET failures = failures + 1, worker = NULL, lease_until = NULL,
                    state = CASE WHEN failures + 1 < $3 THEN state ELSE 'failed' END,
                    ended_at = CASE WHEN failures + 1 < $3 THEN ended_at ELSE now() END,
                    problems = CASE WHEN failures + 1 < $3 THEN problems ELSE $4::text::jsonb END
              WHERE id = $1 AND worker = $2",
            import,
            worker,
            failures_max,
            json::problems_to(std::slice::from_ref(problem))
        )
        .execute(&self.background)
        .await?;
        Ok(())
    }

    /// Begins a transaction of a step of an import.
    pub async fn import_begin(&self) -> Result<WriteTransaction> {
        self.begin_background().await
    }
}

impl WriteTransaction {
    /// Renews the lease of an import, and locks it until the end of the transaction. Returns `false` if the server has lost
    /// the lease, or the choices have changed: then the step must not be committed.
    pub async fn import_renew(
        &mut self,
        import: i64,
        revision: i32,
        worker: &str,
        lease_seconds: f64,
    ) -> Result<bool> {
        let renewed = sqlx::query!(
            "UPDATE imports SET lease_until = now() + make_interval(secs => $4), progress_at = now()
              WHERE id = $1 AND revision = $2 AND worker = $3 AND state IN ('judging', 'applying')",
            import,
            revision,
            worker,
            lease_seconds
        );
        Ok(renewed.execute(&mut *self.transaction).await?.rows_affected() > 0)
    }
}
