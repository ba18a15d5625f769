//! The rows of a file for one stock level.

/// The rows of a file for one stock level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LevelRows {
    /// The line of the first row.
    pub first_line: i64,
    /// The line of the count; at most one row counts a level.
    pub counted_line: Option<i64>,
    /// The units that the rows add, less those that they remove.
    pub units: i64,
    /// The units that the rows remove.
    pub removed_units: i64,
}

impl LevelRows {
    /// Returns the rows with another one, which adds `units`, or removes them if negative.
    pub(super) fn with(earlier: Option<Self>, line: i64, is_count: bool, units: i64) -> Self {
        let earlier = earlier.unwrap_or(Self { first_line: line, ..Self::default() });
        Self {
            first_line: earlier.first_line,
            counted_line: earlier.counted_line.or(is_count.then_some(line)),
            units: earlier.units.saturating_add(units),
            removed_units: earlier.removed_units.saturating_sub(units.min(0)),
        }
    }
}
