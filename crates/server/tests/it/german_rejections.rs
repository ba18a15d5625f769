//! Rejected forms in German: no detail is in English.

use crate::app::TestApp;
use crate::browser::{Browser, Page};
use crate::imports::{settled, upload};
use serde_json::json;

/// Words of English sentences. German texts have none of them.
const ENGLISH: [&str; 14] = [
    "must",
    "not",
    "is",
    "are",
    "the",
    "and",
    "or",
    "of",
    "to",
    "with",
    "number",
    "characters",
    "least",
    "enter",
];

/// Returns the text of the alerts of a page.
fn alerts(page: &str) -> Vec<String> {
    let text = |html: &str| {
        let html = html.split("</div>").next().expect("a part");
        html.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect::<String>()
    };
    page.split("role=\"alert\"").skip(1).map(text).collect()
}

#[track_caller]
fn check_german(what: &str, text: &str) {
    let text = text.replace("&quot;", "\"");
    let words = text.split(|character: char| !character.is_alphabetic());
    let english: Vec<_> = words.filter(|word| ENGLISH.contains(&word.to_lowercase().as_str())).collect();
    assert!(!text.trim().is_empty(), "{what} has no text");
    assert!(english.is_empty(), "{what}: {english:?} in {text:?}");
}

/// Checks the alert of a page, or the message of a redirect.
#[track_caller]
fn check(what: &str, page: &Page) {
    match page.header("set-cookie").strip_prefix("flash=") {
        Some(flash) => {
            let text = flash.split(';').next().expect("a value");
            let text = percent_encoding::percent_decode_str(text).decode_utf8().expect("text");
            check_german(what, &text);
        }
        None => {
            let alerts = alerts(&page.text);
            assert!(!alerts.is_empty(), "{what} has no alert: {} {}", page.status, page.text);
            alerts.iter().for_each(|text| check_german(what, text));
        }
    }
}

fn german(app: &TestApp) -> Browser {
    let mut browser = Browser::new(app);
    browser.set_cookie("language=de");
    browser
}

/// Sends a wrong form, and checks that its rejection is in German.
async fn reject(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let page = browser.post(path, fields).await;
    assert!(page.status == 303 || page.status >= 400, "{path} {fields:?}: {}", page.status);
    check(&format!("{path} {fields:?}"), &page);
}

#[tokio::test]
async fn wrong_forms_of_the_catalogue_are_rejected_in_german() {
    let app = TestApp::start().await;
    let item = app.item(5).await.to_string();
    let mut browser = german(&app);
    let long = "x".repeat(300);
    let new = |name, value| {
        let fields = [("name", "Lampe"), ("price", "9,99"), ("quantity", "1"), (name, value)];
        let mut fields = fields.to_vec();
        fields.rotate_right(1);
        fields
    };
    let barcodes = (0..40).map(|code| format!("{code:08}")).collect::<Vec<_>>().join(" ");
    for (name, value) in [
        ("name", " "),
        ("name", &long),
        ("name", "a\u{202e}b"),
        ("price", "billig"),
        ("price", "9,999"),
        ("price", "-1"),
        ("price", "999999999"),
        ("quantity", "-1"),
        ("quantity", "viele"),
        ("category", &long),
        ("sku", &long),
        ("barcodes", &barcodes),
        ("warehouseId", "999999"),
    ] {
        let fields: Vec<_> = new(name, value);
        let fields: Vec<_> = fields
            .iter()
            .enumerate()
            .filter(|(at, (of, _))| *at == 0 || *of != name)
            .map(|(_, field)| *field)
            .collect();
        reject(&mut browser, "/forms/create_item?in=item", &fields).await;
    }
    for (name, value) in [("name", " "), ("price", "1,2,3"), ("lowStock", "-1"), ("lowStock", "1,5")] {
        reject(&mut browser, "/forms/update_item?in=changes", &[("id", &item), (name, value)]).await;
    }
    for (name, value) in [("-delta", "0"), ("delta", "0"), ("delta", "x"), ("-delta", "6"), ("reason", " ")] {
        let fields = [("id", item.as_str()), ("reason", "Test"), (name, value)];
        reject(&mut browser, "/forms/adjust_stock?in=adjustment", &fields).await;
    }
    for (name, value) in [
        ("code", " "),
        ("name", &long),
        ("priority", "hoch"),
        ("priority", "9999999"),
        ("latitude", "Nord"),
        ("latitude", "52,5"),
        ("latitude", "91"),
    ] {
        let fields = [("code", "NORD"), ("name", "Nord"), (name, value)];
        let fields: Vec<_> = fields
            .iter()
            .enumerate()
            .filter(|(at, (of, _))| *at == 2 || *of != name)
            .map(|(_, field)| *field)
            .collect();
        reject(&mut browser, "/forms/create_warehouse?in=warehouse", &fields).await;
    }
    app.patch(&format!("/api/items/{item}"), json!({"category": "Lampen"})).await.expect(200);
    for to in ["Lampen", " ", &long] {
        reject(&mut browser, "/forms/rename_category?in=rename&category=Lampen", &[("to", to)]).await;
    }
}

