//! `batch`: stock documents, alone and beside placing; and availability of 50 SKUs in proportion to one item by id, and beside
//! placing.

use super::{CATEGORIES, Options, TestBed, send_random_requests};
use crate::load::with_connection;
use crate::record::{Kind, RunResult};
use crate::report::{Report, Table, count, duration, figure};
use crate::request;
use crate::shop::item;
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];
const READ: &[Kind] = &[Kind { name: "read", expected: &[200] }];

/// The lines of a document, which is the maximum.
const LINES: usize = 10_000;

/// The items that are bought while documents are applied. They are not in the documents.
const BOUGHT_ITEMS: usize = 1_000;

/// The stock of these: more than the requests can take.
const UNITS: i64 = 1_000_000;

const CONNECTIONS: usize = 64;

/// The connections of the comparison of availability: one measures the cost of a request, without queueing.
const READERS: usize = 1;

/// The items of one read of availability.
const AVAILABILITY_ITEMS: usize = 50;

/// The pause between two reads of availability beside placing.
const POLL_PAUSE: Duration = Duration::from_millis(10);

/// The documents of a measurement that has no fixed length.
const DOCUMENTS: usize = 6;

/// The measured time, in seconds.
const SECONDS: f64 = 5.0;

/// The targets: lines per second, and ratios.
const CHANGED_MIN: f64 = 15_000.0;
const UNCHANGED_MIN: f64 = 50_000.0;
const SLOWDOWN_MAX: f64 = 2.0;
const AVAILABILITY_MAX: f64 = 2.0;

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new(
        "batch",
        format!(
            "Stock documents of {} lines: lines per second alone, and the latency of placing on other items beside them. \
             Availability of {AVAILABILITY_ITEMS} SKUs in proportion to one item by id, and placing while it is polled.",
            count(LINES as i64)
        ),
    );
    let (shop, address) = (test_bed.shop(), test_bed.server().address());
    let new_item =
        |index: usize, units| item(&format!("Item {index}"), units, CATEGORIES[index % CATEGORIES.len()]);
    let counted = shop.create_items(LINES, |index| new_item(index, 10))?;
    let bought = shop.create_items(BOUGHT_ITEMS, |index| {
        let mut item = new_item(index, UNITS);
        item["sku"] = sku(index).into();
        item
    })?;
    let skus: Vec<_> = (0..BOUGHT_ITEMS).map(sku).collect();
    let polls: Vec<_> =
        skus.chunks(AVAILABILITY_ITEMS).map(|skus| request::get(&availability_path(skus))).collect();
    let documents = Documents { address, requests: [document(&counted, 11), document(&counted, 12)].into() };

    let mut table = Table::new("Documents", &["lines", "documents", "lines per second"]);
    let number = options.amount(DOCUMENTS, 2);
    // The first document of the warm-up changes every level. Each further one changes them in turn.
    documents.send(0, "changed")?;
    let changed = documents.rate(number, |turn| (turn + 1) % 2, "changed")?;
    documents.restore()?;
    let unchanged = documents.rate(number, |_| 0, "unchanged")?;
    for (name, rate, limit) in [("changed", changed, CHANGED_MIN), ("unchanged", unchanged, UNCHANGED_MIN)] {
        table.row([name.to_owned(), number.to_string(), figure(rate)]);
        report.at_least(format!("{name} lines per second"), limit, rate);
    }
    report.tables.push(table);

    let place = |name: &str| -> Result<RunResult> {
        let plan = test_bed.plan(options, name, options.connections(CONNECTIONS), PLACE);
        let plan = plan.after(options.lasting(0.5)).lasting(options.lasting(SECONDS));
        send_random_requests(&plan, bought.iter().map(|id| request::place(*id, 1)).collect(), |_, _| true)
    };
    let alone = place("placing alone")?;
    let poller = poll(address, polls.clone());
    let polled = place("placing beside availability");
    let polls_per_second = poller.stop()?;
    let polled = polled?;
    let sender = documents.keep_sending();
    let beside = place("placing beside documents");
    let lines = sender.stop()?;
    let beside = beside?;
    let mut table = Table::new("Placing", &["run", "requests per second", "median", "p99"]);
    for run in [&alone, &polled, &beside] {
        let [median, p99] = [50.0, 99.0].map(|percent| duration(run.latency(0, percent)));
        table.row([run.name.clone(), figure(run.rate()), median, p99]);
    }
    report.tables.push(table);
    let p99 = |run: &RunResult| run.latency(0, 99.0).as_secs_f64();
    report.at_most("p99 of placing: beside documents / alone", SLOWDOWN_MAX, p99(&beside) / p99(&alone));
    report.at_least("changed lines per second beside placing", 1.0, lines);
    report.at_least("reads of availability per second beside placing", 1.0, polls_per_second);
    report.error_free(alone);
    report.error_free(polled);
    report.error_free(beside);

    let read = |name: &str, requests| -> Result<RunResult> {
        let plan = test_bed.plan(options, name, options.connections(READERS), READ);
        let plan = plan.after(options.lasting(0.5)).lasting(options.lasting(SECONDS));
        send_random_requests(&plan, requests, |_, _| true)
    };
    let one =
        read("one item by id", bought.iter().map(|id| request::get(&format!("/api/items/{id}"))).collect())?;
    let many = read("availability of 50 SKUs", polls)?;
    let mut table = Table::new("Availability", &["read", "requests per second", "median"]);
    for run in [&one, &many] {
        table.row([run.name.clone(), figure(run.rate()), duration(run.latency(0, 50.0))]);
    }
    report.tables.push(table);
    report.at_most("cost of 50 SKUs / one item by id", AVAILABILITY_MAX, one.rate() / many.rate());
    report.error_free(one);
    report.error_free(many);
    Ok(report)
}

