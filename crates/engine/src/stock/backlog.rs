//! Requests that lack units of an item with a backlog: more expired blocks than one transaction reclaims.
//!
//! A queue of their own decides them, so that requests for other items do not wait. Its worker reads the stock and the
//! sum of all expired blocks in one snapshot, without a lock. A request that even these units can't satisfy is rejected:
//! at that moment the item was short. For each other request a bounded number of blocks is reclaimed, and the request
//! returns to its stock queue.

use super::outdated::find_outdated;
use super::reclaim::items_short;
use super::request::{StockRequest, StockResponse};
use super::shortages::requested_units;
use crate::batching::batch::{Answers, Batch};
use crate::batching::in_doubt::InDoubtFlag;
use crate::idempotency::store_response;
use crate::keys_by_id::{NamedIds, add_held_units};
use crate::response::{CommandResult, Response};
use crate::writer::Writer;
use crate::{Context, Error, KeysById, Result, WithKeys};
use domain::{
    BlockId, CART_LINES_MAX, CartId, Decision, Granted, ItemId, MovementReason, OrderId, Request, RetakeCart,
    Snapshot, WarehouseLimits, plan_limited,
};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use store::{Cause, LevelWithExpired, StockWithExpired};

/// The most expired blocks of one item that are reclaimed before its requests return to their queue.
const RECLAIM_BLOCKS_MAX: i64 = 500;

/// The most requests in a batch. Each is planned alone.
pub(crate) const BACKLOG_BATCH_MAX: usize = 64;

/// An item with more expired blocks than this has a backlog.
const BACKLOG_BLOCKS_MIN: i64 = 256;

/// Decides requests that lack units of items with a backlog.
pub(crate) struct BacklogBatch {
    writer: Writer,
    in_doubt: InDoubtFlag,
    /// The time of the next batch. The worker pauses for as long as it worked, which leaves the database time for others.
    next_batch_at: Mutex<Instant>,
}

/// The next step of a request.
enum Step {
    /// Reject it, or report the shortages of an allocation.
    Reject(Decision),
    /// Return it to its stock queue, after blocks of these items were reclaimed.
    Return(BTreeSet<ItemId>),
    /// Return a partial allocation to its stock queue: the expired blocks have no units for it.
    Leave,
}

