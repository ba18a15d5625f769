//! `streams`: placing with open event streams in proportion to placing without, in one run.

use super::{CATEGORIES, Options, TestBed, median, send_random_requests};
use crate::progress::Spinner;
use crate::record::{Kind, RunResult};
use crate::report::{Report, Table, count, figure};
use crate::shop::item;
use crate::{interrupt, request};
use anyhow::{Context as _, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

const CONNECTIONS: usize = 256;
const ITEMS: usize = 10_000;

/// The stock of each item: more than the requests can take.
const UNITS: i64 = 1_000_000;

/// The numbers of streams, each with the minimum ratio of the rates with and without streams.
const STREAMS: [(usize, f64); 2] = [(100, 0.9), (1_000, 0.8)];

/// The number of rounds. In each round, placing without streams is measured directly before placing with streams.
const ROUNDS: usize = 3;

/// The measured time, in seconds.
const SECONDS: f64 = 5.0;

/// The time limit for opening the streams.
const OPEN_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new(
        "streams",
        format!(
            "Blocks of one unit on {} items at random, while event streams are open and read, compared with the same \
             without streams.",
            count(ITEMS as i64)
        ),
    );
    let shop = test_bed.shop();
    let items = shop.create_items(ITEMS, |index| {
        item(&format!("Item {index}"), UNITS, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let place = |name: String| -> Result<RunResult> {
        let plan = test_bed.plan(options, &name, options.connections(CONNECTIONS), PLACE);
        let plan = plan.after(options.lasting(0.5)).lasting(options.lasting(SECONDS));
        send_random_requests(&plan, items.iter().map(|id| request::place(*id, 1)).collect(), |_, _| true)
    };
    place("warm-up".to_owned())?;
    let head = [
        "streams",
        "rounds",
        "median ratio",
        "messages per second and stream",
        "bytes per second, all streams",
    ];
    let mut table = Table::new("Streams", &head);
    for (number, least) in STREAMS {
        let (mut ratios, mut messages, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let without = place(format!("none, round {round} for {number}"))?;
            let streams = Streams::open(test_bed.server().address(), number)?;
            let (messages_before, bytes_before, begun) =
                (streams.messages(), streams.bytes(), Instant::now());
            let with = place(format!("{number} streams, round {round}"))?;
            let seconds = begun.elapsed().as_secs_f64();
            messages.push((streams.messages() - messages_before) as f64 / seconds / number as f64);
            bytes.push((streams.bytes() - bytes_before) as f64 / seconds);
            report.equal(format!("{number} streams still open, round {round}"), 0, streams.ended() as i64);
            drop(streams);
            ratios.push(with.rate() / without.rate());
            report.error_free(without);
            report.error_free(with);
        }
        let ratio = median(&ratios);
        table.row([
            count(number as i64),
            ROUNDS.to_string(),
            figure(ratio),
            figure(median(&messages)),
            figure(median(&bytes)),
        ]);
        report.at_least(format!("placing with {number} streams / without"), least, ratio);
        report.at_least(format!("messages per second and stream, {number} streams"), 0.9, median(&messages));
    }
    report.tables.push(table);
    Ok(report)
}

/// Open streams. One thread reads them, with one task per stream.
struct Streams {
    counts: Arc<Counts>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Counts {
    open: AtomicU64,
    ended: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
}

impl Streams {
    /// Opens streams and waits until each has received its first message.
    fn open(address: SocketAddr, number: usize) -> Result<Self> {
        let spinner = Spinner::new(format!("Opening {number} streams"));
        let counts = Arc::new(Counts::default());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = counts.clone();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                for _ in 0..number {
                    let counts = shared.clone();
                    tokio::spawn(async move {
                        // A stream that ends or can't be opened is counted; the check then fails.
                        let _ended = read(address, &counts).await;
                        counts.ended.fetch_add(1, Ordering::Relaxed);
                    });
                }
                let _dropped = stopped.await;
            });
        });
        let streams = Self { counts, stop: Some(stop), thread: Some(thread) };
        let begun = Instant::now();
        while streams.counts.open.load(Ordering::Relaxed) < number as u64 {
            interrupt::check()?;
            spinner.set_detail(format!("{} are open", streams.counts.open.load(Ordering::Relaxed)));
            let is_late = begun.elapsed() > OPEN_TIMEOUT || streams.ended() > 0;
            (!is_late).then_some(()).context("the event streams could not all be opened")?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(streams)
    }

    fn messages(&self) -> u64 {
        self.counts.messages.load(Ordering::Relaxed)
    }

    fn bytes(&self) -> u64 {
        self.counts.bytes.load(Ordering::Relaxed)
    }

    fn ended(&self) -> u64 {
        self.counts.ended.load(Ordering::Relaxed)
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed.
            let _ended = thread.join();
        }
    }
}

/// Reads a stream to its end.
async fn read(address: SocketAddr, counts: &Counts) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&request::get("/api/events/stream")).await?;
    let mut buffer = vec![0; 64 * 1024];
    let mut is_open = false;
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        let messages = message_starts(&buffer[..length]);
        counts.bytes.fetch_add(length as u64, Ordering::Relaxed);
        counts.messages.fetch_add(messages, Ordering::Relaxed);
        if messages > 0 && !is_open {
            is_open = true;
            counts.open.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Counts the messages that start in these bytes. A start that is split between two reads is not counted; that is rare.
fn message_starts(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"event: changes")).count() as u64
}
