//! The optimistic path: decides requests on cached rows and commits them in one round trip.
//!
//! 1. [`StockBatch::partition`] selects the requests that find all their stock levels and blocks in the caches.
//! 2. The planner decides them on a [`CachedSnapshot`].
//! 3. One statement locks the rows, compares each with its cached value, and writes the changes only if all are equal.
//!
//! The comparison under lock makes such a decision as safe as one on locked rows. After a mismatch nothing is written: the
//! cache entries are removed, and the locked path decides the requests.
//!
//! This path rejects a request for too few units. The statement confirms such a rejection: the levels must be equal, and
//! the item must have no expired block that could be reclaimed. It also rejects a request without a key for a warehouse that
//! its caller is not allowed to change. Any other rejection depends on rows that are not
//! cached, so the batch falls back to the locked path.
//!
//! There are two statements. A batch of new blocks without idempotency keys uses [`StockBatch::place_blocks`], which gets
//! ids and time from the statement. Any other batch uses [`StockBatch::write_changes`], which needs them before the
//! statement, because the stored responses contain them.

use super::FallbackReason;
use super::attempt::Attempt;
use super::batch::StockBatch;
use super::commit::{Decided, Responses};
use super::footprint::{Footprint, needed_items};
use super::request::{Entry, StockRequest, StockResponse, causes, open_entries, requests, warehouse_limits};
use crate::batching::batch::Answers;
use crate::cache::keys::{KeyVersion, ResolvedKeys};
use crate::keys_by_id::NamedIds;
use crate::metrics::StockPath;
use crate::writer::Writer;
use domain::{
    BlockId, CartId, Decision, HeldBlock, ItemId, LevelKey, Plan, Request, RetakeCart, Snapshot, WarehouseId,
    blocks_by_reference, plan_limited,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Expected, Generation, Placement, WriteOutcome};

/// The optimistic path is used if at most one request in this many needs the locked path. With more of them, the second
/// transaction costs more than the saved round trips.
const REQUESTS_PER_LOCKED_MIN: usize = 8;

/// A snapshot of cached rows. Decisions on it may be committed only by a statement that compares the rows under lock. Its
/// time and the ids of new blocks are not set yet.
struct CachedSnapshot {
    /// The generation of the database that the rows belong to.
    generation: Generation,
    snapshot: Snapshot,
    /// The version of the keys, if a request has resolved keys.
    key_version: Option<i64>,
}

impl StockBatch {
    /// Answers the open requests that find all their rows in the caches, if these are nearly all open requests.
    pub(super) async fn run_optimistic(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let open = open_entries(batch, answers);
        if open.is_empty() {
            return;
        }
        let (entries, attempt) = match self.partition(&open).await {
            Ok((entries, cached)) => {
                let attempt = self.attempt_optimistic(&entries, cached).await;
                (entries, attempt)
            }
            Err(reason) => (Vec::new(), Attempt::Fallback(reason)),
        };
        match self.merge(StockPath::Optimistic, attempt, &entries, answers) {
            Some(FallbackReason::Locked) => self.find_and_reject_locked(batch, answers).await,
            Some(FallbackReason::KeyLocked) => self.run_one_by_one(batch, answers).await,
            _ => {}
        }
    }

