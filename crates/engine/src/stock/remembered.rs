//! The way of a hot item: what is asked of stock levels and blocks that are as this server left them takes one round
//! trip. It is decided on what is remembered; the statement that writes compares that with what is there, under lock,
//! and does nothing where it differs. So nothing is refused here, either.

use super::{Asked, StockBatch};
use crate::{Context, Error, Result};
use domain::{Answer, BlockId, HeldBlock, LevelKey, Request, Snapshot, WarehouseId, plan};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Believed, Cause};

/// What is remembered of what a batch is about.
struct Remembered<'a> {
    /// The requests that can be decided on it, by their places in the batch.
    chosen: Vec<(usize, &'a Asked)>,
    levels: BTreeMap<LevelKey, i32>,
    blocks: HashMap<BlockId, HeldBlock>,
}

impl StockBatch {
    /// Answers those of `asked` that can be granted on what is remembered, if these are half of them at least; the
    /// others' answers stay `None`.
    pub(super) async fn answer_remembered(&self, asked: &[Asked], answers: &mut [Option<Result<Answer>>]) {
        let Some(remembered) = self.remembered(asked) else { return };
        let Remembered { chosen, levels, blocks } = remembered;
        // A warehouse that is not known yet is found the long way.
        let Ok(known) = self.writer.warehouses.knowing([]).await else { return };
        let snapshot = Snapshot {
            warehouses: known.ids,
            levels,
            blocks,
            limits: self.writer.limits,
            ..Snapshot::default()
        };
        let requests: Vec<_> = chosen.iter().map(|(_, (request, _))| request.clone()).collect();
        let contexts: Vec<_> = chosen.iter().map(|(_, (_, context))| context).collect();
        let is_plain = |(_, (request, context)): &(usize, &Asked)| {
            matches!(request, Request::Place(_)) && context.idempotency.is_none()
        };
        let granted = match chosen.iter().all(is_plain) {
            true => self.place(snapshot, &requests, &contexts).await,
            false => self.change(snapshot, &requests, &contexts).await,
        };
        let places = chosen.into_iter().map(|(place, _)| place);
        match granted {
            Ok(Some(granted)) => {
                places.zip(granted).for_each(|(place, answer)| answers[place] = Some(answer));
            }
            Ok(None) => {}
            Err(error) => places.for_each(|place| answers[place] = Some(Err(error.clone()))),
        }
    }

