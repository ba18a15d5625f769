//! `import`: files of items and of stock as jobs: the time of the judgement, the rate of the application, and the memory.

use super::{Options, TestBed};
use crate::report::{Report, Table, count, duration, figure};
use crate::request;
use crate::shop::Shop;
use crate::system::resident_bytes;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// The rows of a file.
const ROWS: usize = 100_000;

/// The targets.
const JUDGED_MAX: Duration = Duration::from_secs(10);
const APPLIED_MIN: f64 = 5_000.0;
const MEMORY_GROWTH_MAX: u64 = 64 << 20;

/// The interval in which the state is read, and the longest wait.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
const WAIT_MAX: Duration = Duration::from_secs(600);

/// The state of an import.
#[derive(Debug, Deserialize)]
struct Import {
    id: i64,
    state: String,
    revision: i32,
    counts: Counts,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    rows: usize,
    errors: usize,
    unchanged: usize,
    applied: usize,
}

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let rows = options.amount(ROWS, 1_000);
    let mut report = Report::new(
        "import",
        format!(
            "Files of {} rows: new items, counts of their stock, and the same counts again. The time from the end of the \
             upload until all rows are judged, and the rows applied per second.",
            count(rows as i64)
        ),
    );
    let shop = test_bed.shop();
    let memory = || test_bed.server().process().and_then(resident_bytes);
    // Resident memory after each file.
    let mut resident = Vec::new();
    let mut table = Table::new("Files", &["file", "upload", "judged after", "rows applied per second"]);
    let files = [("items", items(rows)), ("counts", counts(rows, 20)), ("counts again", counts(rows, 20))];
    for (name, file) in files {
        let begun = Instant::now();
        let import = upload(&shop, &file)?;
        let uploaded = begun.elapsed();
        let begun = Instant::now();
        let judged = wait(&shop, import.id, "judged")?;
        let judging = begun.elapsed();
        report.equal(format!("{name}: judged rows"), rows as i64, judged.counts.rows as i64);
        report.equal(format!("{name}: rows with errors"), 0, judged.counts.errors as i64);
        report.within(
            format!("{name}: judged after"),
            options.lasting(JUDGED_MAX.as_secs_f64()).max(JUDGED_MAX),
            judging,
        );
        let changed = rows - judged.counts.unchanged;
        let mut rate = String::from("–");
        if changed > 0 {
            let begun = Instant::now();
            shop.send(&request::post(
                &format!("/api/imports/{}/apply", import.id),
                &json!({"revision": judged.revision}),
            ))?;
            let applied = wait(&shop, import.id, "applied")?;
            let per_second = changed as f64 / begun.elapsed().as_secs_f64();
            report.equal(format!("{name}: applied rows"), changed as i64, applied.counts.applied as i64);
            report.at_least(format!("{name}: rows applied per second"), APPLIED_MIN, per_second);
            rate = figure(per_second);
        }
        table.row([name.to_owned(), duration(uploaded), duration(judging), rate]);
        resident.extend(memory());
    }
    report.tables.push(table);
    // The first file fills caches and buffers, whatever its number of rows.
    if let [first, .., last] = resident.as_slice() {
        let growth = last.saturating_sub(*first);
        report.at_most(
            "growth of the server's memory after the first file, in MiB",
            (MEMORY_GROWTH_MAX >> 20) as f64,
            (growth >> 20) as f64,
        );
    }
    Ok(report)
}

fn items(rows: usize) -> String {
    let mut file = "SKU;Name;Category;Price\r\n".to_owned();
    for row in 0..rows {
        // Writing to a string can't fail.
        let _ = write!(
            file,
            "IMP-{row};\"Imported item; number {row}\";Imported {};{},{:02}\r\n",
            row % 50,
            row % 90,
            row % 100
        );
    }
    file
}

fn counts(rows: usize, units: i64) -> String {
    let mut file = "SKU;Count\r\n".to_owned();
    for row in 0..rows {
        let _ = write!(file, "IMP-{row};{units}\r\n");
    }
    file
}

fn upload(shop: &Shop, file: &str) -> Result<Import> {
    let (status, body) = shop.send(&request::upload("/api/imports?fileName=load.csv", file.as_bytes()))?;
    if status != 201 {
        bail!("the upload was answered {status}: {}", String::from_utf8_lossy(&body));
    }
    serde_json::from_slice(&body).context("the import can't be parsed")
}

fn wait(shop: &Shop, import: i64, state: &str) -> Result<Import> {
    let begun = Instant::now();
    loop {
        let found: Import = shop.get(&format!("/api/imports/{import}"))?;
        if found.state == state {
            return Ok(found);
        }
        if ["failed", "undecided", "cancelled"].contains(&found.state.as_str()) || begun.elapsed() > WAIT_MAX
        {
            bail!("the import is {}, not {state}", found.state);
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}
