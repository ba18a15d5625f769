//! Queries and actions of the console: overview, histories, blocks by time, bulk actions, renamed categories, and
//! suggestions in errors.

use crate::app::TestApp;
use crate::browser::Browser;
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};

async fn let_expire(app: &TestApp, block: i64) {
    let query = "UPDATE block_inventory SET expires_at = now() - interval '1 s' WHERE id = $1";
    sqlx::query(query).bind(block).execute(&app.database).await.expect("expired");
}

async fn named(app: &TestApp, name: &str, category: Option<&str>, quantity: i64) -> i64 {
    let body = json!({"name": name, "quantity": quantity, "price": "2.50", "category": category});
    app.post("/api/items", body).await.expect(201)["id"].as_i64().expect("an id")
}

fn ids(page: &Value, field: &str) -> Vec<i64> {
    page["items"].as_array().expect("rows").iter().filter_map(|row| row[field].as_i64()).collect()
}

#[tokio::test]
async fn the_overview_has_totals_and_recent_activity() {
    let app = TestApp::start().await;
    let empty = app.get("/api/overview").await.expect(200);
    assert_eq!(
        (&empty["items"], &empty["unitsAvailable"], &empty["hottest"]),
        (&json!(0), &json!(0), &json!([]))
    );
    assert_eq!(empty["activity"].as_array().map(Vec::len), Some(60));

    let (lamp, hot) = (app.item(20).await, named(&app, "Kettle", Some("Kitchen"), 50).await);
    named(&app, "Loose", None, 0).await;
    let main = app.main_warehouse().await;
    let confirmed = app.block(lamp, 2, 60).await;
    app.post("/api/items/block/permanent", json!({"blockId": confirmed})).await.expect(200);
    for (quantity, ttl) in [(3, 60), (4, 86_400)] {
        app.block(hot, quantity, ttl).await;
    }
    let order = app.order(&[(lamp, 5), (hot, 1)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let too_large = app.order(&[(lamp, 500)]).await;
    let path = format!("/api/orders/{too_large}/allocate");
    app.post(&path, json!({"warehouseId": main})).await.expect(200);
    for _ in 0..3 {
        let body = json!({"itemId": lamp, "quantity": 99});
        app.post("/api/items/block/temporary", body).await.problem(409, "insufficient_stock");
    }

    let reported = app.get("/api/overview").await.expect(200);
    for (field, expected) in [
        ("items", 3),
        ("itemsSoldOut", 1),
        ("unitsAvailable", 20 - 2 - 5 + 50 - 7 - 1),
        ("unitsHeld", 7),
        ("unitsSold", 2 + 6),
        ("unitsExpiring", 3),
        ("blocksActive", 2),
        ("blocksExpiring", 1),
        ("ordersPending", 1),
    ] {
        assert_eq!(reported[field], expected, "{field}: {reported}");
    }
    let sum = |field: &str| -> i64 {
        reported["activity"]
            .as_array()
            .expect("minutes")
            .iter()
            .filter_map(|minute| minute[field].as_i64())
            .sum()
    };
    let sums = ["blocks", "unitsBlocked", "allocations", "confirmed", "released"].map(sum);
    assert_eq!(sums, [3, 9, 1, 1, 0]);
    assert_eq!(
        (&reported["hottest"][0]["itemId"], &reported["hottest"][0]["unitsBlocked"]),
        (&json!(hot), &json!(7))
    );
    assert_eq!(reported["hottest"][1]["itemName"], "Lamp");
    let failures = reported["failures"].as_array().expect("failures");
    assert_eq!(failures.len(), 2, "{failures:?}");
    let (first, second) = (&failures[0], &failures[1]);
    assert_eq!((&first["count"], &first["problem"]["requested"]), (&json!(3), &json!(99)));
    assert!(first["problem"]["requestId"].is_string());
    assert_eq!(
        (&second["problem"]["orderId"], &second["problem"]["available"]),
        (&json!(too_large), &json!(13))
    );

    // Incremental reads count nothing twice.
    app.block(hot, 1, 60).await;
    let again = app.get("/rpc/overview").await.expect(200);
    assert_eq!(again["hottest"][0]["unitsBlocked"], 8);
    let blocks =
        again["activity"].as_array().expect("minutes").iter().filter_map(|minute| minute["blocks"].as_i64());
    assert_eq!(blocks.sum::<i64>(), 4);
    // Another server returns the same totals.
    let other = app.one_more().await.get("/api/overview").await.expect(200);
    assert_eq!((&other["hottest"], &other["failures"]), (&again["hottest"], &json!([])));
}

#[tokio::test]
async fn categories_with_low_stock_come_first() {
    let app = TestApp::start().await;
    for (category, quantity) in [("Toys", 3), ("Toys", 0), ("Toys", 500), ("Books", 10), ("Shoes", 11)] {
        named(&app, "Thing", Some(category), quantity).await;
    }
    let reported = app.get("/api/overview").await.expect(200);
    assert_eq!(
        reported["low"],
        json!([{"category": "Toys", "items": 3, "itemsLow": 2, "unitsAvailable": 503},
               {"category": "Books", "items": 1, "itemsLow": 1, "unitsAvailable": 10}])
    );
    assert_eq!(reported["lowUnits"], 10);

    // An item's own threshold counts instead. One of 0 is never reached.
    let all = app.get("/api/items?sort=quantityAsc").await.expect(200);
    let [toy, small_toy, book, shoe, large_toy] = ids(&all, "id")[..] else { panic!("{all}") };
    for (item, low_stock) in [(toy, 0), (shoe, 20), (large_toy, 499)] {
        let patch = json!({"lowStock": low_stock});
        app.patch(&format!("/api/items/{item}"), patch).await.expect(200);
    }
    let low = app.get("/api/overview").await.expect(200)["low"].clone();
    let of =
        |category: &Value| (category["category"].as_str().map(str::to_owned), category["itemsLow"].as_i64());
    let low: Vec<_> = low.as_array().expect("categories").iter().map(of).collect();
    let expected = ["Books", "Shoes", "Toys"].map(|category| (Some(category.to_owned()), Some(1)));
    assert_eq!(low, expected);
    for (sort, expected) in [
        ("id", vec![small_toy, book, shoe]),
        ("name", vec![small_toy, book, shoe]),
        ("quantityAsc", vec![small_toy, book, shoe]),
        ("quantityDesc", vec![shoe, book, small_toy]),
    ] {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/api/items?low=true&sort={sort}&limit=2&after={after}");
            let page = app.get(&path).await.expect(200);
            found.extend(ids(&page, "id"));
            let Some(next) = page["next"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(found, expected, "{sort}");
    }
    assert_eq!(
        ids(&app.get("/api/items?low=true&q=thing&category=Toys").await.expect(200), "id"),
        [small_toy]
    );
    // The console links to exactly these items.
    let overview = app.get("/").await.text;
    assert!(overview.contains("/items?category=Toys&amp;low=threshold"), "{overview}");
    let page = app.get("/items?category=Toys&low=threshold").await.text;
    assert!(page.contains(&format!("/items/{small_toy}\"")), "{page}");
    assert!(!page.contains(&format!("/items/{toy}\"")) && page.contains("low=true"), "{page}");
    app.get("/rpc/list_items?low=few").await.problem(400, "invalid_value");
}

#[tokio::test]
async fn the_list_of_items_shows_keys_and_decodes_a_filter_once() {
    let app = TestApp::start().await;
    let body = json!({"name": "Cup", "quantity": 1, "price": "1", "category": "50%2F50", "sku": "CUP-50"});
    let cup = app.post("/api/items", body).await.expect(201)["id"].clone();
    named(&app, "Pan", Some("50/50"), 1).await;
    // A browser without JavaScript sends the form with this query.
    let page = app.get("/items?q=&category=50%252F50&warehouse=&low=").await.text;
    assert!(page.contains(&format!("/items/{cup}\"")) && !page.contains(">Pan<"), "{page}");
    assert!(page.contains(">CUP-50<"), "{page}");
    let category = app.get(&client::category_path("50%2F50")).await.text;
    for link in ["/items?category=50%252F50", "/changes?category=50%252F50"] {
        assert!(category.contains(&format!("href=\"{link}\"")), "{link}: {category}");
    }
}

#[tokio::test]
async fn a_history_has_the_units_before_and_after_each_movement() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let block = app.block(item, 4, 60).await;
    let body = json!({"fromWarehouseId": main, "toWarehouseId": north, "quantity": 5, "reason": "nearer"});
    app.post(&format!("/api/items/{item}/move"), body).await.expect(200);
    app.delete(&format!("/api/blocks/{block}")).await.expect(200);

    let mut reported = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/items/{item}/movements?limit=2&after={after}");
        let page = app.get(&path).await.expect(200);
        for line in page["items"].as_array().expect("lines") {
            let numbers = ["before", "change", "after"].map(|field| line[field].as_i64().unwrap_or(-1));
            reported.push((line["warehouseId"].as_i64().unwrap_or(0), numbers));
        }
        let Some(next) = page["next"].as_str() else { break };
        after = next.replace('=', "%3D");
        // Concurrent changes do not affect the following pages.
        app.block(item, 1, 60).await;
    }
    let expected =
        [(main, [1, 4, 5]), (north, [0, 5, 5]), (main, [6, -5, 1]), (main, [10, -4, 6]), (main, [0, 10, 10])];
    assert_eq!(reported, expected);
    app.get(&format!("/api/items/{item}/movements?after=x")).await.problem(400, "invalid_value");
}

#[tokio::test]
async fn a_history_is_drawn_from_the_quantity_of_now() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let points = |history: &Value| -> Vec<i64> {
        history["points"]
            .as_array()
            .expect("points")
            .iter()
            .filter_map(|point| point["quantity"].as_i64())
            .collect()
    };
    let drawn = app.get(&format!("/api/items/{item}/history")).await.expect(200);
    assert_eq!((points(&drawn).first(), points(&drawn).last()), (Some(&0), Some(&10)));
    for _ in 0..30 {
        app.block(item, 1, 60).await;
        app.post(&format!("/api/items/{item}/stock"), json!({"delta": 2, "reason": "x"})).await.expect(200);
    }
    let drawn = app.get(&format!("/rpc/item_history?id={item}&hours=1")).await.expect(200);
    let points = points(&drawn);
    assert_eq!((points.first(), points.last()), (Some(&0), Some(&40)));
    assert!(points.len() <= 242);
    let times: Vec<_> =
        drawn["points"].as_array().expect("points").iter().map(|point| point["at"].to_string()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(
        app.get(&format!("/api/items/{item}/history?hours=0")).await.problem(400, "invalid_value")["field"],
        "hours"
    );
    app.get("/api/items/999999/history").await.problem(404, "item_not_found");
}

#[tokio::test]
async fn items_are_found_by_warehouse_and_low_stock_in_every_order() {
    let app = TestApp::start().await;
    let north = app.warehouse("NORTH").await;
    let mut known = Vec::new();
    for (name, category, quantity) in [
        ("Axe", Some("Tools"), 5),
        ("Bow", None, 0),
        ("Cup", Some("Kitchen"), 5),
        ("Drum", Some("Tools"), 90),
    ] {
        known.push(named(&app, name, category, quantity).await);
    }
    let [axe, bow, cup, drum] = known[..] else { panic!("four") };
    for (item, delta) in [(axe, 50), (drum, 1)] {
        let body = json!({"warehouseId": north, "delta": delta, "reason": "x"});
        app.post(&format!("/api/items/{item}/stock"), body).await.expect(200);
    }
    let check = async |query: &str, expected: &[i64]| {
        let page = app.get(&format!("/api/items?{query}")).await.expect(200);
        assert_eq!(ids(&page, "id"), expected, "{query}");
        // Pages of one row return the same list.
        let (mut one_by_one, mut after) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/api/items?{query}&limit=1&after={after}")).await.expect(200);
            one_by_one.extend(ids(&page, "id"));
            let Some(next) = page["next"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(one_by_one, expected, "{query}");
    };
    check("sort=quantityDesc", &[drum, axe, cup, bow]).await;
    check("sort=quantityAsc", &[bow, cup, axe, drum]).await;
    check("sort=quantityAsc&maxQuantity=5", &[bow, cup]).await;
    check("sort=quantityDesc&category=Tools", &[drum, axe]).await;
    check("sort=quantityDesc&q=u", &[drum, cup]).await;
    check("sort=quantityAsc&q=u&maxQuantity=5", &[cup]).await;
    check(&format!("warehouseId={north}"), &[axe, drum]).await;
    check(&format!("warehouseId={north}&sort=name"), &[axe, drum]).await;
    check(&format!("warehouseId={north}&maxQuantity=1&sort=quantityDesc"), &[drum]).await;
    check(&format!("warehouseId={north}&maxQuantity=0"), &[]).await;
    check("maxQuantity=0", &[bow]).await;
    check("maxQuantity=5&sort=name", &[bow, cup]).await;
    app.get("/api/items?maxQuantity=-1").await.problem(400, "invalid_value");
}

#[tokio::test]
async fn blocks_are_listed_by_when_they_expire_and_how_they_ended() {
    let app = TestApp::start().await;
    let item = app.item(50).await;
    let (late, soon, sooner) =
        (app.block(item, 1, 7_200).await, app.block(item, 2, 300).await, app.block(item, 3, 60).await);
    let page = app.get("/api/blocks/expiring?limit=1").await.expect(200);
    assert_eq!(ids(&page, "id"), [sooner]);
    let next = page["next"].as_str().expect("more");
    assert_eq!(ids(&app.get(&format!("/api/blocks/expiring?after={next}")).await.expect(200), "id"), [soon]);
    assert_eq!(
        ids(&app.get("/api/blocks/expiring?withinSeconds=10000").await.expect(200), "id"),
        [sooner, soon, late]
    );
    app.get("/api/blocks/expiring?withinSeconds=0").await.problem(400, "invalid_value");

    let part = json!({"blockId": soon, "quantity": 1});
    app.post("/api/items/block/permanent", part).await.expect(200);
    app.delete(&format!("/api/blocks/{late}")).await.expect(200);
    let_expire(&app, sooner).await;
    app.post("/api/items/cleanup/expired-blocks", json!({})).await.expect(200);
    let ended = app.get("/api/blocks/ended").await.expect(200);
    let reported: Vec<_> = ended["items"]
        .as_array()
        .expect("ends")
        .iter()
        .map(|end| (end["blockId"].as_i64(), end["end"].as_str(), end["quantity"].as_i64()))
        .collect();
    let expected =
        [(sooner, "expired", 3), (late, "released", 1), (soon, "confirmed", 1), (soon, "released", 1)];
    assert_eq!(reported, expected.map(|(id, end, quantity)| (Some(id), Some(end), Some(quantity))));
    let page = app.get(&format!("/api/blocks/ended?itemId={item}&limit=3")).await.expect(200);
    assert_eq!(ids(&page, "blockId"), [sooner, late, soon]);
    let path = format!("/api/blocks/ended?itemId={item}&after={}", page["next"].as_str().expect("more"));
    assert_eq!(ids(&app.get(&path).await.expect(200), "blockId"), [soon]);
}

#[tokio::test]
async fn several_blocks_are_acted_on_each_by_itself() {
    let app = TestApp::start().await;
    let item = app.item(50).await;
    let (one, two, three) =
        (app.block(item, 1, 60).await, app.block(item, 2, 60).await, app.block(item, 3, 60).await);
    let extended = json!({"action": "extend", "blockIds": [one, two], "ttlSeconds": 600});
    let outcomes = app.post("/api/blocks/bulk", extended).await.expect(200);
    assert!(outcomes[1]["expiresAt"].is_string() && outcomes[1].get("problem").is_none(), "{outcomes}");
    app.delete(&format!("/api/blocks/{two}")).await.expect(200);
    let body = json!({"action": "confirm", "blockIds": [three, two, 999_999, one]});
    let confirm =
        || app.request(Method::POST, "/api/blocks/bulk").header("idempotency-key", "bulk-1").json(&body);
    let first = app.send(confirm()).await;
    let outcomes = first.body.clone();
    let codes: Vec<_> = outcomes
        .as_array()
        .expect("outcomes")
        .iter()
        .map(|outcome| outcome["problem"]["code"].as_str())
        .collect();
    assert_eq!(codes, [None, Some("block_released"), Some("block_not_found"), None]);
    let again = app.send(confirm()).await;
    assert_eq!(again.expect(200), outcomes, "the same answer under the same key");
    let other = json!({"request": {"action": "release", "blockIds": [one]}});
    let outcomes = app.post("/rpc/act_on_blocks", other).await.expect(200);
    assert_eq!(outcomes[0]["problem"]["code"], "block_already_permanent");

    for (ids, ttl) in [(json!([]), json!(null)), (json!([one, one]), json!(null)), (json!([one]), json!(60))]
    {
        let body = json!({"action": "release", "blockIds": ids, "ttlSeconds": ttl});
        app.post("/api/blocks/bulk", body).await.problem(400, "invalid_value");
    }
    let long = "k".repeat(255);
    let request = app.request(Method::POST, "/api/blocks/bulk").header("idempotency-key", long).json(&body);
    assert_eq!(app.send(request).await.problem(400, "invalid_value")["field"], "idempotencyKey");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_category_is_renamed_and_made_one_with_another() {
    let app = TestApp::start().await;
    let lamp = app.item(5).await;
    named(&app, "Kettle", Some("Kitchen"), 1).await;
    let path = "/api/categories/Lighting/rename";
    let preview = app.post(path, json!({"to": "Kitchen", "dryRun": true})).await.expect(200);
    let expected = json!({
        "from": "Lighting", "to": "Kitchen", "dryRun": true, "items": 1, "itemsAlready": 1, "version": null,
    });
    assert_eq!(preview, expected);
    assert_eq!(app.get(&format!("/api/items/{lamp}")).await.expect(200)["category"], "Lighting");
    assert_eq!(app.get("/api/items/category/Kitchen/top").await.expect(200)["count"], 1);
    assert_eq!(app.post(path, json!({"to": "Kitchen"})).await.expect(200)["items"], 1);
    assert_eq!(app.get("/api/items/category/Kitchen/top").await.expect(200)["count"], 2);
    assert_eq!(app.get("/api/categories").await.expect(200)[0]["value"], "52.45");
    let renamed =
        app.post("/rpc/rename_category", json!({"category": "Kitchen", "rename": {"to": "Küche"}})).await;
    assert_eq!(renamed.expect(200)["items"], 2);
    assert_eq!(
        app.post(path, json!({"to": "Else"})).await.expect(200)["items"],
        0,
        "nothing bears it any more"
    );
    assert_eq!(app.post(path, json!({"to": "Lighting"})).await.problem(400, "invalid_value")["field"], "to");
    assert_eq!(app.post(path, json!({"to": " "})).await.problem(400, "invalid_value")["field"], "to");
}

/// A category is renamed while its items are sold. No request fails or waits without a bound.
#[tokio::test(flavor = "multi_thread")]
async fn a_category_is_renamed_under_load() {
    let app = TestApp::start().await;
    let query = "INSERT INTO items (name, price, category) SELECT 'Thing ' || n, 1, 'Old' FROM generate_series(1, 1200) AS n";
    sqlx::query(query).execute(&app.database).await.expect("items");
    let query = "INSERT INTO inventory SELECT id, (SELECT min(id) FROM warehouses), 100 FROM items";
    sqlx::query(query).execute(&app.database).await.expect("levels");
    let all: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM items ORDER BY id").fetch_all(&app.database).await.expect("ids");
    let place = |turn: usize| {
        let pick = |step: usize| all[turn * step % all.len()];
        let lines = json!([{"itemId": pick(907), "quantity": 1}, {"itemId": pick(31) , "quantity": 1}]);
        app.post("/api/blocks", json!({"lines": lines}))
    };
    let placing = futures::future::join_all((0..150).map(place));
    let renaming = app.post("/api/categories/Old/rename", json!({"to": "New"}));
    let (placed, renamed) = tokio::join!(placing, renaming);
    assert!(placed.iter().all(|answer| answer.status == 201), "{placed:?}");
    assert_eq!(renamed.expect(200)["items"], 1200);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_rejection_names_held_units_and_their_expiry() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    let first = app
        .post("/api/items/block/temporary", json!({"itemId": item, "quantity": 3, "ttlSeconds": 60}))
        .await
        .expect(201);
    app.block(item, 4, 6_000).await;
    let body = json!({"itemId": item, "quantity": 9});
    let rejected =
        app.post("/api/items/block/temporary", body.clone()).await.problem(409, "insufficient_stock");
    let reported = ["requested", "available", "held", "heldUntil"].map(|field| rejected[field].clone());
    assert_eq!(reported, [json!(9), json!(3), json!(7), first["expiresAt"].clone()]);
    let rejected =
        app.post("/rpc/place_block", json!({"block": body})).await.problem(409, "insufficient_stock");
    assert_eq!(rejected["held"], 7);
    let rejected = app.post(&format!("/api/items/{item}/stock"), json!({"delta": -9, "reason": "x"})).await;
    assert_eq!(rejected.problem(409, "insufficient_stock")["heldUntil"], first["expiresAt"]);
    let lines = json!({"lines": [{"itemId": item, "quantity": 9}]});
    assert_eq!(app.post("/api/blocks", lines.clone()).await.problem(409, "insufficient_stock")["held"], 7);
    // Stored under a key, by the optimistic path and, with a unique reference, by the locked one.
    let unique = json!({"lines": lines["lines"], "reference": "buyer", "uniqueReference": true});
    for (key, path, body) in [
        ("block", "/api/items/block/temporary", body),
        ("cart", "/api/blocks", lines),
        ("unique", "/api/blocks", unique),
    ] {
        let keyed = || app.request(Method::POST, path).header("Idempotency-Key", key).json(&body);
        let first_answer = app.send(keyed()).await.problem(409, "insufficient_stock");
        let held = ["held", "heldUntil"].map(|field| first_answer[field].clone());
        assert_eq!(held, [json!(7), first["expiresAt"].clone()], "{key}");
        // The stored response has the request id of the first request.
        let again: Value = keyed().send().await.expect("an answer").json().await.expect("a problem");
        assert_eq!(again, first_answer, "{key}");
    }
}

#[tokio::test]
async fn the_first_steps_disappear_one_by_one() {
    let app = TestApp::start().await;
    let steps = async || app.get("/rpc/first_steps").await.expect(200).as_str().expect("a text").to_owned();
    let done = |html: &str| html.matches(">Done<").count();
    let html = steps().await;
    assert_eq!((done(&html), html.matches(">Open<").count()), (1, 3), "a warehouse exists: {html}");
    for link in ["/warehouses", "/items?do=create", "/blocks?do=place", "/clients"] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}: {html}");
    }
    let item = app.item(5).await;
    assert_eq!(done(&steps().await), 2);
    let block = app.block(item, 1, 60).await;
    assert_eq!(done(&steps().await), 3);
    app.delete(&format!("/api/blocks/{block}")).await.expect(200);
    assert_eq!(done(&steps().await), 3, "an ended hold counts");
    let mut browser = Browser::new(&app);
    browser.get("/").await.expect(200).says("First steps").says(">Open<");
    let dismissed = browser.post("/first-steps/dismiss", &[]).await.redirects("/");
    assert!(dismissed.header("set-cookie").starts_with("first_steps=1; path=/; max-age="));
    let page = browser.get("/").await.expect(200).text;
    assert!(!page.contains("id=\"first-steps\""), "{page}");
    app.client("shop", &[domain::Scope::HoldsWrite]).await;
    assert_eq!(steps().await, "", "all are done");
    app.stop();
}
