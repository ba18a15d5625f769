//! The priority of an order in the queue of missing units.

use crate::Error;

/// The greatest priority of an order; the least one is its negative.
pub const ORDER_PRIORITY_MAX: i32 = 1_000_000;

/// The priority of an order in the queue of missing units: higher first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderPriority(i32);

impl OrderPriority {
    /// Creates a priority.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is between -[`ORDER_PRIORITY_MAX`] and [`ORDER_PRIORITY_MAX`].
    pub fn new(priority: i64) -> Result<Self, Error> {
        let number = i32::try_from(priority).ok();
        let number = number.filter(|number| (-ORDER_PRIORITY_MAX..=ORDER_PRIORITY_MAX).contains(number));
        number.map(Self).ok_or_else(|| {
            Error::invalid("priority", format!("must be -{ORDER_PRIORITY_MAX} to {ORDER_PRIORITY_MAX}"))
        })
    }

    /// Returns the number.
    pub fn get(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_has_bounds() {
        let max = i64::from(ORDER_PRIORITY_MAX);
        assert!(OrderPriority::new(max).is_ok() && OrderPriority::new(-max).is_ok());
        assert!(OrderPriority::new(max + 1).is_err() && OrderPriority::new(i64::MIN).is_err());
    }
}
