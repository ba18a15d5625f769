//! Imports of files: jobs that are uploaded, judged, looked at and applied.

use crate::app::{Answer, TestApp};
use crate::ledger;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The longest time for which a test waits for a server's work.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A name, a file, and the line, the action and the code of the first problem of each of its rows.
type Case<'a> = (&'a str, &'a [u8], &'a [(i64, &'a str, &'a str)]);

/// Uploads a file as the body of a request.
pub async fn upload(app: &TestApp, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = app.request(Method::POST, &format!("/api/imports{query}"));
    app.send(request.header("content-type", "text/csv").body(file.into())).await
}

/// Waits until no server works on an import, and returns it.
pub async fn settled(app: &TestApp, id: &Value) -> Value {
    let begun = Instant::now();
    loop {
        let import = app.get(&format!("/api/imports/{id}")).await.expect(200);
        if import["progress"].is_null() {
            return import;
        }
        assert!(begun.elapsed() < TIMEOUT, "{import}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Uploads a file, and returns its judged import.
pub async fn judged(app: &TestApp, query: &str, file: impl Into<Vec<u8>>) -> Value {
    let created = upload(app, query, file).await;
    let location = created.header("location").to_owned();
    let created = created.expect(201);
    assert_eq!(location, format!("/api/imports/{}", created["id"]));
    settled(app, &created["id"]).await
}

/// Applies a judged import, and returns it when it has ended.
pub async fn applied(app: &TestApp, import: &Value) -> Value {
    let path = format!("/api/imports/{}/apply", import["id"]);
    app.post(&path, json!({"revision": import["revision"]})).await.expect(202);
    settled(app, &import["id"]).await
}

/// Returns a page of the rows of an import.
pub async fn rows(app: &TestApp, import: &Value, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/api/imports/{}/rows{query}", import["id"])).await.expect(200);
    page["items"].as_array().expect("rows").clone()
}

/// Returns line, action and the code of the first problem of each row.
pub fn brief(rows: &[Value]) -> Vec<(i64, &str, &str)> {
    rows.iter()
        .map(|row| {
            let line = row["line"].as_i64().expect("a line");
            (
                line,
                row["action"].as_str().unwrap_or("error"),
                row["problems"][0]["code"].as_str().unwrap_or(""),
            )
        })
        .collect()
}

#[tokio::test]
async fn files_of_any_dialect_are_judged_row_by_row() {
    let app = TestApp::start().await;
    let create = "create";
    let cases: [Case<'_>; 11] = [
        (
            "CRLF",
            b"sku,name,price\r\nA1,Kettle,4.00\r\nA2,Pan,dear\r\n",
            &[(2, create, ""), (3, "error", "not_a_number")],
        ),
        (
            "blank lines",
            b"sku,name,price\n\nB1,Kettle,4.00\n\n\nB2,Pan,dear\n",
            &[(3, create, ""), (6, "error", "not_a_number")],
        ),
        ("rows of commas", b"sku,name,price\nC1,Kettle,4.00\n,,\n,,\n", &[(2, create, "")]),
        (
            "LF, then CRLF",
            b"sku,name,price\nD1,One,1.00\r\nD2,Two,2.00\r\n",
            &[(2, create, ""), (3, create, "")],
        ),
        ("CR alone", b"sku,name,price\rE1,One,1.00\rE2,Two,2.00\r", &[(2, create, ""), (3, create, "")]),
        (
            "an unclosed quote",
            b"sku,name,price,description\nF1,Kettle,4.00,\"blue\nF2,Pan,5.00,iron\n",
            &[(2, "error", "unclosed_quote"), (3, create, "below_unclosed_quote")],
        ),
        ("a stray quote", b"sku,name,price\nG1,\"24\" Frame\",9.00\n", &[(2, "error", "stray_quote")]),
        ("an inch mark", b"sku,name,price\nH1,24\" Frame,9.00\n", &[(2, create, "")]),
        ("Windows-1252", b"sku,name,price\nI1,M\xFChle f\xFCr Kaffee,9.00\n", &[(2, create, "")]),
        ("semicolons", b"sku;name;price\nJ1;Kettle;4,00\n", &[(2, create, "")]),
        ("empty columns", b"sku,name,price,,\nK1,Kettle,4.00,,\n", &[(2, create, "")]),
    ];
    for (name, file, expected) in cases {
        let import = judged(&app, "", file).await;
        assert_eq!(import["state"], "judged", "{name}: {import}");
        assert_eq!(brief(&rows(&app, &import, "").await), expected, "{name}");
    }
    let text = "sku;name;price\nÄ1;Mühle;1,50\n";
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let import = judged(&app, "?fileName=m%C3%BChlen.csv", utf16).await;
    assert_eq!(import["fileName"], "mühlen.csv");
    let layout = &import["layout"];
    let words =
        ["encoding", "delimiter", "decimalSign"].map(|part| layout[part]["words"].as_str().expect("words"));
    assert_eq!(words, ["Unicode (UTF-16, little-endian)", "semicolon", "comma (12,90)"]);
    let changes = &rows(&app, &import, "").await[0]["changes"];
    assert_eq!(changes[0], json!({"field": "name", "before": null, "after": "Mühle"}), "{changes}");
}

#[tokio::test]
async fn a_file_is_imported_after_a_person_has_chosen() {
    let app = TestApp::start().await;
    let file = "Price list 2026\n\nArticle no;What;Preis;Colour\nT-1;Torch;1,50;red\nT-2;Lamp;dear;blue\nT-3;Bow;2,00;red\n";
    let import = judged(&app, "", file).await;
    let path = format!("/api/imports/{}", import["id"]);
    app.patch(&path, json!({"encoding": "klingon"})).await.problem(400, "invalid_value");
    let unknown = json!({"columns": [{"index": 1, "field": "colour"}]});
    app.patch(&path, unknown).await.problem(400, "invalid_value");
    let columns = json!([{"index": 1, "field": "name"}]);
    let choices =
        json!({"kind": "items", "decimalSign": "comma", "delimiter": "semicolon", "columns": columns});
    let chosen = app.patch(&path, choices).await.expect(200);
    assert_eq!(chosen["revision"], 2);
    let import = settled(&app, &import["id"]).await;
    assert_eq!((&import["state"], &import["choices"]["columns"]), (&json!("judged"), &columns), "{import}");
    assert_eq!(import["layout"]["titleLines"], json!([1]));
    let notes = import["layout"]["notes"].to_string();
    assert!(notes.contains("Line 1 is a title") && notes.contains("Ignored columns: Colour."), "{notes}");
    assert_eq!(import["summary"], json!(["Creates 2 items.", "1 row has an error and is not applied."]));
    let errors = rows(&app, &import, "?show=errors").await;
    assert_eq!(brief(&errors), [(5, "error", "not_a_number")]);
    assert_eq!(errors[0]["cells"], json!(["T-2", "Lamp", "dear", "blue"]));
    app.get(&format!("{path}/rows?show=wrong")).await.problem(400, "invalid_query");

    app.post(&format!("{path}/apply"), json!({"revision": 1})).await.problem(409, "import_state");
    let done = applied(&app, &import).await;
    assert_eq!((&done["state"], &done["counts"]["applied"]), (&json!("applied"), &json!(2)), "{done}");
    assert_eq!(done["appliedBy"], "local");
    app.post(&format!("{path}/apply"), json!({"revision": 2})).await.expect(202);
    app.patch(&path, json!({})).await.problem(409, "import_state");
    app.delete(&path).await.problem(409, "import_state");
    let torch = app.get("/api/items/by-sku/t-1").await.expect(200);
    assert_eq!(
        (&torch["name"], &torch["price"], &torch["quantity"]),
        (&json!("Torch"), &json!("1.50"), &json!(0))
    );

    let errors = app.get(&format!("{path}/errors.csv")).await;
    assert_eq!(
        errors.text,
        "\u{FEFF}line,problem,Article no,What,Preis,Colour\r\n5,\"Preis: \"\"dear\"\" is not a number\",T-2,Lamp,dear,blue\r\n"
    );
    let original = app.get(&format!("{path}/file")).await;
    assert_eq!(original.text, file);
    assert!(original.header("content-disposition").starts_with("attachment"));
    let listed = app.get("/api/imports?limit=1").await.expect(200);
    assert_eq!(listed["items"][0]["id"], import["id"]);
    assert_eq!(
        app.get(&format!("/api/imports?before={}", import["id"])).await.expect(200)["items"],
        json!([])
    );

    // The choices are proposed for the next file with the same columns.
    let again = judged(&app, "", file.replace("dear", "3,00")).await;
    assert_eq!(again["choices"]["columns"], columns);
    assert_eq!(again["summary"], json!(["Creates 1 item.", "2 rows change nothing."]), "{again}");
    let cancelled = app.delete(&format!("/api/imports/{}", again["id"])).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    app.get("/api/imports/999999").await.problem(404, "import_not_found");
}

#[tokio::test]
async fn a_row_of_stock_is_applied_as_it_was_shown_or_not_at_all() {
    let app = TestApp::start().await;
    let (shown, raced) = (app.item(20).await, app.item(20).await);
    app.block(shown, 3, 600).await;
    let file = format!(
        "item id;warehouse;count;reason\n{shown};main;12;Counted\n{raced};MAIN;5;Counted\n{shown};MOON;1;\n"
    );
    let import = judged(&app, "", file).await;
    let summary = json!([
        "Sets 2 stock levels to the counted number, which includes held units.",
        "Removes 23 units.",
        "1 row has a warning.",
        "1 row has an error and is not applied."
    ]);
    assert_eq!(import["summary"], summary, "{import}");
    let found = rows(&app, &import, "").await;
    assert_eq!(
        found[0]["changes"][0],
        json!({"field": "onHand", "before": "20", "after": "12"}),
        "{found:?}"
    );
    assert_eq!((&found[0]["held"], &found[1]["held"]), (&json!(3), &json!(0)));
    assert_eq!(brief(&found)[2], (4, "error", "warehouse_not_found"));
    app.post(&format!("/api/items/{raced}/stock"), json!({"delta": 1, "reason": "Found"})).await.expect(200);
    let done = applied(&app, &import).await;
    assert_eq!((&done["counts"]["applied"], &done["counts"]["conflicts"]), (&json!(1), &json!(1)), "{done}");
    assert_eq!((app.available(shown).await, app.available(raced).await), (9, 21));
    let left = rows(&app, &done, "?show=notApplied").await;
    assert_eq!((left.len(), &left[0]["outcome"], &left[0]["line"]), (1, &json!("conflict"), &json!(3)));
    let errors = app.get(&format!("/api/imports/{}/errors.csv", done["id"])).await.text;
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(lines.len(), 3, "{errors}");
    assert!(
        lines[2].starts_with("3,\"Item") && lines[2].ends_with(&format!(",{raced},MAIN,5,Counted")),
        "{errors}"
    );
    ledger::check(&app.database).await;
}

#[tokio::test]
async fn a_download_that_is_uploaded_unchanged_changes_nothing() {
    let app = TestApp::start().await;
    for (name, description) in [("=HYPERLINK(1)", "a,b"), ("'-5 \"quoted\"", "two\r\nlines"), ("@home", "  ")]
    {
        let body = json!({"name": name, "quantity": 7, "price": "1200.50", "sku": format!("-{name}"),
            "description": description.trim(), "barcodes": ["0012", "=1"]});
        let mut body = body;
        if description.trim().is_empty() {
            body.as_object_mut().expect("an object").remove("description");
        }
        body["barcodes"] = json!([format!("00{}", name.len()), format!("=1{}", name.len())]);
        app.post("/api/items", body).await.expect(201);
    }
    app.warehouse("=NORTH").await;
    let item = app.item(20).await;
    app.block(item, 3, 600).await;
    for (file, count) in [("items", 4), ("stock", 4)] {
        let text = app.get(&format!("/api/{file}.csv")).await.text;
        let import = judged(&app, "", text).await;
        assert_eq!(import["layout"]["kind"], file, "{import}");
        let rows = rows(&app, &import, "").await;
        let unchanged = rows.iter().filter(|row| row["action"] == "unchanged").count();
        assert_eq!(unchanged, count, "{file}: {rows:?}");
        assert_eq!(import["counts"]["rows"], count);
    }
}

/// A form with fields before its file.
pub fn form(fields: &[(&str, &str)], file_name: &str, file: &str) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        text += &format!("--x17\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    text + &format!(
        "--x17\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\ncontent-type: text/csv\r\n\r\n\
         {file}\r\n--x17--\r\n"
    )
}

#[tokio::test]
async fn a_file_is_uploaded_by_a_form() {
    let app = TestApp::start().await;
    let send = async |path: &str, body: String| {
        let request = app.request(Method::POST, path);
        app.send(request.header("content-type", "multipart/form-data; boundary=x17").body(body)).await
    };
    let file = "sku,name,price\nT-1,Torch,1.50\n";
    let created = send("/api/imports", form(&[("kind", "items")], "torch.csv", file)).await.expect(201);
    assert_eq!((&created["fileName"], &created["choices"]["kind"]), (&json!("torch.csv"), &json!("items")));
    let import = settled(&app, &created["id"]).await;
    assert_eq!(app.get(&format!("/api/imports/{}/file", import["id"])).await.text, file);
    send("/api/imports", form(&[("kind", "orders")], "x.csv", file)).await.problem(400, "invalid_value");
    send("/api/imports", form(&[], "", "")).await.problem(400, "invalid_request");
    send("/api/imports", "--x17\r\nno part".to_owned()).await.problem(400, "invalid_request");
    let padding = format!("--x17\r\nx-padding: {}", "x".repeat(3 << 20));
    send("/api/imports", padding).await.problem(400, "invalid_request");

    // The console: the form, the page of the import, and its buttons.
    let shown = send("/imports", form(&[("kind", "")], "torch.csv", file)).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let list = app.get("/imports").await.text;
    assert!(list.contains("torch.csv") && !list.contains("hydrate()"), "{list}");
    let id = app.get("/api/imports?limit=1").await.expect(200)["items"][0]["id"].clone();
    settled(&app, &id).await;
    let post = async |path: &str, body: &'static str| {
        let request = app.request(Method::POST, &format!("/imports/{id}/{path}"));
        app.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    };
    let wrong = post("choices", "encoding=klingon").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text.contains("Choose one of the offered values."), "{}", wrong.text);
    assert_eq!(post("choices", "encoding=utf-8&delimiter=&column-1=ignored&column-0=sku").await.status, 200);
    let import = settled(&app, &id).await;
    assert_eq!(
        import["choices"]["columns"],
        json!([{"index": 1, "field": null}, {"index": 0, "field": "sku"}])
    );
    assert_eq!(post("choices", "kind=items").await.status, 200);
    let page = app.get(&format!("/imports/{}?show=all", settled(&app, &id).await["id"])).await;
    assert!(page.text.contains("Creates 1 item.") && page.header("refresh").is_empty(), "{}", page.text);
    assert_eq!(post("apply", "revision=1").await.status, 409, "another revision");
    assert_eq!(post("apply", "revision=3").await.status, 200);
    assert_eq!(settled(&app, &id).await["counts"]["applied"], 1);
    assert_eq!(post("cancel", "").await.status, 409);
    assert_eq!(app.get("/imports/999999").await.status, 404);
}

