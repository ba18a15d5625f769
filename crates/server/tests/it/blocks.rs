use crate::app::TestApp;
use crate::ledger;
use serde_json::json;
use std::time::Duration;

/// The life of a block that a test lets expire, in seconds.
const SHORT_TTL_SECONDS: i64 = 1;

async fn wait_until_expired() {
    tokio::time::sleep(Duration::from_millis(1_100)).await;
}

#[tokio::test]
async fn a_block_is_placed_and_confirmed() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let placed =
        app.post("/api/items/block/temporary", json!({"itemId": item.to_string(), "quantity": 4})).await;
    let place = placed.header("location").to_owned();
    let placed = placed.expect(201);
    let block = placed["blockId"].as_i64().expect("an id");
    assert_eq!(place, format!("/api/blocks/{block}"));
    assert_eq!((&placed["quantityBlocked"], &placed["remainingQuantity"]), (&json!(4), &json!(6)));
    assert!(placed["expiresAt"].is_string());
    let read = app.get(&place).await.expect(200);
    assert_eq!((&read["state"], &read["isPermanent"]), (&json!("temporary"), &json!(false)));

    let confirmed = app.post("/api/items/block/permanent", json!({"blockId": block})).await.expect(200);
    assert_eq!(
        (&confirmed["blockId"], &confirmed["quantity"], &confirmed["itemId"]),
        (&json!(block), &json!(4), &json!(item))
    );
    assert!(confirmed["message"].is_string());
    let read = app.get(&place).await.expect(200);
    assert_eq!((&read["state"], &read["expiresAt"]), (&json!("permanent"), &json!(null)));
    let again = app.post("/api/items/block/permanent", json!({"blockId": block})).await;
    again.problem(409, "block_already_permanent");
    app.delete(&place).await.problem(409, "block_already_permanent");
    app.post(&format!("{place}/extend"), json!({"ttlSeconds": 60}))
        .await
        .problem(409, "block_already_permanent");
    assert_eq!(app.available(item).await, 6);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_block_takes_only_available_units() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let main = app.main_warehouse().await;
    let north = app.warehouse("NORTH").await;
    app.post(&format!("/api/items/{item}/stock"), json!({"warehouseId": north, "delta": 30, "reason": "x"}))
        .await
        .expect(200);
    // All units of the warehouse with the most.
    let placed =
        app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 25})).await.expect(201);
    assert_eq!((&placed["warehouseId"], &placed["remainingQuantity"]), (&json!(north), &json!(15)));
    let problem = app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 12})).await;
    let problem = problem.problem(409, "insufficient_stock");
    assert_eq!((&problem["available"], &problem["requested"]), (&json!(10), &json!(12)));
    let there = json!({"itemId": item, "quantity": 11, "warehouseId": main});
    let problem = app.post("/api/items/block/temporary", there).await.problem(409, "insufficient_stock");
    assert_eq!(problem["itemId"], item);

    let path = "/api/items/block/temporary";
    app.post(path, json!({"itemId": 999_999, "quantity": 1})).await.problem(404, "item_not_found");
    let nowhere = json!({"itemId": item, "quantity": 1, "warehouseId": 999_999});
    app.post(path, nowhere).await.problem(404, "warehouse_not_found");
    for (body, code, field) in [
        (json!({"itemId": item, "quantity": 0}), "invalid_value", "quantity"),
        (json!({"itemId": item, "quantity": -3}), "invalid_value", "quantity"),
        (json!({"itemId": item, "quantity": 2_147_483_648_i64}), "invalid_value", "quantity"),
        (json!({"itemId": item, "quantity": "two"}), "invalid_body", "quantity"),
        (json!({"itemId": item}), "invalid_body", "quantity"),
        (json!({"quantity": 1}), "invalid_body", "itemId"),
        (json!({"itemId": "x", "quantity": 1}), "invalid_body", "itemId"),
        (json!({"itemId": item, "quantity": 1, "ttlSeconds": 0}), "invalid_value", "ttlSeconds"),
        (json!({"itemId": item, "quantity": 1, "ttlSeconds": 2_592_001}), "invalid_value", "ttlSeconds"),
    ] {
        let problem = app.post(path, body).await.problem(400, code);
        assert_eq!(problem["field"], field, "{problem}");
    }
    for item in [0, -1] {
        app.post(path, json!({"itemId": item, "quantity": 1})).await.problem(404, "item_not_found");
    }
    assert_eq!(app.available(item).await, 15);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_block_is_extended_and_released() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let block = app.block(item, 4, 60).await;
    let path = format!("/api/blocks/{block}");
    let before = app.get(&path).await.expect(200)["expiresAt"].as_str().expect("a time").to_owned();
    let extended = app.post(&format!("{path}/extend"), json!({"ttlSeconds": 3_600})).await.expect(200);
    assert!(extended["expiresAt"].as_str().expect("a time") > before.as_str());
    let shorter = app.post(&format!("{path}/extend"), json!({"ttlSeconds": 5})).await.expect(200);
    assert_eq!(shorter["expiresAt"], extended["expiresAt"], "extending never shortens");
    let problem = app.post(&format!("{path}/extend"), json!({"ttlSeconds": 0})).await;
    assert_eq!(problem.problem(400, "invalid_value")["field"], "ttlSeconds");

    let released = app.delete(&path).await.expect(200);
    assert_eq!(
        (&released["blockId"], &released["quantity"], &released["remainingQuantity"]),
        (&json!(block), &json!(4), &json!(10))
    );
    app.delete(&path).await.problem(409, "block_released");
    app.post("/api/items/block/permanent", json!({"blockId": block})).await.problem(409, "block_released");
    app.post(&format!("{path}/extend"), json!({"ttlSeconds": 60})).await.problem(409, "block_released");
    assert_eq!(app.available(item).await, 10);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn an_unknown_block_is_404() {
    let app = TestApp::start().await;
    app.post("/api/items/block/permanent", json!({"blockId": 999_999})).await.problem(404, "block_not_found");
    app.get("/api/blocks/999999").await.problem(404, "block_not_found");
    app.delete("/api/blocks/999999").await.problem(404, "block_not_found");
    app.post("/api/blocks/999999/extend", json!({"ttlSeconds": 60})).await.problem(404, "block_not_found");
    app.get("/api/blocks/none").await.problem(400, "invalid_id");
}

