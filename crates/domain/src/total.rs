//! The number of rows of a list.

/// The most rows that are counted.
pub const TOTAL_MAX: i64 = 10_000;

/// The number of rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// The rows that were counted.
    pub count: i64,
    /// Whether the list has no other rows.
    pub is_exact: bool,
    /// The sum of the units of all rows; `None` if it was not read, or if the list may have other rows.
    pub units: Option<i64>,
}

impl Total {
    /// Returns a total that is exact.
    pub fn exact(count: i64) -> Self {
        Self { count, is_exact: true, units: None }
    }

    /// Returns the total of at most [`TOTAL_MAX`] + 1 rows that were found. `is_whole`: the whole list was searched.
    pub fn bounded(found: usize, is_whole: bool) -> Self {
        let found = i64::try_from(found).unwrap_or(i64::MAX);
        Self { count: found.min(TOTAL_MAX), is_exact: is_whole && found <= TOTAL_MAX, units: None }
    }

    /// Adds the units of the rows that were found. They are left out if the list may have other rows.
    pub fn with_units(self, units: i64) -> Self {
        Self { units: self.is_exact.then_some(units), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_bounded() {
        assert_eq!(Total::bounded(7, true), Total::exact(7));
        assert_eq!(Total::bounded(7, false), Total { count: 7, is_exact: false, units: None });
        assert_eq!(Total::bounded(10_000, true), Total::exact(10_000));
        assert_eq!(Total::bounded(10_001, true), Total { count: 10_000, is_exact: false, units: None });
    }

    #[test]
    fn only_an_exact_total_has_units() {
        assert_eq!(Total::bounded(7, true).with_units(21).units, Some(21));
        assert_eq!(Total::bounded(7, false).with_units(21).units, None);
        assert_eq!(Total::bounded(10_001, true).with_units(30_000).units, None);
    }
}
