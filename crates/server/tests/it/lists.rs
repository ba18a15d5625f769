//! The console's lists: totals, orders, filters, actions on several rows, and saved views.

use crate::app::TestApp;
use serde_json::{Value, json};

async fn item(app: &TestApp, name: &str, more: Value) -> i64 {
    let mut item = json!({"name": name, "quantity": 9, "price": "1.00"});
    item.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    app.post("/api/items", item).await.expect(201)["id"].as_i64().expect("an id")
}

/// Returns the ids of all pages of a list.
async fn ids(app: &TestApp, path: &str) -> Vec<i64> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}&limit=2&after={after}")).await.expect(200);
        found.extend(page["items"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_i64()));
        match page["next"].as_str() {
            Some(next) => after = next.replace(' ', "%20"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn items_are_listed_in_both_directions() {
    let app = TestApp::start().await;
    let mut made = Vec::new();
    for name in ["Chair", "apple", "Bowl", "Chair", "Dish"] {
        made.push(item(&app, name, json!({})).await);
    }
    let by_name = [1, 2, 0, 3, 4].map(|at: usize| made[at]);
    assert_eq!(ids(&app, "/api/items?sort=name").await, by_name);
    let backwards: Vec<_> = by_name.into_iter().rev().collect();
    assert_eq!(ids(&app, "/api/items?sort=nameDesc").await, backwards);
    let newest: Vec<_> = made.iter().rev().copied().collect();
    assert_eq!(ids(&app, "/api/items?sort=idDesc").await, newest);
    assert_eq!(ids(&app, "/api/items?sort=idDesc&q=chair").await, [made[3], made[0]]);
    app.stop();
}

#[tokio::test]
async fn a_list_has_a_total() {
    let app = TestApp::start().await;
    for index in 0..5 {
        let category = if index < 3 { json!("Tools") } else { Value::Null };
        item(&app, &format!("Hammer {index}"), json!({"category": category, "quantity": index})).await;
    }
    let saw = item(&app, "Saw", json!({"category": "Tools"})).await;
    app.post(&format!("/api/items/{saw}/archive"), json!(null)).await.expect(200);
    let north = app.warehouse("NORTH").await;
    for (query, text) in [
        ("", "5 items, 10 units"),
        ("?category=Tools", "3 items, 3 units"),
        ("?category=None", "0 items, 0 units"),
        ("?q=hammer", "5 items"),
        ("?q=hammer&category=Tools", "3 items"),
        ("?low=2", "3 items"),
        (&format!("?warehouse={north}"), "0 items"),
    ] {
        assert_eq!(app.get(&format!("/rpc/count_items{query}")).await.expect(200), text, "{query}");
    }
    let chair = item(&app, "Chair", json!({})).await;
    let first = app.order(&[(chair, 1)]).await;
    let second = app.order(&[(chair, 2)]).await;
    app.post(&format!("/api/orders/{first}/cancel"), json!(null)).await.expect(200);
    for (query, text) in [
        ("", "2 orders"),
        ("?filter[status]=cancelled", "1 order"),
        ("?filter[reference]=X", "0 orders"),
        ("?filter[status]=waiting", "0 orders"),
    ] {
        assert_eq!(app.get(&format!("/rpc/count_orders{query}")).await.expect(200), text, "{query}");
    }
    let oldest = app.get("/rpc/list_orders?oldest_first=true").await.expect(200);
    assert_eq!((&oldest["items"][0]["id"], &oldest["items"][1]["id"]), (&json!(first), &json!(second)));
    app.stop();
}

#[tokio::test]
async fn orders_are_listed_oldest_first_with_each_filter() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
    let main = app.main_warehouse().await;
    let mut orders = Vec::new();
    for _ in 0..5 {
        let order = json!({"reference": "WEB", "lines": [{"itemId": lamp, "quantity": 1}]});
        orders.push(app.post("/api/orders", order).await.expect(201)["id"].as_i64().expect("an id"));
    }
    for order in &orders {
        let allocation = json!({"warehouseId": main});
        app.post(&format!("/api/orders/{order}/allocate"), allocation).await.expect(200);
    }
    let code = app.get(&format!("/api/warehouses/{main}")).await.expect(200)["code"].clone();
    let code = code.as_str().expect("a code");
    let today = chrono::Utc::now().format("%Y-%m-%d");
    for filter in [
        "filter[status]=allocated".to_owned(),
        "filter[reference]=WEB".to_owned(),
        "filter[sku]=lamp".to_owned(),
        format!("filter[warehouse]={code}"),
        format!("filter[from]={today}"),
        format!("filter[sku]=lamp&filter[from]={today}"),
        String::new(),
    ] {
        let newest: Vec<_> = orders.iter().rev().copied().collect();
        assert_eq!(ids(&app, &format!("/rpc/list_orders?{filter}")).await, newest, "{filter}");
        let path = format!("/rpc/list_orders?oldest_first=true&{filter}");
        assert_eq!(ids(&app, &path).await, orders, "{filter}");
    }
    app.stop();
}

#[tokio::test]
async fn blocks_are_filtered_by_warehouse_and_day() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let receipt = json!({"warehouseId": north, "delta": 9, "reason": "delivery"});
    app.post(&format!("/api/items/{lamp}/stock"), receipt).await.expect(200);
    let mut blocks = Vec::new();
    for warehouse in [main, north, north] {
        let block = json!({"itemId": lamp, "quantity": 1, "warehouseId": warehouse});
        let placed = app.post("/api/items/block/temporary", block).await.expect(201);
        blocks.push(placed["blockId"].as_i64().expect("an id"));
    }
    let update = sqlx::query("UPDATE block_inventory SET created_at = '2026-03-05T12:00:00Z' WHERE id = $1");
    update.bind(blocks[2]).execute(&app.database).await.expect("updated");
    for (query, expected) in [
        (format!("filter[warehouse]={north}"), vec![blocks[2], blocks[1]]),
        ("filter[to]=2026-03-05".to_owned(), vec![blocks[2]]),
        ("filter[from]=2026-03-05&filter[to]=2026-03-05".to_owned(), vec![blocks[2]]),
        ("filter[to]=2026-03-04".to_owned(), vec![]),
        (format!("filter[from]=2026-03-06&filter[warehouse]={north}"), vec![blocks[1]]),
        (format!("filter[item]={lamp}&filter[warehouse]={main}"), vec![blocks[0]]),
    ] {
        assert_eq!(ids(&app, &format!("/rpc/find_blocks?{query}")).await, expected, "{query}");
        let total = app.get(&format!("/rpc/count_blocks?{query}")).await.expect(200);
        let text = ["0 holds, 0 units", "1 hold, 1 unit", "2 holds, 2 units"][expected.len()];
        assert_eq!(total, text, "{query}");
    }
    // The blocks that expire soon and the ended ones have the filter by warehouse, too.
    app.delete(&format!("/api/blocks/{}", blocks[1])).await.expect(200);
    for block in [blocks[0], blocks[2]] {
        let soon = "UPDATE block_inventory SET expires_at = now() + interval '1 minute' WHERE id = $1";
        sqlx::query(soon).bind(block).execute(&app.database).await.expect("updated");
    }
    for (warehouse, expiring, ended) in [(main, blocks[0], vec![]), (north, blocks[2], vec![blocks[1]])] {
        let filter = format!("filter[state]=expiring&filter[warehouse]={warehouse}");
        assert_eq!(ids(&app, &format!("/rpc/find_blocks?{filter}")).await, [expiring]);
        assert_eq!(app.get(&format!("/rpc/count_blocks?{filter}")).await.expect(200), "1 hold, 1 unit");
        let page = app.get(&format!("/blocks?state=expiring&warehouse={warehouse}")).await.text;
        assert!(page.contains("1 hold, 1 unit"), "{page}");
        let csv = app.get(&format!("/api/blocks/expiring.csv?warehouseId={warehouse}")).await.text;
        assert_eq!(
            csv.lines().skip(1).map(|line| line.starts_with(&format!("{expiring},"))).collect::<Vec<_>>(),
            [true]
        );
        let list = app.get(&format!("/api/blocks/ended?warehouseId={warehouse}")).await.expect(200);
        let listed = list["items"].as_array().expect("rows").iter();
        assert_eq!(listed.filter_map(|row| row["blockId"].as_i64()).collect::<Vec<_>>(), ended);
        let csv = app.get(&format!("/api/blocks/ended.csv?warehouseId={warehouse}")).await.text;
        assert_eq!(csv.lines().count(), 1 + ended.len(), "{csv}");
        let page = app.get(&format!("/blocks?state=ended&warehouse={warehouse}")).await.text;
        assert_eq!(page.contains("data-row="), !ended.is_empty(), "{page}");
    }
    assert_eq!(ids(&app, &format!("/api/blocks?warehouseId={main}")).await, [blocks[0]]);
    app.get("/rpc/find_blocks?filter[from]=2026-03-05&filter[to]=2026-03-04")
        .await
        .problem(400, "invalid_value");
    app.stop();
}

