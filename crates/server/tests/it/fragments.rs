//! Parts of pages that the server renders to HTML: the page has them, and the browser fetches them again.

use crate::app::TestApp;
use crate::markup::{MARKUP, shows};
use serde_json::{Value, json};

fn html(part: &Value) -> &str {
    part.as_str().expect("HTML")
}

#[tokio::test]
async fn a_page_has_its_fragments_as_they_are_fetched() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    app.block(item, 5, 600).await;
    let released = app.block(app.item(5).await, 1, 600).await;
    app.delete(&format!("/api/blocks/{released}")).await.expect(200);
    let page = app.get(&format!("/items/{item}")).await.text;
    for (name, part, text) in
        [("unavailability", "", "units held for buyers"), ("item_movements", "html", "data-since=")]
    {
        let answer = app.get(&format!("/rpc/{name}?id={item}")).await.expect(200);
        let html = html(if part.is_empty() { &answer } else { &answer[part] });
        assert!(html.contains(text) && page.contains(html), "{name}: {html}");
    }
    let ended = app.get("/rpc/ended_blocks").await.expect(200);
    assert!(app.get("/blocks?state=ended").await.text.contains(html(&ended["html"])), "{ended}");
    let activity = app.get("/rpc/activity").await.expect(200);
    assert!(html(&activity["numbers"]).contains("/movements?kind=sold&amp;from="), "{activity}");
    assert!(html(&activity["work"]).contains("Running out"), "{activity}");
    let sold = &activity["sold"];
    assert_eq!(sold["times"].as_array().map(Vec::len), sold["units"].as_array().map(Vec::len), "{activity}");
}

#[tokio::test]
async fn fragments_are_escaped_and_in_the_language_of_the_person() {
    let app = TestApp::start().await;
    let item = json!({"name": MARKUP, "quantity": 2, "price": "9.99", "category": "Light"});
    let item = app.post("/api/items", item).await.expect(201)["id"].as_i64().expect("an id");
    app.block(item, 2, 600).await;
    let request =
        |path: String| app.send(app.request(reqwest::Method::GET, &path).header("cookie", "language=de"));
    let reasons = request(format!("/rpc/unavailability?id={item}")).await.expect(200);
    assert!(html(&reasons).contains("Reservierung"), "{reasons}");
    let activity = request("/rpc/activity".to_owned()).await.expect(200);
    let work = html(&activity["work"]);
    assert!(shows(work) && !work.contains("<x17"), "{work}");
    app.get("/rpc/unavailability?id=999999").await.problem(404, "item_not_found");
    app.get("/rpc/activity?span=decade").await.problem(400, "invalid_value");
}
