//! The way of a hot item: what is asked of stock levels and blocks that are as this server left them takes one round
//! trip. It is decided on what is remembered; the statement that writes compares that with what is there, under lock,
//! and does nothing where it differs. Nothing is refused here but for too few units, and that only where the database
//! agrees: there are no more, nor are any due back.

use super::{Asked, StockBatch};
use crate::batching::queue::Answers;
use crate::{Context, Error, Result};
use domain::{
    BlockId, CartId, Decision, Granted, HeldBlock, ItemId, LevelKey, Request, Snapshot, StockChanges,
    WarehouseId, blocks_by_reference, plan,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Cause, Expected, Generation, WriteOutcome};

/// What is remembered of what a batch is about.
#[derive(Default)]
struct Remembered {
    levels: BTreeMap<LevelKey, i32>,
    blocks: HashMap<BlockId, HeldBlock>,
    carts: HashMap<CartId, Vec<BlockId>>,
}

/// Of so many requests one may have to go the long way behind the others. Where it is more of them, they all do: two
/// transactions cost more than the round trips that are won.
const ONE_OTHER_AMONG: usize = 8;

impl StockBatch {
    /// Answers those of `asked` without an answer that can be decided on what is remembered, if these are nearly all; the
    /// others' answers stay `None`. Whether the statement waited for a lock for too long: then nothing has changed.
    pub(super) async fn answer_remembered(&self, asked: &[Asked], answers: &mut Answers<Granted>) -> bool {
        // Before anything is read: a cache of an earlier generation is empty from then on.
        let generation = self.writer.store.generation();
        let Some((remembered, chosen)) = self.remembered(generation, asked, answers) else { return false };
        // A warehouse that is not known yet is found the long way.
        let Ok(warehouses) = self.writer.warehouses.fetch([]).await else { return false };
        let Remembered { levels, blocks, carts } = remembered;
        let snapshot = Snapshot {
            warehouses: warehouses.ids,
            levels,
            blocks,
            carts,
            limits: self.writer.limits,
            ..Snapshot::default()
        };
        let requests: Vec<_> = chosen.iter().map(|(_, (request, _))| request.clone()).collect();
        let contexts: Vec<_> = chosen.iter().map(|(_, (_, context))| context).collect();
        let answered = self.answer(generation, snapshot, &requests, &contexts).await;
        let places = chosen.into_iter().map(|(place, _)| place);
        match answered {
            Ok(Some(answered)) => {
                places.zip(answered).for_each(|(place, answer)| answers[place] = Some(answer));
            }
            Ok(None) => {}
            Err(Error::StockLocked) => return true,
            Err(error) => places.for_each(|place| answers[place] = Some(Err(error.clone()))),
        }
        false
    }

