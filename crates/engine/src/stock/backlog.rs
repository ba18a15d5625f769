//! Requests that are short of an item with a backlog of expired blocks: more of them than one transaction reclaims.
//!
//! A worker of its own decides them, so that other items do not wait. It reads the stock and the sum of all expired
//! blocks in one snapshot and without a lock. A request that even these units can't satisfy is refused: at that moment
//! it was short. For the others a bounded number of blocks is reclaimed, and they are asked again in their own queue.

use crate::background::supervise::InDoubtFlag;
use crate::batching::queue::{Answers, Batch};
use crate::idempotency::{CONFLICT_RETRIES_MAX, KeyStatus, Outcome, lookup_keys, response_record};
use crate::stock::{Asked, items_short};
use crate::{Context, Error, Result, Writer};
use domain::{
    BlockId, CART_LINES_MAX, Decision, Granted, ItemId, OrderId, Request, Snapshot, WarehouseId, plan,
};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::{LevelWithExpired, StockWithExpired};

/// Expired blocks of one item that are reclaimed before its requests are asked again.
const RECLAIM_BLOCKS_MAX: i64 = 500;

/// Requests that one batch decides. Each is planned on its own.
pub(crate) const BACKLOG_BATCH_MAX: usize = 64;

/// The actor of the ledger's lines.
const SYSTEM_ACTOR: &str = "system";

/// An item has a backlog if it has more expired blocks than this.
const BACKLOG_BLOCKS_MIN: i64 = 256;

/// How long after the last refusal the same request goes to this worker first.
const REFUSAL_KEPT: Duration = Duration::from_secs(10);

/// An item, and the warehouse if the request names one.
type Place = (ItemId, Option<WarehouseId>);

/// The refusals of items with a backlog. A request that asks for as much goes straight to the backlog's worker.
#[derive(Default)]
pub(crate) struct Refusals {
    is_any: AtomicBool,
    /// The fewest units that were refused, and until when that is remembered.
    units: Mutex<HashMap<Place, (i32, Instant)>>,
}

impl Refusals {
    /// Whether a request asks for as much as was refused lately.
    pub(crate) fn concern(&self, request: &Request) -> bool {
        self.is_any.load(Ordering::Relaxed) && asked_units(request).any(|asked| self.concerns(asked))
    }

    fn concerns(&self, (item, warehouse, units): (ItemId, Option<WarehouseId>, i32)) -> bool {
        let now = Instant::now();
        let mut refused = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        match refused.get(&(item, warehouse)) {
            Some((least, until)) if *until > now => units >= *least,
            Some(_) => {
                refused.remove(&(item, warehouse));
                self.is_any.store(!refused.is_empty(), Ordering::Relaxed);
                false
            }
            None => false,
        }
    }

    fn add(&self, request: &Request, backlog: impl Fn(ItemId) -> bool) {
        let now = Instant::now();
        let until = now + REFUSAL_KEPT;
        let mut refused = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, (_, until)| *until > now);
        // A cart names the line that is short in its answer only.
        if let Request::Place(_) = request {
            for (item, warehouse, units) in asked_units(request) {
                if backlog(item) {
                    let (least, kept) = refused.entry((item, warehouse)).or_insert((units, until));
                    (*least, *kept) = (units.min(*least), until);
                } else {
                    refused.remove(&(item, warehouse));
                }
            }
        }
        self.is_any.store(!refused.is_empty(), Ordering::Relaxed);
    }
}

/// The units that a request wants to hold, line by line.
fn asked_units(request: &Request) -> impl Iterator<Item = (ItemId, Option<WarehouseId>, i32)> {
    let place = match request {
        Request::Place(place) => Some((place.item, place.warehouse, place.quantity.get())),
        _ => None,
    };
    let lines = match request {
        Request::PlaceCart(cart) => cart.lines(),
        _ => &[],
    };
    place.into_iter().chain(lines.iter().map(|line| (line.item, line.warehouse, line.quantity.get())))
}

