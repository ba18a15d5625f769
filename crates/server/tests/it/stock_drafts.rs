//! The pages of stock drafts: deliveries, counts and moves of many items.

use crate::app::TestApp;
use crate::browser::{Browser, Page, person, signed_in, strict_server};
use domain::Role;
use serde_json::json;

/// Creates an item with a SKU and a barcode, and returns its id.
async fn item(app: &TestApp, units: i64, sku: &str, barcode: &str) -> i64 {
    let item = app.item(units).await;
    let keys = json!({"sku": sku, "barcodes": [barcode]});
    app.patch(&format!("/api/items/{item}"), keys).await.expect(200);
    item
}

/// Creates a draft, and returns its address.
async fn draft(browser: &mut Browser, kind: &str, warehouse: i64, target: &str) -> String {
    let warehouse = warehouse.to_string();
    let fields = [("kind", kind), ("name", "D-7"), ("warehouse", &warehouse), ("target", target)];
    let page = browser.post("/stock", &fields).await.expect(303);
    page.header("location").to_owned()
}

async fn add(browser: &mut Browser, draft: &str, code: &str, quantity: &str) -> Page {
    let version = browser.get(draft).await.hidden("version");
    add_at(browser, draft, &version, code, quantity).await
}

/// Adds units at a version of the draft.
async fn add_at(browser: &mut Browser, draft: &str, version: &str, code: &str, quantity: &str) -> Page {
    let fields = [("version", version), ("code", code), ("quantity", quantity)];
    browser.post(&format!("{draft}/add"), &fields).await
}

async fn post(browser: &mut Browser, draft: &str) -> Page {
    let version = browser.get(draft).await.hidden("version");
    browser.post(&format!("{draft}/post"), &[("version", &version)]).await
}

#[tokio::test]
async fn a_delivery_is_entered_by_scanner_and_posted_at_once() {
    let app = TestApp::start().await;
    let lamp = item(&app, 1, "LAMP-1", "4006381333931").await;
    let mug = item(&app, 0, "MUG-1", "4006381333948").await;
    let spaced = item(&app, 0, "MUG 2", "4006381333955").await;
    let mut browser = Browser::new(&app);
    let main = app.main_warehouse().await;
    let draft = draft(&mut browser, "receipt", main, "").await;
    for code in ["4006381333931", "lamp-1", "4006381333931"] {
        add(&mut browser, &draft, code, "1").await.redirects(&draft);
    }
    add(&mut browser, &draft, "MUG-1", "5").await.redirects(&draft);
    assert_eq!((app.available(lamp).await, app.available(mug).await), (1, 0), "a draft changes nothing");
    for (code, quantity) in [("nothing", "1"), ("MUG-1", "0"), ("MUG-1", "x"), ("MUG-1", "9999999999")] {
        add(&mut browser, &draft, code, quantity).await.expect(400).says("role=\"alert\"");
    }
    // A form that is sent twice adds its units once.
    let version = browser.get(&draft).await.hidden("version");
    add_at(&mut browser, &draft, &version, "MUG 2", "9").await.redirects(&draft);
    add_at(&mut browser, &draft, &version, "MUG 2", "9").await.expect(400);
    post(&mut browser, &draft).await.redirects(&draft);
    assert_eq!(app.available(spaced).await, 9);
    assert_eq!((app.available(lamp).await, app.available(mug).await), (4, 5));
    let movements = app.get(&format!("/api/items/{lamp}/movements")).await.expect(200);
    assert_eq!(movements["items"][0]["note"], "D-7: receipt");
    // A posted draft is printed, and does not change.
    browser.get(&draft).await.expect(200).says("Posted");
    add_at(&mut browser, &draft, "6", "MUG-1", "1").await.expect(400);
    browser.post(&format!("{draft}/delete"), &[]).await.expect(400);
    assert_eq!(app.available(mug).await, 5);
}

#[tokio::test]
async fn a_draft_is_posted_once_by_racing_people_and_only_as_it_was_seen() {
    let app = TestApp::start().await;
    let lamp = item(&app, 0, "LAMP-1", "4006381333931").await;
    let mut browser = Browser::new(&app);
    let main = app.main_warehouse().await;
    let draft = draft(&mut browser, "receipt", main, "").await;
    add(&mut browser, &draft, "LAMP-1", "3").await.redirects(&draft);
    let version = browser.get(&draft).await.hidden("version");
    add(&mut browser, &draft, "LAMP-1", "1").await.redirects(&draft);
    let address = format!("{draft}/post");
    let outdated = browser.post(&address, &[("version", &version)]).await.expect(400);
    outdated.says("role=\"alert\"");
    assert_eq!(app.available(lamp).await, 0);
    let version = browser.get(&draft).await.hidden("version");
    let racing = (0..8).map(|_| {
        let mut browser = Browser::new(&app);
        let (address, version) = (address.clone(), version.clone());
        async move { browser.post(&address, &[("version", &version)]).await.status }
    });
    let statuses = futures::future::join_all(racing).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(app.available(lamp).await, 4);
}

