use crate::{Context, Engine, Result};
use domain::{AuditEvent, ChangeQuery, Page};

impl Engine {
    /// Returns a page of the changes of items, categories and warehouses, latest first, each with the values before and
    /// after it.
    pub async fn change_list(&self, _context: &Context, query: &ChangeQuery) -> Result<Page<AuditEvent>> {
        Ok(self.store().change_list(query).await?)
    }
}
