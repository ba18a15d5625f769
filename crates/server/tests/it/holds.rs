//! Holds for customers: references, notes and periods, the confirmation of a part, and sorted lists.

use crate::app::TestApp;
use crate::browser::Browser;
use crate::ledger;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

const PLACE: &str = "/api/items/block/temporary";

/// Places a block with more fields than the item and one unit.
async fn place(app: &TestApp, item: i64, more: Value) -> i64 {
    let mut body = json!({"itemId": item, "quantity": 1});
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    app.post(PLACE, body).await.expect(201)["blockId"].as_i64().expect("an id")
}

async fn block(app: &TestApp, id: i64) -> Value {
    app.get(&format!("/api/blocks/{id}")).await.expect(200)
}

fn expires_at(block: &Value) -> DateTime<Utc> {
    block["expiresAt"].as_str().expect("a time").parse().expect("a time")
}

#[tokio::test]
async fn a_hold_has_a_reference_and_a_note() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let id = place(&app, item, json!({"reference": " Smith ", "note": " calls back on Friday "})).await;
    let other = place(&app, item, json!({"reference": "", "note": ""})).await;
    let read = block(&app, id).await;
    assert_eq!((&read["reference"], &read["note"]), (&json!("Smith"), &json!("calls back on Friday")));
    assert_eq!(read["cartId"], Value::Null);
    let plain = block(&app, other).await;
    assert_eq!((&plain["reference"], &plain["note"]), (&Value::Null, &Value::Null));

    app.post(&format!("/api/blocks/{id}/extend"), json!({"ttlSeconds": 7_200})).await.expect(200);
    assert_eq!(block(&app, id).await["note"], "calls back on Friday", "an extension keeps it");
    for query in ["?reference=Smith", "?reference=Smith&state=temporary"] {
        let found = app.get(&format!("/api/blocks{query}")).await.expect(200);
        let ids: Vec<_> =
            found["items"].as_array().expect("rows").iter().map(|row| row["id"].clone()).collect();
        assert_eq!(ids, [json!(id)], "{query}");
    }
    let total = app.get("/rpc/count_blocks?filter[reference]=Smith").await.expect(200);
    assert!(total.as_str().is_some_and(|text| text.starts_with("1 hold, ")), "{total}");
    let search = app.get("/api/search?q=Smith").await.expect(200).to_string();
    assert!(search.contains(&format!("\"id\":{id}")), "{search}");
    let csv = app.get("/api/blocks.csv?reference=Smith").await.text;
    assert!(csv.lines().next().is_some_and(|header| header.ends_with(",reference,note")), "{csv}");
    assert!(csv.trim_end().ends_with(",Smith,calls back on Friday"), "{csv}");

    app.delete(&format!("/api/blocks/{id}")).await.expect(200);
    let ended = block(&app, id).await;
    assert_eq!(
        (&ended["state"], &ended["reference"], &ended["note"]),
        (&json!("released"), &Value::Null, &Value::Null)
    );
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_cart_has_the_note_of_its_holds() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let lines = json!([{"itemId": item, "quantity": 1}, {"itemId": item, "quantity": 2}]);
    let body = json!({"lines": lines, "reference": "Smith", "note": "gift"});
    let placed = app.post("/api/blocks", body).await.expect(201);
    let (cart, first) = (placed["cartId"].clone(), placed["blocks"][0]["blockId"].as_i64().expect("an id"));
    let read = block(&app, first).await;
    assert_eq!((&read["note"], &read["cartId"]), (&json!("gift"), &cart));
    let path = format!("/api/carts/{cart}");
    assert_eq!(app.get(&path).await.expect(200)["note"], "gift");
    let change = json!({"version": 1, "lines": [{"itemId": item, "quantity": 5}]});
    let changed = app.send(app.request(reqwest::Method::PUT, &path).json(&change)).await.expect(200);
    assert_eq!(changed["note"], "gift");
    let new = changed["lines"][0]["blockId"].as_i64().expect("an id");
    assert_eq!(block(&app, new).await["note"], "gift", "the new block of a changed cart");
    app.delete(&path).await.expect(200);
    assert_eq!(app.get(&path).await.expect(200)["note"], "gift", "a cart keeps it after its end");
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn notes_and_references_are_bounded() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    for (field, chars) in [("note", 500), ("reference", 100)] {
        place(&app, item, json!({field: "x".repeat(chars)})).await;
        for text in ["x".repeat(chars + 1), "two\nlines".to_owned(), "\u{0}".to_owned()] {
            let body = json!({"itemId": item, "quantity": 1, field: text});
            let problem = app.post(PLACE, body.clone()).await.problem(400, "invalid_value");
            assert_eq!(problem["field"], field);
            let of_console = app.post("/rpc/place_block", json!({ "block": body })).await;
            assert_eq!(of_console.problem(400, "invalid_value")["field"], field);
        }
    }
    assert_eq!(app.available(item).await, 7);
}

