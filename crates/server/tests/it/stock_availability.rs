//! Availability of many items: at one moment, with cursor and ETag.

use crate::app::TestApp;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn availability_has_available_held_and_on_hand_units() {
    let app = TestApp::start().await;
    let (lamp, cup) = (app.item(10).await, app.item(0).await);
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    app.block(lamp, 3, 60).await;
    let sold = app.block(lamp, 2, 60).await;
    app.post("/api/items/block/permanent", json!({"blockId": sold})).await.expect(200);
    let receipt = json!({"warehouseId": north, "delta": 4, "reason": "Delivery"});
    app.post(&format!("/api/items/{lamp}/stock"), receipt).await.expect(200);

    let path = format!("/api/availability?itemId={cup}&itemId=999999&itemId={lamp}&itemId={cup}");
    let sums = app.get(&path).await.expect(200);
    let expected = json!([
        {"itemId": cup, "sku": null, "available": 0, "held": 0, "committed": 0, "damaged": 0, "quarantined": 0, "onHand": 0},
        {"itemId": lamp, "sku": null, "available": 9, "held": 3, "committed": 2, "damaged": 0, "quarantined": 0, "onHand": 14},
    ]);
    assert_eq!((&sums["items"], &sums["lagSeconds"]), (&expected, &json!(0)));
    assert_eq!(sums["unknownItemIds"], json!([999_999]));

    let levels = app.get(&format!("/api/availability?itemId={lamp}&warehouses=true")).await.expect(200);
    let expected = json!([
        {"warehouseId": main, "warehouseCode": "MAIN", "available": 5, "held": 3, "committed": 2, "damaged": 0, "quarantined": 0, "onHand": 10},
        {"warehouseId": north, "warehouseCode": "NORTH", "available": 4, "held": 0, "committed": 0, "damaged": 0, "quarantined": 0, "onHand": 4},
    ]);
    assert_eq!(levels["items"][0]["warehouses"], expected);
    let posted = json!({"itemIds": [lamp.to_string()], "warehouses": true});
    let posted = app.post("/api/availability", posted).await.expect(200);
    assert_eq!(posted["items"], levels["items"]);
}

#[tokio::test]
async fn the_etag_changes_with_the_units_of_the_items_alone() {
    let app = TestApp::start().await;
    let (lamp, other) = (app.item(10).await, app.item(10).await);
    let path = format!("/api/availability?itemId={lamp}");
    let first = app.get(&path).await;
    let (tag, cursor) = (first.header("etag").to_owned(), first.body["cursor"].clone());
    assert!(tag.starts_with("W/\""), "{tag}");
    app.block(other, 1, 60).await;
    let again = app.send(app.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.header("etag"), again.text.as_str()), (304, tag.as_str(), ""));
    assert_ne!(app.get(&path).await.expect(200)["cursor"], cursor, "the ledger has advanced");
    app.block(lamp, 1, 60).await;
    let changed = app.send(app.request(Method::GET, &path).header("if-none-match", &tag)).await;
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.expect(200)["items"][0]["available"], 9);
}

#[tokio::test]
async fn a_read_names_a_bounded_number_of_items() {
    let app = TestApp::start().await;
    let many = (0..101).map(|id| format!("itemId={id}")).collect::<Vec<_>>().join("&");
    for query in ["", &many] {
        app.get(&format!("/api/availability?{query}")).await.problem(400, "invalid_value");
    }
    for (query, field) in [("itemId=one", "itemId"), ("itemId=1&warehouses=maybe", "warehouses")] {
        let problem = app.get(&format!("/api/availability?{query}")).await.problem(400, "invalid_query");
        assert_eq!(problem["field"], field);
    }
    let ids: Vec<_> = (0..1_001).collect();
    app.post("/api/availability", json!({"itemIds": ids})).await.problem(400, "invalid_value");
    app.post("/api/availability", json!({"itemIds": []})).await.problem(400, "invalid_value");
    app.post("/api/availability", json!({})).await.problem(400, "invalid_value");
    let known = app.post("/api/availability", json!({"itemIds": ids[..1_000]})).await.expect(200);
    assert_eq!(known["unknownItemIds"].as_array().expect("ids").len(), 1_000);
}

#[tokio::test]
async fn items_are_named_by_sku() {
    let app = TestApp::start().await;
    let body = json!({"name": "Lamp", "quantity": 7, "price": "1", "sku": "LAMP 7"});
    let lamp = app.post("/api/items", body).await.expect(201)["id"].clone();
    let cup = app.item(3).await;
    let query = format!("sku=lamp%20%207&sku=CUP&itemId={cup}");
    let read = app.get(&format!("/api/availability?{query}")).await.expect(200);
    let found = read["items"].as_array().expect("items").iter();
    let found: Vec<_> = found.map(|item| json!([item["itemId"], item["sku"], item["onHand"]])).collect();
    assert_eq!(json!(found), json!([[cup, null, 3], [lamp, "LAMP 7", 7]]));
    assert_eq!(read["unknownSkus"], json!(["CUP"]));
    let posted = app.post("/api/availability", json!({"skus": ["CUP"]})).await.expect(200);
    assert_eq!((&posted["items"], &posted["unknownSkus"]), (&json!([]), &json!(["CUP"])));
    app.get("/api/availability?sku=a%7Fb").await.problem(400, "invalid_value");
}
