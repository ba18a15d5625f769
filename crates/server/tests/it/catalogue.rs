//! Versions of items and warehouses, archiving, and the list of changes, over HTTP.

use crate::app::{Answer, TestApp};
use domain::Scope;
use reqwest::Method;
use serde_json::{Value, json};

async fn patch_if(app: &TestApp, path: &str, tag: &str, body: Value) -> Answer {
    app.send(app.request(Method::PATCH, path).header("if-match", tag).json(&body)).await
}

async fn post_if(app: &TestApp, path: &str, tag: &str) -> Answer {
    app.send(app.request(Method::POST, path).header("if-match", tag)).await
}

#[tokio::test]
async fn a_change_with_an_old_tag_is_refused_with_the_present_one() {
    let app = TestApp::start().await;
    let item = format!("/api/items/{}", app.item(5).await);
    let read = app.get(&item).await;
    let tag = read.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", read.body["version"].as_str().expect("a version")));
    app.post(&format!("{item}/stock"), json!({"delta": 3, "reason": "found"})).await.expect(200);
    assert_eq!(app.get(&item).await.header("etag"), tag, "units are no detail");

    let renamed = patch_if(&app, &item, &tag, json!({"name": "Lantern"})).await;
    let new_tag = renamed.header("etag").to_owned();
    assert_eq!(renamed.expect(200)["name"], "Lantern");
    assert_ne!(new_tag, tag);
    let refused = patch_if(&app, &item, &tag, json!({"price": "1"})).await;
    assert_eq!(refused.header("etag"), new_tag);
    let problem = refused.problem(412, "version_mismatch");
    assert_eq!(format!("\"{}\"", problem["version"].as_str().expect("a version")), new_tag);
    for never in [format!("W/{new_tag}"), "\"x\"".to_owned(), "nonsense".to_owned()] {
        patch_if(&app, &item, &never, json!({"price": "1"})).await.problem(412, "version_mismatch");
        post_if(&app, &format!("{item}/archive"), &never).await.problem(412, "version_mismatch");
    }
    let any = format!("\"x\", {new_tag}");
    assert_eq!(patch_if(&app, &item, &any, json!({"price": "2"})).await.expect(200)["price"], "2.00");
    assert_eq!(patch_if(&app, &item, "*", json!({"price": "3"})).await.expect(200)["price"], "3.00");
    assert_eq!(app.patch(&item, json!({"price": "4"})).await.expect(200)["price"], "4.00");
    let absent = patch_if(&app, "/api/items/999999", "*", json!({"price": "3"})).await;
    absent.problem(404, "item_not_found");
    // The console's server function has the same condition, and an undo does not undo the change of another person.
    let id = app.get(&item).await.expect(200)["id"].clone();
    let undo = json!({"id": id, "changes": {"name": "Lamp"}, "if_match": new_tag.trim_matches('"')});
    app.post("/rpc/update_item", undo).await.problem(412, "version_mismatch");
}

#[tokio::test]
async fn an_item_is_archived_and_restored() {
    let app = TestApp::start().await;
    let id = app.item(5).await;
    let item = format!("/api/items/{id}");
    let block = app.block(id, 2, 60).await;
    let problem = app.post(&format!("{item}/archive"), json!({})).await.problem(409, "item_held");
    assert_eq!((&problem["itemId"], &problem["held"]), (&json!(id), &json!(2)));
    app.delete(&format!("/api/blocks/{block}")).await.expect(200);
    let tag = app.get(&item).await.header("etag").to_owned();
    let archived = post_if(&app, &format!("{item}/archive"), &tag).await.expect(200);
    assert!(archived["archivedAt"].is_string());
    assert_eq!(archived["quantity"], 5);
    let body = json!({"itemId": id, "quantity": 1});
    let problem = app.post("/api/items/block/temporary", body).await.problem(409, "item_archived");
    assert_eq!(problem["itemId"], id);
    let lines = json!([{"itemId": id, "quantity": 1}]);
    app.post("/api/blocks", json!({"lines": lines})).await.problem(409, "item_archived");
    app.post("/api/orders", json!({"lines": lines})).await.problem(409, "item_archived");
    for (path, shown) in [
        ("/api/items", 0),
        ("/api/items?q=lamp", 0),
        ("/api/items?sort=name", 0),
        ("/api/items?sort=quantityDesc", 0),
        ("/api/items?archived=true&sort=quantityAsc", 1),
        ("/api/items?archived=true&q=lamp", 1),
    ] {
        let page = app.get(path).await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(shown), "{path}");
    }
    let top = app.get("/api/items/category/Lighting/top").await.expect(200);
    assert_eq!((&top["count"], &top["totalItemsInCategory"]), (&json!(0), &json!(0)));
    post_if(&app, &format!("{item}/restore"), &tag).await.problem(412, "version_mismatch");
    assert_eq!(app.post(&format!("{item}/restore"), json!({})).await.expect(200)["archivedAt"], Value::Null);
    app.block(id, 5, 60).await;
    app.post("/api/items/999999/archive", json!({})).await.problem(404, "item_not_found");
}

