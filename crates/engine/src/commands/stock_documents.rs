use crate::response::DocumentOutcome;
use crate::{Context, Engine, Error, Response, Result};
use domain::{Permission, StockDocument};

impl Engine {
    /// Changes many stock levels. An atomic document is written as a whole, or refused as a whole. Of any other document,
    /// each line is written or refused on its own. With an idempotency key, each line is written once, also if the server
    /// stops in between and the request is repeated.
    ///
    /// The document is applied to its end even if the caller is cancelled.
    ///
    /// # Errors
    /// A level that is counted on several lines; an error before any line was written. Other errors are results of lines.
    pub async fn stock_document(
        &self,
        context: &Context,
        mut document: StockDocument,
    ) -> Result<Response<DocumentOutcome>> {
        self.store().check_available()?;
        if context.require(Permission::WriteOffStock).is_err() {
            document.limit_write_offs(self.shared.settings.write_off_units_max);
        }
        let (engine, context) = (self.clone(), context.clone());
        let applied = tokio::spawn(async move { engine.shared.documents.apply(&context, document).await });
        applied.await.unwrap_or(Err(Error::Internal))
    }
}
