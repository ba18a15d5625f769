//! Rows of one file for the same stock level.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn write_offs_of_a_level_are_limited_over_the_whole_file() {
    let (_, url) = store::testing::store().await;
    let store = store::Store::connect(store::Settings::new(&url)).await.expect("a connection");
    let pool = PgPool::connect(&url).await.expect("a connection");
    let settings = Settings { write_off_units_max: 200, ..Settings::default() };
    let engine = Engine::start(store, settings).await.expect("an engine");
    let stock = Stock { url, pool, engine };
    stock.named(2).await;
    stock.execute("UPDATE inventory SET stock_quantity = 1000").await;
    // More rows than one transaction applies, of which the first has more than the limit.
    let rows: String = (0..300).map(|_| "S-1,-1\n").chain(["S-2,-200\n"]).collect();
    let import = judged(&stock.engine, &format!("sku,change\n{rows}")).await;
    let permissions = Permissions::of(&[Permission::ImportItems, Permission::WriteStock]);
    let limited = Context { permissions, ..context() };
    let id = ImportId(import.id);
    stock.engine.import_apply(&limited, id, import.revision).await.expect("started");
    let done = settled(&stock.engine, id).await;
    assert_eq!((done.counts.applied, done.counts.refused), (201, 100), "{done:?}");
    let left = super::rows(&stock.engine, &done, ImportRowFilter::NotApplied).await;
    assert_eq!((left.len(), left[0].line), (100, 202));
    assert!(left.iter().all(|row| row.reason.as_ref().expect("a reason").code == "forbidden"), "{left:?}");
    assert_eq!(stock.item_of("S-1").await.quantity, 800);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_level_are_judged_and_applied_one_after_another() {
    let stock = Stock::new().await;
    stock.named(3).await;
    // The rows of a level are in several batches of the judgement.
    let others = "S-3,1\n".repeat(2_100);
    let import =
        judged(&stock.engine, &format!("sku,change\nS-1,-6\nS-2,4\n{others}S-1,-6\nS-2,-12\n")).await;
    let errors = super::rows(&stock.engine, &import, ImportRowFilter::Errors).await;
    assert_eq!(codes(&errors), [(2_104, "insufficient_stock".to_owned())]);
    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.conflicts, done.counts.refused), (2_103, 0, 0));
    let quantities = [("S-1", 4), ("S-2", 2), ("S-3", 2_110)];
    for (sku, quantity) in quantities {
        assert_eq!(stock.item_of(sku).await.quantity, quantity, "{sku}");
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_counted_once() {
    let stock = Stock::new().await;
    stock.named(2).await;
    let others: String = (0..2_000).map(|_| "S-9,1\n").collect();
    let import = judged(&stock.engine, &format!("sku,count\nS-1,20\nS-1,21\n{others}S-1,22\n")).await;
    let repeated = "SELECT count(*) FROM import_rows WHERE problems @> '[{\"code\": \"row_repeated\"}]'";
    assert_eq!(stock.number(repeated).await, 2);
    assert_eq!(applied(&stock.engine, &import).await.counts.applied, 1);
    assert_eq!(stock.item_of("S-1").await.quantity, 20);
    stock.assert_closed().await;
}