#[tokio::test]
async fn a_warehouse_has_a_priority_and_a_position() {
    let app = TestApp::start().await;
    let new = json!({"code": "BER-1", "name": "Berlin", "priority": -2, "latitude": 52.520_008_4, "longitude": 13.4});
    let created = app.post("/api/warehouses", new).await.expect(201);
    let position =
        |warehouse: &Value| json!([warehouse["priority"], warehouse["latitude"], warehouse["longitude"]]);
    assert_eq!(position(&created), json!([-2, 52.520_008, 13.4]));
    let id = created["id"].as_i64().expect("an id");
    let path = format!("/api/warehouses/{id}");
    let tag = app.get(&path).await.header("etag").to_owned();
    let moved = json!({"latitude": -90, "longitude": 180});
    let changed = patch_if(&app, &path, &tag, moved).await.expect(200);
    assert_eq!(position(&changed), json!([-2, -90.0, 180.0]));
    patch_if(&app, &path, &tag, json!({"priority": 1})).await.problem(412, "version_mismatch");
    app.patch(&path, json!({"priority": 1_000_000})).await.expect(200);
    app.patch(&path, json!({"latitude": null, "longitude": null})).await.expect(200);
    assert_eq!(position(&app.get(&path).await.expect(200)), json!([1_000_000, null, null]));
    let changes = app.get(&format!("/api/changes?warehouseId={id}")).await.expect(200);
    let (last, first) = (&changes["items"][0], &changes["items"][3]);
    assert_eq!(last["before"], json!({"latitude": -90, "longitude": 180}));
    assert_eq!(last["after"], json!({"latitude": null, "longitude": null}));
    assert_eq!(first["after"]["priority"], -2);
    for (changes, field) in [
        (json!({"priority": 1_000_001}), "priority"),
        (json!({"latitude": 1.0}), "longitude"),
        (json!({"longitude": 1.0}), "latitude"),
        (json!({"latitude": null, "longitude": 1}), "latitude"),
        (json!({"latitude": 90.1, "longitude": 1}), "latitude"),
        (json!({"latitude": 1, "longitude": -180.1}), "longitude"),
    ] {
        assert_eq!(app.patch(&path, changes).await.problem(400, "invalid_value")["field"], field);
    }
    let form = format!("id={id}&priority=7&latitude=1.5&longitude=-2");
    let request = app.request(Method::POST, "/forms/update_warehouse?in=changes").body(form);
    app.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
    assert_eq!(position(&app.get(&path).await.expect(200)), json!([7, 1.5, -2.0]));
    let page = app.get(&format!("/warehouses/{id}/edit")).await;
    assert!(page.text.contains("Latitude: none → 1.5"), "{}", page.text);
}

