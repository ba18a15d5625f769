//! `cleanup`: a million blocks expire at the same time while other users place blocks.

use super::{Options, TestBed, send_random_requests};
use crate::load::with_connection;
use crate::record::{Kind, RunResult};
use crate::report::{Report, Table, count, duration, figure};
use crate::shop::{Shop, Top, item};
use crate::user::Pace;
use crate::{interrupt, request};
use anyhow::{Context as _, Result, anyhow, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

/// The number of expiring blocks and of their items. One top list has all these items.
const BLOCKS: usize = 1_000_000;
const ITEMS: usize = 100;

/// The category of only these items.
const CATEGORY: &str = "Due";

/// The number of connections that place the expiring blocks.
const EXPIRING_CONNECTIONS: usize = 256;

/// The other users: connections, items, and blocks per second.
const PLACERS: usize = 64;
const PLACED_ITEMS: usize = 1_000;
const RATE: f64 = 500.0;

/// The measured time before the expiry, in seconds.
const IDLE_SECONDS: f64 = 10.0;

/// The length of the trial that measures the rate of placing, in seconds, and the safety factor for a lower rate.
const TRIAL_SECONDS: f64 = 2.0;
const ALLOWANCE: f64 = 1.5;

/// The maximum time between a block's expiry and the common moment. Times to live are whole seconds.
const EXPIRY_TOLERANCE: Duration = Duration::from_millis(1_500);

/// The maximum ratio of the latencies during and before the clean-up.
const SLOWDOWN_MAX: f64 = 2.0;

/// The maximum ratio of the times of the second and the first half of the clean-up. A higher ratio is not linear.
const CURVE_MAX: f64 = 1.5;

/// The interval at which the returned units are counted, and the maximum time without progress.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let each = options.amount(BLOCKS, 10 * ITEMS) / ITEMS;
    let blocks = each * ITEMS;
    let mut report = Report::new(
        "cleanup",
        format!(
            "{} blocks of one unit on {ITEMS} items expire at the same moment, while {RATE} blocks per second are \
             placed on other items; latencies at a fixed rate, corrected for coordinated omission.",
            count(blocks as i64)
        ),
    );
    let shop = test_bed.shop();
    let items = shop.create_items(ITEMS, |index| item(&format!("Due {index}"), each as i64, CATEGORY))?;
    let others =
        shop.create_items(PLACED_ITEMS, |index| item(&format!("Other {index}"), 1_000_000, "Other"))?;

    let due = place_expiring(options, test_bed, &mut report, &items, blocks)?;
    report.equal("units left before any block expires", 0, shop.available(&items)?);
    let undisturbed = due.saturating_duration_since(Instant::now()).saturating_sub(EXPIRY_TOLERANCE);
    if undisturbed < options.lasting(IDLE_SECONDS / 2.0) {
        bail!("placing the expiring blocks took too long to measure before they expire");
    }
    let done = Arc::new(AtomicBool::new(false));
    let idle = place(options, test_bed, "before", &others, Some(undisturbed), &done)?;
    let (during, returned) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let returned = watch(&shop, blocks as i64);
            done.store(true, Ordering::Relaxed);
            returned
        });
        (place(options, test_bed, "during the clean-up", &others, None, &done), watch.join())
    });
    let returned = returned.map_err(|_| anyhow!("the watch panicked"))??;
    let during = during?;
    report.equal("units returned", blocks as i64, shop.available(&items)?);
    check_times(&mut report, blocks, &idle, &during, &returned);
    report.error_free(idle);
    report.error_free(during);
    Ok(report)
}