    fn remembered<'a>(&self, asked: &'a [Asked]) -> Option<Remembered<'a>> {
        let named = asked.iter().filter_map(|(request, _)| match request {
            Request::Confirm(id, _) | Request::Release(id) => Some(*id),
            _ => None,
        });
        let blocks = self.writer.blocks.of(named);
        let item = |request: &Request| match request {
            Request::Place(place) => Some(place.item),
            Request::Confirm(id, _) | Request::Release(id) => blocks.get(id).map(|block| block.key.item),
            _ => None,
        };
        let levels = self.levels.of(asked.iter().filter_map(|(request, _)| item(request)))?;
        let is_known = |item| {
            let first = LevelKey { item, warehouse: WarehouseId(i64::MIN) };
            levels.range(first..).next().is_some_and(|(key, _)| key.item == item)
        };
        let mut keys = HashSet::new();
        // A key's second request is answered as the first was.
        let mut is_first = |context: &'a Context| {
            context.idempotency.as_ref().is_none_or(|keyed| keys.insert((&*context.actor, &*keyed.key)))
        };
        let chosen: Vec<_> = asked
            .iter()
            .enumerate()
            .filter(|(_, (request, context))| item(request).is_some_and(is_known) && is_first(context))
            .collect();
        (!chosen.is_empty() && chosen.len() * 2 >= asked.len()).then_some(Remembered {
            chosen,
            levels,
            blocks,
        })
    }

    /// Blocks without keys: the database gives them their ids and the time, and they are answered then.
    async fn place(
        &self,
        mut snapshot: Snapshot,
        requests: &[Request],
        contexts: &[&Context],
    ) -> Result<Option<Vec<Result<Answer>>>> {
        snapshot.fresh = (1..).map(BlockId).take(requests.len()).collect();
        let planned = plan(&snapshot, requests);
        if planned.answers.iter().any(std::result::Result::is_err) {
            return Ok(None);
        }
        let changes = &planned.changes;
        let placed = self.lane.blocks_place(&snapshot.levels, changes, snapshot.now, &causes(contexts)).await;
        let Some(placed) = self.judged(placed, &snapshot)? else { return Ok(None) };
        self.writer.committed(&placed.categories);
        self.levels.learn(&snapshot.levels, &changes.levels);
        // Decided as before, with the ids and the time that only the database could tell.
        (snapshot.fresh, snapshot.now) = (placed.ids, placed.now);
        self.at_hand.note_time(placed.now);
        let planned = plan(&snapshot, requests);
        self.writer.blocks.learn(&planned.changes);
        Ok(Some(planned.answers.into_iter().map(|answer| answer.map_err(Error::Refused)).collect()))
    }

    /// Blocks that are placed, confirmed and released, with keys or without: ids and time are known before, as what
    /// is kept under a key tells them.
    async fn change(
        &self,
        mut snapshot: Snapshot,
        requests: &[Request],
        contexts: &[&Context],
    ) -> Result<Option<Vec<Result<Answer>>>> {
        let new = requests.iter().filter(|request| matches!(request, Request::Place(_))).count();
        let at_hand = self.at_hand.ids_and_time(&self.lane, new).await;
        let Some((fresh, now)) = self.judged(at_hand.map(Some), &snapshot)? else { return Ok(None) };
        (snapshot.fresh, snapshot.now) = (fresh, now);
        let planned = plan(&snapshot, requests);
        if planned.answers.iter().any(std::result::Result::is_err) {
            self.at_hand.give_back(snapshot.fresh, 0);
            return Ok(None);
        }
        let all: Vec<_> = (0..requests.len()).collect();
        let (kept, replies) = self.kept_answers(&all, contexts, &planned);
        let changes = &planned.changes;
        let believed = Believed { levels: &snapshot.levels, blocks: &snapshot.blocks, now };
        let written = self.lane.changes_write(believed, changes, &causes(contexts), &kept).await;
        let Some(categories) = self.judged(written, &snapshot)? else { return Ok(None) };
        self.writer.committed(&categories);
        self.levels.learn(&snapshot.levels, &changes.levels);
        self.writer.blocks.learn(changes);
        self.at_hand.give_back(snapshot.fresh, changes.placed.len());
        let answer = |(index, answer): (usize, std::result::Result<Answer, domain::Error>)| match replies
            .get(&index)
        {
            Some(reply) => Err(Error::Answered(reply.clone())),
            None => answer.map_err(Error::Refused),
        };
        Ok(Some(planned.answers.into_iter().enumerate().map(answer).collect()))
    }

    /// What the database did. Where that is nothing, what was believed is forgotten, and the long way tells more;
    /// where it did not say, nobody may try again.
    fn judged<T>(&self, done: store::Result<Option<T>>, believed: &Snapshot) -> Result<Option<T>> {
        if let Ok(Some(done)) = done {
            return Ok(Some(done));
        }
        self.levels.doubt(believed.levels.keys());
        self.writer.blocks.forget(believed.blocks.keys());
        match done {
            Err(error @ store::Error::OutcomeUnknown(_)) => Err(error.into()),
            Err(error) if !error.retryable() => {
                tracing::warn!(%error, "a batch goes the long way");
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}

fn causes<'a>(contexts: &[&'a Context]) -> Vec<Cause<'a>> {
    contexts.iter().map(|Context { actor, request_id, .. }| Cause { actor, request_id }).collect()
}
