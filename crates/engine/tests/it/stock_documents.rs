//! Stock documents on a real PostgreSQL: counts under lock, chunks, idempotency keys and races.

use crate::*;
use domain::{CountBasis, LevelChange, LevelTarget, Sku, StockDocument, WarehouseCode};
use engine::{DocumentLine, DocumentOutcome, Error, Idempotency, LineState};

fn line(item: ItemId, target: LevelTarget) -> LevelChange {
    LevelChange {
        item,
        sku: None,
        warehouse: None,
        target,
        note: "count".to_owned(),
        write_off_units_max: None,
    }
}

fn count(units: i64, expected: Option<i64>) -> LevelTarget {
    let units_of = |units| Units::new(units).expect("units");
    LevelTarget::Set { units: units_of(units), expected: expected.map(units_of), basis: CountBasis::OnHand }
}

async fn send(engine: &Engine, context: &Context, lines: Vec<LevelChange>, atomic: bool) -> DocumentOutcome {
    let document = StockDocument::new(lines, atomic).expect("a document");
    engine.stock_document(context, document).await.fresh().expect("an outcome")
}

fn states(outcome: &DocumentOutcome) -> Vec<LineState> {
    outcome.lines.iter().map(DocumentLine::state).collect()
}

fn keyed(key: &str) -> Context {
    context().with_idempotency(Idempotency { key: key.into(), fingerprint: key.as_bytes().into() })
}

