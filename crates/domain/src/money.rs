use crate::Error;
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A price: 0.00 to 99,999,999.99 with at most two decimals, as PostgreSQL's `numeric(10,2)` keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Decimal);

impl Price {
    /// Refuses a negative price, one over 99,999,999.99, and one with more than two decimals.
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

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let amount = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
        Self::new(amount.map_err(|_| Error::invalid("price", "must be a decimal number such as 9.99"))?)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let price = text.parse::<Price>().ok().map(|price| price.to_string());
        assert_eq!(price.as_deref(), expected, "{text}");
    }

    #[test]
    fn prices_have_two_decimals_and_bounds() {
        check("9.99", Some("9.99"));
        check("9.9", Some("9.90"));
        check("0", Some("0.00"));
        check("-0", Some("0.00"));
        check("9.990", Some("9.99"));
        check("1e2", Some("100.00"));
        check("99999999.99", Some("99999999.99"));
        check("100000000", None);
        check("9.999", None);
        check("-0.01", None);
        check("1e400", None);
        check("NaN", None);
        check("", None);
        check("nine", None);
    }
}
