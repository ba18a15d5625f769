//! A batch of stock requests in one transaction: read under lock, let the planner decide, write, commit,
//! answer everyone.

use crate::background::supervise::InDoubtFlag;
use crate::batching::queue::{Answers, Batch};
use crate::cache::warehouses::Warehouses;
use crate::clock::DatabaseClock;
use crate::idempotency::{CONFLICT_RETRIES_MAX, KeyStatus, Outcome, lookup_keys, response_record};
use crate::ids::IdPool;
use crate::{Context, Error, Result, Writer};
use domain::{Decision, Granted, Plan, Request, Snapshot, StockChanges};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use store::{Cause, Generation, PinnedConnection, ResponseRecord};

pub(crate) mod backlog;
mod locked_reads;
mod locked_rows;
mod optimistic;
mod reclaim;

use locked_reads::add_warehouses;
pub(crate) use locked_rows::LockedRows;
use locked_rows::alone;
pub(crate) use reclaim::items_short;
use reclaim::{Settled, plan_reclaiming_expired};

/// A stock request and who asks.
pub(crate) type Asked = (Request, Context);

/// How often a batch that waits for a lock for too long is tried before its requests are decided one by one.
const LOCKED_TRIES: usize = 3;

/// How long a request that is decided alone waits for a lock.
const ONE_BY_ONE_LOCK_TIMEOUT: Duration = Duration::from_millis(100);

/// How long requests are decided one by one. The rest of the batch is refused then.
const ONE_BY_ONE_MAX: Duration = Duration::from_secs(4);

/// Decides a batch of stock requests.
pub(crate) struct StockBatch {
    writer: Writer,
    ids: IdPool,
    clock: DatabaseClock,
    pinned: PinnedConnection,
    mark: InDoubtFlag,
}

impl StockBatch {
    /// With an empty id pool.
    pub(crate) fn new(writer: Writer) -> Self {
        let pinned = writer.store.pinned_connection();
        Self {
            writer,
            ids: IdPool::default(),
            clock: DatabaseClock::default(),
            pinned,
            mark: InDoubtFlag::default(),
        }
    }

    /// Answers each of `asked` that has no answer yet, decided on rows that are read under lock. If the batch
    /// exceeds the lock timeout, the requests that need the locked rows fail, and the others are decided again.
    async fn answer_locked(&self, asked: &[Asked], answers: &mut Answers<Granted>) {
        for _ in 0..LOCKED_TRIES {
            let open: Vec<_> = asked.iter().zip(&*answers).filter(|(_, answer)| answer.is_none()).collect();
            let open: Vec<_> = open.into_iter().map(|(one, _)| one).collect();
            if open.is_empty() {
                return;
            }
            let places = answers.iter_mut().filter(|answer| answer.is_none());
            match self.decide(&open, None).await {
                Ok(decided) => places.zip(decided).for_each(|(answer, one)| *answer = Some(one)),
                Err(Error::StockLocked) => {
                    self.find_locked(asked, answers).await;
                    continue;
                }
                // Some request made PostgreSQL refuse the whole batch, which the planner should have prevented:
                // alone, each of the others is granted.
                Err(Error::Internal | Error::Refused(_)) if open.len() > 1 => break,
                Err(error) => places.for_each(|answer| *answer = Some(Err(error.clone()))),
            }
            self.mark.clear();
            return;
        }
        self.answer_one_by_one(asked, answers).await;
    }

    /// The same, each request in a transaction of its own, which waits for locks for a short time only.
    async fn answer_one_by_one(&self, asked: &[Asked], answers: &mut Answers<Granted>) {
        let begun = Instant::now();
        for (one, answer) in asked.iter().zip(answers).filter(|(_, answer)| answer.is_none()) {
            let decided = match begun.elapsed() < ONE_BY_ONE_MAX {
                true => alone(self.decide(&[one], Some(ONE_BY_ONE_LOCK_TIMEOUT)).await),
                false => Err(Error::StockLocked),
            };
            if decided == Err(Error::StockLocked) {
                self.note_unknown_lock(&one.0);
            }
            *answer = Some(decided);
            self.mark.clear();
        }
    }