#[tokio::test]
async fn a_warehouse_is_renamed_made_default_archived_and_restored() {
    let app = TestApp::start().await;
    let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
    let path = format!("/api/warehouses/{north}");
    let tag = app.get(&path).await.header("etag").to_owned();
    let changed = patch_if(&app, &path, &tag, json!({"code": "N-1", "name": "North"})).await.expect(200);
    assert_eq!((&changed["code"], &changed["name"]), (&json!("N-1"), &json!("North")));
    patch_if(&app, &path, &tag, json!({"name": "South"})).await.problem(412, "version_mismatch");
    for code in ["MAIN", "main", " Main "] {
        let taken = [
            app.patch(&path, json!({"code": code})).await,
            app.post("/api/warehouses", json!({"code": code, "name": "x"})).await,
        ];
        for answer in taken {
            let problem = answer.problem(409, "warehouse_code_taken");
            assert_eq!(problem["detail"], "Another warehouse has the code MAIN.", "{code}");
        }
    }
    app.patch(&path, json!({"code": "n-1"})).await.expect(200);
    app.patch(&path, json!({"code": "N-1"})).await.expect(200);
    app.patch(&path, json!({})).await.problem(400, "invalid_value");
    app.patch(&path, json!({"isDefault": false})).await.problem(400, "invalid_value");
    app.patch("/api/warehouses/999999", json!({"name": "X"})).await.problem(404, "warehouse_not_found");

    app.patch(&path, json!({"isDefault": true})).await.expect(200);
    assert_eq!(app.main_warehouse().await, north);
    app.post(&format!("{path}/archive"), json!({})).await.problem(409, "warehouse_is_default");
    let item = app.item(5).await;
    app.patch(&format!("/api/warehouses/{main}"), json!({"isDefault": true})).await.expect(200);
    let problem = app.post(&format!("{path}/archive"), json!({})).await.problem(409, "warehouse_has_stock");
    assert_eq!((&problem["available"], &problem["held"]), (&json!(5), &json!(0)));
    let receipt = |delta| json!({"warehouseId": north, "delta": delta, "reason": "count"});
    app.post(&format!("/api/items/{item}/stock"), receipt(-5)).await.expect(200);
    let archived = app.post(&format!("{path}/archive"), json!({})).await.expect(200);
    assert!(archived["archivedAt"].is_string());
    let refused = app.post(&format!("/api/items/{item}/stock"), receipt(5)).await;
    assert_eq!(refused.problem(409, "warehouse_archived")["warehouseId"], north);
    let listed = |warehouses: Value| warehouses.as_array().expect("a list").len();
    assert_eq!(listed(app.get("/api/warehouses").await.expect(200)), 1);
    assert_eq!(listed(app.get("/api/warehouses?archived=true").await.expect(200)), 1);
    app.post(&format!("{path}/restore"), json!({})).await.expect(200);
    app.post(&format!("/api/items/{item}/stock"), receipt(5)).await.expect(200);

    let changes = app.get(&format!("/api/changes?warehouseId={north}")).await.expect(200);
    let kinds: Vec<_> = changes["items"].as_array().expect("rows").iter().map(|row| &row["kind"]).collect();
    let expected = [
        "warehouse.restored",
        "warehouse.archived",
        "warehouse.changed",
        "warehouse.changed",
        "warehouse.changed",
        "warehouse.changed",
        "warehouse.changed",
        "warehouse.created",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(changes["items"][6]["before"], json!({"code": "NORTH", "name": "NORTH"}));
    assert_eq!(changes["items"][6]["after"], json!({"code": "N-1", "name": "North"}));
    assert_eq!(changes["items"][2]["after"], json!({"isDefault": false}));
    assert_eq!(changes["items"][0]["warehouseId"], north);
}

#[tokio::test]
async fn changes_are_listed_with_filters_and_pages_for_everyone_who_reads_stock() {
    let app = TestApp::start().await;
    let token = app.client("shop", &[Scope::StockRead, Scope::ItemsWrite]).await;
    let id = app.item(5).await;
    app.item(1).await;
    let item = format!("/api/items/{id}");
    app.patch(&item, json!({"price": "12", "name": "Lantern"})).await.expect(200);
    let rename = app.request(Method::POST, "/api/categories/Lighting/rename").bearer_auth(&token);
    app.send(rename.json(&json!({"to": "Lamps"}))).await.expect(200);
    // No change of the catalogue.
    app.block(id, 1, 60).await;
    app.order(&[(id, 1)]).await;

    let read = |query: String| {
        let request = app.request(Method::GET, &format!("/api/changes{query}")).bearer_auth(&token);
        app.send(request)
    };
    let kinds = |page: &Value| {
        let rows = page["items"].as_array().expect("rows").iter();
        rows.map(|row| row["kind"].as_str().expect("a kind").to_owned()).collect::<Vec<_>>()
    };
    let all = read(String::new()).await.expect(200);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(6), "{all}");
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = read(format!("?limit=2&after={after}")).await.expect(200);
        paged.extend(page["items"].as_array().expect("rows").clone());
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(&paged, all["items"].as_array().expect("rows"));

    let of_item = read(format!("?itemId={id}")).await.expect(200);
    assert_eq!(kinds(&of_item), ["item.changed", "item.changed", "item.created"]);
    let [renamed, changed] = [&of_item["items"][0], &of_item["items"][1]];
    assert_eq!((&renamed["actor"], &renamed["itemId"]), (&json!("client:shop"), &json!(id)));
    assert_eq!(changed["before"], json!({"name": "Lamp", "price": "9.99"}));
    assert_eq!(changed["after"], json!({"name": "Lantern", "price": "12.00"}));
    for name in ["Lighting", "Lamps"] {
        let renames = read(format!("?category={name}")).await.expect(200);
        assert_eq!(kinds(&renames), ["category.renamed"], "{name}");
        assert_eq!(renames["items"][0]["category"], "Lighting");
    }
    assert_eq!(kinds(&read("?category=Cups".to_owned()).await.expect(200)), Vec::<String>::new());
    assert_eq!(kinds(&read("?kind=item.created".to_owned()).await.expect(200)).len(), 2);
    assert_eq!(kinds(&read("?actor=client:shop".to_owned()).await.expect(200)).len(), 3);
    assert_eq!(kinds(&read("?until=2000-01-01T00:00:00Z".to_owned()).await.expect(200)).len(), 0);
    read("?kind=token.created".to_owned()).await.problem(400, "invalid_value");
    read(format!("?itemId={id}&category=Lamps")).await.problem(400, "invalid_value");
    read("?after=x".to_owned()).await.problem(400, "invalid_value");
    let file = app.get(&format!("/api/changes.csv?itemId={id}")).await;
    assert_eq!(file.text.lines().count(), 4, "{}", file.text);
}

