//! The page that allocates an order: plans, by hand, in part, the queue, and parts of an order.

use crate::app::TestApp;
use crate::browser::{Browser, Page, person, signed_in, strict_server};
use crate::ledger;
use domain::Role;
use serde_json::{Value, json};

/// Two warehouses with units of an item, and the order of 5 units, which both fill only together.
struct Shop {
    app: TestApp,
    item: i64,
    main: i64,
    north: i64,
    order: i64,
    page: String,
}

impl Shop {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let (item, main) = (app.item(3).await, app.main_warehouse().await);
        let new = json!({"code": "NORTH", "name": "North", "latitude": 0, "longitude": 1});
        let north = app.post("/api/warehouses", new).await.expect(201)["id"].as_i64().expect("an id");
        let order = app.order(&[(item, 5)]).await;
        let page = format!("/orders/{order}/allocate");
        let shop = Self { app, item, main, north, order, page };
        shop.receive(north, 4).await;
        shop
    }

    async fn receive(&self, warehouse: i64, delta: i64) {
        let body = json!({"warehouseId": warehouse, "delta": delta, "reason": "count"});
        self.app.post(&format!("/api/items/{}/stock", self.item), body).await.expect(200);
    }

    async fn read(&self) -> Value {
        self.app.get(&format!("/api/orders/{}", self.order)).await.expect(200)
    }

    /// Returns the status, and the allocated units by warehouse id.
    async fn units(&self) -> (String, Vec<(i64, i64)>) {
        let order = self.read().await;
        let level = |level: &Value| (level["warehouseId"].as_i64(), level["allocated"].as_i64());
        let levels = order["allocations"].as_array().expect("allocations").iter().map(level);
        let levels = levels.map(|(warehouse, units)| (warehouse.expect("an id"), units.expect("units")));
        (order["status"].as_str().expect("a status").to_owned(), levels.collect())
    }
}

/// Returns the plan of the first card.
fn first_plan(page: &Page) -> String {
    page.hidden("plan")
}

#[tokio::test]
async fn a_plan_is_allocated_as_it_was_shown() {
    let shop = Shop::new().await;
    let (order, path) = (format!("/orders/{}", shop.order), shop.page.clone());
    let mut browser = Browser::new(&shop.app);
    browser.get(&order).await.expect(200).says(&format!("href=\"{path}\""));
    let shown = browser.get(&path).await.expect(200);
    let shown = shown.says("2 parcels, from MAIN and NORTH").says("fewest possible").says("All combinations");
    let plan = first_plan(&shown);
    let fields = [("plan", plan.as_str()), ("key", &shown.hidden("key"))];
    // A form that is sent twice allocates once, and both answers say so.
    for _ in 0..2 {
        browser.post(&path, &fields).await.redirects(&order);
    }
    let (status, levels) = shop.units().await;
    assert_eq!((status.as_str(), levels.iter().map(|(_, units)| units).sum::<i64>()), ("allocated", 5));
    browser.post(&path, &[("plan", &plan)]).await.expect(409).says("role=\"alert\"");
    let done = browser.get(&path).await.expect(200).says("Every unit is allocated");
    assert!(!done.text.contains("Allocate this plan"));
    ledger::check(&shop.app.database).await;
}

#[tokio::test]
async fn a_plan_that_the_stock_has_left_is_refused_with_the_new_plans() {
    let shop = Shop::new().await;
    let mut browser = Browser::new(&shop.app);
    let shown = browser.get(&shop.page).await.expect(200);
    let plan = first_plan(&shown);
    shop.receive(shop.north, -3).await;
    shop.receive(shop.main, 2).await;
    let refused = browser.post(&shop.page, &[("plan", &plan), ("key", &shown.hidden("key"))]).await;
    let refused = refused.expect(409).says("Nothing was allocated").says("1 parcel, from MAIN");
    assert_eq!(shop.units().await.0, "pending");
    browser
        .post(&shop.page, &[("plan", &first_plan(&refused))])
        .await
        .redirects(&format!("/orders/{}", shop.order));
    assert_eq!(shop.units().await, ("allocated".to_owned(), vec![(shop.main, 5)]));
}

