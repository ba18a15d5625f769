//! The stages that measure the server over HTTP.

use super::stage::{Stage, Stock};
use crate::interrupt;
use crate::load::LoadPlan;
use crate::record::{Kind, RunResult};
use crate::report::Report;
use crate::request;
use crate::scenario::{CATEGORIES, Options, STATIC_FILE, TestBed, send_random_requests};
use crate::shop::{create_items, item, number};
use crate::system::resident_bytes;
use anyhow::{Context as _, Result, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The number of connections of a stage, unless it has its own number.
const CONNECTIONS: usize = 256;

/// The number of connections while memory is measured.
const CONNECTIONS_MEMORY: usize = 1_000;

/// The measured time and the warm-up of a stage, in seconds.
const SECONDS: f64 = 4.0;
const WARM_UP: f64 = 0.5;

/// The maximum number of items created in one round, so that the tables do not grow without need.
const CREATED_MAX: usize = 200_000;

/// The path of the do-nothing handler. Only a server with the feature `limits` has it.
const NOTHING: &str = "/limits/nothing";

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];
const SALE: &[Kind] = &[
    Kind { name: "place", expected: &[201] },
    Kind { name: "confirm", expected: &[200] },
    Kind { name: "release", expected: &[200] },
];
const NOTHING_KIND: &[Kind] = &[Kind { name: "do nothing", expected: &[200, 201] }];
const READ: &[Kind] = &[Kind { name: "read", expected: &[200] }];
const CREATE: &[Kind] = &[Kind { name: "create", expected: &[201] }];

/// Measures one stage: a rate, or for the single block the median latency in seconds.
pub(super) fn measure(
    options: &Options,
    test_bed: &TestBed,
    stock: &Stock,
    (stage, round): (Stage, usize),
    report: &mut Report,
) -> Result<f64> {
    let name = format!("{stage:?} {round}").to_lowercase();
    let plan = |kinds| plan(options, test_bed, &name, options.connections(CONNECTIONS), kinds);
    let place_hot = || vec![request::place(stock.hot, 1)];
    let result = match stage {
        Stage::Nothing => {
            let body = format!("{{\"itemId\":{},\"quantity\":1}}", stock.hot);
            let request = request::post_bytes(NOTHING, body.as_bytes());
            if test_bed.shop().send(&request)?.0 == 404 {
                bail!(
                    "the server has no {NOTHING}; build it for measuring with `cargo build --profile production \
                     -p server --bin stockhold --features limits`"
                );
            }
            send_random_requests(&plan(NOTHING_KIND), vec![request], |_, _| true)?
        }
        Stage::Hot => place(&plan(PLACE), place_hot(), vec![stock.hot])?,
        Stage::Sku => place(&plan(PLACE), vec![request::place_by_sku(&stock.sku, 1)], vec![stock.hot])?,
        Stage::Token => {
            let place = request::place_with_token(&stock.token, stock.hot, 1);
            self::place(&plan(PLACE), vec![place], vec![stock.hot])?
        }
        Stage::Keyed => place_keyed(&plan(PLACE), stock.hot, &name)?,
        Stage::Sale => sell(&plan(SALE), stock.hot)?,
        Stage::Spread => {
            let requests = stock.spread.iter().map(|id| request::place(*id, 1)).collect();
            place(&plan(PLACE), requests, stock.spread.clone())?
        }
        Stage::Read => {
            let requests = stock.read.iter().map(|id| request::get(&format!("/api/items/{id}"))).collect();
            let requested = stock.read.clone();
            send_random_requests(&plan(READ), requests, move |index, response| {
                number(response.body, "\"id\":") == Some(requested[index])
            })?
        }
        Stage::Top => send_random_requests(
            &plan(READ),
            vec![request::get(&request::top_path(stock.category))],
            |_, response| response.body.len() > 10_000,
        )?,
        Stage::Static => {
            let request = request::get(&format!("/{STATIC_FILE}"));
            send_random_requests(&plan(READ), vec![request], |_, response| response.body.len() > 10_000)?
        }
        Stage::Create => {
            let create = |index: usize| {
                item(&format!("Created {index}"), 100, CATEGORIES[1 + index % (CATEGORIES.len() - 1)])
            };
            create_items(&plan(CREATE), CREATED_MAX, create)?.0
        }
        Stage::Lone => {
            let plan = self::plan(options, test_bed, &name, 1, PLACE);
            let result = place(&plan, place_hot(), vec![stock.hot])?;
            let median = result.latency(0, 50.0).as_secs_f64();
            report.error_free(result);
            return Ok(median);
        }
        Stage::Pgbench | Stage::CreatePgbench | Stage::LonePgbench | Stage::Memory | Stage::Allocate => {
            bail!("{stage:?} is not measured over HTTP")
        }
    };
    let rate = result.rate();
    report.error_free(result);
    Ok(rate)
}

