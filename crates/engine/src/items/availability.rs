//! Reads the availability of items in batches.

use crate::batching::batch::{Answers, Batch};
use domain::{Availability, ItemAvailability, ItemId};
use std::collections::{BTreeSet, HashMap, HashSet};
use store::Store;

/// The most requests in a batch, of up to [`domain::AVAILABILITY_ITEMS_MAX`] items each.
pub(crate) const AVAILABILITY_BATCH_MAX: usize = 32;

/// Reads the availability of the items of many requests in one statement.
pub(crate) struct AvailabilityBatch {
    store: Store,
}

impl AvailabilityBatch {
    /// Returns a worker.
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Batch for AvailabilityBatch {
    /// The items of a request, each once.
    type Request = Vec<ItemId>;
    type Answer = Availability;

    async fn run(&self, requests: &[Self::Request], answers: &mut Answers<Self::Answer>) {
        let distinct: BTreeSet<_> = requests.iter().flatten().copied().collect();
        let distinct: Vec<_> = distinct.into_iter().collect();
        let read = self.store.stock_availability(&distinct).await;
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                let error = crate::Error::from(error);
                return answers.iter_mut().for_each(|answer| *answer = Some(Err(error.clone())));
            }
        };
        let unknown: HashSet<_> = read.unknown.into_iter().collect();
        let items: HashMap<_, _> = read.items.into_iter().map(|item| (item.item, item)).collect();
        for (request, answer) in requests.iter().zip(answers) {
            *answer = Some(Ok(Availability {
                cursor: read.cursor.clone(),
                lag_seconds: read.lag_seconds,
                items: request
                    .iter()
                    .filter_map(|id| items.get(id).cloned())
                    .collect::<Vec<ItemAvailability>>(),
                unknown_skus: Vec::new(),
                unknown: request.iter().filter(|id| unknown.contains(id)).copied().collect(),
            }));
        }
    }
}
