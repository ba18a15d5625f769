//! The pages of settings and of the help, and the language of pages.

use crate::app::TestApp;
use crate::browser::{Browser, person, signed_in, strict_server};
use domain::Role;
use reqwest::Method;

#[tokio::test]
async fn a_page_has_the_language_of_the_browser_unless_another_is_chosen() {
    let app = TestApp::start().await;
    let german = app.request(Method::GET, "/help").header("accept-language", "de-AT,de;q=0.9,en;q=0.8");
    let page = app.send(german).await;
    assert_eq!(page.status, 200);
    for text in ["<html lang=\"de\"", ">Hilfe<", "Reservierungen", "data-numbers=\"point\""] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let english = app.get("/help").await;
    assert!(
        english.text.contains("<html lang=\"en\"") && english.text.contains(">Help<"),
        "{}",
        english.text
    );
    let mut browser = Browser::new(&app);
    browser.set_cookie("language=de");
    let chosen = browser.get("/settings").await;
    assert!(chosen.text.contains(">Einstellungen<"), "{}", chosen.text);
}

#[tokio::test]
async fn a_choice_is_stored_and_an_unknown_one_is_rejected() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let choice = [
        ("language", "de"),
        ("numbers", "space"),
        ("zone", "Europe/Berlin"),
        ("currency", "EUR"),
        ("week", "7"),
    ];
    browser.post("/settings", &choice).await.redirects("/settings");
    let page = browser.get("/settings").await;
    for text in [
        "data-zone=\"Europe/Berlin\"",
        "data-currency=\"EUR\"",
        "value=\"7\" selected",
        "data-numbers=\"space\"",
    ] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let wrong = browser.post("/settings", &[("zone", "Europe/Berlin; path=/x")]).await.expect(400);
    wrong.says("Wählen Sie einen der angebotenen Werte.").says("name=\"zone\"");
    let none = [("language", ""), ("numbers", ""), ("zone", ""), ("currency", ""), ("week", "")];
    browser.post("/settings", &none).await.redirects("/settings");
    let page = browser.get("/settings").await;
    assert!(
        page.text.contains("<html lang=\"en\"") && page.text.contains("data-zone=\"UTC\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn only_administrators_see_the_settings_of_the_server() {
    let app = strict_server().await;
    for (name, role) in [("ada", Role::Administrator), ("max", Role::Manager)] {
        person(&app, name, role).await;
        let page = signed_in(&app, name).await.get("/settings").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text.contains("STOCKHOLD_LOW_STOCK"), role == Role::Administrator, "{name}");
    }
}

#[tokio::test]
async fn each_person_sees_the_thresholds_and_durations_in_force() {
    let app = strict_server().await;
    person(&app, "vera", Role::Viewer).await;
    let mut vera = signed_in(&app, "vera").await;
    let page = vera.get("/settings").await.expect(200).says("Rules of this shop");
    let value = |label: &str| {
        let (_, rest) = page.text.split_once(&format!(">{label}<")).expect("the label");
        let (_, rest) = rest.split_once("<dd>").expect("the value");
        rest.split('<').next().expect("a text").to_owned()
    };
    assert_eq!(value("Minutes of a hold without another time"), "60");
    assert_eq!(value("Most days of a hold"), "30");
    assert_eq!(value("Most units of a hold"), "no limit");
    assert_eq!(value("Most units of a write-off without the permission for larger ones"), "1,000");
}

#[tokio::test]
async fn the_help_begins_with_the_topic_of_the_page_before() {
    let app = TestApp::start().await;
    let from = async |path: &str| {
        let referer = format!("{}{path}", app.url);
        app.send(app.request(Method::GET, "/help").header("referer", referer)).await.text
    };
    for (path, topic) in [
        ("/stock/7", "Deliveries, counts and moves"),
        ("/blocks?state=ended", "Holds"),
        ("/notifications", "Notifications"),
        ("/webhooks", "Events for other systems"),
    ] {
        let page = from(path).await;
        assert!(page.contains(&format!("Help for the last page: {topic}")), "{path}: {page}");
    }
    assert!(!from("/").await.contains("Help for the last page"));
    let imports = app.get("/help/imports").await.text;
    assert!(imports.contains("CSV") && !imports.contains("spreadsheet file"), "{imports}");
}

#[tokio::test]
async fn an_unknown_topic_of_the_help_is_not_found() {
    let app = TestApp::start().await;
    let topic = app.get("/help/holds").await;
    assert_eq!(topic.status, 200);
    assert!(topic.text.contains(">Holds<"), "{}", topic.text);
    let unknown = app.get("/help/nothing").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains(">No such help page<"), "{}", unknown.text);
}
