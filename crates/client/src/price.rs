//! Formats prices.

use crate::format::format_integer;
use crate::locale::Locale;
use crate::texts;

/// Returns a plain number with a point as a person writes it in a form, with the decimal sign of the number format: `1299,00`.
pub fn written(plain: &str) -> String {
    match plain.split_once('.') {
        Some((whole, decimals)) => format!("{whole}{}{decimals}", Locale::current().numbers.decimal),
        None => plain.to_owned(),
    }
}

/// Formats a decimal price with separators, in the person's currency: `1,299.00`, `€1,299.00`, `1.299,00 €`.
pub fn format_price(decimal: &str) -> String {
    let (whole, cents) = decimal.split_once('.').unwrap_or((decimal, "00"));
    let Ok(whole) = whole.parse::<i64>() else { return decimal.to_owned() };
    let locale = Locale::current();
    let amount = format!("{}{}{cents}", format_integer(whole), locale.numbers.decimal);
    let symbol = match locale.currency.as_str() {
        "" => return amount,
        "EUR" => "\u{20AC}",
        "USD" => "$",
        "GBP" => "\u{A3}",
        code => return format!("{amount}\u{A0}{code}"),
    };
    texts::price(symbol, &amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_a_form_has_no_groups() {
        assert_eq!(written("1299.00"), "1299.00");
        assert_eq!(written("-7"), "-7");
    }

    #[test]
    fn prices_have_separators() {
        assert_eq!(format_price("1299.00"), "1,299.00");
        assert_eq!(format_price("0.50"), "0.50");
    }
}
