//! `flash-sale`: 1,000 users want one item of which there are 10,000 units.

use super::{Bed, Options};
use crate::progress::Waiting;
use crate::record::Kind;
use crate::report::{Report, count};
use crate::shop::{Shop, number};
use crate::{interrupt, request};
use anyhow::{Result, bail};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201, 409] }];
const CONFIRM: &[Kind] = &[Kind { name: "confirm", expected: &[200] }];
const TOO_LATE: &[Kind] = &[Kind { name: "confirm too late", expected: &[409] }];

/// Users, and units of the item.
const USERS: usize = 1_000;
const UNITS: usize = 10_000;

/// Attempts for each unit: so that there is someone to be refused.
const ATTEMPTS_PER_UNIT: usize = 2;

/// Out of ten who got a unit, so many pay.
const PAYING_OF_TEN: usize = 7;

/// How long a unit is held for whoever got it, in seconds. The sale must be over by then.
const HELD_SECONDS: f64 = 15.0;

/// How long units may take to come back after their time.
const EXPIRY: Duration = Duration::from_secs(30);

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed) -> Result<Report> {
    let users = options.connections(USERS);
    let mut report = Report::new(
        "flash-sale",
        format!(
            "{} users place blocks on one item of {} units, twice as often as there are units; \
             70 % of the successful users confirm and 30 % let their block expire; the units return, and the sums \
             are checked.",
            count(users as i64),
            count(UNITS as i64)
        ),
    );
    let shop = bed.shop();
    let item = shop.create_item(UNITS as i64, "Flash sale")?;
    let held = Duration::from_secs((HELD_SECONDS * options.scale).ceil().max(5.0) as u64);

    let (mut blocks, took) = sell(options, bed, &mut report, item, held)?;
    // When the first block was placed; connecting came before.
    let began = Instant::now().checked_sub(took).unwrap_or_else(Instant::now);
    report.equal("units left after the sale", 0, shop.item(item)?.quantity);

    fastrand::Rng::with_seed(1).shuffle(&mut blocks);
    let abandoned = blocks.split_off(blocks.len() * PAYING_OF_TEN / 10);
    confirm(options, bed, &mut report, "confirm", CONFIRM, &blocks)?;
    // Else units have come back during the sale, and were rightly sold twice.
    report.within("sale and confirmations, before the first block expires", held, began.elapsed());

    wait_for_expiry(&shop, item, abandoned.len() as i64, held.saturating_sub(began.elapsed()) + EXPIRY)?;
    confirm(options, bed, &mut report, "confirm too late", TOO_LATE, &abandoned)?;
    let units = shop.units(item)?;
    report.equal("sold", blocks.len() as i64, units.sold);
    report.equal("held", 0, units.held);
    report.equal("available", abandoned.len() as i64, units.available);
    report.equal("available + held + sold", UNITS as i64, units.total());
    report.equal("the item's own quantity", units.available, shop.item(item)?.quantity);
    Ok(report)
}

/// Every user attempts to get units; returns the blocks of those that did, and how long it took.
fn sell(
    options: &Options,
    bed: &Bed,
    report: &mut Report,
    item: i64,
    held: Duration,
) -> Result<(Vec<i64>, Duration)> {
    let users = options.connections(USERS);
    let attempts = (UNITS * ATTEMPTS_PER_UNIT).div_ceil(users);
    let body = json!({ "itemId": item, "quantity": 1, "ttlSeconds": held.as_secs() });
    let place: Arc<[u8]> = request::post(request::PLACE, &body).into();
    let granted = Arc::new(Mutex::new(Vec::new()));
    let plan = bed.plan(options, "flash sale", users, PLACE).turns((attempts * users) as u64);
    let outcome = plan.run(|mut user| {
        let (place, granted) = (place.clone(), granted.clone());
        async move {
            let mut mine = Vec::new();
            for _ in 0..attempts {
                if !user.turn().await {
                    break;
                }
                let answer = user.ask(0, &place).await;
                let fault = match answer.status {
                    201 => match number(answer.body, "\"blockId\":") {
                        Some(block) => {
                            mine.push(block);
                            None
                        }
                        None => Some("a block without an id"),
                    },
                    409 if !contains(answer.body, b"\"insufficient_stock\"") => {
                        Some("a refusal for no good reason")
                    }
                    _ => None,
                };
                if let Some(fault) = fault {
                    user.fault(|| fault.to_owned());
                }
            }
            granted.lock().unwrap_or_else(PoisonError::into_inner).append(&mut mine);
            Ok(())
        }
    })?;
    let mut blocks = std::mem::take(&mut *granted.lock().unwrap_or_else(PoisonError::into_inner));
    blocks.sort_unstable();
    let answers = blocks.len();
    blocks.dedup();
    let refused = outcome.count(0, 409) as i64;
    report.equal("units granted", UNITS as i64, answers as i64);
    report.equal("distinct blocks", UNITS as i64, blocks.len() as i64);
    report.equal("attempts rejected for insufficient stock", (attempts * users - UNITS) as i64, refused);
    let took = outcome.window;
    report.flawless(outcome);
    Ok((blocks, took))
}

/// Confirms each of the blocks once.
fn confirm(
    options: &Options,
    bed: &Bed,
    report: &mut Report,
    name: &str,
    kinds: &'static [Kind],
    blocks: &[i64],
) -> Result<()> {
    let users = options.connections(USERS).min(blocks.len().max(1));
    let requests: Arc<[Vec<u8>]> =
        blocks.iter().map(|block| request::post(request::CONFIRM, &json!({ "blockId": block }))).collect();
    let outcome = bed.plan(options, name, users, kinds).turns(blocks.len() as u64).run(|mut user| {
        let requests = requests.clone();
        async move {
            for request in requests.iter().skip(user.index()).step_by(users) {
                if !user.turn().await {
                    break;
                }
                user.ask(0, request).await;
            }
            Ok(())
        }
    })?;
    report.equal(format!("{name}: expected responses"), blocks.len() as i64, {
        outcome.count(0, kinds[0].expected[0]) as i64
    });
    report.flawless(outcome);
    Ok(())
}

/// Waits until so many units are back.
fn wait_for_expiry(shop: &Shop, item: i64, units: i64, patience: Duration) -> Result<()> {
    let waiting = Waiting::new("Abandoned units come back");
    let patient_until = Instant::now() + patience;
    loop {
        interrupt::check()?;
        let available = shop.item(item)?.quantity;
        if available == units {
            return Ok(());
        }
        if Instant::now() > patient_until {
            bail!("after {} s, {available} of {units} abandoned units are back", patience.as_secs());
        }
        waiting.tell(format!("{available} of {units}"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
