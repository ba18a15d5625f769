//! A batch of stock requests in one transaction: read under lock, let the planner decide, write, commit,
//! answer everyone.

use crate::categories::TopCache;
use crate::combine::Batch;
use crate::warehouses::{Known, Warehouses};
use crate::{Context, Error, Result};
use domain::{Answer, BlockId, ItemId, OrderId, Plan, Request, Snapshot, WarehouseId, plan};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{Cause, StockTransaction, Store, Wanted};

/// How often a batch is tried again that PostgreSQL gave up on. By design none deadlocks; what others do to
/// the same rows is not in our hands.
const CONFLICT_RETRIES_MAX: usize = 5;

/// A stock request and who asks.
pub(crate) type Asked = (Request, Context);

/// Decides a batch of stock requests.
pub(crate) struct StockBatch {
    store: Store,
    top: Arc<TopCache>,
    warehouses: Arc<Warehouses>,
}

impl StockBatch {
    pub(crate) fn new(store: Store, top: Arc<TopCache>, warehouses: Arc<Warehouses>) -> Self {
        Self { store, top, warehouses }
    }

    /// All of `asked` in one transaction, tried again where PostgreSQL gave up on it.
    async fn decide(&self, asked: &[Asked]) -> Result<Vec<Result<Answer>>> {
        let known =
            self.warehouses.knowing(asked.iter().filter_map(|(request, _)| warehouse(request))).await?;
        let mut tries = 0;
        loop {
            match self.attempt(asked, &known).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                decided => return Ok(decided?),
            }
        }
    }

    async fn attempt(&self, asked: &[Asked], known: &Known) -> store::Result<Vec<Result<Answer>>> {
        let requests: Vec<_> = asked.iter().map(|(request, _)| request.clone()).collect();
        let mut transaction = self.store.stock_begin().await?;
        let reading = read(&mut transaction, &requests, known).await?;
        let (plan, snapshot) = settle(&mut transaction, &requests, reading.snapshot).await?;
        if plan.changes.is_empty() {
            transaction.roll_back().await?;
        } else {
            let cause = |(_, context): &'_ Asked| (context.actor.clone(), context.request_id.clone());
            let causes: Vec<_> = asked.iter().map(cause).collect();
            let causes: Vec<_> =
                causes.iter().map(|(actor, request_id)| Cause { actor, request_id }).collect();
            transaction.write(&plan.changes, snapshot.now, &causes).await?;
            transaction.commit().await?;
            let levels = plan.changes.levels.keys().chain(plan.changes.new_levels.keys());
            for category in levels.filter_map(|key| reading.categories.get(&key.item)?.as_ref()) {
                self.top.changed(category);
            }
        }
        Ok(plan.answers.into_iter().map(|answer| answer.map_err(Error::Refused)).collect())
    }
}

impl Batch for StockBatch {
    type Request = Asked;
    type Answer = Answer;

    async fn run(&self, asked: Vec<Asked>) -> Vec<Result<Answer>> {
        match self.decide(&asked).await {
            Ok(answers) => answers,
            // Some request made PostgreSQL refuse the whole batch, which the planner should have prevented:
            // alone, each of the others is granted.
            Err(Error::Internal | Error::Refused(_)) if asked.len() > 1 => {
                let mut answers = Vec::with_capacity(asked.len());
                for one in &asked {
                    let alone = self.decide(std::slice::from_ref(one)).await;
                    answers.push(alone.and_then(|mut answers| answers.pop().unwrap_or(Err(Error::Internal))));
                }
                answers
            }
            Err(error) => vec![Err(error); asked.len()],
        }
    }
}

/// What was read under lock.
struct Reading {
    snapshot: Snapshot,
    categories: HashMap<ItemId, Option<String>>,
}

