//! The next request: a due follow-up of an earlier one, or a new customer.

use super::shop::Shop;
use domain::{
    AllocateFrom, AllocationMode, BlockId, CartId, CartLine, ConvertHolds, Error, FillOrder, HoldSource,
    ItemId, ItemKey, NewOrder, Note, OrderId, PlaceBlock, PlaceCart, PolicyChoice, Quantity, Reference,
    ShipOrder, SourcingPolicy, SourcingRules, StockAdjustment, Ttl, WarehouseKey,
};
use engine::{Context, Engine, Response, Result};
use fastrand::Rng;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;
use std::time::Duration;
use tokio::time::Instant;

/// The time to live of a cart.
const CART_TTL_SECONDS: i64 = 10 * 60;

/// The follow-ups that may wait. Above it, no new customer comes.
const FOLLOW_UPS_MAX: usize = 2_000;

/// A request that follows from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FollowUp {
    Convert(CartId),
    Release(CartId),
    Confirm(BlockId),
    Handover(BlockId),
    Source(OrderId),
    /// The missing units of an order wait.
    Wait(OrderId),
    Ship(OrderId),
    /// Units of an item that ran out are delivered.
    Deliver(ItemId),
}

/// Sells to one customer after the other.
pub(super) struct Seller<'a> {
    engine: &'a Engine,
    shop: &'a Shop,
    rng: Rng,
    due: BinaryHeap<Reverse<(Instant, FollowUp)>>,
    /// The items that are on their way.
    coming: HashSet<ItemId>,
    /// The number of requests.
    requests: u64,
    /// The number of this run, in its references and request ids.
    run: u32,
}

impl<'a> Seller<'a> {
    pub(super) fn new(engine: &'a Engine, shop: &'a Shop, mut rng: Rng) -> Self {
        let run = rng.u32(1_000..10_000);
        Self { engine, shop, rng, due: BinaryHeap::new(), coming: HashSet::new(), requests: 0, run }
    }

    /// Sends the next request.
    ///
    /// # Errors
    /// The rules reject it, or the database fails.
    pub(super) async fn step(&mut self) -> Result<()> {
        self.requests += 1;
        let is_due = self.due.peek().is_some_and(|Reverse((at, _))| *at <= Instant::now());
        let next = if is_due || self.due.len() > FOLLOW_UPS_MAX { self.due.pop() } else { None };
        let outcome = match next {
            Some(Reverse((_, follow_up))) => self.follow_up(follow_up).await,
            None => self.customer().await,
        };
        if let Err(engine::Error::Rejected(Error::InsufficientStock { item, .. })) = &outcome {
            self.expect_delivery(*item);
        }
        outcome
    }

    async fn customer(&mut self) -> Result<()> {
        match self.rng.u32(0..100) {
            0..72 => self.cart().await,
            72..86 => self.market_order().await,
            _ => self.counter_sale().await,
        }
    }

    async fn cart(&mut self) -> Result<()> {
        let lines = self.lines()?;
        let line = |(item, quantity): &(ItemId, Quantity)| CartLine {
            item: ItemKey::from(*item),
            quantity: *quantity,
            warehouse: None::<WarehouseKey>,
        };
        let reference = Reference::new(&format!("C-{}", self.rng.u32(20_000..26_500)))?;
        let cart =
            PlaceCart::new(lines.iter().map(line).collect(), Ttl::new(CART_TTL_SECONDS)?, Some(reference))?;
        let placed = fresh(self.engine.cart_place(&self.context("client:webshop"), cart).await?)?;
        match self.rng.u32(0..100) {
            0..62 => self.later(4..60, FollowUp::Convert(placed.id)),
            62..76 => self.later(4..90, FollowUp::Release(placed.id)),
            // The others expire.
            _ => {}
        }
        Ok(())
    }

    async fn market_order(&mut self) -> Result<()> {
        let reference = Reference::new(&format!("MKT-L{}-{}", self.run, self.requests))?;
        let order = NewOrder::new(Some(reference), self.lines()?)?;
        let created = fresh(self.engine.order_create(&self.context("client:marketplace"), order).await?)?;
        self.later(1..4, FollowUp::Source(created.id));
        Ok(())
    }

