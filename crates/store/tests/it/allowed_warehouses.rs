//! The columns that limit people and clients to warehouses.

use domain::{AllowedWarehouses, NewClient, Scope, WarehouseId};
use sqlx::{AssertSqlSafe, PgPool};

/// Each statement, and the constraint that rejects it.
const REJECTED: [(&str, &str); 7] = [
    ("UPDATE clients SET warehouse_ids = '{}'", "clients_warehouse_ids_valid"),
    ("UPDATE clients SET warehouse_ids = '{1, NULL}'", "clients_warehouse_ids_valid"),
    (
        "UPDATE clients SET warehouse_ids = ARRAY (SELECT generate_series(1, 101))",
        "clients_warehouse_ids_valid",
    ),
    (
        "UPDATE clients SET warehouse_ids = '{1}', scopes = '{stock:read,admin}'",
        "clients_administrator_unlimited",
    ),
    ("UPDATE people SET warehouse_ids = '{}'", "people_warehouse_ids_valid"),
    ("UPDATE people SET warehouse_ids = '{1, NULL}'", "people_warehouse_ids_valid"),
    ("UPDATE people SET warehouse_ids = '{1}', role = 'administrator'", "people_administrator_unlimited"),
];

#[tokio::test]
async fn the_database_rejects_invalid_limits() {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let rows = "INSERT INTO clients (name, scopes) VALUES ('shop', '{stock:read}');
                INSERT INTO people (name, display_name, role) VALUES ('anna', 'Anna', 'operator')";
    sqlx::raw_sql(rows).execute(&pool).await.expect("added");
    for (statement, constraint) in REJECTED {
        let error = sqlx::query(AssertSqlSafe(statement)).execute(&pool).await.expect_err(statement);
        let database = error.as_database_error().expect("an error of the database");
        assert_eq!(database.constraint(), Some(constraint), "{statement}");
    }
}

#[tokio::test]
async fn a_limit_is_read_as_it_was_written() {
    let (store, _) = store::testing::store().await;
    let ids: Vec<_> =
        store.warehouse_ids().await.expect("warehouses").codes.into_iter().map(|(id, _)| id).collect();
    let allowed = AllowedWarehouses::only(ids).expect("a limit");
    let new = NewClient::new("shop", vec![Scope::StockRead]).expect("a client");
    let mut transaction = store.begin().await.expect("a transaction");
    transaction.allowed_warehouses_check(&allowed).await.expect("they exist");
    let client = transaction.client_create(&new.limited_to(allowed.clone()).expect("a limit")).await;
    let client = client.expect("created");
    transaction.token_create(client.id, &[7; 32], "shk_", 1).await.expect("a token");
    transaction.commit().await.expect("committed");
    assert_eq!(client.warehouses, allowed);
    let token = store.token_verify(&[7; 32]).await.expect("a token").expect("valid");
    assert_eq!(token.warehouses, allowed);

    let mut transaction = store.begin().await.expect("a transaction");
    transaction.client_set_warehouses(client.id, &AllowedWarehouses::ALL).await.expect("changed");
    let client = transaction.client_lock("shop").await.expect("locked").expect("the client");
    assert_eq!(client.warehouses, AllowedWarehouses::ALL);
    let unknown = AllowedWarehouses::only(vec![WarehouseId(i64::MAX)]).expect("a limit");
    let error = transaction.allowed_warehouses_check(&unknown).await.expect_err("it does not exist");
    assert!(
        matches!(error, store::Error::Rejected(domain::Error::WarehouseNotFound(WarehouseId(i64::MAX)))),
        "{error}"
    );
}