#[tokio::test]
async fn the_console_holds_for_any_period() {
    let app = TestApp::start().await;
    let item = app.item(50).await;
    let hold = async |more: Value| {
        let mut block = json!({"itemId": item, "quantity": 1});
        block.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        app.post("/rpc/place_block", json!({ "block": block })).await
    };
    let begun = Utc::now();
    for (period, seconds) in [
        (json!({}), 3_600),
        (json!({"period": "300"}), 300),
        (json!({"period": "other", "duration": "90", "unit": "minutes"}), 5_400),
        (json!({"period": "other", "duration": " 30 ", "unit": "days"}), 30 * 86_400),
    ] {
        let placed = hold(period.clone()).await.expect(200);
        let left = expires_at(&placed) - begun;
        assert!((left - TimeDelta::seconds(seconds)).num_seconds().abs() < 60, "{period}: {left}");
    }
    for (period, field) in [
        (json!({"period": "other", "duration": "31", "unit": "days"}), "duration"),
        (json!({"period": "other", "duration": "0", "unit": "hours"}), "duration"),
        (json!({"period": "other", "duration": "two", "unit": "hours"}), "duration"),
        (json!({"period": "other", "duration": "2", "unit": "weeks"}), "unit"),
        (json!({"period": "until", "until": ""}), "until"),
        (json!({"period": "until", "until": "2020-01-01T10:00"}), "until"),
        (json!({"period": "until", "until": "9000-01-01T10:00"}), "until"),
        (json!({"period": "soon"}), "period"),
        (json!({"period": "0"}), "ttlSeconds"),
    ] {
        assert_eq!(hold(period.clone()).await.problem(400, "invalid_value")["field"], field, "{period}");
    }
}

#[tokio::test]
async fn a_hold_until_a_date_is_in_the_time_zone_of_the_person() {
    let app = TestApp::start().await;
    let item = app.item(50).await.to_string();
    let mut browser = Browser::new(&app);
    // Ten hours ahead of UTC all year.
    browser.set_cookie("zone=Australia/Brisbane");
    let until = (Utc::now() + TimeDelta::days(2)).date_naive().and_hms_opt(18, 30, 0).expect("a time");
    let text = until.format("%Y-%m-%dT%H:%M").to_string();
    let form = [
        ("itemId", item.as_str()),
        ("quantity", "2"),
        ("period", "until"),
        ("until", &text),
        ("duration", ""),
        ("unit", "hours"),
        ("reference", "Smith"),
        ("note", "calls back"),
    ];
    browser.post("/forms/place_block?in=block", &form).await.expect(303);
    let page = app.get("/api/blocks?reference=Smith").await.expect(200);
    let expected = until.and_utc() - TimeDelta::hours(10);
    assert!((expires_at(&page["items"][0]) - expected).num_seconds().abs() <= 2, "{page}");
    let id = page["items"][0]["id"].as_i64().expect("an id");
    browser
        .get(&format!("/blocks/{id}"))
        .await
        .expect(200)
        .says("Smith")
        .says("calls back")
        .says("Sell a part");
    let past =
        [("itemId", item.as_str()), ("quantity", "1"), ("period", "until"), ("until", "2020-01-01T10:00")];
    let refused = browser.post("/forms/place_block?in=block", &past).await.expect(303);
    assert!(
        refused.header("set-cookie").contains("Enter%20a%20time%20in%20the%20future"),
        "{}",
        refused.header("set-cookie")
    );
}

#[tokio::test]
async fn a_part_of_a_hold_is_confirmed_and_the_rest_stays_held() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let details = json!({"quantity": 5, "reference": "Smith", "note": "calls back"});
    let id = place(&app, item, details).await;
    let before = block(&app, id).await;
    let part = json!({"blockId": id, "quantity": 3, "keepRest": true});
    let request = || app.request(reqwest::Method::POST, "/api/items/block/permanent").json(&part);
    let sold = app.send(request().header("idempotency-key", "part")).await.expect(200);
    assert_eq!((&sold["blockId"], &sold["quantity"]), (&json!(id), &json!(3)));
    let rest = sold["restBlockId"].as_i64().expect("a rest");
    let again = app.send(request().header("idempotency-key", "part")).await.expect(200);
    assert_eq!(again, sold, "a repeated request");
    let read = block(&app, rest).await;
    for field in ["reference", "note", "expiresAt", "warehouseId"] {
        assert_eq!(read[field], before[field], "{field}");
    }
    assert_eq!((&read["quantity"], &read["state"]), (&json!(2), &json!("temporary")));
    assert_eq!(block(&app, id).await["note"], "calls back", "a sold hold keeps it");
    assert_eq!(app.available(item).await, 4);

    let over = json!({"blockId": rest, "quantity": 3, "keepRest": true});
    app.post("/api/items/block/permanent", over).await.problem(409, "quantity_over_block");
    let whole = json!({"blockId": rest, "quantity": 2, "keepRest": true});
    assert_eq!(app.post("/api/items/block/permanent", whole).await.expect(200)["restBlockId"], Value::Null);
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_part_of_a_hold_is_confirmed_on_its_page() {
    let app = TestApp::start().await;
    let item = app.item(9).await;
    let mut browser = Browser::new(&app);
    for (keep, available) in [("false", 6), ("true", 1)] {
        let id = place(&app, item, json!({"quantity": 5})).await;
        let number = id.to_string();
        let form = [("id", number.as_str()), ("quantity", "3"), ("keep_rest", keep)];
        browser.post("/forms/confirm_block", &form).await.expect(303);
        let sold = block(&app, id).await;
        assert_eq!((&sold["state"], &sold["quantity"]), (&json!("permanent"), &json!(3)), "{keep}");
        assert_eq!(app.available(item).await, available, "{keep}");
    }
    ledger::check(&app.database).await;
}

