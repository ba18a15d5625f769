use crate::{Access, Result};
use domain::{AuditEvent, AuditQuery, Page};

impl Access {
    /// Returns a page of the audit log, latest first.
    pub async fn audit_list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        Ok(self.verifier.store.audit_list(query).await?)
    }
}