#[tokio::test]
async fn a_category_has_one_spelling() {
    let app = TestApp::start().await;
    let create = |category: &str| {
        app.post("/api/items", json!({"name": "Cup", "quantity": 2, "price": "1", "category": category}))
    };
    assert_eq!(create("Cups").await.expect(201)["category"], "Cups");
    let second = create(" cups ").await.expect(201);
    assert_eq!(second["category"], "Cups");
    let mug = create("Mugs").await.expect(201);
    for dry_run in [true, false] {
        let body = json!({"to": "CUPS", "dryRun": dry_run});
        let problem = app.post("/api/categories/Mugs/rename", body).await.problem(409, "category_exists");
        assert_eq!(
            (&problem["key"], &problem["detail"]),
            (&json!("Cups"), &json!("The category \"Cups\" exists."))
        );
    }
    let changed =
        app.patch(&format!("/api/items/{}", mug["id"]), json!({"category": "cUPS"})).await.expect(200);
    assert_eq!(changed["category"], "Cups");
    let renamed = app.post("/api/categories/Cups/rename", json!({"to": "cups"})).await;
    let tag = renamed.header("etag").to_owned();
    let renamed = renamed.expect(200);
    assert_eq!(
        (&renamed["items"], format!("\"{}\"", renamed["version"].as_str().expect("a version"))),
        (&json!(3), tag.clone())
    );
    // The undo of the console is refused after an item has entered the category.
    create("cups").await.expect(201);
    let undo = app.request(Method::POST, "/api/categories/cups/rename").header("if-match", tag);
    app.send(undo.json(&json!({"to": "Cups"}))).await.problem(412, "version_mismatch");
    let undo = json!({"category": "cups", "rename": {"to": "Cups"}, "if_match": renamed["version"]});
    app.post("/rpc/rename_category", undo).await.problem(412, "version_mismatch");
    let body = json!({"name": "Cup", "quantity": 2, "price": "1", "category": "Caf\u{FFFD}"});
    assert_eq!(app.post("/api/items", body).await.problem(400, "invalid_value")["field"], "category");
}