/// Measures the maximum resident memory of the server while 1,000 connections place blocks, in megabytes.
pub(super) fn memory(
    options: &Options,
    test_bed: &TestBed,
    stock: &Stock,
    process: u32,
    report: &mut Report,
) -> Result<f64> {
    let plan = plan(options, test_bed, "memory", CONNECTIONS_MEMORY, PLACE);
    let requests: Vec<_> = stock.spread.iter().chain([&stock.hot]).map(|id| request::place(*id, 1)).collect();
    let items = stock.spread.iter().chain([&stock.hot]).copied().collect();
    let finished = AtomicBool::new(false);
    let (result, most) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !finished.load(Ordering::Relaxed) && !interrupt::requested() {
                most = most.max(resident_bytes(process)?);
                std::thread::sleep(Duration::from_millis(50));
            }
            Some(most)
        });
        let result = place(&plan, requests, items);
        finished.store(true, Ordering::Relaxed);
        (result, watch.join().ok().flatten())
    });
    report.error_free(result?);
    Ok(most.context("this system does not report the server's memory")? as f64 / 1e6)
}

fn plan(options: &Options, test_bed: &TestBed, name: &str, users: usize, kinds: &'static [Kind]) -> LoadPlan {
    let plan = test_bed.plan(options, name, users, kinds);
    plan.after(options.lasting(WARM_UP)).lasting(options.lasting(SECONDS))
}

/// Places blocks on one item, each with a unique idempotency key.
fn place_keyed(plan: &LoadPlan, item: i64, name: &str) -> Result<RunResult> {
    plan.run(|mut user| {
        let mut turn = 0;
        let user_name = format!("{}-{}", name.replace(' ', "-"), user.index());
        async move {
            while user.turn().await {
                turn += 1;
                let place = request::place_with_key(&format!("{user_name}-{turn}"), item, 1);
                let response = user.send(0, &place).await;
                if response.status == 201 && number(response.body, "\"itemId\":") != Some(item) {
                    user.fault(|| "a block of another item".to_owned());
                }
            }
            Ok(())
        }
    })
}

/// Places blocks on one item and ends each immediately: seven of ten are confirmed, three released.
fn sell(plan: &LoadPlan, item: i64) -> Result<RunResult> {
    let place: Arc<[u8]> = request::place(item, 1).into();
    plan.run(|mut user| {
        let place = place.clone();
        let mut turn = user.index();
        async move {
            while user.turn().await {
                let response = user.send(0, &place).await;
                if response.status != 201 {
                    continue;
                }
                let Some(block) = number(response.body, "\"blockId\":") else {
                    user.fault(|| "a block without an id".to_owned());
                    continue;
                };
                turn += 1;
                let (kind, end) = match turn % 10 {
                    0..7 => (
                        1,
                        request::post_bytes(request::CONFIRM, format!("{{\"blockId\":{block}}}").as_bytes()),
                    ),
                    _ => (2, request::delete(&format!("/api/blocks/{block}"))),
                };
                let response = user.send(kind, &end).await;
                if response.status == 200 && number(response.body, "\"blockId\":") != Some(block) {
                    user.fault(|| format!("the response is about another block than {block}"));
                }
            }
            Ok(())
        }
    })
}

/// Places blocks and checks the item of each response.
fn place(plan: &LoadPlan, requests: Vec<Vec<u8>>, items: Vec<i64>) -> Result<RunResult> {
    send_random_requests(plan, requests, move |index, response| {
        number(response.body, "\"itemId\":") == Some(items[index])
    })
}
