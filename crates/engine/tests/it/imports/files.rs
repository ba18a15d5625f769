//! Files of imports: renewal of leases, bounds of stored cells, earlier imports of the same file, and retention.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_is_renewed_while_a_large_file_is_read() {
    let stock = Stock::new().await;
    stock.named(1).await;
    stock
        .execute(
            "CREATE SEQUENCE renewals;
             CREATE FUNCTION count_renewal() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM nextval('renewals'); RETURN NULL; END $$;
             CREATE TRIGGER renewing AFTER UPDATE OF lease_until ON imports FOR EACH ROW
                 WHEN (NEW.lease_until > OLD.lease_until) EXECUTE FUNCTION count_renewal()",
        )
        .await;
    let file = format!("sku,count\nS-1,5\n{}", "\n".repeat(9 << 20));
    let mut upload =
        stock.engine.import_upload(&context(), "a.csv", &Choices::default()).await.expect("an upload");
    upload.push(file.as_bytes()).await.expect("stored");
    let import = ImportId(upload.finish().await.expect("uploaded").id);
    let found = settled(&stock.engine, import).await;
    assert_eq!((found.state, found.counts.changes), (ImportState::Judged, 1), "{found:?}");
    // Nine parts are read twice: for the layout, and for the rows. Each reading renews the lease after 4 and 8 parts. The
    // steps that write renew it three times.
    assert!(stock.number("SELECT last_value FROM renewals").await >= 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_cells_and_statements_are_bounded() {
    let stock = Stock::new().await;
    stock.named(1).await;
    stock
        .execute(
            "CREATE TABLE inserts (row_count bigint, text_bytes bigint);
             CREATE FUNCTION record_insert() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 INSERT INTO inserts SELECT count(*), sum(octet_length(array_to_string(cells, ''))) FROM added;
                 RETURN NULL;
             END $$;
             CREATE TRIGGER recording AFTER INSERT ON import_rows REFERENCING NEW TABLE AS added
                 FOR EACH STATEMENT EXECUTE FUNCTION record_insert()",
        )
        .await;
    let long = "é".repeat(40_000);
    let rows: String = (0..100).map(|_| format!("S-1,dear,{long}\n")).collect();
    let import = judged(&stock.engine, &format!("sku,price,remark\n{rows}")).await;
    assert_eq!(import.counts.errors, 100);
    let page = super::rows(&stock.engine, &import, ImportRowFilter::Errors).await;
    for row in &page {
        let bytes: usize = row.cells.iter().map(String::len).sum();
        assert!((60_000..=64 << 10).contains(&bytes), "{bytes}");
        assert_eq!(row.cells[..2], ["S-1", "dear"]);
        assert!(row.cells[2].ends_with('…'));
    }
    assert!(stock.number("SELECT max(text_bytes) FROM inserts").await <= 4 << 20);
    assert!(stock.number("SELECT max(row_count) FROM inserts").await <= 2_000);
    assert!(stock.number("SELECT count(*) FROM inserts").await > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_names_the_earlier_one_of_the_same_file() {
    let stock = Stock::new().await;
    stock.named(1).await;
    let file = "sku,count\nS-1,20\n";
    let cancelled = judged(&stock.engine, file).await;
    stock.engine.import_cancel(&context(), ImportId(cancelled.id)).await.expect("cancelled");
    let first = judged(&stock.engine, file).await;
    assert_eq!(first.applied_before, None);
    applied(&stock.engine, &first).await;
    let second = judged(&stock.engine, file).await;
    assert_eq!(second.applied_before, Some(first.id));
    applied(&stock.engine, &second).await;
    assert_eq!(judged(&stock.engine, file).await.applied_before, Some(second.id));
    assert_eq!(judged(&stock.engine, "sku,count\nS-1,21\n").await.applied_before, None);
    let first = stock.engine.import_get(ImportId(first.id)).await.expect("an import");
    assert_eq!(first.applied_before, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_imports_disappear_at_once_and_are_emptied_in_steps() {
    let stock = Stock::new().await;
    stock.named(1).await;
    let import = judged(&stock.engine, "sku,name\nS-1,Pan\n").await;
    let id = ImportId(import.id);
    stock
        .execute(
            "INSERT INTO import_choices VALUES ('old', '{}', now() - interval '366 days'), ('new', '{}', now())",
        )
        .await;
    // The step that marks an import comes before those that delete its rows.
    stock.execute("UPDATE imports SET is_deleted = true").await;
    assert_eq!(stock.engine.import_rows(id, ImportRowFilter::All, 0, 10).await, Ok(vec![]));
    assert_eq!(stock.engine.import_file_part(id, 0).await, Ok(None));
    stock.execute("UPDATE imports SET is_deleted = false, created_at = now() - interval '31 days'").await;
    let other = stock.another().await;
    let emptied = async {
        while stock.number("SELECT count(*) FROM imports WHERE is_emptied").await == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(WORK_MAX, emptied).await.expect("emptied");
    let found = other.import_get(id).await.expect("an import");
    assert_eq!((found.is_deleted, found.state), (true, ImportState::Cancelled));
    let left = "SELECT (SELECT count(*) FROM import_rows) + (SELECT count(*) FROM import_claims)
                     + (SELECT count(*) FROM import_levels) + (SELECT count(*) FROM import_chunks)";
    assert_eq!(stock.number(left).await, 0);
    assert_eq!(stock.number("SELECT count(*) FROM import_choices").await, 1);
}
