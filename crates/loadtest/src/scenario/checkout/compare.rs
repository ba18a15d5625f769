//! Changing carts, and turning them into orders, in proportion to confirming them; allocation by policy in proportion to
//! allocation from one warehouse. All in turn and in one run.

use super::shared::{ITEMS, Line, SCARCE, Shared};
use crate::load::LoadPlan;
use crate::record::{Kind, RunResult};
use crate::report::{Report, Table, figure};
use crate::request;
use crate::scenario::{Options, TestBed, median};
use crate::shop::number;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The number of lines of each cart in the comparison.
const LINES_COMPARED: usize = 3;

/// The number of carts in each round of the comparison, and its connections.
const CARTS_COMPARED: usize = 10_000;
const CONNECTIONS_COMPARED: usize = 256;

/// The number of rounds. The result is the median of the rounds' ratios.
const ROUNDS: usize = 3;

/// The lowest rates of changes and of conversions in proportion to confirmations.
const CHANGE_RATIO_MIN: f64 = 0.7;
const CONVERSION_RATIO_MIN: f64 = 0.8;

/// The lowest rate of allocations by policy in proportion to allocations from one warehouse.
const POLICY_RATIO_MIN: f64 = 0.6;

/// Measures changing and confirming of the same carts in turn, turning other carts into orders, and both ways of allocation.
pub(super) fn compare(
    options: &Options,
    test_bed: &TestBed,
    report: &mut Report,
    shared: &Arc<Shared>,
) -> Result<()> {
    let columns = ["round", "place", "change", "confirm", "convert", "allocate", "by policy"];
    let mut table = Table::new("Carts and orders per second", &columns);
    let (mut changes, mut conversions, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let run =
            |name: &str, kinds, requests| send_each(&plan(options, test_bed, name, round, kinds), requests);
        let (carts, placed) = place_carts(options, test_bed, shared, round)?;
        let changed = run("change", CHANGED, carts.iter().map(|cart| change(shared, cart)).collect())?;
        let confirmed = run("confirm", CONFIRMED, carts.iter().map(confirm).collect())?;
        carts.iter().for_each(|cart| shared.expected.sold(&cart.changed_lines(), 1));
        let (carts, placed_again) = place_carts(options, test_bed, shared, round)?;
        let converted = run("convert", CONVERTED, carts.iter().map(convert).collect())?;
        carts.iter().for_each(|cart| shared.expected.sold(&cart.lines(), 1));
        let allocate_by = |name: &str, body: Value| {
            let orders = create_orders(options, test_bed, shared, round)?;
            let request = |(id, _): &(i64, _)| request::post(&format!("/api/orders/{id}/allocate"), &body);
            let result = run(name, ALLOCATED, orders.iter().map(request).collect())?;
            orders.iter().for_each(|(_, lines)| shared.expected.sold(lines, 1));
            anyhow::Ok(result)
        };
        let allocated = allocate_by("allocate", json!({ "warehouseId": shared.warehouses[0] }))?;
        let by_policy = allocate_by("by policy", json!({ "policy": "fewest_parcels" }))?;
        changes.push(changed.rate() / confirmed.rate());
        conversions.push(converted.rate() / confirmed.rate());
        policies.push(by_policy.rate() / allocated.rate());
        let results = [placed, changed, confirmed, converted, allocated, by_policy];
        let [place, change, confirm, convert, allocate, by_policy] =
            results.each_ref().map(|result| figure(result.rate()));
        table.row([round.to_string(), place, change, confirm, convert, allocate, by_policy]);
        results.into_iter().chain([placed_again]).for_each(|result| report.error_free(result));
    }
    report.tables.insert(0, table);
    report.at_least("changed carts ÷ confirmed carts", CHANGE_RATIO_MIN, median(&changes));
    report.at_least("orders of carts ÷ confirmed carts", CONVERSION_RATIO_MIN, median(&conversions));
    report.at_least("allocations by policy ÷ from one warehouse", POLICY_RATIO_MIN, median(&policies));
    Ok(())
}

const PLACED: &[Kind] = &[Kind { name: "place cart", expected: &[201] }];
const CHANGED: &[Kind] = &[Kind { name: "change cart", expected: &[200] }];
const CONFIRMED: &[Kind] = &[Kind { name: "confirm cart", expected: &[200] }];
const CONVERTED: &[Kind] = &[Kind { name: "order of a cart", expected: &[201] }];
const ORDERED: &[Kind] = &[Kind { name: "create order", expected: &[201] }];
const ALLOCATED: &[Kind] = &[Kind { name: "allocate order", expected: &[200] }];

/// A cart of the comparison, with one unit of each of its items.
#[derive(Debug, Clone)]
struct ComparedCart {
    id: i64,
    items: Vec<usize>,
}

impl ComparedCart {
    fn lines(&self) -> Vec<Line> {
        self.items.iter().map(|item| (*item, 1)).collect()
    }

