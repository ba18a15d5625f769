//! The activity of a span: its numbers, the lists that they sum, and the work that waits.

use crate::app::TestApp;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

/// The longest wait for counts of refused units.
const FLUSHED_MAX: Duration = Duration::from_secs(30);

/// Reads a path until a field has a value.
async fn wait_for(app: &TestApp, path: &str, field: &str, expected: i64) -> Value {
    let reading = async {
        loop {
            let found = app.get(path).await.expect(200);
            if found[field] == expected {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(FLUSHED_MAX, reading).await.expect("the counts are written")
}

/// A shop in which units were sold, held, released, expired, received, written off and returned.
async fn busy_shop() -> (TestApp, i64, i64) {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(100).await, app.main_warehouse().await);
    let sold = app.block(lamp, 3, 600).await;
    app.post("/api/items/block/permanent", json!({"blockId": sold})).await.expect(200);
    let released = app.block(lamp, 4, 600).await;
    app.delete(&format!("/api/blocks/{released}")).await.expect(200);
    let expired = app.block(lamp, 5, 600).await;
    let query = "UPDATE block_inventory SET expires_at = now() - interval '1 s' WHERE id = $1";
    sqlx::query(query).bind(expired).execute(&app.database).await.expect("expired");
    app.post("/api/items/cleanup/expired-blocks", json!({})).await.expect(200);
    let path = format!("/api/items/{lamp}/stock");
    app.post(&path, json!({"delta": 20, "reason": "delivery"})).await.expect(200);
    app.post(&path, json!({"delta": -2, "reason": "broken"})).await.expect(200);
    let order = app.order(&[(lamp, 6)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    app.post(&format!("/api/orders/{order}/ship"), json!({})).await.expect(200);
    let returned =
        json!({"lines": [{"itemId": lamp, "quantity": 1, "warehouseId": main}], "into": "available"});
    app.post(&format!("/api/orders/{order}/return"), returned).await.expect(200);
    (app, lamp, main)
}

#[tokio::test]
async fn each_number_of_a_span_is_the_sum_of_its_list() {
    let (app, lamp, main) = busy_shop().await;
    let found = app.get("/api/activity?span=day").await.expect(200);
    let (from, until) = (found["from"].as_str().expect("a time"), found["until"].as_str().expect("a time"));
    for (field, kind, expected) in [
        ("unitsSold", "sold", 9),
        ("unitsHeld", "held", 12),
        ("unitsExpired", "expired", 5),
        ("unitsReleased", "released", 4),
        ("unitsReceived", "received", 120),
        ("unitsWrittenOff", "written_off", 2),
        ("unitsReturned", "returned", 1),
    ] {
        assert_eq!(found[field], expected, "{field}: {found}");
        let path = format!("kind={kind}&since={from}&until={until}");
        let list = app.get(&format!("/api/movements?{path}")).await.expect(200);
        let units =
            |row: &Value| row["units"].as_i64().or(row["change"].as_i64().map(i64::abs)).expect("units");
        let rows = list["items"].as_array().expect("rows");
        assert_eq!(rows.iter().map(units).sum::<i64>(), expected, "{list}");
        assert!(rows.iter().all(|row| row["itemName"] == "Lamp"), "{list}");
        let csv = app.get(&format!("/api/movements.csv?{path}")).await.text;
        assert_eq!(csv.lines().count(), rows.len() + 1, "{csv}");
        let page = app.get(&format!("/movements?kind={kind}&from={from}&until={until}")).await.text;
        assert!(page.contains(&format!("{expected} unit")), "{kind}: {page}");
    }
    let held = app.get("/movements?kind=held").await.text;
    assert!(held.contains("<a href=\"/blocks/"), "the hold of a movement is linked: {held}");
    assert!(held.contains("<bdi>Lamp"), "the name is isolated: {held}");
    let sold: i64 =
        found["sold"].as_array().expect("hours").iter().filter_map(|hour| hour["units"].as_i64()).sum();
    assert_eq!(sold, 9);

    // The span and the warehouse are filters.
    let north = app.warehouse("NORTH").await;
    let other = app.get(&format!("/api/activity?span=week&warehouseId={north}")).await.expect(200);
    assert_eq!((&other["unitsSold"], &other["refusedUnits"]), (&json!(0), &json!(null)));
    let own = app.get(&format!("/api/activity?span=week&warehouseId={main}")).await.expect(200);
    assert_eq!((&own["unitsSold"], &own["runningOut"][0]["itemId"]), (&json!(9), &json!(lamp)));
    let before = app.get(&format!("/api/activity?until={from}")).await.expect(200);
    assert_eq!(before["unitsReceived"], 0, "{before}");
    let evening = app.get("/api/activity?span=evening&zoneMinutes=60").await.expect(200);
    let begun: DateTime<Utc> = evening["from"].as_str().expect("a time").parse().expect("a time");
    assert_eq!((begun + TimeDelta::hours(1)).format("%H:%M:%S").to_string(), "18:00:00");
    for query in
        ["span=month", "span=day&from=2026-01-01T00:00:00Z", "zoneMinutes=900", "from=2020-01-01T00:00:00Z"]
    {
        app.get(&format!("/api/activity?{query}")).await.problem(400, "invalid_value");
    }
    app.get("/api/activity?warehouseId=999999").await.problem(404, "warehouse_not_found");
    app.get("/api/movements?kind=moved").await.problem(400, "invalid_value");
    assert!(app.get("/movements?kind=moved").await.text.contains("Choose one of the offered values."));
}

/// Units that pass from one order to another are sold once. A changed cart holds the difference.
#[tokio::test]
async fn exchanged_units_count_once() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(100).await, app.main_warehouse().await);
    let (from, to) = (app.order(&[(lamp, 6)]).await, app.order(&[(lamp, 4)]).await);
    app.post(&format!("/api/orders/{from}/allocate"), json!({"warehouseId": main})).await.expect(200);
    app.post(&format!("/api/orders/{from}/reassign"), json!({"toOrderId": to})).await.expect(200);
    let lines = |quantity: i64| json!([{"itemId": lamp, "quantity": quantity}]);
    let cart = app.post("/api/blocks", json!({"lines": lines(10), "ttlSeconds": 600})).await.expect(201);
    let path = format!("/api/carts/{}", cart["cartId"]);
    for (version, quantity) in [(1, 11), (2, 8)] {
        let body = json!({"version": version, "lines": lines(quantity)});
        app.send(app.request(Method::PUT, &path).json(&body)).await.expect(200);
    }
    for query in ["span=day".to_owned(), format!("span=day&warehouseId={main}")] {
        let found = app.get(&format!("/api/activity?{query}")).await.expect(200);
        let units = ["unitsSold", "unitsHeld", "unitsReleased"].map(|field| found[field].clone());
        assert_eq!(units, [json!(6), json!(11), json!(3)], "{found}");
        assert_eq!(found["runningOut"][0]["unitsSold"], 6, "{found}");
    }
    for (kind, expected) in [("sold", vec![6]), ("held", vec![1, 10]), ("released", vec![3])] {
        let list = app.get(&format!("/api/movements?kind={kind}")).await.expect(200);
        let units = |row: &Value| row["units"].as_i64().or(row["change"].as_i64().map(i64::abs));
        let rows: Vec<_> = list["items"].as_array().expect("rows").iter().filter_map(units).collect();
        assert_eq!(rows, expected, "{list}");
    }
    let all = app.get("/api/movements").await.expect(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(9), "{all}");
    let overview = app.get("/api/overview").await.expect(200);
    let sum = |field: &str| -> i64 {
        let minutes = overview["activity"].as_array().expect("minutes");
        minutes.iter().filter_map(|minute| minute[field].as_i64()).sum()
    };
    assert_eq!(["unitsBlocked", "allocations", "released"].map(sum), [11, 1, 1]);
    assert_eq!(overview["hottest"][0]["unitsBlocked"], 11);
}

/// The hours of a span that have ended are cached; those at its ends are read.
#[tokio::test]
async fn cached_hours_are_those_of_the_ledger() {
    let app = TestApp::start().await;
    // Without a movement of its own: the ledger's order by id is its order by time.
    let item = app.item(0).await;
    let insert = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor, created_at)
                  SELECT $1, (SELECT min(id) FROM warehouses), n, 'received', 'x',
                         now() - interval '13 days' + n * interval '31 minutes' FROM generate_series(1, 603) AS n";
    sqlx::query(insert).bind(item).execute(&app.database).await.expect("movements");
    let check = async || {
        for (start, end) in
            [(24 * 60, 0), (90, 31), (7 * 24 * 60 + 17, 0), (12 * 24 * 60 + 5, 61), (300, 240)]
        {
            let now = Utc::now();
            let [from, until] = [start, end].map(|minutes| now - TimeDelta::minutes(minutes));
            let sum = "SELECT coalesce(sum(change), 0)::bigint FROM stock_movements
                        WHERE reason = 'received' AND created_at >= $1 AND created_at < $2";
            let sum: i64 =
                sqlx::query_scalar(sum).bind(from).bind(until).fetch_one(&app.database).await.expect("a sum");
            let [from, until] = [from, until].map(|time| time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
            let found = app.get(&format!("/api/activity?from={from}&until={until}")).await.expect(200);
            assert_eq!(found["unitsReceived"], sum, "{start} to {end} minutes ago: {found}");
        }
    };
    check().await;
    check().await;
    app.post(&format!("/api/items/{item}/stock"), json!({"delta": 7, "reason": "delivery"}))
        .await
        .expect(200);
    check().await;
    // A movement of an ended hour can't change, so nobody reads it again.
    let forged = "SET session_replication_role = replica;
                  UPDATE stock_movements SET change = change + 1000 WHERE created_at BETWEEN now() - interval '5 h' AND now() - interval '3 h';
                  RESET session_replication_role";
    let before = app.get("/api/activity?span=day").await.expect(200)["unitsReceived"].clone();
    sqlx::raw_sql(forged).execute(&app.database).await.expect("forged");
    assert_eq!(app.get("/api/activity?span=day").await.expect(200)["unitsReceived"], before);
}

#[tokio::test]
async fn filtered_movements_are_paged_in_their_span() {
    let app = TestApp::start().await;
    let item = app.item(50).await;
    let query = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor, created_at)
                 SELECT $1, (SELECT min(id) FROM warehouses), 1, CASE WHEN n % 2 = 0 THEN 'received' ELSE 'released' END, 'x',
                        now() - interval '30 days' + n * interval '1 hour' FROM generate_series(1, 700) AS n";
    sqlx::query(query).bind(item).execute(&app.database).await.expect("movements");
    let until = Utc::now() - TimeDelta::days(10);
    let from = until - TimeDelta::hours(100);
    let span =
        format!("since={}&until={}", from.format("%Y-%m-%dT%H:%M:%SZ"), until.format("%Y-%m-%dT%H:%M:%SZ"));
    for filter in [format!("itemId={item}&kind=received"), "kind=received".to_owned()] {
        let (mut after, mut found) = (String::new(), 0);
        loop {
            let path = format!("/api/movements?{filter}&{span}&limit=7&after={after}");
            let page = app.get(&path).await.expect(200);
            found += page["items"].as_array().expect("rows").len();
            let Some(next) = page["next"].as_str() else { break };
            after = next.to_owned();
        }
        assert_eq!(found, 50, "{filter}");
    }
}

#[tokio::test]
async fn refused_units_are_counted_per_item() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(5).await, app.main_warehouse().await);
    for _ in 0..3 {
        let body = json!({"itemId": lamp, "quantity": 8});
        app.post("/api/items/block/temporary", body).await.problem(409, "insufficient_stock");
    }
    let cart = json!({"lines": [{"itemId": lamp, "quantity": 6}]});
    app.post("/api/blocks", cart).await.problem(409, "insufficient_stock");
    let order = app.order(&[(lamp, 9)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    // A write-off is no request of a buyer.
    let path = format!("/api/items/{lamp}/stock");
    app.post(&path, json!({"delta": -50, "reason": "x"})).await.problem(409, "insufficient_stock");

    let found = wait_for(&app, "/api/activity", "refusedRequests", 5).await;
    assert_eq!(found["refusedUnits"], 3 * 3 + 1 + 4);
    let list = app.get("/api/refusals?span=day").await.expect(200);
    let item = json!({"itemId": lamp, "sku": null, "itemName": "Lamp", "requests": 5, "units": 14});
    assert_eq!((&list["requests"], &list["units"], &list["items"]), (&json!(5), &json!(14), &json!([item])));
    assert_eq!(found["refusedItems"], json!([item]));
    let page = app.get("/refusals?from=2020-01-01").await.text;
    assert!(page.contains("Choose a span of at most 92 days."), "{page}");
    let page = app.get("/refusals").await.text;
    assert!(page.contains("14 units of 5 requests refused"), "{page}");
    // The counts of another hour are added, not replaced; those beyond the retention disappear with the next deletion.
    let add = "INSERT INTO refused_units VALUES ($1, date_trunc('hour', now()) - interval '30 hours', 2, 7)";
    sqlx::query(add).bind(lamp).execute(&app.database).await.expect("a count");
    let week = app.get("/api/refusals?span=week").await.expect(200);
    assert_eq!((&week["requests"], &week["units"]), (&json!(7), &json!(21)));
    let day = app.get("/api/refusals?span=day").await.expect(200);
    assert_eq!(day["units"], 14);
}

#[tokio::test]
async fn counts_are_written_when_the_server_stops() {
    let mut app = TestApp::start().await;
    let lamp = app.item(1).await;
    let body = json!({"itemId": lamp, "quantity": 3});
    app.post("/api/items/block/temporary", body).await.problem(409, "insufficient_stock");
    app.stop();
    app.stopped().await.expect("stopped");
    let units: i64 = sqlx::query_scalar("SELECT sum(units)::bigint FROM refused_units")
        .fetch_one(&app.database)
        .await
        .expect("a sum");
    assert_eq!(units, 2);
}

#[tokio::test]
async fn the_activity_shows_the_work_that_waits() {
    let (app, lamp, _) = busy_shop().await;
    let empty = app.get("/api/activity").await.expect(200);
    assert_eq!((&empty["waiting"], &empty["reconcile"]), (&json!([]), &json!(null)));
    assert_eq!(empty["receipts"][0]["units"], 20, "{empty}");
    // 20 + 100 - 3 - 2 - 6 + 1 available; 9 sold within a week.
    let running = &empty["runningOut"][0];
    assert_eq!((&running["available"], &running["unitsSold"]), (&json!(110), &json!(9)));
    assert_eq!(running["coverTenths"], 110 * 70 / 9);

    let order = app.order(&[(lamp, 200)]).await;
    let body = json!({"mode": "partial", "wait": true});
    let answer = app.post(&format!("/api/orders/{order}/allocate"), body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let found = wait_for(&app, "/api/activity", "ordersWaiting", 1).await;
    let waiting = &found["waiting"][0];
    assert_eq!((&waiting["orderId"], &waiting["place"]), (&json!(order), &json!(1)));
    assert_eq!(waiting["missing"][0]["itemId"], lamp);
    let low = app.get("/api/items?low=true").await.expect(200);
    assert_eq!(found["itemsLow"].as_u64(), low["items"].as_array().map(|items| items.len() as u64));
    // Local access has all permissions. The creation of the item is an event of the audit log.
    assert!(found["actors"][0]["events"].as_i64().is_some_and(|events| events > 0), "{found}");
    let token = app.client("reader", &[domain::Scope::StockRead]).await;
    let request = app.request(reqwest::Method::GET, "/api/activity").bearer_auth(token);
    assert_eq!(app.send(request).await.expect(200)["actors"], json!([]));
    let page = app.get("/").await.text;
    for text in [
        "Since yesterday evening",
        "Running out",
        "Waiting orders",
        "Last receipts",
        "/movements?kind=sold&amp;from=",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn the_activity_shows_the_last_reconcile() {
    let app = TestApp::start().await;
    app.item(5).await;
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stockhold"));
        command.arg("reconcile").env("DATABASE_URL", &app.database_url).output().expect("it runs")
    };
    let output = run();
    assert!(output.status.success(), "{output:?}");
    let found = app.get("/api/activity").await.expect(200);
    assert_eq!((&found["reconcile"]["found"], &found["reconcile"]["left"]), (&json!(0), &json!(0)));
    let mut damage = app.database.begin().await.expect("a transaction");
    let server = "SELECT set_config('stockhold.maintains_totals', 'on', true)";
    sqlx::query(server).execute(&mut *damage).await.expect("as a server");
    let query = "UPDATE inventory SET stock_quantity = stock_quantity + 1";
    sqlx::query(query).execute(&mut *damage).await.expect("damaged");
    damage.commit().await.expect("committed");
    assert!(!run().status.success());
    let found = app.get("/api/activity").await.expect(200);
    assert!(found["reconcile"]["left"].as_i64().is_some_and(|left| left > 0), "{found}");
    assert!(app.get("/").await.text.contains("Last reconcile"), "the page shows it");
}

#[tokio::test]
async fn an_item_that_is_sold_out_has_its_reasons() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(20).await, app.main_warehouse().await);
    let path = format!("/api/items/{lamp}/unavailability");
    let plenty = app.get(&path).await.expect(200);
    assert_eq!((&plenty["available"], &plenty["holds"]), (&json!(20), &json!([])));
    assert_eq!(plenty["receipt"]["units"], 20);
    assert_eq!(app.get(&format!("/rpc/unavailability?id={lamp}")).await.expect(200), json!(""));
    assert!(!app.get(&format!("/items/{lamp}")).await.text.contains("Why is it"));

    let (small, large) = (app.block(lamp, 2, 60).await, app.block(lamp, 5, 600).await);
    let sold = app.block(lamp, 3, 600).await;
    app.post("/api/items/block/permanent", json!({"blockId": sold})).await.expect(200);
    let damaged =
        json!({"from": "available", "to": "damaged", "quantity": 1, "reason": "scratched", "itemId": lamp});
    let answer = app.post("/api/stock/condition", damaged).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let order = app.order(&[(lamp, 9)]).await;
    app.post(&format!("/api/orders/{order}/allocate"), json!({"warehouseId": main})).await.expect(200);
    let waiting = app.order(&[(lamp, 4)]).await;
    let body = json!({"mode": "partial", "wait": true});
    app.post(&format!("/api/orders/{waiting}/allocate"), body).await.expect(200);

    let found = app.get(&path).await.expect(200);
    for (field, expected) in [
        ("available", 0),
        ("held", 7),
        ("committed", 12),
        ("damaged", 1),
        ("quarantined", 0),
        ("ordersWaiting", 1),
    ] {
        assert_eq!(found[field], expected, "{field}: {found}");
    }
    let holds: Vec<_> =
        found["holds"].as_array().expect("holds").iter().map(|hold| hold["id"].as_i64()).collect();
    assert_eq!(holds, [Some(large), Some(small)], "the largest is first");
    assert_eq!(found["nextExpiry"], found["holds"][1]["expiresAt"]);
    assert_eq!((&found["orders"][0]["orderId"], &found["orders"][0]["units"]), (&json!(order), &json!(9)));
    let sales: Vec<_> = found["sales"]
        .as_array()
        .expect("sales")
        .iter()
        .map(|sale| (sale["reason"].as_str(), sale["units"].as_i64()))
        .collect();
    assert_eq!(sales, [(Some("allocated"), Some(9)), (Some("confirmed"), Some(3))]);
    assert_eq!(found["waiting"][0]["missing"][0]["units"], 4);
    let page = app.get(&format!("/items/{lamp}")).await.text;
    for text in [
        "Why is it unavailable?",
        "7 units held for buyers",
        "1 unit damaged",
        "Largest holds",
        "The next hold expires",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    app.get("/api/items/999999/unavailability").await.problem(404, "item_not_found");
}

#[tokio::test]
async fn notifications_are_derived_and_read_per_person() {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(20).await, app.main_warehouse().await);
    let page = |path: &'static str| {
        let request = app.request(reqwest::Method::GET, path).header("accept", "text/html");
        async { app.send(request).await.text }
    };
    assert!(page("/notifications").await.contains("There are no notifications."));
    assert!(page("/items").await.contains("0 unread notifications"), "each page has the link");

    let order = app.order(&[(lamp, 25)]).await;
    let body = json!({"mode": "partial", "wait": true, "warehouseId": main});
    app.post(&format!("/api/orders/{order}/allocate"), body).await.expect(200);
    let query = "INSERT INTO imports (state, file_name, actor, applied_count, ended_at, applied_by)
                 VALUES ('failed', 'bad.csv', 'person:x', 0, now(), NULL)";
    sqlx::query(query).execute(&app.database).await.expect("an import");
    // The signals of the sold-out item follow the ledger.
    let all = async {
        loop {
            let found = page("/notifications").await;
            if found.contains("Lamp is sold out") && found.contains("bad.csv") {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let found = tokio::time::timeout(FLUSHED_MAX, all).await.expect("notifications");
    for text in ["Lamp is low: 0 unsold units", "waits for units", "The import of bad.csv failed"] {
        assert!(found.contains(text), "{text}: {found}");
    }
    assert!(found.contains("4 unread notifications"), "{found}");
    let (_, rest) = found.split_once("name=\"until\" value=\"").expect("a form");
    let until = rest.split('"').next().expect("a time").to_owned();
    let form = |until: String| {
        let request = app.request(reqwest::Method::POST, "/notifications/read");
        let body = format!("until={}", until.replace(':', "%3A").replace('+', "%2B"));
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    app.send(form("tomorrow".to_owned())).await;
    assert!(page("/notifications").await.contains("4 unread notifications"), "nothing is marked");
    assert_eq!(app.send(form(until)).await.status, 200, "the redirect leads to the page");
    assert!(page("/notifications").await.contains("0 unread notifications"));
    // Another person has read none. A reader sees no imports.
    let rows: Vec<String> = sqlx::query_scalar("SELECT actor FROM notification_reads")
        .fetch_all(&app.database)
        .await
        .expect("rows");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let token = app.client("reader", &[domain::Scope::StockRead]).await;
    let request = app.request(reqwest::Method::GET, "/notifications").header("accept", "text/html");
    let other = app.send(request.bearer_auth(token)).await.text;
    assert!(other.contains("3 unread notifications") && !other.contains("bad.csv"), "{other}");
}
