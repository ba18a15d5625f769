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
    let wrong = browser.post("/settings", &[("zone", "Europe/Berlin; path=/x")]).await;
    assert_eq!(wrong.status, 400);
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
async fn an_unknown_topic_of_the_help_is_not_found() {
    let app = TestApp::start().await;
    let topic = app.get("/help/holds").await;
    assert_eq!(topic.status, 200);
    assert!(topic.text.contains(">Holds<"), "{}", topic.text);
    let unknown = app.get("/help/nothing").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains(">No such help page<"), "{}", unknown.text);
}
