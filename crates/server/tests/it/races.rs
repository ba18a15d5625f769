//! Parallel requests through two servers on one database. The ledger accounts for every unit.

use crate::app::TestApp;
use crate::ledger::{self, number};
use futures::future::join_all;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Starts two servers on one database.
async fn pair() -> [TestApp; 2] {
    let one = TestApp::start().await;
    let other = one.one_more().await;
    [one, other]
}

/// A permutation of 0..`length` that follows from `seed`.
fn shuffled(length: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<_> = (0..length).collect();
    order.sort_by_key(|index| (*index as u64 + 1).wrapping_mul(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1));
    order
}

fn count<T: Ord + Copy>(values: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    values.into_iter().fold(BTreeMap::new(), |mut counts, value| {
        *counts.entry(value).or_default() += 1;
        counts
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_the_last_fifty_units_get_exactly_fifty() {
    let apps = pair().await;
    let item = apps[0].item(50).await;
    let body = json!({"itemId": item, "quantity": 1});
    let buyers = (0..200).map(|buyer| apps[buyer % 2].post("/api/items/block/temporary", body.clone()));
    let answers = join_all(buyers).await;
    assert_eq!(count(answers.iter().map(|answer| answer.status)), BTreeMap::from([(201, 50), (409, 150)]));
    for answer in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(
            (&answer.body["code"], &answer.body["available"]),
            (&json!("insufficient_stock"), &json!(0))
        );
    }
    assert_eq!(apps[0].available(item).await, 0);
    ledger::check(&apps[0].database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_several_racing_actions_wins() {
    const BLOCKS: usize = 60;
    let apps = pair().await;
    let item = apps[0].item(1_000).await;
    let blocks = join_all((0..BLOCKS).map(|index| apps[index % 2].block(item, 3, 1))).await;
    // All actions race for each block at the moment when it expires.
    let race = blocks.iter().enumerate().map(|(index, block)| {
        let [one, other] = &apps;
        async move {
            tokio::time::sleep(Duration::from_millis(700 + 10 * index as u64)).await;
            let confirm = json!({"blockId": block});
            let path = format!("/api/blocks/{block}");
            let extend = format!("{path}/extend");
            let (confirmed, released, extended, cleaned) = tokio::join!(
                one.post("/api/items/block/permanent", confirm),
                other.delete(&path),
                other.post(&extend, json!({"ttlSeconds": 2})),
                one.post("/api/items/cleanup/expired-blocks", json!(null)),
            );
            assert_eq!(cleaned.status, 200, "{}", cleaned.text);
            for answer in [&confirmed, &released, &extended] {
                assert!([200, 409].contains(&answer.status), "{}", answer.text);
            }
            assert!(confirmed.status == 409 || released.status == 409, "block {block} was won twice");
            (confirmed.status == 200, released.status == 200)
        }
    });
    let outcomes = join_all(race).await;
    tokio::time::sleep(Duration::from_millis(3_200)).await;
    apps[0].post("/api/items/cleanup/expired-blocks", json!(null)).await.expect(200);
    let wins = |won: fn(&(bool, bool)) -> bool| outcomes.iter().filter(|outcome| won(outcome)).count();
    let (confirmed, released) = (wins(|outcome| outcome.0), wins(|outcome| outcome.1));
    let database = &apps[0].database;
    let expired = number(database, "SELECT count(*) FROM stock_movements WHERE reason = 'expired'").await;
    assert_eq!(confirmed + released + usize::try_from(expired).expect("a count"), BLOCKS);
    assert_eq!(apps[0].available(item).await, 1_000 - 3 * i64::try_from(confirmed).expect("a count"));
    ledger::check(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_orders_of_the_same_twenty_items_do_not_deadlock() {
    let apps = pair().await;
    let main = apps[0].main_warehouse().await;
    // Enough for 30 of the 50 orders.
    let items = join_all((0..20).map(|_| apps[0].item(30))).await;
    let orders = join_all((0..50).map(|seed| {
        let lines: Vec<_> = shuffled(20, seed).into_iter().map(|index| (items[index], 1)).collect();
        let app = &apps[0];
        async move { app.order(&lines).await }
    }))
    .await;
    let allocate = orders.iter().enumerate().map(|(index, order)| {
        let path = format!("/api/orders/{order}/allocate");
        let app = &apps[index % 2];
        async move { app.post(&path, json!({"warehouseId": main})).await.expect(200) }
    });
    let answers = join_all(allocate).await;
    assert_eq!(answers.iter().filter(|answer| answer["allocated"] == true).count(), 30);
    for answer in answers.iter().filter(|answer| answer["allocated"] == false) {
        assert_eq!(answer["shortages"].as_array().map(Vec::len), Some(20));
    }
    let database = &apps[0].database;
    assert_eq!(number(database, "SELECT sum(stock_quantity)::bigint FROM inventory").await, 0);
    ledger::check(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn allocations_and_blocks_take_no_unit_twice() {
    let apps = pair().await;
    let main = apps[0].main_warehouse().await;
    let items = join_all((0..5).map(|_| apps[0].item(40))).await;
    let lines: Vec<_> = items.iter().map(|item| (*item, 1)).collect();
    let orders = join_all((0..40).map(|_| apps[0].order(&lines))).await;
    let allocate = orders.iter().enumerate().map(|(index, order)| {
        let path = format!("/api/orders/{order}/allocate");
        let app = &apps[index % 2];
        async move { app.post(&path, json!({"warehouseId": main})).await.expect(200)["allocated"] == true }
    });
    let block = (0..150).map(|index: usize| {
        let body = json!({"itemId": items[index % 5], "quantity": 1});
        let app = &apps[index % 2];
        async move { app.post("/api/items/block/temporary", body).await.status }
    });
    let (allocated, blocked) = tokio::join!(join_all(allocate), join_all(block));
    let allocated = allocated.into_iter().filter(|done| *done).count();
    let blocked = count(blocked);
    assert!(blocked.keys().all(|status| [201, 409].contains(status)), "{blocked:?}");
    let taken = allocated * 5 + blocked.get(&201).copied().unwrap_or(0);
    let database = &apps[0].database;
    let left = number(database, "SELECT sum(stock_quantity)::bigint FROM inventory").await;
    assert_eq!(i64::try_from(taken).expect("a count") + left, 200);
    assert!(allocated > 0 && taken >= 150, "{allocated} allocated, {taken} taken");
    ledger::check(database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_clean_ups_return_units_once() {
    let apps = pair().await;
    let items = join_all((0..4).map(|_| apps[0].item(100))).await;
    join_all((0..80).map(|index: usize| apps[index % 2].block(items[index % 4], 5, 1))).await;
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let clean =
        (0..6).map(|index: usize| apps[index % 2].post("/api/items/cleanup/expired-blocks", json!(null)));
    let removed: i64 = join_all(clean)
        .await
        .into_iter()
        .map(|answer| answer.expect(200)["expiredBlocksRemoved"].as_i64().expect("a count"))
        .sum();
    assert!((0..=80).contains(&removed), "{removed}");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let database = &apps[0].database;
    assert_eq!(number(database, "SELECT count(*) FROM stock_movements WHERE reason = 'expired'").await, 80);
    assert_eq!(number(database, "SELECT count(*) FROM block_inventory").await, 0);
    assert_eq!(number(database, "SELECT sum(stock_quantity)::bigint FROM inventory").await, 400);
    ledger::check(database).await;
}
