//! Reads items by id in batches.

use crate::CachedJson;
use crate::batching::batch::{Answers, Batch};
use crate::cache::items::ItemCache;
use domain::{Item, ItemId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{PinnedConnection, Store};
use tokio::sync::Mutex;

/// Reads batches of items, each batch in one statement.
pub(crate) struct ReadBatch {
    store: Store,
    pinned: PinnedConnection,
    /// Only the queue's worker locks it, one batch after the other.
    cache: Mutex<ItemCache>,
}

impl ReadBatch {
    /// Returns a worker with an empty cache.
    pub(crate) fn new(store: Store) -> Self {
        let pinned = store.pinned_connection();
        Self { store, pinned, cache: Mutex::default() }
    }
}

impl Batch for ReadBatch {
    type Request = ItemId;
    type Answer = Arc<CachedJson<Item>>;

    const LINGER: bool = true;

    async fn run(&self, ids: &[ItemId], answers: &mut Answers<Self::Answer>) {
        let distinct: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let distinct: Vec<_> = distinct.into_iter().collect();
        let read = self.cache.lock().await.read(&self.store, &self.pinned, &distinct).await;
        for (id, answer) in ids.iter().zip(answers) {
            *answer = Some(match &read {
                Err(error) => Err(error.clone()),
                Ok(items) => items.get(id).cloned().ok_or_else(|| domain::Error::ItemNotFound(*id).into()),
            });
        }
    }
}