    /// The lines after the change: one unit more of the first item.
    fn changed_lines(&self) -> Vec<Line> {
        self.items.iter().enumerate().map(|(index, item)| (*item, if index == 0 { 2 } else { 1 })).collect()
    }
}

fn plan(options: &Options, test_bed: &TestBed, name: &str, round: usize, kinds: &'static [Kind]) -> LoadPlan {
    test_bed.plan(options, &format!("{name} {round}"), CONNECTIONS_COMPARED, kinds)
}

/// Places the carts of a round.
fn place_carts(
    options: &Options,
    test_bed: &TestBed,
    shared: &Arc<Shared>,
    round: usize,
) -> Result<(Vec<ComparedCart>, RunResult)> {
    let wanted = some_items(options, round);
    let body = |items: &Vec<usize>| json!({ "lines": shared.lines(&one_each(items), |_| None) });
    let requests = wanted.iter().map(|items| request::post("/api/blocks", &body(items))).collect();
    let (ids, result) = create(&plan(options, test_bed, "place", round, PLACED), requests, "\"cartId\":")?;
    let carts = ids.into_iter().zip(wanted).map(|(id, items)| ComparedCart { id, items });
    Ok((carts.collect(), result))
}

/// Creates the orders of a round. Returns them with their lines.
fn create_orders(
    options: &Options,
    test_bed: &TestBed,
    shared: &Arc<Shared>,
    round: usize,
) -> Result<Vec<(i64, Vec<Line>)>> {
    let wanted = some_items(options, round);
    let body = |items: &Vec<usize>| json!({ "lines": shared.lines(&one_each(items), |_| None) });
    let requests = wanted.iter().map(|items| request::post("/api/orders", &body(items))).collect();
    let (ids, _) = create(&plan(options, test_bed, "order", round, ORDERED), requests, "\"id\":")?;
    Ok(ids.into_iter().zip(wanted.iter().map(|items| one_each(items))).collect())
}

/// Distinct items for each cart or order of a round.
fn some_items(options: &Options, round: usize) -> Vec<Vec<usize>> {
    let mut random = fastrand::Rng::with_seed(round as u64);
    let amount = options.amount(CARTS_COMPARED, CONNECTIONS_COMPARED);
    (0..amount).map(|_| random.choose_multiple(SCARCE..ITEMS, LINES_COMPARED)).collect()
}

/// One unit of each item.
fn one_each(items: &[usize]) -> Vec<Line> {
    items.iter().map(|item| (*item, 1)).collect()
}

/// Sends each request once. Returns the ids in the responses: the numbers after `field`.
fn create(plan: &LoadPlan, requests: Vec<Vec<u8>>, field: &'static str) -> Result<(Vec<i64>, RunResult)> {
    let plan = plan.clone().turns(requests.len() as u64);
    let requests: Arc<[Vec<u8>]> = requests.into();
    let ids: Arc<[AtomicI64]> = requests.iter().map(|_| AtomicI64::new(0)).collect();
    let users = plan.users;
    let result = plan.run(|mut user| {
        let (requests, ids) = (requests.clone(), ids.clone());
        async move {
            for index in (user.index()..requests.len()).step_by(users) {
                if !user.turn().await {
                    break;
                }
                let response = user.send(0, &requests[index]).await;
                if let Some(id) = number(response.body, field) {
                    ids[index].store(id, Ordering::Relaxed);
                }
            }
            Ok(())
        }
    })?;
    let read = |id: &AtomicI64| Some(id.load(Ordering::Relaxed)).filter(|id| *id > 0);
    let ids = ids.iter().map(|id| read(id).context("a response has no id"));
    Ok((ids.collect::<Result<_>>()?, result))
}

fn change(shared: &Shared, cart: &ComparedCart) -> Vec<u8> {
    let lines = shared.lines(&cart.changed_lines(), |_| None);
    request::put(&format!("/api/carts/{}", cart.id), &json!({ "version": 1, "lines": lines }))
}

fn confirm(cart: &ComparedCart) -> Vec<u8> {
    request::post_bytes(&format!("/api/carts/{}/confirm", cart.id), b"")
}

fn convert(cart: &ComparedCart) -> Vec<u8> {
    request::post("/api/orders", &json!({ "cartId": cart.id }))
}

/// Sends each request once.
fn send_each(plan: &LoadPlan, requests: Vec<Vec<u8>>) -> Result<RunResult> {
    let plan = plan.clone().turns(requests.len() as u64);
    let requests: Arc<[Vec<u8>]> = requests.into();
    let users = plan.users;
    plan.run(move |mut user| {
        let requests = requests.clone();
        async move {
            for request in requests.iter().skip(user.index()).step_by(users) {
                if !user.turn().await {
                    break;
                }
                user.send(0, request).await;
            }
            Ok(())
        }
    })
}
