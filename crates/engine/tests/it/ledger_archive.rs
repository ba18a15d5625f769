//! Archives of movements: the checkpoints keep every sum exact, also while others write, and after each failure.

use crate::conditions::condition;
use crate::conversions::{convert_blocks, hold};
use crate::shipping::{all_of, back, part_of};
use crate::*;
use domain::{ArchiveKind, Condition, ConditionChange, Error as Rejection, LedgerCursor, Origin, Time};
use engine::{ArchiveError, ArchiveRows, ArchiveWriter, Error};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use store::{ArchivePart, NextArchivePart, Store};

/// The deadline of the task that writes signals: movements are archived after it has read them.
const SIGNALS_DEADLINE: Duration = Duration::from_secs(30);

/// A writer that keeps the rows in memory.
#[derive(Default)]
struct Memory {
    parts: Mutex<Vec<ArchiveRows>>,
    fails: AtomicBool,
}

impl ArchiveWriter for Memory {
    fn write(&self, rows: &ArchiveRows) -> Result<(), String> {
        if self.fails.load(Ordering::Relaxed) {
            return Err("the disk is full".to_owned());
        }
        self.parts.lock().expect("no panic").push(rows.clone());
        Ok(())
    }
}

impl Stock {
    /// Makes all movements 60 days older, after their signals are written: a signal depends on the times of its movements.
    async fn age_ledger(&self) {
        self.signals_written().await;
        let age = "SET session_replication_role = replica;
                   UPDATE stock_movements SET created_at = created_at - interval '60 days';
                   RESET session_replication_role";
        sqlx::raw_sql(age).execute(&self.pool).await.expect("older movements");
    }

    async fn store(&self) -> Store {
        Store::connect(store::Settings::new(&self.url)).await.expect("a connection")
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.expect("a count")
    }

