//! A batch of stock requests in one transaction: read under lock, let the planner decide, write, commit,
//! answer everyone.

use crate::combine::Batch;
use crate::idempotency::{CONFLICT_RETRIES_MAX, Outcome, Verdict, judge, keyed_answer};
use crate::known::KnownLevels;
use crate::warehouses::Known;
use crate::{Context, Error, Result, Writer};
use domain::{
    Answer, BlockId, CartId, Changes, ItemId, OrderId, Plan, Reference, Request, Snapshot, WarehouseId, plan,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{Cause, KeyedAnswer, Lane, LockedBlocks, Wanted, WriteTransaction};

/// A stock request and who asks.
pub(crate) type Asked = (Request, Context);

/// Decides a batch of stock requests.
pub(crate) struct StockBatch {
    writer: Writer,
    fresh: FreshIds,
    levels: KnownLevels,
    lane: Lane,
}

impl StockBatch {
    /// With nothing at hand yet.
    pub(crate) fn new(writer: Writer) -> Self {
        let lane = writer.store.lane();
        Self { writer, fresh: FreshIds::default(), levels: KnownLevels::default(), lane }
    }

    /// All of `asked` in one transaction, tried again where PostgreSQL gave up on it.
    async fn decide(&self, asked: &[Asked]) -> Result<Vec<Result<Answer>>> {
        let mut named = Vec::new();
        asked.iter().for_each(|(request, _)| add_warehouses(request, &mut named));
        let known = self.writer.warehouses.knowing(named).await?;
        if let Some(answers) = self.place_known(asked, &known).await? {
            return Ok(answers);
        }
        let mut tries = 0;
        loop {
            match self.attempt(asked, &known).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                decided => return Ok(decided?),
            }
        }
    }

    /// The way of a hot item: blocks that are all granted, on stock levels that are as the last batch left
    /// them, take one round trip. `None` where it is not so, or not known to be: then nothing has changed.
    async fn place_known(&self, asked: &[Asked], known: &Known) -> Result<Option<Vec<Result<Answer>>>> {
        let is_plain = |(request, context): &Asked| match request {
            Request::Place(place) if context.idempotency.is_none() => Some(place.item),
            _ => None,
        };
        let Some(items) = asked.iter().map(is_plain).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let Some(levels) = self.levels.of(items.into_iter()) else { return Ok(None) };
        let requests: Vec<_> = asked.iter().map(|(request, _)| request.clone()).collect();
        let mut snapshot = Snapshot {
            warehouses: known.ids.clone(),
            levels,
            limits: self.writer.limits,
            fresh: (1..).map(BlockId).take(requests.len()).collect(),
            ..Snapshot::default()
        };
        let planned = plan(&snapshot, &requests);
        if planned.answers.iter().any(std::result::Result::is_err) {
            return Ok(None);
        }
        let causes: Vec<_> =
            asked.iter().map(|(_, Context { actor, request_id, .. })| Cause { actor, request_id }).collect();
        let changes = &planned.changes;
        let placed = match self.lane.blocks_place(&snapshot.levels, changes, snapshot.now, &causes).await {
            Ok(Some(placed)) => placed,
            Ok(None) => {
                self.levels.doubt(snapshot.levels.keys());
                return Ok(None);
            }
            Err(error) => {
                self.levels.doubt(snapshot.levels.keys());
                return if error.retryable() { Ok(None) } else { Err(error.into()) };
            }
        };
        self.writer.committed(&placed.categories);
        self.levels.learn(&snapshot.levels, &changes.levels);
        // Decided as before, with the ids and the time that only the database could tell.
        (snapshot.fresh, snapshot.now) = (placed.ids, placed.now);
        let planned = plan(&snapshot, &requests);
        Ok(Some(planned.answers.into_iter().map(|answer| answer.map_err(Error::Refused)).collect()))
    }

    async fn attempt(&self, asked: &[Asked], known: &Known) -> store::Result<Vec<Result<Answer>>> {
        let mut transaction = self.writer.store.begin().await?;
        let contexts: Vec<_> = asked.iter().map(|(_, context)| context).collect();
        let verdicts = judge(&mut transaction, &contexts).await?;
        let chosen: Vec<_> = (0..asked.len()).filter(|index| verdicts[*index] == Verdict::Do).collect();
        let requests: Vec<_> = chosen.iter().map(|index| asked[*index].0.clone()).collect();
        let (snapshot, reserved) = self.read(&mut transaction, &requests, known).await?;
        let (plan, snapshot) = settle(&mut transaction, &requests, snapshot).await?;
        let (kept, replies) = self.kept_answers(&chosen, &contexts, &plan);
        if !plan.changes.is_empty() || !kept.is_empty() {
            let cause = |index: &usize| {
                let Context { actor, request_id, .. } = contexts[*index];
                Cause { actor, request_id }
            };
            let causes: Vec<_> = chosen.iter().map(cause).collect();
            let categories = transaction.write(&plan.changes, snapshot.now, &causes, &kept).await?;
            transaction.commit().await?;
            self.writer.committed(&categories);
            self.remember(&requests, &snapshot, &plan);
        } else if reserved {
            // Else a crash of PostgreSQL might give the ids that stay at hand to somebody else too.
            transaction.commit().await?;
        } else {
            transaction.roll_back().await?;
        }
        self.fresh.give_back(snapshot.fresh, plan.changes.placed.len());
        self.writer.failures.note_refused(chosen.iter().map(|index| contexts[*index]).zip(&plan.answers));
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

    /// Remembers how a batch that is committed has left the stock levels.
    fn remember(&self, requests: &[Request], snapshot: &Snapshot, plan: &Plan) {
        // An allocation reads its own warehouse's levels only.
        if requests.iter().any(|request| matches!(request, Request::Allocate(..))) {
            return self.levels.forget(snapshot.levels.keys());
        }
        let Changes { levels, new_levels, .. } = &plan.changes;
        self.levels.learn(&snapshot.levels, levels.iter().chain(new_levels));
    }

    /// Locks and reads everything that the requests are decided on; whether block ids were reserved for it.
    async fn read(
        &self,
        transaction: &mut WriteTransaction,
        requests: &[Request],
        known: &Known,
    ) -> store::Result<(Snapshot, bool)> {
        let mut named = Named::of(requests);
        let (fresh, reserved) = self.fresh.take(transaction, named.places).await?;
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
        let locked = transaction.levels_lock(&wanted, &named.blocks).await?;
        let mut items: HashSet<_> = locked.levels.keys().map(|key| key.item).collect();
        let without: BTreeSet<_> = wanted.iter().map(|(item, _)| *item).collect();
        let without: Vec<_> = without.into_iter().filter(|item| !items.contains(item)).collect();
        if !without.is_empty() {
            items.extend(transaction.items_known(&without).await?);
        }
        let held = match named.receiving.is_empty() {
            true => HashMap::new(),
            false => transaction.units_held(&named.receiving).await?,
        };
        let (mut of_blocks, mut ended) = (LockedBlocks::default(), HashMap::new());
        if !named.blocks.is_empty() {
            of_blocks = transaction.blocks_lock(&named.blocks).await?;
            let is_gone = |id: &BlockId| !of_blocks.blocks.contains_key(id);
            let gone: Vec<_> = named.blocks.iter().copied().filter(is_gone).collect();
            if !gone.is_empty() {
                ended = transaction.block_ends(&gone).await?;
            }
        }
        let orders = match orders.is_empty() {
            true => HashMap::new(),
            false => transaction.orders_lock(lines, &orders).await?,
        };
        let in_part: BTreeSet<_> =
            wanted.iter().filter(|(_, warehouse)| warehouse.is_some()).map(|(item, _)| *item).collect();
        if !in_part.is_empty() {
            transaction.items_lock(&in_part.into_iter().collect::<Vec<_>>()).await?;
        }
        // Who changes a block has locked its level, so that time stands still for the blocks too.
        let now = match locked.now {
            Some(now) => now,
            None => transaction.now().await?,
        };
        let snapshot = Snapshot {
            now,
            items,
            warehouses: known.ids.clone(),
            default_warehouse: known.default,
            levels: locked.levels,
            held,
            blocks: of_blocks.blocks,
            ended,
            carts,
            references: of_blocks.references,
            active,
            limits: self.writer.limits,
            orders,
            expired: Vec::new(),
            fresh,
        };
        Ok((snapshot, reserved))
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
            let (kept, reply) = keyed_answer(contexts[*index], Outcome::Stock(answer), self.writer.render)?;
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

/// Block ids that no block has yet, kept at hand so that not every batch has to ask for some.
///
/// Only ids whose reservation is known to be committed: what a transaction that was broken off took from a
/// sequence, PostgreSQL may give again after a crash.
#[derive(Default)]
struct FreshIds(Mutex<AtHand>);

#[derive(Default)]
struct AtHand {
    ids: Vec<BlockId>,
    /// When they were reserved.
    since: Option<Instant>,
}

/// For how long ids are kept at hand. Lists of blocks go by id, newest first: a block that is placed after a pause
/// stands above all that others have placed meanwhile.
const AT_HAND_MAX: Duration = Duration::from_millis(500);

/// For how many batches like the one that needs them block ids are asked for at a time. Not for more: what two
/// lanes or servers have at hand is how far ids stray from the order of time.
const BATCHES_RESERVED: usize = 8;

impl FreshIds {
    /// At least `count` of them, and whether they were reserved by this very transaction.
    async fn take(
        &self,
        transaction: &mut WriteTransaction,
        count: usize,
    ) -> store::Result<(Vec<BlockId>, bool)> {
        let AtHand { mut ids, since } = std::mem::take(&mut *self.at_hand());
        if since.is_some_and(|since| since.elapsed() > AT_HAND_MAX) {
            ids.clear();
        }
        let missing = count.saturating_sub(ids.len());
        let reserving = Instant::now();
        if missing > 0 {
            ids.extend(transaction.block_ids_reserve(count.saturating_mul(BATCHES_RESERVED)).await?);
        }
        self.at_hand().since = if missing > 0 { Some(reserving) } else { since };
        Ok((ids, missing > 0))
    }

    /// Takes back all but the first `used` of `ids`, once the transaction is committed that reserved them.
    /// Those that are not given back are lost, which does no harm.
    fn give_back(&self, mut ids: Vec<BlockId>, used: usize) {
        ids.drain(..used);
        self.at_hand().ids = ids;
    }

    fn at_hand(&self) -> MutexGuard<'_, AtHand> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides, and decides anew with what is due back for as long as somebody is short of an item of which
/// expired blocks still hold some.
async fn settle(
    transaction: &mut WriteTransaction,
    requests: &[Request],
    mut snapshot: Snapshot,
) -> store::Result<(Plan, Snapshot)> {
    // Of the items that somebody was short of: the last expired block that was read, and those that have no
    // more.
    let (mut last, mut all_read) = (BTreeMap::new(), BTreeSet::new());
    loop {
        let plan = plan(&snapshot, requests);
        let before = snapshot.expired.len();
        while snapshot.expired.len() == before {
            let unread = plan.short.difference(&all_read).map(|item| (*item, last.get(item).copied()));
            let unread: BTreeMap<_, _> = unread.collect();
            if unread.is_empty() {
                return Ok((plan, snapshot));
            }
            let due = transaction.blocks_due(&unread, snapshot.now).await?;
            all_read.extend(unread.into_keys().filter(|item| !due.more.contains_key(item)));
            last.extend(due.more);
            let levels = &snapshot.levels;
            snapshot.expired.extend(due.blocks.into_iter().filter(|block| levels.contains_key(&block.key)));
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

/// Adds the warehouses that a request names.
fn add_warehouses(request: &Request, named: &mut Vec<WarehouseId>) {
    match request {
        Request::Place(place) => named.extend(place.warehouse),
        Request::PlaceCart(cart) => named.extend(cart.lines().iter().filter_map(|line| line.warehouse)),
        Request::Adjust(adjustment) => named.extend(adjustment.warehouse),
        Request::Move(movement) => named.extend([movement.from, movement.to]),
        Request::Allocate(_, warehouse) => named.push(*warehouse),
        Request::Confirm(..)
        | Request::Release(_)
        | Request::Extend(..)
        | Request::ConfirmCart(_)
        | Request::ReleaseCart(_)
        | Request::ExtendCart(..)
        | Request::Cancel(_) => {}
    }
}
