//! An item's history: its movements, page by page, and its quantity over time.

use crate::page::{bad_cursor, checked_limit};
use crate::{Error, ItemId, Time, WarehouseId};
use std::collections::BTreeMap;

/// The maximum length of a history in hours: 90 days.
pub const HISTORY_HOURS_MAX: i64 = 90 * 24;

/// The default length of a history in hours.
const HISTORY_HOURS_DEFAULT: i64 = 24;

/// The largest stock level in a cursor, in units, and the smallest one negated. A page subtracts at most 500 changes of 32
/// bits from it, which can't overflow.
const CURSOR_UNITS_MAX: i64 = 1 << 53;

/// A page of an item's movements, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementQuery {
    /// 1 to [`crate::PAGE_LIMIT_MAX`] movements.
    pub limit: i64,
    /// The page starts after this cursor.
    pub after: Option<MovementCursor>,
}

/// A position in the movements of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementCursor {
    /// The id of the last movement of the previous page.
    pub id: i64,
    /// The item's stock levels just before that movement. They stay correct, because the ledger is append-only.
    pub levels: Option<BTreeMap<WarehouseId, i64>>,
}

impl MovementQuery {
    /// Creates a query.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds or a malformed cursor.
    pub fn new(limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| MovementCursor::parse(&cursor).ok_or_else(bad_cursor)).transpose()?;
        Ok(Self { limit: checked_limit(limit)?, after })
    }
}

impl MovementCursor {
    /// Formats the cursor: the id, a colon, and `warehouse=units` separated by commas.
    pub fn text(&self) -> String {
        match &self.levels {
            None => self.id.to_string(),
            Some(levels) => {
                let levels: Vec<_> =
                    levels.iter().map(|(warehouse, units)| format!("{warehouse}={units}")).collect();
                format!("{}:{}", self.id, levels.join(","))
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (id, levels) = text.split_once(':').map_or((text, None), |(id, levels)| (id, Some(levels)));
        let level = |level: &str| {
            let (warehouse, units) = level.split_once('=')?;
            let units =
                units.parse().ok().filter(|units| (-CURSOR_UNITS_MAX..=CURSOR_UNITS_MAX).contains(units))?;
            Some((WarehouseId(warehouse.parse().ok()?), units))
        };
        let levels = match levels {
            None => None,
            Some(levels) => {
                Some(levels.split(',').filter(|level| !level.is_empty()).map(level).collect::<Option<_>>()?)
            }
        };
        Some(Self { id: id.parse().ok()?, levels })
    }
}

/// An item's quantity over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemHistory {
    /// The item.
    pub item: ItemId,
    /// The time of the first point.
    pub since: Time,
    /// The time of the last point.
    pub until: Time,
    /// Units over all warehouses, by ascending time.
    pub points: Vec<(Time, i64)>,
}

/// Checks the length of a history in hours. The default is 24.
///
/// # Errors
/// [`Error::Invalid`] unless the length is 1 to [`HISTORY_HOURS_MAX`].
pub fn history_hours(hours: Option<i64>) -> Result<i64, Error> {
    let hours = hours.unwrap_or(HISTORY_HOURS_DEFAULT);
    if (1..=HISTORY_HOURS_MAX).contains(&hours) {
        return Ok(hours);
    }
    Err(Error::invalid("hours", format!("must be 1 to {HISTORY_HOURS_MAX}, not {hours}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_parsed_as_it_is_formatted() {
        let levels = [(WarehouseId(1), 40), (WarehouseId(2), 0)].into();
        for levels in [None, Some(BTreeMap::new()), Some(levels)] {
            let cursor = MovementCursor { id: 17, levels };
            assert_eq!(MovementCursor::parse(&cursor.text()), Some(cursor));
        }
        for text in
            ["", "x", "1:2", "1:2=", "1:a=3", "1:2=3;", "1:2=-9223372036854775808", "1:2=9223372036854775807"]
        {
            assert_eq!(MovementCursor::parse(text), None, "{text}");
        }
        assert!(MovementQuery::new(None, Some("x".into())).is_err());
        assert!(history_hours(Some(0)).is_err());
    }
}