fn sku(index: usize) -> String {
    format!("SKU-{index}")
}

fn availability_path(skus: &[String]) -> String {
    let query: Vec<_> = skus.iter().map(|sku| format!("sku={sku}")).collect();
    format!("/api/availability?{}", query.join("&"))
}

/// Sends these requests in turn with pauses, in a thread of its own.
fn poll(address: SocketAddr, requests: Vec<Vec<u8>>) -> Sender {
    Sender::start(move |is_stopped| {
        let (begun, mut sent) = (Instant::now(), 0);
        with_connection(address, async |connection| {
            for request in requests.iter().cycle().take_while(|_| !is_stopped.load(Ordering::Relaxed)) {
                let response = connection.send(request).await?;
                if response.status != 200 {
                    bail!("a read of availability was answered {}", response.status);
                }
                sent += 1;
                std::thread::sleep(POLL_PAUSE);
            }
            Ok(())
        })?;
        Ok(f64::from(sent) / begun.elapsed().as_secs_f64())
    })
}

/// A document that sets each item to these units.
fn document(items: &[i64], units: i64) -> Vec<u8> {
    let line = |id: &i64| json!({"itemId": id, "set": units, "expected": null, "reason": "count"});
    let lines: Vec<_> = items.iter().map(line).collect();
    request::post("/api/stock/batch", &json!({"changes": lines}))
}

/// Two documents that set the same items to different units.
#[derive(Clone)]
struct Documents {
    address: SocketAddr,
    requests: Arc<[Vec<u8>]>,
}

impl Documents {
    /// Sends one of the documents, and checks that all lines have this status.
    fn send(&self, index: usize, status: &str) -> Result<()> {
        let request = self.requests.get(index).context("there are two documents")?;
        with_connection(self.address, async |connection| {
            let response = connection.send(request).await?;
            let body: Value = serde_json::from_slice(response.body)?;
            match body[status] == LINES {
                true => Ok(()),
                false => bail!("{}: {} lines are {status}, of {LINES}", response.status, body[status]),
            }
        })
    }

    /// Sends documents one after the other. Returns the lines per second.
    fn rate(&self, number: usize, index: impl Fn(usize) -> usize, status: &str) -> Result<f64> {
        let begun = Instant::now();
        (0..number).try_for_each(|turn| self.send(index(turn), status))?;
        Ok((number * LINES) as f64 / begun.elapsed().as_secs_f64())
    }

    /// Sets the items to the units of the first document.
    fn restore(&self) -> Result<()> {
        let request = self.requests.first().context("there are two documents")?;
        with_connection(self.address, async |connection| {
            let response = connection.send(request).await?;
            if response.status == 200 {
                Ok(())
            } else {
                bail!("the document was answered {}", response.status)
            }
        })
    }

    /// Sends the documents in turn, in a thread of its own.
    fn keep_sending(&self) -> Sender {
        let documents = self.clone();
        Sender::start(move |is_stopped| {
            let (begun, mut sent) = (Instant::now(), 0);
            while !is_stopped.load(Ordering::Relaxed) {
                sent += 1;
                documents.send(sent % 2, "changed")?;
            }
            Ok((sent * LINES) as f64 / begun.elapsed().as_secs_f64())
        })
    }
}

/// A thread that sends requests.
struct Sender {
    is_stopped: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Result<f64>>,
}

impl Sender {
    /// Starts a thread that sends until the flag is set, and returns a rate.
    fn start(send: impl FnOnce(&AtomicBool) -> Result<f64> + Send + 'static) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stopped = is_stopped.clone();
        Self { is_stopped, thread: std::thread::spawn(move || send(&stopped)) }
    }

    /// Stops after the current request. Returns the rate.
    fn stop(self) -> Result<f64> {
        self.is_stopped.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::anyhow!("a thread that sends requests panicked"))?
    }
}
