use crate::cache::keys::ResolvedKeys;
use crate::response::DocumentOutcome;
use crate::stock::document::ResolvedDocument;
use crate::{Context, Engine, Error, Response, Result};
use domain::{Error as Rejection, Keys, Permission, StockDocument, WarehouseCode};
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
        document: StockDocument,
    ) -> Result<Response<DocumentOutcome>> {
        self.stock_document_by_keys(context, document, HashMap::new()).await
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
        codes: HashMap<usize, WarehouseCode>,
    ) -> Result<Response<DocumentOutcome>> {
        self.store().check_available()?;
        if context.require(Permission::WriteOffStock).is_err() {
            document.limit_write_offs(self.shared.settings.write_off_units_max);
        }
        let turn = self.shared.documents.turn().await?;
        let (engine, context) = (self.clone(), context.clone());
        let applied = tokio::spawn(async move {
            let _turn = turn;
            // Resolved after the wait: the keys may have changed meanwhile.
            let resolved = engine.resolve_document(document, &codes).await?;
            engine.shared.documents.apply(&context, resolved).await
        });
        applied.await.unwrap_or(Err(Error::Internal))
    }

    /// Resolves the keys of a document. Refuses the lines whose key no item or warehouse has.
    async fn resolve_document(
        &self,
        mut document: StockDocument,
        codes: &HashMap<usize, WarehouseCode>,
    ) -> Result<ResolvedDocument> {
        let skus: Vec<_> = document.lines().iter().map(|line| line.sku.clone()).collect();
        let mut line_keys: Vec<_> = skus.iter().map(|_| None).collect();
        let keys = Keys {
            skus: skus.iter().flatten().collect(),
            codes: (0..skus.len()).filter_map(|index| codes.get(&index)).collect(),
        };
        if keys.is_empty() {
            return Ok(ResolvedDocument { document, keys: line_keys });
        }
        let found = self.shared.keys.find_validated(&keys).await?;
        let (mut items, mut warehouses) = (found.items.into_iter(), found.warehouses.into_iter());
        for (index, (sku, keys)) in skus.iter().zip(&mut line_keys).enumerate() {
            let mut resolved = ResolvedKeys { version: found.version, items: vec![], warehouses: vec![] };
            let Some(line) = document.line_mut(index) else { continue };
            let mut unknown = None;
            if let Some(sku) = sku {
                match items.next().flatten() {
                    Some(item) => {
                        line.item = item;
                        resolved.items.push((sku.clone(), item));
                    }
                    None => unknown = Some(Rejection::SkuNotFound(sku.to_string())),
                }
            }
            if let Some(code) = codes.get(&index) {
                match warehouses.next().flatten() {
                    Some(warehouse) => {
                        line.warehouse = Some(warehouse);
                        resolved.warehouses.push((code.clone(), warehouse));
                    }
                    None => unknown = Some(Rejection::WarehouseCodeNotFound(code.to_string())),
                }
            }
            match unknown {
                Some(rejection) => document.refuse(index, rejection),
                None if sku.is_some() || codes.contains_key(&index) => *keys = Some(resolved),
                None => {}
            }
        }
        Ok(ResolvedDocument { document, keys: line_keys })
    }
}
