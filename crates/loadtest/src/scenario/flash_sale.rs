//! `flash-sale`: 1,000 users buy one item that has 10,000 units.

use super::{Options, TestBed};
use crate::progress::Spinner;
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

/// The number of users, and the units of the item.
const USERS: usize = 1_000;
const UNITS: usize = 10_000;

/// Attempts per unit, so that some are rejected.
const ATTEMPTS_PER_UNIT: usize = 2;

/// Confirmed blocks of ten placed blocks.
const PAYING_OF_TEN: usize = 7;

/// The time to live of the blocks, in seconds. The sale must end before.
const HELD_SECONDS: f64 = 15.0;

/// The time limit for units to return after the expiry.
const EXPIRY: Duration = Duration::from_secs(30);

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
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
    let shop = test_bed.shop();
    let item = shop.create_item(UNITS as i64, "Flash sale")?;
    let held = Duration::from_secs((HELD_SECONDS * options.scale).ceil().max(5.0) as u64);

    let (mut blocks, took) = sell(options, test_bed, &mut report, item, held)?;
    // The time of the first block, after connecting.
    let began = Instant::now().checked_sub(took).unwrap_or_else(Instant::now);
    report.equal("units left after the sale", 0, shop.item(item)?.quantity);

    fastrand::Rng::with_seed(1).shuffle(&mut blocks);
    let abandoned = blocks.split_off(blocks.len() * PAYING_OF_TEN / 10);
    confirm(options, test_bed, &mut report, "confirm", CONFIRM, &blocks)?;
    // Otherwise units would have returned during the sale and would have been sold twice correctly.
    report.within("sale and confirmations, before the first block expires", held, began.elapsed());

    wait_for_expiry(&shop, item, abandoned.len() as i64, held.saturating_sub(began.elapsed()) + EXPIRY)?;
    confirm(options, test_bed, &mut report, "confirm too late", TOO_LATE, &abandoned)?;
    let units = shop.units(item)?;
    report.equal("sold", blocks.len() as i64, units.sold);
    report.equal("held", 0, units.held);
    report.equal("available", abandoned.len() as i64, units.available);
    report.equal("available + held + sold", UNITS as i64, units.total());
    report.equal("the item's own quantity", units.available, shop.item(item)?.quantity);
    Ok(report)
}

/// Runs the sale: each user attempts to place blocks. Returns the placed blocks and the duration.
fn sell(
    options: &Options,
    test_bed: &TestBed,
    report: &mut Report,
    item: i64,
    held: Duration,
) -> Result<(Vec<i64>, Duration)> {
    let users = options.connections(USERS);
    let attempts = (UNITS * ATTEMPTS_PER_UNIT).div_ceil(users);
    let body = json!({ "itemId": item, "quantity": 1, "ttlSeconds": held.as_secs() });
    let place: Arc<[u8]> = request::post(request::PLACE, &body).into();
    let granted = Arc::new(Mutex::new(Vec::new()));
    let plan = test_bed.plan(options, "flash sale", users, PLACE).turns((attempts * users) as u64);
    let result = plan.run(|mut user| {
        let (place, granted) = (place.clone(), granted.clone());
        async move {
            let mut mine = Vec::new();
            for _ in 0..attempts {
                if !user.turn().await {
                    break;
                }
                let response = user.send(0, &place).await;
                let fault = match response.status {
                    201 => match number(response.body, "\"blockId\":") {
                        Some(block) => {
                            mine.push(block);
                            None
                        }
                        None => Some("a block without an id"),
                    },
                    409 if !contains(response.body, b"\"insufficient_stock\"") => {
                        Some("a rejection with the wrong code")
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
    let rejected = result.count(0, 409) as i64;
    report.equal("units granted", UNITS as i64, answers as i64);
    report.equal("distinct blocks", UNITS as i64, blocks.len() as i64);
    report.equal("attempts rejected for insufficient stock", (attempts * users - UNITS) as i64, rejected);
    let took = result.window;
    report.error_free(result);
    Ok((blocks, took))
}

/// Confirms each of the blocks once.
fn confirm(
    options: &Options,
    test_bed: &TestBed,
    report: &mut Report,
    name: &str,
    kinds: &'static [Kind],
    blocks: &[i64],
) -> Result<()> {
    let users = options.connections(USERS).min(blocks.len().max(1));
    let requests: Arc<[Vec<u8>]> =
        blocks.iter().map(|block| request::post(request::CONFIRM, &json!({ "blockId": block }))).collect();
    let result = test_bed.plan(options, name, users, kinds).turns(blocks.len() as u64).run(|mut user| {
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
    })?;
    report.equal(format!("{name}: expected responses"), blocks.len() as i64, {
        result.count(0, kinds[0].expected[0]) as i64
    });
    report.error_free(result);
    Ok(())
}

/// Waits until this number of units has returned.
fn wait_for_expiry(shop: &Shop, item: i64, units: i64, timeout: Duration) -> Result<()> {
    let spinner = Spinner::new("Spinner for abandoned units");
    let deadline = Instant::now() + timeout;
    loop {
        interrupt::check()?;
        let available = shop.item(item)?.quantity;
        if available == units {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("after {} s, {available} of {units} abandoned units are back", timeout.as_secs());
        }
        spinner.set_detail(format!("{available} of {units}"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
