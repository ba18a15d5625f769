//! Applies rows of items.

use super::applying::{Chunk, refusal, result};
use super::worker::Lease;
use crate::Context;
use domain::{
    Barcodes, Error as Rejection, Item, ItemId, ItemKeys, NewItem, RowOutcome, Sku, WarehouseId, details_of,
    fold_key, new_item,
};
use std::collections::{HashMap, HashSet};
use store::{OpenImportRow, RowResult, WriteTransaction};

/// The new keys of a row that changes an item.
struct ChangedKeys {
    sku: Option<Sku>,
    barcodes: Option<Barcodes>,
}

impl Lease<'_> {
    /// Applies rows of items in one transaction, with their outcomes. An item is changed only while it has the values with
    /// which the row was judged.
    pub(super) async fn apply_items(
        &self,
        context: &Context,
        rows: &[OpenImportRow],
    ) -> store::Result<Chunk> {
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        let (creates, changes): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.is_create);
        let mut results = Vec::with_capacity(rows.len());
        let mut categories = HashSet::new();
        self.change_items(context, &mut transaction, &changes, &mut results, &mut categories).await?;
        self.create_items(context, &mut transaction, &creates, &mut results, &mut categories).await?;
        let import = &self.task.import;
        transaction.import_rows_finish(import.id, import.revision, &results).await?;
        transaction.commit().await?;
        self.engine.shared.notifier.skus_changed();
        self.engine.shared.writer.committed(&categories);
        Ok(Chunk::Committed)
    }

    async fn change_items(
        &self,
        context: &Context,
        transaction: &mut WriteTransaction,
        rows: &[&OpenImportRow],
        results: &mut Vec<RowResult>,
        categories: &mut HashSet<String>,
    ) -> store::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = rows.iter().filter_map(|row| row.item.map(ItemId)).collect();
        let items = transaction.items_get_locked(&ids).await?;
        let items: HashMap<_, _> = items.into_iter().map(|item| (item.id.0, item)).collect();
        let (mut same, mut keys) = (Vec::new(), Vec::new());
        for row in rows {
            match row.item.and_then(|id| items.get(&id)).map(|item| (item, conflict(row, item))) {
                None => {
                    let reason = Rejection::ItemNotFound(ItemId(row.item.unwrap_or_default()));
                    results.push(result(row, RowOutcome::Conflict, Some(refusal(&reason))));
                }
                Some((_, Some(reason))) => results.push(result(row, RowOutcome::Conflict, Some(reason))),
                Some((item, None)) => {
                    categories.extend(item.category.clone());
                    categories.extend(row.values.get("category").cloned().flatten());
                    keys.push(changed_keys(row)?);
                    same.push(*row);
                }
            }
        }
        let refs: Vec<_> = same
            .iter()
            .zip(&keys)
            .map(|(row, keys)| ItemKeys {
                item: row.item.map(ItemId),
                sku: keys.sku.as_ref(),
                barcodes: keys.barcodes.as_ref(),
            })
            .collect();
        let taken: HashMap<_, _> = transaction
            .keys_taken(&refs)
            .await?
            .into_iter()
            .map(|taken| (taken.index, taken.rejection))
            .collect();
        let mut ordinals = Vec::with_capacity(same.len());
        for (index, row) in same.into_iter().enumerate() {
            match taken.get(&index) {
                Some(rejection) => results.push(result(row, RowOutcome::Refused, Some(refusal(rejection)))),
                None => {
                    ordinals.push(row.ordinal);
                    results.push(result(row, RowOutcome::Applied, None));
                }
            }
        }
        let import = &self.task.import;
        transaction.import_items_change(import.id, import.revision, &ordinals, context.cause()).await
    }

    async fn create_items(
        &self,
        context: &Context,
        transaction: &mut WriteTransaction,
        rows: &[&OpenImportRow],
        results: &mut Vec<RowResult>,
        categories: &mut HashSet<String>,
    ) -> store::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let warehouses = self.engine.store().warehouse_ids().await?;
        let mut new: Vec<(&OpenImportRow, NewItem, WarehouseId)> = Vec::with_capacity(rows.len());
        for row in rows {
            let destination = warehouses
                .default
                .ok_or_else(|| Rejection::invalid("warehouseId", "must be given: there is no default"));
            match destination.and_then(|warehouse| Ok((warehouse, new_item(&row.values)?))) {
                Ok((warehouse, item)) => new.push((row, item, warehouse)),
                Err(rejection) => results.push(result(row, RowOutcome::Refused, Some(refusal(&rejection)))),
            }
        }
        let keys: Vec<_> = new.iter().map(|(_, item, _)| item.keys()).collect();
        let taken: HashMap<_, _> = transaction
            .keys_taken(&keys)
            .await?
            .into_iter()
            .map(|taken| (taken.index, taken.rejection))
            .collect();
        let (mut created_rows, mut items) = (Vec::new(), Vec::new());
        for (index, (row, item, warehouse)) in new.iter().enumerate() {
            match taken.get(&index) {
                // An item got the SKU after the row was judged.
                Some(rejection) => results.push(result(row, RowOutcome::Conflict, Some(refusal(rejection)))),
                None => {
                    created_rows.push(*row);
                    items.push((item, *warehouse));
                }
            }
        }
        if items.is_empty() {
            return Ok(());
        }
        let created = transaction.item_create_all(&items, &vec![context.cause(); items.len()]).await?;
        for (row, item) in created_rows.into_iter().zip(created) {
            categories.extend(item.category);
            results.push(RowResult { created: Some(item.id.0), ..result(row, RowOutcome::Applied, None) });
        }
        Ok(())
    }
}

/// Returns the reason why the item is not the one with which the row was judged.
fn conflict(row: &OpenImportRow, item: &Item) -> Option<(String, String)> {
    let mut present = details_of(item);
    let sku = present.get("sku").cloned().flatten();
    present.retain(|field, _| row.values.contains_key(field));
    let is_named = row.values.contains_key("sku")
        || row
            .sku
            .as_deref()
            .is_none_or(|named| sku.as_deref().is_some_and(|sku| fold_key(sku) == fold_key(named)));
    if !is_named {
        return Some(("keys_changed".to_owned(), "The item does not have the SKU any more.".to_owned()));
    }
    let fields: Vec<_> = present
        .iter()
        .filter(|(field, value)| row.before.get(*field) != Some(value))
        .map(|(field, _)| field.as_str())
        .collect();
    (!fields.is_empty()).then(|| {
        ("item_changed".to_owned(), format!("The item was changed after the preview: {}.", fields.join(", ")))
    })
}

fn changed_keys(row: &OpenImportRow) -> Result<ChangedKeys, Rejection> {
    let changed = |field: &str| {
        let value = row.values.get(field).filter(|value| row.before.get(field) != Some(*value));
        value.and_then(Option::as_deref)
    };
    Ok(ChangedKeys {
        sku: changed("sku").map(Sku::new).transpose()?,
        barcodes: changed("barcodes").map(|texts| Barcodes::new(texts.split('\n'))).transpose()?,
    })
}
