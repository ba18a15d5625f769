//! Reading items by their ids, many at a time.

use crate::combine::Batch;
use crate::{Error, Result};
use domain::{Item, ItemId};
use std::collections::{BTreeSet, HashMap};
use store::Lane;

/// Reads a batch of items in one statement.
pub(crate) struct ReadBatch(pub(crate) Lane);

impl Batch for ReadBatch {
    type Request = ItemId;
    type Answer = Item;

    async fn run(&self, ids: Vec<ItemId>) -> Vec<Result<Item>> {
        let wanted: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        match self.0.items_get(&wanted).await.map_err(Error::from) {
            Err(error) => vec![Err(error); ids.len()],
            Ok(items) => {
                let mut items: HashMap<_, _> = items.into_iter().map(|item| (item.id, item)).collect();
                // Then nobody else waits for the same item, which need not be copied.
                let each_once = wanted.len() == ids.len();
                let mut found = |id| if each_once { items.remove(&id) } else { items.get(&id).cloned() };
                let answer = |id| found(id).ok_or(domain::Error::ItemNotFound(id).into());
                ids.into_iter().map(answer).collect()
            }
        }
    }
}