impl BacklogBatch {
    /// Returns a worker.
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer, in_doubt: InDoubtFlag::default(), next_batch_at: Mutex::new(Instant::now()) }
    }

    async fn decide(&self, batch: &[StockRequest]) -> Result<Vec<Result<StockResponse>>> {
        let stock = self.read_stock(batch).await?;
        let keys: Vec<_> = batch.iter().map(|request| request.keys.as_deref()).collect();
        let generation = self.writer.store.generation();
        let outdated = find_outdated(&mut &self.writer.store, generation, &keys).await?;
        let steps = self.plan_steps(batch, &stock).await?;
        let rejections = steps.iter().filter_map(|step| match step {
            Step::Reject(decision) => Some(decision),
            Step::Return(_) | Step::Leave => None,
        });
        let answer_keys = self.writer.answer_keys.fetch(NamedIds::of(rejections)).await?;
        let reclaimed = self.reclaim(&steps).await;
        let has_backlog = |item: ItemId| {
            let levels = stock.levels.iter().filter(|(key, _)| key.item == item);
            levels.map(|(_, level)| level.expired_blocks).sum::<i64>() > BACKLOG_BLOCKS_MIN
        };
        let mut answers = Vec::with_capacity(batch.len());
        for (index, (StockRequest { request, context, .. }, step)) in batch.iter().zip(steps).enumerate() {
            answers.push(match (step, &reclaimed) {
                _ if outdated.contains(&index) => Err(Error::KeysChanged),
                (Step::Reject(decision), _) => {
                    // The shortage of a limited caller is that of its warehouses only.
                    if !context.warehouses.is_limited() {
                        self.writer.shortages.record(request, has_backlog);
                    }
                    self.writer.refusals.record(stock.now, [(request, &decision)].into_iter());
                    self.writer.failures.record_rejections([(context, &decision)].into_iter());
                    self.answer(context, decision, &answer_keys).await
                }
                (Step::Return(items), Ok(locked)) if !items.is_disjoint(locked) => Err(Error::StockLocked),
                (Step::Return(_), Ok(_)) => Err(Error::Backlog),
                (Step::Return(_), Err(error)) => Err(error.clone()),
                (Step::Leave, _) => Err(Error::BacklogUnneeded),
            });
        }
        Ok(answers)
    }

    /// Reads the stock of the batch's items, orders and changed carts, with the sums of their expired blocks.
    async fn read_stock(&self, batch: &[StockRequest]) -> Result<StockWithExpired> {
        let (mut items, mut orders, mut carts) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for StockRequest { request, .. } in batch {
            match request {
                Request::Adjust(adjustment) => _ = items.insert(adjustment.item),
                Request::ChangeLevel(change) => _ = items.insert(change.item),
                Request::Move(movement) => _ = items.insert(movement.item),
                Request::ChangeCondition(change) => _ = items.insert(change.item),
                Request::Allocate(order, _) => _ = orders.insert(*order),
                Request::Fill(fill) => _ = orders.insert(fill.order),
                Request::Source(source) => _ = orders.insert(source.order),
                Request::ChangeCart(change) => {
                    items.extend(change.lines().iter().map(|line| line.item));
                    carts.insert(change.id);
                }
                request => items.extend(requested_units(request).map(|((item, _), _)| item)),
            }
        }
        let items: Vec<ItemId> = items.into_iter().collect();
        let orders: Vec<OrderId> = orders.into_iter().collect();
        let carts: Vec<CartId> = carts.into_iter().collect();
        Ok(self.writer.store.stock_with_expired(&items, &orders, &carts).await?)
    }

    /// Plans each request alone: with the units of all expired blocks, and if these suffice, without them.
    async fn plan_steps(&self, batch: &[StockRequest], stock: &StockWithExpired) -> Result<Vec<Step>> {
        let warehouses = self.writer.warehouses.fetch([]).await?;
        let snapshot = |units: fn(&LevelWithExpired) -> i32| Snapshot {
            now: stock.now,
            items: stock.items.clone(),
            warehouses: warehouses.ids.clone(),
            default_warehouse: warehouses.default,
            levels: stock.levels.iter().map(|(key, level)| (*key, units(level))).collect(),
            limits: self.writer.limits,
            orders: stock.orders.clone(),
            blocks: stock.blocks.clone(),
            cart_details: stock.carts.iter().map(|cart| (cart.id, cart.details.clone())).collect(),
            carts: stock.carts.iter().map(|cart| (cart.id, cart.blocks.clone())).collect(),
            new_block_ids: (1..).map(BlockId).take(CART_LINES_MAX).collect(),
            ..Snapshot::default()
        };
        let with_expired = snapshot(LevelWithExpired::units_max);
        let without_expired = snapshot(|level| level.available);
        let mut retaken = HashMap::new();
        for StockRequest { request, .. } in batch {
            if let Request::RetakeCart(RetakeCart { cart, .. }) = request
                && let Some(read) = self.writer.store.cart_get(*cart).await?
            {
                retaken.insert(*cart, read.lines.iter().map(|line| line.key.item).collect::<BTreeSet<_>>());
            }
        }
        let step = |StockRequest { request, context, .. }: &StockRequest| {
            // The blocks of a cart are not read here. Its queue rejects the request after the backlog of its items is gone.
            if let Request::RetakeCart(RetakeCart { cart, .. }) = request {
                return Step::Return(retaken.get(cart).cloned().unwrap_or_default());
            }
            let request = std::slice::from_ref(request);
            let limits = WarehouseLimits::of([&context.warehouses]);
            let decision = plan_limited(&with_expired, request, &limits).decisions.pop();
            if let [Request::Fill(_)] = request {
                let now = plan_limited(&without_expired, request, &limits);
                return match units_filled(decision.as_ref()) > units_filled(now.decisions.first()) {
                    true => Step::Return(now.short_items),
                    false => Step::Leave,
                };
            }
            match decision {
                Some(decision) if items_short(&decision).next().is_some() => Step::Reject(decision),
                _ => Step::Return(plan_limited(&without_expired, request, &limits).short_items),
            }
        };
        Ok(batch.iter().map(step).collect())
    }

    /// Reclaims expired blocks of each item that a returning request lacks, in bounded number. Returns the items that
    /// another transaction has locked.
    async fn reclaim(&self, steps: &[Step]) -> Result<BTreeSet<ItemId>> {
        let lacking = steps.iter().filter_map(|step| match step {
            Step::Return(items) => Some(items),
            Step::Reject(_) | Step::Leave => None,
        });
        let items: BTreeSet<_> = lacking.flatten().copied().collect();
        let mut locked = BTreeSet::new();
        for item in items {
            match self.writer.store.blocks_reclaim(&[item], RECLAIM_BLOCKS_MAX, Cause::SYSTEM, false).await {
                Ok(expired) if expired.blocks > 0 => {
                    self.writer.metrics.count_units(MovementReason::Expired, expired.units);
                    self.writer.levels.invalidate([item]);
                    self.writer.committed(&expired.categories);
                }
                // Another clean-up works on the item, or the item has just got another stock level.
                Ok(_) | Err(store::Error::Conflict(_)) => {}
                Err(store::Error::Locked(_)) => _ = locked.insert(item),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(locked)
    }

    /// Returns the answer for a decision that changes nothing. Stores it if the request has a key.
    async fn answer(
        &self,
        context: &Context,
        decision: Decision,
        keys: &Arc<KeysById>,
    ) -> Result<StockResponse> {
        let Writer { store, serialize_response, .. } = &self.writer;
        let mut keys = keys.clone();
        if context.idempotency.is_some() {
            keys = add_held_units(keys, &self.writer.held_units, items_short(&decision).collect()).await;
            self.in_doubt.set();
        }
        let result = CommandResult::Stock(&decision, &keys);
        match store_response(store, context, &result, *serialize_response).await? {
            Some(answer) => answer,
            None => Ok(Response::Fresh(WithKeys { output: decision?, keys })),
        }
    }
}

/// Returns the units that a partial allocation takes.
fn units_filled(decision: Option<&Decision>) -> i64 {
    match decision {
        Some(Ok(Granted::Filled(filled))) => filled.taken.iter().map(|(_, units)| i64::from(*units)).sum(),
        _ => 0,
    }
}

impl Batch for BacklogBatch {
    type Request = StockRequest;
    type Answer = StockResponse;

    async fn run(&self, batch: &[StockRequest], answers: &mut Answers<StockResponse>) {
        let next_batch_at = *self.next_batch_at.lock().unwrap_or_else(PoisonError::into_inner);
        tokio::time::sleep_until(next_batch_at.into()).await;
        let begun = Instant::now();
        self.writer.shortages.remove_expired();
        match self.decide(batch).await {
            Ok(decided) => answers.iter_mut().zip(decided).for_each(|(answer, one)| *answer = Some(one)),
            Err(error) => answers.iter_mut().for_each(|answer| *answer = Some(Err(error.clone()))),
        }
        *self.next_batch_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + begun.elapsed();
    }

    fn context(request: &StockRequest) -> Option<&Context> {
        Some(&request.context)
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.in_doubt)
    }
}
