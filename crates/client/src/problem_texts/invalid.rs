//! The detail of a value that is not allowed. Its rule is in the English detail only: `quantity must be 1 to 2147483647, not 0`.

use crate::texts;

/// The most units of a quantity. A rule with this bound names the least one only.
const UNITS_MAX: i64 = i32::MAX as i64;

/// Returns the rule of an English detail in the person's language; `None` for a rule without a text.
pub(super) fn of(detail: &str) -> Option<String> {
    let (field, rule) = detail.split_once(' ')?;
    let fixed = match rule {
        "must not be empty" if field == "lines" => texts::detail_no_lines(),
        "must not be empty" | "is missing" => texts::detail_empty(),
        "is not a number" => texts::detail_whole_number(),
        "must be the same in both fields" => texts::detail_passwords_differ(),
        "must be in the future" => texts::detail_past(),
        "must be within 30 days" => texts::detail_too_late(),
        "must not repeat a single character" => texts::detail_single_character(),
        "must not be the name of its owner" => texts::detail_own_name(),
        "must be another warehouse than fromWarehouseId" => texts::detail_other_warehouse(),
        _ if rule.starts_with("must be a date and a time") => texts::detail_moment(),
        _ if rule.starts_with("must be a whole number") => texts::detail_whole_number(),
        _ if field == "price" && rule.starts_with("must be digits") => texts::detail_amount(),
        _ if field == "url" && !rule.starts_with("must have at most") => texts::detail_webhook_url(),
        _ if field == "eventKinds" => texts::detail_event_kinds(),
        _ if field == "cursor" => texts::detail_webhook_cursor(),
        _ => return bounds(rule),
    };
    Some(fixed.to_owned())
}

/// Returns the text of a rule with bounds: `must be 1 to 60, not 99`, `must have at most 100 characters, not 300`.
fn bounds(rule: &str) -> Option<String> {
    let number = |text: &str| text.trim_end_matches(',').parse::<i64>().ok();
    match rule.split(' ').collect::<Vec<_>>().as_slice() {
        ["must", "be", min, "to", max] => Some(between(number(min)?, number(max)?, None)),
        ["must", "be", min, "to", max, "not", value] => {
            Some(between(number(min)?, number(max)?, number(value)))
        }
        ["must", "have", min, "to", max, "characters" | "characters,", ..] => {
            Some(texts::detail_characters_between(number(min)?, number(max)?))
        }
        ["must", "have", "at", "most", max, "characters" | "characters,", ..] => {
            Some(texts::detail_at_most_characters(number(max)?))
        }
        _ => None,
    }
}

fn between(min: i64, max: i64, value: Option<i64>) -> String {
    match max == UNITS_MAX && value.is_some_and(|value| value < min) {
        true => texts::detail_at_least(min),
        false => texts::detail_between(min, max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_texts() {
        let check = |detail: &str, text: Option<&str>| assert_eq!(of(detail).as_deref(), text, "{detail}");
        check("quantity must be 1 to 2147483647, not 0", Some("Enter a whole number of at least 1."));
        check(
            "quantity must be 1 to 2147483647, not 9999999999",
            Some("Enter a whole number from 1 to 2,147,483,647."),
        );
        check("ttlSeconds must be 1 to 604800, not 0", Some("Enter a whole number from 1 to 604,800."));
        check("priority must be -100 to 100", Some("Enter a whole number from \u{2212}100 to 100."));
        check("name must not be empty", Some("Enter a value."));
        check("name must have at most 200 characters, not 201", Some("Enter at most 200 characters."));
        check("minutes is not a number", Some("Enter a whole number."));
        check(
            "price must be digits, with at most two decimals after a point, such as 9.99, not \"x\"",
            Some("Enter an amount such as 9.99."),
        );
        check("Enter a value.", None);
        check(
            "toWarehouseId must be another warehouse than fromWarehouseId",
            Some("Choose two different warehouses."),
        );
    }
}
