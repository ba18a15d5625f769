//! Reading items by their ids, many at a time.

use crate::batching::queue::{Answers, Batch};
use crate::cache::items::ItemCache;
use crate::{CachedJson, Error};
use domain::{Item, ItemId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{PinnedConnection, Store};
use tokio::sync::Mutex;

/// Reads a batch of items in one statement.
pub(crate) struct ReadBatch {
    store: Store,
    pinned: PinnedConnection,
    /// Nobody but the pinned's worker, which does one batch after the other, asks for it.
    known: Mutex<ItemCache>,
}

impl ReadBatch {
    pub(crate) fn new(store: Store) -> Self {
        let pinned = store.pinned_connection();
        Self { store, pinned, known: Mutex::default() }
    }
}

impl Batch for ReadBatch {
    type Request = ItemId;
    type Answer = Arc<CachedJson<Item>>;

    const LINGER: bool = true;

    async fn run(&self, ids: &[ItemId], answers: &mut Answers<Self::Answer>) {
        let wanted: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let read = self.known.lock().await.read(&self.store, &self.pinned, &wanted).await;
        for (id, answer) in ids.iter().zip(answers) {
            *answer = Some(match &read {
                Err(error) => Err(error.clone()),
                Ok(items) => {
                    items.get(id).cloned().ok_or_else(|| Error::from(domain::Error::ItemNotFound(*id)))
                }
            });
        }
    }
}