#[tokio::test]
async fn categories_with_unusual_names_are_read_and_renamed() {
    let app = TestApp::start().await;
    for name in [".", "..", "%2e%2e", "50%2F50", "A / B", "~2E", "?name=x"] {
        let body = json!({"name": "Cup", "quantity": 2, "price": "1", "category": name});
        app.post("/api/items", body).await.expect(201);
        let escape = |name: &str| name.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        // A URL has no segment of dots only, so such a name is in the query.
        let (segment, query) = match name {
            "." | ".." => ("_".to_owned(), format!("?name={}", escape(name))),
            name => (escape(name), String::new()),
        };
        let top = app.get(&format!("/api/items/category/{segment}/top{query}")).await.expect(200);
        assert_eq!((&top["category"], &top["count"]), (&json!(name), &json!(1)));
        let has_item = |page: &crate::app::Answer| page.text.contains("1 item, highest quantity first");
        let page = app.get(&client::category_path(name)).await;
        assert!(has_item(&page), "{name}: {}", page.text);

        let path = format!("/api/categories/{segment}/rename{query}");
        let former = format!("{name} (old)");
        let renamed = app.post(&path, json!({"to": former})).await.expect(200);
        assert_eq!((&renamed["from"], &renamed["items"]), (&json!(name), &json!(1)));
        let page = app.get(&client::category_path(&former)).await;
        assert!(has_item(&page), "{former}: {}", page.text);
        // The form renames it back, and leads to the page of the name.
        let form = format!("/forms/rename_category?in=rename&category={}", escape(&former));
        let request = app.request(Method::POST, &form).body(format!("to={}", escape(name)));
        let page = app.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
        assert!(has_item(&page), "{name} by the form: {}", page.text);
        let page = app.get(&client::category_path(name)).await;
        assert!(has_item(&page), "{name} again: {}", page.text);
        let changes = app.get(&format!("/api/changes?category={}", escape(name))).await.expect(200);
        assert_eq!(changes["items"].as_array().map(Vec::len), Some(2), "{name}: {changes}");
    }
}