/// Returns the ids of all pages of a list, in pages of two.
async fn ids(app: &TestApp, path: &str) -> Vec<i64> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{path}&limit=2&after={after}")).await.expect(200);
        found.extend(page["items"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_i64()));
        match page["next"].as_str() {
            Some(next) => after = next.replace(' ', "%20").replace(':', "%3A"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn active_holds_are_sorted_by_expiry_and_by_reference() {
    let app = TestApp::start().await;
    let (item, other) = (app.item(50).await, app.item(50).await);
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let mut made = Vec::new();
    for (item, seconds, reference) in
        [(item, 900, "C"), (other, 300, "A d"), (item, 600, ""), (item, 1_200, "A d"), (other, 60, "B")]
    {
        made.push(place(&app, item, json!({"ttlSeconds": seconds, "reference": reference})).await);
    }
    let sold = place(&app, item, json!({"reference": "A"})).await;
    app.post("/api/items/block/permanent", json!({"blockId": sold})).await.expect(200);
    let of = |order: &[usize]| order.iter().map(|at| made[*at]).collect::<Vec<_>>();
    // Ids are reserved in blocks, so they do not ascend with the time.
    let mut oldest = made.clone();
    oldest.sort_unstable();
    let newest: Vec<_> = oldest.iter().rev().copied().collect();
    let of_same = [made[1].min(made[3]), made[1].max(made[3])];
    let soonest = of(&[4, 1, 2, 0, 3]);
    let latest: Vec<_> = soonest.iter().rev().copied().collect();
    let named = [of_same[0], of_same[1], made[4], made[0]].to_vec();
    let backwards: Vec<_> = named.iter().rev().copied().collect();
    for (query, expected) in [
        ("sort=expires", soonest.clone()),
        ("sort=expiresDesc", latest),
        ("sort=reference", named),
        ("sort=referenceDesc", backwards),
        ("sort=id", oldest),
        ("sort=idDesc", newest),
        (&format!("sort=expires&itemId={item}"), of(&[2, 0, 3])),
        (&format!("sort=expires&warehouseId={main}"), soonest.clone()),
        (&format!("sort=reference&warehouseId={north}"), vec![]),
        ("sort=expires&reference=A%20d", of(&[1, 3])),
    ] {
        assert_eq!(ids(&app, &format!("/api/blocks?state=temporary&{query}")).await, expected, "{query}");
        let csv = app.get(&format!("/api/blocks.csv?state=temporary&bom=false&{query}")).await.text;
        let rows = csv.lines().skip(1).filter_map(|line| line.split(',').next()?.parse::<i64>().ok());
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{query}: {csv}");
    }
    for query in ["sort=expires", "state=permanent&sort=reference", "state=released&sort=id"] {
        app.get(&format!("/api/blocks?{query}")).await.problem(400, "invalid_value");
    }
    let console = "/rpc/find_blocks?filter[state]=temporary&filter[sort]=expires";
    assert_eq!(ids(&app, console).await, soonest);
    // The address of a list keeps the order when another state is chosen.
    app.get("/rpc/find_blocks?filter[state]=permanent&filter[sort]=expires").await.expect(200);
    app.stop();
}

#[tokio::test]
async fn files_of_items_and_orders_have_the_order_of_the_list() {
    let app = TestApp::start().await;
    let mut made = Vec::new();
    for (name, quantity) in [("B", 2), ("A", 9), ("C", 5)] {
        let item = json!({"name": name, "quantity": quantity, "price": "1.00"});
        made.push(app.post("/api/items", item).await.expect(201)["id"].as_i64().expect("an id"));
    }
    let column = async |path: &str| {
        let csv = app.get(path).await.text;
        csv.lines().skip(1).filter_map(|line| line.split(',').next()?.parse::<i64>().ok()).collect::<Vec<_>>()
    };
    for (sort, order) in
        [("name", [1, 0, 2]), ("nameDesc", [2, 0, 1]), ("quantityDesc", [1, 2, 0]), ("id", [0, 1, 2])]
    {
        let expected = order.map(|at: usize| made[at]);
        assert_eq!(column(&format!("/api/items.csv?sort={sort}")).await, expected, "{sort}");
    }
    let orders = [app.order(&[(made[0], 1)]).await, app.order(&[(made[1], 1)]).await];
    assert_eq!(column("/api/orders.csv?sort=oldest").await, orders);
    assert_eq!(column("/api/orders.csv").await, [orders[1], orders[0]]);
    assert_eq!(ids(&app, "/api/orders?sort=oldest").await, orders);
    app.stop();
}