#[tokio::test]
async fn a_policy_chooses_the_plans_and_says_why() {
    let shop = Shop::new().await;
    shop.receive(shop.main, 2).await;
    shop.receive(shop.north, 1).await;
    let mut browser = Browser::new(&shop.app);
    let near = format!("{}?policy=nearest&latitude=0&longitude=1.1&maxParcels=1", shop.page);
    browser.get(&near).await.expect(200).says("1 parcel, from NORTH").says("nearest: 11 km");
    let unknown = browser.get(&format!("{}?policy=nearest", shop.page)).await.expect(400);
    unknown.says("longitude of the destination").says("1 parcel, from");
    for query in ["policy=best", "maxParcels=0", "maxParcels=x", "latitude=91&longitude=0", "latitude=1"] {
        browser.get(&format!("{}?{query}", shop.page)).await.expect(400).says("role=\"alert\"");
    }
    for query in ["policy=priority", "policy=highest_stock&split=no&plan=9", "plan=x"] {
        browser.get(&format!("{}?{query}", shop.page)).await.expect(200).says("Plan 1");
    }
}

#[tokio::test]
async fn an_allocation_by_hand_needs_exactly_the_missing_units() {
    let shop = Shop::new().await;
    let mut browser = Browser::new(&shop.app);
    let [main, north] = [shop.main, shop.north].map(|warehouse| format!("units-{}.{warehouse}", shop.item));
    browser.get(&shop.page).await.expect(200).says(&format!("name=\"{main}\"")).says("4 available");
    let few = browser.post(&shop.page, &[(&main, "1"), (&north, "2"), ("by", "hand")]).await.expect(409);
    few.says("role=\"alert\"").says("value=\"2\"");
    browser.post(&shop.page, &[(&main, "many"), (&north, "2")]).await.expect(400).says("value=\"many\"");
    browser.post(&shop.page, &[("units-x", "1")]).await.expect(400);
    browser.post(&shop.page, &[("plan", "1.2")]).await.expect(400);
    browser.post(&shop.page, &[]).await.expect(400);
    let order = format!("/orders/{}", shop.order);
    browser.post(&shop.page, &[(&main, "1"), (&north, "4")]).await.redirects(&order);
    assert_eq!(shop.units().await, ("allocated".to_owned(), vec![(shop.main, 1), (shop.north, 4)]));
    browser.get("/orders/999999/allocate").await.expect(404).says("Order not found");
    browser.get("/orders/x/allocate").await.expect(404);
}

#[tokio::test]
async fn available_units_are_allocated_and_the_rest_waits_and_leaves_the_queue() {
    let shop = Shop::new().await;
    shop.receive(shop.north, -4).await;
    let mut browser = Browser::new(&shop.app);
    let shown = browser.get(&shop.page).await.expect(200).says("Not in the queue");
    // Two units are in no warehouse.
    let receive = format!("href=\"/items/{}?do=receive.{}.2\"", shop.item, shop.main);
    shown.says(&receive).says("2 units missing");
    let fill = format!("{}/fill", shop.page);
    browser.post(&fill, &[("wait", "yes"), ("priority", "high")]).await.expect(400).says("value=\"high\"");
    browser.post(&fill, &[("wait", "yes"), ("priority", "7")]).await.redirects(&shop.page);
    assert_eq!(shop.units().await, ("partial".to_owned(), vec![(shop.main, 3)]));
    browser
        .get(&shop.page)
        .await
        .expect(200)
        .says("Place 1")
        .says("Leave the queue")
        .says("2 units are left");
    let order = browser.get(&format!("/orders/{}", shop.order)).await.expect(200);
    order.says("Place 1, ").says("Allocated in part");
    let queue = format!("{}/queue", shop.page);
    browser.post(&queue, &[("queuePriority", "-3")]).await.redirects(&shop.page);
    assert_eq!(shop.read().await["priority"], -3);
    browser.post(&queue, &[("queuePriority", "1000001")]).await.expect(400);
    browser.post(&queue, &[("leave", "yes")]).await.redirects(&shop.page);
    let left = shop.read().await;
    assert_eq!((&left["waitingSince"], &left["priority"]), (&json!(null), &json!(-3)));
    // The plans of a partial order have its missing units.
    shop.receive(shop.north, 2).await;
    let shown = browser.get(&shop.page).await.expect(200).says("1 parcel, from NORTH");
    let plan = first_plan(&shown);
    browser.post(&shop.page, &[("plan", &plan)]).await.redirects(&format!("/orders/{}", shop.order));
    assert_eq!(shop.units().await, ("allocated".to_owned(), vec![(shop.main, 3), (shop.north, 2)]));
    browser.post(&queue, &[("queuePriority", "1")]).await.expect(409);
    ledger::check(&shop.app.database).await;
}