    async fn counter_sale(&mut self) -> Result<()> {
        let Some((item, quantity)) = self.lines()?.pop() else { return Ok(()) };
        let place = PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::new(CART_TTL_SECONDS)? };
        let placed = fresh(self.engine.block_place(&self.context("client:outlet-till"), place).await?)?;
        self.later(2..15, FollowUp::Confirm(placed.id));
        Ok(())
    }

    async fn follow_up(&mut self, follow_up: FollowUp) -> Result<()> {
        let engine = self.engine;
        match follow_up {
            FollowUp::Convert(cart) => {
                let reference = Reference::new(&format!("WEB-L{}-{}", self.run, self.requests))?;
                let convert = ConvertHolds::new(HoldSource::Cart(cart), Some(reference))?;
                let order = fresh(engine.order_convert(&self.context("client:webshop"), convert).await?)?;
                self.later(20..180, FollowUp::Ship(order.id));
            }
            FollowUp::Release(cart) => _ = engine.cart_release(&self.context("client:webshop"), cart).await?,
            FollowUp::Confirm(block) => {
                engine.block_confirm(&self.context("client:outlet-till"), block, None).await?;
                self.later(2..40, FollowUp::Handover(block));
            }
            FollowUp::Handover(block) => {
                engine.block_ship(&self.context("client:outlet-till"), block).await?;
            }
            FollowUp::Source(order) => self.source(order).await?,
            FollowUp::Wait(order) => {
                let fill = FillOrder { order, warehouse: None, waits: true, priority: None, items: None };
                let filled = fresh(engine.order_fill(&self.context("client:marketplace"), fill).await?)?;
                filled.missing.iter().for_each(|(item, _)| self.expect_delivery(*item));
                self.later(90..240, FollowUp::Ship(order));
            }
            FollowUp::Ship(order) => {
                let shipment = ShipOrder::new(order, None, None)?;
                engine.order_ship(&self.context("person:ben"), &shipment).await?;
            }
            FollowUp::Deliver(item) => self.deliver(item).await?,
        }
        Ok(())
    }

    /// Allocates an order by the policy of the fewest parcels. If units are missing, the order waits.
    async fn source(&mut self, order: OrderId) -> Result<()> {
        let rules = SourcingRules {
            policy: SourcingPolicy::FewestParcels,
            max_parcels: None,
            split_lines: true,
            mode: AllocationMode::Whole,
        };
        let from = AllocateFrom::Policy(PolicyChoice::new(rules, None)?);
        let context = self.context("client:marketplace");
        let allocated = fresh(self.engine.order_allocate(&context, order, from).await?)?;
        match allocated.shortages.is_empty() {
            true => self.later(20..180, FollowUp::Ship(order)),
            false => self.later(1..2, FollowUp::Wait(order)),
        }
        Ok(())
    }

    async fn deliver(&mut self, item: ItemId) -> Result<()> {
        self.coming.remove(&item);
        let known = self.shop.items.iter().position(|known| *known == Some(item));
        let units = known.map_or(20, |index| self.shop.plan.items[index].reorder_units);
        let note = Note::new(&format!("PO-L{}-{}: Delivery", self.run, self.requests))?;
        let delivery = StockAdjustment::new(item, Some(self.shop.main), units.into(), note)?;
        self.engine.stock_adjust(&self.context("person:ben"), delivery).await?;
        Ok(())
    }

    /// Returns the lines of a customer: one to three items with few units.
    fn lines(&mut self) -> Result<Vec<(ItemId, Quantity)>> {
        let count = [1, 1, 1, 2, 2, 3][self.rng.usize(0..6)];
        let mut lines = Vec::<(ItemId, Quantity)>::with_capacity(count);
        while lines.len() < count {
            let item = self.shop.items[self.shop.plan.pick(&mut self.rng)];
            if let Some(item) = item.filter(|item| lines.iter().all(|(other, _)| other != item)) {
                let units = [1, 1, 1, 2][self.rng.usize(0..4)];
                lines.push((item, Quantity::new(units)?));
            }
        }
        Ok(lines)
    }

    /// Plans the delivery of an item that ran out, once.
    fn expect_delivery(&mut self, item: ItemId) {
        if self.coming.insert(item) {
            self.later(20..90, FollowUp::Deliver(item));
        }
    }

    /// Plans a follow-up in some seconds.
    fn later(&mut self, seconds: Range<u64>, follow_up: FollowUp) {
        let milliseconds = self.rng.u64(seconds.start * 1_000..seconds.end * 1_000);
        self.due.push(Reverse((Instant::now() + Duration::from_millis(milliseconds), follow_up)));
    }

    fn context(&self, actor: &'static str) -> Context {
        Context::new(actor, format!("demo-{}-{}", self.run, self.requests))
    }
}

/// Returns the output of a command. It has no idempotency key, so its response is not a stored one.
fn fresh<T>(response: Response<T>) -> Result<T> {
    response.fresh().ok_or(engine::Error::Internal)
}
