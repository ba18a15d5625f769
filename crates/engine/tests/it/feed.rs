//! The event feed: one reader for all subscribers, with bounded subscribers and rate.

use crate::*;
use engine::{CachedJson, ChangePage, Subscription};
use std::collections::BTreeSet;
use std::sync::Arc;

async fn next(subscription: &mut Subscription) -> Arc<CachedJson<ChangePage>> {
    let page = tokio::time::timeout(Duration::from_secs(20), subscription.next()).await;
    page.expect("in time").expect("it goes on")
}

/// Returns the next page that has events or skips some. Pages with topics only are ignored.
async fn next_events(subscription: &mut Subscription) -> Arc<CachedJson<ChangePage>> {
    loop {
        let page = next(subscription).await;
        if page.skipped || !page.events.is_empty() {
            return page;
        }
    }
}

async fn engine_with(url: &str, settings: Settings) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    Engine::start(store, settings).await.expect("an engine")
}

/// Collects events until there are `count`.
async fn events(subscription: &mut Subscription, count: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    while ids.len() < count {
        ids.extend(next(subscription).await.events.iter().map(|event| event.id));
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn all_subscribers_receive_the_same_pages_from_one_read() {
    let stock = Stock::new().await;
    let item = stock.item(1_000).await;
    let mut subscriptions = Vec::new();
    for _ in 0..200 {
        let mut subscription = stock.engine.subscribe(&context(), None).await.expect("a subscription");
        next(&mut subscription).await;
        subscriptions.push(subscription);
    }
    for _ in 0..10 {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    }
    let mut all = Vec::new();
    let mut pages = BTreeSet::new();
    for subscription in &mut subscriptions {
        let mut ids = Vec::new();
        while ids.len() < 10 {
            let page = next(subscription).await;
            ids.extend(page.events.iter().map(|event| event.id));
            pages.insert(Arc::as_ptr(&page).addr());
            all.push(page);
        }
        assert!(ids.is_sorted() && ids.len() == 10, "{ids:?}");
    }
    assert!(pages.len() <= 10, "{} pages: each is shared", pages.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_subscriber_receives_every_event_exactly_once() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let item = stock.item(10_000).await;
    let start = stock.engine.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor").cursor;
    let mut cursor = start.clone();
    let placing = {
        let engines = engines.clone();
        tokio::spawn(async move {
            for turn in 0..300 {
                engines[turn % 2].block_place(&context(), block(item, 1)).await.expect("placed");
            }
        })
    };
    let (mut seen, mut turn) = (Vec::new(), 0);
    while seen.len() < 300 {
        // The servers alternate. The second server's feed may still be below the cursor.
        let mut subscription =
            engines[turn % 2].subscribe(&context(), Some(cursor.clone())).await.expect("a subscription");
        turn += 1;
        for _ in 0..2 {
            let page = next(&mut subscription).await;
            assert!(!page.skipped);
            seen.extend(page.events.iter().map(|event| event.id));
            cursor = page.cursor.clone();
            if seen.len() >= 300 {
                break;
            }
        }
    }
    placing.await.expect("no panic");
    let query = "SELECT id FROM stock_movements WHERE id > $1 ORDER BY id";
    let written: Vec<i64> =
        sqlx::query_scalar(query).bind(start.position).fetch_all(&stock.pool).await.expect("ids");
    assert_eq!(seen, written);
    assert!(turn > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_streams_is_bounded() {
    let stock = Stock::new().await;
    let settings = Settings { event_streams_max: 2, ..Settings::default() };
    let engine = engine_with(&stock.url, settings).await;
    let first = engine.subscribe(&context(), None).await.expect("a subscription");
    let _second = engine.subscribe(&context(), None).await.expect("a subscription");
    let full = engine.subscribe(&context(), None).await.err();
    assert_eq!(full, Some(engine::Error::StreamsFull { max: 2 }));
    drop(first);
    engine.subscribe(&context(), None).await.expect("a subscription");
}

/// A slow subscriber receives one page with `skipped`. The other subscribers receive every event.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_subscriber_receives_a_page_that_skips() {
    let stock = Stock::new().await;
    let item = stock.item(1_000).await;
    let mut slow = stock.engine.subscribe(&context(), None).await.expect("a subscription");
    let mut quick = stock.engine.subscribe(&context(), None).await.expect("a subscription");
    for _ in 0..40 {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
        assert_eq!(events(&mut quick, 1).await.len(), 1);
    }
    assert!(!next(&mut slow).await.skipped, "the first page was there before");
    let page = next(&mut slow).await;
    assert!(page.skipped && page.events.is_empty(), "{page:?}");
    let position = stock.engine.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor").cursor;
    assert_eq!(page.cursor, position);
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    assert_eq!(events(&mut slow, 1).await, events(&mut quick, 1).await);
}

/// The rate of all streams together is bounded: with many streams a large page is skipped.
#[tokio::test(flavor = "multi_thread")]
async fn the_rate_of_all_streams_is_bounded() {
    let stock = Stock::new().await;
    let settings = Settings { event_stream_lines_per_second: 100, ..Settings::default() };
    let engine = engine_with(&stock.url, settings).await;
    let item = stock.item(1_000).await;
    let mut streams = Vec::new();
    for _ in 0..10 {
        let mut stream = engine.subscribe(&context(), None).await.expect("a subscription");
        next(&mut stream).await;
        streams.push(stream);
    }
    let written = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason)
                   SELECT $1, 1, 0, 'corrected' FROM generate_series(1, 50)";
    sqlx::query(written).bind(item.0).execute(&stock.pool).await.expect("lines");
    for stream in &mut streams {
        let page = next_events(stream).await;
        assert!(page.skipped && page.events.is_empty(), "{page:?}");
    }
    engine.block_place(&context(), block(item, 1)).await.expect("placed");
    for stream in &mut streams {
        assert_eq!(next_events(stream).await.events.len(), 1);
    }
}