#[tokio::test]
async fn with_a_warehouse_the_quantities_are_those_of_the_warehouse() {
    let app = TestApp::start().await;
    let lamp = item(&app, "Lamp", json!({"quantity": 7})).await;
    let north = app.warehouse("NORTH").await;
    let receipt = json!({"warehouseId": north, "delta": 5, "reason": "delivery"});
    app.post(&format!("/api/items/{lamp}/stock"), receipt).await.expect(200);
    let page = app.get(&format!("/rpc/list_items?warehouse={north}")).await.expect(200);
    assert_eq!(page["items"][0]["quantity"], 5);
    let page = app.get("/rpc/list_items").await.expect(200);
    assert_eq!(page["items"][0]["quantity"], 12);
    let file = app.get(&format!("/api/items.csv?warehouseId={north}")).await.text;
    let columns: Vec<_> =
        file.lines().next().expect("a header").trim_start_matches('\u{feff}').split(',').collect();
    let at = columns.iter().position(|column| *column == "quantity").expect("a column");
    let row = file.lines().nth(1).expect("a row");
    assert_eq!(row.split(',').nth(at), Some("5"), "{file}");
    app.stop();
}

/// Returns the codes of the outcomes; an empty one for a success.
fn codes(outcomes: &Value) -> Vec<String> {
    let code = |outcome: &Value| outcome["problem"]["code"].as_str().unwrap_or_default().to_owned();
    outcomes.as_array().expect("outcomes").iter().map(code).collect()
}