#[tokio::test]
async fn an_expired_block_returns_its_units_once() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let block = app.block(item, 4, SHORT_TTL_SECONDS).await;
    wait_until_expired().await;
    let answer = app.post("/api/items/block/permanent", json!({"blockId": block})).await;
    answer.problem(409, "block_expired");
    let cleaned = app.post("/api/items/cleanup/expired-blocks", json!(null)).await.expect(200);
    assert!(cleaned["message"].is_string() && cleaned["timestamp"].is_string());
    assert!((0..=1).contains(&cleaned["expiredBlocksRemoved"].as_i64().expect("a count")));
    assert_eq!(app.available(item).await, 10);
    app.delete(&format!("/api/blocks/{block}")).await.problem(409, "block_expired");
    app.post(&format!("/api/blocks/{block}/extend"), json!({"ttlSeconds": 60}))
        .await
        .problem(409, "block_expired");
    let again = app.post("/api/items/cleanup/expired-blocks", json!(null)).await.expect(200);
    assert_eq!(again["expiredBlocksRemoved"], 0);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn the_server_removes_expired_blocks_itself() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    for _ in 0..5 {
        app.block(item, 2, SHORT_TTL_SECONDS).await;
    }
    assert_eq!(app.available(item).await, 0);
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if app.available(item).await == 10 {
            return ledger::check(&app.database).await;
        }
    }
    panic!("five seconds later the units are not back");
}

