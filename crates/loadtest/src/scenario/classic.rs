//! `classic`: 50 users create 50,000 items, then more and more users read random categories' top 100.

use super::{Bed, CATEGORIES, Options};
use crate::load::Plan;
use crate::record::{Kind, Outcome};
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

/// Readers, step by step; how long each step takes, in seconds, and how long a reader pauses.
const READERS: [usize; 4] = [1, 100, 500, 1_000];
const STEP_SECONDS: f64 = 15.0;
const PAUSE: Duration = Duration::from_millis(100);

/// The most items of a top list.
const TOP_MAX: usize = 100;

/// The thresholds.
const CREATED_WITHIN: Duration = Duration::from_secs(60);
const P95_MAX: Duration = Duration::from_secs(2);
const READ_P90_MAX: Duration = Duration::from_secs(1);
const ERROR_SHARE_MAX: f64 = 0.05;

/// What is known of a category: how many items it has, and an answer about it that was found right. While
/// nothing changes the next one is the same to the byte, and needs no second look.
#[derive(Debug, Default)]
struct Known {
    items: usize,
    right: Mutex<Vec<u8>>,
}

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed) -> Result<Report> {
    let mut report = Report::new(
        "classic",
        format!(
            "{CREATORS} users create items in {} categories, then up to {} users read random categories' top \
             100, pausing 0.1 s; order, count and category of each answer are checked.",
            CATEGORIES.len(),
            READERS[READERS.len() - 1]
        ),
    );
    let shop = bed.shop();
    let count = options.amount(ITEMS, 1_500).min(ITEMS);
    let before = CATEGORIES.iter().map(|category| total(&shop, category)).collect::<Result<Vec<_>>>()?;

    let plan = bed.plan(options, "create items", CREATORS, CREATE).turns(count as u64);
    let (outcome, ids) = create_items(&plan, count, |index| {
        let category = CATEGORIES[index % CATEGORIES.len()];
        shop::item(&format!("{category} item {index}"), (index * 7_919 % 10_007) as i64, category)
    })?;
    report.within(format!("{count} items created"), CREATED_WITHIN, outcome.window);
    threshold(&mut report, &outcome);
    report.outcomes.push(outcome);

    let known: Arc<[Known]> = before
        .iter()
        .enumerate()
        .map(|(index, before)| {
            let created = ids.iter().skip(index).step_by(CATEGORIES.len()).filter(|id| **id != 0).count();
            Known { items: before + created, right: Mutex::default() }
        })
        .collect();
    for readers in READERS {
        let name = format!("{readers} readers");
        let plan = bed.plan(options, &name, readers, TOP);
        let plan = plan.pace(Pace::Pause(PAUSE)).lasting(options.lasting(STEP_SECONDS));
        let outcome = read(&plan, &known)?;
        threshold(&mut report, &outcome);
        report.within(format!("{name}: p90"), READ_P90_MAX, outcome.latency(0, 90.0));
        report.equal(format!("{name}: wrong answers"), 0, outcome.record.faults_total as i64);
        report.outcomes.push(outcome);
    }
    Ok(report)
}

fn threshold(report: &mut Report, outcome: &Outcome) {
    report.within(format!("{}: p95", outcome.name), P95_MAX, outcome.latency(0, 95.0));
    let share = outcome.error_share();
    let mut found = format!("{:.2} %", share * 100.0);
    for complaint in outcome.complaints() {
        found.push_str("; ");
        found.push_str(&complaint);
    }
    let wanted = format!("< {} %", ERROR_SHARE_MAX * 100.0);
    report.check(format!("{}: errors", outcome.name), wanted, found, share < ERROR_SHARE_MAX);
}

fn total(shop: &Shop, category: &str) -> Result<usize> {
    Ok(shop.get::<Top>(&request::top_path(category))?.total_items_in_category)
}

/// Every reader asks for random categories.
fn read(plan: &Plan, known: &Arc<[Known]>) -> Result<Outcome> {
    let requests: Arc<[Vec<u8>]> =
        CATEGORIES.iter().map(|category| request::get(&request::top_path(category))).collect();
    plan.run(|mut user| {
        let (requests, known) = (requests.clone(), known.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await {
                let index = random.usize(..CATEGORIES.len());
                let answer = user.ask(0, &requests[index]).await;
                if answer.status != 200 {
                    continue;
                }
                let mut right = known[index].right.lock().unwrap_or_else(PoisonError::into_inner);
                if *right == answer.body {
                    continue;
                }
                match judge(answer.body, CATEGORIES[index], known[index].items) {
                    Ok(()) => answer.body.clone_into(&mut right),
                    Err(fault) => user.fault(|| format!("{}: {fault}", CATEGORIES[index])),
                }
            }
            Ok(())
        }
    })
}

/// What is wrong with an answer.
fn judge(body: &[u8], category: &str, items: usize) -> Result<(), String> {
    let top: Top = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if top.category != category {
        return Err(format!("the answer is about {}", top.category));
    }
    if top.items.len() != top.count || top.count != items.min(TOP_MAX) {
        return Err(format!("{} items, count {}", top.items.len(), top.count));
    }
    if top.total_items_in_category != items {
        return Err(format!("{} items in all, where {items} were created", top.total_items_in_category));
    }
    if top.items.iter().any(|item| item.category.as_deref() != Some(category)) {
        return Err("an item of another category".to_owned());
    }
    // Highest quantity first, ties by id.
    if !top.items.is_sorted_by_key(|item| (std::cmp::Reverse(item.quantity), item.id)) {
        return Err("out of order".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn wrong_answers_are_told_from_right_ones() {
        let answer = |first: i64, second: i64, total: usize| {
            format!(
                r#"{{"category":"Toys","items":[{{"id":1,"quantity":{first},"category":"Toys"}},
                   {{"id":2,"quantity":{second},"category":"Toys"}}],"count":2,
                   "totalItemsInCategory":{total}}}"#
            )
        };
        assert_eq!(judge(answer(7, 7, 2).as_bytes(), "Toys", 2), Ok(()));
        assert!(judge(answer(6, 7, 2).as_bytes(), "Toys", 2).is_err());
        assert!(judge(answer(7, 7, 3).as_bytes(), "Toys", 2).is_err());
        assert!(judge(answer(7, 7, 2).as_bytes(), "Games", 2).is_err());
        assert!(judge(b"{}", "Toys", 2).is_err());
    }
}