    /// What is remembered, and the requests that can be decided on it, with their places.
    fn remembered<'a>(
        &self,
        generation: Generation,
        asked: &'a [Asked],
        answers: &Answers<Granted>,
    ) -> Option<(Remembered, Vec<(usize, &'a Asked)>)> {
        let open = || asked.iter().enumerate().filter(|(place, _)| answers[*place].is_none());
        let requests = || open().map(|(_, (request, _))| request);
        let carts = self.writer.blocks.get_carts(
            generation,
            requests().filter_map(|request| match request {
                Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                    Some(*cart)
                }
                _ => None,
            }),
        );
        let named = requests().filter_map(|request| match request {
            Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => Some(*id),
            _ => None,
        });
        let blocks = self.writer.blocks.get(generation, named.chain(carts.values().flatten().copied()));
        let mut remembered = Remembered { blocks, carts, ..Remembered::default() };
        let items: Vec<_> = requests().map(|request| remembered.items(request)).collect();
        if !self.writer.levels.admit_batch(generation) {
            return None;
        }
        remembered.levels = self.writer.levels.get(generation, items.iter().flatten().flatten().copied());
        let mut keys = HashSet::new();
        // A key's second request is answered as the first was.
        let mut is_first = |context: &'a Context| {
            context.idempotency.as_ref().is_none_or(|keyed| keys.insert((&*context.actor, &*keyed.key)))
        };
        let is_known = |items: &Option<Vec<ItemId>>| {
            items.as_ref().is_some_and(|items| items.iter().all(|item| remembered.knows(*item)))
        };
        let chosen: Vec<_> = (open().zip(&items))
            .filter(|((_, (_, context)), items)| is_known(items) && is_first(context))
            .map(|(one, _)| one)
            .collect();
        let others = items.len() - chosen.len();
        (!chosen.is_empty() && others * ONE_OTHER_AMONG <= items.len()).then_some((remembered, chosen))
    }

    /// By the shorter of two ways. `None` where something is not as it is remembered, or is to be refused for more
    /// than too few units: then nothing has changed.
    async fn answer(
        &self,
        generation: Generation,
        mut snapshot: Snapshot,
        requests: &[Request],
        contexts: &[&Context],
    ) -> Result<Option<Vec<Result<Granted>>>> {
        let is_plain = |(request, context): (&Request, &&Context)| {
            matches!(request, Request::Place(_)) && context.idempotency.is_none()
        };
        if !requests.iter().zip(contexts).all(is_plain) {
            return self.change(generation, snapshot, requests, contexts).await;
        }
        snapshot.new_block_ids = (1..).map(BlockId).take(requests.len()).collect();
        let planned = plan(&snapshot, requests);
        if planned.decisions.iter().all(|decision| decision.is_ok()) {
            return self.place(generation, snapshot, requests, contexts, &planned.changes).await;
        }
        self.change(generation, snapshot, requests, contexts).await
    }

    /// Blocks without keys: the database gives them their ids and the time, and they are answered then.
    async fn place(
        &self,
        generation: Generation,
        mut snapshot: Snapshot,
        requests: &[Request],
        contexts: &[&Context],
        changes: &StockChanges,
    ) -> Result<Option<Vec<Result<Granted>>>> {
        self.mark.set();
        let placed =
            self.pinned.blocks_place(&snapshot.levels, changes, snapshot.now, &causes(contexts)).await;
        let Some(placed) = self.judged(placed, &snapshot)? else { return Ok(None) };
        self.writer.committed(&placed.categories);
        self.writer.levels.record(generation, &snapshot.levels, &changes.levels);
        // Decided as before, with the ids and the time that only the database could tell.
        (snapshot.new_block_ids, snapshot.now) = (placed.ids, placed.placed_at);
        self.clock.set(generation, placed.placed_at);
        let planned = plan(&snapshot, requests);
        self.writer.blocks.record(generation, &planned.changes);
        Ok(Some(planned.decisions.into_iter().map(|answer| answer.map_err(Error::Refused)).collect()))
    }

    /// Blocks that are placed, confirmed, extended and released, with keys or without: ids and time are known before,
    /// as what is kept under a key tells them.
    async fn change(
        &self,
        generation: Generation,
        mut snapshot: Snapshot,
        requests: &[Request],
        contexts: &[&Context],
    ) -> Result<Option<Vec<Result<Granted>>>> {
        let new = requests.iter().map(blocks_wanted).sum();
        let taken = self.ids.take_with_time(&self.clock, &self.pinned, generation, new).await;
        let Some((fresh, now)) = self.judged(taken.map(Some), &snapshot)? else { return Ok(None) };
        (snapshot.new_block_ids, snapshot.now) = (fresh, now);
        let planned = plan(&snapshot, requests);
        if !planned.decisions.iter().all(is_certain) {
            self.ids.put_back(generation, snapshot.new_block_ids, 0);
            return Ok(None);
        }
        let (kept, replies) = self.kept_answers(planned.decisions.iter().enumerate(), contexts);
        let changes = &planned.changes;
        let references = blocks_by_reference(requests);
        let expected = Expected {
            generation,
            snapshot: &snapshot,
            short_items: &planned.short_items,
            references: &references,
        };
        self.mark.set();
        let written = self.pinned.changes_write(expected, changes, &causes(contexts), &kept).await;
        let written = match written {
            // Nothing was wrong that is remembered; the long way refuses who asks too much.
            Ok(WriteOutcome::ReferenceLimit) => {
                self.ids.put_back(generation, snapshot.new_block_ids, 0);
                return Ok(None);
            }
            Ok(WriteOutcome::Committed(categories)) => Ok(Some(categories)),
            Ok(WriteOutcome::Stale) => Ok(None),
            Err(error) => Err(error),
        };
        let Some(categories) = self.judged(written, &snapshot)? else { return Ok(None) };
        self.writer.committed(&categories);
        self.writer.levels.record(generation, &snapshot.levels, &changes.levels);
        self.writer.blocks.record(generation, changes);
        self.ids.put_back(generation, snapshot.new_block_ids, changes.placed.len());
        self.writer.failures.record_rejections(contexts.iter().copied().zip(&planned.decisions));
        let answer = |(index, answer): (usize, Decision)| match replies.get(&index) {
            Some(reply) => Err(Error::Answered(reply.clone())),
            None => answer.map_err(Error::Refused),
        };
        Ok(Some(planned.decisions.into_iter().enumerate().map(answer).collect()))
    }

    /// What the database did. Where that is nothing, what was expected is forgotten, and the long way tells more;
    /// where it did not say, nobody may try again.
    fn judged<T>(&self, done: store::Result<Option<T>>, expected: &Snapshot) -> Result<Option<T>> {
        if let Ok(Some(done)) = done {
            return Ok(Some(done));
        }
        if !matches!(done, Err(store::Error::OutcomeUnknown(_))) {
            self.mark.clear();
        }
        let items = expected.levels.keys().map(|key| key.item);
        match &done {
            // Nothing was wrong so far.
            Err(store::Error::Locked(_)) => self.writer.levels.invalidate(items),
            _ => self.writer.levels.back_off(items),
        }
        self.writer.blocks.invalidate(expected.blocks.keys());
        match done {
            Err(error @ (store::Error::OutcomeUnknown(_) | store::Error::Locked(_))) => Err(error.into()),
            Err(error) if !error.retryable() => {
                tracing::warn!(%error, "a batch goes the long way");
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

/// Whether an answer needs no more than what is remembered, once the database agrees with that.
fn is_certain(answer: &Decision) -> bool {
    matches!(answer, Ok(_) | Err(domain::Error::InsufficientStock { .. }))
}

/// How many new blocks a request wants.
fn blocks_wanted(request: &Request) -> usize {
    match request {
        Request::Place(_) => 1,
        Request::PlaceCart(cart) => cart.lines().len(),
        _ => 0,
    }
}

impl Remembered {
    /// The items that a request is about; `None` where it can't be decided on what is remembered.
    fn items(&self, request: &Request) -> Option<Vec<ItemId>> {
        let item = |id: &BlockId| self.blocks.get(id).map(|block| block.key.item);
        match request {
            Request::Place(place) => Some(vec![place.item]),
            Request::PlaceCart(cart) => Some(cart.lines().iter().map(|line| line.item).collect()),
            Request::Confirm(id, _) | Request::Release(id) | Request::Extend(id, _) => Some(vec![item(id)?]),
            Request::ConfirmCart(cart) | Request::ReleaseCart(cart) | Request::ExtendCart(cart, _) => {
                self.carts.get(cart)?.iter().map(item).collect()
            }
            _ => None,
        }
    }

    fn knows(&self, item: ItemId) -> bool {
        let first = LevelKey { item, warehouse: WarehouseId(i64::MIN) };
        self.levels.range(first..).next().is_some_and(|(key, _)| key.item == item)
    }
}

fn causes<'a>(contexts: &[&'a Context]) -> Vec<Cause<'a>> {
    contexts.iter().map(|Context { actor, request_id, .. }| Cause { actor, request_id }).collect()
}
