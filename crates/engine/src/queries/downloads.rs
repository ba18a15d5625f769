use crate::{Context, Engine, Result};
use domain::{LevelQuery, NamedLevel, NamedMovement, Page, PageQuery};

impl Engine {
    /// Returns a part of the list of stock levels, in ascending order of item and warehouse.
    pub async fn level_list(&self, _context: &Context, query: LevelQuery) -> Result<Vec<NamedLevel>> {
        Ok(self.store().level_list(query).await?)
    }

    /// Returns a page of all movements, latest first.
    pub async fn ledger_list(&self, _context: &Context, slice: PageQuery) -> Result<Page<NamedMovement>> {
        Ok(self.store().ledger_list(slice).await?)
    }
}
