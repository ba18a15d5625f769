//! Reads the availability of items in batches.

use crate::batching::batch::{Answers, Batch};
use crate::cache::availability::{AvailabilityCache, CachedAvailability};
use crate::cache::keys::KeyVersion;
use crate::{Error, Result};
use domain::{Availability, ItemId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{PinnedConnection, Store};
use tokio::sync::Mutex;

/// The most requests in a batch, of up to [`domain::AVAILABILITY_ITEMS_MAX`] items each.
pub(crate) const AVAILABILITY_BATCH_MAX: usize = 32;

/// A request for the availability of items.
pub(crate) struct AvailabilityRequest {
    /// The items, each once.
    pub(crate) items: Vec<ItemId>,
    /// The version at which SKUs of the request were resolved in the cache. With another version the request fails with
    /// [`Error::KeysChanged`].
    pub(crate) keys: Option<KeyVersion>,
}

/// Reads the availability of the items of many requests in one statement.
pub(crate) struct AvailabilityBatch {
    store: Store,
    pinned: PinnedConnection,
    /// Only the queue's worker locks it, one batch after the other.
    cache: Mutex<AvailabilityCache>,
}

impl AvailabilityBatch {
    /// Returns a worker with an empty cache.
    pub(crate) fn new(store: Store) -> Self {
        let pinned = store.pinned_connection();
        Self { store, pinned, cache: Mutex::default() }
    }
}

impl Batch for AvailabilityBatch {
    type Request = AvailabilityRequest;
    type Answer = Availability<Arc<CachedAvailability>>;

    async fn run(&self, requests: &[Self::Request], answers: &mut Answers<Self::Answer>) {
        let distinct: BTreeSet<_> = requests.iter().flat_map(|request| &request.items).copied().collect();
        let distinct: Vec<_> = distinct.into_iter().collect();
        let read = self.cache.lock().await.read(&self.store, &self.pinned, &distinct).await;
        let answer = |request: &AvailabilityRequest| -> Result<Self::Answer> {
            let read = read.as_ref().map_err(Error::clone)?;
            if request.keys.is_some_and(|keys| keys != read.keys) {
                return Err(Error::KeysChanged);
            }
            let mut answer = Availability {
                cursor: read.cursor.clone(),
                lag_seconds: read.lag_seconds,
                items: Vec::with_capacity(request.items.len()),
                unknown: Vec::new(),
                unknown_skus: Vec::new(),
            };
            for id in &request.items {
                match read.items.get(id) {
                    Some(item) => answer.items.push(item.clone()),
                    None => answer.unknown.push(*id),
                }
            }
            Ok(answer)
        };
        for (request, result) in requests.iter().zip(answers) {
            *result = Some(answer(request));
        }
    }
}
