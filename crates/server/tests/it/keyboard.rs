//! The keyboard of pages without WASM: the script, its list of shortcuts, and the address of a scanned code.

use crate::app::TestApp;
use crate::browser::{Browser, person, signed_in, strict_server};
use domain::Role;
use reqwest::Method;
use serde_json::json;

const SCRIPT: &str = "<script src=\"/keyboard.js\" defer></script>";

#[tokio::test]
async fn every_page_without_wasm_has_the_keyboard() {
    let app = TestApp::start().await;
    let block = app.block(app.item(5).await, 1, 600).await;
    let form = app.request(Method::POST, "/forms/act_on_blocks").body(format!("id={block}&action=Release"));
    let plain = [
        app.get("/archive").await,
        app.get(&format!("/blocks/{block}")).await,
        app.get("/carts").await,
        app.get("/help/nothing").await,
        app.get("/search?q=lamp").await,
        app.get("/settings").await,
        app.send(form.header("content-type", "application/x-www-form-urlencoded")).await,
    ];
    for page in plain {
        assert!(!page.text.contains("type=\"module\""), "{}", page.text);
        assert_eq!(page.text.matches(SCRIPT).count(), 1, "{}", page.text);
        assert_eq!(page.text.matches("<dialog id=\"keyboard\"").count(), 1, "{}", page.text);
        for (key, address) in [("h", "/"), ("b", "/blocks"), ("s", "/stock"), ("u", "/imports")] {
            let link = format!("<a href=\"{address}\" data-key=\"{key}\">");
            assert!(page.text.contains(&link), "{link} is not in {}", page.text);
        }
    }
    for path in ["/", "/items", "/nothing"] {
        let page = app.get(path).await.text;
        assert!(page.contains("type=\"module\"") && !page.contains("keyboard.js"), "{page}");
    }
}

#[tokio::test]
async fn the_keyboard_leads_to_permitted_pages_only() {
    let app = strict_server().await;
    let public = Browser::new(&app).get("/sign-in").await;
    assert!(!public.text.contains("keyboard"), "{}", public.text);
    person(&app, "vera", Role::Viewer).await;
    let mut viewer = signed_in(&app, "vera").await;
    // A person without a permission gets another page at the second address.
    for path in ["/help", "/orders/new"] {
        let page = viewer.get(path).await.text;
        assert!(page.contains(SCRIPT) && page.contains("data-key=\"i\""), "{path}: {page}");
        for key in ["s", "u"] {
            assert!(!page.contains(&format!("data-key=\"{key}\"")), "{path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_scanned_code_leads_to_its_item_or_to_the_search() {
    let app = strict_server().await;
    let mut stranger = Browser::new(&app);
    stranger.get("/scan?code=4006381333931").await.redirects("/sign-in?next=%2Fscan%3Fcode%3D4006381333931");
    person(&app, "max", Role::Manager).await;
    let mut browser = signed_in(&app, "max").await;
    let body =
        r#"{"name": "Lamp", "quantity": 1, "price": "1.00", "sku": "LAMP-7", "barcodes": ["4006381333931"]}"#;
    let item = browser.post_json("/api/items", body).await.expect(201);
    let item: serde_json::Value = serde_json::from_str(&item.text).expect("JSON");
    let address = format!("/items/{}", item["id"]);
    assert_ne!(item["id"], json!(null));
    browser.get("/scan?code=4006381333931").await.redirects(&address);
    browser.get("/scan?code=LAMP-7").await.redirects(&address);
    for (code, search) in
        [("4006381333948", "4006381333948"), ("a+%26+b", "a%20%26%20b"), ("", ""), ("%00", "")]
    {
        browser.get(&format!("/scan?code={code}")).await.redirects(&format!("/search?q={search}"));
    }
    let search = browser.get("/search?q=4006381333948").await.expect(200);
    assert!(!search.text.contains("autofocus"), "the next scan is for the page: {}", search.text);
    assert!(browser.get("/search").await.text.contains("autofocus"));
}