    /// Selects the requests that find all their rows in the caches, and returns them with these rows.
    async fn partition<'a>(
        &self,
        open: &[Entry<'a>],
    ) -> Result<(Vec<Entry<'a>>, CachedSnapshot), FallbackReason> {
        // Read before the caches: a new generation empties them.
        let generation = self.writer.store.generation();
        if !self.writer.levels.admit_batch(generation) {
            return Err(FallbackReason::BackingOff);
        }
        let rows = CachedRows::read(&self.writer, generation, open);
        let mut keys = HashSet::new();
        // The second request with a key gets the response of the first, which the locked path looks up.
        let mut is_first_of_key = |entry: &Entry<'a>| {
            let keyed = entry.context.idempotency.as_ref();
            keyed.is_none_or(|keyed| keys.insert((&*entry.context.actor, &*keyed.key)))
        };
        let is_cached = |entry: &&Entry<'a>| rows.contain_all_of(entry.request) && is_first_of_key(entry);
        // One version is compared. The locked path tells requests with an earlier one.
        let key_version = open.iter().filter_map(|entry| version_in(generation, entry.keys)).max();
        let has_version =
            |entry: &&Entry<'a>| entry.keys.is_none() || version_in(generation, entry.keys) == key_version;
        let cached: Vec<_> = open.iter().filter(has_version).filter(is_cached).copied().collect();
        let uncached = open.len() - cached.len();
        if cached.is_empty() || uncached * REQUESTS_PER_LOCKED_MIN > open.len() {
            return Err(FallbackReason::NotCached);
        }
        let warehouses = self.writer.warehouses.fetch([]).await.map_err(|_| FallbackReason::NotCached)?;
        let CachedRows { levels, blocks, carts, .. } = rows;
        let snapshot = Snapshot {
            warehouses: warehouses.ids,
            levels,
            blocks,
            carts,
            limits: self.writer.limits,
            ..Snapshot::default()
        };
        Ok((cached, CachedSnapshot { generation, snapshot, key_version }))
    }

    /// Decides requests on cached rows, and commits them if the rows in the database are the same.
    async fn attempt_optimistic(&self, entries: &[Entry<'_>], mut cached: CachedSnapshot) -> Attempt {
        let is_unkeyed_block = |entry: &Entry<'_>| {
            matches!(entry.request, Request::Place(_)) && entry.context.idempotency.is_none()
        };
        if !entries.iter().all(is_unkeyed_block) {
            return self.write_changes(entries, cached).await;
        }
        // The decisions depend on neither ids nor time, so placeholder ids suffice. The database assigns both.
        cached.snapshot.new_block_ids = (1..).map(BlockId).take(entries.len()).collect();
        let plan = plan_limited(&cached.snapshot, &requests(entries), &warehouse_limits(entries));
        cached.snapshot.new_block_ids.clear();
        match plan.decisions.iter().all(Result::is_ok) {
            true => self.place_blocks(entries, cached, &plan).await,
            // Only the other statement confirms rejections.
            false => self.write_changes(entries, cached).await,
        }
    }

    /// Places blocks without idempotency keys, all of which are granted. The statement assigns ids and times, so no round
    /// trip reserves ids.
    async fn place_blocks(&self, entries: &[Entry<'_>], cached: CachedSnapshot, planned: &Plan) -> Attempt {
        let CachedSnapshot { generation, mut snapshot, key_version } = cached;
        let keys =
            match self.writer.answer_keys.fetch_by(NamedIds::of(&planned.decisions), &mut &self.pinned).await
            {
                Ok(keys) => keys,
                Err(error) => return keys_not_read(&error),
            };
        self.in_doubt.set();
        let placed = self
            .pinned
            .blocks_place(&snapshot.levels, &planned.changes, snapshot.now, &causes(entries), key_version)
            .await;
        let placed = match placed {
            Ok(Placement::Committed(placed)) => placed,
            Ok(Placement::Stale) => return self.stale(&snapshot),
            Ok(Placement::KeysChanged) => return self.keys_changed(generation, key_version),
            Err(error) => return self.write_failed(error, &snapshot),
        };
        self.clock.set(generation, placed.placed_at);
        (snapshot.new_block_ids, snapshot.now) = (placed.ids, placed.placed_at);
        // The same decisions, now with the assigned ids and time.
        let plan = plan_limited(&snapshot, &requests(entries), &warehouse_limits(entries));
        Attempt::Committed(self.finish(Decided {
            entries,
            generation,
            snapshot,
            plan,
            categories: placed.categories,
            responses: Responses::default(),
            keys,
            postponed: HashSet::new(),
        }))
    }

    /// Decides any mix of requests and writes their changes. Ids and time are fetched before the statement, because the
    /// stored responses contain them.
    async fn write_changes(&self, entries: &[Entry<'_>], cached: CachedSnapshot) -> Attempt {
        let CachedSnapshot { generation, mut snapshot, key_version } = cached;
        let requests = requests(entries);
        let new_blocks = Footprint::of(&requests).new_blocks;
        match self.ids.take_with_time(&self.clock, &self.pinned, generation, new_blocks).await {
            Ok((ids, now)) => (snapshot.new_block_ids, snapshot.now) = (ids, now),
            Err(error) => return self.write_failed(error, &snapshot),
        }
        let plan = plan_limited(&snapshot, &requests, &warehouse_limits(entries));
        let mut decided = entries.iter().zip(&plan.decisions);
        if !decided.all(|(entry, decision)| is_confirmed_by_statement(entry, decision)) {
            self.ids.put_back(generation, snapshot.new_block_ids, 0);
            return Attempt::Fallback(FallbackReason::UncertainRejection);
        }
        let keys =
            match self.writer.answer_keys.fetch_by(NamedIds::of(&plan.decisions), &mut &self.pinned).await {
                Ok(keys) => keys,
                Err(error) => {
                    self.ids.put_back(generation, snapshot.new_block_ids, 0);
                    return keys_not_read(&error);
                }
            };
        let keys = self.with_held_units(entries, &plan.decisions, &HashSet::new(), keys).await;
        let (records, responses) = self.serialize_responses(entries, &plan.decisions, &keys, &HashSet::new());
        let references = blocks_by_reference(&requests);
        let expected = Expected {
            generation,
            snapshot: &snapshot,
            short_items: &plan.short_items,
            references: &references,
            carts: &granted_carts(&requests, &plan.decisions),
            key_version,
        };
        self.in_doubt.set();
        let written = self.pinned.changes_write(expected, &plan.changes, &causes(entries), &records).await;
        let categories = match written {
            Ok(WriteOutcome::Committed(categories)) => categories,
            Ok(WriteOutcome::Stale) => return self.stale(&snapshot),
            Ok(WriteOutcome::ReferenceLimit) => {
                self.ids.put_back(generation, snapshot.new_block_ids, 0);
                return Attempt::Fallback(FallbackReason::ReferenceLimit);
            }
            Ok(WriteOutcome::KeysChanged) => {
                self.ids.put_back(generation, snapshot.new_block_ids, 0);
                return self.keys_changed(generation, key_version);
            }
            Err(error) => return self.write_failed(error, &snapshot),
        };
        Attempt::Committed(self.finish(Decided {
            entries,
            generation,
            snapshot,
            plan,
            categories,
            responses,
            keys,
            postponed: HashSet::new(),
        }))
    }

    /// Removes the cached rows and backs off, after the statement has found a difference and written nothing.
    fn stale(&self, snapshot: &Snapshot) -> Attempt {
        self.back_off(snapshot);
        Attempt::Fallback(FallbackReason::Stale)
    }

    /// Clears the cache of keys, so that the next requests are resolved at the current version. The locked path compares the
    /// keys of these requests.
    fn keys_changed(&self, generation: Generation, key_version: Option<i64>) -> Attempt {
        if let Some(version) = key_version {
            self.writer.keys.invalidate(KeyVersion { generation, version });
        }
        Attempt::Fallback(FallbackReason::KeysChanged)
    }

    /// Removes the cached rows after an error of the statement. The batch falls back, because nothing was written. After an
    /// unknown outcome it fails instead: a second attempt could write the changes twice.
    fn write_failed(&self, error: store::Error, snapshot: &Snapshot) -> Attempt {
        match error {
            error @ store::Error::Locked(_) => {
                // No cached row was stale, so there is no back-off.
                self.writer.levels.invalidate(snapshot.levels.keys().map(|key| key.item));
                self.writer.blocks.invalidate(snapshot.blocks.keys());
                Attempt::Fallback(FallbackReason::of_lock_timeout(&error))
            }
            error => {
                self.back_off(snapshot);
                match error {
                    store::Error::OutcomeUnknown(_) => Attempt::Failed(error.into()),
                    store::Error::Conflict(_) => Attempt::Fallback(FallbackReason::Conflict),
                    _ => {
                        tracing::warn!(%error, "a batch falls back to the locked path");
                        Attempt::Fallback(FallbackReason::DatabaseError)
                    }
                }
            }
        }
    }

    fn back_off(&self, snapshot: &Snapshot) {
        self.writer.levels.back_off(snapshot.levels.keys().map(|key| key.item));
        self.writer.blocks.invalidate(snapshot.blocks.keys());
    }
}

/// Returns the attempt whose answers' keys could not be read. No cached row was found outdated, so there is no back-off.
fn keys_not_read(error: &store::Error) -> Attempt {
    tracing::warn!(%error, "the keys of answers could not be read: a batch falls back to the locked path");
    Attempt::Fallback(FallbackReason::DatabaseError)
}

/// Returns the version of a request's keys, if it belongs to this generation of the database.
fn version_in(generation: Generation, keys: Option<&ResolvedKeys>) -> Option<i64> {
    keys.map(|keys| keys.version)
        .filter(|version| version.generation == generation)
        .map(|version| version.version)
}

/// Returns whether a decision is final if the statement finds the rows equal to the cached ones: a grant, or a rejection
/// for too few units. The rejection of a warehouse is final too, because the warehouse of a block never changes. The blocks
/// of a cart do change, and the statement compares only those of granted requests. With a key the rejection is not stored,
/// so only the locked path finds an earlier response under the key.
fn is_confirmed_by_statement(entry: &Entry<'_>, decision: &Decision) -> bool {
    match decision {
        Ok(_) | Err(domain::Error::InsufficientStock { .. } | domain::Error::CartShort(_)) => true,
        Err(domain::Error::WarehouseForbidden { .. }) => {
            entry.context.idempotency.is_none() && named_cart(entry.request).is_none()
        }
        Err(_) => false,
    }
}

/// Returns the carts that requests confirm, extend or release, if the requests are granted.
fn granted_carts(requests: &[Request], decisions: &[Decision]) -> Vec<i64> {
    let granted = requests.iter().zip(decisions).filter(|(_, decision)| decision.is_ok());
    granted.filter_map(|(request, _)| Some(named_cart(request)?.0)).collect()
}

/// Returns the cart that a request confirms, extends or releases.
fn named_cart(request: &Request) -> Option<CartId> {
    match request {
        Request::ConfirmCart(cart)
        | Request::RetakeCart(RetakeCart { cart, .. })
        | Request::ReleaseCart(cart)
        | Request::ExtendCart(cart, _) => Some(*cart),
        _ => None,
    }
}

/// The cached rows that requests need.
#[derive(Default)]
struct CachedRows {
    levels: BTreeMap<LevelKey, i32>,
    blocks: HashMap<BlockId, HeldBlock>,
    carts: HashMap<CartId, Vec<BlockId>>,
    /// The carts with a payment.
    with_payment: HashSet<CartId>,
}

impl CachedRows {
    fn read(writer: &Writer, generation: Generation, open: &[Entry<'_>]) -> Self {
        let Footprint { blocks, carts, .. } = Footprint::of(open.iter().map(|entry| entry.request));
        let with_payment = writer.blocks.carts_with_payment(generation, carts.iter().copied());
        let carts = writer.blocks.get_carts(generation, carts.into_iter());
        let blocks = blocks.into_iter().chain(carts.values().flatten().copied());
        let blocks = writer.blocks.get(generation, blocks);
        let mut rows = Self { levels: BTreeMap::new(), blocks, carts, with_payment };
        let items: Vec<_> =
            open.iter().filter_map(|entry| rows.needed_items(entry.request)).flatten().collect();
        rows.levels = writer.levels.get(generation, items.into_iter());
        rows
    }

    fn contain_all_of(&self, request: &Request) -> bool {
        self.needed_items(request).is_some_and(|items| items.iter().all(|item| self.has_levels(*item)))
    }

    fn needed_items(&self, request: &Request) -> Option<Vec<ItemId>> {
        let item_of = |id: &BlockId| self.blocks.get(id).map(|block| block.key.item);
        let has_payment = |cart: &CartId| self.with_payment.contains(cart);
        needed_items(request, item_of, |cart| self.carts.get(cart), has_payment)
    }

    fn has_levels(&self, item: ItemId) -> bool {
        let first = LevelKey { item, warehouse: WarehouseId(i64::MIN) };
        self.levels.range(first..).next().is_some_and(|(key, _)| key.item == item)
    }
}
