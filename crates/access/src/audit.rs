use crate::{Access, Result};
use domain::{
    AuditEvent, AuditKind, AuditMovement, AuditMovementQuery, AuditQuery, NewAuditEvent, Origin, Page,
};
use serde_json::Value;

impl Access {
    /// Returns a page of the audit log, latest first.
    pub async fn audit_list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>> {
        Ok(self.verifier.store.audit_list(query).await?)
    }

    /// Returns a page of an item's movements with their origins, latest first.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`] if there is neither the item nor a movement of it, or a failure of the database.
    pub async fn audit_movements(&self, query: &AuditMovementQuery) -> Result<Page<AuditMovement>> {
        Ok(self.verifier.store.audit_movements(query).await?)
    }

    /// Records the start of a server with its settings, which must not contain a secret.
    pub async fn record_start(&self, settings: Value) -> Result<()> {
        let mut transaction = self.verifier.store.begin().await?;
        let event = NewAuditEvent {
            origin: &Origin::SYSTEM,
            kind: AuditKind::ServerStarted,
            subject: "server",
            before: None,
            after: Some(settings.to_string()),
        };
        transaction.audit_insert(&event).await?;
        Ok(transaction.commit().await?)
    }
}
