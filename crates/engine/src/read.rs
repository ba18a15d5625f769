//! Reading items by their ids, many at a time.

use crate::combine::Batch;
use crate::known_items::KnownItems;
use crate::{Error, Rendering, Result};
use domain::{Item, ItemId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Lane, Store};
use tokio::sync::Mutex;

/// Reads a batch of items in one statement.
pub(crate) struct ReadBatch {
    store: Store,
    lane: Lane,
    /// Nobody but the lane's worker, which does one batch after the other, asks for it.
    known: Mutex<KnownItems>,
}

impl ReadBatch {
    pub(crate) fn new(store: Store) -> Self {
        let lane = store.lane();
        Self { store, lane, known: Mutex::default() }
    }
}

impl Batch for ReadBatch {
    type Request = ItemId;
    type Answer = Arc<Rendering<Item>>;

    const PATIENT: bool = true;

    async fn run(&self, ids: Vec<ItemId>) -> Vec<Result<Arc<Rendering<Item>>>> {
        let wanted: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        match self.known.lock().await.read(&self.store, &self.lane, &wanted).await {
            Err(error) => vec![Err(error); ids.len()],
            Ok(items) => {
                let found = |id| items.get(&id).cloned();
                let answer = |id| found(id).ok_or_else(|| Error::from(domain::Error::ItemNotFound(id)));
                ids.into_iter().map(answer).collect()
            }
        }
    }
}