impl Stock {
    /// Creates items with 10 units each, as another application.
    async fn many(&self, count: i64) -> Vec<ItemId> {
        let sql =
            "WITH created AS (INSERT INTO items (name, price) SELECT 'Lamp', 1 FROM generate_series(1, $1)
                                    RETURNING id)
                   INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
                   SELECT created.id, warehouses.id, 10 FROM created, warehouses RETURNING product_id";
        let ids: Vec<i64> = sqlx::query_scalar(sql).bind(count).fetch_all(&self.pool).await.expect("items");
        ids.into_iter().map(ItemId).collect()
    }

    async fn movements(&self) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM stock_movements");
        count.fetch_one(&self.pool).await.expect("a count")
    }

    async fn levels_with(&self, units: i32) -> i64 {
        let count =
            sqlx::query_scalar("SELECT count(*) FROM inventory WHERE stock_quantity = $1").bind(units);
        count.fetch_one(&self.pool).await.expect("a count")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_chunks_has_a_result_for_each_line() {
    let stock = Stock::new().await;
    let items = stock.many(600).await;
    stock.engine.block_place(&context(), block(items[0], 4)).await.expect("placed");
    let mut lines: Vec<_> = items.iter().map(|item| line(*item, count(25, None))).collect();
    lines[1].target = count(10, Some(10));
    lines[2].target = count(25, Some(9));
    lines.push(line(ItemId(999_999), LevelTarget::Change(1)));
    lines.push(line(items[0], LevelTarget::Change(1)));
    let document = StockDocument::new(lines.clone(), false).expect("a document");
    let twice = stock.engine.stock_document(&context(), document).await;
    assert!(
        matches!(twice, Err(Error::Rejected(domain::Error::Invalid { field: "changes", .. }))),
        "{twice:?}"
    );
    lines.pop();

    let outcome = send(&stock.engine, &context(), lines.clone(), false).await;
    let refused = |error| DocumentLine::Refused(error);
    let warehouse = main_warehouse(&stock.engine).await;
    let mismatch = domain::Error::StockMismatch { item: items[2], warehouse, expected: 9, present: 10 };
    assert_eq!(outcome.lines[1].state(), LineState::Unchanged);
    assert_eq!(outcome.lines[2], refused(mismatch));
    assert_eq!(outcome.lines[600], refused(domain::Error::ItemNotFound(ItemId(999_999))));
    let changed = outcome.lines.iter().filter(|line| line.state() == LineState::Changed).count();
    assert_eq!(changed, 598);
    assert_eq!((stock.quantity(items[0]).await, stock.quantity(items[599]).await), (21, 25), "4 are held");

    let before = stock.movements().await;
    lines.truncate(600);
    lines[2].target = count(10, None);
    let again = send(&stock.engine, &context(), lines, false).await;
    assert!(again.lines.iter().all(|line| line.state() == LineState::Unchanged), "{:?}", states(&again));
    assert_eq!(stock.movements().await, before, "unchanged levels have no movement");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_document_is_applied_as_a_whole_or_refused_as_a_whole() {
    let stock = Stock::new().await;
    let items = stock.many(300).await;
    let mut lines: Vec<_> = items.iter().map(|item| line(*item, LevelTarget::Change(1))).collect();
    lines.push(line(items[7], LevelTarget::Change(-50)));
    let refused = send(&stock.engine, &context(), lines.clone(), true).await;
    assert!(refused.is_refused());
    assert_eq!(states(&refused).iter().filter(|state| **state == LineState::Refused).count(), 1);
    assert_eq!(stock.levels_with(10).await, 300, "nothing changed");
    lines.pop();
    let applied = send(&stock.engine, &context(), lines.clone(), true).await;
    assert!(!applied.is_refused());
    assert_eq!(stock.levels_with(11).await, 300);

    let document = || StockDocument::new(lines.clone(), true).expect("a document");
    let first = stock.engine.stock_document(&keyed("k"), document()).await.expect("applied");
    let again = stock.engine.stock_document(&keyed("k"), document()).await.expect("a stored response");
    assert!(matches!((&first, &again), (Response::Stored(one), Response::Stored(other)) if one == other));
    assert_eq!(stock.levels_with(12).await, 300, "once");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_locked_rows_fail_and_are_written_once_when_they_are_sent_again() {
    let stock = Stock::new().await;
    let items = stock.many(300).await;
    let lines = || items.iter().map(|item| line(*item, LevelTarget::Change(1))).collect();
    let external = stock.lock_levels(items[100]).await;
    let outcome = send(&stock.engine, &keyed("k"), lines(), false).await;
    let failed: Vec<_> =
        (0..300).filter(|index| outcome.lines[*index].state() == LineState::Failed).collect();
    assert_eq!(failed, [100]);
    assert_eq!(stock.levels_with(11).await, 299);
    external.rollback().await.expect("rolled back");

    let document = StockDocument::new(lines(), false).expect("a document");
    let again = stock.another().await.stock_document(&keyed("k"), document.clone()).await.expect("applied");
    assert!(matches!(&again, Response::Stored(_)), "all lines are final");
    assert_eq!(stock.levels_with(11).await, 300, "each line once");
    let third = stock.engine.stock_document(&keyed("k"), document).await.expect("a stored response");
    assert_eq!(third, again);
    assert_eq!(stock.levels_with(11).await, 300);
    stock.assert_closed().await;
}

#[test]
fn a_document_whose_server_stops_in_between_is_written_once() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let survivor = runtime();
    let (stock, items) = survivor.block_on(async {
        let stock = Stock::new().await;
        let items = stock.many(2_000).await;
        (stock, items)
    });
    let document = || {
        let lines = items.iter().map(|item| line(*item, LevelTarget::Change(1))).collect();
        StockDocument::new(lines, false).expect("a document")
    };
    let killed = runtime();
    let engine = killed.block_on(stock.another());
    let (sent, key) = (document(), keyed("k"));
    killed.spawn(async move { engine.stock_document(&key, sent).await });
    survivor.block_on(async {
        let begun = std::time::Instant::now();
        while stock.levels_with(11).await < 250 {
            assert!(begun.elapsed() < Duration::from_secs(10), "the first chunk is written");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    killed.shutdown_background();
    survivor.block_on(async {
        let written = stock.levels_with(11).await;
        stock.engine.stock_document(&keyed("k"), document()).await.expect("applied");
        assert_eq!(stock.levels_with(11).await, 2_000, "{written} were written before the stop");
        stock.assert_closed().await;
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn two_counts_and_buyers_end_at_one_count_less_the_blocks_after_it() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = stock.many(40).await;
    let lines = |units| items.iter().map(|item| line(*item, count(units, None))).collect::<Vec<_>>();
    let mut buyers = tokio::task::JoinSet::new();
    for item in items.clone() {
        let engine = stock.engine.clone();
        buyers.spawn(async move {
            for _ in 0..3 {
                // On hand is not changed by blocks, so each count is below or above the same units.
                engine.block_place(&context(), block(item, 1)).await.expect("placed");
            }
        });
    }
    let (key, context_of) = (keyed("one"), context());
    let (one, two) = tokio::join!(
        send(&stock.engine, &context_of, lines(50), false),
        send(&other, &context_of, lines(90), false)
    );
    buyers.join_all().await;
    for outcome in [one, two] {
        assert!(outcome.lines.iter().all(|line| line.state() != LineState::Refused), "{outcome:?}");
    }
    let availability =
        stock.engine.availability(&context(), items.clone(), Vec::new()).await.expect("availability");
    for item in &availability.items {
        let units = item.units();
        assert!([50, 90].contains(&units.on_hand()) && units.held == 3, "{item:?}");
    }
    let expected_by_key = |units| items.iter().map(|item| line(*item, count(units, Some(7)))).collect();
    let document = StockDocument::new(expected_by_key(8), false).expect("a document");
    let (first, second) = tokio::join!(
        stock.engine.stock_document(&key, document.clone()),
        other.stock_document(&key, document)
    );
    assert_eq!(first.expect("stored"), second.expect("stored"), "one response for one key");
    stock.assert_closed().await;
    assert_eq!(stock.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compare_and_set_succeeds_once_in_a_race() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = stock.many(30).await;
    let lines = |units| items.iter().map(|item| line(*item, count(units, Some(10)))).collect::<Vec<_>>();
    let context = context();
    let (one, two) = tokio::join!(
        send(&stock.engine, &context, lines(50), false),
        send(&other, &context, lines(90), true)
    );
    for index in 0..30 {
        let one_changed = one.lines[index].state() == LineState::Changed;
        let two_changed = !two.is_refused() && two.lines[index].state() == LineState::Changed;
        assert!(one_changed != two_changed, "line {index}: {:?} {:?}", one.lines[index], two.lines[index]);
    }
    stock.assert_closed().await;
}

/// A document of one line, which names its item by SKU and its warehouse by code.
async fn send_by_keys(engine: &Engine, code: &str, atomic: bool) -> engine::Result<DocumentOutcome> {
    let sku = Some(Sku::new("Lamp").expect("an SKU"));
    let line = LevelChange { sku, ..line(ItemId(0), LevelTarget::Change(1)) };
    let document = StockDocument::new(vec![line], atomic).expect("a document");
    let codes = [(0, WarehouseCode::new(code).expect("a code"))].into();
    engine.stock_document_by_keys(&context(), document, codes).await.fresh()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_a_document_are_cached_and_read_again_after_a_change() {
    let stock = Stock::new().await;
    let (first, second) = (stock.item(10).await, stock.item(10).await);
    let run = async |sql: &str| {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&stock.pool).await.expect("changed");
    };
    run(&format!("UPDATE items SET sku = 'LAMP' WHERE id = {first}")).await;
    for _ in 0..2 {
        send_by_keys(&stock.engine, "main", false).await.expect("applied");
    }
    assert_eq!((stock.quantity(first).await, stock.quantity(second).await), (12, 10));
    run("UPDATE items SET sku = NULL").await;
    run(&format!("UPDATE items SET sku = 'lamp' WHERE id = {second}")).await;
    for atomic in [false, true] {
        send_by_keys(&stock.engine, "main", atomic).await.expect("applied");
    }
    assert_eq!((stock.quantity(first).await, stock.quantity(second).await), (12, 12));
    run("UPDATE items SET sku = NULL").await;
    let refused = send_by_keys(&stock.engine, "main", false).await.expect("an outcome");
    assert_eq!(refused.lines, [DocumentLine::Refused(domain::Error::SkuNotFound("Lamp".to_owned()))]);
    stock.assert_closed().await;
}

/// A key moves to another item or warehouse while the document waits for the lock of the former level.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_writes_nothing_to_the_former_owner_of_a_key() {
    let stock = Stock::new().await;
    let (first, second) = (stock.item(10).await, stock.item(10).await);
    let run = async |sql: &str| {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&stock.pool).await.expect("changed");
    };
    run(&format!("UPDATE items SET sku = 'LAMP' WHERE id = {first}")).await;
    run("INSERT INTO warehouses (code, name) VALUES ('NORTH', 'North')").await;
    let moves = [
        format!("UPDATE items SET sku = NULL WHERE id = {first}; UPDATE items SET sku = 'LAMP' WHERE id = {second}"),
        "UPDATE warehouses SET code = 'SOUTH' WHERE code = 'MAIN'; UPDATE warehouses SET code = 'MAIN' WHERE code = 'NORTH'".to_owned(),
    ];
    for (owner, (changes, atomic)) in moves.iter().zip([false, true]).enumerate() {
        let item = [first, second][owner];
        let external = stock.lock_levels(item).await;
        let change = async {
            crate::availability::until_waiting(&stock).await;
            for change in changes.split("; ") {
                run(change).await;
            }
            external.rollback().await.expect("unlocked");
        };
        let (sent, ()) = tokio::join!(send_by_keys(&stock.engine, "main", atomic), change);
        match atomic {
            false => assert_eq!(sent.expect("an outcome").lines, [DocumentLine::Failed(Error::Contended)]),
            true => assert_eq!(sent.err(), Some(Error::Contended)),
        }
        assert_eq!((stock.quantity(first).await, stock.quantity(second).await), (10, 10));
    }
    send_by_keys(&stock.engine, "main", true).await.expect("applied");
    assert_eq!((stock.quantity(first).await, stock.quantity(second).await), (10, 11));
    stock.assert_closed().await;
}
