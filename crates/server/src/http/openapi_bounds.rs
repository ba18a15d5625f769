//! The bounds of requests in the OpenAPI document, from the domain's constants.

use crate::http::openapi_rules;
use crate::http::rest::events::WAIT_SECONDS_MAX;
use domain::{
    ALLOWED_WAREHOUSES_MAX, AVAILABILITY_ITEMS_MAX, AVAILABILITY_QUERY_ITEMS_MAX, BARCODES_MAX,
    BULK_BLOCKS_MAX, Barcode, CART_LINES_MAX, CategoryName, DOCUMENT_LINES_MAX, Description,
    HISTORY_HOURS_MAX, HoldNote, ItemName, LATITUDE_MAX, LONGITUDE_MAX, Note, ORDER_LINES_MAX,
    ORDER_PRIORITY_MAX, OVERLAP_HOURS_MAX, PAGE_LIMIT_MAX, PARCELS_MAX, PRIORITY_MAX, PrincipalName,
    Reference, SEARCH_LIMIT_MAX, Sku, TOKEN_DAYS_MAX, TTL_SECONDS_MAX, UNITS_MAX, WEBHOOK_NAME_CHARS_MAX,
    WEBHOOK_SKUS_MAX, WEBHOOK_WAREHOUSES_MAX, WarehouseCode, WarehouseName,
};
use engine::EVENTS_MAX;
use serde_json::{Map, Value, json};

/// The characters of the Basic Multilingual Plane that no text contains, as a class of a regular expression. Further
/// characters are forbidden beside others.
const FORBIDDEN: &str = "\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180E\
    \\u200B\\u202A-\\u202E\\u2060-\\u206F\\u2800\\u3164\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\uFFFD";

/// The characters that a text in one line does not contain either.
const FORBIDDEN_IN_ONE_LINE: &str = "\\u0009\\u000A\\u000D\\u061C\\u200E\\u200F\\u2028\\u2029";

/// The bounds of a value.
#[derive(Debug, Clone, Copy)]
enum Bound {
    /// A whole number.
    Number(i64, i64),
    /// A whole number other than 0, and its greatest amount.
    Change(i64),
    /// An id: a number, or a string of digits.
    Id,
    /// Degrees, with the maximum of their absolute value.
    Degrees(f64),
    /// A price: a string, or a number.
    Price,
    /// A text in one line, with its maximum number of characters.
    Line(usize),
    /// A text in lines, with its maximum number of characters.
    Lines(usize),
    /// A text that is not blank and has no NUL character, with its maximum number of characters.
    Words(usize),
    /// A filter without a NUL character, with its maximum number of characters.
    Filter(usize),
    /// A time, or an empty text.
    Time,
    /// The name of a person or client.
    Principal,
    /// An idempotency key.
    Key,
    /// A list, with its minimum and maximum length.
    List(usize, usize),
    /// A list without duplicates, with its minimum and maximum length.
    Set(usize, usize),
}

const UNITS: Bound = Bound::Number(1, UNITS_MAX as i64);
const PRIORITY: Bound = Bound::Number(-(PRIORITY_MAX as i64), PRIORITY_MAX as i64);
const SKU: Bound = Bound::Line(Sku::CHARS_MAX);
const CODE: Bound = Bound::Line(WarehouseCode::CHARS_MAX);
const ORDER_PRIORITY: Bound = Bound::Number(-(ORDER_PRIORITY_MAX as i64), ORDER_PRIORITY_MAX as i64);
const TTL: Bound = Bound::Number(1, TTL_SECONDS_MAX);
const TOKEN_DAYS: Bound = Bound::Number(1, TOKEN_DAYS_MAX);

