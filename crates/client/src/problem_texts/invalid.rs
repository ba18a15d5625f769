//! The detail of a value that is not allowed. Its rule is in the English detail only: `quantity must be 1 to 2147483647, not 0`.

use crate::price::{format_price, written};
use crate::texts;

/// The most units of a quantity. A rule with this bound names the least one only.
const UNITS_MAX: i64 = i32::MAX as i64;

/// Returns the rule of an English detail in the person's language; `None` for a rule without a text.
pub(super) fn of(detail: &str) -> Option<String> {
    let (field, rule) = detail.split_once(' ')?;
    of_field(field, rule)
        .or_else(|| fixed(rule).or_else(|| choice(rule)).map(str::to_owned))
        .or_else(|| bounds(rule))
        .or_else(|| limit(rule))
}

/// Returns the text of a rule that depends on its field.
fn of_field(field: &str, rule: &str) -> Option<String> {
    let quoted = |end: &str| Some(rule.strip_suffix(end)?.trim_matches('"').to_owned());
    let fixed = match (field, rule) {
        ("price", _) => return price(rule),
        ("code", _) if rule.ends_with(" is no SKU and no barcode") => {
            return Some(texts::detail_no_item_code(&quoted(" is no SKU and no barcode")?));
        }
        ("warehouse", _) if rule.ends_with(" is no warehouse's code") => {
            return Some(texts::detail_no_code(&quoted(" is no warehouse's code")?));
        }
        ("drafts", _) => return Some(texts::detail_drafts_open(numbers(rule).next()?)),
        ("from", _) if rule.contains("days before") => {
            return Some(texts::detail_span_days(numbers(rule).next()?));
        }
        ("draft", _) => texts::detail_draft_changed(),
        ("lines", "must not be empty") => texts::detail_no_lines(),
        ("lines", "were refused; nothing is posted") => texts::detail_lines_refused(),
        ("to", "must be another name than the category has") => texts::detail_same_name(),
        ("name", "is the name of another view of this list") => texts::detail_view_name(),
        ("id", _) if rule.starts_with("names no view") => texts::detail_view_missing(),
        ("scopes", _) => texts::detail_scopes(),
        ("plan", _) => texts::detail_plan(),
        ("quantity", "needs an item") => texts::detail_item_needed(),
        ("itemId", "must name a line") | ("level", _) => texts::detail_line_needed(),
        ("itemId", _) if rule.starts_with("must be given") => texts::detail_item_needed(),
        ("sku", "must not be given with itemId") => texts::detail_one_item(),
        ("url", _) if !rule.starts_with("must have at most") => texts::detail_webhook_url(),
        ("eventKinds", _) => texts::detail_event_kinds(),
        ("cursor", _) => texts::detail_webhook_cursor(),
        ("latitude" | "longitude", _) => return position(rule),
        ("near", _) => texts::detail_position_needed(),
        _ => return None,
    };
    Some(fixed.to_owned())
}

/// Returns the text of a rule without numbers.
fn fixed(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "must not be empty" | "is missing" | "must be given, or a time" => texts::detail_empty(),
        "is not a number" => texts::detail_whole_number(),
        "must be the same in both fields" => texts::detail_passwords_differ(),
        "must be in the future" => texts::detail_past(),
        "must be within 30 days" => texts::detail_too_late(),
        "must not repeat a single character" => texts::detail_single_character(),
        "must not be the name of its owner" => texts::detail_own_name(),
        "must be another warehouse than fromWarehouseId" | "must be another warehouse" => {
            texts::detail_other_warehouse()
        }
        "must be another order" => texts::detail_other_order(),
        "must be before until" | "must be after `from`" => texts::detail_span_order(),
        "must not contain white space" => texts::detail_barcode(),
        "must not have duplicates" | "must name each item once" => texts::detail_once(),
        _ if rule.starts_with("must be a date and a time") => texts::detail_moment(),
        _ if rule.starts_with("must be a time such as") => texts::detail_moment(),
        _ if rule.starts_with("must be a day such as") => texts::detail_day(),
        _ if rule.starts_with("must be a whole number") => texts::detail_whole_number(),
        _ if rule.starts_with("must name at least one of") => texts::detail_no_change(),
        _ if rule.starts_with("must be the `next` of a page") => texts::detail_first_page(),
        _ if rule.starts_with("can't limit an administrator") => texts::detail_limit_administrator(),
        _ if rule.starts_with("can't limit a client") => texts::detail_limit_client(),
        _ if rule.ends_with("there is no default warehouse") => texts::detail_no_default(),
        _ if rule.ends_with("there is no default") => texts::detail_no_default(),
        _ => return None,
    })
}

/// Returns the text of a rule that lists values: each is an option of a form.
fn choice(rule: &str) -> Option<&'static str> {
    let lists = [
        "must be one of ",
        "must be receipt, ",
        "must be evening, ",
        "must be minutes, ",
        "must be Confirm, ",
        "must be available, ",
        "must be items or stock",
        "must be point or comma",
        "must be comma, semicolon",
        "must be a label such as",
        "must be v1 or v1a",
        "is not one of the choices",
        "is no policy",
    ];
    lists.iter().any(|list| rule.starts_with(list)).then(texts::detail_choice)
}