/// Decides requests that are short of items with a backlog.
pub(crate) struct BacklogBatch {
    writer: Writer,
    mark: InDoubtFlag,
    /// The worker rests as long as it worked, so that the database has time for others.
    rest_until: Mutex<Instant>,
}

/// The decision about a request.
enum BacklogDecision {
    /// It is refused, or an allocation is short.
    Short(Decision),
    /// It is asked again, once blocks of these items were reclaimed.
    Retry(BTreeSet<ItemId>),
}

impl BacklogBatch {
    pub(crate) fn new(writer: Writer) -> Self {
        Self { writer, mark: InDoubtFlag::default(), rest_until: Mutex::new(Instant::now()) }
    }

    async fn decide(&self, asked: &[Asked]) -> Result<Vec<Result<Granted>>> {
        let (mut items, mut orders) = (BTreeSet::new(), BTreeSet::new());
        for (request, _) in asked {
            match request {
                Request::Adjust(adjustment) => _ = items.insert(adjustment.item),
                Request::Move(movement) => _ = items.insert(movement.item),
                Request::Allocate(order, _) => _ = orders.insert(*order),
                request => items.extend(asked_units(request).map(|(item, ..)| item)),
            }
        }
        let items: Vec<ItemId> = items.into_iter().collect();
        let orders: Vec<OrderId> = orders.into_iter().collect();
        let warehouses = self.writer.warehouses.fetch([]).await?;
        let stock = self.writer.store.stock_with_expired(&items, &orders).await?;
        let snapshot = |units: fn(&LevelWithExpired) -> i32| Snapshot {
            now: stock.now,
            items: stock.items.clone(),
            warehouses: warehouses.ids.clone(),
            default_warehouse: warehouses.default,
            levels: stock.levels.iter().map(|(key, level)| (*key, units(level))).collect(),
            limits: self.writer.limits,
            orders: stock.orders.clone(),
            new_block_ids: (1..).map(BlockId).take(CART_LINES_MAX).collect(),
            ..Snapshot::default()
        };
        let with_due = snapshot(LevelWithExpired::units_max);
        let without = snapshot(|level| level.available);
        let decisions: Vec<_> = asked
            .iter()
            .map(|(request, _)| {
                let request = std::slice::from_ref(request);
                match plan(&with_due, request).decisions.pop() {
                    Some(answer) if items_short(&answer).next().is_some() => BacklogDecision::Short(answer),
                    _ => BacklogDecision::Retry(plan(&without, request).short_items),
                }
            })
            .collect();
        let reclaimed = self.reclaim(&decisions).await;
        self.answer(asked, decisions, &stock, reclaimed).await
    }

