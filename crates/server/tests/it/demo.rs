use crate::app::TestApp;
use crate::ledger;
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn the_demo_data_are_loaded_once() {
    use crate::app::{Postgres, config, site};
    let postgres = Postgres::find();
    let url = postgres.create_database().await;
    let store = store::Store::connect(store::Settings::new(url.as_str())).await.expect("connected");
    store.migrate().await.expect("migrated");
    let engine = engine::Engine::start(store, engine::Settings::default()).await.expect("started");
    let started = Instant::now();
    let loaded = server::load_demo(&engine).await.expect("loaded").expect("for the first time");
    let seconds = started.elapsed().as_secs_f64();
    assert!(seconds < 10.0, "{seconds} s");
    assert!(loaded.to_string().contains("4 warehouses"), "{loaded}");
    assert_eq!(server::load_demo(&engine).await.expect("asked"), None, "not twice");
    engine.stop().await;

    assert!(config(&url).database.url().is_some());
    let app = TestApp::over(postgres, url, site("target/no-site"), |_| {}).await;
    assert_eq!(app.get("/api/categories").await.expect(200).as_array().map(Vec::len), Some(15));
    assert_eq!(app.get("/api/warehouses").await.expect(200).as_array().map(Vec::len), Some(4));
    for state in ["temporary", "permanent"] {
        let blocks = app.get(&format!("/api/blocks?state={state}")).await.expect(200);
        assert!(blocks["items"].as_array().is_some_and(|blocks| blocks.len() >= 4), "{state}");
    }
    for (status, count) in [("pending", 2), ("allocated", 1), ("cancelled", 1)] {
        let orders = app.get(&format!("/api/orders?status={status}")).await.expect(200);
        assert_eq!(orders["items"].as_array().map(Vec::len), Some(count), "{status}");
    }
    let main = app.main_warehouse().await;
    let pending = app.get("/api/orders?status=pending").await.expect(200);
    let mut outcomes = Vec::new();
    for order in pending["items"].as_array().expect("orders") {
        let path = format!("/api/orders/{}/allocate", order["id"]);
        outcomes.push(app.post(&path, json!({"warehouseId": main})).await.expect(200)["allocated"].clone());
    }
    assert_eq!(outcomes, [false, true], "the newest can't be allocated from the main warehouse");
    ledger::check(&app.database).await;
}
