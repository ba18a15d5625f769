//! Leases: one server at a time works on an import.

use super::{Import, ImportApplication};
use crate::{Result, Store, WriteTransaction};
use domain::{Credential, Origin};
use std::borrow::Cow;

/// An import that this server works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportTask {
    /// The import.
    pub import: Import,
    /// The origin of the changes of an import that is being applied.
    pub application: Option<ImportApplication>,
}

impl Store {
    /// Takes the oldest import that no other server works on, for `lease_seconds`.
    pub async fn import_claim(&self, worker: &str, lease_seconds: f64) -> Result<Option<ImportTask>> {
        let row = sqlx::query!(
            r#"UPDATE imports SET worker = $1, lease_until = now() + make_interval(secs => $2)
                WHERE id = (SELECT id FROM imports
                             WHERE state IN ('judging', 'applying') AND (lease_until IS NULL OR lease_until < now() OR worker = $1)
                             ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
               RETURNING id, applied_by, applied_token_id, applied_session_id, host(applied_address) AS address,
                         applied_request_id, applied_warehouse_ids, applied_write_off_units_max"#,
            worker,
            lease_seconds
        );
        let Some(row) = row.fetch_optional(&self.background).await? else { return Ok(None) };
        let Some(import) = self.import_get(row.id).await? else { return Ok(None) };
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
        Ok(Some(ImportTask { import, application }))
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
