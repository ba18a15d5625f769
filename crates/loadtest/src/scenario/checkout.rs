//! `checkout`: users place carts over eight warehouses, change and pay them, turn them into orders and ship these. At the
//! end, every unit is accounted for, and `stockhold reconcile` agrees. Before, [`compare`] measures changing and converting
//! carts in proportion to confirming them, and allocation by policy in proportion to allocation from one warehouse.

use super::expected_units::ExpectedUnits;
use super::{Options, TestBed};
use crate::record::Kind;
use crate::report::{Report, count};
use crate::request;
use crate::shop::{item, number};
use crate::user::User;
use anyhow::Result;
use serde_json::{Value, json};
use std::sync::Arc;

mod compare;
mod shared;

use shared::{ITEMS, Line, SCARCE, Shared};

const KINDS: &[Kind] = &[
    Kind { name: "place cart", expected: &[201, 409] },
    Kind { name: "change cart", expected: &[200, 409] },
    Kind { name: "release cart", expected: &[200] },
    Kind { name: "start payment", expected: &[200] },
    Kind { name: "order of a cart", expected: &[201] },
    Kind { name: "ship order", expected: &[200] },
];
const PLACE: usize = 0;
const CHANGE: usize = 1;
const RELEASE: usize = 2;
const PAY: usize = 3;
const CONVERT: usize = 4;
const SHIP: usize = 5;

/// The number of users.
const USERS: usize = 1_000;

/// The measured time in seconds.
const SECONDS: f64 = 20.0;

const CATEGORY: &str = "Checkout";

/// Units of an item in each warehouse.
const UNITS: i64 = 100_000;
const UNITS_SCARCE: i64 = 100;

/// The number of warehouses.
const WAREHOUSES: usize = 8;

/// The time for a payment, in seconds.
const PAYMENT_SECONDS: i64 = 600;

/// The most lines of a cart. The lines of different carts overlap.
const LINES_MAX: usize = 5;

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let users = options.connections(USERS);
    let mut report = Report::new(
        "checkout",
        format!(
            "{} users place carts of up to {LINES_MAX} lines over {WAREHOUSES} warehouses and change them. Seven of ten pay; \
             their carts become orders, half of which are shipped. The other carts are released or abandoned.",
            count(users as i64)
        ),
    );
    let shop = test_bed.shop();
    let stock = |index: usize| if index < SCARCE { UNITS_SCARCE } else { UNITS };
    let items =
        shop.create_items(ITEMS, |index| item(&format!("Checkout {index}"), stock(index), CATEGORY))?;
    let warehouses = shop.add_warehouses(WAREHOUSES - 1, &items[SCARCE..], UNITS)?;
    let initial = |index: usize| {
        let others = if index < SCARCE { 0 } else { UNITS * (WAREHOUSES as i64 - 1) };
        stock(index) + others
    };
    let shared = Arc::new(Shared { items, warehouses, expected: ExpectedUnits::none(ITEMS) });

    compare::compare(options, test_bed, &mut report, &shared)?;

    let plan = test_bed.plan(options, "checkout", users, KINDS);
    let plan = plan.after(options.lasting(1.0)).lasting(options.lasting(SECONDS));
    let result = plan.run(|user| {
        let random = fastrand::Rng::with_seed(user.index() as u64);
        Buyer { user, random, shared: shared.clone() }.shop()
    })?;
    report.error_free(result);
    shared.expected.check(&mut report, &shop, &shared.items, initial)?;
    test_bed.reconcile(options, &mut report)?;
    Ok(report)
}

/// A user.
struct Buyer {
    user: User,
    random: fastrand::Rng,
    shared: Arc<Shared>,
}

impl Buyer {
    async fn shop(mut self) -> Result<()> {
        while self.user.turn().await {
            self.check_out().await;
        }
        Ok(())
    }

    /// Places a cart, changes it, and buys, releases or abandons it.
    async fn check_out(&mut self) {
        let lines = self.some_lines();
        let body = json!({ "lines": self.body(&lines) });
        let response = self.user.send(PLACE, &request::post("/api/blocks", &body)).await;
        if response.status != 201 {
            return;
        }
        let Some(cart) = number(response.body, "\"cartId\":") else {
            return self.user.fault(|| "a cart without an id".to_owned());
        };
        self.shared.expected.held(&lines, 1);
        let lines = self.change(cart, lines).await;
        match self.random.u32(..10) {
            0..7 => self.buy(cart, &lines).await,
            7..9 => {
                let request = request::delete(&format!("/api/carts/{cart}"));
                if self.user.send(RELEASE, &request).await.status == 200 {
                    self.shared.expected.held(&lines, -1);
                }
            }
            _ => {}
        }
    }

    /// Pays a cart, turns it into an order, and ships half of these orders.
    async fn buy(&mut self, cart: i64, lines: &[Line]) {
        let body = json!({ "ttlSeconds": PAYMENT_SECONDS, "paymentReference": format!("payment of {cart}") });
        self.user.send(PAY, &request::post(&format!("/api/carts/{cart}/payment"), &body)).await;
        let request = request::post("/api/orders", &json!({ "cartId": cart }));
        let response = self.user.send(CONVERT, &request).await;
        if response.status != 201 {
            return;
        }
        let order = number(response.body, "\"id\":");
        self.shared.expected.held(lines, -1);
        self.shared.expected.sold(lines, 1);
        if let (true, Some(order)) = (self.random.bool(), order) {
            let request = request::post(&format!("/api/orders/{order}/ship"), &json!({}));
            self.user.send(SHIP, &request).await;
        }
    }

    /// Changes the lines of a cart. Returns the lines that it has after that.
    async fn change(&mut self, cart: i64, before: Vec<Line>) -> Vec<Line> {
        let after = self.some_lines();
        let body = json!({ "version": 1, "lines": self.body(&after) });
        match self.user.send(CHANGE, &request::put(&format!("/api/carts/{cart}"), &body)).await.status {
            200 => {
                self.shared.expected.held(&before, -1);
                self.shared.expected.held(&after, 1);
                after
            }
            _ => before,
        }
    }

    /// Random lines with distinct items.
    fn some_lines(&mut self) -> Vec<Line> {
        let count = self.random.usize(1..=LINES_MAX);
        let chosen = self.random.choose_multiple(0..ITEMS, count);
        chosen.into_iter().map(|item| (item, self.random.i64(1..=3))).collect()
    }

    /// The lines for a request. Half of those of ample items name a warehouse.
    fn body(&mut self, lines: &[Line]) -> Vec<Value> {
        let random = &mut self.random;
        self.shared.lines(lines, |item| (item >= SCARCE && random.bool()).then(|| random.usize(..WAREHOUSES)))
    }
}