/// Places the blocks so that all expire in the same second. Returns the time of the expiry.
fn place_expiring(
    options: &Options,
    test_bed: &TestBed,
    report: &mut Report,
    items: &[i64],
    blocks: usize,
) -> Result<Instant> {
    // With the same number of items, because placing on one item is much faster.
    let trial =
        test_bed.shop().create_items(ITEMS, |index| item(&format!("Trial {index}"), 10_000_000, "Trial"))?;
    let trial = trial.into_iter().map(|item| request::place(item, 1)).collect();
    let plan = test_bed
        .plan(options, "trial", options.connections(EXPIRING_CONNECTIONS), PLACE)
        .lasting(options.lasting(TRIAL_SECONDS));
    let rate = send_random_requests(&plan, trial, |_, _| true)?.rate();
    let rest = blocks as f64 / rate.max(1.0) * ALLOWANCE + IDLE_SECONDS * options.scale.max(0.5);
    let due = Instant::now() + Duration::from_secs_f64(rest) + EXPIRY_TOLERANCE;

    let next = Arc::new(AtomicUsize::new(0));
    let items: Arc<[i64]> = items.into();
    let plan = test_bed
        .plan(options, "place expiring", options.connections(EXPIRING_CONNECTIONS), PLACE)
        .turns(blocks as u64);
    let result = plan.run(|mut user| {
        let (next, items) = (next.clone(), items.clone());
        async move {
            while user.turn().await {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= blocks {
                    break;
                }
                let left = due.saturating_duration_since(Instant::now()).as_secs_f64().round().max(1.0);
                let body = format!(
                    "{{\"itemId\":{},\"quantity\":1,\"ttlSeconds\":{left}}}",
                    items[index % items.len()]
                );
                user.send(0, &request::post_bytes(request::PLACE, body.as_bytes())).await;
            }
            Ok(())
        }
    })?;
    report.error_free(result);
    Ok(due)
}

/// Places blocks at the fixed rate, for `length` or until `done`.
fn place(
    options: &Options,
    test_bed: &TestBed,
    name: &str,
    items: &[i64],
    length: Option<Duration>,
    done: &Arc<AtomicBool>,
) -> Result<RunResult> {
    let requests: Arc<[Vec<u8>]> = items.iter().map(|id| request::place(*id, 1)).collect();
    let mut plan = test_bed.plan(options, name, PLACERS, PLACE).pace(Pace::Rate(RATE));
    plan.length = length;
    plan.run(|mut user| {
        let (requests, done) = (requests.clone(), done.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await && !done.load(Ordering::Relaxed) {
                user.send(0, &requests[random.usize(..requests.len())]).await;
            }
            Ok(())
        }
    })
}

/// Polls the number of returned units until all have returned. Each poll is one request, so that polling does not slow
/// down the placing.
fn watch(shop: &Shop, units: i64) -> Result<Vec<(Instant, i64)>> {
    let request = request::get(&request::top_path(CATEGORY));
    with_connection(shop.address, async |connection| {
        let mut seen = Vec::new();
        let mut moved = Instant::now();
        loop {
            interrupt::check()?;
            let response = connection.send(&request).await?;
            let top: Top = serde_json::from_slice(response.body).context("the list can't be parsed")?;
            let back = top.items.iter().map(|item| item.quantity).sum();
            if seen.last().is_none_or(|(_, before)| *before != back) {
                moved = Instant::now();
            }
            seen.push((Instant::now(), back));
            if back >= units {
                return Ok(seen);
            }
            if moved.elapsed() > STALL_TIMEOUT {
                bail!("the clean-up has stopped: {back} of {units} units have returned");
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    })
}

/// Checks the time of the clean-up, its linearity, and the latencies of placing.
fn check_times(
    report: &mut Report,
    blocks: usize,
    idle: &RunResult,
    during: &RunResult,
    returned: &[(Instant, i64)],
) {
    let reached = |part: f64| {
        let wanted = (blocks as f64 * part) as i64;
        returned.iter().find(|(_, back)| *back >= wanted).map(|(at, _)| *at)
    };
    // The last time without any returned unit.
    let began = returned.iter().rfind(|(_, back)| *back == 0).or(returned.first()).map(|(at, _)| *at);
    if let (Some(began), Some(half), Some(end)) = (began, reached(0.5), reached(1.0)) {
        let took = end - began;
        let mut table =
            Table::new("The clean-up", &["blocks", "took", "per second", "first half", "second half"]);
        table.row([
            count(blocks as i64),
            duration(took),
            figure(blocks as f64 / took.as_secs_f64().max(1e-3)),
            duration(half - began),
            duration(end - half),
        ]);
        report.tables.push(table);
        // The resolution is the polling interval.
        let halves = (end - half).as_secs_f64() / (half - began).max(POLL_INTERVAL * 5).as_secs_f64();
        report.at_most("clean-up: second half ÷ first half", CURVE_MAX, halves);
    }
    for (name, percent) in [("median", 50.0), ("p99", 99.0)] {
        let ratio = during.latency(0, percent).as_secs_f64() / idle.latency(0, percent).as_secs_f64();
        report.at_most(format!("latency of placing, {name}: during ÷ before"), SLOWDOWN_MAX, ratio);
    }
}
