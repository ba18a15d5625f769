//! Creating items, many at a time.

use crate::background::supervise::InDoubtFlag;
use crate::batching::queue::{Answers, Batch};
use crate::cache::warehouses::Warehouses;
use crate::idempotency::{CONFLICT_RETRIES_MAX, KeyStatus, Outcome, lookup_keys, response_record};
use crate::{Context, Error, Result, Writer};
use domain::{Item, NewItem, WarehouseId};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use store::{Cause, PinnedConnection};

/// How long items are created one by one. The rest of the batch is refused then.
const ONE_BY_ONE_MAX: Duration = Duration::from_secs(4);

/// Creates a batch of items in one transaction.
pub(crate) struct CreateBatch {
    writer: Writer,
    pinned: PinnedConnection,
    mark: InDoubtFlag,
}

type Asked = (NewItem, Context);

impl CreateBatch {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { pinned: writer.store.pinned_connection(), writer, mark: InDoubtFlag::default() }
    }

    async fn create(&self, asked: &[Asked]) -> Result<Vec<Result<Item>>> {
        let named = || asked.iter().filter_map(|(item, _)| item.warehouse);
        let mut warehouses = self.writer.warehouses.fetch(named()).await?;
        let is_keyed = asked.iter().any(|(_, context)| context.idempotency.is_some());
        let mut tries = 0;
        loop {
            let created = match is_keyed {
                true => self.attempt(asked, &warehouses).await,
                false => self.attempt_unkeyed(asked, &warehouses).await,
            };
            match created {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => {
                    self.mark.clear();
                    tries += 1;
                }
                // The cache has a warehouse that is gone, maybe the default one.
                Err(store::Error::Refused(domain::Error::WarehouseNotFound(_)))
                    if tries < CONFLICT_RETRIES_MAX =>
                {
                    tries += 1;
                    self.writer.warehouses.invalidate();
                    warehouses = self.writer.warehouses.fetch(named()).await?;
                }
                created => return Ok(created?),
            }
        }
    }

    /// Where no request has a key, nothing is to be looked up before, or kept: one statement does it all.
    async fn attempt_unkeyed(
        &self,
        asked: &[Asked],
        warehouses: &Warehouses,
    ) -> store::Result<Vec<Result<Item>>> {
        let places: Vec<_> = asked.iter().map(|(item, _)| place(item, warehouses)).collect();
        let wanted = asked.iter().zip(&places);
        let (items, causes): (Vec<_>, Vec<_>) = wanted
            .filter_map(|((item, context), place)| {
                let cause = Cause { actor: &context.actor, request_id: &context.request_id };
                Some(((item, *place.as_ref().ok()?), cause))
            })
            .unzip();
        self.mark.set();
        let created = self.pinned.item_create_all(&items, &causes).await?;
        self.writer.committed(created.iter().filter_map(|item| item.category.as_ref()));
        let mut left = created.into_iter();
        let answer = |place: std::result::Result<WarehouseId, domain::Error>| match place {
            Ok(_) => left.next().ok_or(Error::Internal),
            Err(rejection) => Err(rejection.into()),
        };
        Ok(places.into_iter().map(answer).collect())
    }

    async fn attempt(&self, asked: &[Asked], warehouses: &Warehouses) -> store::Result<Vec<Result<Item>>> {
        let Writer { store, render, .. } = &self.writer;
        let mut transaction = store.begin().await?;
        let contexts: Vec<_> = asked.iter().map(|(_, context)| context).collect();
        let key_statuses = lookup_keys(&mut transaction, &contexts).await?;
        let places: Vec<_> = asked.iter().map(|(item, _)| place(item, warehouses)).collect();
        let wanted = asked.iter().zip(&key_statuses).zip(&places);
        let (items, causes): (Vec<_>, Vec<_>) = wanted
            .filter_map(|(((item, context), status), place)| {
                let cause = Cause { actor: &context.actor, request_id: &context.request_id };
                let warehouse = *place.as_ref().ok().filter(|_| *status == KeyStatus::New)?;
                Some(((item, warehouse), cause))
            })
            .unzip();
        let created = transaction.item_create_all(&items, &causes).await?;
        let mut left = created.iter().cloned();
        let (mut kept, mut replies) = (Vec::new(), HashMap::new());
        let mut answers = Vec::with_capacity(asked.len());
        for (index, (status, place)) in key_statuses.iter().zip(places).enumerate() {
            let done = match (status, place) {
                (KeyStatus::New, Ok(_)) => left.next().ok_or(Error::Internal),
                (KeyStatus::New, Err(rejection)) => Err(rejection.into()),
                (other, _) => other.answer(&replies),
            };
            let outcome = match (status, &done) {
                (KeyStatus::New, Ok(item)) => Some(Outcome::ItemCreated(item)),
                (KeyStatus::New, Err(Error::Refused(rejection))) => Some(Outcome::Rejected(rejection)),
                _ => None,
            };
            let keyed = outcome.and_then(|outcome| response_record(contexts[index], outcome, *render));
            answers.push(match keyed {
                Some((answer, reply)) => {
                    kept.push(answer);
                    replies.insert(index, reply.clone());
                    Err(Error::Answered(reply))
                }
                None => done,
            });
        }
        if !kept.is_empty() {
            transaction.responses_store(&kept).await?;
        }
        self.mark.set();
        transaction.commit().await?;
        self.writer.committed(created.iter().filter_map(|item| item.category.as_ref()));
        Ok(answers)
    }
}

/// The warehouse of an item's first stock.
fn place(item: &NewItem, warehouses: &Warehouses) -> std::result::Result<WarehouseId, domain::Error> {
    match item.warehouse.or(warehouses.default) {
        None => Err(domain::Error::invalid("warehouseId", "must be given: there is no default")),
        Some(warehouse) if warehouses.ids.contains(&warehouse) => Ok(warehouse),
        Some(warehouse) => Err(domain::Error::WarehouseNotFound(warehouse)),
    }
}

impl Batch for CreateBatch {
    type Request = Asked;
    type Answer = Item;

    async fn run(&self, asked: &[Asked], answers: &mut Answers<Item>) {
        let created = self.create(asked).await;
        match created {
            // A key or a row of one request is locked by another transaction: the others are created all the same.
            Err(Error::StockLocked) if asked.len() > 1 => {
                let begun = Instant::now();
                for (one, answer) in asked.iter().zip(answers) {
                    let alone = match begun.elapsed() < ONE_BY_ONE_MAX {
                        true => self.create(std::slice::from_ref(one)).await,
                        false => Err(Error::StockLocked),
                    };
                    *answer =
                        Some(alone.and_then(|mut created| created.pop().unwrap_or(Err(Error::Internal))));
                    self.mark.clear();
                }
            }
            Ok(created) => {
                answers.iter_mut().zip(created).for_each(|(answer, created)| *answer = Some(created));
            }
            Err(error) => answers.iter_mut().for_each(|answer| *answer = Some(Err(error.clone()))),
        }
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.mark)
    }
}
