//! The locked path: locks and reads the rows, decides the requests on them, writes and commits.

use super::FallbackReason;
use super::attempt::Attempt;
use super::batch::StockBatch;
use super::commit::Decided;
use super::footprint::Footprint;
use super::locked_reads::{LockedSnapshot, lock_and_read};
use super::outdated::find_outdated;
use super::reclaim::{ReclaimingPlan, plan_reclaiming_expired};
use super::request::{Entry, StockRequest, StockResponse, causes, open_entries, requests, warehouse_limits};
use crate::batching::batch::Answers;
use crate::cache::warehouses::Warehouses;
use crate::idempotency::{CONFLICT_RETRIES_MAX, KeyStatus, add_known_answers, lookup_keys};
use crate::keys_by_id::NamedIds;
use crate::metrics::StockPath;
use crate::{Error, KeysById, Result};
use domain::{Request, RetakeCart, StartPayment};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::{Generation, WriteTransaction};

/// The attempts on a whole batch that exceed the lock timeout. After them each request is decided alone.
const LOCKED_ATTEMPTS_MAX: usize = 3;

/// The attempts that lock the levels of an order's best plan only. After them the levels of all candidates are locked, so that
/// planning ends also if levels keep changing.
const CHOSEN_LEVELS_ATTEMPTS_MAX: usize = 3;

/// The lock timeout of a request that is decided alone.
const ONE_BY_ONE_LOCK_TIMEOUT: Duration = Duration::from_millis(100);

/// The time for deciding the requests of one batch alone. The remaining requests fail then.
const ONE_BY_ONE_MAX: Duration = Duration::from_secs(4);

impl StockBatch {
    /// Answers all requests without an answer. If the batch exceeds the lock timeout, the requests that need the locked
    /// rows fail, and the others are tried again. A locked idempotency key is found by deciding the requests one by one.
    ///
    /// Changes of the same cart or order take a transaction each. Each transaction answers at least one request, and the deadline of
    /// the batch bounds all of them.
    pub(super) async fn run_locked(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let mut timeouts = 0;
        loop {
            let open = open_entries(batch, answers);
            let open_count = open.len();
            let round = first_round(open);
            if round.is_empty() {
                return;
            }
            let attempt = self.attempt_locked(&round, None).await;
            match self.merge(StockPath::Locked, attempt, &round, answers) {
                None if round.len() == open_count => return,
                None => {}
                Some(FallbackReason::Locked) => {
                    self.find_and_reject_locked(batch, answers).await;
                    timeouts += 1;
                    if timeouts == LOCKED_ATTEMPTS_MAX {
                        break;
                    }
                }
                Some(_) => break,
            }
        }
        self.run_one_by_one(batch, answers).await;
    }

    /// Decides each request without an answer in a transaction of its own, with a short lock timeout.
    pub(super) async fn run_one_by_one(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let begun = Instant::now();
        for entry in open_entries(batch, answers) {
            let entries = std::slice::from_ref(&entry);
            let attempt = match begun.elapsed() < ONE_BY_ONE_MAX {
                true => self.attempt_locked(entries, Some(ONE_BY_ONE_LOCK_TIMEOUT)).await,
                false => Attempt::Fallback(FallbackReason::Locked),
            };
            // A single request falls back only if it waited for a lock.
            if let Some(reason) = self.merge(StockPath::Locked, attempt, entries, answers) {
                self.note_unknown_lock(&entry, reason);
                answers[entry.position] = Some(Err(Error::StockLocked));
            }
        }
    }

