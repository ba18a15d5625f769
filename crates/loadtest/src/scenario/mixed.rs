//! `mixed`: everything at once, at a fixed rate: reads, blocks, confirmations, releases, carts, and orders
//! with overlapping lines in random order. At the end the count of every item closes.

use super::{Bed, Options};
use crate::record::Kind;
use crate::report::Report;
use crate::request;
use crate::shop::{Shop, Units, item, number};
use crate::user::{Pace, User};
use anyhow::Result;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const KINDS: &[Kind] = &[
    Kind { name: "read item", expected: &[200] },
    Kind { name: "read top 100", expected: &[200] },
    Kind { name: "place", expected: &[201, 409] },
    Kind { name: "confirm", expected: &[200] },
    Kind { name: "release", expected: &[200] },
    Kind { name: "cart", expected: &[201, 409] },
    Kind { name: "confirm cart", expected: &[200] },
    Kind { name: "release cart", expected: &[200] },
    Kind { name: "create order", expected: &[201] },
    Kind { name: "allocate order", expected: &[200] },
];
const READ: usize = 0;
const TOP: usize = 1;
const PLACE: usize = 2;
const CONFIRM: usize = 3;
const RELEASE: usize = 4;
const CART: usize = 5;
const CONFIRM_CART: usize = 6;
const RELEASE_CART: usize = 7;
const CREATE_ORDER: usize = 8;
const ALLOCATE: usize = 9;

const CONNECTIONS: usize = 256;
const CATEGORY: &str = "Mixed";

/// Items; the first few are scarce, so that some requests are refused.
const ITEMS: usize = 200;
const SCARCE: usize = 5;
const UNITS: i64 = 1_000_000;
const UNITS_SCARCE: i64 = 200;

/// Orders draw their lines from so few items that they overlap.
const ORDER_ITEMS: usize = 50;
const LINES_MAX: usize = 10;

/// How long is measured, in seconds, and what latencies may be.
const SECONDS: f64 = 20.0;
const P99_MAX: Duration = Duration::from_millis(500);

/// What the command line chose.
#[derive(Debug, Clone, clap::Args)]
pub struct Choice {
    /// Turns a second, over all connections.
    #[arg(long, default_value_t = 2_000.0, value_parser = crate::positive)]
    rate: f64,
}

impl Default for Choice {
    fn default() -> Self {
        Self { rate: 2_000.0 }
    }
}

/// What all users know and note.
struct World {
    items: Vec<i64>,
    warehouse: i64,
    /// By item, what by the answers must be held and sold at the end.
    held: Vec<AtomicI64>,
    sold: Vec<AtomicI64>,
}

impl World {
    /// Adds the lines to what must be held or sold, or with -1 takes them away.
    fn note(&self, counts: &[AtomicI64], lines: &[(usize, i64)], sign: i64) {
        for (item, quantity) in lines {
            counts[*item].fetch_add(sign * quantity, Ordering::Relaxed);
        }
    }
}

/// A block that a user has.
#[derive(Debug, Clone, Copy)]
struct Block {
    id: i64,
    item: usize,
    quantity: i64,
}

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed, choice: &Choice) -> Result<Report> {
    let shop = bed.shop();
    let stock = |index: usize| if index < SCARCE { UNITS_SCARCE } else { UNITS };
    let items = shop.create_items(ITEMS, |index| item(&format!("Mixed {index}"), stock(index), CATEGORY))?;
    let world = Arc::new(World {
        warehouse: shop.default_warehouse()?,
        held: (0..ITEMS).map(|_| AtomicI64::new(0)).collect(),
        sold: (0..ITEMS).map(|_| AtomicI64::new(0)).collect(),
        items,
    });
    let mut report = Report::new(
        "mixed",
        format!(
            "{} turns a second: reads, blocks, confirmations, releases, carts, orders with up to {LINES_MAX} \
             overlapping lines in random order; latencies corrected for coordinated omission.",
            choice.rate
        ),
    );

    let plan =
        bed.plan(options, "mixed", options.connections(CONNECTIONS), KINDS).pace(Pace::Rate(choice.rate));
    let plan = plan.after(options.lasting(1.0)).lasting(options.lasting(SECONDS));
    let outcome = plan.run(|user| {
        let random = fastrand::Rng::with_seed(user.index() as u64);
        Buyer { user, random, world: world.clone(), blocks: Vec::new() }.shop()
    })?;

    for (kind, tally) in outcome.record.tallies.iter().enumerate().filter(|(_, tally)| tally.total() > 0) {
        report.within(format!("{}: p99", tally.kind.name), P99_MAX, outcome.latency(kind, 99.0));
    }
    report.flawless(outcome);
    close(&mut report, &shop, &world, stock)?;
    Ok(report)
}

/// At the end available + held + sold is what was there at first, and held and sold are what was answered.
fn close(report: &mut Report, shop: &Shop, world: &World, stock: impl Fn(usize) -> i64) -> Result<()> {
    let found = shop.units_of(&world.items)?;
    let differing = |is_right: &dyn Fn(usize, &Units) -> bool| {
        found.iter().enumerate().filter(|(index, units)| !is_right(*index, units)).count() as i64
    };
    let noted = |counts: &[AtomicI64], index: usize| counts[index].load(Ordering::Relaxed);
    let wrong = differing(&|index, units| units.total() == stock(index));
    report.equal("items with available + held + sold ≠ initial units", 0, wrong);
    let wrong = differing(&|index, units| units.held == noted(&world.held, index));
    report.equal("items with another number of held units than the responses said", 0, wrong);
    let wrong = differing(&|index, units| units.sold == noted(&world.sold, index));
    report.equal("items with another number of sold units than the responses said", 0, wrong);
    Ok(())
}

