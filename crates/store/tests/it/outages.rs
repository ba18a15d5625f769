//! Outages: a database that stops answering without a reset, or refuses connections. Tests the errors, the time until
//! they are returned, and the recovery.

use std::time::{Duration, Instant};
use store::testing::{Proxy, database};
use store::{Error, PinnedConnection, Settings, Store};

/// The maximum time of a recovery, in seconds.
const RECOVERY_SECONDS_MAX: u64 = 15;

async fn store_behind_proxy() -> (Store, Proxy, String) {
    let url = database().await;
    let proxy = Proxy::start(&url).await;
    let store = Store::connect(Settings::new(proxy.url(&url))).await.expect("a connection");
    store.migrate().await.expect("the schema");
    (store, proxy, url)
}

/// Uses each kind of connection once.
async fn use_all(store: &Store, pinned: &PinnedConnection) -> Result<(), Error> {
    pinned.block_ids_reserve(1).await?;
    store.begin().await?.commit().await?;
    store.warehouse_ids().await?;
    store
        .block_list(&domain::BlockQuery {
            state: None,
            item: None,
            warehouse: None,
            from: None,
            to: None,
            reference: None,
            limit: 1,
            sort: domain::BlockSort::default(),
            after: None,
        })
        .await?;
    store.items_with_expired(1, &[]).await.map(drop)
}

/// Uses all connections until that succeeds, and returns the time that it took.
async fn recovery(store: &Store, pinned: &PinnedConnection) -> Duration {
    let begun = Instant::now();
    while use_all(store, pinned).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never recovers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

async fn until(state: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {state}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_connection_is_replaced_by_a_new_one() {
    let (store, proxy, url) = store_behind_proxy().await;
    let pinned = store.pinned_connection();
    use_all(&store, &pinned).await.expect("a working database");
    let mut listener = store.events_listen().await.expect("a listener");
    proxy.freeze();
    // Statements that run when the connections freeze.
    let begun = Instant::now();
    let (frozen_pinned, frozen_store) = (pinned.block_ids_reserve(1), store.begin());
    // Existing connections are dead; new ones work.
    proxy.point_to(&url);
    let (pinned_outcome, store_outcome) = tokio::join!(frozen_pinned, frozen_store);
    assert!(matches!(pinned_outcome, Err(Error::Unavailable(_))), "{pinned_outcome:?}");
    drop(store_outcome);
    recovery(&store, &pinned).await;
    let took = begun.elapsed();
    println!("recovered {:.1} s after the connections froze", took.as_secs_f64());
    assert!(took < Duration::from_secs(RECOVERY_SECONDS_MAX), "{took:?}");
    // The listener detects the dead connection as well.
    let lost = tokio::time::timeout(Duration::from_secs(RECOVERY_SECONDS_MAX), listener.try_recv()).await;
    assert!(matches!(lost, Ok(Err(_) | Ok(None))), "{lost:?}");
    let mut listener = store.events_listen().await.expect("a new listener");
    store.events_announce("1 0").await.expect("announced");
    let received = tokio::time::timeout(Duration::from_secs(5), listener.try_recv()).await;
    assert!(matches!(received, Ok(Ok(Some(_)))), "{received:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_fail_immediately_during_an_outage_and_recover_after_it() {
    let (store, proxy, url) = store_behind_proxy().await;
    let pinned = store.pinned_connection();
    use_all(&store, &pinned).await.expect("a working database");
    proxy.freeze();
    until("the outage is known", || store.check_available().is_err()).await;
    assert!(store.database_health().outage.is_some());
    // No call waits for a connection or a statement during the outage.
    let begun = Instant::now();
    for _ in 0..100 {
        let refused = use_all(&store, &pinned).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert!(store.begin().await.is_err());
        assert!(store.warehouse_ids().await.is_err());
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    proxy.point_to(&url);
    let took = recovery(&store, &pinned).await;
    println!("recovered {:.1} s after the database answered", took.as_secs_f64());
    assert!(took < Duration::from_secs(RECOVERY_SECONDS_MAX), "{took:?}");
    until("the outage is over", || store.database_health().outage.is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_ends_the_wait_for_a_connection() {
    let (store, proxy, _) = store_behind_proxy().await;
    // All connections of a pool are in use, and a caller waits for one.
    let mut held = Vec::new();
    for _ in 0..Settings::new("").write_connections_max {
        held.push(store.begin().await.expect("a connection"));
    }
    proxy.cut();
    let begun = Instant::now();
    let waited = store.begin().await.map(drop);
    assert!(matches!(waited, Err(Error::Unavailable(_))), "{waited:?}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    proxy.resume();
    drop(held);
    let pinned = store.pinned_connection();
    assert!(recovery(&store, &pinned).await < Duration::from_secs(RECOVERY_SECONDS_MAX));
}
