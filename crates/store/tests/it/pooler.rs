//! Session settings from the role, and poolers in transaction mode.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;
use store::testing::TransactionPooler;
use store::{Audit, Error, PoolerProblem, SessionSettings, Settings, Shops, Store};

fn by_role(url: &str) -> Settings {
    Settings { session_settings: SessionSettings::Role, ..Settings::new(url) }
}

/// Creates a database whose sessions have the settings that the role needs.
async fn database() -> String {
    let url = store::testing::database().await;
    for (name, value) in by_role(&url).of_role(false) {
        set(&url, name, &value).await;
    }
    url
}

/// Sets a session setting for the database. A role would do so for all databases of the test run.
async fn set(url: &str, name: &str, value: &str) {
    let pool = PgPool::connect(url).await.expect("a connection");
    let database: String =
        sqlx::query_scalar("SELECT current_database()").fetch_one(&pool).await.expect("a name");
    let set = format!("ALTER DATABASE {database} SET {name} = '{value}'");
    sqlx::raw_sql(AssertSqlSafe(set)).execute(&pool).await.expect("set");
    pool.close().await;
}

async fn connect(settings: Settings) -> Result<Store, Error> {
    tokio::time::timeout(Duration::from_secs(20), Store::connect(settings)).await.expect("in time")
}

async fn problem(settings: Settings) -> PoolerProblem {
    match connect(settings).await {
        Err(Error::Pooler(problem)) => problem,
        connected => panic!("{connected:?}"),
    }
}

/// Migrates, and does what needs writing connections, notifications and a transaction.
async fn check_works(store: &Store) {
    store.migrate().await.expect("the schema");
    store.open().await.expect("all connections");
    let mut listener = store.events_listen().await.expect("a listener");
    store.events_announce("hello").await.expect("sent");
    let received = tokio::time::timeout(Duration::from_secs(20), listener.try_recv());
    let received = received.await.expect("in time").expect("received").expect("a notification");
    assert_eq!(received.payload(), "hello");
    for _ in 0..3 {
        let transaction = store.begin().await.expect("a transaction");
        store.low_watermark().await.expect("a position");
        transaction.commit().await.expect("committed");
    }
}

#[tokio::test]
async fn missing_settings_of_the_role_are_reported_as_statements() {
    let url = store::testing::database().await;
    let Err(Error::RoleSettings(statements)) = connect(by_role(&url)).await else { panic!("no check") };
    let role: PgConnectOptions = url.parse().expect("a URL");
    for statement in [
        "SET stockhold.maintains_totals = 'on';",
        "SET plan_cache_mode = 'force_generic_plan';",
        "SET lock_timeout = '1000';",
        "SET statement_timeout = '9500';",
    ] {
        let statement = format!("ALTER ROLE {} {statement}", role.get_username());
        assert!(statements.lines().any(|line| line == statement), "{statements}");
    }
    assert_eq!(statements.lines().count(), by_role(&url).of_role(false).len());
}

#[tokio::test]
async fn the_settings_of_the_role_are_compared_with_the_configured_ones() {
    let url = database().await;
    check_works(&connect(by_role(&url)).await.expect("a connection")).await;

    // Another unit is the same value.
    set(&url, "lock_timeout", "1s").await;
    connect(by_role(&url)).await.expect("a connection");

    let slower = Settings { lock_timeout_milliseconds: 2_000, ..by_role(&url) };
    let Err(Error::RoleSettings(statements)) = connect(slower).await else { panic!("no check") };
    assert!(
        statements.ends_with("SET lock_timeout = '2000';") && statements.lines().count() == 1,
        "{statements}"
    );
}

