//! Messages of serde as sentences for the client, with the field's path.

/// The field that could not be deserialized, and the reason.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// The field's path, such as `lines[1].itemId`; `None` for the whole value.
    pub(crate) field: Option<String>,
    /// The reason and the expected value, as a sentence.
    pub(crate) detail: String,
}

/// Explains serde's `message` about the value at `path`. The path "." is the whole value, which the sentence calls
/// `whole`.
pub(crate) fn explain(whole: &str, path: &str, message: &str) -> Explanation {
    // The path replaces line and column.
    let message = message.split(" at line ").next().unwrap_or(message);
    let named = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    if let Some(name) = named("missing field `") {
        return Explanation::new(whole, &join(path, name), "is missing");
    }
    if let Some(name) = named("duplicate field `") {
        return Explanation::new(whole, &join(path, name), "is given more than once");
    }
    if let Some(name) = named("surplus field `") {
        return Explanation::new(whole, &join(path, name), "must not be given beside the id");
    }
    if let Some(name) = named("unknown field `") {
        // In some cases serde's path ends with the unknown field.
        let path = path.strip_suffix(name).map_or(path, |parent| parent.trim_end_matches('.'));
        let known = message.split_once("expected ").map_or("", |(_, known)| known);
        let known = known.trim_start_matches("one of ");
        return Explanation::new(whole, &join(path, name), &format!("is not known here; known: {known}"));
    }
    Explanation::new(whole, path, &reason(message))
}

impl Explanation {
    fn new(whole: &str, path: &str, reason: &str) -> Self {
        let field = Some(path).filter(|path| !path.is_empty() && *path != ".").map(str::to_owned);
        let subject = field.as_ref().map_or_else(|| whole.to_owned(), |field| format!("`{field}`"));
        Self { detail: format!("{subject} {reason}."), field }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() || path == "." { name.to_owned() } else { format!("{path}.{name}") }
}

/// Rewrites serde's "invalid type: X, expected Y" as "must be Y, not X".
fn reason(message: &str) -> String {
    let invalid = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = invalid.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("must be {}, not {}", wanted_words(wanted), found_words(found));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let wanted = rest.split_once("expected ").map_or(rest, |(_, wanted)| wanted);
        return format!("must be {wanted}");
    }
    match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "must be a whole number".to_owned()
        }
        "number too large to fit in target type" => "is too large".to_owned(),
        "number too small to fit in target type" => "is too small".to_owned(),
        other => format!("can't be read: {other}"),
    }
}

fn wanted_words(wanted: &str) -> &str {
    match wanted {
        "i64" | "i32" | "u64" | "u32" => "a whole number",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

fn found_words(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit value" | "null" => "null".to_owned(),
        other => {
            let number = other.strip_prefix("integer ").or_else(|| other.strip_prefix("floating point "));
            match (number, other.strip_prefix("string ")) {
                (Some(number), _) => number.trim_matches('`').to_owned(),
                (_, Some(text)) => format!("the text {text}"),
                _ => other.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, message: &str, field: &str, detail: &str) {
        let explanation = explain("The body", path, message);
        let field = Some(field).filter(|field| !field.is_empty()).map(str::to_owned);
        assert_eq!(explanation, Explanation { field, detail: detail.to_owned() });
    }

    #[test]
    fn messages_become_sentences() {
        check(
            "lines[1]",
            "surplus field `sku`",
            "lines[1].sku",
            "`lines[1].sku` must not be given beside the id.",
        );
        check(".", "missing field `name` at line 1 column 2", "name", "`name` is missing.");
        check(
            "lines[1]",
            "missing field `itemId` at line 1 column 9",
            "lines[1].itemId",
            "`lines[1].itemId` is missing.",
        );
        check(
            "quantity",
            "invalid type: string \"five\", expected i64 at line 1 column 9",
            "quantity",
            "`quantity` must be a whole number, not the text \"five\".",
        );
        check(
            "quantity",
            "invalid type: floating point `1e20`, expected i64",
            "quantity",
            "`quantity` must be a whole number, not 1e20.",
        );
        check(
            "lines",
            "invalid type: map, expected a sequence",
            "lines",
            "`lines` must be a list, not an object.",
        );
        check(
            ".",
            "invalid type: sequence, expected struct CreateItem",
            "",
            "The body must be an object, not a list.",
        );
        check(
            "quantity",
            "unknown field `quantity`, expected `name` or `price`",
            "quantity",
            "`quantity` is not known here; known: `name` or `price`.",
        );
        check(
            "sort",
            "unknown variant `up`, expected one of `id`, `name`",
            "sort",
            "`sort` must be one of `id`, `name`.",
        );
        check("limit", "invalid digit found in string", "limit", "`limit` must be a whole number.");
        check(".", "duplicate field `limit`", "limit", "`limit` is given more than once.");
    }
}
