use crate::Error;
use crate::quote::quoted;
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A price: 0.00 to 99,999,999.99 with at most two decimals, like PostgreSQL's `numeric(10,2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);

impl Price {
    /// Creates a price.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a negative amount, one above 99,999,999.99, and one with more than two decimals.
    pub fn new(amount: Decimal) -> Result<Self, Error> {
        let amount = amount.normalize();
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(Error::invalid("price", format!("must not be negative, not {amount}")));
        }
        if amount > Decimal::new(9_999_999_999, 2) {
            return Err(Error::invalid("price", format!("must be at most 99999999.99, not {amount}")));
        }
        if amount.scale() > 2 {
            return Err(Error::invalid("price", format!("must have at most two decimals, not {amount}")));
        }
        Ok(Self(amount.abs()))
    }

    /// The amount.
    pub fn amount(self) -> Decimal {
        self.0
    }
}

impl FromStr for Price {
    type Err = Error;

    /// Parses digits, optionally with a point and one or two decimals. A sign, an exponent and spaces are rejected.
    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (units, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(units) || !is_number(decimals) {
            return Err(invalid_price(
                "must be digits, with at most two decimals after a point, such as 9.99",
                text,
            ));
        }
        if digits.len() < text.len() {
            return Err(invalid_price("must not be negative", text));
        }
        if decimals.len() > 2 {
            return Err(invalid_price("must have at most two decimals", text));
        }
        match Decimal::from_str_exact(text) {
            Ok(amount) => Self::new(amount),
            Err(_) => Err(invalid_price("must be at most 99999999.99", text)),
        }
    }
}

/// The error for a text that is not a price.
fn invalid_price(rule: &str, text: &str) -> Error {
    Error::invalid("price", format!("{rule}, not {}", quoted(text)))
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Option<&str>) {
        let price = text.parse::<Price>().ok().map(|price| price.to_string());
        assert_eq!(price.as_deref(), expected, "{text}");
    }

    #[test]
    fn prices_have_two_decimals_and_bounds() {
        check("9.99", Some("9.99"));
        check("9.9", Some("9.90"));
        check("0", Some("0.00"));
        check("9.09", Some("9.09"));
        check("007", Some("7.00"));
        check("99999999.99", Some("99999999.99"));
        check("100000000", None);
        check("9.999", None);
        check("-0.01", None);
        check("1e400", None);
        check("NaN", None);
        check("", None);
        check("nine", None);
        for text in
            ["1_000", "1,000", "1E-400", "1e2", "+1", " 1", "1 ", "-0", "9.990", ".5", "5.", "1.-1", "१"]
        {
            check(text, None);
        }
        check(&"9".repeat(100_000), None);
    }

    #[test]
    fn an_error_names_the_rule() {
        let check = |text: &str, reason: &str| {
            assert_eq!(text.parse::<Price>(), Err(Error::invalid("price", reason)), "{text}");
        };
        check(
            "1_000",
            "must be digits, with at most two decimals after a point, such as 9.99, not \"1_000\"",
        );
        check("-1", "must not be negative, not \"-1\"");
        check("9.999", "must have at most two decimals, not \"9.999\"");
        check("100000000", "must be at most 99999999.99, not 100000000");
        let digits = "9".repeat(40);
        check(&digits, &format!("must be at most 99999999.99, not \"{}\"…", &digits[..30]));
    }

    proptest! {
        #[test]
        fn every_price_is_read_as_it_is_written(cents in 0..=9_999_999_999_i64) {
            let price = Price::new(Decimal::new(cents, 2)).expect("within bounds");
            prop_assert_eq!(price.to_string().parse::<Price>(), Ok(price));
        }

        #[test]
        fn a_text_is_a_price_by_its_digits_alone(text in "[-+]?[0-9_eE., ]{0,12}|[0-9]{1,9}(\\.[0-9]{0,3})?|.*") {
            let (units, decimals) = text.split_once('.').unwrap_or((&text, "00"));
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let fits = units.trim_start_matches('0').len() <= 8;
            let expected = digits(units) && digits(decimals) && decimals.len() <= 2 && fits;
            prop_assert_eq!(text.parse::<Price>().is_ok(), expected, "{}", text);
        }
    }
}
