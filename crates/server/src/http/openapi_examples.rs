//! The examples of the OpenAPI document: requests that were sent to a server, and its answers.
//!
//! `clients/typescript/openapi/walk.mjs` sends the requests. A test sends them again and compares the answers.

use serde_json::{Map, Value};

/// The examples by the ids of the operations: `parameters` by name, `request` and `answer`, each with a `type` and a `body`.
const EXAMPLES: &str = include_str!("openapi_examples.json");

/// Adds the examples to the parameters, requests and answers of the document.
pub(super) fn add(document: &mut Value) {
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).expect("the file is JSON");
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let example = operation["operationId"].as_str().and_then(|id| examples.get(id));
        if let Some(example) = example {
            add_to_operation(operation, example);
        }
    }
}

fn add_to_operation(operation: &mut Value, example: &Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if let Some(value) = example["parameters"].get(name) {
            parameter["example"] = value.clone();
        }
    }
    add_to_content(operation.pointer_mut("/requestBody/content"), &example["request"]);
    let answer = &example["answer"];
    add_to_content(operation.pointer_mut(&format!("/responses/{}/content", answer["status"])), answer);
}

/// Adds the example of a body to its media type.
fn add_to_content(content: Option<&mut Value>, message: &Value) {
    let kind = message["type"].as_str().unwrap_or_default();
    if let Some(media) = content.and_then(|content| content.get_mut(kind)) {
        media["example"] = message["body"].clone();
    }
}