#[tokio::test]
async fn an_action_on_several_items_changes_each_on_its_own() {
    let app = TestApp::start().await;
    let (lamp, chair) = (item(&app, "Lamp", json!({})).await, item(&app, "Chair", json!({})).await);
    let act = |action: &'static str, ids: Vec<i64>, value: &'static str| {
        app.post("/rpc/act_on_items", json!({"request": {"action": action, "ids": ids, "value": value}}))
    };
    let outcomes = act("category", vec![lamp, 999_999, chair], "Home").await.expect(200);
    assert_eq!(codes(&outcomes), ["", "item_not_found", ""]);
    let category = app.get(&format!("/api/items/{chair}")).await.expect(200)["category"].clone();
    assert_eq!(category, "Home");
    assert_eq!(codes(&act("category", vec![lamp], "").await.expect(200)), [""]);
    assert_eq!(app.get(&format!("/api/items/{lamp}")).await.expect(200)["category"], Value::Null);
    assert_eq!(codes(&act("lowStock", vec![lamp], "12").await.expect(200)), [""]);
    assert_eq!(app.get(&format!("/api/items/{lamp}")).await.expect(200)["lowStock"], 12);
    assert_eq!(codes(&act("archive", vec![chair], "").await.expect(200)), [""]);
    assert!(app.get(&format!("/api/items/{chair}")).await.expect(200)["archivedAt"].is_string());
    act("lowStock", vec![lamp], "many").await.problem(400, "invalid_value");
    act("archive", vec![], "").await.problem(400, "invalid_value");
    act("archive", vec![lamp, lamp], "").await.problem(400, "invalid_value");
    app.stop();
}

#[tokio::test]
async fn an_action_on_several_orders_allocates_what_is_available() {
    let app = TestApp::start().await;
    let lamp = app.item(3).await;
    let (first, second) = (app.order(&[(lamp, 2)]).await, app.order(&[(lamp, 2)]).await);
    let act = |action: &'static str, ids: Vec<i64>| {
        app.post("/rpc/act_on_orders", json!({"action": action, "ids": ids}))
    };
    assert_eq!(codes(&act("fill", vec![first]).await.expect(200)), [""]);
    assert_eq!(codes(&act("fill", vec![first, second]).await.expect(200)), ["order_already_allocated", ""]);
    let status = app.get(&format!("/api/orders/{second}")).await.expect(200)["status"].clone();
    assert_eq!(status, "partial");
    assert_eq!(codes(&act("cancel", vec![first, second]).await.expect(200)), ["", ""]);
    assert_eq!(app.available(lamp).await, 3);
    app.stop();
}

