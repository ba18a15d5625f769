//! Clean-up of expired blocks.

use crate::*;

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_clean_up_concurrently_and_every_unit_is_returned_once() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let mut items = Vec::new();
    for _ in 0..20 {
        items.push(stock.item(200).await);
    }
    let placing = items.iter().flat_map(|item| (0..150).map(|_| block(*item, 1)));
    let placed = futures::future::join_all(placing.map(|block| {
        let engine = stock.engine.clone();
        async move { engine.block_place(&context(), block).await.fresh() }
    }));
    assert!(placed.await.iter().all(Result::is_ok));
    stock.let_expire().await;

    let expire = |engine: Engine| tokio::spawn(async move { engine.blocks_expire(&context()).await });
    let (one, two) = (expire(stock.engine.clone()), expire(other.clone()));
    let (one, two) = (one.await.expect("no panic"), two.await.expect("no panic"));
    let rest = stock.engine.blocks_expire(&context()).await.expect("cleaned up").blocks;
    let removed = one.expect("cleaned up").blocks + two.expect("cleaned up").blocks + rest;
    assert_eq!(removed, 20 * 150);
    for item in items {
        assert_eq!(stock.quantity(item).await, 200);
    }
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_server_cleans_up_in_the_background() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let settings = Settings { expiry_interval: Duration::from_millis(50), ..Settings::default() };
    let server = Engine::start(store, settings).await.expect("an engine");
    let brief = PlaceBlock { ttl: Ttl::new(1).expect("a ttl"), ..block(item, 5) };
    stock.engine.block_place(&context(), brief).await.expect("placed");
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if stock.quantity(item).await == 5 {
            break;
        }
    }
    assert_eq!(stock.quantity(item).await, 5);
    server.stop().await;
    stock.assert_closed().await;
}
