//! Creates items in batches.

use crate::batching::batch::{Answers, Batch};
use crate::batching::in_doubt::InDoubtFlag;
use crate::cache::warehouses::Warehouses;
use crate::idempotency::{CONFLICT_RETRIES_MAX, KeyStatus, add_known_answers, lookup_keys, response_record};
use crate::response::{CommandResult, Response};
use crate::writer::Writer;
use crate::{Context, Error, Result};
use domain::{Item, MovementReason, NewItem, Permission, WarehouseId};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::{Cause, PinnedConnection, TakenKey};

/// The time for creating the items of one batch one by one. The remaining requests fail then.
const ONE_BY_ONE_MAX: Duration = Duration::from_secs(4);

/// A request to create an item, with its caller.
#[derive(Debug, Clone)]
pub(crate) struct CreateRequest {
    pub(crate) item: NewItem,
    pub(crate) context: Context,
}

/// Creates batches of items, each batch in one transaction.
pub(crate) struct CreateBatch {
    writer: Writer,
    pinned: PinnedConnection,
    in_doubt: InDoubtFlag,
}

/// The answers with the requests' positions in the batch.
type PositionedAnswers = Vec<(usize, Result<Response<Item>>)>;

/// A new item's warehouse, or the reason why it has none.
type Destination = std::result::Result<WarehouseId, domain::Error>;

impl CreateBatch {
    /// Returns a worker.
    pub(crate) fn new(writer: Writer) -> Self {
        Self { pinned: writer.store.pinned_connection(), writer, in_doubt: InDoubtFlag::default() }
    }

    /// Creates items in one transaction. Runs it again after a conflict, and with fresh warehouses after a cached one was
    /// deleted.
    async fn create(&self, requests: &[CreateRequest]) -> Result<PositionedAnswers> {
        let named = || requests.iter().filter_map(|request| request.item.warehouse);
        let mut warehouses = self.writer.warehouses.fetch(named()).await?;
        let has_keys = requests.iter().any(|request| request.context.idempotency.is_some());
        let mut retries = 0;
        loop {
            let created = match has_keys {
                true => self.transact(requests, &warehouses).await,
                false => self.create_unkeyed(requests, &warehouses).await,
            };
            match created {
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => {}
                Err(store::Error::Rejected(
                    domain::Error::WarehouseNotFound(_) | domain::Error::WarehouseArchived(_),
                )) if retries < CONFLICT_RETRIES_MAX => {
                    self.writer.warehouses.invalidate();
                    warehouses = self.writer.warehouses.fetch(named()).await?;
                }
                created => return Ok(created?),
            }
            self.in_doubt.clear();
            retries += 1;
        }
    }

    /// Creates items without idempotency keys: one statement, which is a transaction of its own.
    async fn create_unkeyed(
        &self,
        requests: &[CreateRequest],
        warehouses: &Warehouses,
    ) -> store::Result<PositionedAnswers> {
        let mut new: Vec<_> =
            requests.iter().map(|request| (request, destination(request, warehouses))).collect();
        if requests.iter().any(|request| !request.item.keys().is_empty()) {
            let keys: Vec<_> = new.iter().map(|(request, _)| request.item.keys()).collect();
            reject_taken(&mut new, self.pinned.keys_taken(&keys).await?);
        }
        let (items, causes) = items_to_create(&new);
        self.in_doubt.set();
        let created = self.pinned.item_create_all(&items, &causes).await?;
        self.notify(&created);
        let answers = answers(new.into_iter().map(|(_, destination)| destination), created);
        let answers = answers.map(|answer| answer.map(Response::Fresh).map_err(Error::Rejected));
        Ok(answers.enumerate().collect())
    }

    /// Looks up the keys, creates the items of the new requests, and stores the responses, in one transaction.
    async fn transact(
        &self,
        requests: &[CreateRequest],
        warehouses: &Warehouses,
    ) -> store::Result<PositionedAnswers> {
        let mut transaction = self.writer.store.begin().await?;
        let contexts: Vec<_> = requests.iter().map(|request| &request.context).collect();
        let keys = lookup_keys(&mut transaction, &contexts).await?;
        let is_new = |(position, _): &(usize, &CreateRequest)| keys[*position] == KeyStatus::New;
        let (positions, mut new): (Vec<_>, Vec<_>) = (requests.iter().enumerate())
            .filter(is_new)
            .map(|(position, request)| (position, (request, destination(request, warehouses))))
            .unzip();
        let named: Vec<_> = new.iter().map(|(request, _)| request.item.keys()).collect();
        let taken = transaction.keys_taken(&named).await?;
        reject_taken(&mut new, taken);
        let (items, causes) = items_to_create(&new);
        let created = transaction.item_create_all(&items, &causes).await?;
        let mut records = Vec::new();
        let contexts: Vec<_> = new.iter().map(|(request, _)| &request.context).collect();
        let created_answers = answers(new.into_iter().map(|(_, destination)| destination), created.clone());
        let mut respond = |context: &Context, answer: std::result::Result<Item, domain::Error>| {
            let keys = answer.as_ref().err().map(|rejection| self.writer.answer_keys.cached(rejection));
            let keys = keys.unwrap_or_default();
            let rejected = |rejection| CommandResult::Rejected(rejection, &keys);
            let result = answer.as_ref().map_or_else(rejected, CommandResult::ItemCreated);
            match response_record(context, &result, self.writer.serialize_response) {
                Some((record, response)) => {
                    records.push(record);
                    Ok(Response::Stored(response))
                }
                None => answer.map(Response::Fresh).map_err(Error::Rejected),
            }
        };
        let responses = created_answers.zip(contexts).map(|(answer, context)| respond(context, answer));
        let mut answers: PositionedAnswers = positions.into_iter().zip(responses).collect();
        if !records.is_empty() {
            transaction.responses_store(&records).await?;
        }
        self.in_doubt.set();
        transaction.commit().await?;
        self.notify(&created);
        add_known_answers(keys.into_iter().enumerate(), &mut answers);
        Ok(answers)
    }

