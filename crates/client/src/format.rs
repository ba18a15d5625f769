//! Formats numbers: thousands separators, typographic signs, and nouns in singular or plural.

/// Formats an integer with thousands separators: `1,234,567`.
pub fn format_integer(number: impl Into<i64>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a change with its sign: `+5`, `−5`.
pub fn format_signed(number: impl Into<i64>) -> String {
    let number = number.into();
    if number > 0 { format!("+{}", format_integer(number)) } else { format_integer(number) }
}

/// Formats a number with its noun: `1 item`, `2 items`.
pub fn format_count(number: impl Into<i64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{} {}", format_integer(number), if number == 1 { one } else { many })
}

/// Formats a decimal price with thousands separators: `1,299.00`.
pub fn format_price(decimal: &str) -> String {
    let (whole, cents) = decimal.split_once('.').unwrap_or((decimal, "00"));
    match whole.parse::<i64>() {
        Ok(whole) => format!("{}.{cents}", format_integer(whole)),
        Err(_) => decimal.to_owned(),
    }
}

/// Parses a decimal amount into cents. Returns 0 for invalid text.
pub fn money_cents(decimal: &str) -> i128 {
    let (whole, cents) = decimal.split_once('.').unwrap_or((decimal, "00"));
    whole.parse::<i128>().unwrap_or_default() * 100 + cents.get(..2).unwrap_or("0").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(format_integer(0), "0");
        assert_eq!(format_integer(999), "999");
        assert_eq!(format_integer(1_000), "1,000");
        assert_eq!(format_integer(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(format_integer(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
        assert_eq!(format_signed(5), "+5");
        assert_eq!(format_signed(0), "0");
        assert_eq!(format_signed(-5), "\u{2212}5");
        assert_eq!(format_count(1, "item", "items"), "1 item");
        assert_eq!(format_count(1_200, "item", "items"), "1,200 items");
        assert_eq!(format_price("1299.00"), "1,299.00");
        assert_eq!(format_price("0.50"), "0.50");
        assert_eq!(money_cents("1299.05"), 129_905);
        assert_eq!(money_cents("0"), 0);
    }
}