    /// Reclaims some blocks of each item that a request waits for; the items that another transaction has locked.
    async fn reclaim(&self, decisions: &[BacklogDecision]) -> Result<BTreeSet<ItemId>> {
        let waiting = decisions.iter().filter_map(|decision| match decision {
            BacklogDecision::Retry(items) => Some(items),
            BacklogDecision::Short(_) => None,
        });
        let items: BTreeSet<_> = waiting.flatten().copied().collect();
        let mut locked = BTreeSet::new();
        for item in items {
            match self.writer.store.blocks_reclaim(&[item], RECLAIM_BLOCKS_MAX, SYSTEM_ACTOR, false).await {
                Ok(expired) if expired.blocks > 0 => {
                    self.writer.levels.invalidate([item]);
                    self.writer.committed(&expired.categories);
                }
                // Another clean-up has the item, or it has just got another stock level.
                Ok(_) | Err(store::Error::Conflict(_)) => {}
                Err(store::Error::Locked(_)) => _ = locked.insert(item),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(locked)
    }

    async fn answer(
        &self,
        asked: &[Asked],
        decisions: Vec<BacklogDecision>,
        stock: &StockWithExpired,
        reclaimed: Result<BTreeSet<ItemId>>,
    ) -> Result<Vec<Result<Granted>>> {
        let has_backlog = |item: ItemId| {
            let of_item = stock.levels.iter().filter(|(key, _)| key.item == item);
            of_item.map(|(_, level)| level.expired_blocks).sum::<i64>() > BACKLOG_BLOCKS_MIN
        };
        let mut answers = Vec::with_capacity(asked.len());
        for ((request, context), decision) in asked.iter().zip(decisions) {
            answers.push(match (decision, &reclaimed) {
                (BacklogDecision::Short(answer), _) => {
                    self.writer.refusals.add(request, has_backlog);
                    self.writer.failures.record_rejections([(context, &answer)].into_iter());
                    self.keep(context, answer).await
                }
                (BacklogDecision::Retry(items), Ok(locked)) if !items.is_disjoint(locked) => {
                    Err(Error::StockLocked)
                }
                (BacklogDecision::Retry(_), Ok(_)) => Err(Error::Backlog),
                (BacklogDecision::Retry(_), Err(error)) => Err(error.clone()),
            });
        }
        Ok(answers)
    }

    /// The answer, stored under the request's key if it has one.
    async fn keep(&self, context: &Context, answer: Decision) -> Result<Granted> {
        if context.idempotency.is_none() {
            return answer.map_err(Error::Refused);
        }
        let mut tries = 0;
        loop {
            match self.keep_once(context, &answer).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                kept => return kept?,
            }
        }
    }

    async fn keep_once(&self, context: &Context, answer: &Decision) -> store::Result<Result<Granted>> {
        let mut transaction = self.writer.store.begin().await?;
        let status = lookup_keys(&mut transaction, &[context]).await?.pop();
        if let Some(status) = status.filter(|status| *status != KeyStatus::New) {
            return Ok(status.answer(&HashMap::new()));
        }
        let kept = response_record(context, Outcome::Stock(answer), self.writer.render);
        let Some((kept, reply)) = kept else { return Ok(answer.clone().map_err(Error::Refused)) };
        transaction.responses_store(&[kept]).await?;
        self.mark.set();
        transaction.commit().await?;
        Ok(Err(Error::Answered(reply)))
    }
}

impl Batch for BacklogBatch {
    type Request = Asked;
    type Answer = Granted;

    async fn run(&self, asked: &[Asked], answers: &mut Answers<Granted>) {
        let rest_until = *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        tokio::time::sleep_until(rest_until.into()).await;
        let begun = Instant::now();
        match self.decide(asked).await {
            Ok(decided) => answers.iter_mut().zip(decided).for_each(|(answer, one)| *answer = Some(one)),
            Err(error) => answers.iter_mut().for_each(|answer| *answer = Some(Err(error.clone()))),
        }
        *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + begun.elapsed();
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{PlaceBlock, Quantity, Ttl};

    fn place(item: i64, warehouse: Option<i64>, units: i64) -> Request {
        let quantity = Quantity::new(units).expect("a quantity");
        let warehouse = warehouse.map(WarehouseId);
        Request::Place(PlaceBlock { item: ItemId(item), quantity, warehouse, ttl: Ttl::default() })
    }

    #[test]
    fn a_refusal_concerns_requests_for_as_much_of_the_same() {
        let refusals = Refusals::default();
        assert!(!refusals.concern(&place(1, None, 5)));
        refusals.add(&place(1, None, 5), |_| true);
        refusals.add(&place(1, None, 7), |_| true);
        let concerned = [place(1, None, 5), place(1, None, 4), place(1, Some(1), 5), place(2, None, 5)];
        assert_eq!(concerned.map(|request| refusals.concern(&request)), [true, false, false, false]);
        refusals.add(&place(1, None, 5), |_| false);
        assert!(!refusals.concern(&place(1, None, 5)), "its backlog is gone");
    }
}
