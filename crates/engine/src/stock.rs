//! A batch of stock requests in one transaction: read under lock, let the planner decide, write, commit,
//! answer everyone.

use crate::combine::Batch;
use crate::idempotency::{CONFLICT_RETRIES_MAX, Outcome, Verdict, judge, keyed_answer};
use crate::warehouses::Known;
use crate::{Context, Error, Result, Writer};
use domain::{
    Answer, BlockId, BlockLimits, CartId, ItemId, OrderId, Plan, Reference, Request, Snapshot, WarehouseId,
    plan,
};
use std::collections::{BTreeSet, HashMap};
use store::{Cause, KeyedAnswer, Wanted, WriteTransaction};

/// A stock request and who asks.
pub(crate) type Asked = (Request, Context);

/// Decides a batch of stock requests.
pub(crate) struct StockBatch(pub(crate) Writer);

impl StockBatch {
    /// All of `asked` in one transaction, tried again where PostgreSQL gave up on it.
    async fn decide(&self, asked: &[Asked]) -> Result<Vec<Result<Answer>>> {
        let named: Vec<_> = asked.iter().flat_map(|(request, _)| warehouses(request)).flatten().collect();
        let known = self.0.warehouses.knowing(named).await?;
        let mut tries = 0;
        loop {
            match self.attempt(asked, &known).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                decided => return Ok(decided?),
            }
        }
    }

    async fn attempt(&self, asked: &[Asked], known: &Known) -> store::Result<Vec<Result<Answer>>> {
        let mut transaction = self.0.store.begin().await?;
        let contexts: Vec<_> = asked.iter().map(|(_, context)| context).collect();
        let verdicts = judge(&mut transaction, &contexts).await?;
        let chosen: Vec<_> = (0..asked.len()).filter(|index| verdicts[*index] == Verdict::Do).collect();
        let requests: Vec<_> = chosen.iter().map(|index| asked[*index].0.clone()).collect();
        let reading = read(&mut transaction, &requests, known, self.0.limits).await?;
        let (plan, snapshot) = settle(&mut transaction, &requests, reading.snapshot).await?;
        let (kept, replies) = self.kept_answers(&chosen, &contexts, &plan);
        if plan.changes.is_empty() && kept.is_empty() {
            transaction.roll_back().await?;
        } else {
            let cause = |index: &usize| {
                let Context { actor, request_id, .. } = contexts[*index];
                Cause { actor, request_id }
            };
            let causes: Vec<_> = chosen.iter().map(cause).collect();
            transaction.write(&plan.changes, snapshot.now, &causes, &kept).await?;
            transaction.commit().await?;
            let levels = plan.changes.levels.keys().chain(plan.changes.new_levels.keys());
            self.0.committed(levels.filter_map(|key| reading.categories.get(&key.item)?.as_ref()));
        }
        self.0.failures.note_refused(chosen.iter().map(|index| contexts[*index]).zip(&plan.answers));
        let mut planned = plan.answers.into_iter();
        let answer = |(index, verdict): (usize, &Verdict)| match (verdict, replies.get(&index)) {
            (Verdict::Do, None) => planned.next().unwrap_or_else(never_planned).map_err(Error::Refused),
            (Verdict::Do, Some(reply)) => {
                planned.next();
                Err(Error::Answered(reply.clone()))
            }
            (other, _) => other.answer(&replies),
        };
        Ok(verdicts.iter().enumerate().map(answer).collect())
    }

    /// What is to be kept of the requests that came with a key, and what they are told.
    fn kept_answers(
        &self,
        chosen: &[usize],
        contexts: &[&Context],
        plan: &Plan,
    ) -> (Vec<KeyedAnswer>, HashMap<usize, crate::Reply>) {
        let answered = chosen.iter().zip(&plan.answers);
        let keyed = answered.filter_map(|(index, answer)| {
            let (kept, reply) = keyed_answer(contexts[*index], Outcome::Stock(answer), self.0.render)?;
            Some((kept, (*index, reply)))
        });
        keyed.unzip()
    }
}

