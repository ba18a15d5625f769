use crate::{Context, Engine, Result};
use domain::{ArchiveKind, LedgerPage, LedgerQuery, LevelQuery, NamedLevel, NamedMovement, Page, Time};

impl Engine {
    /// Returns a part of the list of stock levels, in ascending order of item and warehouse.
    pub async fn level_list(&self, context: &Context, query: LevelQuery) -> Result<Vec<NamedLevel>> {
        context.read(self.store().level_list(query)).await
    }

    /// Returns a page of the movements, latest first. A page of a list with more pages may be empty.
    pub async fn ledger_list(
        &self,
        context: &Context,
        query: &LedgerQuery,
    ) -> Result<LedgerPage<NamedMovement>> {
        let Page { rows, next } = context.read(self.store().ledger_list(query)).await?;
        let history_since = self.history_since(next.is_none()).await?;
        Ok(LedgerPage { rows, next, history_since })
    }

    /// Returns the time up to which movements are archived. `None` if none are, or for a page that is not the last one.
    pub async fn history_since(&self, is_last_page: bool) -> Result<Option<Time>> {
        match is_last_page {
            true => Ok(self.store().archive_position(ArchiveKind::Movements).await?.until),
            false => Ok(None),
        }
    }

    /// Returns the number of the movements of a filter and the sum of their units, over all pages.
    pub async fn ledger_sum(&self, context: &Context, query: &LedgerQuery) -> Result<(i64, i64)> {
        context.read(self.store().ledger_sum(query)).await
    }
}