    /// Waits until the signals of all movements are written.
    async fn signals_written(&self) {
        let waiting =
            "SELECT count(*) FROM stock_movements WHERE id > (SELECT position FROM signal_position)";
        let deadline = tokio::time::Instant::now() + SIGNALS_DEADLINE;
        while self.count(waiting).await > 0 {
            assert!(tokio::time::Instant::now() < deadline, "the signals are not written");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Archives all movements that are old, in parts of `limit`, and returns the number of parts.
    async fn archive(&self, store: &Store, limit: i64) -> usize {
        self.signals_written().await;
        let mut parts = 0;
        while let Some(part) = next(store, limit).await {
            part.delete(&Origin::SYSTEM).await.expect("archived");
            parts += 1;
        }
        parts
    }
}

fn before() -> Time {
    Time::from(std::time::SystemTime::now()) - Duration::from_secs(40 * 24 * 3_600)
}

/// Returns the next part. A part that was dropped keeps its lock until the pool has rolled it back.
async fn next(store: &Store, limit: i64) -> Option<ArchivePart> {
    loop {
        match store.archive_next(ArchiveKind::Movements, before(), limit).await.expect("an answer") {
            NextArchivePart::None => return None,
            NextArchivePart::Busy => tokio::task::yield_now().await,
            NextArchivePart::Part(part) => return Some(part),
        }
    }
}

/// Blocks and orders in every state, whose movements are then archived in parts of three, so that most are archived in part.
#[tokio::test]
async fn every_sum_stays_exact_after_each_part() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (one, two) = (stock.item(100).await, stock.item(100).await);
    let held = hold(engine, one, 3).await;
    let sold = hold(engine, one, 4).await;
    engine.block_confirm(&context(), sold, Some(units(3))).await.expect("confirmed");
    let shipped = hold(engine, one, 5).await;
    engine.block_confirm(&context(), shipped, None).await.expect("confirmed");
    engine.block_ship(&context(), shipped).await.expect("shipped");
    let released = hold(engine, two, 6).await;
    engine.block_release(&context(), released).await.expect("released");
    let parts = [hold(engine, one, 1).await, hold(engine, two, 2).await];
    let converted = convert_blocks(engine, &parts).await.expect("converted");
    let order = stock.allocated(&[(one, 4), (two, 5)]).await;
    engine.order_ship(&context(), &part_of(order, one, 3)).await.expect("shipped");
    engine.order_return(&context(), &back(order, one, 2, Some(Condition::Damaged))).await.expect("returned");
    let cancelled = stock.allocated(&[(two, 7)]).await;
    engine.order_cancel(&context(), cancelled).await.expect("cancelled");
    for change in [
        ConditionChange::SetAside(Condition::Quarantine),
        ConditionChange::Reclassify(Condition::Damaged),
        ConditionChange::Dispose(Condition::Damaged),
    ] {
        engine.stock_change_condition(&context(), condition(two, 2, change)).await.expect("changed");
    }
    stock.age_ledger().await;
    stock.assert_reconciled().await;

    let store = stock.store().await;
    stock.signals_written().await;
    let mut rows = 0;
    while let Some(part) = next(&store, 3).await {
        rows += part.rows.len();
        part.delete(&Origin::SYSTEM).await.expect("archived");
        stock.assert_reconciled().await;
    }
    assert!(rows > 20, "{rows}");
    assert_eq!(stock.count("SELECT count(*) FROM stock_movements").await, 0);
    let blocks = stock.count("SELECT count(*) FROM ledger_holders WHERE holder = 'block'").await;
    assert_eq!(
        blocks,
        stock.count("SELECT count(*) FROM block_inventory").await,
        "ended blocks have no sums"
    );

    // The blocks and orders go on, and end in the next archive.
    engine.block_release(&context(), held).await.expect("released");
    engine.block_ship(&context(), sold).await.expect("shipped");
    engine.order_ship(&context(), &all_of(order)).await.expect("shipped");
    engine.order_return(&context(), &back(order, two, 1, None)).await.expect("returned");
    engine.order_cancel(&context(), converted.id).await.expect("cancelled");
    stock.assert_reconciled().await;
    stock.age_ledger().await;
    assert!(stock.archive(&store, 4).await > 1);
    stock.assert_reconciled().await;
    assert_eq!(stock.shelf(one).await.on_hand(), 100 - 5 - 3 - 4 + 2);

    // Damage is found as before.
    let damage = format!(
        "SET session_replication_role = replica; DELETE FROM block_inventory WHERE id = {};
         UPDATE order_allocations SET returned = 0 WHERE order_id = {} AND item_id = {}",
        sold.0, order.0, one.0
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(damage)).execute(&stock.pool).await.expect("damaged");
    let mut audit = store::Audit::connect(&store::Settings::new(&stock.url)).await.expect("a connection");
    let found = audit.items(i64::MIN, i64::MAX).await.expect("an answer");
    let found: Vec<_> = found.iter().map(|found| (found.kind, found.found, found.expected)).collect();
    use store::DiscrepancyKind::{Block, Return, Shipment};
    assert!(found.contains(&(Block, 0, 3)) && found.contains(&(Shipment, 0, 3)), "{found:?}");
    assert!(found.contains(&(Return, 0, 2)), "{found:?}");
}

/// Two sessions archive while two servers place, confirm and release blocks of the same items.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_races_with_writers_and_with_another_archive() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = [stock.item(1_000).await, stock.item(1_000).await];
    for turn in 0..60 {
        let id = hold(&stock.engine, items[turn % 2], 2).await;
        match turn % 3 {
            0 => drop(stock.engine.block_release(&context(), id).await.expect("released")),
            1 => drop(stock.engine.block_confirm(&context(), id, None).await.expect("confirmed")),
            _ => {}
        }
    }
    stock.age_ledger().await;
    stock.signals_written().await;
    let old = stock.count("SELECT count(*) FROM stock_movements").await;
    let write = async |engine: &Engine| {
        for turn in 0..80 {
            let id = hold(engine, items[turn % 2], 1).await;
            match turn % 3 {
                0 => drop(engine.block_release(&context(), id).await.expect("released")),
                1 => drop(engine.block_confirm(&context(), id, None).await.expect("confirmed")),
                _ => {}
            }
        }
    };
    let archive = async |store: Store| {
        let mut rows = 0;
        loop {
            match store.archive_next(ArchiveKind::Movements, before(), 5).await.expect("an answer") {
                NextArchivePart::None => return rows,
                NextArchivePart::Busy => tokio::task::yield_now().await,
                NextArchivePart::Part(part) => {
                    let count = part.rows.len() as i64;
                    part.delete(&Origin::SYSTEM).await.expect("archived");
                    rows += count;
                }
            }
        }
    };
    let (one, two) = (stock.store().await, stock.store().await);
    let (_, _, one, two) = tokio::join!(write(&stock.engine), write(&other), archive(one), archive(two));
    assert_eq!(one + two, old, "each movement is archived once");
    assert_eq!(stock.count("SELECT sum(movements)::bigint FROM ledger_checkpoints").await, old);
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// A reader at the oldest cursor races with an archive of one movement per part: it receives the next movement or an error.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_races_with_an_archive_misses_no_movement() {
    let stock = Stock::new().await;
    let item = stock.item(1_000).await;
    for _ in 0..60 {
        hold(&stock.engine, item, 1).await;
    }
    stock.age_ledger().await;
    stock.signals_written().await;
    let query = "SELECT id FROM stock_movements ORDER BY id";
    let ids: Vec<i64> = sqlx::query_scalar(query).fetch_all(&stock.pool).await.expect("the ids");
    let (store, reader) = (stock.store().await, stock.store().await);
    let is_archived = AtomicBool::new(false);
    let archive = async {
        while let Some(part) = next(&store, 1).await {
            part.delete(&Origin::SYSTEM).await.expect("archived");
        }
        is_archived.store(true, Ordering::Relaxed);
    };
    let read = async {
        let mut cursor = LedgerCursor::START;
        while !is_archived.load(Ordering::Relaxed) {
            match reader.events_after(&cursor, 10).await {
                Ok(page) => {
                    let wanted = ids.iter().find(|id| **id > cursor.position);
                    assert_eq!(
                        page.events.first().map(|event| &event.id),
                        wanted,
                        "after {}",
                        cursor.position
                    );
                }
                Err(store::Error::Rejected(Rejection::CursorArchived { oldest })) => cursor = oldest,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::join!(archive, read);
}

#[tokio::test]
async fn a_failure_between_file_and_deletion_loses_nothing() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    hold(&stock.engine, item, 2).await;
    stock.age_ledger().await;
    stock.signals_written().await;
    let memory = Arc::new(Memory::default());
    let writer: Arc<dyn ArchiveWriter> = memory.clone();
    let archive =
        async |before| stock.engine.archive(&Origin::SYSTEM, ArchiveKind::Movements, before, &writer).await;

    memory.fails.store(true, Ordering::Relaxed);
    assert_eq!(archive(before()).await, Err(ArchiveError::Files("the disk is full".to_owned())));
    assert_eq!(stock.count("SELECT count(*) FROM stock_movements").await, 2);
    memory.fails.store(false, Ordering::Relaxed);

    // The session of the archive ends after the file is written.
    let store = stock.store().await;
    let part = next(&store, 10).await.expect("a part");
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()";
    assert_eq!(stock.count(kill).await, 1);
    assert!(part.delete(&Origin::SYSTEM).await.is_err());
    assert_eq!(stock.count("SELECT count(*) FROM ledger_checkpoints").await, 0);

    // The server stops after the file is written.
    let part = next(&stock.store().await, 10).await.expect("the same part");
    assert_eq!((part.after, part.rows.len()), (0, 2));
    drop(part);

    let archived = loop {
        match archive(before()).await {
            // The pool has not rolled the part back yet.
            Err(ArchiveError::Busy(_)) => tokio::task::yield_now().await,
            archived => break archived.expect("archived"),
        }
    };
    assert_eq!((archived.files, archived.rows), (1, 2));
    assert_eq!(memory.parts.lock().expect("no panic").len(), 1);
    assert_eq!(archive(before()).await.expect("nothing").rows, 0);
    let late = archive(Time::from(std::time::SystemTime::now())).await;
    let is_late = |error: &ArchiveError| {
        matches!(error, ArchiveError::Engine(Error::Rejected(Rejection::Invalid { field: "before", .. })))
    };
    assert!(late.as_ref().is_err_and(is_late), "{late:?}");
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn cursors_before_archived_movements_name_the_oldest_one() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    stock.age_ledger().await;
    let store = stock.store().await;
    let first = store.events_after(&LedgerCursor::START, 1).await.expect("a page").cursor;
    hold(&stock.engine, item, 1).await;
    stock.age_ledger().await;
    // Movements are older now, so this is the first cursor that stays valid.
    let page = store.events_after(&LedgerCursor::START, 10).await.expect("a page");
    let at_the_end = page.cursor;
    assert!(stock.archive(&store, 10).await > 0);
    hold(&stock.engine, item, 2).await;

    let events = async |after: &LedgerCursor| {
        let page = stock.engine.events(&context(), Some(after.clone()), 10, Duration::ZERO).await;
        page.map(|page| page.events.iter().map(|event| event.change).collect::<Vec<_>>())
    };
    let archived = async |after: &LedgerCursor| match events(after).await {
        Err(Error::Rejected(Rejection::CursorArchived { oldest })) => oldest,
        other => panic!("{other:?}"),
    };
    let oldest = archived(&LedgerCursor::START).await;
    assert_eq!(archived(&first).await, oldest);
    assert_eq!(events(&oldest).await, Ok(vec![-2]));
    assert_eq!(
        events(&at_the_end).await,
        Ok(vec![-2]),
        "its last movement is archived, and its fingerprint is the same"
    );
    let foreign = LedgerCursor { fingerprint: Some("0123456789abcdef".to_owned()), ..oldest.clone() };
    assert_eq!(events(&foreign).await, Err(Error::Rejected(Rejection::CursorUnknown)));

    // A replay since a time that the ledger has begins at the oldest cursor, an earlier one is rejected.
    let replayed = store.cursor_before(before()).await.expect("a cursor");
    assert_eq!(replayed, oldest);
    let earlier = store.cursor_before(before() - Duration::from_secs(400 * 24 * 3_600)).await;
    assert!(matches!(earlier, Err(store::Error::Rejected(Rejection::CursorArchived { .. }))), "{earlier:?}");

    // The history of the item begins where the ledger does.
    let history = stock
        .engine
        .item_history(&context(), item, Some(domain::HISTORY_HOURS_MAX))
        .await
        .expect("a history");
    let archive = store.archive_position(ArchiveKind::Movements).await.expect("a position");
    assert_eq!(Some(history.output.since), archive.until);
    assert_eq!(history.output.points.first().map(|(_, units)| *units), Some(8));
}