/// The bounds of the fields of request bodies: schema, field, bound.
const FIELDS: [(&str, &str, Bound); 53] = [
    ("ActOnBlocks", "blockIds", Bound::Set(1, BULK_BLOCKS_MAX)),
    ("ActOnBlocks", "ttlSeconds", TTL),
    ("AdjustStock", "delta", Bound::Change(UNITS_MAX as i64)),
    ("AdjustStock", "reason", Bound::Line(Note::CHARS_MAX)),
    ("AdjustStock", "warehouseCode", CODE),
    ("AdjustStock", "warehouseId", Bound::Id),
    ("AllocateOrder", "warehouseCode", CODE),
    ("AllocateOrder", "warehouseId", Bound::Id),
    ("CartLine", "itemId", Bound::Id),
    ("CartLine", "quantity", UNITS),
    ("CartLine", "sku", SKU),
    ("CartLine", "warehouseCode", CODE),
    ("CartLine", "warehouseId", Bound::Id),
    ("ConfirmBlock", "blockId", Bound::Id),
    ("ConfirmBlock", "quantity", UNITS),
    ("CreateClient", "expiresInDays", TOKEN_DAYS),
    ("CreateClient", "name", Bound::Principal),
    ("CreateClient", "scopes", Bound::List(1, usize::MAX)),
    ("CreateItem", "category", Bound::Line(CategoryName::CHARS_MAX)),
    ("CreateItem", "description", Bound::Lines(Description::CHARS_MAX)),
    ("CreateItem", "name", Bound::Line(ItemName::CHARS_MAX)),
    ("CreateItem", "price", Bound::Price),
    ("CreateItem", "quantity", Bound::Number(0, UNITS_MAX as i64)),
    ("CreateItem", "barcodes", Bound::List(0, BARCODES_MAX)),
    ("CreateItem", "lowStock", Bound::Number(0, UNITS_MAX as i64)),
    ("CreateItem", "sku", SKU),
    ("CreateItem", "warehouseCode", CODE),
    ("CreateItem", "warehouseId", Bound::Id),
    ("CreateOrder", "blockIds", Bound::Set(1, BULK_BLOCKS_MAX)),
    ("CreateOrder", "cartId", Bound::Id),
    ("CreateOrder", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("CreateOrder", "reference", Bound::Line(Reference::CHARS_MAX)),
    ("CreateOrderLine", "itemId", Bound::Id),
    ("CreateOrderLine", "quantity", UNITS),
    ("CreateOrderLine", "sku", SKU),
    ("CreateToken", "expiresInDays", TOKEN_DAYS),
    ("CreateWarehouse", "code", Bound::Line(WarehouseCode::CHARS_MAX)),
    ("CreateWarehouse", "name", Bound::Line(WarehouseName::CHARS_MAX)),
    ("ExtendBlock", "ttlSeconds", TTL),
    ("MoveStock", "fromWarehouseCode", CODE),
    ("MoveStock", "fromWarehouseId", Bound::Id),
    ("MoveStock", "quantity", UNITS),
    ("MoveStock", "reason", Bound::Line(Note::CHARS_MAX)),
    ("MoveStock", "toWarehouseId", Bound::Id),
    ("PlaceBlock", "itemId", Bound::Id),
    ("PlaceBlock", "note", Bound::Line(HoldNote::CHARS_MAX)),
    ("PlaceBlock", "quantity", UNITS),
    ("PlaceBlock", "reference", Bound::Line(Reference::CHARS_MAX)),
    ("PlaceBlock", "sku", SKU),
    ("PlaceBlock", "ttlSeconds", TTL),
    ("PlaceBlock", "warehouseCode", CODE),
    ("PlaceBlock", "warehouseId", Bound::Id),
    ("RenameCategory", "to", Bound::Line(CategoryName::CHARS_MAX)),
];

/// The fields of an import, of a cart, of an item's changes, and of a limit to warehouses.
const MORE_FIELDS: [(&str, &str, Bound); 83] = [
    ("AllocateOrder", "maxParcels", Bound::Number(1, PARCELS_MAX as i64)),
    ("AllocateOrder", "plan", Bound::List(1, PARCELS_MAX)),
    ("AllocateOrder", "priority", ORDER_PRIORITY),
    ("CancelOrder", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("CreateOrder", "priority", ORDER_PRIORITY),
    ("CreateWebhook", "name", Bound::Line(WEBHOOK_NAME_CHARS_MAX)),
    ("CreateWebhook", "skus", Bound::List(0, WEBHOOK_SKUS_MAX)),
    ("CreateWebhook", "warehouseIds", Bound::List(0, WEBHOOK_WAREHOUSES_MAX)),
    ("RetryWebhookEvents", "eventIds", Bound::List(1, PAGE_LIMIT_MAX as usize)),
    ("RotateWebhookSecret", "overlapHours", Bound::Number(0, OVERLAP_HOURS_MAX)),
    ("UpdateWebhook", "name", Bound::Line(WEBHOOK_NAME_CHARS_MAX)),
    ("UpdateWebhook", "skus", Bound::List(0, WEBHOOK_SKUS_MAX)),
    ("UpdateWebhook", "warehouseIds", Bound::List(0, WEBHOOK_WAREHOUSES_MAX)),
    ("OrderPartLine", "itemId", Bound::Id),
    ("OrderPartLine", "quantity", UNITS),
    ("OrderPartLine", "sku", SKU),
    ("ReassignUnits", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("ReassignUnits", "toOrderId", Bound::Id),
    ("PlannedParcel", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("PlannedParcel", "warehouseCode", CODE),
    ("PlannedParcel", "warehouseId", Bound::Id),
    ("Position", "latitude", Bound::Degrees(LATITUDE_MAX)),
    ("Position", "longitude", Bound::Degrees(LONGITUDE_MAX)),
    ("ApplyImport", "revision", Bound::Number(1, i32::MAX as i64)),
    ("ChangeCart", "lines", Bound::List(1, CART_LINES_MAX)),
    ("ChangeCart", "ttlSeconds", TTL),
    ("ChangeCart", "version", Bound::Number(1, i64::MAX)),
    ("ChangeOrderLines", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("ChangeStock", "changes", Bound::List(1, DOCUMENT_LINES_MAX)),
    ("ChangeStock", "document", Bound::Line(Reference::CHARS_MAX)),
    ("ChangeStockLine", "change", Bound::Change(UNITS_MAX as i64)),
    ("ChangeStockLine", "expected", Bound::Number(0, UNITS_MAX as i64)),
    ("ChangeStockLine", "itemId", Bound::Id),
    ("ChangeStockLine", "note", Bound::Line(Note::CHARS_MAX)),
    ("ChangeStockLine", "reason", Bound::Line(Note::CHARS_MAX)),
    ("ChangeStockLine", "set", Bound::Number(0, UNITS_MAX as i64)),
    ("ChangeStockLine", "sku", Bound::Line(Sku::CHARS_MAX)),
    ("ChangeStockLine", "warehouseCode", Bound::Line(WarehouseCode::CHARS_MAX)),
    ("ChangeStockLine", "warehouseId", Bound::Id),
    ("ConfirmCart", "paymentReference", Bound::Line(Reference::CHARS_MAX)),
    ("CreateClient", "warehouseIds", Bound::List(1, ALLOWED_WAREHOUSES_MAX)),
    ("CreateWarehouse", "latitude", Bound::Degrees(LATITUDE_MAX)),
    ("CreateWarehouse", "longitude", Bound::Degrees(LONGITUDE_MAX)),
    ("CreateWarehouse", "priority", PRIORITY),
    ("QueueOrder", "priority", ORDER_PRIORITY),
    ("MoveStock", "toWarehouseCode", CODE),
    ("PlaceCart", "lines", Bound::List(1, CART_LINES_MAX)),
    ("PlaceCart", "note", Bound::Line(HoldNote::CHARS_MAX)),
    ("PlaceCart", "reference", Bound::Line(Reference::CHARS_MAX)),
    ("PlaceCart", "ttlSeconds", TTL),
    ("ReadAvailability", "skus", Bound::List(0, AVAILABILITY_ITEMS_MAX)),
    ("ReadAvailability", "itemIds", Bound::List(0, AVAILABILITY_ITEMS_MAX)),
    ("StartPayment", "paymentReference", Bound::Line(Reference::CHARS_MAX)),
    ("StartPayment", "ttlSeconds", TTL),
    ("UpdateClient", "warehouseIds", Bound::List(1, ALLOWED_WAREHOUSES_MAX)),
    ("UpdateItem", "barcodes", Bound::List(0, BARCODES_MAX)),
    ("UpdateItem", "lowStock", Bound::Number(0, UNITS_MAX as i64)),
    ("UpdateItem", "sku", SKU),
    ("UpdateItem", "category", Bound::Line(CategoryName::CHARS_MAX)),
    ("UpdateItem", "description", Bound::Lines(Description::CHARS_MAX)),
    ("UpdateItem", "name", Bound::Line(ItemName::CHARS_MAX)),
    ("UpdateItem", "price", Bound::Price),
    ("UpdateWarehouse", "latitude", Bound::Degrees(LATITUDE_MAX)),
    ("UpdateWarehouse", "longitude", Bound::Degrees(LONGITUDE_MAX)),
    ("UpdateWarehouse", "priority", PRIORITY),
    ("ChangeCondition", "itemId", Bound::Id),
    ("ChangeCondition", "quantity", UNITS),
    ("ChangeCondition", "reason", Bound::Line(Note::CHARS_MAX)),
    ("ChangeCondition", "sku", SKU),
    ("ChangeCondition", "warehouseCode", CODE),
    ("ChangeCondition", "warehouseId", Bound::Id),
    ("ReturnLine", "itemId", Bound::Id),
    ("ReturnLine", "quantity", UNITS),
    ("ReturnLine", "sku", SKU),
    ("ReturnLine", "warehouseCode", CODE),
    ("ReturnLine", "warehouseId", Bound::Id),
    ("ReturnOrder", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("ShipLine", "itemId", Bound::Id),
    ("ShipLine", "quantity", UNITS),
    ("ShipLine", "sku", SKU),
    ("ShipOrder", "lines", Bound::List(1, ORDER_LINES_MAX)),
    ("ShipOrder", "warehouseCode", CODE),
    ("ShipOrder", "warehouseId", Bound::Id),
];

/// The fields of which a body has one: schema, id, key of the shop, and whether one of both is required.
const KEY_PAIRS: [(&str, &str, &str, bool); 17] = [
    ("AdjustStock", "warehouseId", "warehouseCode", false),
    ("CartLine", "itemId", "sku", true),
    ("CartLine", "warehouseId", "warehouseCode", false),
    ("CreateItem", "warehouseId", "warehouseCode", false),
    ("CreateOrderLine", "itemId", "sku", true),
    ("OrderPartLine", "itemId", "sku", true),
    ("MoveStock", "fromWarehouseId", "fromWarehouseCode", true),
    ("MoveStock", "toWarehouseId", "toWarehouseCode", true),
    ("PlaceBlock", "itemId", "sku", true),
    ("PlaceBlock", "warehouseId", "warehouseCode", false),
    ("PlannedParcel", "warehouseId", "warehouseCode", true),
    ("ChangeCondition", "itemId", "sku", true),
    ("ChangeCondition", "warehouseId", "warehouseCode", false),
    ("ReturnLine", "itemId", "sku", true),
    ("ReturnLine", "warehouseId", "warehouseCode", false),
    ("ShipLine", "itemId", "sku", true),
    ("ShipOrder", "warehouseId", "warehouseCode", false),
];

/// The parameters of a page of a list.
const PAGING: [&str; 2] = ["limit", "after"];

/// The bounds of parameters: name, bound. A path in front of a name limits the bound to that path.
const PARAMETERS: [(&str, Bound); 25] = [
    ("/api/orders/{id}/preview latitude", Bound::Degrees(LATITUDE_MAX)),
    ("/api/orders/{id}/preview longitude", Bound::Degrees(LONGITUDE_MAX)),
    ("/api/orders/{id}/preview maxParcels", Bound::Number(1, PARCELS_MAX as i64)),
    ("/api/availability itemId", Bound::List(1, AVAILABILITY_QUERY_ITEMS_MAX)),
    ("/api/events limit", Bound::Number(1, EVENTS_MAX)),
    ("/api/search limit", Bound::Number(1, SEARCH_LIMIT_MAX)),
    ("/api/search q", Bound::Words(domain::SEARCH_CHARS_MAX)),
    ("Idempotency-Key", Bound::Key),
    ("actor", Bound::Filter(domain::FILTER_CHARS_MAX)),
    ("before", Bound::Number(1, i64::MAX)),
    ("fileName", Bound::Filter(255)),
    ("reference", Bound::Line(Reference::CHARS_MAX)),
    ("/api/items category", Bound::Filter(CategoryName::CHARS_MAX)),
    ("/api/items.csv category", Bound::Filter(CategoryName::CHARS_MAX)),
    ("from", Bound::Time),
    ("hours", Bound::Number(1, HISTORY_HOURS_MAX)),
    ("limit", Bound::Number(1, PAGE_LIMIT_MAX)),
    ("maxQuantity", Bound::Number(0, i64::MAX)),
    ("q", Bound::Filter(domain::SEARCH_CHARS_MAX)),
    ("since", Bound::Time),
    ("subject", Bound::Filter(domain::FILTER_CHARS_MAX)),
    ("until", Bound::Time),
    ("waitSeconds", Bound::Number(0, WAIT_SECONDS_MAX as i64)),
    ("withinSeconds", TTL),
    ("zoneMinutes", Bound::Number(-14 * 60, 14 * 60)),
];

/// Adds the bounds to the document.
pub(crate) fn add(document: &mut Value) {
    for (schema, field, bound) in FIELDS.iter().chain(&MORE_FIELDS) {
        let field = document.pointer_mut(&format!("/components/schemas/{schema}/properties/{field}"));
        if let Some(field) = field.and_then(Value::as_object_mut) {
            bound.add_to(field);
        }
    }
    for (schema, id, key, is_required) in KEY_PAIRS {
        add_key_pair(&mut document["components"]["schemas"][schema], id, key, is_required);
    }
    for schema in ["CreateItem", "UpdateItem"] {
        document["components"]["schemas"][schema]["properties"]["barcodes"]["items"] = json!({
            "type": "string", "minLength": 1, "maxLength": Barcode::CHARS_MAX,
            "pattern": format!("^[^{FORBIDDEN}{FORBIDDEN_IN_ONE_LINE}\\s]+$"),
        });
    }
    openapi_rules::add(&mut document["components"]["schemas"]);
    // A request that changes nothing is rejected.
    document["components"]["schemas"]["UpdateItem"]["minProperties"] = json!(1);
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
                continue;
            };
            // A file has all rows of a list.
            parameters.retain(|parameter| {
                !path.ends_with(".csv") || !PAGING.iter().any(|name| parameter["name"] == *name)
            });
            parameters.iter_mut().for_each(|parameter| add_to_parameter(path, parameter));
        }
    }
}

/// Adds the rule that a body has at most one of both fields, or exactly one. The fields are then absent instead of null.
fn add_key_pair(schema: &mut Value, id: &str, key: &str, is_required: bool) {
    for field in [id, key] {
        if let Some(types) = schema["properties"][field]["type"].as_array_mut() {
            types.retain(|name| name != "null");
        }
    }
    let rule = match is_required {
        true => json!({"oneOf": [{"required": [id]}, {"required": [key]}]}),
        false => json!({"not": {"properties": {id: {}, key: {}}, "required": [id, key]}}),
    };
    match schema["allOf"].as_array_mut() {
        Some(rules) => rules.push(rule),
        None => schema["allOf"] = json!([rule]),
    }
}

fn add_to_parameter(path: &str, parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let full_name = format!("{path} {name}");
    let bound = PARAMETERS.iter().find(|(of, _)| *of == full_name || *of == name);
    if parameter["in"] == "query" && parameter["required"] != json!(true) {
        // An empty query parameter counts as absent.
        parameter["allowEmptyValue"] = json!(true);
    }
    if let (Some((_, bound)), Some(schema)) = (bound, parameter["schema"].as_object_mut()) {
        bound.add_to(schema);
    }
}

impl Bound {
    /// Adds the bound to a schema. A schema that allows null still allows it.
    fn add_to(self, schema: &mut Map<String, Value>) {
        let is_nullable = schema["type"].as_array().is_some_and(|types| types.contains(&json!("null")));
        let keywords = match self {
            Self::Number(min, max) => json!({"minimum": min, "maximum": max}),
            Self::Degrees(max) => json!({"minimum": -max, "maximum": max}),
            Self::Change(max) => json!({"minimum": -max, "maximum": max, "not": {"const": 0}}),
            Self::Id => json!({"type": ["integer", "string"], "pattern": "^[0-9]{1,18}$"}),
            Self::Price => json!({
                "type": ["string", "number"], "pattern": "^[0-9]{1,8}(\\.[0-9]{1,2})?$",
                "minimum": 0, "maximum": 99_999_999.99, "multipleOf": 0.01,
            }),
            Self::Line(max) => text(max, &format!("{FORBIDDEN}{FORBIDDEN_IN_ONE_LINE}")),
            Self::Lines(max) => text(max, FORBIDDEN),
            Self::Words(max) => text(max, "\\u0000"),
            Self::Filter(max) => json!({"maxLength": max, "pattern": "^[^\\u0000]*$"}),
            Self::Time => {
                schema.remove("format");
                json!({"anyOf": [{"format": "date-time"}, {"maxLength": 0}]})
            }
            Self::Principal => {
                json!({"minLength": 1, "maxLength": PrincipalName::CHARS_MAX, "pattern": "^[a-z0-9._-]+$"})
            }
            Self::Key => json!({"pattern": "^[!-~]+$"}),
            Self::List(min, usize::MAX) => json!({"minItems": min}),
            Self::List(min, max) => json!({"minItems": min, "maxItems": max}),
            Self::Set(min, max) => json!({"minItems": min, "maxItems": max, "uniqueItems": true}),
        };
        if let Value::Object(keywords) = keywords {
            schema.extend(keywords);
        }
        if let (true, Some(types)) = (is_nullable, schema["type"].as_array_mut())
            && !types.contains(&json!("null"))
        {
            types.push(json!("null"));
        }
    }
}

/// The keywords of a text that is not blank and has none of the characters of a class.
fn text(max: usize, forbidden: &str) -> Value {
    let pattern = format!("^[^{forbidden}]*[^{forbidden}\\s][^{forbidden}]*$");
    json!({"minLength": 1, "maxLength": max, "pattern": pattern})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_is_in_the_document() {
        let document = crate::http::document();
        for (schema, field, _) in FIELDS.iter().chain(&MORE_FIELDS) {
            let pointer = format!("/components/schemas/{schema}/properties/{field}");
            assert!(document.pointer(&pointer).is_some(), "{pointer}");
        }
        let text = document["paths"].to_string();
        for (name, _) in PARAMETERS {
            let name = name.split(' ').next_back().expect("a name");
            assert!(text.contains(&format!("\"name\":\"{name}\"")), "{name}");
        }
    }

    #[test]
    fn every_whole_number_of_a_request_has_a_bound_or_is_an_id() {
        let document = crate::http::document();
        let mut schemas = Vec::new();
        for operation in document["paths"].as_object().expect("paths").values() {
            for operation in operation.as_object().expect("operations").values() {
                let body = operation.pointer("/requestBody/content/application~1json/schema/$ref");
                schemas.extend(body.and_then(Value::as_str));
            }
        }
        assert!(schemas.len() > 10, "{schemas:?}");
        for schema in schemas {
            let schema = document.pointer(schema.trim_start_matches('#')).expect("a schema");
            for (name, field) in schema["properties"].as_object().expect("properties") {
                let is_integer = field["type"] == "integer" || field["type"] == json!(["integer", "null"]);
                assert!(!is_integer || field.get("maximum").is_some(), "{name}");
            }
        }
    }

    /// Returns the ranges of a class of a regular expression.
    fn ranges(class: &str) -> Vec<(u32, u32)> {
        let mut ranges = Vec::<(u32, u32)>::new();
        let mut is_end = false;
        for part in class.split("\\u").skip(1) {
            let code = u32::from_str_radix(&part[..4], 16).expect("a code");
            match ranges.last_mut() {
                Some((_, end)) if is_end => *end = code,
                _ => ranges.push((code, code)),
            }
            is_end = part.ends_with('-');
        }
        ranges
    }

    /// Checks which characters of the Basic Multilingual Plane are in a class: those that are forbidden in both contexts in
    /// which some characters are allowed.
    fn check_class(class: &str, is_allowed: impl Fn(&str) -> bool) {
        let ranges = ranges(class);
        for code in 0..=0xFFFF {
            let Some(character) = char::from_u32(code) else { continue };
            let is_in_class = ranges.iter().any(|(start, end)| (*start..=*end).contains(&code));
            let mut contexts = ["\u{905}", "a"].map(|side| format!("{side}{character}{side}")).into_iter();
            assert_eq!(is_in_class, contexts.all(|text| !is_allowed(&text)), "U+{code:04X}");
        }
    }

    #[test]
    fn the_patterns_of_texts_reject_exactly_the_characters_that_are_always_forbidden() {
        check_class(FORBIDDEN, |text| Description::new(text).is_ok());
        check_class(&format!("{FORBIDDEN}{FORBIDDEN_IN_ONE_LINE}"), |text| ItemName::new(text).is_ok());
    }
}