#[tokio::test]
async fn a_sold_out_item_sells_the_units_of_expired_blocks() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    app.block(item, 10, SHORT_TTL_SECONDS).await;
    let rejected = app.post("/api/items/block/temporary", json!({"itemId": item, "quantity": 1})).await;
    rejected.problem(409, "insufficient_stock");
    wait_until_expired().await;
    app.block(item, 10, 60).await;
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn blocks_are_listed_by_state_and_item() {
    let app = TestApp::start().await;
    let (one, other) = (app.item(10).await, app.item(10).await);
    let temporary = app.block(one, 1, 60).await;
    let permanent = app.block(one, 2, 60).await;
    app.post("/api/items/block/permanent", json!({"blockId": permanent})).await.expect(200);
    let elsewhere = app.block(other, 3, 60).await;
    for (query, expected) in [
        (String::new(), vec![elsewhere, permanent, temporary]),
        ("state=temporary".to_owned(), vec![elsewhere, temporary]),
        ("state=permanent".to_owned(), vec![permanent]),
        (format!("itemId={one}"), vec![permanent, temporary]),
        (format!("itemId={one}&state=temporary"), vec![temporary]),
        ("itemId=999999".to_owned(), vec![]),
    ] {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let page = app.get(&format!("/api/blocks?limit=1&after={after}&{query}")).await.expect(200);
            found.extend(
                page["items"].as_array().expect("blocks").iter().filter_map(|block| block["id"].as_i64()),
            );
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found, expected, "{query}");
    }
    assert_eq!(app.get("/api/blocks?state=lost").await.problem(400, "invalid_query")["field"], "state");
    assert_eq!(app.get("/api/blocks?itemId=x").await.problem(400, "invalid_query")["field"], "itemId");
    assert_eq!(app.get("/api/blocks?limit=-1").await.problem(400, "invalid_value")["field"], "limit");
}

#[tokio::test]
async fn returned_units_never_overflow_a_quantity() {
    const UNITS_MAX: i64 = 2_147_483_647;
    let app = TestApp::start().await;
    let (full, other) = (app.item(UNITS_MAX).await, app.item(10).await);
    app.block(full, 10, SHORT_TTL_SECONDS).await;
    let block = app.block(full, 10, 60).await;
    // Held units count towards the limit. Otherwise the units of the blocks could not be returned.
    let more = json!({"delta": 20, "reason": "x"});
    app.post(&format!("/api/items/{full}/stock"), more).await.problem(409, "stock_overflow");
    app.block(other, 10, SHORT_TTL_SECONDS).await;
    wait_until_expired().await;
    app.delete(&format!("/api/blocks/{block}")).await.expect(200);
    app.post("/api/items/cleanup/expired-blocks", json!(null)).await.expect(200);
    assert_eq!((app.available(full).await, app.available(other).await), (UNITS_MAX, 10));
    ledger::check(&app.database).await;
}

/// Another application fills stock levels by SQL. The units of blocks and orders then don't fit when they return.
#[tokio::test]
async fn returning_units_that_do_not_fit_are_a_documented_conflict() {
    let app = TestApp::start().await;
    let (item, expiring) = (app.item(10).await, app.item(5).await);
    let main = app.main_warehouse().await;
    let block = app.block(item, 2, 60).await;
    let cart = json!({"lines": [{"itemId": item, "quantity": 1}], "ttlSeconds": 60});
    let cart = app.post("/api/blocks", cart).await.expect(201)["cartId"].clone();
    let (order, later) = (app.order(&[(item, 3)]).await, app.order(&[(expiring, 1)]).await);
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    app.block(expiring, 5, SHORT_TTL_SECONDS).await;
    let fill = format!(
        "UPDATE inventory SET stock_quantity = 2147483647 WHERE product_id = {item};
         INSERT INTO warehouses (id, code, name) VALUES (7, 'EAST', 'East');
         INSERT INTO inventory VALUES ({expiring}, 7, 2147483647 - 2)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&app.database).await.expect("filled");
    wait_until_expired().await;

    let part = json!({"blockId": block, "quantity": 1});
    app.post("/api/items/block/permanent", part).await.problem(409, "stock_overflow");
    app.delete(&format!("/api/blocks/{block}")).await.problem(409, "stock_overflow");
    app.delete(&format!("/api/carts/{cart}")).await.problem(409, "stock_overflow");
    app.post(&format!("/api/orders/{order}/cancel"), json!(null)).await.problem(409, "stock_overflow");
    let allocate = format!("/api/orders/{later}/allocate");
    app.post(&allocate, json!({"warehouseId": main})).await.problem(409, "stock_overflow");
    // The clean-up skips an item if its units don't fit.
    app.post("/api/items/cleanup/expired-blocks", json!(null)).await.expect(200);
}
