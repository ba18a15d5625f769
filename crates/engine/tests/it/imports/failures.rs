//! Imports whose work fails.

use super::*;

/// A trigger that raises an error for every change of a table, until it is dropped.
const FAILING_ROWS: &str = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'damaged'; END $$;
    CREATE TRIGGER failing BEFORE INSERT OR UPDATE ON import_rows FOR EACH ROW EXECUTE FUNCTION fail()";

fn codes_of(import: &Import) -> Vec<&str> {
    import.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_whose_work_fails_internally_ends_and_others_are_worked_on() {
    let stock = Stock::new().await;
    stock.named(2).await;
    let file = "sku,count\nS-1,20\n";
    let before = judged(&stock.engine, file).await;
    stock.execute(FAILING_ROWS).await;
    let import = upload(&stock.engine, file, &Choices::default()).await;
    let failed = settled(&stock.engine, import).await;
    assert_eq!((failed.state, codes_of(&failed)), (ImportState::Failed, vec!["internal"]), "{failed:?}");
    let id = ImportId(before.id);
    stock.engine.import_apply(&context(), id, before.revision).await.expect("started");
    let failed = settled(&stock.engine, id).await;
    assert_eq!((failed.state, codes_of(&failed)), (ImportState::Failed, vec!["internal"]), "{failed:?}");
    assert_eq!(stock.item_of("S-1").await.quantity, 10);
    stock.execute("DROP TRIGGER failing ON import_rows").await;
    let next = judged(&stock.engine, file).await;
    assert_eq!(applied(&stock.engine, &next).await.counts.applied, 1);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_cant_be_read_allows_no_warehouse() {
    let stock = Stock::new().await;
    stock.named(1).await;
    let import = judged(&stock.engine, "sku,change\nS-1,5\n").await;
    stock
        .execute("UPDATE imports SET state = 'applying', applied_by = 'test', applied_warehouse_ids = '{}'")
        .await;
    let failed = settled(&stock.engine, ImportId(import.id)).await;
    assert_eq!((failed.state, failed.counts.applied), (ImportState::Failed, 0), "{failed:?}");
    assert_eq!(stock.item_of("S-1").await.quantity, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_outcome_is_no_failure_of_a_row() {
    let stock = Stock::new().await;
    stock.named(40).await;
    let rows: String = (1..=40).map(|number| format!("S-{number},1\n")).collect();
    let import = judged(&stock.engine, &format!("sku,change\n{rows}")).await;
    // The connection ends during the commit. A row with so many failures of its own is refused.
    stock
        .execute(
            "CREATE SEQUENCE failures;
             CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF nextval('failures') <= 7 THEN
                     RAISE EXCEPTION 'the server stops' USING ERRCODE = '57P01';
                 END IF;
                 RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER failing AFTER UPDATE ON import_rows DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION fail()",
        )
        .await;
    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.refused), (40, 0));
    assert_eq!(stock.count_where("quantity = 11").await, 40);
    assert!(stock.number("SELECT last_value FROM failures").await > 7);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_fails_is_refused_alone() {
    let stock = Stock::new().await;
    stock.named(30).await;
    stock
        .execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'damaged'; END $$;
             CREATE TRIGGER failing BEFORE UPDATE ON items FOR EACH ROW
                 WHEN (NEW.name = 'Pan 7') EXECUTE FUNCTION fail()",
        )
        .await;
    let rows: String = (1..=30).map(|number| format!("S-{number},Pan {number}\n")).collect();
    let import = judged(&stock.engine, &format!("sku,name\n{rows}")).await;
    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.refused), (29, 1));
    let left = super::rows(&stock.engine, &done, ImportRowFilter::NotApplied).await;
    let reason = left[0].reason.as_ref().expect("a reason");
    assert_eq!((left[0].line, reason.code.as_str()), (8, "internal"));
    stock.assert_closed().await;
}
