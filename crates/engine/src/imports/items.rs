//! Applies rows of items.

use super::applying::Chunk;
use super::worker::Lease;
use crate::Context;
use domain::{CategoryName, Error as Rejection, ItemId, NewItem, OpenRow, RowResult, WarehouseId, new_item};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::WriteTransaction;

/// A chunk of rows of items in an open transaction.
struct ItemRows<'a> {
    lease: &'a Lease<'a>,
    context: &'a Context,
    transaction: &'a mut WriteTransaction,
    /// The stored spellings of the categories of the rows.
    spellings: HashMap<String, String>,
    /// The categories whose items change.
    categories: HashSet<String>,
    results: Vec<RowResult>,
}

impl Lease<'_> {
    /// Applies rows of items in one transaction, with their outcomes. An item is changed only while it has the values with
    /// which the row was judged.
    pub(super) async fn apply_items(&self, context: &Context, rows: &[OpenRow]) -> store::Result<Chunk> {
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        // Spellings of categories are locked before items, as in every transaction, and in one order.
        let named: BTreeSet<_> = rows.iter().filter_map(category).collect();
        let spellings = transaction.categories_resolve(&named.into_iter().collect::<Vec<_>>()).await?;
        let mut chunk = ItemRows {
            lease: self,
            context,
            transaction: &mut transaction,
            spellings,
            categories: HashSet::new(),
            results: Vec::with_capacity(rows.len()),
        };
        let (creates, changes): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.is_create);
        chunk.change(&changes).await?;
        chunk.create(&creates).await?;
        let ItemRows { categories, results, .. } = chunk;
        transaction.import_rows_finish(self.import.id, self.claim.revision, &results).await?;
        transaction.commit().await?;
        self.engine.shared.notifier.skus_changed();
        self.engine.shared.writer.committed(&categories);
        Ok(Chunk::Committed)
    }
}

impl ItemRows<'_> {
    async fn change(&mut self, rows: &[&OpenRow]) -> store::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = rows.iter().filter_map(|row| row.item).collect();
        let items = self.transaction.items_get_locked(&ids).await?;
        let items: HashMap<_, _> = items.into_iter().map(|item| (item.id, item)).collect();
        let (mut same, mut keys) = (Vec::new(), Vec::new());
        for row in rows {
            match row.item.and_then(|id| items.get(&id)).map(|item| (item, row.item_conflict(item))) {
                None => {
                    let reason = Rejection::ItemNotFound(row.item.unwrap_or(ItemId(0)));
                    self.results.push(row.conflicting(&reason));
                }
                Some((_, Some(reason))) => self.results.push(row.conflicting(reason)),
                Some((item, None)) => {
                    self.categories.extend(item.category.clone());
                    self.categories.extend(self.spelling(row).map(ToOwned::to_owned));
                    keys.push(row.changed_keys()?);
                    same.push(*row);
                }
            }
        }
        let taken = self.taken(&keys.iter().map(domain::ChangedKeys::keys).collect::<Vec<_>>()).await?;
        let mut changed = Vec::with_capacity(same.len());
        for (index, row) in same.into_iter().enumerate() {
            match taken.get(&index) {
                Some(rejection) => self.results.push(row.refused(rejection)),
                None => {
                    changed.push(row);
                    self.results.push(row.applied(None));
                }
            }
        }
        let rows: Vec<_> =
            changed.iter().map(|row| (row.ordinal, spelling_of(&self.spellings, row))).collect();
        let (import, revision) = (self.lease.import.id, self.lease.claim.revision);
        self.transaction.import_items_change(import, revision, &rows, self.context.cause()).await
    }

    async fn create(&mut self, rows: &[&OpenRow]) -> store::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let warehouses = self.lease.engine.store().warehouse_ids().await?;
        let mut new: Vec<(&OpenRow, NewItem, WarehouseId)> = Vec::with_capacity(rows.len());
        for row in rows {
            let destination = warehouses
                .default
                .ok_or_else(|| Rejection::invalid("warehouseId", "must be given: there is no default"));
            let spelled = |mut item: NewItem| {
                // The creation resolves the spelling again: of the present one, it takes no other lock.
                item.category = match self.spelling(row) {
                    Some(spelling) => Some(CategoryName::new(spelling)?),
                    None => item.category,
                };
                Ok(item)
            };
            match destination.and_then(|warehouse| Ok((warehouse, spelled(new_item(&row.values)?)?))) {
                Ok((warehouse, item)) => new.push((row, item, warehouse)),
                Err(rejection) => self.results.push(row.refused(&rejection)),
            }
        }
        let taken = self.taken(&new.iter().map(|(_, item, _)| item.keys()).collect::<Vec<_>>()).await?;
        let (mut created_rows, mut items) = (Vec::new(), Vec::new());
        for (index, (row, item, warehouse)) in new.iter().enumerate() {
            match taken.get(&index) {
                // An item got the SKU after the row was judged.
                Some(rejection) => self.results.push(row.conflicting(rejection)),
                None => {
                    created_rows.push(*row);
                    items.push((item, *warehouse));
                }
            }
        }
        if items.is_empty() {
            return Ok(());
        }
        let causes = vec![self.context.cause(); items.len()];
        let created = self.transaction.item_create_all(&items, &causes).await?;
        for (row, item) in created_rows.into_iter().zip(created) {
            self.categories.extend(item.category);
            self.results.push(row.applied(Some(item.id)));
        }
        Ok(())
    }

    /// Returns the rejections of keys that another item has, by their index.
    async fn taken(&mut self, keys: &[domain::ItemKeys<'_>]) -> store::Result<HashMap<usize, Rejection>> {
        let taken = self.transaction.keys_taken(keys).await?;
        Ok(taken.into_iter().map(|taken| (taken.index, taken.rejection)).collect())
    }

    fn spelling(&self, row: &OpenRow) -> Option<&str> {
        spelling_of(&self.spellings, row)
    }
}

/// Returns the stored spelling of a row's category.
fn spelling_of<'a>(spellings: &'a HashMap<String, String>, row: &OpenRow) -> Option<&'a str> {
    spellings.get(category(row)?).map(String::as_str)
}

fn category(row: &OpenRow) -> Option<&str> {
    row.values.get("category").and_then(Option::as_deref)
}
