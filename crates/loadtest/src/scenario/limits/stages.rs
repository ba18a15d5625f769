//! The stages that go over HTTP.

use super::{Stage, Stock};
use crate::interrupt;
use crate::load::Plan;
use crate::record::{Kind, Outcome};
use crate::report::Report;
use crate::request;
use crate::scenario::{Bed, CATEGORIES, Options, STATIC_FILE, hammer};
use crate::shop::{create_items, item, number};
use crate::system::resident_bytes;
use anyhow::{Context as _, Result, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Connections of every stage but those that name their own number.
const CONNECTIONS: usize = 256;

/// Connections when memory is measured.
const CONNECTIONS_MEMORY: usize = 1_000;

/// How long a stage is measured, after how long a warm-up, in seconds.
const SECONDS: f64 = 4.0;
const WARM_UP: f64 = 0.5;

/// The most items that one round creates: enough for the time, and no bloat beyond.
const CREATED_MAX: usize = 200_000;

/// The handler that does nothing; only a server built with the feature `limits` has it.
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

/// Measures one stage: a rate, or for the lone block the median latency in seconds.
pub(super) fn measure(
    options: &Options,
    bed: &Bed,
    stock: &Stock,
    (stage, round): (Stage, usize),
    report: &mut Report,
) -> Result<f64> {
    let name = format!("{stage:?} {round}").to_lowercase();
    let plan = |kinds| plan(options, bed, &name, options.connections(CONNECTIONS), kinds);
    let place_hot = || vec![request::place(stock.hot, 1)];
    let outcome = match stage {
        Stage::Nothing => {
            let body = format!("{{\"itemId\":{},\"quantity\":1}}", stock.hot);
            let request = request::post_bytes(NOTHING, body.as_bytes());
            if bed.shop().send(&request)?.0 == 404 {
                bail!(
                    "the server has no {NOTHING}; build it for measuring with `cargo build --profile production \
                     -p server --bin stockhold --features limits`"
                );
            }
            hammer(&plan(NOTHING_KIND), vec![request], |_, _| true)?
        }
        Stage::Hot => place(&plan(PLACE), place_hot(), vec![stock.hot])?,
        Stage::Keyed => place_keyed(&plan(PLACE), stock.hot, &name)?,
        Stage::Sale => sell(&plan(SALE), stock.hot)?,
        Stage::Spread => {
            let requests = stock.spread.iter().map(|id| request::place(*id, 1)).collect();
            place(&plan(PLACE), requests, stock.spread.clone())?
        }
        Stage::Read => {
            let requests = stock.read.iter().map(|id| request::get(&format!("/api/items/{id}"))).collect();
            let asked = stock.read.clone();
            hammer(&plan(READ), requests, move |index, answer| {
                number(answer.body, "\"id\":") == Some(asked[index])
            })?
        }
        Stage::Top => {
            hammer(&plan(READ), vec![request::get(&request::top_path(stock.category))], |_, answer| {
                answer.body.len() > 10_000
            })?
        }
        Stage::Static => {
            let request = request::get(&format!("/{STATIC_FILE}"));
            hammer(&plan(READ), vec![request], |_, answer| answer.body.len() > 10_000)?
        }
        Stage::Create => {
            let create = |index: usize| {
                item(&format!("Created {index}"), 100, CATEGORIES[1 + index % (CATEGORIES.len() - 1)])
            };
            create_items(&plan(CREATE), CREATED_MAX, create)?.0
        }
        Stage::Lone => {
            let plan = self::plan(options, bed, &name, 1, PLACE);
            let outcome = place(&plan, place_hot(), vec![stock.hot])?;
            let median = outcome.latency(0, 50.0).as_secs_f64();
            report.flawless(outcome);
            return Ok(median);
        }
        Stage::Pgbench | Stage::CreatePgbench | Stage::LonePgbench | Stage::Memory | Stage::Allocate => {
            bail!("{stage:?} does not go over HTTP")
        }
    };
    let rate = outcome.rate();
    report.flawless(outcome);
    Ok(rate)
}

/// The most memory, in megabytes, that the server had in use while 1,000 connections placed blocks.
pub(super) fn memory(
    options: &Options,
    bed: &Bed,
    stock: &Stock,
    process: u32,
    report: &mut Report,
) -> Result<f64> {
    let plan = plan(options, bed, "memory", CONNECTIONS_MEMORY, PLACE);
    let requests: Vec<_> = stock.spread.iter().chain([&stock.hot]).map(|id| request::place(*id, 1)).collect();
    let items = stock.spread.iter().chain([&stock.hot]).copied().collect();
    let finished = AtomicBool::new(false);
    let (outcome, most) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !finished.load(Ordering::Relaxed) && !interrupt::requested() {
                most = most.max(resident_bytes(process)?);
                std::thread::sleep(Duration::from_millis(50));
            }
            Some(most)
        });
        let outcome = place(&plan, requests, items);
        finished.store(true, Ordering::Relaxed);
        (outcome, watch.join().ok().flatten())
    });
    report.flawless(outcome?);
    Ok(most.context("the server's memory can't be told on this system")? as f64 / 1e6)
}

fn plan(options: &Options, bed: &Bed, name: &str, users: usize, kinds: &'static [Kind]) -> Plan {
    let plan = bed.plan(options, name, users, kinds);
    plan.after(options.lasting(WARM_UP)).lasting(options.lasting(SECONDS))
}

/// Places blocks on one item, each under a key that no other has.
fn place_keyed(plan: &Plan, item: i64, name: &str) -> Result<Outcome> {
    plan.run(|mut user| {
        let mut turn = 0;
        let user_name = format!("{}-{}", name.replace(' ', "-"), user.index());
        async move {
            while user.turn().await {
                turn += 1;
                let place = request::place_under(&format!("{user_name}-{turn}"), item, 1);
                let answer = user.ask(0, &place).await;
                if answer.status == 201 && number(answer.body, "\"itemId\":") != Some(item) {
                    user.fault(|| "a block of another item".to_owned());
                }
            }
            Ok(())
        }
    })
}

/// Places blocks on one item and ends each at once: seven of ten are confirmed, three released.
fn sell(plan: &Plan, item: i64) -> Result<Outcome> {
    let place: Arc<[u8]> = request::place(item, 1).into();
    plan.run(|mut user| {
        let place = place.clone();
        let mut turn = user.index();
        async move {
            while user.turn().await {
                let answer = user.ask(0, &place).await;
                if answer.status != 201 {
                    continue;
                }
                let Some(block) = number(answer.body, "\"blockId\":") else {
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
                let answer = user.ask(kind, &end).await;
                if answer.status == 200 && number(answer.body, "\"blockId\":") != Some(block) {
                    user.fault(|| format!("another block than {block} was answered"));
                }
            }
            Ok(())
        }
    })
}

/// Places blocks; each answer must be about the item that was asked for.
fn place(plan: &Plan, requests: Vec<Vec<u8>>, items: Vec<i64>) -> Result<Outcome> {
    hammer(plan, requests, move |index, answer| number(answer.body, "\"itemId\":") == Some(items[index]))
}
