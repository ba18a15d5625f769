//! References between tables that triggers check for all rows of a statement, with the guarantees of a foreign key.

use sqlx::postgres::PgPool;

/// Creates two items with stock in the default warehouse. Returns the ids of the items and of the warehouse.
async fn stock() -> (PgPool, [i64; 2], i64) {
    let (_, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let create = "INSERT INTO items (name, price) VALUES ('Lamp', 1), ('Chair', 1) RETURNING id";
    let items: Vec<i64> = sqlx::query_scalar(create).fetch_all(&pool).await.expect("items");
    let warehouse: i64 =
        sqlx::query_scalar("SELECT min(id) FROM warehouses").fetch_one(&pool).await.expect("a warehouse");
    let level = "INSERT INTO inventory SELECT id, $2, 5 FROM unnest($1::bigint[]) AS id";
    sqlx::query(level).bind(&items).bind(warehouse).execute(&pool).await.expect("stock levels");
    (pool, items.try_into().expect("two of them"), warehouse)
}

/// Returns the constraint that rejects the statement.
async fn rejected_by(pool: &PgPool, sql: String) -> String {
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone())).execute(pool).await;
    let error = error.expect_err(&sql);
    error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_stock_level_has_an_item_and_a_warehouse() {
    let (pool, [item, _], warehouse) = stock().await;
    let item_of = "inventory_product_id_fkey";
    let warehouse_of = "inventory_warehouse_id_fkey";
    let insert = format!("INSERT INTO inventory VALUES ({item}, 987654, 1)");
    assert_eq!(rejected_by(&pool, insert).await, warehouse_of);
    let insert = format!(
        "INSERT INTO inventory VALUES (987654, {warehouse}, 1), ({item}, {warehouse}, 1)
                          ON CONFLICT (product_id, warehouse_id) DO NOTHING"
    );
    assert_eq!(rejected_by(&pool, insert).await, item_of);
    let update = format!("UPDATE inventory SET product_id = 987654 WHERE product_id = {item}");
    assert_eq!(rejected_by(&pool, update).await, item_of);
    let update = format!("UPDATE inventory SET warehouse_id = 987654 WHERE product_id = {item}");
    assert_eq!(rejected_by(&pool, update).await, warehouse_of);
    assert_eq!(rejected_by(&pool, format!("DELETE FROM items WHERE id = {item}")).await, item_of);
    assert_eq!(rejected_by(&pool, format!("UPDATE items SET id = 987654 WHERE id = {item}")).await, item_of);
    assert_eq!(
        rejected_by(&pool, format!("DELETE FROM warehouses WHERE id = {warehouse}")).await,
        warehouse_of
    );
    assert_eq!(rejected_by(&pool, "TRUNCATE items".to_owned()).await, "items_not_truncated");

    let empty =
        format!("DELETE FROM inventory WHERE product_id = {item}; DELETE FROM items WHERE id = {item}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(empty))
        .execute(&pool)
        .await
        .expect("an item without stock levels goes");
    assert_eq!(store::testing::discrepancies(&pool).await.len(), 0);
}

/// One transaction deletes an item while another adds stock to it. The second one waits, and is rejected.
#[tokio::test]
async fn an_item_is_not_deleted_while_it_gets_stock() {
    let (pool, items, warehouse) = stock().await;
    for (item, deletes_first) in items.into_iter().zip([true, false]) {
        let clear = sqlx::query("DELETE FROM inventory WHERE product_id = $1").bind(item);
        clear.execute(&pool).await.expect("no stock");
        let delete = format!("DELETE FROM items WHERE id = {item}");
        let stock = format!("INSERT INTO inventory VALUES ({item}, {warehouse}, 1)");
        let (first, second) = if deletes_first { (delete, stock) } else { (stock, delete) };
        let mut transaction = pool.begin().await.expect("a transaction");
        sqlx::raw_sql(sqlx::AssertSqlSafe(first)).execute(&mut *transaction).await.expect("done");
        let later = {
            let pool = pool.clone();
            tokio::spawn(async move { rejected_by(&pool, second).await })
        };
        let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity
                      WHERE datname = current_database() AND wait_event_type = 'Lock')";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&pool).await.expect("activity") {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        transaction.commit().await.expect("committed");
        assert_eq!(later.await.expect("no panic"), "inventory_product_id_fkey");
    }
}

/// TRUNCATE fires no row triggers, so each table rejects it.
#[tokio::test]
async fn no_table_can_be_truncated() {
    let (pool, _, _) = stock().await;
    let tables =
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&pool).await.expect("tables");
    assert!(tables.len() >= 11, "{tables:?}");
    for table in tables {
        let constraint = rejected_by(&pool, format!("TRUNCATE {table} CASCADE")).await;
        assert!(!constraint.is_empty(), "{table} can be truncated");
    }
}

#[tokio::test]
async fn a_stock_level_with_unsellable_units_is_not_deleted_and_keeps_its_key() {
    let (pool, [item, other], warehouse) = stock().await;
    let run = async |sql: String| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.expect("done");
    };
    run(format!("INSERT INTO unsellable_stock VALUES ({item}, {warehouse}, 1, 0)")).await;
    run("INSERT INTO warehouses (id, code, name) VALUES (7, 'EAST', 'East')".into()).await;
    for change in ["DELETE FROM inventory", "UPDATE inventory SET warehouse_id = 7"] {
        let of = |item| format!("{change} WHERE product_id = {item}");
        assert_eq!(rejected_by(&pool, of(item)).await, "unsellable_stock_level_fkey");
        run(of(other)).await;
    }
}
