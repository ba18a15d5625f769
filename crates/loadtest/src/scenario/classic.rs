//! `classic`: 50 users create 50,000 items; then an increasing number of users reads the top 100 of random categories.

use super::{CATEGORIES, Options, TestBed};
use crate::load::LoadPlan;
use crate::record::{Kind, RunResult};
use crate::report::Report;
use crate::request;
use crate::shop::{self, Shop, Top, create_items};
use crate::user::Pace;
use anyhow::Result;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const CREATE: &[Kind] = &[Kind { name: "create item", expected: &[201] }];
const TOP: &[Kind] = &[Kind { name: "read top 100", expected: &[200] }];

const CREATORS: usize = 50;
const ITEMS: usize = 50_000;

/// The number of readers per step, the length of a step in seconds, and the pause of a reader.
const READERS: [usize; 4] = [1, 100, 500, 1_000];
const STEP_SECONDS: f64 = 15.0;
const PAUSE: Duration = Duration::from_millis(100);

/// The maximum number of items of a top list.
const TOP_MAX: usize = 100;

/// The thresholds.
const CREATED_WITHIN: Duration = Duration::from_secs(60);
const P95_MAX: Duration = Duration::from_secs(2);
const READ_P90_MAX: Duration = Duration::from_secs(1);
const ERROR_SHARE_MAX: f64 = 0.05;

/// The expected number of items of a category, and a response that passed the check. Later responses are identical
/// while nothing changes, so they are only compared.
#[derive(Debug, Default)]
struct ExpectedCategory {
    items: usize,
    checked_body: Mutex<Vec<u8>>,
}

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new(
        "classic",
        format!(
            "{CREATORS} users create items in {} categories, then up to {} users read random categories' top \
             100, pausing 0.1 s; order, count and category of each response are checked.",
            CATEGORIES.len(),
            READERS[READERS.len() - 1]
        ),
    );
    let shop = test_bed.shop();
    let count = options.amount(ITEMS, 1_500).min(ITEMS);
    let before = CATEGORIES.iter().map(|category| total(&shop, category)).collect::<Result<Vec<_>>>()?;

    let plan = test_bed.plan(options, "create items", CREATORS, CREATE).turns(count as u64);
    let (result, ids) = create_items(&plan, count, |index| {
        let category = CATEGORIES[index % CATEGORIES.len()];
        shop::item(&format!("{category} item {index}"), (index * 7_919 % 10_007) as i64, category)
    })?;
    report.within(format!("{count} items created"), CREATED_WITHIN, result.window);
    threshold(&mut report, &result);
    report.outcomes.push(result);

    let expected: Arc<[ExpectedCategory]> = before
        .iter()
        .enumerate()
        .map(|(index, before)| {
            let created = ids.iter().skip(index).step_by(CATEGORIES.len()).filter(|id| **id != 0).count();
            ExpectedCategory { items: before + created, checked_body: Mutex::default() }
        })
        .collect();
    for readers in READERS {
        let name = format!("{readers} readers");
        let plan = test_bed.plan(options, &name, readers, TOP);
        let plan = plan.pace(Pace::Pause(PAUSE)).lasting(options.lasting(STEP_SECONDS));
        let result = read(&plan, &expected)?;
        threshold(&mut report, &result);
        report.within(format!("{name}: p90"), READ_P90_MAX, result.latency(0, 90.0));
        report.equal(format!("{name}: wrong answers"), 0, result.record.faults_total as i64);
        report.outcomes.push(result);
    }
    Ok(report)
}

fn threshold(report: &mut Report, result: &RunResult) {
    report.within(format!("{}: p95", result.name), P95_MAX, result.latency(0, 95.0));
    let share = result.error_share();
    let mut found = format!("{:.2} %", share * 100.0);
    for description in result.error_descriptions() {
        found.push_str("; ");
        found.push_str(&description);
    }
    let wanted = format!("< {} %", ERROR_SHARE_MAX * 100.0);
    report.check(format!("{}: errors", result.name), wanted, found, share < ERROR_SHARE_MAX);
}

fn total(shop: &Shop, category: &str) -> Result<usize> {
    Ok(shop.get::<Top>(&request::top_path(category))?.total_items_in_category)
}

/// Each reader reads random categories.
fn read(plan: &LoadPlan, expected: &Arc<[ExpectedCategory]>) -> Result<RunResult> {
    let requests: Arc<[Vec<u8>]> =
        CATEGORIES.iter().map(|category| request::get(&request::top_path(category))).collect();
    plan.run(|mut user| {
        let (requests, expected) = (requests.clone(), expected.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await {
                let index = random.usize(..CATEGORIES.len());
                let response = user.send(0, &requests[index]).await;
                if response.status != 200 {
                    continue;
                }
                let mut checked_body =
                    expected[index].checked_body.lock().unwrap_or_else(PoisonError::into_inner);
                if *checked_body == response.body {
                    continue;
                }
                match check_response(response.body, CATEGORIES[index], expected[index].items) {
                    Ok(()) => response.body.clone_into(&mut checked_body),
                    Err(fault) => user.fault(|| format!("{}: {fault}", CATEGORIES[index])),
                }
            }
            Ok(())
        }
    })
}

/// Checks a response. The error describes the fault.
fn check_response(body: &[u8], category: &str, items: usize) -> Result<(), String> {
    let top: Top = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if top.category != category {
        return Err(format!("the response is about {}", top.category));
    }
    if top.items.len() != top.count || top.count != items.min(TOP_MAX) {
        return Err(format!("{} items, count {}", top.items.len(), top.count));
    }
    if top.total_items_in_category != items {
        return Err(format!("{} items in total, but {items} were created", top.total_items_in_category));
    }
    if top.items.iter().any(|item| item.category.as_deref() != Some(category)) {
        return Err("an item of another category".to_owned());
    }
    // Highest quantity first, equal quantities by id.
    if !top.items.is_sorted_by_key(|item| (std::cmp::Reverse(item.quantity), item.id)) {
        return Err("out of order".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_response;

    #[test]
    fn wrong_responses_are_detected() {
        let response = |first: i64, second: i64, total: usize| {
            format!(
                r#"{{"category":"Toys","items":[{{"id":1,"quantity":{first},"category":"Toys"}},
                   {{"id":2,"quantity":{second},"category":"Toys"}}],"count":2,
                   "totalItemsInCategory":{total}}}"#
            )
        };
        assert_eq!(check_response(response(7, 7, 2).as_bytes(), "Toys", 2), Ok(()));
        assert!(check_response(response(6, 7, 2).as_bytes(), "Toys", 2).is_err());
        assert!(check_response(response(7, 7, 3).as_bytes(), "Toys", 2).is_err());
        assert!(check_response(response(7, 7, 2).as_bytes(), "Games", 2).is_err());
        assert!(check_response(b"{}", "Toys", 2).is_err());
    }
}
