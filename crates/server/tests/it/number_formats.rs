//! Numbers in forms: they are read and shown with the signs of the person's number format.

use crate::app::TestApp;
use crate::browser::Browser;
use serde_json::json;

fn browser(app: &TestApp, cookie: &str) -> Browser {
    let mut browser = Browser::new(app);
    browser.set_cookie(cookie);
    browser
}

async fn price(app: &TestApp, item: i64) -> String {
    let item = app.get(&format!("/api/items/{item}")).await.expect(200);
    item["price"].as_str().expect("a price").to_owned()
}

#[tokio::test]
async fn a_price_is_read_and_shown_in_the_format_of_the_person() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let id = item.to_string();
    let mut german = browser(&app, "language=de");
    for (written, plain) in
        [("12,90", "12.90"), ("1.299", "1299.00"), ("1.299,5", "1299.50"), ("7", "7.00"), ("12.90", "12.90")]
    {
        let fields = [("id", id.as_str()), ("price", written)];
        german.post("/forms/update_item?in=changes", &fields).await.expect(303);
        assert_eq!(price(&app, item).await, plain, "{written}");
    }
    german.get(&format!("/items/{item}?do=edit")).await.expect(200).says("value=\"12,90\"");
    let mut english = browser(&app, "language=en");
    english.get(&format!("/items/{item}?do=edit")).await.expect(200).says("value=\"12.90\"");
    for written in ["1.299", "12,90"] {
        let fields = [("id", id.as_str()), ("price", written)];
        let page = english.post("/forms/update_item?in=changes", &fields).await.expect(303);
        let message = page.header("set-cookie").to_owned();
        assert!(message.contains("such%20as%2012%2E90"), "{written}: {message}");
        assert_eq!(price(&app, item).await, "12.90", "{written}");
    }
    let fields = [("id", id.as_str()), ("price", "1,299.05")];
    english.post("/forms/update_item?in=changes", &fields).await.expect(303);
    assert_eq!(price(&app, item).await, "1299.05");
    // The language does not choose the format if the person does.
    let mut swiss = browser(&app, "numbers=apostrophe");
    swiss.post("/forms/update_item?in=changes", &[("id", &id), ("price", "1'300.10")]).await.expect(303);
    assert_eq!(price(&app, item).await, "1300.10");
}

#[tokio::test]
async fn a_server_function_reads_a_price_in_the_format_of_the_person_and_rest_does_not() {
    let app = TestApp::start().await;
    let item = |price: &str| json!({"name": "Lampe", "quantity": 1, "price": price});
    let call = |price: &str| {
        let request = app.request(reqwest::Method::POST, "/rpc/create_item").header("accept-language", "de");
        request.json(&json!({ "item": item(price) }))
    };
    assert_eq!(app.send(call("1.299,90")).await.expect(200)["price"], "1299.90");
    assert_eq!(app.send(call("1299.90")).await.expect(200)["price"], "1299.90");
    let wrong = app.send(call("12,9,0")).await.problem(400, "invalid_value");
    assert_eq!(wrong["detail"], "Geben Sie einen Betrag wie 12,90 ein.");
    let rest = app.request(reqwest::Method::POST, "/api/items").header("accept-language", "de");
    app.send(rest.json(&item("12,90"))).await.problem(400, "invalid_value");
}

#[tokio::test]
async fn whole_numbers_and_degrees_have_the_signs_of_the_format() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let mut german = browser(&app, "language=de");
    let fields =
        [("id", item.to_string()), ("delta", "1.000".to_owned()), ("reason", "Lieferung".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    german.post("/forms/adjust_stock?in=adjustment", &fields).await.expect(303);
    assert_eq!(app.available(item).await, 1_005);
    let fields = [("code", "NORD"), ("name", "Nord"), ("latitude", "52,52"), ("longitude", "13.405")];
    german.post("/forms/create_warehouse?in=warehouse", &fields).await.expect(303);
    let warehouses = app.get("/api/warehouses").await.expect(200);
    let north = warehouses.as_array().expect("warehouses").iter().find(|place| place["code"] == "NORD");
    let north = north.expect("the warehouse");
    assert_eq!((&north["latitude"], &north["longitude"]), (&json!(52.52), &json!(13.405)));
    let page = german.get(&format!("/warehouses/{}/edit", north["id"])).await.expect(200);
    page.says("value=\"52,52\"").says("value=\"13,405\"");
}