#[tokio::test]
async fn a_file_is_streamed_and_bounded() {
    let app = TestApp::start_with(|config| {
        config.engine.import_bytes_max = 3 << 20;
        config.http.body_memory_bytes_max = 4 << 20;
    })
    .await;
    // The file is larger than any other body, and than the memory of all bodies.
    let row = "T-1,Torch,1.50\n";
    let file = format!("sku,name,price\n{row}").into_bytes();
    let padded = [file.clone(), vec![b'\n'; (3 << 20) - file.len()]].concat();
    let import = judged(&app, "", padded.clone()).await;
    assert_eq!(
        (&import["fileBytes"], &import["counts"]["creates"]),
        (&json!(3 << 20), &json!(1)),
        "{import}"
    );
    let problem = upload(&app, "", [padded, b"x".to_vec()].concat()).await.problem(413, "file_too_large");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("3145728")), "{problem}");
    upload(&app, "", vec![b'x'; 6 << 20]).await.problem(413, "file_too_large");
    let request = app.request(Method::POST, "/api/imports").header("idempotency-key", "k").body("name\n");
    app.send(request).await.problem(400, "invalid_idempotency_key");
    upload(&app, "?delimiter=ab", "name\n").await.problem(400, "invalid_value");
    let failed = judged(&app, "", "\n").await;
    assert_eq!((&failed["state"], &failed["problems"][0]["code"]), (&json!("failed"), &json!("file_empty")));
    let latest = async || app.get("/api/imports?limit=1").await.expect(200)["items"][0]["id"].clone();
    let before = latest().await;
    let empty = upload(&app, "", "").await.problem(400, "invalid_request");
    assert_eq!(empty["title"], "The file is empty");
    let request = app.request(Method::POST, "/api/imports");
    let request = request.header("content-type", "multipart/form-data; boundary=x17");
    app.send(request.body(form(&[], "empty.csv", ""))).await.problem(400, "invalid_request");
    assert_eq!(latest().await, before, "an empty file leaves no import");
}
