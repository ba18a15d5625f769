//! A simulation of the demo shop: it keeps the rules of stock, and records each change as the server would.
//!
//! Events are in a queue by their tick. The events depend on the seed only. Their times depend on the time of the load.

mod closing;
mod counter;
mod event;
mod holds;
mod orders;
mod records;
mod supply;
#[cfg(test)]
mod tests;

use super::plan::{self, Plan, WAREHOUSES};
use super::products;
use super::rhythm::{DAY, Rhythm, SPAN, Tick};
use anyhow::Result;
use domain::{ItemId, LevelKey, Time, WarehouseId};
use event::{End, Event, STILL_FROM};
use fastrand::Rng;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use store::{History, HistoryItem};

/// Carts of the web shop in the whole history.
const CARTS: u64 = 18_000;
/// Orders of the marketplace in the whole history.
const MARKET_ORDERS: u64 = 2_000;
/// Sales at the counter in the whole history.
const COUNTER_SALES: u64 = 1_300;
/// Holds that people place for customers.
const STAFF_HOLDS: u64 = 90;

/// The rank of the bestseller that is sold out at the end.
const SOLD_OUT_RANK: usize = 2;

/// An item whose supply and sales do not follow the general rules.
struct Roles {
    /// The first item. README's requests use it, so its stock is the same in each load.
    shown: usize,
    /// A bestseller that is sold out at the end.
    sold_out: usize,
}

/// The state of a simulation.
struct Simulation<'a> {
    plan: &'a Plan,
    rhythm: &'a Rhythm,
    rng: Rng,
    tick: Tick,
    /// The calendar time of the tick.
    time: Time,
    queue: BinaryHeap<Reverse<(Tick, u64, Event)>>,
    /// The number of events that were queued: it orders those of one tick.
    queued: u64,
    history: History,
    roles: Roles,
    /// The items of each category, by ascending number.
    categories: Vec<Vec<usize>>,
    /// Units on their way from suppliers, by delivery, and in sum by item.
    deliveries: Vec<Vec<(usize, i32)>>,
    coming: Vec<i32>,
    /// Orders whose missing units wait.
    waiting: BTreeSet<usize>,
    /// Items with more available units than before the current event.
    risen: BTreeSet<ItemId>,
    documents: u32,
    market_orders: u32,
    business_orders: u32,
}

/// Returns the history of the demo shop that ends at `now`. Only its times depend on `now`.
///
/// # Errors
/// The built-in products are invalid.
pub(super) fn history(seed: u64, now: Time) -> Result<History> {
    let mut rng = Rng::with_seed(seed);
    let plan = Plan::new(products::read()?, &mut rng)?;
    let rhythm = Rhythm::new(now);
    let mut simulation = Simulation::new(&plan, &rhythm, rng)?;
    simulation.queue_all();
    simulation.run();
    Ok(simulation.finish())
}

impl<'a> Simulation<'a> {
    fn new(plan: &'a Plan, rhythm: &'a Rhythm, rng: Rng) -> Result<Self> {
        let mut categories = Vec::<Vec<usize>>::new();
        for (index, item) in plan.items.iter().enumerate() {
            match categories.last_mut() {
                Some(last) if plan.items[last[0]].product.category == item.product.category => {
                    last.push(index)
                }
                _ => categories.push(vec![index]),
            }
        }
        let roles = Roles { shown: plan::SHOWN_ITEM, sold_out: plan.ranked(SOLD_OUT_RANK) };
        let time = rhythm.time(0);
        let item = |planned: &plan::PlannedItem| HistoryItem {
            name: planned.product.name.clone(),
            description: planned.product.description.clone(),
            category: planned.product.category.clone(),
            price: planned.product.price,
            sku: planned.sku.clone(),
            barcode: planned.barcode.clone(),
            low_stock: planned.low_stock,
            created_at: time,
            updated_at: time,
            archived_at: None,
        };
        let items: Vec<_> = plan.items.iter().map(item).collect();
        Ok(Self {
            plan,
            rhythm,
            rng,
            tick: 0,
            time,
            queue: BinaryHeap::new(),
            queued: 0,
            coming: vec![0; items.len()],
            history: History { warehouses: plan::warehouses()?, items, ..History::default() },
            roles,
            categories,
            deliveries: Vec::new(),
            waiting: BTreeSet::new(),
            risen: BTreeSet::new(),
            documents: 0,
            market_orders: 0,
            business_orders: 0,
        })
    }

