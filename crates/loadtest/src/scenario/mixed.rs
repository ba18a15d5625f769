//! `mixed`: all kinds of requests at a fixed rate: reads, blocks, confirmations, releases, carts, and orders with
//! overlapping lines in random order. At the end, the numbers of units of every item add up.

use super::expected_units::ExpectedUnits;
use super::{Options, TestBed};
use crate::arguments::positive;
use crate::record::Kind;
use crate::report::Report;
use crate::request;
use crate::shop::{item, number};
use crate::user::{Pace, User};
use anyhow::Result;
use serde_json::json;
use std::sync::Arc;
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

/// The number of items. The first few are scarce, so that some requests are rejected.
const ITEMS: usize = 200;
const SCARCE: usize = 5;
const UNITS: i64 = 1_000_000;
const UNITS_SCARCE: i64 = 200;

/// The number of items in orders: so few that orders overlap.
const ORDER_ITEMS: usize = 50;
const LINES_MAX: usize = 10;

/// The measured time in seconds, and the maximum latency.
const SECONDS: f64 = 20.0;
const P99_MAX: Duration = Duration::from_millis(500);

/// Options of the scenario.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Turns per second, over all connections.
    #[arg(long, default_value_t = 2_000.0, value_parser = positive)]
    rate: f64,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { rate: 2_000.0 }
    }
}

/// State that all users share.
struct SharedState {
    items: Vec<i64>,
    warehouse: i64,
    expected: ExpectedUnits,
}

/// A temporary block of a user.
#[derive(Debug, Clone, Copy)]
struct Block {
    id: i64,
    item: usize,
    quantity: i64,
}

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed, arguments: &Arguments) -> Result<Report> {
    let shop = test_bed.shop();
    let stock = |index: usize| if index < SCARCE { UNITS_SCARCE } else { UNITS };
    let items = shop.create_items(ITEMS, |index| item(&format!("Mixed {index}"), stock(index), CATEGORY))?;
    let shared = Arc::new(SharedState {
        warehouse: shop.default_warehouse()?,
        expected: ExpectedUnits::none(ITEMS),
        items,
    });
    let mut report = Report::new(
        "mixed",
        format!(
            "{} turns per second: reads, blocks, confirmations, releases, carts, orders with up to {LINES_MAX} \
             overlapping lines in random order; latencies corrected for coordinated omission.",
            arguments.rate
        ),
    );

    let plan = test_bed
        .plan(options, "mixed", options.connections(CONNECTIONS), KINDS)
        .pace(Pace::Rate(arguments.rate));
    let plan = plan.after(options.lasting(1.0)).lasting(options.lasting(SECONDS));
    let result = plan.run(|user| {
        let random = fastrand::Rng::with_seed(user.index() as u64);
        Buyer { user, random, shared: shared.clone(), blocks: Vec::new() }.shop()
    })?;

    for (kind, tally) in result.record.tallies.iter().enumerate().filter(|(_, tally)| tally.total() > 0) {
        report.within(format!("{}: p99", tally.kind.name), P99_MAX, result.latency(kind, 99.0));
    }
    report.error_free(result);
    shared.expected.check(&mut report, &shop, &shared.items, stock)?;
    Ok(report)
}

/// A user and its temporary blocks.
struct Buyer {
    user: User,
    random: fastrand::Rng,
    shared: Arc<SharedState>,
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
        let id = self.shared.items[self.random.usize(..ITEMS)];
        let response = self.user.send(READ, &request::get(&format!("/api/items/{id}"))).await;
        if response.status == 200 && number(response.body, "\"id\":") != Some(id) {
            self.user.fault(|| format!("another item than {id}"));
        }
    }

    async fn top(&mut self) {
        self.user.send(TOP, &request::get(&request::top_path(CATEGORY))).await;
    }

    async fn place(&mut self) {
        let item = self.random.usize(..ITEMS);
        let quantity = self.random.i64(1..=3);
        let body = json!({ "itemId": self.shared.items[item], "quantity": quantity });
        let response = self.user.send(PLACE, &request::post(request::PLACE, &body)).await;
        if response.status == 201 {
            match number(response.body, "\"blockId\":") {
                Some(id) => {
                    self.blocks.push(Block { id, item, quantity });
                    self.shared.expected.held(&[(item, quantity)], 1);
                }
                None => self.user.fault(|| "a block without an id".to_owned()),
            }
        }
    }

    /// Confirms one of its blocks. Without any, it places one.
    async fn confirm(&mut self) {
        let Some(block) = self.some_block() else { return self.place().await };
        let request = request::post(request::CONFIRM, &json!({ "blockId": block.id }));
        if self.user.send(CONFIRM, &request).await.status == 200 {
            self.shared.expected.held(&[(block.item, block.quantity)], -1);
            self.shared.expected.sold(&[(block.item, block.quantity)], 1);
        }
    }

    /// Releases one of its blocks. Without any, it places one.
    async fn release(&mut self) {
        let Some(block) = self.some_block() else { return self.place().await };
        let request = request::delete(&format!("/api/blocks/{}", block.id));
        if self.user.send(RELEASE, &request).await.status == 200 {
            self.shared.expected.held(&[(block.item, block.quantity)], -1);
        }
    }

    /// Places a cart, then keeps, confirms or releases it.
    async fn cart(&mut self) {
        let lines = self.lines(ITEMS);
        let response = self.user.send(CART, &request::post("/api/blocks", &self.body(&lines))).await;
        if response.status != 201 {
            return;
        }
        let Some(cart) = number(response.body, "\"cartId\":") else {
            return self.user.fault(|| "a cart without an id".to_owned());
        };
        self.shared.expected.held(&lines, 1);
        match self.random.u32(..3) {
            0 => {
                let request = request::post_bytes(&format!("/api/carts/{cart}/confirm"), b"");
                if self.user.send(CONFIRM_CART, &request).await.status == 200 {
                    self.shared.expected.held(&lines, -1);
                    self.shared.expected.sold(&lines, 1);
                }
            }
            1 => {
                let request = request::delete(&format!("/api/carts/{cart}"));
                if self.user.send(RELEASE_CART, &request).await.status == 200 {
                    self.shared.expected.held(&lines, -1);
                }
            }
            _ => {}
        }
    }

    async fn order(&mut self) {
        let lines = self.lines(ORDER_ITEMS);
        let response = self.user.send(CREATE_ORDER, &request::post("/api/orders", &self.body(&lines))).await;
        if response.status != 201 {
            return;
        }
        let Some(order) = number(response.body, "\"id\":") else {
            return self.user.fault(|| "an order without an id".to_owned());
        };
        let body = json!({ "warehouseId": self.shared.warehouse });
        let request = request::post(&format!("/api/orders/{order}/allocate"), &body);
        let response = self.user.send(ALLOCATE, &request).await;
        if response.status == 200 && response.body.windows(16).any(|part| part == b"\"allocated\":true") {
            self.shared.expected.sold(&lines, 1);
        }
    }

    /// Random lines with distinct items of the first `items`, in random order.
    fn lines(&mut self, items: usize) -> Vec<(usize, i64)> {
        let count = self.random.usize(1..=LINES_MAX);
        let chosen = self.random.choose_multiple(0..items, count);
        let mut lines: Vec<_> = chosen.into_iter().map(|item| (item, self.random.i64(1..=2))).collect();
        self.random.shuffle(&mut lines);
        lines
    }

    fn body(&self, lines: &[(usize, i64)]) -> serde_json::Value {
        let line = |(item, quantity): &(usize, i64)| json!({ "itemId": self.shared.items[*item], "quantity": quantity });
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