    /// All of `asked` in one transaction, tried again where PostgreSQL gave up on it.
    async fn decide(&self, asked: &[&Asked], lock_timeout: Option<Duration>) -> Result<Vec<Result<Granted>>> {
        let mut named = Vec::new();
        asked.iter().for_each(|(request, _)| add_warehouses(request, &mut named));
        let mut warehouses = self.writer.warehouses.fetch(named.iter().copied()).await?;
        let mut tries = 0;
        loop {
            match self.attempt(asked, &warehouses, lock_timeout).await {
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
                    warehouses = self.writer.warehouses.fetch(named.iter().copied()).await?;
                }
                decided => return Ok(decided?),
            }
        }
    }

    async fn attempt(
        &self,
        asked: &[&Asked],
        warehouses: &Warehouses,
        lock_timeout: Option<Duration>,
    ) -> store::Result<Vec<Result<Granted>>> {
        let mut transaction = self.writer.store.begin().await?;
        if let Some(lock_timeout) = lock_timeout {
            transaction.lock_timeout_set(lock_timeout).await?;
        }
        // A connection that is new has begun its generation by now.
        let generation = self.writer.store.generation();
        let contexts: Vec<_> = asked.iter().map(|(_, context)| context).collect();
        let key_statuses = lookup_keys(&mut transaction, &contexts).await?;
        let chosen: Vec<_> =
            (0..asked.len()).filter(|index| key_statuses[*index] == KeyStatus::New).collect();
        let requests: Vec<_> = chosen.iter().map(|index| asked[*index].0.clone()).collect();
        let (snapshot, reserved) = self.read(&mut transaction, generation, &requests, warehouses).await?;
        let settled = plan_reclaiming_expired(&mut transaction, &requests, snapshot).await?;
        let Settled { plan, snapshot, postponed } = settled;
        let is_postponed = |place: &usize| postponed.contains(place);
        let decided = || chosen.iter().copied().zip(&plan.decisions).enumerate();
        let decided = || decided().filter(|(place, _)| !is_postponed(place)).map(|(_, one)| one);
        let (kept, replies) = self.kept_answers(decided(), &contexts);
        if !plan.changes.is_empty() || !kept.is_empty() {
            let cause = |index: &usize| {
                let Context { actor, request_id, .. } = contexts[*index];
                Cause { actor, request_id }
            };
            let causes: Vec<_> = chosen.iter().map(cause).collect();
            let categories = transaction.write(&plan.changes, &snapshot, &causes, &kept).await?;
            self.mark.set();
            transaction.commit().await?;
            self.writer.committed(&categories);
        } else if reserved {
            // Else a crash of PostgreSQL might give the ids that stay at hand to somebody else too.
            transaction.commit().await?;
        } else {
            transaction.roll_back().await?;
        }
        self.remember(generation, &requests, &snapshot, &plan);
        self.ids.put_back(generation, snapshot.new_block_ids, plan.changes.placed.len());
        self.writer.failures.record_rejections(decided().map(|(index, answer)| (contexts[index], answer)));
        let postponed: HashSet<_> = postponed.iter().map(|place| chosen[*place]).collect();
        let mut planned = plan.decisions.into_iter();
        let answer = |(index, status): (usize, &KeyStatus)| match (status, replies.get(&index)) {
            (KeyStatus::New, _) if postponed.contains(&index) => {
                planned.next();
                Err(Error::Backlog)
            }
            (KeyStatus::DuplicateOf(first), _) if postponed.contains(first) => Err(Error::Backlog),
            (KeyStatus::New, None) => planned.next().unwrap_or_else(never_planned).map_err(Error::Refused),
            (KeyStatus::New, Some(reply)) => {
                planned.next();
                Err(Error::Answered(reply.clone()))
            }
            (other, _) => other.answer(&replies),
        };
        Ok(key_statuses.iter().enumerate().map(answer).collect())
    }

    /// Remembers how a batch has left stock levels and blocks, and when that was.
    fn remember(&self, generation: Generation, requests: &[Request], snapshot: &Snapshot, plan: &Plan) {
        self.writer.blocks.record(generation, &plan.changes);
        self.clock.set(generation, snapshot.now);
        // An allocation reads its own warehouse's levels only.
        if requests.iter().any(|request| matches!(request, Request::Allocate(..))) {
            return self.writer.levels.invalidate(snapshot.levels.keys().map(|key| key.item));
        }
        let StockChanges { levels, new_levels, .. } = &plan.changes;
        self.writer.levels.record(generation, &snapshot.levels, levels.iter().chain(new_levels));
    }

    /// The responses to store for requests that came with a key, and their replies by the requests' places in the batch.
    fn kept_answers<'a>(
        &self,
        decided: impl Iterator<Item = (usize, &'a Decision)>,
        contexts: &[&Context],
    ) -> (Vec<ResponseRecord>, HashMap<usize, crate::StoredResponse>) {
        let keyed = decided.filter_map(|(index, answer)| {
            let (kept, reply) = response_record(contexts[index], Outcome::Stock(answer), self.writer.render)?;
            Some((kept, (index, reply)))
        });
        keyed.unzip()
    }
}

/// The planner answers every request; this is for the type alone.
fn never_planned() -> Decision {
    Err(domain::Error::invalid("request", "was not decided"))
}

impl Batch for StockBatch {
    type Request = Asked;
    type Answer = Granted;

    async fn run(&self, asked: &[Asked], answers: &mut Answers<Granted>) {
        self.refuse_locked(asked, answers).await;
        let has_waited = self.answer_remembered(asked, answers).await;
        self.mark.clear();
        if has_waited {
            self.find_locked(asked, answers).await;
        }
        self.answer_locked(asked, answers).await;
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.mark)
    }
}