#[tokio::test]
async fn units_are_cancelled_and_pass_between_orders() {
    let shop = Shop::new().await;
    let (item, other) = (shop.item.to_string(), shop.app.order(&[(shop.item, 2)]).await);
    let rival = format!("/orders/{other}/allocate");
    let mut browser = Browser::new(&shop.app);
    browser
        .post(&format!("{}/fill", shop.page), &[("warehouse", &shop.main.to_string())])
        .await
        .redirects(&shop.page);
    let cancel = format!("{}/cancel", shop.page);
    let shown = browser.get(&shop.page).await.expect(200).says("Cancel units").says("Give units");
    let fields = [("cancelItem", item.as_str()), ("cancelUnits", "1"), ("key", &shown.hidden("key"))];
    for _ in 0..2 {
        browser.post(&cancel, &fields).await.redirects(&shop.page);
    }
    assert_eq!(shop.read().await["lines"][0]["quantity"], 4);
    browser
        .post(&cancel, &[("cancelItem", &item), ("cancelUnits", "9")])
        .await
        .expect(409)
        .says("value=\"9\"");
    browser.post(&cancel, &[]).await.expect(400);
    // One unit to the other order, and one more by the other order's form.
    let (to, from) = (other.to_string(), shop.order.to_string());
    let give = [("giveTo", to.as_str()), ("giveItem", &item), ("giveUnits", "1")];
    browser.post(&format!("{}/give", shop.page), &give).await.redirects(&shop.page);
    browser.post(&format!("{}/give", shop.page), &[("giveTo", "x")]).await.expect(400);
    browser.post(&format!("{}/give", shop.page), &[("giveTo", &to), ("giveUnits", "1")]).await.expect(400);
    browser.post(&format!("{rival}/get"), &[("getFrom", &from)]).await.redirects(&format!("/orders/{other}"));
    assert_eq!(shop.app.get(&format!("/api/orders/{other}")).await.expect(200)["status"], "allocated");
    assert_eq!(shop.units().await, ("partial".to_owned(), vec![(shop.main, 1)]));
    browser.post(&format!("{}/give", shop.page), &[("giveTo", &to)]).await.expect(409);
    browser.post(&cancel, &[("cancelItem", &item)]).await.redirects(&format!("/orders/{}", shop.order));
    assert_eq!(shop.read().await["status"], "cancelled");
    ledger::check(&shop.app.database).await;
}

#[tokio::test]
async fn the_page_needs_the_permission_to_change_orders() {
    let app = strict_server().await;
    for (name, role, status) in [("vera", Role::Viewer, 403), ("otto", Role::Operator, 404)] {
        person(&app, name, role).await;
        let mut browser = signed_in(&app, name).await;
        browser.get("/orders/1/allocate").await.expect(status);
        for action in ["", "/fill", "/queue", "/cancel", "/give", "/get"] {
            let refused = browser.post(&format!("/orders/1/allocate{action}"), &[]).await;
            assert!(refused.status >= 400 && (refused.status == 403) == (status == 403), "{action}");
        }
    }
}
