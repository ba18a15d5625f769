//! The OpenAPI document and the site configuration match the server.

use crate::app::TestApp;
use serde_json::Value;
use std::path::Path;

/// Set this variable to update the committed document: `STOCKHOLD_WRITE_OPENAPI=1 cargo test -p server`.
const WRITE: &str = "STOCKHOLD_WRITE_OPENAPI";

#[tokio::test]
async fn the_openapi_document_is_the_committed_one() {
    let app = TestApp::start().await;
    let answer = app.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let served = answer.expect(200);
    assert!(served["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let text = serde_json::to_string_pretty(&served).expect("JSON") + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let committed = std::fs::read_to_string(&path).expect("the committed document");
    assert!(committed == text, "the interface has changed: if it is meant to, {WRITE}=1 writes it again");
}

#[tokio::test]
async fn every_operation_has_an_id_and_every_reference_resolves() {
    let document = serde_json::to_value(server::document()).expect("JSON");
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(operation["summary"].is_string(), "{method} {path}");
            names.push(name.to_owned());
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "two operations have the same name");
    check_references(&document, &document);
}

#[tokio::test]
async fn every_operation_has_examples_of_its_parameters_its_request_and_its_answer() {
    let document = server::document();
    let has_example = |content: &Value| {
        content.as_object().is_some_and(|types| types.values().any(|media| media.get("example").is_some()))
    };
    let paths = document["paths"].as_object().expect("paths").values();
    for operation in paths.flat_map(|item| item.as_object().expect("operations").values()) {
        let name = &operation["operationId"];
        let parameters = operation["parameters"].as_array();
        for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["required"] == true) {
            assert!(parameter.get("example").is_some(), "the parameter {} of {name}", parameter["name"]);
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(has_example(&body["content"]), "the request of {name}");
        }
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let content = response.get("content").filter(|_| status.starts_with('2'));
            assert!(content.is_none_or(has_example), "the answer {status} of {name}");
        }
    }
}

fn check_references(document: &Value, value: &Value) {
    match value {
        Value::Object(fields) => {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
            fields.values().for_each(|value| check_references(document, value));
        }
        Value::Array(values) => values.iter().for_each(|value| check_references(document, value)),
        _ => {}
    }
}

#[tokio::test]
async fn people_can_read_the_document() {
    let app = TestApp::start().await;
    let page = app.get("/api/docs").await;
    assert_eq!(page.status, 200, "after a redirect");
    assert!(page.text.contains("swagger-ui"));
    for file in ["swagger-ui.css", "swagger-ui-bundle.js"] {
        assert_eq!(app.get(&format!("/api/docs/{file}")).await.status, 200, "{file}");
    }
    assert!(app.get("/api/docs/swagger-initializer.js").await.text.contains("/api/openapi.json"));
}

/// The settings that may differ: they depend on the installation.
const OWN_KEYS: [&str; 1] = ["site-root"];

#[test]
fn the_two_site_files_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let keys = |file: &str| {
        let text = std::fs::read_to_string(root.join(file)).expect("a site file");
        let value: toml::Table = toml::from_str(&text).expect("TOML");
        value["workspace"]["metadata"]["leptos"][0].as_table().expect("keys").clone()
    };
    let (manifest, installed) = (keys("Cargo.toml"), keys("Leptos.toml"));
    for (key, value) in &installed {
        if !OWN_KEYS.contains(&key.as_str()) {
            assert_eq!(manifest.get(key), Some(value), "{key}");
        }
    }
}