    fn notify(&self, created: &[Item]) {
        let units = created.iter().map(|item| u64::try_from(item.quantity).unwrap_or(0)).sum();
        self.writer.metrics.count_units(MovementReason::Received, units);
        self.writer.committed(created.iter().filter_map(|item| item.category.as_ref()));
    }

    /// Creates each item in a transaction of its own.
    async fn create_one_by_one(&self, requests: &[CreateRequest], answers: &mut Answers<Response<Item>>) {
        let begun = Instant::now();
        for (request, answer) in requests.iter().zip(answers) {
            let created = match begun.elapsed() < ONE_BY_ONE_MAX {
                true => self.create(std::slice::from_ref(request)).await,
                false => Err(Error::StockLocked),
            };
            match created {
                Ok(created) => created.into_iter().for_each(|(_, created)| *answer = Some(created)),
                Err(error) => *answer = Some(Err(error)),
            }
            self.in_doubt.clear();
        }
    }
}

/// Returns the warehouse of an item's first stock, if the caller may change its stock.
fn destination(CreateRequest { item, context }: &CreateRequest, warehouses: &Warehouses) -> Destination {
    let warehouse = item.warehouse.or(warehouses.default);
    warehouse.map_or(Ok(()), |warehouse| context.warehouses.check(Permission::WriteItems, warehouse))?;
    match warehouse {
        None => Err(domain::Error::invalid("warehouseId", "must be given: there is no default")),
        Some(warehouse) if warehouses.archived.contains(&warehouse) => {
            Err(domain::Error::WarehouseArchived(warehouse))
        }
        Some(warehouse) if warehouses.ids.contains(&warehouse) => Ok(warehouse),
        Some(warehouse) => Err(domain::Error::WarehouseNotFound(warehouse)),
    }
}

/// Rejects items that have a key of another item.
fn reject_taken(new: &mut [(&CreateRequest, Destination)], taken: Vec<TakenKey>) {
    for TakenKey { index, rejection } in taken {
        if let Some((_, destination @ Ok(_))) = new.get_mut(index) {
            *destination = Err(rejection);
        }
    }
}

/// Returns whether two of these items have a key in common.
fn share_keys(requests: &[CreateRequest]) -> bool {
    let mut skus = HashSet::new();
    let mut barcodes = HashSet::new();
    !requests.iter().all(|CreateRequest { item, .. }| {
        item.sku.as_ref().is_none_or(|sku| skus.insert(sku.folded()))
            && item.barcodes.texts().into_iter().flatten().all(|barcode| barcodes.insert(barcode))
    })
}

/// Returns the items that have a warehouse, each with its cause.
fn items_to_create<'a>(
    new: &[(&'a CreateRequest, Destination)],
) -> (Vec<(&'a NewItem, WarehouseId)>, Vec<Cause<'a>>) {
    let creatable = new.iter().filter_map(|(request, destination)| {
        Some(((&request.item, *destination.as_ref().ok()?), request.context.cause()))
    });
    creatable.unzip()
}

/// Returns an answer for each destination: the next created item, or the rejection.
fn answers(
    destinations: impl Iterator<Item = Destination>,
    created: Vec<Item>,
) -> impl Iterator<Item = std::result::Result<Item, domain::Error>> {
    let mut created = created.into_iter();
    destinations.map_while(move |destination| match destination {
        Ok(_) => created.next().map(Ok),
        Err(rejection) => Some(Err(rejection)),
    })
}

impl Batch for CreateBatch {
    type Request = CreateRequest;
    type Answer = Response<Item>;

    async fn run(&self, requests: &[CreateRequest], answers: &mut Answers<Response<Item>>) {
        if share_keys(requests) {
            return self.create_one_by_one(requests, answers).await;
        }
        match self.create(requests).await {
            // Another transaction holds a key or a row of one request.
            Err(Error::StockLocked) if requests.len() > 1 => self.create_one_by_one(requests, answers).await,
            Ok(created) => {
                created.into_iter().for_each(|(position, created)| answers[position] = Some(created));
            }
            Err(error) => answers.iter_mut().for_each(|answer| *answer = Some(Err(error.clone()))),
        }
    }

    fn context(request: &CreateRequest) -> Option<&Context> {
        Some(&request.context)
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.in_doubt)
    }
}
