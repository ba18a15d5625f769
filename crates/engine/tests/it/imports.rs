//! Imports on a real PostgreSQL: judgement, application, conflicts, leases and races.

mod application;
mod choices;
mod failures;
mod files;
mod levels;

use crate::*;
use domain::{
    AllowedWarehouses, ImportId, ImportState, Note, Permission, Permissions, RowAction, RowOutcome, Sku,
    StockAdjustment,
};
use engine::{Error, Import, ImportRow, ImportRowFilter};
use futures::future::join_all;
use spreadsheet::{Choices, Field, FileKind};

/// The time for the work of an import in a test.
const WORK_MAX: Duration = Duration::from_secs(60);

async fn upload(engine: &Engine, file: &str, choices: &Choices) -> ImportId {
    let mut upload = engine.import_upload(&context(), "stock.csv", choices).await.expect("an upload");
    for part in file.as_bytes().chunks(1_000) {
        upload.push(part).await.expect("stored");
    }
    ImportId(upload.finish().await.expect("uploaded").id)
}

/// Waits until no server works on the import.
async fn settled(engine: &Engine, import: ImportId) -> Import {
    let waiting = async {
        loop {
            let found = engine.import_get(import).await.expect("an import");
            if !found.state.is_running() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(WORK_MAX, waiting).await.expect("the work ends")
}

pub(crate) async fn judged(engine: &Engine, file: &str) -> Import {
    let import = upload(engine, file, &Choices::default()).await;
    let found = settled(engine, import).await;
    assert_eq!(found.state, ImportState::Judged, "{found:?}");
    found
}

pub(crate) async fn applied(engine: &Engine, import: &Import) -> Import {
    let id = ImportId(import.id);
    engine.import_apply(&context(), id, import.revision).await.expect("started");
    let found = settled(engine, id).await;
    assert_eq!(found.state, ImportState::Applied, "{found:?}");
    found
}

async fn rows(engine: &Engine, import: &Import, filter: ImportRowFilter) -> Vec<ImportRow> {
    engine.import_rows(ImportId(import.id), filter, 0, 200).await.expect("rows")
}

fn codes(rows: &[ImportRow]) -> Vec<(i64, String)> {
    rows.iter()
        .map(|row| {
            let codes: Vec<_> = row.problems.iter().map(|problem| problem.code.as_str()).collect();
            (row.line, codes.join(" "))
        })
        .collect()
}

impl Stock {
    /// Creates items with SKUs S-1 to S-n and 10 units each in the default warehouse, as another application.
    pub(crate) async fn named(&self, count: i64) {
        let sql = "WITH created AS (INSERT INTO items (name, price, sku)
                       SELECT 'Lamp', 1, 'S-' || number FROM generate_series(1, $1) AS number RETURNING id)
                   INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
                   SELECT created.id, warehouses.id, 10 FROM created, warehouses";
        sqlx::query(sql).bind(count).execute(&self.pool).await.expect("items");
    }

    async fn item_of(&self, sku: &str) -> Item {
        let sku = Sku::new(sku).expect("a SKU");
        Item::clone(&*self.engine.item_by_sku(&context(), &sku).await.expect("an item"))
    }

    /// Executes statements of an administrator.
    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.expect("executed");
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.expect("a number")
    }

    async fn count_where(&self, condition: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM items WHERE {condition}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.pool).await.expect("a count")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_items_creates_and_changes_items_once() {
    let stock = Stock::new().await;
    stock.named(3).await;
    let file = "SKU;Name;Price;Barcodes\r\n\
                s-1;Lamp;1,00;\r\n\
                S-2;Kettle;24,90;4006381333931\r\n\
                N-1;Pan;12,50;\r\n\
                N-1;Pan again;12,50;\r\n\
                N-2;Pot;dear;\r\n\
                N-3;Lid;3,00;4006381333931\r\n\
                N-4;;;\r\n";
    let import = judged(&stock.engine, file).await;
    let layout = import.layout.as_ref().expect("a layout");
    assert_eq!((layout.kind, layout.delimiter.byte()), (Some(FileKind::Items), b';'));
    let counts = import.counts;
    assert_eq!(
        (counts.rows, counts.creates, counts.changes, counts.unchanged, counts.errors),
        (7, 1, 1, 1, 4)
    );
    let errors = rows(&stock.engine, &import, ImportRowFilter::Errors).await;
    let expected = [(5, "row_repeated"), (6, "not_a_number"), (7, "row_repeated"), (8, "details_missing")];
    assert_eq!(codes(&errors), expected.map(|(line, code)| (line, code.to_owned())));
    let all = rows(&stock.engine, &import, ImportRowFilter::All).await;
    assert_eq!(all[1].action, Some(RowAction::Change));
    assert_eq!(all[1].before["name"].as_deref(), Some("Lamp"));
    assert_eq!(all[1].values["price"].as_deref(), Some("24.90"));

    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.conflicts, done.counts.refused), (2, 0, 0));
    assert_eq!(stock.item_of("S-2").await.name, "Kettle");
    assert_eq!(stock.item_of("n-1").await.name, "Pan");
    assert_eq!(stock.item_of("S-2").await.quantity, 10);
    let again = applied(&stock.engine, &import).await;
    assert_eq!(again.counts, done.counts);
    let repeated = judged(&stock.engine, file).await;
    assert_eq!((repeated.counts.creates, repeated.counts.changes, repeated.counts.unchanged), (0, 0, 3));
    assert_eq!(stock.count_where("true").await, 4);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_whose_values_were_changed_after_the_preview_is_a_conflict() {
    let stock = Stock::new().await;
    stock.named(4).await;
    let import = judged(&stock.engine, "sku,count\nS-1,20\nS-2,20\nS-3,20\nS-4,20\n").await;
    assert_eq!((import.counts.changes, import.counts.units_added), (4, 40));
    // Held units are on the shelf: a count is of them too.
    let held = stock.item_of("S-1").await.id;
    stock.engine.block_place(&context(), block(held, 3)).await.expect("placed");
    let note = Note::new("found").expect("a note");
    let received = StockAdjustment::new(stock.item_of("S-2").await.id, None, 1, note).expect("an adjustment");
    stock.engine.stock_adjust(&context(), received).await.expect("received");
    sqlx::query("UPDATE items SET sku = 'X-3' WHERE sku = 'S-3'")
        .execute(&stock.pool)
        .await
        .expect("renamed");
    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.conflicts, done.counts.refused), (2, 2, 0));
    let left = rows(&stock.engine, &done, ImportRowFilter::NotApplied).await;
    let reasons: Vec<_> = left
        .iter()
        .map(|row| (row.line, row.outcome, row.reason.as_ref().expect("a reason").code.as_str()))
        .collect();
    assert_eq!(
        reasons,
        [(3, Some(RowOutcome::Conflict), "stock_mismatch"), (4, Some(RowOutcome::Conflict), "keys_changed")]
    );
    assert_eq!(stock.item_of("S-1").await.quantity, 17);
    assert_eq!(stock.item_of("S-2").await.quantity, 11);
    assert_eq!(stock.item_of("X-3").await.quantity, 10);

    let import = judged(&stock.engine, "sku,name\nS-1,Kettle\nS-2,Pan\n").await;
    sqlx::query("UPDATE items SET name = 'Pot' WHERE sku = 'S-2'")
        .execute(&stock.pool)
        .await
        .expect("renamed");
    let done = applied(&stock.engine, &import).await;
    assert_eq!((done.counts.applied, done.counts.conflicts), (1, 1));
    assert_eq!(stock.item_of("S-2").await.name, "Pot");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_chooses_the_use_of_a_column_and_files_with_the_same_columns_keep_it() {
    let stock = Stock::new().await;
    stock.named(2).await;
    let file = "Artikelnummer;Bestand\nS-1;5\nS-2;12\n";
    let import = upload(&stock.engine, file, &Choices::default()).await;
    let undecided = settled(&stock.engine, import).await;
    assert_eq!(undecided.state, ImportState::Undecided);
    assert_eq!(undecided.problems[0].code, "quantity_not_chosen");
    let apply = stock.engine.import_apply(&context(), import, undecided.revision).await;
    assert!(matches!(apply, Err(Error::Rejected(domain::Error::ImportState { .. }))), "{apply:?}");

    let choose = |field| Choices { columns: vec![(1, Some(field))], ..Choices::default() };
    stock.engine.import_choose(&context(), import, &choose(Field::Change)).await.expect("chosen");
    let found = settled(&stock.engine, import).await;
    assert_eq!((found.state, found.counts.units_added), (ImportState::Judged, 17));
    stock.engine.import_choose(&context(), import, &choose(Field::Count)).await.expect("chosen");
    let found = settled(&stock.engine, import).await;
    assert_eq!((found.counts.units_added, found.counts.units_removed, found.counts.rows), (2, 5, 2));
    let outdated = stock.engine.import_apply(&context(), import, found.revision - 1).await;
    assert!(matches!(outdated, Err(Error::Rejected(domain::Error::ImportState { .. }))), "{outdated:?}");
    applied(&stock.engine, &found).await;
    assert_eq!(stock.item_of("S-1").await.quantity, 5);

    let next = judged(&stock.engine, "Artikelnummer;Bestand\nS-1;7\n").await;
    assert_eq!(next.choices.columns, [(1, Some(Field::Count))]);
    let chosen = stock.engine.import_choose(&context(), import, &choose(Field::Change)).await;
    assert!(matches!(chosen, Err(Error::Rejected(domain::Error::ImportState { .. }))), "{chosen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cant_be_imported_fails_with_the_reason() {
    let (_, url) = store::testing::store().await;
    let store = store::Store::connect(store::Settings::new(&url)).await.expect("a connection");
    let settings = Settings { import_bytes_max: 100, import_rows_max: 3, ..Settings::default() };
    let engine = Engine::start(store, settings).await.expect("an engine");
    for (file, code) in [
        ("", "file_empty"),
        ("PK\u{3}\u{4}xlsx", "file_is_workbook"),
        ("sku,count\nA,1\nB,1\nC,1\nD,1\n", "too_many_rows"),
    ] {
        let import = upload(&engine, file, &Choices::default()).await;
        let failed = settled(&engine, import).await;
        assert_eq!((failed.state, failed.problems[0].code.as_str()), (ImportState::Failed, code));
    }
    let mut upload = engine.import_upload(&context(), "a.csv", &Choices::default()).await.expect("an upload");
    let too_large = upload.push(&[b'a'; 101]).await;
    assert_eq!(too_large, Err(Error::Rejected(domain::Error::ImportFileTooLarge { max: 100 })));
    upload.abort().await;
    let latest = engine.import_list(None, 1).await.expect("imports");
    assert_eq!(latest[0].state, ImportState::Cancelled);
    let missing = engine.import_get(ImportId(i64::MAX)).await;
    assert_eq!(missing, Err(Error::Rejected(domain::Error::ImportNotFound(ImportId(i64::MAX)))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_has_the_rights_of_its_caller() {
    let stock = Stock::new().await;
    stock.named(2).await;
    let main = main_warehouse(&stock.engine).await;
    let import = judged(&stock.engine, "sku,change\nS-1,-6\nS-2,5\n").await;
    let id = ImportId(import.id);
    let reader = Context { permissions: Permissions::of(&[Permission::ImportItems]), ..context() };
    let forbidden = stock.engine.import_apply(&reader, id, import.revision).await;
    assert!(matches!(forbidden, Err(Error::Rejected(domain::Error::Forbidden { .. }))), "{forbidden:?}");
    // Another warehouse alone: every row is refused.
    let other = AllowedWarehouses::only(vec![WarehouseId(main.0 + 1)]).expect("warehouses");
    let limited = Context { warehouses: other, ..context() };
    stock.engine.import_apply(&limited, id, import.revision).await.expect("started");
    let done = settled(&stock.engine, id).await;
    assert_eq!((done.counts.applied, done.counts.refused), (0, 2));
    let left = rows(&stock.engine, &done, ImportRowFilter::NotApplied).await;
    assert!(left.iter().all(|row| row.reason.as_ref().expect("a reason").code == "forbidden"), "{left:?}");
    let items = judged(&stock.engine, "sku,name\nS-1,Pan\n").await;
    let limited = stock.engine.import_apply(&limited, ImportId(items.id), items.revision).await;
    assert!(
        matches!(limited, Err(Error::Rejected(domain::Error::AllWarehousesForbidden { .. }))),
        "{limited:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_stop_leave_each_row_to_be_applied_once() {
    let stock = Stock::new().await;
    stock.named(3_000).await;
    let rows: String = (1..=3_000).map(|number| format!("S-{number},2\n")).collect();
    let import = upload(&stock.engine, &format!("sku,change\n{rows}"), &Choices::default()).await;
    let (mut engines, mut is_applying) = (1, false);
    let mut engine = stock.engine.clone();
    loop {
        tokio::time::sleep(Duration::from_millis(150)).await;
        engine.stop().await;
        engine = stock.another().await;
        engines += 1;
        let found = engine.import_get(import).await.expect("an import");
        match found.state {
            ImportState::Judged if !is_applying => {
                engine.import_apply(&context(), import, found.revision).await.expect("started");
                is_applying = true;
            }
            ImportState::Applied => break,
            _ => {}
        }
        assert!(engines < 200, "{found:?}");
    }
    let done = engine.import_get(import).await.expect("an import");
    assert_eq!((done.counts.rows, done.counts.applied, done.counts.errors), (3_000, 3_000, 0));
    assert_eq!(stock.count_where("quantity = 12").await, 3_000);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_counts_and_buyers_end_at_a_counted_number_less_the_held_units() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    stock.named(300).await;
    let file = |units: i64| -> String {
        let rows: String = (1..=300).map(|number| format!("S-{number},{units}\n")).collect();
        format!("sku,count\n{rows}")
    };
    let (few, many) = (judged(&stock.engine, &file(50)).await, judged(&other, &file(90)).await);
    let items: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM items ORDER BY id").fetch_all(&stock.pool).await.expect("items");
    let buyers = (0..4).map(|buyer| {
        let (engine, items) =
            (if buyer % 2 == 0 { stock.engine.clone() } else { other.clone() }, items.clone());
        tokio::spawn(async move {
            for item in items {
                let placed = engine.block_place(&context(), block(ItemId(item), 2)).await;
                assert!(placed.is_ok(), "{placed:?}");
            }
        })
    });
    let buyers: Vec<_> = buyers.collect();
    let (few, many) = tokio::join!(applied(&stock.engine, &few), applied(&other, &many));
    for bought in join_all(buyers).await {
        bought.expect("bought");
    }
    assert_eq!(few.counts.applied + many.counts.applied, 300);
    assert_eq!(few.counts.conflicts + many.counts.conflicts, 300);
    assert_eq!(stock.count_where("quantity IN (42, 82)").await, 300);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_of_several_servers_are_each_worked_on_by_one() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    stock.named(400).await;
    let rows: String = (1..=400).rev().map(|number| format!("S-{number},1\n")).collect();
    let file = format!("sku,change\n{rows}");
    let imports = join_all((0..4).map(|index| {
        let engine = if index % 2 == 0 { &stock.engine } else { &other };
        let file = &file;
        async move { judged(engine, file).await }
    }));
    let done = join_all(imports.await.iter().map(|import| applied(&other, import))).await;
    assert!(done.iter().all(|import| import.counts.applied == 400), "{done:?}");
    assert_eq!(stock.count_where("quantity = 14").await, 400);
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_level_delays_its_row_alone() {
    let stock = Stock::new().await;
    stock.named(40).await;
    let rows: String = (1..=40).map(|number| format!("S-{number},1\n")).collect();
    let import = judged(&stock.engine, &format!("sku,change\n{rows}")).await;
    let external = stock.lock_levels(stock.item_of("S-7").await.id).await;
    let id = ImportId(import.id);
    stock.engine.import_apply(&context(), id, import.revision).await.expect("started");
    tokio::time::sleep(Duration::from_millis(500)).await;
    external.rollback().await.expect("unlocked");
    let done = settled(&stock.engine, id).await;
    assert_eq!((done.counts.applied, done.counts.refused), (40, 0));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_keeps_its_applied_rows() {
    let stock = Stock::new().await;
    stock.named(2_000).await;
    let rows: String = (1..=2_000).map(|number| format!("S-{number},1\n")).collect();
    let import = judged(&stock.engine, &format!("sku,change\n{rows}")).await;
    let id = ImportId(import.id);
    stock.engine.import_apply(&context(), id, import.revision).await.expect("started");
    let cancelled = stock.engine.import_cancel(&context(), id).await.expect("cancelled");
    assert_eq!(cancelled.state, ImportState::Cancelled);
    let again = stock.engine.import_cancel(&context(), id).await;
    assert!(matches!(again, Err(Error::Rejected(domain::Error::ImportState { .. }))), "{again:?}");
    // The chunk that held the import's lock is committed before the cancellation.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let found = stock.engine.import_get(id).await.expect("an import");
    assert_eq!(stock.count_where("quantity = 11").await, found.counts.applied);
    assert!(found.counts.applied < 2_000, "{found:?}");
    let events = "SELECT array_agg(kind ORDER BY id) FROM audit_events WHERE subject = 'import:' || $1";
    let kinds: Vec<String> =
        sqlx::query_scalar(events).bind(id.0).fetch_one(&stock.pool).await.expect("events");
    assert_eq!(kinds, ["import.created", "import.applied", "import.cancelled"]);
}