/// Locks and reads everything that the requests are decided on.
async fn read(
    transaction: &mut StockTransaction,
    requests: &[Request],
    known: &Known,
) -> store::Result<Reading> {
    let named = Named::of(requests);
    let fresh = match named.places {
        0 => Vec::new(),
        count => transaction.block_ids_reserve(count).await?,
    };
    let mut wanted = named.levels;
    if !named.blocks.is_empty() {
        let levels = transaction.block_levels(&named.blocks).await?;
        wanted.extend(levels.into_iter().map(|key| (key.item, None)));
    }
    let orders: Vec<_> = named.orders.iter().map(|(order, _)| *order).collect();
    let lines = match orders.is_empty() {
        true => HashMap::new(),
        false => transaction.order_lines(&orders).await?,
    };
    for (order, warehouse) in &named.orders {
        for (item, _) in lines.get(order).into_iter().flatten() {
            wanted.insert((*item, *warehouse));
        }
    }
    let mut locked = transaction.levels_lock(&wanted).await?;
    let without: BTreeSet<_> = wanted.iter().map(|(item, _)| *item).collect();
    let without: Vec<_> = without.into_iter().filter(|item| !locked.categories.contains_key(item)).collect();
    if !without.is_empty() {
        locked.categories.extend(transaction.items_known(&without).await?);
    }
    let (mut blocks, mut ended) = Default::default();
    if !named.blocks.is_empty() {
        blocks = transaction.blocks_lock(&named.blocks).await?;
        let gone: Vec<_> = named.blocks.iter().copied().filter(|id| !blocks.contains_key(id)).collect();
        if !gone.is_empty() {
            ended = transaction.block_ends(&gone).await?;
        }
    }
    let orders = match orders.is_empty() {
        true => HashMap::new(),
        false => transaction.orders_lock(lines, &orders).await?,
    };
    let now = match locked.now {
        Some(now) if named.blocks.is_empty() => now,
        // Behind the locks on the blocks.
        _ => transaction.now().await?,
    };
    let snapshot = Snapshot {
        now,
        items: locked.categories.keys().copied().collect(),
        warehouses: known.ids.clone(),
        default_warehouse: known.default,
        levels: locked.levels,
        blocks,
        ended,
        orders,
        expired: Vec::new(),
        fresh,
    };
    Ok(Reading { snapshot, categories: locked.categories })
}

/// Decides, and decides anew with what is due back for as long as somebody is short of an item of which
/// expired blocks still hold some.
async fn settle(
    transaction: &mut StockTransaction,
    requests: &[Request],
    mut snapshot: Snapshot,
) -> store::Result<(Plan, Snapshot)> {
    let mut read = 0;
    loop {
        let plan = plan(&snapshot, requests);
        if plan.short.is_empty() {
            return Ok((plan, snapshot));
        }
        let short: Vec<_> = plan.short.iter().copied().collect();
        let (due, more) = transaction.blocks_due(&short, snapshot.now, read).await?;
        read += due.len();
        let before = snapshot.expired.len();
        let levels = &snapshot.levels;
        let taken: BTreeSet<_> = snapshot.expired.iter().map(|block| block.id).collect();
        let due = due.into_iter();
        let due = due.filter(|block| levels.contains_key(&block.key) && !taken.contains(&block.id));
        snapshot.expired.extend(due);
        if snapshot.expired.len() == before && !more {
            return Ok((plan, snapshot));
        }
    }
}

/// What the requests of a batch name.
#[derive(Default)]
struct Named {
    /// How many want a new block.
    places: usize,
    /// Stock levels. A block, a release and an adjustment tell what is left over all warehouses, so they
    /// take all of the item's.
    levels: Wanted,
    blocks: Vec<BlockId>,
    /// Orders, and the warehouse whose levels they need; `None` where it is known only under lock.
    orders: BTreeSet<(OrderId, Option<WarehouseId>)>,
}

impl Named {
    fn of(requests: &[Request]) -> Self {
        let mut named = Self::default();
        let mut blocks = BTreeSet::new();
        for request in requests {
            match request {
                Request::Place(place) => {
                    named.places += 1;
                    named.levels.insert((place.item, None));
                }
                Request::Adjust(adjustment) => _ = named.levels.insert((adjustment.item, None)),
                Request::Confirm(id) | Request::Release(id) | Request::Extend(id, _) => {
                    _ = blocks.insert(*id)
                }
                Request::Allocate(order, warehouse) => {
                    named.orders.insert((*order, Some(*warehouse)));
                }
                Request::Cancel(order) => _ = named.orders.insert((*order, None)),
            }
        }
        named.blocks = blocks.into_iter().collect();
        named
    }
}

/// The warehouse that a request names.
fn warehouse(request: &Request) -> Option<WarehouseId> {
    match request {
        Request::Place(place) => place.warehouse,
        Request::Adjust(adjustment) => adjustment.warehouse,
        Request::Allocate(_, warehouse) => Some(*warehouse),
        Request::Confirm(_) | Request::Release(_) | Request::Extend(..) | Request::Cancel(_) => None,
    }
}