/// Returns the text of a rule for prices, with an example in the person's number format.
fn price(rule: &str) -> Option<String> {
    let example = written("12.90");
    if rule.starts_with("must be digits") {
        return Some(texts::detail_amount(&example));
    }
    if rule.starts_with("must have at most two decimals") {
        return Some(texts::detail_decimals(&example));
    }
    if rule.starts_with("must not be negative") {
        return Some(texts::detail_negative().to_owned());
    }
    rule.starts_with("must be at most 99999999.99")
        .then(|| texts::detail_amount_max(&format_price("99999999.99")))
}

/// Returns the text of a rule for the degrees of a position.
fn position(rule: &str) -> Option<String> {
    let text = match rule {
        _ if rule.starts_with("is missing: give both") => texts::detail_position_both(),
        _ if rule.starts_with("and longitude of the destination") => texts::detail_position_needed(),
        _ if rule.starts_with("must be a number") || rule.starts_with("must be degrees") => {
            texts::detail_degrees()
        }
        _ => {
            let mut bounds = numbers(rule);
            return Some(texts::detail_degrees_between(bounds.next()?, bounds.next()?));
        }
    };
    Some(text.to_owned())
}

/// Returns the whole numbers among the words of a rule.
fn numbers(rule: &str) -> impl Iterator<Item = i64> {
    rule.split([' ', ',']).filter_map(|word| word.parse().ok())
}

/// Returns the text of a rule with one limit, or about one character.
fn limit(rule: &str) -> Option<String> {
    if let Some(rest) = rule.strip_prefix("must not contain ") {
        let code = if rest.starts_with("a NUL") { "U+0000" } else { rest.split(',').next()? };
        return Some(texts::detail_character(code));
    }
    if rule.contains("of the characters a-z") {
        return Some(texts::detail_principal_name(numbers(rule).nth(1)?));
    }
    if rule.contains("characters without control characters") {
        let mut bounds = numbers(rule);
        return Some(texts::detail_characters_between(bounds.next()?, bounds.next()?));
    }
    if let Some(rest) = rule.strip_prefix("must be in the years ") {
        let (first, last) = rest.split_once(" to ")?;
        return Some(texts::detail_years(first, last));
    }
    if rule.starts_with("must be 0 or more") {
        return Some(texts::detail_at_least(0));
    }
    if rule.contains(" to -1, not ") {
        return Some(texts::detail_other_than_zero(numbers(rule).nth(1)?));
    }
    if rule.starts_with("must name 1 to ") || rule.starts_with("must have 1 to ") {
        return Some(texts::detail_at_most(numbers(rule).nth(1)?));
    }
    if rule.starts_with("must have at most ") || rule.starts_with("must be at most ") {
        return Some(texts::detail_at_most(numbers(rule).next()?));
    }
    None
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
            Some("Enter an amount such as 12.90."),
        );
        check(
            "price must have at most two decimals, not 1.299",
            Some("Enter at most two decimals, such as 12.90."),
        );
        check("price must not be negative, not \"-1\"", Some("Enter an amount of at least 0."));
        check(
            "price must be at most 99999999.99, not 100000000",
            Some("Enter an amount of at most 99,999,999.99."),
        );
        check("latitude must be -90 to 90 degrees, not 91", Some("Enter degrees from \u{2212}90 to 90."));
        check("latitude must be a number, not \"north\"", Some("Enter degrees such as 52.52."));
        check(
            "longitude is missing: give both, or none",
            Some("Enter both the latitude and the longitude, or neither."),
        );
        check("code \"X-1\" is no SKU and no barcode", Some("No item has the SKU or barcode X-1."));
        check("warehouse \"X-1\" is no warehouse's code", Some("There is no warehouse with the code X-1."));
        check("lines were refused; nothing is posted", Some("Some lines are refused. Nothing is posted."));
        check("from must be before until", Some("Choose an end after the start."));
        check("from must be at most 92 days before until", Some("Choose a span of at most 92 days."));
        check(
            "to must be another name than the category has",
            Some("Enter another name than the present one."),
        );
        check("kind must be one of sold, held", Some("Choose one of the offered values."));
        check("since must be in the years 1 to 9999", Some("Enter a time in the years 1 to 9999."));
        check(
            "delta must be 1 to 2147483647 or -2147483647 to -1, not 0",
            Some("Enter a whole number other than 0, of at most 2,147,483,647."),
        );
        check(
            "name must not contain U+202E, which changes the direction of text, as its character 5",
            Some("Remove the character U+202E."),
        );
        check(
            "name must be 1 to 100 of the characters a-z, 0-9, '.', '_' and '-'",
            Some("Enter 1 to 100 of the characters a-z, 0-9, \".\", \"_\" and \"-\"."),
        );
        check(
            "displayName must be 1 to 100 characters without control characters",
            Some("Enter 1 to 100 characters."),
        );
        check("barcodes must have at most 10 barcodes, not 11", Some("At most 10 are possible."));
        check("warehouseIds must name 1 to 100 warehouses, not 0", Some("At most 100 are possible."));
        check(
            "drafts must be at most 1000 that are not posted",
            Some("There are 1,000 open documents, which is the maximum. Post or delete one first."),
        );
        check("Enter a value.", None);
        check(
            "toWarehouseId must be another warehouse than fromWarehouseId",
            Some("Choose two different warehouses."),
        );
    }
}
