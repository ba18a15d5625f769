//! The sums and the number of an order's lines.

use crate::{Error, ItemId, Quantity};
use std::collections::BTreeMap;

/// The maximum number of lines of an order.
pub const ORDER_LINES_MAX: usize = 1_000;

/// Units of each item of an order, by ascending item id.
pub(crate) type LineSums = BTreeMap<ItemId, Quantity>;

/// Adds up the lines of the same item.
///
/// # Errors
/// [`Error::Invalid`] unless there are 1 to [`ORDER_LINES_MAX`] lines, and if a sum exceeds [`crate::UNITS_MAX`].
pub(crate) fn sum_lines(lines: impl IntoIterator<Item = (ItemId, Quantity)>) -> Result<LineSums, Error> {
    let mut sums = LineSums::new();
    let mut count = 0;
    for (item, quantity) in lines {
        count += 1;
        check_line_count(count)?;
        let before = sums.get(&item).map_or(0, |sum| i64::from(sum.get()));
        sums.insert(item, Quantity::new(before + i64::from(quantity.get()))?);
    }
    check_line_count(count)?;
    Ok(sums)
}

/// Checks the number of lines of a request.
///
/// # Errors
/// [`Error::Invalid`] unless it is 1 to [`ORDER_LINES_MAX`].
pub(crate) fn check_line_count(count: usize) -> Result<(), Error> {
    match count {
        0 => Err(Error::invalid("lines", "must not be empty")),
        1..=ORDER_LINES_MAX => Ok(()),
        _ => Err(Error::invalid("lines", format!("must be at most {ORDER_LINES_MAX}"))),
    }
}
