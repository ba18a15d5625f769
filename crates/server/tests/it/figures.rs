//! The figures of the overview: each equals the sum of the list that it links to.

use crate::app::TestApp;
use crate::browser::Browser;
use serde_json::{Value, json};

/// A shop with available, held, confirmed and expiring units, and with orders in each state that has units.
async fn shop() -> TestApp {
    let app = TestApp::start().await;
    let (lamp, main) = (app.item(500).await, app.main_warehouse().await);
    app.item(29).await;
    for (quantity, ttl) in [(3, 60), (4, 86_400), (5, 90)] {
        app.block(lamp, quantity, ttl).await;
    }
    for quantity in [7, 11] {
        let confirmed = app.block(lamp, quantity, 600).await;
        app.post("/api/items/block/permanent", json!({"blockId": confirmed})).await.expect(200);
    }
    let allocate = json!({"warehouseId": main});
    for quantity in [13, 17] {
        let order = app.order(&[(lamp, quantity)]).await;
        app.post(&format!("/api/orders/{order}/allocate"), allocate.clone()).await.expect(200);
    }
    let shipped = app.order(&[(lamp, 19)]).await;
    app.post(&format!("/api/orders/{shipped}/allocate"), allocate).await.expect(200);
    app.post(&format!("/api/orders/{shipped}/ship"), json!({})).await.expect(200);
    let returned =
        json!({"lines": [{"itemId": lamp, "quantity": 2, "warehouseId": main}], "into": "available"});
    app.post(&format!("/api/orders/{shipped}/return"), returned).await.expect(200);
    let partial = app.order(&[(lamp, 900)]).await;
    let body = json!({"mode": "partial", "wait": true});
    app.post(&format!("/api/orders/{partial}/allocate"), body).await.expect(200);
    app.order(&[(lamp, 1)]).await;
    app
}

async fn text(app: &TestApp, path: &str) -> String {
    app.get(path).await.expect(200).as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn each_figure_of_the_overview_is_the_sum_of_its_list() {
    let app = shop().await;
    let overview = app.get("/api/overview").await.expect(200);
    let number = |field: &str| overview[field].as_i64().expect("a number");
    let holds = |holds: i64, units: i64| format!("{holds} holds, {units} units");
    let total = async |state: &str| text(&app, &format!("/rpc/count_blocks?filter[state]={state}")).await;
    assert_eq!(total("temporary").await, holds(number("blocksActive"), number("unitsHeld")));
    assert_eq!(total("expiring").await, holds(number("blocksExpiring"), number("unitsExpiring")));
    assert_eq!((number("unitsHeld"), number("unitsExpiring")), (12, 8));
    let available = format!("{} items, {} units", number("items"), number("unitsAvailable"));
    assert_eq!(text(&app, "/rpc/count_items").await, available);
    let sold_out = text(&app, "/rpc/count_items?low=0").await;
    assert_eq!(sold_out, format!("{} items", number("itemsSoldOut")).replace("1 items", "1 item"));
    let pending = text(&app, "/rpc/count_orders?filter[status]=pending").await;
    assert_eq!(pending, format!("{} orders", number("ordersPending")).replace("1 orders", "1 order"));

    // The sold units are those of confirmed holds and those of orders.
    assert_eq!(total("permanent").await, holds(2, 18));
    let mut browser = Browser::new(&app);
    browser.get("/").await.expect(200).says("href=\"/sold\"");
    let page = browser.get("/sold").await.expect(200);
    let page = page.says(&format!("{} units", number("unitsSold"))).says("18 units in confirmed holds");
    let of_orders: i64 = units_of_orders(&page.text).iter().sum();
    assert_eq!(of_orders, number("unitsSold") - 18, "{}", page.text);
    page.says(&format!("{of_orders} units of orders")).says("href=\"/blocks?state=permanent\"");
    app.stop();
}

/// Returns the units in the last column of a page's table.
fn units_of_orders(page: &str) -> Vec<i64> {
    let (_, body) = page.split_once("<tbody>").expect("a table");
    let (body, _) = body.split_once("</tbody>").expect("a table");
    let cells = |row: &str| {
        let cell = row.rsplit("<td class=\"figure\">").next()?;
        cell.split('<').next()?.replace(',', "").parse().ok()
    };
    body.split("</tr>").filter_map(cells).collect()
}

#[tokio::test]
async fn orders_that_wait_for_units_are_a_list() {
    let app = shop().await;
    let activity = app.get("/api/activity").await.expect(200);
    assert_eq!(activity["ordersWaiting"], 1);
    assert_eq!(text(&app, "/rpc/count_orders?filter[status]=waiting").await, "1 order");
    let waiting = &activity["waiting"][0]["orderId"];
    let page = app.get("/rpc/list_orders?filter[status]=waiting").await.expect(200);
    assert_eq!((&page["items"][0]["id"], page["items"].as_array().map(Vec::len)), (waiting, Some(1)));
    let listed = app.get("/api/orders?waiting=true").await.expect(200);
    assert_eq!((&listed["items"][0]["id"], &listed["next"]), (waiting, &Value::Null));
    let csv = app.get("/api/orders.csv?waiting=true").await.text;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let page = app.get("/").await.text;
    for link in ["/orders?status=waiting", "/items?low=0", "/items?low=threshold", "/help/stock"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
    }
    let page = app.get("/orders?status=waiting").await.text;
    assert!(page.contains("waiting=true") && page.contains("1 order"), "{page}");
    app.stop();
}

#[tokio::test]
async fn the_movements_of_each_person_are_a_list() {
    let app = shop().await;
    let activity = app.get("/api/activity?span=day").await.expect(200);
    let mover = &activity["movers"][0];
    let (actor, units, movements) =
        (mover["actor"].as_str().expect("an actor"), mover["units"].as_i64(), mover["movements"].as_i64());
    let (from, until) =
        (activity["from"].as_str().expect("from"), activity["until"].as_str().expect("until"));
    let all: Vec<i64> = sqlx::query_scalar(
        "SELECT coalesce(units, abs(change))::bigint FROM stock_movements
          WHERE actor = $1 AND created_at >= $2::text::timestamptz AND created_at < $3::text::timestamptz",
    )
    .bind(actor)
    .bind(from)
    .bind(until)
    .fetch_all(&app.database)
    .await
    .expect("movements");
    assert_eq!((units, movements), (Some(all.iter().sum()), Some(all.len() as i64)));
    let page = app.get(&format!("/movements?actor={actor}&from={from}&until={until}")).await;
    let sum = format!("{} units in {} movements.", all.iter().sum::<i64>(), all.len());
    assert!(page.text.contains(&with_separators(&sum)), "{sum}: {}", page.text);
    let listed = app.get(&format!("/api/movements?actor={actor}&limit=500")).await.expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(all.len()));
    assert_eq!(app.get("/api/movements?actor=person:nobody").await.expect(200)["items"], json!([]));
    // Reading stock is enough.
    let token = app.client("reader", &[domain::Scope::StockRead]).await;
    let request = app.request(reqwest::Method::GET, "/api/activity?span=day").bearer_auth(token);
    assert_eq!(&app.send(request).await.expect(200)["movers"][0]["actor"], actor);
    let page = app.get("/?span=day").await.text;
    assert!(page.contains(&format!("/movements?actor={actor}")), "{page}");
    app.stop();
}

/// Returns a text with the separators of thousands of its first number.
fn with_separators(text: &str) -> String {
    let (number, rest) = text.split_once(' ').expect("a number");
    match number.len() {
        ..=3 => text.to_owned(),
        length => format!("{},{} {rest}", &number[..length - 3], &number[length - 3..]),
    }
}
