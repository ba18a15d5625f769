//! Pages, problems and messages in German. REST stays in English.

use crate::app::{Answer, TestApp};
use crate::browser::Browser;
use reqwest::Method;
use serde_json::json;

async fn german(app: &TestApp, path: &str) -> Answer {
    app.send(app.request(Method::GET, path).header("accept-language", "de-DE,de;q=0.9,en;q=0.5")).await
}

#[tokio::test]
async fn pages_of_the_server_are_in_german() {
    let app = TestApp::start().await;
    let item = app.item(1).await;
    let order = app.order(&[(item, 3)]).await;
    for (path, heading) in [
        ("/account".to_owned(), "Konto".to_owned()),
        ("/archive".to_owned(), "Archiv".to_owned()),
        ("/audit".to_owned(), "Audit-Protokoll".to_owned()),
        ("/carts".to_owned(), "Warenkörbe".to_owned()),
        ("/changes".to_owned(), "Änderungen".to_owned()),
        ("/imports".to_owned(), "Importe".to_owned()),
        ("/people".to_owned(), "Personen".to_owned()),
        ("/webhooks".to_owned(), "Webhooks".to_owned()),
        (format!("/orders/{order}/allocate"), format!("Bestellung {order} zuteilen")),
        (format!("/orders/{order}/lines"), format!("Positionen der Bestellung {order}")),
        (format!("/orders/{order}/shipping"), format!("Bestellung {order} versenden")),
    ] {
        let page = german(&app, &path).await.text;
        assert!(page.contains(&format!(">{heading}<")), "{path}: {page}");
        assert!(page.contains("<html lang=\"de\""), "{path}: {page}");
    }
    let missing = german(&app, "/carts/987654321").await.text;
    assert!(missing.contains("Es gibt keinen Warenkorb 987654321."), "{missing}");
}

#[tokio::test]
async fn problems_of_the_console_are_in_german_and_those_of_rest_are_not() {
    let app = TestApp::start().await;
    let item = app.item(88).await;
    let block = |quantity: i64| json!({"itemId": item, "quantity": quantity});
    let of_console = |quantity| {
        let request = app.request(Method::POST, "/rpc/place_block").header("accept-language", "de");
        request.json(&json!({ "block": block(quantity) }))
    };
    let short = app.send(of_console(99_999)).await.problem(409, "insufficient_stock");
    assert_eq!(short["title"], "Nicht genug Bestand");
    assert_eq!(short["detail"], "Sie möchten 99.999. MAIN hat 88.");
    let none = app.send(of_console(0)).await.problem(400, "invalid_value");
    assert_eq!(none["detail"], "Geben Sie eine ganze Zahl von mindestens 1 ein.");
    let rest = app.request(Method::POST, "/api/items/block/temporary").header("accept-language", "de");
    let rest = app.send(rest.json(&block(99_999))).await.problem(409, "insufficient_stock");
    assert_eq!(rest["detail"], format!("Item {item}: 99999 requested, 88 available."));
}

#[tokio::test]
async fn messages_after_a_form_are_in_german() {
    let app = TestApp::start().await;
    let item = app.item(5).await.to_string();
    let mut browser = Browser::new(&app);
    browser.set_cookie("language=de");
    let form = |quantity| [("itemId", item.as_str()), ("quantity", quantity)];
    let done = browser.post("/forms/place_block?in=block", &form("2")).await.expect(303);
    assert!(done.header("set-cookie").starts_with("flash=Erledigt"), "{}", done.header("set-cookie"));
    let short = browser.post("/forms/place_block?in=block", &form("9")).await.expect(303);
    assert!(short.header("set-cookie").starts_with("flash=Nicht%20genug%20Bestand"), "{}", short.text);
}
