//! `cleanup`: a million blocks expire at the same moment, while others go on placing.

use super::{Bed, Options, hammer};
use crate::load::converse;
use crate::record::{Kind, Outcome};
use crate::report::{Report, Table, count, duration, figure};
use crate::shop::{Shop, Top, item};
use crate::user::Pace;
use crate::{interrupt, request};
use anyhow::{Context as _, Result, anyhow, bail};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

/// Blocks that expire, over as many items as a top list has.
const BLOCKS: usize = 1_000_000;
const ITEMS: usize = 100;

/// The category of these items, and of no others.
const CATEGORY: &str = "Due";

/// Connections that lay them down.
const FILLERS: usize = 256;

/// Those who go on placing, on items of their own: connections, items, blocks a second.
const PLACERS: usize = 64;
const PLACED_ITEMS: usize = 1_000;
const RATE: f64 = 500.0;

/// How long placing is measured before anything expires, in seconds.
const IDLE_SECONDS: f64 = 10.0;

/// How long it is tried how fast blocks can be laid down, and what is allowed for slower.
const TRIAL_SECONDS: f64 = 2.0;
const ALLOWANCE: f64 = 1.5;

/// Times to live are whole seconds: so far from the common moment a block may expire, and a bit.
const UNSURE: Duration = Duration::from_millis(1_500);

/// By how much placing may be slower during the clean-up.
const SLOWDOWN_MAX: f64 = 2.0;

/// How much longer the second half of the clean-up may take than the first: more is not linear.
const CURVE_MAX: f64 = 1.5;

/// How often the returned units are counted, and how long may pass without any.
const LOOK: Duration = Duration::from_millis(100);
const STALLED: Duration = Duration::from_secs(60);

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed) -> Result<Report> {
    let each = options.amount(BLOCKS, 10 * ITEMS) / ITEMS;
    let blocks = each * ITEMS;
    let mut report = Report::new(
        "cleanup",
        format!(
            "{} blocks of one unit on {ITEMS} items expire at the same moment, while {RATE} blocks a second are \
             placed on other items; latencies at a fixed rate, corrected for coordinated omission.",
            count(blocks as i64)
        ),
    );
    let shop = bed.shop();
    let items = shop.create_items(ITEMS, |index| item(&format!("Due {index}"), each as i64, CATEGORY))?;
    let others =
        shop.create_items(PLACED_ITEMS, |index| item(&format!("Other {index}"), 1_000_000, "Other"))?;

    let due = lay_down(options, bed, &mut report, &items, blocks)?;
    report.equal("units left before any block expires", 0, shop.available(&items)?);
    let undisturbed = due.saturating_duration_since(Instant::now()).saturating_sub(UNSURE);
    if undisturbed < options.lasting(IDLE_SECONDS / 2.0) {
        bail!("laying down the blocks took so long that nothing can be measured before they expire");
    }
    let done = Arc::new(AtomicBool::new(false));
    let idle = place(options, bed, "before", &others, Some(undisturbed), &done)?;
    let (during, returned) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let returned = watch(&shop, blocks as i64);
            done.store(true, Ordering::Relaxed);
            returned
        });
        (place(options, bed, "during the clean-up", &others, None, &done), watch.join())
    });
    let returned = returned.map_err(|_| anyhow!("the watch panicked"))??;
    let during = during?;
    report.equal("units returned", blocks as i64, shop.available(&items)?);
    judge(&mut report, blocks, &idle, &during, &returned);
    report.flawless(idle);
    report.flawless(during);
    Ok(report)
}

/// Places the blocks so that all expire at the same second; returns when that is.
fn lay_down(
    options: &Options,
    bed: &Bed,
    report: &mut Report,
    items: &[i64],
    blocks: usize,
) -> Result<Instant> {
    // Over as many items: on one, blocks are laid down far faster.
    let trial =
        bed.shop().create_items(ITEMS, |index| item(&format!("Trial {index}"), 10_000_000, "Trial"))?;
    let trial = trial.into_iter().map(|item| request::place(item, 1)).collect();
    let plan = bed
        .plan(options, "trial", options.connections(FILLERS), PLACE)
        .lasting(options.lasting(TRIAL_SECONDS));
    let rate = hammer(&plan, trial, |_, _| true)?.rate();
    let rest = blocks as f64 / rate.max(1.0) * ALLOWANCE + IDLE_SECONDS * options.scale.max(0.5);
    let due = Instant::now() + Duration::from_secs_f64(rest) + UNSURE;

    let next = Arc::new(AtomicUsize::new(0));
    let items: Arc<[i64]> = items.into();
    let plan = bed.plan(options, "lay down", options.connections(FILLERS), PLACE).turns(blocks as u64);
    let outcome = plan.run(|mut user| {
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
                user.ask(0, &request::post_bytes(request::PLACE, body.as_bytes())).await;
            }
            Ok(())
        }
    })?;
    report.flawless(outcome);
    Ok(due)
}

/// Places blocks at the fixed rate, for so long or until `done`.
fn place(
    options: &Options,
    bed: &Bed,
    name: &str,
    items: &[i64],
    length: Option<Duration>,
    done: &Arc<AtomicBool>,
) -> Result<Outcome> {
    let requests: Arc<[Vec<u8>]> = items.iter().map(|id| request::place(*id, 1)).collect();
    let mut plan = bed.plan(options, name, PLACERS, PLACE).pace(Pace::Rate(RATE));
    plan.length = length;
    plan.run(|mut user| {
        let (requests, done) = (requests.clone(), done.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await && !done.load(Ordering::Relaxed) {
                user.ask(0, &requests[random.usize(..requests.len())]).await;
            }
            Ok(())
        }
    })
}

/// Counts the returned units until all are back: at which time how many. One request a look, so that it is not the
/// looks that placing is slower for.
fn watch(shop: &Shop, units: i64) -> Result<Vec<(Instant, i64)>> {
    let request = request::get(&request::top_path(CATEGORY));
    converse(shop.address, async |connection| {
        let mut seen = Vec::new();
        let mut moved = Instant::now();
        loop {
            interrupt::check()?;
            let answer = connection.ask(&request).await?;
            let top: Top = serde_json::from_slice(answer.body).context("the list can't be read")?;
            let back = top.items.iter().map(|item| item.quantity).sum();
            if seen.last().is_none_or(|(_, before)| *before != back) {
                moved = Instant::now();
            }
            seen.push((Instant::now(), back));
            if back >= units {
                return Ok(seen);
            }
            if moved.elapsed() > STALLED {
                bail!("the clean-up stands still: {back} of {units} units are back");
            }
            tokio::time::sleep(LOOK).await;
        }
    })
}

/// How long the clean-up took, whether it was linear, and how placing fared.
fn judge(report: &mut Report, blocks: usize, idle: &Outcome, during: &Outcome, returned: &[(Instant, i64)]) {
    let reached = |part: f64| {
        let wanted = (blocks as f64 * part) as i64;
        returned.iter().find(|(_, back)| *back >= wanted).map(|(at, _)| *at)
    };
    // From when nothing was back yet.
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
        // Finer than the returned units are counted nothing can be told.
        let halves = (end - half).as_secs_f64() / (half - began).max(LOOK * 5).as_secs_f64();
        report.at_most("clean-up: second half ÷ first half", CURVE_MAX, halves);
    }
    for (name, percent) in [("median", 50.0), ("p99", 99.0)] {
        let ratio = during.latency(0, percent).as_secs_f64() / idle.latency(0, percent).as_secs_f64();
        report.at_most(format!("latency of placing, {name}: during ÷ before"), SLOWDOWN_MAX, ratio);
    }
}