#[tokio::test]
async fn wrong_forms_of_stock_documents_are_rejected_in_german() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    app.patch(&format!("/api/items/{item}"), json!({"sku": "LAMP-1"})).await.expect(200);
    let main = app.main_warehouse().await.to_string();
    let north = app.warehouse("NORTH").await.to_string();
    let mut browser = german(&app);
    for (kind, name, warehouse, target) in [
        ("receipt", " ", main.as_str(), ""),
        ("gift", "D-1", main.as_str(), ""),
        ("move", "D-1", main.as_str(), ""),
        ("receipt", "D-1", "x", ""),
        ("receipt", "D-1", "999999", ""),
    ] {
        let fields = [("kind", kind), ("name", name), ("warehouse", warehouse), ("target", target)];
        reject(&mut browser, "/stock", &fields).await;
    }
    let fields =
        [("kind", "move"), ("name", "D-1"), ("warehouse", north.as_str()), ("target", main.as_str())];
    let draft = browser.post("/stock", &fields).await.expect(303).header("location").to_owned();
    for (code, quantity) in [("nothing", "1"), ("LAMP-1", "0"), ("LAMP-1", "x"), ("LAMP-1", "9999999999")] {
        let version = browser.get(&draft).await.hidden("version");
        let fields = [("version", version.as_str()), ("code", code), ("quantity", quantity)];
        reject(&mut browser, &format!("{draft}/add"), &fields).await;
    }
    let version = browser.get(&draft).await.hidden("version");
    let fields = [("version", version.as_str()), ("code", "LAMP-1"), ("quantity", "1.000")];
    browser.post(&format!("{draft}/add"), &fields).await.redirects(&draft);
    // The form was sent before, so its version is outdated.
    reject(&mut browser, &format!("{draft}/add"), &fields).await;
    let version = browser.get(&draft).await.says("value=\"1000\"").hidden("version");
    // The warehouse has no units to move.
    let refused = browser.post(&format!("{draft}/post"), &[("version", &version)]).await.expect(400);
    check("a refused document", &refused);
    let (_, reason) = refused.text.split_once("field__error\">").expect("the reason of a line");
    check_german("a refused line", reason.split('<').next().expect("a text"));
}

