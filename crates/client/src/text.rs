//! How numbers are written: thousands apart, signs typographic, nouns counted.

/// A whole number with its thousands apart: `1,234,567`.
pub fn units(number: impl Into<i64>) -> String {
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

/// A change with its sign: `+5`, `−5`.
pub fn signed(number: impl Into<i64>) -> String {
    let number = number.into();
    if number > 0 { format!("+{}", units(number)) } else { units(number) }
}

/// A number and what it counts: `1 item`, `2 items`.
pub fn count(number: impl Into<i64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{} {}", units(number), if number == 1 { one } else { many })
}

/// A decimal price with the thousands of its whole part apart: `1,299.00`.
pub fn price(decimal: &str) -> String {
    let (whole, cents) = decimal.split_once('.').unwrap_or((decimal, "00"));
    match whole.parse::<i64>() {
        Ok(whole) => format!("{}.{cents}", units(whole)),
        Err(_) => decimal.to_owned(),
    }
}

/// A decimal amount in hundredths; 0 for what is none.
pub fn money_cents(decimal: &str) -> i128 {
    let (whole, cents) = decimal.split_once('.').unwrap_or((decimal, "00"));
    whole.parse::<i128>().unwrap_or_default() * 100 + cents.get(..2).unwrap_or("0").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(units(0), "0");
        assert_eq!(units(999), "999");
        assert_eq!(units(1_000), "1,000");
        assert_eq!(units(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(units(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
        assert_eq!(signed(5), "+5");
        assert_eq!(signed(0), "0");
        assert_eq!(signed(-5), "\u{2212}5");
        assert_eq!(count(1, "item", "items"), "1 item");
        assert_eq!(count(1_200, "item", "items"), "1,200 items");
        assert_eq!(price("1299.00"), "1,299.00");
        assert_eq!(price("0.50"), "0.50");
        assert_eq!(money_cents("1299.05"), 129_905);
        assert_eq!(money_cents("0"), 0);
    }
}
