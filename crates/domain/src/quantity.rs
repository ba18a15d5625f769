use crate::{Error, UNITS_MAX};
use std::fmt;

/// A requested number of units: 1 to [`UNITS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i32);

impl Quantity {
    /// Creates a quantity.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `units` is 1 to [`UNITS_MAX`].
    pub fn new(units: i64) -> Result<Self, Error> {
        match i32::try_from(units) {
            Ok(units) if units > 0 => Ok(Self(units)),
            _ => Err(Error::invalid("quantity", format!("must be 1 to {UNITS_MAX}, not {units}"))),
        }
    }

    /// The number of units.
    pub fn get(self) -> i32 {
        self.0
    }
}

/// A number of units in stock: 0 to [`UNITS_MAX`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Units(i32);

impl Units {
    /// Creates a number of units.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `units` is 0 to [`UNITS_MAX`].
    pub fn new(units: i64) -> Result<Self, Error> {
        match i32::try_from(units) {
            Ok(units) if units >= 0 => Ok(Self(units)),
            _ => Err(Error::invalid("quantity", format!("must be 0 to {UNITS_MAX}, not {units}"))),
        }
    }

    /// The number of units.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl From<Quantity> for Units {
    fn from(quantity: Quantity) -> Self {
        Self(quantity.0)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_bounds() {
        assert!(Quantity::new(0).is_err());
        assert!(Quantity::new(-1).is_err());
        assert!(Quantity::new(i64::from(UNITS_MAX) + 1).is_err());
        assert!(Quantity::new(i64::MIN).is_err());
        assert_eq!(Quantity::new(1).map(Quantity::get), Ok(1));
        assert_eq!(Quantity::new(i64::from(UNITS_MAX)).map(Quantity::get), Ok(UNITS_MAX));
        assert!(Units::new(-1).is_err());
        assert_eq!(Units::new(0).map(Units::get), Ok(0));
    }
}