    async fn attempt_locked(&self, entries: &[Entry<'_>], lock_timeout: Option<Duration>) -> Attempt {
        let error = match self.transact_with_retries(entries, lock_timeout).await {
            Ok(Ok(answers)) => return Attempt::Committed(answers),
            Ok(Err(error @ store::Error::Locked(_))) => {
                return Attempt::Fallback(FallbackReason::of_lock_timeout(&error));
            }
            Ok(Err(error)) => error.into(),
            Err(error) => error,
        };
        match error {
            // PostgreSQL rejected a statement because of one request, which the planner should have rejected.
            Error::Internal | Error::Rejected(_) if entries.len() > 1 => {
                Attempt::Fallback(FallbackReason::BatchRejected)
            }
            error => Attempt::Failed(error),
        }
    }

    /// Runs the transaction again after a conflict, and with fresh warehouses after a cached one was deleted.
    async fn transact_with_retries(
        &self,
        entries: &[Entry<'_>],
        lock_timeout: Option<Duration>,
    ) -> Result<store::Result<Vec<(usize, Result<StockResponse>)>>> {
        let Footprint { levels, warehouses: named, .. } =
            Footprint::of(entries.iter().map(|entry| entry.request));
        let mut warehouses = self.writer.warehouses.fetch(named.iter().copied()).await?;
        // Read before the locks: no round trip for keys delays others.
        let items = levels.iter().map(|(item, _)| *item).collect();
        let read = self.writer.answer_keys.fetch(NamedIds { items, warehouses: Vec::new() }).await?;
        let mut retries = 0;
        loop {
            let keys =
                KeysById { skus: read.skus.clone(), codes: warehouses.codes.clone(), ..KeysById::default() };
            let lock_candidates = retries >= CHOSEN_LEVELS_ATTEMPTS_MAX;
            match self.transact(entries, &warehouses, &keys, lock_timeout, lock_candidates).await {
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => {}
                Err(store::Error::Rejected(
                    domain::Error::WarehouseNotFound(_) | domain::Error::WarehouseArchived(_),
                )) if retries < CONFLICT_RETRIES_MAX => {
                    self.writer.warehouses.invalidate();
                    warehouses = self.writer.warehouses.fetch(named.iter().copied()).await?;
                }
                answers => return Ok(answers),
            }
            self.in_doubt.clear();
            retries += 1;
        }
    }

    /// Decides the requests in one transaction. Returns the answers with the requests' positions in the batch.
    async fn transact(
        &self,
        entries: &[Entry<'_>],
        warehouses: &Warehouses,
        named: &KeysById,
        lock_timeout: Option<Duration>,
        lock_candidates: bool,
    ) -> store::Result<Vec<(usize, Result<StockResponse>)>> {
        let mut transaction = self.writer.store.begin().await?;
        if let Some(lock_timeout) = lock_timeout {
            transaction.lock_timeout_set(lock_timeout).await?;
        }
        // Read after BEGIN: a new connection has begun its generation by then.
        let generation = self.writer.store.generation();
        let contexts: Vec<_> = entries.iter().map(|entry| entry.context).collect();
        let keys = lookup_keys(&mut transaction, &contexts).await?;
        let is_new = |(_, status): &(&Entry<'_>, &KeyStatus)| **status == KeyStatus::New;
        let new: Vec<_> = entries.iter().zip(&keys).filter(is_new).map(|(entry, _)| *entry).collect();
        let requested = requests(&new);
        let locked = lock_and_read(
            &self.ids,
            self.writer.limits,
            &mut transaction,
            generation,
            &requested,
            warehouses,
            lock_candidates,
        )
        .await?;
        let (new, outdated) = split_outdated(&mut transaction, generation, new).await?;
        let requests = requests(&new);
        self.clock.set(generation, locked.snapshot.now);
        let leaving = new.iter().enumerate().filter(|(_, entry)| entry.leaves_backlog);
        let leaving = leaving.map(|(index, _)| index).collect();
        let limits = warehouse_limits(&new);
        let planned = plan_reclaiming_expired(&mut transaction, &requests, &leaving, &limits, locked).await?;
        let ReclaimingPlan { plan, locked, postponed } = planned;
        if plan.lacks_locks || locked.may_miss_level(&requests, &plan.decisions) {
            return Err(store::Error::changed_meanwhile("a stock level of a plan"));
        }
        let LockedSnapshot { snapshot, has_reserved_ids, .. } = locked;
        let answer_keys =
            self.writer.answer_keys.fetch_locked(&plan.decisions, named, &mut transaction).await?;
        let answer_keys = self.with_held_units(&new, &plan.decisions, &postponed, answer_keys).await;
        let (records, responses) = self.serialize_responses(&new, &plan.decisions, &answer_keys, &postponed);
        let categories = if !plan.changes.is_empty() || !records.is_empty() {
            let categories = transaction.write(&plan.changes, &snapshot, &causes(&new), &records).await?;
            self.in_doubt.set();
            transaction.commit().await?;
            categories
        } else if has_reserved_ids {
            // After a rollback and a crash, PostgreSQL could assign the reserved ids again.
            transaction.commit().await?;
            Vec::new()
        } else {
            transaction.roll_back().await?;
            Vec::new()
        };
        let decided = Decided {
            entries: &new,
            generation,
            snapshot,
            plan,
            categories,
            responses,
            keys: answer_keys,
            postponed,
        };
        let mut answers = self.finish(decided);
        if !outdated.is_empty() {
            answers.extend(outdated.iter().map(|entry| (entry.position, Err(Error::KeysChanged))));
            // In the order of the new requests, to which the duplicates refer.
            answers.sort_by_key(|(position, _)| *position);
        }
        let positions = entries.iter().map(|entry| entry.position);
        add_known_answers(positions.zip(keys), &mut answers);
        Ok(answers)
    }
}

/// Returns the entries that are decided together: without those that name a cart or an order after another entry that names it,
/// if one of both changes its lines, its payment or its place in the queue, or takes its units again. The planner decides on the
/// blocks of a cart as they were before the batch. The audit log has one event per changed order and batch.
fn first_round(open: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let changed = |request: &Request| match request {
        Request::ChangeCart(change) => Some(change.id),
        Request::StartPayment(StartPayment { cart, .. })
        | Request::EndPayment(cart)
        | Request::RetakeCart(RetakeCart { cart, .. }) => Some(*cart),
        _ => None,
    };
    let changed: HashSet<_> = open.iter().filter_map(|entry| changed(entry.request)).collect();
    let changed_order = |request: &Request| match request {
        Request::CancelLines(cancel) => Some(cancel.order),
        Request::Fill(fill) if fill.waits => Some(fill.order),
        _ => None,
    };
    let changed_orders: HashSet<_> = open.iter().filter_map(|entry| changed_order(entry.request)).collect();
    if changed.is_empty() && changed_orders.is_empty() {
        return open;
    }
    let (mut named, mut named_orders) = (HashSet::new(), HashSet::new());
    let is_first = |entry: &Entry<'_>| {
        let Footprint { carts, orders, sourced, .. } = Footprint::of([entry.request]);
        let mut orders =
            orders.into_iter().map(|(order, _)| order).chain(sourced.iter().map(|source| source.order));
        carts.into_iter().all(|cart| !changed.contains(&cart) || named.insert(cart))
            && orders.all(|order| !changed_orders.contains(&order) || named_orders.insert(order))
    };
    open.into_iter().filter(is_first).collect()
}

/// Splits off the requests whose keys belong to other items or warehouses now. The keys are read after the locks, so a
/// request that began after a change of a key finds the change.
async fn split_outdated<'a>(
    transaction: &mut WriteTransaction,
    generation: Generation,
    entries: Vec<Entry<'a>>,
) -> store::Result<(Vec<Entry<'a>>, Vec<Entry<'a>>)> {
    let keys: Vec<_> = entries.iter().map(|entry| entry.keys).collect();
    let outdated = find_outdated(transaction, generation, &keys).await?;
    let mut indexes = 0..;
    Ok(entries.into_iter().partition(|_| indexes.next().is_none_or(|index| !outdated.contains(&index))))
}