/// The role's timeouts do not end a migration.
#[tokio::test]
async fn maintenance_has_no_timeout_of_the_role() {
    let url = database().await;
    let settings = Settings { statement_timeout_seconds: 2, ..by_role(&url) };
    set(&url, "statement_timeout", "1500").await;
    set(&url, "idle_in_transaction_session_timeout", "2000").await;
    let store = connect(settings).await.expect("a connection");
    let pool = PgPool::connect(&url).await.expect("a connection");
    let mut lock = pool.begin().await.expect("a transaction");
    sqlx::raw_sql("CREATE TABLE _sqlx_migrations (only_to_lock integer)")
        .execute(&mut *lock)
        .await
        .expect("locked");
    sqlx::raw_sql("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        .execute(&mut *lock)
        .await
        .expect("set");
    let mut migrating = std::pin::pin!(store.migrate());
    // Longer than the timeout of the role.
    let ended = tokio::time::timeout(Duration::from_millis(2_500), &mut migrating).await;
    assert!(ended.is_err(), "{ended:?}");
    lock.rollback().await.expect("rolled back");
    migrating.await.expect("migrated");
}

#[tokio::test]
async fn a_pooler_that_loses_prepared_statements_is_refused() {
    let url = database().await;
    let pooler = TransactionPooler::start(&url, false).await;
    let pooled = by_role(&pooler.url(&url));
    assert_eq!(problem(pooled.clone()).await, PoolerProblem::NoPreparedStatements);
    let with_direct = Settings { direct_url: Some(url), ..pooled };
    let problem = problem(with_direct).await;
    assert_eq!(problem, PoolerProblem::NoPreparedStatements);
    assert!(problem.to_string().contains("PgBouncer 1.21"), "{problem}");
}

#[tokio::test]
async fn a_pooler_needs_a_direct_address_of_the_same_database() {
    let url = database().await;
    let pooler = TransactionPooler::start(&url, true).await;
    let pooled = by_role(&pooler.url(&url));
    assert_eq!(problem(pooled.clone()).await, PoolerProblem::NoDirectAddress);

    let direct = |direct_url: &str| Settings { direct_url: Some(direct_url.to_owned()), ..pooled.clone() };
    assert_eq!(problem(direct(&pooler.url(&url))).await, PoolerProblem::DirectAddressPooled);
    assert_eq!(problem(direct(&database().await)).await, PoolerProblem::AnotherDatabase);
    check_works(&connect(direct(&url)).await.expect("a connection")).await;
}

async fn audit_problem(settings: &Settings) -> PoolerProblem {
    match Audit::connect(settings).await {
        Err(Error::Pooler(problem)) => problem,
        connected => panic!("{connected:?}"),
    }
}

/// The audit is read-only. Its session settings must not reach the clients of a pooler.
#[tokio::test]
async fn an_audit_uses_the_direct_address() {
    let url = database().await;
    connect(by_role(&url)).await.expect("a connection").migrate().await.expect("the schema");
    let pooler = TransactionPooler::start(&url, true).await;
    let pooled = by_role(&pooler.url(&url));
    assert_eq!(audit_problem(&pooled).await, PoolerProblem::NoDirectAddress);
    assert_eq!(audit_problem(&Settings::new(pooler.url(&url))).await, PoolerProblem::RejectsSettings);

    for settings in [Settings { direct_url: Some(url.clone()), ..pooled }, by_role(&url), Settings::new(&url)]
    {
        let mut audit = Audit::connect(&settings).await.expect("a connection");
        assert_eq!(audit.schema_state().await.expect("a state"), store::SchemaState::Current);
        assert_eq!(audit.item_count().await.expect("a number"), 0);
        audit.run_insert(1.0, false, [0, 0]).await.expect("stored");
        let direct = Settings { direct_url: Some(url.clone()), ..by_role(&pooler.url(&url)) };
        check_works(&connect(direct).await.expect("a connection")).await;
    }
}

#[tokio::test]
async fn commands_about_shops_refuse_a_pooler() {
    let url = database().await;
    let pooler = TransactionPooler::start(&url, true).await;
    let refused = Shops::connect(&pooler.url(&url)).await.expect_err("a pooler");
    assert!(matches!(refused, Error::Pooler(PoolerProblem::NoSession)), "{refused:?}");
    assert!(refused.to_string().contains("set DATABASE_DIRECT_URL to PostgreSQL's own address"), "{refused}");
    Shops::connect(&url).await.expect("a connection").close().await.expect("closed");
}

#[tokio::test]
async fn a_pooler_that_rejects_settings_is_refused() {
    let url = store::testing::database().await;
    let pooler = TransactionPooler::start(&url, true).await;
    let problem = problem(Settings::new(pooler.url(&url))).await;
    assert_eq!(problem, PoolerProblem::RejectsSettings);
    assert!(problem.to_string().contains("STOCKHOLD_SESSION_SETTINGS=role"), "{problem}");
}

/// Without a pooler a direct address is allowed.
#[tokio::test]
async fn a_direct_address_without_a_pooler_is_used() {
    let url = store::testing::database().await;
    let settings = Settings { direct_url: Some(url.clone()), ..Settings::new(&url) };
    check_works(&connect(settings).await.expect("a connection")).await;
    let settings = Settings { direct_url: Some(store::testing::database().await), ..Settings::new(&url) };
    assert_eq!(problem(settings).await, PoolerProblem::AnotherDatabase);
}
