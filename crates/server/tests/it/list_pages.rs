//! The lists that only the server renders: other pages, rows per page, filters, and the files with the filtered rows.

use crate::app::TestApp;
use crate::browser::{Browser, Page};
use crate::imports::upload;
use serde_json::json;

/// Returns the address of a link with this name.
fn link(page: &Page, name: &str) -> Option<String> {
    let (before, _) = page.text.split_once(&format!(">{name}<"))?;
    let (_, tag) = before.rsplit_once("href=\"")?;
    Some(tag.split('"').next()?.replace("&amp;", "&"))
}

fn rows(page: &Page) -> usize {
    page.text.matches("<th scope=\"row\"").count()
}

/// Checks that a list has two pages of 25 rows and one with the rest, and that the links lead forth and back.
async fn check_pages(browser: &mut Browser, path: &str, rest: usize) {
    let address = format!("{path}{}size=25", if path.contains('?') { '&' } else { '?' });
    let first = browser.get(&address).await.expect(200);
    assert_eq!((rows(&first), link(&first, "Previous page")), (25, None), "{path}: {}", first.text);
    let second = link(&first, "Next page").expect("a next page");
    let third = link(&browser.get(&second).await.expect(200), "Next page").expect("a next page");
    let last = browser.get(&third).await.expect(200);
    assert_eq!((rows(&last), link(&last, "Next page")), (rest, None), "{path}: {}", last.text);
    let back = link(&last, "Previous page").expect("a previous page");
    let middle = browser.get(&back).await.expect(200);
    assert_eq!((rows(&middle), link(&middle, "Next page")), (25, Some(third)), "{path}");
    assert_eq!(link(&middle, "Previous page"), link(&middle, "First page"), "{path}");
    let again = browser.get(&link(&middle, "First page").expect("a first page")).await.expect(200);
    assert_eq!(link(&again, "Next page"), Some(second), "{path}");
    let whole = browser.get(&link(&again, "100").expect("a choice")).await.expect(200);
    assert_eq!((rows(&whole), link(&whole, "Next page")), (50 + rest, None), "{path}");
}

#[tokio::test]
async fn lists_of_the_server_have_pages_in_both_directions() {
    let app = TestApp::start().await;
    let lamp = app.item(1).await;
    let ledger = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor)
                  SELECT $1, (SELECT min(id) FROM warehouses), 1, 'received', 'person:anna' FROM generate_series(1, 53) AS n";
    sqlx::query(ledger).bind(lamp).execute(&app.database).await.expect("movements");
    let events = "INSERT INTO audit_events (actor, kind, subject, created_at)
                  SELECT 'person:anna', 'item.changed', 'item:' || $1, now() - n * interval '1 s' FROM generate_series(1, 54) AS n";
    sqlx::query(events).bind(lamp).execute(&app.database).await.expect("events");
    let mut browser = Browser::new(&app);
    check_pages(&mut browser, "/movements?actor=person%3Aanna", 3).await;
    check_pages(&mut browser, "/audit?actor=person%3Aanna", 4).await;
    check_pages(&mut browser, &format!("/changes?item={lamp}&actor=person%3Aanna"), 4).await;
    // A choice that does not exist is the default.
    assert_eq!(rows(&browser.get("/audit?size=7&actor=person%3Aanna").await.expect(200)), 50);
    app.stop();
}

#[tokio::test]
async fn imports_have_pages_in_both_directions() {
    let app = TestApp::start().await;
    for number in 0..27 {
        let row = format!("name,price\nLamp {number},1.00\n");
        upload(&app, &format!("?fileName=lamps-{number}.csv"), row).await.expect(201);
    }
    let mut browser = Browser::new(&app);
    let first = browser.get("/imports?size=25").await.expect(200).says("lamps-26.csv");
    let next = link(&first, "Next page").expect("a next page");
    let last = browser.get(&next).await.expect(200).says("lamps-0.csv");
    assert_eq!((rows(&first), rows(&last)), (25, 2));
    assert_eq!(link(&last, "Previous page").as_deref(), Some("/imports?size=25"));
    app.stop();
}

#[tokio::test]
async fn movements_are_filtered_by_sku_and_warehouse_also_in_the_file() {
    let app = TestApp::start().await;
    let (lamp, chair, north) = (app.item(5).await, app.item(6).await, app.warehouse("NORTH").await);
    app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
    for item in [lamp, chair] {
        let receipt = json!({"warehouseId": north, "delta": 2, "reason": "delivery"});
        app.post(&format!("/api/items/{item}/stock"), receipt).await.expect(200);
    }
    let mut browser = Browser::new(&app);
    for (filter, expected) in [
        ("sku=lamp".to_owned(), 2),
        (format!("item={lamp}"), 2),
        (format!("warehouse={north}"), 2),
        (format!("sku=LAMP&warehouse={north}"), 1),
        (format!("sku=LAMP&warehouse={north}&kind=sold"), 0),
        ("from=2020-01-01&until=2020-01-02".to_owned(), 0),
        ("actor=person%3Anobody".to_owned(), 0),
        (String::new(), 4),
    ] {
        let page = browser.get(&format!("/movements?{filter}")).await.expect(200);
        assert_eq!(rows(&page), expected, "{filter}: {}", page.text);
        let (_, file) = page.text.split_once("href=\"/api/movements.csv").expect("a file");
        let file = format!(
            "/api/movements.csv{}",
            file.split('"').next().expect("an address").replace("&amp;", "&")
        );
        let csv = app.get(&file).await.text;
        assert_eq!(csv.lines().count(), expected + 1, "{file}: {csv}");
    }
    let page = browser.get(&format!("/movements?warehouse={north}")).await.expect(200);
    page.says(&format!("<option value=\"{north}\" selected>")).says("NORTH");
    let page = browser.get("/changes?sku=LAMP&kind=item.changed").await.expect(200);
    assert_eq!(rows(&page), 1, "{}", page.text);
    page.says(&format!("href=\"/api/changes.csv?itemId={lamp}&amp;kind=item.changed\""));
    assert_eq!(browser.get("/movements?sku=NONE").await.status, 404);
    assert_eq!(browser.get(&format!("/movements?sku=LAMP&item={lamp}")).await.status, 400);
    app.stop();
}
