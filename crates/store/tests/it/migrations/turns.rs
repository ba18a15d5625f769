//! Servers that migrate at the same time, and tables that other transactions hold.

use super::folder;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Waits until the query returns true.
async fn wait_for(pool: &PgPool, query: &'static str) {
    let is_so = async {
        while !sqlx::query_scalar::<_, bool>(query).fetch_one(pool).await.expect("an answer") {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    };
    tokio::time::timeout(TIMEOUT, is_so).await.expect(query);
}

/// Starts the migrations of a folder in the background.
async fn migrate(url: &str, folder: &Path) -> tokio::task::JoinHandle<()> {
    let (url, migrator) = (url.to_owned(), Migrator::new(folder).await.expect("migrations"));
    tokio::spawn(async move { store::testing::migrate(&url, &migrator).await.expect("migrated") })
}

/// A folder with one migration.
fn migration(sql: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("0001_test.sql"), sql).expect("written");
    folder
}

#[tokio::test]
async fn one_server_at_a_time_migrates() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut holder = pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE _sqlx_migrations").execute(&mut *holder).await.expect("locked");
    let migrations = folder();
    let servers = futures::future::join_all([(); 3].map(|()| migrate(&url, &migrations))).await;
    // One has the turn and waits for the table. The two others ask for the turn again and again.
    let waiting = "SELECT count(*) FILTER (WHERE query LIKE '%_sqlx_migrations%' AND wait_event_type = 'Lock') = 1
                      AND count(*) FILTER (WHERE query LIKE '%pg_try_advisory_lock($1)%' AND state = 'idle') = 2
                     FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_for(&pool, waiting).await;
    holder.rollback().await.expect("unlocked");
    for server in servers {
        tokio::time::timeout(TIMEOUT, server).await.expect("in time").expect("no panic");
    }
}

/// A session that waited for the turn in a statement would have a snapshot, which the index waits for.
#[tokio::test]
async fn an_index_is_built_concurrently_while_another_server_waits() {
    let url = store::testing::database().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    sqlx::query("CREATE TABLE shelf (units int)").execute(&pool).await.expect("a table");
    let index = migration("-- no-transaction\nCREATE INDEX CONCURRENTLY shelf_idx ON shelf (units)");
    let mut writer = pool.begin().await.expect("a transaction");
    sqlx::query("INSERT INTO shelf VALUES (1)").execute(&mut *writer).await.expect("written");
    let first = migrate(&url, index.path()).await;
    wait_for(&pool, "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%')")
        .await;
    let second = migrate(&url, index.path()).await;
    wait_for(
        &pool,
        "SELECT EXISTS (SELECT FROM pg_stat_activity
                         WHERE datname = current_database() AND query LIKE '%advisory_lock($1)%')",
    )
    .await;
    writer.commit().await.expect("committed");
    for server in [first, second] {
        tokio::time::timeout(TIMEOUT, server).await.expect("in time").expect("no panic");
    }
    wait_for(&pool, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'shelf_idx'::regclass").await;
}

/// A migration that waits for a table makes all later writers of the table wait.
#[tokio::test]
async fn a_migration_gives_way_to_writers_while_a_table_is_held() {
    let url = store::testing::database().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    sqlx::query("CREATE TABLE shelf (units int)").execute(&pool).await.expect("a table");
    let column = migration("SET LOCAL lock_timeout = '100ms';\nALTER TABLE shelf ADD COLUMN place text;");
    let mut reader = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM shelf").execute(&mut *reader).await.expect("read");
    let server = migrate(&url, column.path()).await;
    let is_waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'
                                     AND relation = 'shelf'::regclass)";
    wait_for(&pool, is_waiting).await;
    // Without the timeout, this statement would wait for the end of the reader.
    let write = sqlx::query("INSERT INTO shelf VALUES (1)").execute(&pool);
    tokio::time::timeout(TIMEOUT, write).await.expect("in time").expect("written");
    reader.rollback().await.expect("ended");
    tokio::time::timeout(TIMEOUT, server).await.expect("in time").expect("no panic");
    wait_for(&pool, "SELECT count(place) = 0 FROM shelf").await;
}