#[tokio::test]
async fn a_move_and_a_count_change_all_lines_or_none() {
    let app = TestApp::start().await;
    let (lamp, mug) = (item(&app, 5, "LAMP-1", "1").await, item(&app, 2, "MUG-1", "2").await);
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let mut browser = Browser::new(&app);
    let moved = draft(&mut browser, "move", main, &north.to_string()).await;
    add(&mut browser, &moved, "LAMP-1", "5").await.redirects(&moved);
    add(&mut browser, &moved, "MUG-1", "3").await.redirects(&moved);
    post(&mut browser, &moved).await.expect(400).says("field__error");
    let level = async |item: i64, warehouse: i64| {
        let levels = app.get(&format!("/api/items/{item}/levels")).await.expect(200);
        let levels = levels.as_array().expect("levels").clone();
        let level = levels.into_iter().find(|level| level["warehouseId"] == warehouse);
        level.map_or(0, |level| level["available"].as_i64().expect("units"))
    };
    assert_eq!((level(lamp, main).await, level(lamp, north).await), (5, 0), "nothing is moved");
    let set = format!("{moved}/set");
    browser.post(&set, &[("item", &mug.to_string()), ("quantity", "2")]).await.redirects(&moved);
    post(&mut browser, &moved).await.redirects(&moved);
    assert_eq!((level(lamp, main).await, level(lamp, north).await), (0, 5));
    assert_eq!((level(mug, main).await, level(mug, north).await), (0, 2));

    let count = draft(&mut browser, "count", north, "").await;
    add(&mut browser, &count, "LAMP-1", "4").await.redirects(&count);
    post(&mut browser, &count).await.redirects(&count);
    assert_eq!(level(lamp, north).await, 4);
    let same = draft(&mut browser, "count", north, "").await;
    add(&mut browser, &same, "LAMP-1", "4").await.redirects(&same);
    post(&mut browser, &same).await.redirects(&same);
    browser.get(&same).await.says("Posted");
    assert_eq!(level(lamp, north).await, 4);
}

#[tokio::test]
async fn a_count_has_lines_without_units_and_no_other_draft_does() {
    let app = TestApp::start().await;
    let lamp = item(&app, 5, "LAMP-1", "1").await;
    let main = app.main_warehouse().await;
    let mut browser = Browser::new(&app);
    let receipt = draft(&mut browser, "receipt", main, "").await;
    add(&mut browser, &receipt, "LAMP-1", "0").await.expect(400).says("at least 1");
    let count = draft(&mut browser, "count", main, "").await;
    add(&mut browser, &count, "LAMP-1", "-1").await.expect(400).says("at least 0");
    add(&mut browser, &count, "LAMP-1", "0").await.redirects(&count);
    browser.get(&count).await.says("class=\"print-only\">0<");
    post(&mut browser, &count).await.redirects(&count);
    assert_eq!(app.available(lamp).await, 0);
}

#[tokio::test]
async fn a_draft_needs_its_warehouses_and_the_permission() {
    let app = TestApp::start().await;
    let main = app.main_warehouse().await.to_string();
    let mut browser = Browser::new(&app);
    for (kind, name, warehouse, target) in [
        ("receipt", "", main.as_str(), ""),
        ("gift", "D-1", main.as_str(), ""),
        ("move", "D-1", main.as_str(), ""),
        ("move", "D-1", main.as_str(), main.as_str()),
        ("receipt", "D-1", "x", ""),
    ] {
        let fields = [("kind", kind), ("name", name), ("warehouse", warehouse), ("target", target)];
        browser.post("/stock", &fields).await.expect(400).says("role=\"alert\"");
    }
    assert_eq!(browser.get("/stock/999999").await.status, 404);
    assert_eq!(browser.get("/stock/x").await.status, 404);

    let app = strict_server().await;
    person(&app, "vera", Role::Viewer).await;
    assert_eq!(signed_in(&app, "vera").await.get("/stock").await.status, 403);
}

#[tokio::test]
async fn a_limited_person_changes_no_draft_of_another_warehouse() {
    let app = strict_server().await;
    person(&app, "olga", Role::Administrator).await;
    person(&app, "nora", Role::Operator).await;
    let mut olga = signed_in(&app, "olga").await;
    olga.post_json("/api/warehouses", r#"{"code":"NORTH","name":"North"}"#).await.expect(201);
    let id = async |code: &str| {
        let id = sqlx::query_scalar::<_, i64>("SELECT id FROM warehouses WHERE code = $1").bind(code);
        id.fetch_one(&app.database).await.expect("a warehouse").to_string()
    };
    let (main, north) = (id("MAIN").await, id("NORTH").await);
    let limit = [("name", "nora"), ("warehouses", "NORTH")];
    olga.post("/people/warehouses", &limit).await.expect(303);
    let of_main = [("kind", "receipt"), ("name", "D-1"), ("warehouse", main.as_str())];
    let draft = olga.post("/stock", &of_main).await.expect(303).header("location").to_owned();
    let mut nora = signed_in(&app, "nora").await;
    nora.post("/stock", &of_main).await.expect(403);
    nora.post(&format!("{draft}/delete"), &[]).await.expect(403);
    add_at(&mut nora, &draft, "1", "x", "1").await.expect(400);
    olga.get(&draft).await.expect(200);
    let of_north = [("kind", "receipt"), ("name", "D-1"), ("warehouse", north.as_str())];
    nora.post("/stock", &of_north).await.expect(303);
}
