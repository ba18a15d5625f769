//! Formats numbers: the separators of the person's number format and typographic signs.

use crate::locale::Locale;

/// Formats an integer with thousands separators: `1,234,567`.
pub fn format_integer(number: impl Into<i64>) -> String {
    let (number, group) = (number.into(), Locale::current().numbers.group);
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    text
}

/// Formats a change with its sign: `+5`, `−5`.
#[cfg(any(feature = "ssr", test))]
pub fn format_signed(number: impl Into<i64>) -> String {
    let number = number.into();
    if number > 0 { format!("+{}", format_integer(number)) } else { format_integer(number) }
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
        assert_eq!(money_cents("1299.05"), 129_905);
        assert_eq!(money_cents("0"), 0);
    }
}
