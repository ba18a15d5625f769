//! `spread`: blocks on 10,000 items, as on an ordinary busy day.

use super::{Bed, CATEGORIES, Options, hammer};
use crate::record::Kind;
use crate::report::Report;
use crate::request;
use crate::shop::{item, number};
use anyhow::Result;

const PLACE: &[Kind] = &[Kind { name: "place", expected: &[201] }];

const CONNECTIONS: usize = 256;
const ITEMS: usize = 10_000;

/// First stock of each item: more than can be asked for.
const UNITS: i64 = 1_000_000;

/// How long is measured, in seconds.
const SECONDS: f64 = 10.0;

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed) -> Result<Report> {
    let mut report = Report::new("spread", format!("Blocks of one unit on {ITEMS} items at random."));
    let shop = bed.shop();
    let items = shop.create_items(ITEMS, |index| {
        item(&format!("Item {index}"), UNITS, CATEGORIES[index % CATEGORIES.len()])
    })?;
    let requests = items.iter().map(|id| request::place(*id, 1)).collect();
    let plan = bed.plan(options, "spread", options.connections(CONNECTIONS), PLACE);
    let plan = plan.after(options.lasting(1.0)).lasting(options.lasting(SECONDS));
    let asked = items.clone();
    let outcome = hammer(&plan, requests, move |index, answer| {
        number(answer.body, "\"itemId\":") == Some(asked[index])
    })?;
    let granted = outcome.count(0, 201) as i64;
    report.flawless(outcome);
    let gone = UNITS * items.len() as i64 - shop.available(&items)?;
    report.equal("units taken from the items = blocks granted", granted, gone);
    Ok(report)
}
