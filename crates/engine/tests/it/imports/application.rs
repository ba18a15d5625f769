//! The application of imports: tasks, races of commands, and the records of changes.

use super::*;
use domain::ImportState::{Applied, Applying, Cancelled, Judged};

#[tokio::test(flavor = "multi_thread")]
async fn a_long_application_does_not_stop_the_judgement_of_other_files() {
    let stock = Stock::new().await;
    stock.named(300).await;
    let rows: String = (1..=300).map(|number| format!("S-{number},1\n")).collect();
    let long = judged(&stock.engine, &format!("sku,change\n{rows}")).await;
    let mut external = stock.pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE inventory IN EXCLUSIVE MODE").execute(&mut *external).await.expect("locked");
    let id = ImportId(long.id);
    stock.engine.import_apply(&context(), id, long.revision).await.expect("started");
    let other = judged(&stock.engine, "sku,name\nS-1,Pan\n").await;
    assert_eq!(other.counts.changes, 1);
    assert_eq!(stock.engine.import_get(id).await.expect("an import").state, Applying);
    external.rollback().await.expect("unlocked");
    assert_eq!(settled(&stock.engine, id).await.counts.applied, 300);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_to_apply_race_with_each_other() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    stock.named(1).await;
    for units in 11..=16_i64 {
        let import = judged(&stock.engine, &format!("sku,count\nS-1,{units}\n")).await;
        let id = ImportId(import.id);
        let calls = (0..6).map(|call| {
            let engine = if call % 2 == 0 { stock.engine.clone() } else { other.clone() };
            tokio::spawn(async move { engine.import_apply(&context(), id, import.revision).await })
        });
        for call in join_all(calls).await {
            let state = call.expect("no panic").expect("applied").state;
            assert!(matches!(state, Applying | Applied), "{state:?}");
        }
        assert_eq!(settled(&stock.engine, id).await.counts.applied, 1);
        assert_eq!(i64::from(stock.item_of("S-1").await.quantity), units);
    }
    let started = "SELECT count(*) FROM audit_events WHERE kind = 'import.applied'";
    assert_eq!(stock.number(started).await, 6);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_races_with_a_choice_and_with_a_cancellation() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    stock.named(1).await;
    let mut units = 10;
    for round in 0..12 {
        let import = judged(&stock.engine, "sku,change\nS-1,1\n").await;
        let (id, revision) = (ImportId(import.id), import.revision);
        let context = context();
        let apply = stock.engine.import_apply(&context, id, revision);
        if round % 2 == 0 {
            let choices = Choices { kind: Some(FileKind::Stock), ..Choices::default() };
            let (applied, chosen) = tokio::join!(apply, other.import_choose(&context, id, &choices));
            // One of them comes first, and refuses the other.
            assert_ne!(applied.is_ok(), chosen.is_ok(), "{applied:?} {chosen:?}");
            let found = settled(&stock.engine, id).await;
            let expected = if applied.is_ok() { (Applied, revision) } else { (Judged, revision + 1) };
            assert_eq!((found.state, found.revision), expected);
            units += found.counts.applied;
        } else {
            let (applied, cancelled) = tokio::join!(apply, other.import_cancel(&context, id));
            assert!(applied.is_ok() || cancelled.is_ok(), "{applied:?} {cancelled:?}");
            let found = settled(&stock.engine, id).await;
            assert_eq!(found.state, if cancelled.is_ok() { Cancelled } else { Applied });
            units += found.counts.applied;
        }
        assert_eq!(i64::from(stock.item_of("S-1").await.quantity), units);
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_judged_is_not_applied() {
    let stock = Stock::new().await;
    stock.named(1).await;
    // The permission for stock is checked with the kind of the judged file, so another state refuses every caller.
    let import = upload(&stock.engine, "sku,change\nS-1,5\n", &Choices::default()).await;
    settled(&stock.engine, import).await;
    stock.execute("UPDATE imports SET state = 'undecided', layout = NULL").await;
    let apply = stock.engine.import_apply(&context(), import, 1).await;
    assert!(matches!(apply, Err(Error::Rejected(domain::Error::ImportState { .. }))), "{apply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_category_is_recorded_in_the_spelling_that_is_stored() {
    let stock = Stock::new().await;
    stock.named(3).await;
    stock.execute("UPDATE items SET category = 'Kitchen' WHERE sku = 'S-1'").await;
    let import = judged(&stock.engine, "sku,category\nS-2,KITCHEN\nS-3,Garden\n").await;
    assert_eq!(applied(&stock.engine, &import).await.counts.applied, 2);
    for (sku, category) in [("S-2", "Kitchen"), ("S-3", "Garden")] {
        let item = stock.item_of(sku).await;
        assert_eq!(item.category.as_deref(), Some(category));
        let recorded = "SELECT after ->> 'category' FROM audit_events
             WHERE kind = 'item.changed' AND subject = 'item:' || $1 ORDER BY id DESC LIMIT 1";
        let recorded: String =
            sqlx::query_scalar(recorded).bind(item.id.0).fetch_one(&stock.pool).await.expect("an event");
        assert_eq!(recorded, category);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_keeps_its_first_outcome() {
    let stock = Stock::new().await;
    stock.named(2).await;
    let import = judged(&stock.engine, "sku,change\nS-1,5\nS-2,5\n").await;
    // The first row gets an outcome while the chunk with both rows is applied.
    stock
        .execute(
            "CREATE FUNCTION finish_first() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 UPDATE import_rows SET outcome = 'refused' WHERE ordinal = 1 AND outcome IS NULL;
                 RETURN NULL;
             END $$;
             CREATE TRIGGER finishing AFTER UPDATE OF stock_quantity ON inventory FOR EACH STATEMENT
                 EXECUTE FUNCTION finish_first()",
        )
        .await;
    let done = applied(&stock.engine, &import).await;
    assert_eq!(done.counts.applied, 1);
    assert_eq!(stock.number("SELECT count(*) FROM import_rows WHERE outcome = 'refused'").await, 1);
}