#[tokio::test]
async fn wrong_forms_of_holds_and_orders_are_rejected_in_german() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let order = app.order(&[(item, 3)]).await;
    let id = item.to_string();
    let mut browser = german(&app);
    for (name, value) in [
        ("quantity", "0"),
        ("quantity", "9"),
        ("ttlSeconds", "0"),
        ("period", "other"),
        ("reference", "a\u{202e}b"),
        ("warehouseId", "999999"),
    ] {
        let mut fields = vec![("itemId", id.as_str()), (name, value)];
        if name != "quantity" {
            fields.push(("quantity", "1"));
        }
        reject(&mut browser, "/forms/place_block?in=block", &fields).await;
    }
    reject(&mut browser, "/forms/act_on_blocks", &[("action", "Steal")]).await;
    reject(&mut browser, "/forms/act_on_blocks", &[("action", "Confirm")]).await;
    let lines = format!("/orders/{order}/lines");
    reject(&mut browser, &lines, &[("sku", "none"), ("quantity", "1")]).await;
    reject(&mut browser, &lines, &[("item", &id), ("quantity", "x")]).await;
    let ship = format!("/orders/{order}/shipping");
    for path in ["ship", "return"] {
        reject(&mut browser, &format!("{ship}/{path}"), &[("level", "x"), ("units", "x")]).await;
    }
    let page = browser.get(&format!("/orders/{order}/allocate?policy=nearest")).await;
    check("a policy without a destination", &page);
    let page = browser.get(&format!("/orders/{order}/allocate?policy=none")).await;
    check("an unknown policy", &page);
}

#[tokio::test]
async fn wrong_filters_and_settings_are_rejected_in_german() {
    let app = TestApp::start().await;
    let mut browser = german(&app);
    for path in [
        "/movements?kind=x",
        "/movements?from=gestern",
        "/movements?item=x",
        "/refusals?from=2020-01-01",
        "/changes?kind=x",
        "/changes?from=gestern",
        "/changes?item=x",
        "/audit?from=gestern",
        "/search?q=%00",
    ] {
        let page = browser.get(path).await;
        check(path, &page);
    }
    for (name, value) in [("zone", "Mars/Olympus"), ("currency", "Taler")] {
        reject(&mut browser, "/settings", &[(name, value)]).await;
    }
    reject(&mut browser, "/notifications/read", &[("until", "x")]).await;
    let request =
        app.request(reqwest::Method::GET, "/rpc/activity?span=custom&from=2026-02-02&until=2026-01-01");
    let problem = app.send(request.header("accept-language", "de")).await.problem(400, "invalid_value");
    assert_eq!(problem["detail"], "Wählen Sie ein Ende nach dem Anfang.");
}

#[tokio::test]
async fn wrong_forms_of_access_are_rejected_in_german() {
    let app = TestApp::start().await;
    let mut browser = german(&app);
    for (name, scopes) in [("Über uns", "stock:read"), ("shop", "everything"), ("shop", "")] {
        reject(&mut browser, "/clients", &[("name", name), ("scope", scopes)]).await;
    }
    for (name, role, warehouses) in
        [("Über uns", "viewer", ""), ("vera", "king", ""), ("vera", "viewer", "NOWHERE")]
    {
        reject(&mut browser, "/people", &[("name", name), ("role", role), ("warehouses", warehouses)]).await;
    }
    for (url, kinds) in [("nothing", ""), ("https://example.com", "noise")] {
        reject(&mut browser, "/webhooks", &[("url", url), ("eventKinds", kinds), ("signature", "v1")]).await;
    }
}

#[tokio::test]
async fn problems_of_an_imported_file_are_in_german() {
    let app = TestApp::start().await;
    let mut browser = german(&app);
    for file in [
        "PK\u{3}\u{4}workbook".to_owned(),
        "x,y,z\n1,2,3\n".to_owned(),
        "sku,sku,name,price\nA,B,Pan,5.00\n".to_owned(),
        "sku,quantity,count,change\nA,1,2,3\n".to_owned(),
        "name,price\nTorch,cheap\n".to_owned(),
    ] {
        let import = upload(&app, "", file.clone()).await.expect(201);
        settled(&app, &import["id"]).await;
        let page = browser.get(&format!("/imports/{}", import["id"])).await.expect(200);
        for text in alerts(&page.text) {
            check_german(&file, &text);
        }
        assert!(!page.text.contains("choose"), "{file}: {}", page.text);
        let list = browser.get("/imports").await.expect(200);
        assert!(!list.text.contains(" the "), "{file}: {}", list.text);
    }
    reject(&mut browser, "/imports/999999/cancel", &[]).await;
}