/// One user and what it has.
struct Buyer {
    user: User,
    random: fastrand::Rng,
    world: Arc<World>,
    blocks: Vec<Block>,
}

impl Buyer {
    async fn shop(mut self) -> Result<()> {
        while self.user.turn().await {
            match self.random.u32(..100) {
                0..40 => self.read().await,
                40..50 => self.top().await,
                50..75 => self.place().await,
                75..85 => self.confirm().await,
                85..90 => self.release().await,
                90..95 => self.cart().await,
                _ => self.order().await,
            }
        }
        Ok(())
    }

    async fn read(&mut self) {
        let id = self.world.items[self.random.usize(..ITEMS)];
        let answer = self.user.ask(READ, &request::get(&format!("/api/items/{id}"))).await;
        if answer.status == 200 && number(answer.body, "\"id\":") != Some(id) {
            self.user.fault(|| format!("another item than {id}"));
        }
    }

    async fn top(&mut self) {
        self.user.ask(TOP, &request::get(&request::top_path(CATEGORY))).await;
    }

    async fn place(&mut self) {
        let item = self.random.usize(..ITEMS);
        let quantity = self.random.i64(1..=3);
        let body = json!({ "itemId": self.world.items[item], "quantity": quantity });
        let answer = self.user.ask(PLACE, &request::post(request::PLACE, &body)).await;
        if answer.status == 201 {
            match number(answer.body, "\"blockId\":") {
                Some(id) => {
                    self.blocks.push(Block { id, item, quantity });
                    self.world.note(&self.world.held, &[(item, quantity)], 1);
                }
                None => self.user.fault(|| "a block without an id".to_owned()),
            }
        }
    }

    /// Confirms one of its blocks; without any it gets one first.
    async fn confirm(&mut self) {
        let Some(block) = self.some_block() else { return self.place().await };
        let request = request::post(request::CONFIRM, &json!({ "blockId": block.id }));
        if self.user.ask(CONFIRM, &request).await.status == 200 {
            self.world.note(&self.world.held, &[(block.item, block.quantity)], -1);
            self.world.note(&self.world.sold, &[(block.item, block.quantity)], 1);
        }
    }

    /// Gives one of its blocks back; without any it gets one first.
    async fn release(&mut self) {
        let Some(block) = self.some_block() else { return self.place().await };
        let request = request::delete(&format!("/api/blocks/{}", block.id));
        if self.user.ask(RELEASE, &request).await.status == 200 {
            self.world.note(&self.world.held, &[(block.item, block.quantity)], -1);
        }
    }

    /// Places a cart, and then keeps, confirms or releases it as a whole.
    async fn cart(&mut self) {
        let lines = self.lines(ITEMS);
        let answer = self.user.ask(CART, &request::post("/api/blocks", &self.body(&lines))).await;
        if answer.status != 201 {
            return;
        }
        let Some(cart) = number(answer.body, "\"cartId\":") else {
            return self.user.fault(|| "a cart without an id".to_owned());
        };
        self.world.note(&self.world.held, &lines, 1);
        match self.random.u32(..3) {
            0 => {
                let request = request::post_bytes(&format!("/api/carts/{cart}/confirm"), b"");
                if self.user.ask(CONFIRM_CART, &request).await.status == 200 {
                    self.world.note(&self.world.held, &lines, -1);
                    self.world.note(&self.world.sold, &lines, 1);
                }
            }
            1 => {
                let request = request::delete(&format!("/api/carts/{cart}"));
                if self.user.ask(RELEASE_CART, &request).await.status == 200 {
                    self.world.note(&self.world.held, &lines, -1);
                }
            }
            _ => {}
        }
    }

    async fn order(&mut self) {
        let lines = self.lines(ORDER_ITEMS);
        let answer = self.user.ask(CREATE_ORDER, &request::post("/api/orders", &self.body(&lines))).await;
        if answer.status != 201 {
            return;
        }
        let Some(order) = number(answer.body, "\"id\":") else {
            return self.user.fault(|| "an order without an id".to_owned());
        };
        let body = json!({ "warehouseId": self.world.warehouse });
        let request = request::post(&format!("/api/orders/{order}/allocate"), &body);
        let answer = self.user.ask(ALLOCATE, &request).await;
        if answer.status == 200 && answer.body.windows(16).any(|part| part == b"\"allocated\":true") {
            self.world.note(&self.world.sold, &lines, 1);
        }
    }

    /// Lines of different items out of the first `items`, in random order.
    fn lines(&mut self, items: usize) -> Vec<(usize, i64)> {
        let count = self.random.usize(1..=LINES_MAX);
        let chosen = self.random.choose_multiple(0..items, count);
        let mut lines: Vec<_> = chosen.into_iter().map(|item| (item, self.random.i64(1..=2))).collect();
        self.random.shuffle(&mut lines);
        lines
    }

    fn body(&self, lines: &[(usize, i64)]) -> serde_json::Value {
        let line = |(item, quantity): &(usize, i64)| json!({ "itemId": self.world.items[*item], "quantity": quantity });
        json!({ "lines": lines.iter().map(line).collect::<Vec<_>>() })
    }

    fn some_block(&mut self) -> Option<Block> {
        if self.blocks.is_empty() {
            return None;
        }
        let index = self.random.usize(..self.blocks.len());
        Some(self.blocks.swap_remove(index))
    }
}
