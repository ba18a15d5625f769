//! Creating items, many at a time.

use crate::categories::TopCache;
use crate::combine::Batch;
use crate::warehouses::Warehouses;
use crate::{Context, Error, Result};
use domain::{Item, NewItem, WarehouseId};
use std::sync::Arc;
use store::{Cause, Store};

/// Creates a batch of items in one statement.
pub(crate) struct CreateBatch {
    store: Store,
    top: Arc<TopCache>,
    warehouses: Arc<Warehouses>,
}

impl CreateBatch {
    pub(crate) fn new(store: Store, top: Arc<TopCache>, warehouses: Arc<Warehouses>) -> Self {
        Self { store, top, warehouses }
    }

    /// The warehouse of each item's first stock, or why there is none.
    async fn places(&self, requests: &[(NewItem, Context)]) -> Result<Vec<Result<WarehouseId>>> {
        let known = self.warehouses.knowing(requests.iter().filter_map(|(item, _)| item.warehouse)).await?;
        let place = |(item, _): &(NewItem, Context)| match item.warehouse.or(known.default) {
            None => Err(domain::Error::invalid("warehouseId", "must be given: there is no default").into()),
            Some(warehouse) if known.ids.contains(&warehouse) => Ok(warehouse),
            Some(warehouse) => Err(domain::Error::WarehouseNotFound(warehouse).into()),
        };
        Ok(requests.iter().map(place).collect())
    }

    async fn create(&self, requests: &[(NewItem, Context)]) -> Result<Vec<Result<Item>>> {
        let places = self.places(requests).await?;
        let placed = requests.iter().zip(&places);
        let (items, causes): (Vec<_>, Vec<_>) = placed
            .filter_map(|((item, context), place)| {
                let cause = Cause { actor: &context.actor, request_id: &context.request_id };
                Some(((item, *place.as_ref().ok()?), cause))
            })
            .unzip();
        let mut created = self.store.item_create_all(&items, &causes).await?.into_iter();
        let answers: Vec<_> = places
            .into_iter()
            .map(|place| place.and_then(|_| created.next().ok_or(Error::Internal)))
            .collect();
        for item in answers.iter().flatten() {
            if let Some(category) = &item.category {
                self.top.changed(category);
            }
        }
        Ok(answers)
    }
}

impl Batch for CreateBatch {
    type Request = (NewItem, Context);
    type Answer = Item;

    async fn run(&self, requests: Vec<Self::Request>) -> Vec<Result<Item>> {
        match self.create(&requests).await {
            Ok(answers) => answers,
            Err(error) => vec![Err(error); requests.len()],
        }
    }
}
