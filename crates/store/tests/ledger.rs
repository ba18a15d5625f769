//! The ledger's low watermark, and cursors into the ledger.

use domain::{Error, LedgerCursor};
use sqlx::{Acquire as _, AssertSqlSafe, Executor as _, PgConnection, PgPool};
use store::Store;

const WRITER_LOCKS: &str = "SELECT count(*) FROM pg_locks
                      WHERE locktype = 'advisory' AND classid::bigint >> 16 = 21332 AND pid = pg_backend_pid()";

/// Returns a store, and a pool of another application.
async fn ledger() -> (Store, PgPool) {
    let (store, url) = store::testing::store().await;
    (store, PgPool::connect(&url).await.expect("a connection"))
}

async fn writer_locks(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar(WRITER_LOCKS).fetch_one(connection).await.expect("a count")
}

/// Inserts one movement with one statement.
async fn write(connection: &mut PgConnection) -> i64 {
    let line =
        "INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'corrected')
                RETURNING id";
    sqlx::query_scalar(line).fetch_one(connection).await.expect("a line")
}

async fn position(store: &Store) -> i64 {
    store.low_watermark().await.expect("a watermark").cursor.position
}

#[tokio::test]
async fn a_transaction_takes_one_writer_lock_for_all_its_statements() {
    let (store, pool) = ledger().await;
    let mut transaction = pool.begin().await.expect("a transaction");
    let before = position(&store).await;
    for _ in 0..100 {
        write(&mut transaction).await;
        // Two statements that write to the ledger's sequence.
        let item = "WITH item AS (INSERT INTO items (name, price) VALUES ('Lamp', 1) RETURNING id)
                    INSERT INTO inventory SELECT id, 1, 5 FROM item";
        transaction.execute(item).await.expect("an item");
    }
    assert_eq!(writer_locks(&mut transaction).await, 1);
    let mut savepoint = transaction.begin().await.expect("a savepoint");
    write(&mut savepoint).await;
    savepoint.commit().await.expect("released");
    assert_eq!(writer_locks(&mut transaction).await, 1);
    assert_eq!(position(&store).await, before);
    transaction.commit().await.expect("committed");
    assert!(position(&store).await > before + 100);
}

/// ROLLBACK TO releases a writer lock that was taken after the savepoint. The next statement must take another one.
#[tokio::test]
async fn after_a_rolled_back_savepoint_the_next_statement_takes_the_lock_again() {
    let (store, pool) = ledger().await;
    let (mut slow, mut quick) = (pool.acquire().await.expect("one"), pool.acquire().await.expect("another"));
    let mut transaction = slow.begin().await.expect("a transaction");
    let mut savepoint = transaction.begin().await.expect("a savepoint");
    write(&mut savepoint).await;
    savepoint.rollback().await.expect("rolled back");
    assert_eq!(writer_locks(&mut transaction).await, 0);
    let passed = write(&mut quick).await;
    assert_eq!(position(&store).await, passed, "nothing is open");
    let caught = "DO $$ BEGIN
                      BEGIN
                          INSERT INTO stock_movements (item_id, warehouse_id, change, reason) VALUES (1, 1, 0, 'moved');
                          RAISE division_by_zero;
                      EXCEPTION WHEN division_by_zero THEN
                      END;
                  END $$";
    transaction.execute(caught).await.expect("caught");
    assert_eq!(writer_locks(&mut transaction).await, 0);
    let open = write(&mut transaction).await;
    assert_eq!(writer_locks(&mut transaction).await, 1);
    let committed = write(&mut quick).await;
    assert!(committed > open);
    assert!(position(&store).await < open, "the movement is not committed");
    transaction.commit().await.expect("committed");
    assert_eq!(position(&store).await, committed);
}

/// The lock is taken even if a session has set the setting by hand, or in an earlier transaction.
#[tokio::test]
async fn a_setting_of_another_transaction_is_ignored() {
    let (store, pool) = ledger().await;
    let mut session = pool.acquire().await.expect("a session");
    for setting in
        ["SET stockhold.low_watermark_held = 'on'", "SET stockhold.low_watermark_held = '1'", "SELECT 1"]
    {
        session.execute(AssertSqlSafe(setting)).await.expect("set");
        let mut transaction = session.begin().await.expect("a transaction");
        let open = write(&mut transaction).await;
        assert_eq!(writer_locks(&mut transaction).await, 1, "{setting}");
        assert!(position(&store).await < open);
        transaction.commit().await.expect("committed");
        assert_eq!(writer_locks(&mut session).await, 0, "{setting}");
    }
}

/// A cursor is accepted as long as the history before it is the same, and rejected afterwards.
#[tokio::test]
async fn a_cursor_of_another_history_is_unknown() {
    let (store, pool) = ledger().await;
    let mut session = pool.acquire().await.expect("a session");
    let read = async |cursor: &LedgerCursor| store.events_after(cursor, 10).await;
    let is_unknown = async |cursor: &LedgerCursor| {
        matches!(read(cursor).await, Err(store::Error::Rejected(Error::CursorUnknown)))
    };
    assert!(read(&LedgerCursor::START).await.is_ok());
    let empty = store.low_watermark().await.expect("a watermark").cursor;
    for _ in 0..5 {
        write(&mut session).await;
    }
    assert!(!is_unknown(&empty).await, "no movement was before it");
    let now = store.low_watermark().await.expect("a watermark").cursor;
    assert!(read(&now).await.expect("a page").events.is_empty());
    for _ in 0..2 {
        write(&mut session).await;
    }
    assert_eq!(read(&now).await.expect("a page").events.len(), 2);
    let page = store.events_after(&LedgerCursor::START, 3).await.expect("a page");
    assert_eq!(page.events.len(), 3);
    assert!(!is_unknown(&page.cursor).await);

    let future = LedgerCursor { position: now.position + 1_000, ..now.clone() };
    let foreign = LedgerCursor { fingerprint: Some("0123456789abcdef".to_owned()), ..now.clone() };
    let of_an_older_version = LedgerCursor { fingerprint: None, ..now.clone() };
    for unknown in [future, foreign, of_an_older_version] {
        assert!(is_unknown(&unknown).await, "{unknown}");
    }

    // As after a failover that lost the newest movements: their ids belong to other movements.
    let lost = "ALTER TABLE stock_movements DISABLE TRIGGER USER;
                UPDATE stock_movements SET created_at = created_at + interval '1 second' WHERE id = $1";
    let lost = lost.replace("$1", &now.position.to_string());
    sqlx::raw_sql(AssertSqlSafe(lost)).execute(&mut *session).await.expect("another history");
    assert!(is_unknown(&now).await);
    assert!(!is_unknown(&page.cursor).await, "the history before it is the same");
}