    /// Queues everything that does not follow from other events.
    fn queue_all(&mut self) {
        for (item, planned) in self.plan.items.iter().enumerate() {
            self.queue_at(planned.first, Event::First(item));
        }
        self.queue_spread(CARTS, Event::Cart);
        self.queue_spread(MARKET_ORDERS, Event::MarketOrder);
        self.queue_spread(COUNTER_SALES, Event::CounterSale);
        self.queue_spread(STAFF_HOLDS, Event::StaffHold);
        self.queue_supply();
        self.queue_closing();
    }

    /// Queues `count` equal events, spread over the history by chance.
    fn queue_spread(&mut self, count: u64, event: Event) {
        let step = SPAN / count;
        for number in 0..count {
            let tick = number * step + self.rng.u64(0..step);
            // At the first tick no item is sold yet.
            self.queue_at(tick.max(1), event);
        }
    }

    fn queue_at(&mut self, tick: Tick, event: Event) {
        self.queue.push(Reverse((tick, self.queued, event)));
        self.queued += 1;
    }

    /// Queues an event after a time by chance.
    fn queue_in(&mut self, after: std::ops::Range<Tick>, event: Event) {
        let tick = self.tick + self.rng.u64(after);
        self.queue_at(tick, event);
    }

    fn run(&mut self) {
        while let Some(Reverse((tick, _, event))) = self.queue.pop() {
            if tick >= SPAN {
                return;
            }
            self.tick = tick;
            self.time = self.rhythm.time(tick);
            self.happen(event);
            self.fill_waiting();
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::First(item) => self.first_units(item),
            Event::Cart => self.cart(),
            Event::CartEnds(cart, end) => self.cart_ends(cart, end),
            Event::MarketOrder => self.market_order(),
            Event::Source(order) => self.source(order),
            Event::Ship(order, warehouse) => self.ship(order, warehouse),
            Event::Cancel(order) => self.cancel(order),
            Event::Return(order) => self.returned(order),
            Event::CounterSale => self.counter_sale(),
            Event::BlockEnds(block, end) => self.block_ends(block, end),
            Event::Handover(block) => self.handover(block),
            Event::StaffHold => self.staff_hold(),
            Event::Reorder(category) => self.reorder(category),
            Event::Deliver(delivery) => self.deliver(delivery),
            Event::Replenish(warehouse) => self.replenish(warehouse),
            Event::Count(warehouse) => self.count(warehouse),
            Event::WriteOff => self.write_off(),
            Event::Inspect(key, units) => self.inspect(key, units),
            Event::Dispose(key, units) => self.dispose(key, units),
            Event::Archive(item) => self.archive(item),
            Event::Closing(scene) => self.closing(scene),
        }
    }

    /// Returns whether an item is sold now.
    fn is_sold(&self, item: usize) -> bool {
        self.plan.items[item].first < self.tick
            && self.history.items[item].archived_at.is_none()
            && !self.is_still(item)
    }

    /// Returns whether the stock of an item does not change any more: that of README's item, shortly before the end.
    fn is_still(&self, item: usize) -> bool {
        item == self.roles.shown && self.tick > STILL_FROM
    }

    /// Returns an item that is sold now, the popular ones more often.
    fn pick(&mut self) -> usize {
        loop {
            let item = self.plan.pick(&mut self.rng);
            if self.is_sold(item) {
                return item;
            }
        }
    }

    /// Returns whether something with this chance in percent happens.
    fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    /// Returns the units that one customer buys of an item.
    fn few_units(&mut self) -> i32 {
        match self.rng.u32(0..100) {
            0..76 => 1,
            76..92 => 2,
            92..97 => 3,
            _ => 4,
        }
    }

    fn available(&self, item: usize) -> i32 {
        (0..WAREHOUSES).map(|warehouse| self.level(key(item, warehouse))).sum()
    }

    /// Returns the available units of a stock level.
    fn level(&self, key: LevelKey) -> i32 {
        self.history.levels.get(&key).map_or(0, |level| level.available)
    }

    /// Returns the stock level of an item with the most available units.
    fn fullest(&self, item: usize) -> LevelKey {
        let levels = (0..WAREHOUSES).rev().map(|warehouse| key(item, warehouse));
        levels.max_by_key(|key| self.level(*key)).unwrap_or(key(item, plan::MAIN))
    }
}

/// Returns the key of a stock level.
fn key(item: usize, warehouse: usize) -> LevelKey {
    LevelKey { item: ItemId(id(item)), warehouse: WarehouseId(id(warehouse)) }
}

/// Returns a number of the history as the id that stands for it.
fn id(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns the number of an item.
fn number(item: ItemId) -> usize {
    usize::try_from(item.0).unwrap_or(usize::MAX)
}

/// A week in ticks.
const WEEK: Tick = 7 * DAY;
