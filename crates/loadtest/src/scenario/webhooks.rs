//! `webhooks`: placing at a fixed rate with ten webhook endpoints in proportion to placing without, in one run.

mod receiver;

use super::{CATEGORIES, Options, TestBed, median, send_random_requests};
use crate::progress::Spinner;
use crate::record::{Kind, RunResult};
use crate::report::{Report, Table, count, figure};
use crate::shop::{Shop, item, number};
use crate::user::Pace;
use crate::{interrupt, request};
use anyhow::{Context as _, Result};
use receiver::Receiver;
use serde_json::json;
use std::time::{Duration, Instant};

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

const CONNECTIONS: usize = 64;
const ITEMS: usize = 10_000;

/// The stock of each item: more than the requests can take.
const UNITS: i64 = 1_000_000;

/// The endpoints.
const ENDPOINTS: usize = 10;

/// The blocks per second: with [`ENDPOINTS`], 2,000 deliveries per second.
const BLOCKS_PER_SECOND: f64 = 200.0;

/// The minimum rate of deliveries per second, over all endpoints.
const DELIVERIES_PER_SECOND_MIN: f64 = 1_900.0;

/// The highest p99 of placing with endpoints in proportion to the p99 without.
const RATIO_MAX: f64 = 1.5;

/// The number of rounds. In each round, placing without endpoints is measured directly before placing with endpoints.
const ROUNDS: usize = 3;

/// The measured time, in seconds.
const SECONDS: f64 = 10.0;

/// The time limit for the last deliveries.
const CATCH_UP_MAX: Duration = Duration::from_secs(30);

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new(
        "webhooks",
        format!(
            "{BLOCKS_PER_SECOND} blocks of one unit per second on {} items at random, while {ENDPOINTS} webhook endpoints \
             receive each movement, compared with the same while the endpoints are paused.",
            count(ITEMS as i64)
        ),
    );
    let shop = test_bed.shop();
    let items = shop.create_items(ITEMS, |index| {
        item(&format!("Item {index}"), UNITS, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let receiver = Receiver::start()?;
    let endpoints = create_endpoints(shop, &receiver.url)?;
    let place = |name: String| -> Result<RunResult> {
        let plan = test_bed.plan(options, &name, options.connections(CONNECTIONS), PLACE);
        let plan = plan.pace(Pace::Rate(BLOCKS_PER_SECOND));
        let plan = plan.after(options.lasting(0.5)).lasting(options.lasting(SECONDS));
        send_random_requests(&plan, items.iter().map(|id| request::place(*id, 1)).collect(), |_, _| true)
    };
    set_state(shop, &endpoints, "pause")?;
    place("warm-up".to_owned())?;
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let without = place(format!("paused, round {round}"))?;
        // The endpoints start at the present end of the ledger, so that they have nothing to catch up.
        skip_to_end(shop, &endpoints)?;
        set_state(shop, &endpoints, "resume")?;
        std::thread::sleep(options.lasting(1.5));
        let (before, begun) = (receiver.messages(), Instant::now());
        let with = place(format!("{ENDPOINTS} endpoints, round {round}"))?;
        let took = begun.elapsed().as_secs_f64();
        rates.push((receiver.messages() - before) as f64 / took);
        let wanted = with.total() * ENDPOINTS as u64;
        let received = wait_for(&receiver, before + wanted)? - before;
        report.check(
            format!("deliveries, round {round}"),
            format!("≥ {}", count(wanted as i64)),
            count(received as i64),
            received >= wanted,
        );
        set_state(shop, &endpoints, "pause")?;
        ratios.push(with.latency(0, 99.0).as_secs_f64() / without.latency(0, 99.0).as_secs_f64());
        report.error_free(without);
        report.error_free(with);
    }
    let (ratio, rate) = (median(&ratios), median(&rates));
    let mut table =
        Table::new("Webhooks", &["endpoints", "rounds", "deliveries per second", "p99 with / without"]);
    table.row([ENDPOINTS.to_string(), ROUNDS.to_string(), figure(rate), figure(ratio)]);
    report.tables.push(table);
    report.at_least("deliveries per second, all endpoints", DELIVERIES_PER_SECOND_MIN, rate);
    report.at_most("p99 of placing with endpoints / without", RATIO_MAX, ratio);
    Ok(report)
}

/// Creates the endpoints, and returns their ids.
fn create_endpoints(shop: Shop, url: &str) -> Result<Vec<i64>> {
    let create = |index| {
        let body = json!({ "name": format!("Load {index}"), "url": url, "eventKinds": ["movement.blocked"] });
        let (status, body) = shop.send(&request::post("/api/webhooks", &body))?;
        let id = number(&body, "\"id\":").filter(|_| status == 201);
        id.with_context(|| {
            format!("an endpoint can't be created: {status}: {}", String::from_utf8_lossy(&body))
        })
    };
    (0..ENDPOINTS).map(create).collect()
}

/// Pauses or resumes the endpoints.
fn set_state(shop: Shop, endpoints: &[i64], action: &str) -> Result<()> {
    for id in endpoints {
        let (status, _) = shop.send(&request::post(&format!("/api/webhooks/{id}/{action}"), &json!({})))?;
        (status == 200).then_some(()).with_context(|| format!("{action} returned {status}"))?;
    }
    Ok(())
}

/// Moves the cursors of the endpoints to the end of the ledger.
fn skip_to_end(shop: Shop, endpoints: &[i64]) -> Result<()> {
    let page: serde_json::Value = shop.get("/api/events")?;
    let cursor = page["cursor"].as_str().context("the response has no cursor")?;
    for id in endpoints {
        let replay = request::post(&format!("/api/webhooks/{id}/replay"), &json!({ "cursor": cursor }));
        let (status, _) = shop.send(&replay)?;
        (status == 200).then_some(()).with_context(|| format!("replay returned {status}"))?;
    }
    Ok(())
}

/// Waits until so many messages have arrived, and returns their number.
fn wait_for(receiver: &Receiver, wanted: u64) -> Result<u64> {
    let spinner = Spinner::new("Waiting for the last deliveries");
    let deadline = Instant::now() + CATCH_UP_MAX;
    while receiver.messages() < wanted && Instant::now() < deadline {
        interrupt::check()?;
        spinner.set_detail(format!("{} of {wanted}", receiver.messages()));
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(receiver.messages())
}