/// The planner answers every request; this is for the type alone.
fn never_planned() -> std::result::Result<Answer, domain::Error> {
    Err(domain::Error::invalid("request", "was not decided"))
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
    transaction: &mut WriteTransaction,
    requests: &[Request],
    known: &Known,
    limits: BlockLimits,
) -> store::Result<Reading> {
    let mut named = Named::of(requests);
    let fresh = match named.places {
        0 => Vec::new(),
        count => transaction.block_ids_reserve(count).await?,
    };
    let carts = match named.carts.is_empty() {
        true => HashMap::new(),
        false => transaction.cart_blocks(&named.carts).await?,
    };
    named.add_cart_blocks(&carts);
    let active = match named.references.is_empty() {
        true => HashMap::new(),
        false => transaction.references_lock(&named.references).await?,
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
    let held = match named.receiving.is_empty() {
        true => HashMap::new(),
        false => transaction.units_held(&named.receiving).await?,
    };
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
        held,
        blocks,
        ended,
        carts,
        active,
        limits,
        orders,
        expired: Vec::new(),
        fresh,
    };
    Ok(Reading { snapshot, categories: locked.categories })
}

/// Decides, and decides anew with what is due back for as long as somebody is short of an item of which
/// expired blocks still hold some.
async fn settle(
    transaction: &mut WriteTransaction,
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
struct Named<'a> {
    /// How many new blocks are wanted.
    places: usize,
    /// Stock levels. A block, a release and an adjustment tell what is left over all warehouses, so they
    /// take all of the item's.
    levels: Wanted,
    /// Items that are to be received.
    receiving: Vec<ItemId>,
    blocks: Vec<BlockId>,
    carts: Vec<CartId>,
    references: Vec<&'a Reference>,
    /// Orders, and the warehouse whose levels they need; `None` where it is known only under lock.
    orders: BTreeSet<(OrderId, Option<WarehouseId>)>,
}

impl<'a> Named<'a> {
    fn of(requests: &'a [Request]) -> Self {
        let mut named = Self::default();
        let (mut blocks, mut carts, mut references) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for request in requests {
            match request {
                Request::Place(place) => {
                    named.places += 1;
                    named.levels.insert((place.item, None));
                }
                Request::PlaceCart(cart) => {
                    named.places += cart.lines().len();
                    named.levels.extend(cart.lines().iter().map(|line| (line.item, None)));
                    references.extend(&cart.reference);
                }
                Request::Adjust(adjustment) => {
                    named.levels.insert((adjustment.item, None));
                    if adjustment.delta > 0 {
                        named.receiving.push(adjustment.item);
                    }
                }
                Request::Move(movement) => _ = named.levels.insert((movement.item, None)),
                Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => {
                    blocks.insert(*id);
                }
                Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                    carts.insert(*cart);
                }
                Request::Allocate(order, warehouse) => {
                    named.orders.insert((*order, Some(*warehouse)));
                }
                Request::Cancel(order) => _ = named.orders.insert((*order, None)),
            }
        }
        named.blocks = blocks.into_iter().collect();
        named.carts = carts.into_iter().collect();
        named.references = references.into_iter().collect();
        named
    }

    /// Adds the blocks of the carts that are named; of a cart that has none left the first one, which tells
    /// how it ended.
    fn add_cart_blocks(&mut self, carts: &HashMap<CartId, Vec<BlockId>>) {
        let mut blocks: BTreeSet<_> = self.blocks.iter().copied().collect();
        for cart in &self.carts {
            match carts.get(cart) {
                Some(members) => blocks.extend(members),
                None => _ = blocks.insert(BlockId(cart.0)),
            }
        }
        self.blocks = blocks.into_iter().collect();
    }
}

/// The warehouses that a request names.
fn warehouses(request: &Request) -> [Option<WarehouseId>; 2] {
    match request {
        Request::Place(place) => [place.warehouse, None],
        Request::Adjust(adjustment) => [adjustment.warehouse, None],
        Request::Move(movement) => [Some(movement.from), Some(movement.to)],
        Request::Allocate(_, warehouse) => [Some(*warehouse), None],
        _ => [None, None],
    }
}
