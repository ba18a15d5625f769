use crate::{Context, Engine, Result};
use domain::{LedgerQuery, LevelQuery, NamedLevel, NamedMovement, Page};

impl Engine {
    /// Returns a part of the list of stock levels, in ascending order of item and warehouse.
    pub async fn level_list(&self, _context: &Context, query: LevelQuery) -> Result<Vec<NamedLevel>> {
        Ok(self.store().level_list(query).await?)
    }

    /// Returns a page of the movements, latest first. A page of a list with more pages may be empty.
    pub async fn ledger_list(&self, _context: &Context, query: LedgerQuery) -> Result<Page<NamedMovement>> {
        Ok(self.store().ledger_list(query).await?)
    }
}
