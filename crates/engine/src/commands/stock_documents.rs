use crate::response::DocumentOutcome;
use crate::{Context, Engine, Error, Response, Result};
use domain::{Error as Rejection, Permission, Sku, StockDocument, WarehouseCode, fold_key};
use std::collections::HashMap;

impl Engine {
    /// Changes many stock levels. An atomic document is written as a whole, or refused as a whole. In any other
    /// document, each line is written or refused on its own. With an idempotency key, each line is written once, also if the
    /// server stops in between and the request is repeated.
    ///
    /// Documents take turns. A document whose turn has come is applied to its end even if the caller is cancelled.
    ///
    /// # Errors
    /// A level that is counted on several lines; [`Error::Overloaded`] if too many documents wait; an error before any line
    /// was written. Other errors are results of lines.
    pub async fn stock_document(
        &self,
        context: &Context,
        mut document: StockDocument,
    ) -> Result<Response<DocumentOutcome>> {
        self.store().check_available()?;
        if context.require(Permission::WriteOffStock).is_err() {
            document.limit_write_offs(self.shared.settings.write_off_units_max);
        }
        let turn = self.shared.documents.turn().await?;
        let (engine, context) = (self.clone(), context.clone());
        let applied = tokio::spawn(async move {
            let _turn = turn;
            engine.shared.documents.apply(&context, document).await
        });
        applied.await.unwrap_or(Err(Error::Internal))
    }

    /// Changes many stock levels, whose items and warehouses are named by keys. `codes` has the codes of warehouses by the
    /// index of their line. A line with an unknown key is refused.
    ///
    /// # Errors
    /// The same as [`Engine::stock_document`].
    pub async fn stock_document_by_keys(
        &self,
        context: &Context,
        mut document: StockDocument,
        codes: &HashMap<usize, WarehouseCode>,
    ) -> Result<Response<DocumentOutcome>> {
        self.store().check_available()?;
        let skus: Vec<Option<Sku>> = document.lines().iter().map(|line| line.sku.clone()).collect();
        let named: Vec<_> = skus.iter().flatten().collect();
        if !named.is_empty() {
            let items = self.store().items_by_skus(&named).await?;
            for (index, sku) in skus.iter().enumerate() {
                let Some(sku) = sku else { continue };
                match (items.get(sku.as_str()), document.line_mut(index)) {
                    (Some(item), Some(line)) => line.item = *item,
                    _ => document.refuse(index, Rejection::SkuNotFound(sku.to_string())),
                }
            }
        }
        if !codes.is_empty() {
            let warehouses = self.store().warehouse_names().await?;
            let by_code: HashMap<_, _> =
                warehouses.into_iter().map(|(id, code, _)| (fold_key(&code), id)).collect();
            for (index, code) in codes {
                match (by_code.get(&fold_key(code.as_str())), document.line_mut(*index)) {
                    (Some(id), Some(line)) => line.warehouse = Some(*id),
                    _ => document.refuse(*index, Rejection::WarehouseCodeNotFound(code.to_string())),
                }
            }
        }
        self.stock_document(context, document).await
    }
}