#[tokio::test]
async fn views_are_saved_for_all() {
    let app = TestApp::start().await;
    let save = |name: &'static str, query: &'static str| {
        app.post("/rpc/save_view", json!({"list": "items", "name": name, "query": query}))
    };
    let view = save("Low stock", "low=threshold").await.expect(200);
    let id = view["id"].as_i64().expect("an id");
    let again = save("LOW  stock", "low=5").await.expect(200);
    assert_eq!((&again["id"], &again["name"]), (&json!(id), &json!("LOW  stock")));
    save("Tools", "category=Tools").await.expect(200);
    let views = app.get("/rpc/list_views").await.expect(200);
    let names = views.as_array().expect("views").iter().map(|view| view["name"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["LOW  stock", "Tools"]);
    let page = app.get("/items").await.text;
    assert!(page.contains("href=\"/items?low=5\"") && page.contains("category=Tools"), "{page}");

    let rename = |name: &'static str| app.post("/rpc/rename_view", json!({"id": id, "name": name}));
    rename("tools").await.problem(400, "invalid_value");
    assert_eq!(rename("Almost gone").await.expect(200)["name"], "Almost gone");
    app.post("/rpc/delete_view", json!({"id": id})).await.expect(200);
    app.post("/rpc/delete_view", json!({"id": id})).await.expect(200);
    rename("Gone").await.problem(400, "invalid_value");
    assert_eq!(app.get("/rpc/list_views").await.expect(200).as_array().map(Vec::len), Some(1));
    for (list, query) in [("people", ""), ("items", "a b")] {
        let view = json!({"list": list, "name": "a", "query": query});
        app.post("/rpc/save_view", view).await.problem(400, "invalid_value");
    }
    let kinds: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM audit_events WHERE kind LIKE 'view.%' ORDER BY id")
            .fetch_all(&app.database)
            .await
            .expect("events");
    assert_eq!(kinds, ["view.saved", "view.saved", "view.saved", "view.saved", "view.deleted"]);
    app.stop();
}

#[tokio::test]
async fn views_are_bounded() {
    let app = TestApp::start().await;
    let fill = "INSERT INTO saved_views (list, name, query, created_by)
                SELECT 'orders', 'view ' || n, '', $2 || n FROM generate_series(1, $1) AS n";
    let max = domain::SAVED_VIEWS_MAX;
    sqlx::query(fill).bind(max - 1).bind("person:").execute(&app.database).await.expect("inserted");
    let save =
        |name: &'static str| app.post("/rpc/save_view", json!({"list": "items", "name": name, "query": ""}));
    save("last").await.expect(200);
    save("one more").await.problem(400, "invalid_value");
    save("last").await.expect(200);
    // One principal has fewer views than all together.
    sqlx::query("DELETE FROM saved_views").execute(&app.database).await.expect("deleted");
    let own = "INSERT INTO saved_views (list, name, query, created_by)
               SELECT 'orders', 'view ' || n, '', 'local' FROM generate_series(1, $1) AS n";
    let max = domain::SAVED_VIEWS_OF_ONE_MAX;
    sqlx::query(own).bind(max).execute(&app.database).await.expect("inserted");
    save("mine").await.problem(400, "invalid_value");
    app.stop();
}

#[tokio::test]
async fn a_missing_thing_is_a_404_with_a_title_and_a_way_on() {
    let app = TestApp::start().await;
    for (path, title, link) in [
        ("/items/999999", "Item not found", "/items"),
        ("/orders/999999", "Order not found", "/orders"),
        ("/blocks/999999", "No such hold", "/blocks"),
        ("/blocks/none", "No such hold", "/blocks"),
        ("/carts/999999", "Cart not found", "/carts"),
        ("/warehouses/999999", "No such warehouse", "/warehouses"),
        ("/categories/Nothing", "No such category", "/categories"),
        ("/nothing", "Page not found", "/"),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text.contains(&format!("<title>{title} · Stockhold</title>")), "{path}: {}", page.text);
        assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
        assert!(page.text.contains(&format!("href=\"{link}\"")), "{path}");
    }
    app.stop();
}

#[tokio::test]
async fn pages_of_a_search_and_of_a_hold_need_no_javascript() {
    let app = TestApp::start().await;
    let lamp = item(&app, "Garden lamp", json!({"sku": "LAMP-7", "barcodes": ["4006381333931"]})).await;
    let page = app.get("/search?q=lamp").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("href=\"/items/{lamp}\"")), "{}", page.text);
    assert!(app.get("/search?q=sofa").await.text.contains("Nothing found for “sofa”."));
    assert_eq!(app.get("/search").await.status, 200);
    assert_eq!(app.get(&format!("/search?q={}", "a".repeat(300))).await.status, 400);
    let block = app.block(lamp, 2, 600).await;
    let page = app.get(&format!("/blocks/{block}")).await;
    assert!(
        page.text.contains(&format!("Hold {block}")) && page.text.contains("Garden lamp"),
        "{}",
        page.text
    );

    for (code, found) in
        [("4006381333931", json!(lamp)), ("lamp-7", json!(lamp)), ("LAMP", json!(null)), ("a b", json!(null))]
    {
        let code = code.replace(' ', "%20");
        assert_eq!(app.get(&format!("/rpc/scan_item?code={code}")).await.expect(200), found, "{code}");
    }
    app.stop();
}