#[tokio::test]
async fn items_and_warehouses_are_changed_by_forms() {
    let app = TestApp::start().await;
    let form = |path: &str, body: String| {
        let request = app.request(Method::POST, path).body(body);
        app.send(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    let id = app.item(5).await;
    let version = app.get(&format!("/api/items/{id}")).await.expect(200)["version"].clone();
    let version = version.as_str().expect("a version");
    let page = app.get(&format!("/items/{id}/changes")).await;
    assert!(page.text.contains("Item created") && page.text.contains("/forms/archive_item"), "{}", page.text);
    assert!(page.text.contains(version));
    form("/forms/archive_item", format!("id={id}&if_match=other")).await;
    assert!(app.get(&format!("/api/items/{id}")).await.expect(200)["archivedAt"].is_null());
    form("/forms/archive_item", format!("id={id}&if_match={version}")).await;
    let page = app.get(&format!("/items/{id}/changes")).await;
    assert!(
        page.text.contains("Archived: no → yes") && page.text.contains("/forms/restore_item"),
        "{}",
        page.text
    );
    assert!(app.get("/archive").await.text.contains(&format!("/items/{id}/changes")));

    let north = app.warehouse("NORTH").await;
    let path = format!("/api/warehouses/{north}");
    let page = app.get(&format!("/warehouses/{north}/edit")).await;
    assert!(page.text.contains("Warehouse created") && page.text.contains("Make default"), "{}", page.text);
    form("/forms/update_warehouse?in=changes", format!("id={north}&code=N-1&name=North")).await;
    assert_eq!(app.get(&path).await.expect(200)["code"], "N-1");
    form("/forms/archive_warehouse", format!("id={north}")).await;
    assert!(app.get("/archive").await.text.contains("N-1"));
    form("/forms/restore_warehouse", format!("id={north}")).await;
    form("/forms/update_warehouse?in=changes", format!("id={north}&isDefault=true")).await;
    assert_eq!(app.main_warehouse().await, north);
    assert_eq!(app.get("/items/999999/changes").await.status, 404);
}

#[tokio::test]
async fn an_item_has_a_threshold_of_low_stock() {
    let app = TestApp::start().await;
    let body = json!({"name": "Lamp", "quantity": 5, "price": "1", "lowStock": 8});
    let created = app.post("/api/items", body).await.expect(201);
    assert_eq!(created["lowStock"], 8);
    let id = created["id"].as_i64().expect("an id");
    let item = format!("/api/items/{id}");
    let tag = app.get(&item).await.header("etag").to_owned();
    let patch = |units: Value| app.patch(&item, json!({"lowStock": units}));
    assert_eq!(patch(json!(0)).await.expect(200)["lowStock"], 0);
    assert_ne!(app.get(&item).await.header("etag"), tag, "the threshold is a detail");
    assert_eq!(patch(Value::Null).await.expect(200)["lowStock"], Value::Null);
    assert_eq!(app.get(&item).await.expect(200)["lowStock"], Value::Null);
    for refused in [json!(-1), json!(2_147_483_648_i64)] {
        assert_eq!(patch(refused).await.problem(400, "invalid_value")["field"], "lowStock");
    }
    app.patch(&item, json!({"barcodes": ["123", "45"], "lowStock": 3})).await.expect(200);
    app.patch(&item, json!({"barcodes": ["45"]})).await.expect(200);
    let changes = app.get(&format!("/api/changes?itemId={id}")).await.expect(200)["items"].clone();
    let values = |index: usize| (changes[index]["before"].clone(), changes[index]["after"].clone());
    assert_eq!(values(0), (json!({"barcodes": ["123", "45"]}), json!({"barcodes": ["45"]})));
    let cleared = json!({"barcodes": null, "lowStock": null});
    assert_eq!(values(1), (cleared, json!({"barcodes": ["123", "45"], "lowStock": 3})));
    assert_eq!(values(2), (json!({"lowStock": 0}), json!({"lowStock": null})));
    assert_eq!(changes[4]["after"]["lowStock"], 8);

    // The form without JavaScript, and the readable list.
    let form = |path: &str, body: String| {
        let request = app.request(Method::POST, path).body(body);
        app.send(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    let update = "/forms/update_item?in=changes";
    form(update, format!("id={id}&lowStock=12")).await;
    let page = app.get(&format!("/items/{id}/changes")).await.text;
    for text in [
        "Low stock at: 3 → 12",
        "Barcodes: none → 123, 45",
        "value=\"12\"",
        "The setting of the server is 10.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    // A wrong number is an error that the next page shows.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client");
    for wrong in ["12x", "1e3", "-1"] {
        let request = client.post(format!("{}{update}", app.url)).body(format!("id={id}&lowStock={wrong}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.expect("an answer");
        let message = answer.headers()["set-cookie"].to_str().expect("text");
        assert!(message.starts_with("flash=") && message.contains("Low%20stock%20at"), "{wrong}: {message}");
        assert_eq!(app.get(&item).await.expect(200)["lowStock"], 12);
    }
    assert!(page.contains("inputmode=\"numeric\"") && !page.contains("type=\"number\""), "{page}");
    form(update, format!("id={id}&lowStock=")).await;
    assert_eq!(app.get(&item).await.expect(200)["lowStock"], Value::Null);

    let warehouse = app.warehouse("NORTH").await;
    app.post("/api/items", json!({"name": "Cup", "quantity": 0, "price": "1", "category": "50%2F50"}))
        .await
        .expect(201);
    app.post("/api/categories/_/rename?name=50%252F50", json!({"to": "A / B"})).await.expect(200);
    for (filter, found, missing) in [
        (format!("item={id}"), "Low stock at: 12 → none", "Code: NORTH"),
        (format!("warehouse={warehouse}&kind=&from="), "Code: NORTH", "Low stock at"),
        ("category=50%252F50".to_owned(), "Category: 50%2F50 → A / B", "Low stock at"),
        ("kind=warehouse.created".to_owned(), "Code: NORTH", "Low stock at"),
        ("actor=local".to_owned(), "Low stock at: 12 → none", "No changes"),
        ("to=2000-01-01".to_owned(), "No changes", "Low stock at"),
    ] {
        let page = app.get(&format!("/changes?{filter}")).await;
        assert_eq!(page.status, 200, "{filter}");
        assert!(page.text.contains(found) && !page.text.contains(missing), "{filter}: {}", page.text);
    }
    for (filter, found) in [
        ("item=x".to_owned(), "Item: Enter a whole number."),
        (format!("item={id}&category=A"), "must not be combined"),
    ] {
        let page = app.get(&format!("/changes?{filter}")).await;
        assert_eq!(page.status, 400, "{filter}");
        assert!(page.text.contains(found) && !page.text.contains("Low stock at:"), "{filter}: {}", page.text);
    }
}

/// Sends a request with an idempotency key and a version.
async fn keyed(app: &TestApp, method: Method, path: &str, key: &str, tag: &str, body: &Value) -> Answer {
    let request = app.request(method, path).header("idempotency-key", key).header("if-match", tag);
    app.send(request.json(body)).await
}

#[tokio::test]
async fn a_response_under_a_key_has_its_tag_and_belongs_to_its_condition() {
    let app = TestApp::start().await;
    let item = format!("/api/items/{}", app.item(5).await);
    let name = json!({"name": "Lantern", "sku": "LANTERN"});
    let refused = keyed(&app, Method::PATCH, &item, "k1", "\"old\"", &name).await;
    let tag = app.get(&item).await.header("etag").to_owned();
    assert_eq!(refused.header("etag"), tag);
    refused.problem(412, "version_mismatch");
    let again = keyed(&app, Method::PATCH, &item, "k1", &tag, &name).await;
    again.problem(422, "idempotency_key_reused");
    for _ in 0..2 {
        let changed = keyed(&app, Method::PATCH, &item, "k2", &tag, &name).await;
        assert_eq!(changed.header("etag"), app.get(&item).await.header("etag"));
        changed.expect(200);
    }
    let by_sku = app.get("/api/items/by-sku/lantern").await;
    assert_eq!(by_sku.header("etag"), app.get(&item).await.header("etag"));
}

#[tokio::test]
async fn a_changed_warehouse_has_its_units_under_a_key_too() {
    let app = TestApp::start().await;
    app.item(5).await;
    let main = format!("/api/warehouses/{}", app.main_warehouse().await);
    let name = json!({"name": "Central"});
    let answer = keyed(&app, Method::PATCH, &main, "k1", "*", &name).await;
    assert_eq!(answer.header("etag"), app.get(&main).await.header("etag"));
    assert_eq!(answer.expect(200)["unitsAvailable"], 5);
    assert_eq!(app.patch(&main, json!({"name": "Main"})).await.expect(200)["unitsAvailable"], 5);
}

#[tokio::test]
async fn of_concurrent_new_default_warehouses_the_last_one_stays() {
    let app = TestApp::start().await;
    let (north, south) = (app.warehouse("NORTH").await, app.warehouse("SOUTH").await);
    for _ in 0..20 {
        let make_default = async |id: i64| {
            app.patch(&format!("/api/warehouses/{id}"), json!({"isDefault": true})).await.expect(200)
        };
        tokio::join!(make_default(north), make_default(south), make_default(north));
        let warehouses = app.get("/api/warehouses").await.expect(200);
        let defaults = warehouses.as_array().expect("a list").iter();
        assert_eq!(defaults.filter(|warehouse| warehouse["isDefault"] == true).count(), 1);
    }
}
