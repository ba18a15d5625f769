//! Rules between the fields of a request in the OpenAPI document, and references to the schemas of rows.

use serde_json::{Map, Value, json};

/// The prefixes of the schemas of pages. The name of the rows' schema follows.
const PAGE_PREFIXES: [&str; 2] = ["Page_", "LedgerPage_"];

/// Adds the rules and references to the schemas.
pub(super) fn add(schemas: &mut Value) {
    schemas.as_object_mut().into_iter().for_each(refer_to_rows);
    merge_default(&mut schemas["ConfirmCart"]["properties"]["late"]);
    add_allocation_rules(&mut schemas["AllocateOrder"]);
    for schema in ["CreateWarehouse", "UpdateWarehouse"] {
        schemas[schema]["allOf"] = both_or_none("latitude", "longitude");
    }
}

/// Puts a reference in place of the schema of rows that each page repeats.
fn refer_to_rows(schemas: &mut Map<String, Value>) {
    let row_of = |name: &String| {
        let row = PAGE_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
        schemas.contains_key(row).then(|| (name.clone(), format!("#/components/schemas/{row}")))
    };
    let pages: Vec<_> = schemas.keys().filter_map(row_of).collect();
    for (page, row) in pages {
        schemas[&page]["properties"]["items"]["items"] = json!({"$ref": row});
    }
}

/// Merges both parts of an inlined schema with a default value. The part with the default value has the type of an object, so
/// that no value matches both.
fn merge_default(schema: &mut Value) {
    if let Some([Value::Object(inlined), Value::Object(rest)]) = schema["allOf"].as_array().map(Vec::as_slice)
    {
        let mut merged = inlined.clone();
        merged.extend(
            rest.iter().filter(|(key, _)| *key != "type").map(|(key, value)| (key.clone(), value.clone())),
        );
        *schema = Value::Object(merged);
    }
}

/// Adds the rules that a body names the warehouses of an order in one way, that a policy has its own fields, and that the
/// nearest warehouse needs a destination. The fields are absent instead of null.
fn add_allocation_rules(schema: &mut Value) {
    for field in ["warehouseId", "warehouseCode"] {
        if let Some(types) = schema["properties"][field]["type"].as_array_mut() {
            types.retain(|name| name != "null");
        }
    }
    let ways = ["warehouseId", "warehouseCode", "policy", "plan"].map(|field| json!({"required": [field]}));
    let nearest = json!({"properties": {"policy": {"const": "nearest"}}, "required": ["policy"]});
    schema["allOf"] = json!([
        {"oneOf": ways},
        {"dependentRequired": {"maxParcels": ["policy"], "splitLines": ["policy"], "near": ["policy"]}},
        {"if": nearest, "then": {"properties": {"near": {}}, "required": ["near"]}},
    ]);
}

/// Returns the rule that a body has both numbers or none.
fn both_or_none(one: &str, other: &str) -> Value {
    let both = |kind: &str| json!({"properties": {one: {"type": kind}, other: {"type": kind}}});
    json!([{"dependentRequired": {one: [other], other: [one]}}, {"anyOf": [both("null"), both("number")]}])
}
