//! The sums over each category: followed by the ledger, they are what reading all tables gives.

use crate::*;
use domain::{Category, CategoryStock, ItemPatch};

/// Follows the sums of however few items.
async fn follower(url: &str) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    let settings = Settings { totals_followed_from: 0, ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

async fn told(engine: &Engine) -> (Vec<Category>, Vec<CategoryStock>) {
    let categories = engine.category_list(&context()).await.expect("categories");
    (categories, engine.overview(&context()).await.expect("an overview").totals.categories)
}

/// The same, by reading everything.
async fn tables(stock: &Stock) -> (Vec<Category>, Vec<CategoryStock>) {
    told(&stock.engine).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_followed_while_all_changes_are_those_of_the_tables() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let mut items = Vec::new();
    for quantity in [40, 14, 12, 11, 6, 2] {
        items.push(stock.item(quantity).await);
    }
    assert_eq!(told(&follower).await, tables(&stock).await);

    let shopping = (0..8).map(|shopper| {
        let (engine, items) = (stock.engine.clone(), items.clone());
        tokio::spawn(async move {
            for turn in 0..60 {
                let item = items[(shopper * 7 + turn) % items.len()];
                let Ok(placed) = engine.block_place(&context(), block(item, 1 + turn as i64 % 3)).await
                else {
                    continue;
                };
                let done = match (shopper + turn) % 8 {
                    0 => engine.block_confirm(&context(), placed.id, Some(units(1))).await.map(drop),
                    1 => Ok(()),
                    _ => engine.block_release(&context(), placed.id).await.map(drop),
                };
                done.expect("done");
            }
        })
    });
    let shopping = tokio::spawn(futures::future::join_all(shopping));
    let mut looks = 0;
    while !shopping.is_finished() {
        told(&follower).await;
        looks += 1;
    }
    assert!(shopping.await.expect("no panic").iter().all(Result::is_ok));
    assert!(looks > 5, "{looks} looks");
    let (categories, totals) = told(&follower).await;
    assert_eq!((categories.clone(), totals.clone()), tables(&stock).await);
    assert!(categories[0].units_blocked > 0 && totals[0].items_low > 2, "{categories:?} {totals:?}");
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(told(&follower).await, tables(&stock).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_ledger_does_not_tell_is_read_anew() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let item = stock.item(4).await;
    let before = told(&follower).await;
    // Nobody tells of this: so whoever follows the ledger does not see it, and whoever reads everything does.
    sqlx::query("UPDATE items SET category = 'Lamps'").execute(&stock.pool).await.expect("changed");
    assert_eq!(told(&follower).await, before);
    assert_ne!(tables(&stock).await, before);
    let dearer = ItemPatch { price: Some("20.00".parse().expect("a price")), ..ItemPatch::default() };
    follower.item_update(&context(), item, dearer).await.expect("changed");
    for _ in 0..100 {
        if told(&follower).await.0[0].name == "Lamps" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(told(&follower).await, tables(&stock).await);
    assert_eq!(told(&follower).await.0[0].value.to_string(), "80.00");
}
