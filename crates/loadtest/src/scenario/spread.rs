//! `spread`: blocks on 10,000 items, as in normal operation.

use super::{CATEGORIES, Options, TestBed, send_random_requests};
use crate::record::Kind;
use crate::report::Report;
use crate::request;
use crate::shop::{item, number};
use anyhow::Result;

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

const CONNECTIONS: usize = 256;
const ITEMS: usize = 10_000;

/// The stock of each item: more than the requests can take.
const UNITS: i64 = 1_000_000;

/// The measured time, in seconds.
const SECONDS: f64 = 10.0;

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new("spread", format!("Blocks of one unit on {ITEMS} items at random."));
    let shop = test_bed.shop();
    let items = shop.create_items(ITEMS, |index| {
        item(&format!("Item {index}"), UNITS, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let requests = items.iter().map(|id| request::place(*id, 1)).collect();
    let plan = test_bed.plan(options, "spread", options.connections(CONNECTIONS), PLACE);
    let plan = plan.after(options.lasting(1.0)).lasting(options.lasting(SECONDS));
    let requested = items.clone();
    let result = send_random_requests(&plan, requests, move |index, response| {
        number(response.body, "\"itemId\":") == Some(requested[index])
    })?;
    let granted = result.count(0, 201) as i64;
    report.error_free(result);
    let gone = UNITS * items.len() as i64 - shop.available(&items)?;
    report.equal("units taken from the items = blocks granted", granted, gone);
    Ok(report)
}
