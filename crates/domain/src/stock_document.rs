//! Changes of many stock levels in one request: a stock count, a delivery, or a list from another system.

use crate::{DraftId, Error, ItemId, Note, Sku, StockUnits, UNITS_MAX, Units, WarehouseId};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// The maximum number of lines of a stock document.
pub const DOCUMENT_LINES_MAX: usize = 10_000;

/// The units that a count covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CountBasis {
    /// The units on the shelf ([`StockUnits::on_hand`]). The available units become the count less the units on the shelf that
    /// are not available: held, committed, damaged ones and those in quarantine.
    #[default]
    OnHand,
    /// The available units alone.
    Available,
}

impl CountBasis {
    /// Returns the units of a level that the count covers.
    pub fn of(self, units: StockUnits) -> i64 {
        match self {
            Self::OnHand => units.on_hand(),
            Self::Available => units.available,
        }
    }
}

/// The change of a stock level. It is decided on the level as it is locked when the change is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelTarget {
    /// Sets the counted units. With `expected`, only if the level has these units (compare-and-set).
    Set {
        /// The counted units.
        units: Units,
        /// The units that the level is expected to have, by the same basis.
        expected: Option<Units>,
        /// The units that the count covers.
        basis: CountBasis,
    },
    /// Adds units to the available ones; negative to write units off; never 0.
    Change(i32),
    /// The same as [`Self::Change`], but the units come from another warehouse or go to one, on another line of the document.
    Move(i32),
}

impl LevelTarget {
    /// Returns [`LevelTarget::Change`].
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `units` is 1 to [`UNITS_MAX`] or its negative.
    pub fn change(units: i64) -> Result<Self, Error> {
        match i32::try_from(units) {
            Ok(units) if units != 0 && units >= -UNITS_MAX => Ok(Self::Change(units)),
            _ => Err(Error::invalid(
                "change",
                format!("must be 1 to {UNITS_MAX} or -{UNITS_MAX} to -1, not {units}"),
            )),
        }
    }
}

/// A request to change one stock level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelChange {
    /// The item.
    pub item: ItemId,
    /// The SKU by which the request names the item. The line is written only while the item has it.
    pub sku: Option<Sku>,
    /// The warehouse; `None` for the default warehouse.
    pub warehouse: Option<WarehouseId>,
    /// The change.
    pub target: LevelTarget,
    /// The note for the ledger: see [`document_note`].
    pub note: String,
    /// The most units that the caller may write off; `None` for a caller that may write off any number.
    pub write_off_units_max: Option<i32>,
}

/// Returns the note of a movement: the reason, after the name of the document and before the remark.
pub fn document_note(reason: &Note, remark: Option<&Note>, document: Option<&str>) -> String {
    let document = document.map(|document| format!("{document}: ")).unwrap_or_default();
    let remark = remark.map(|remark| format!("; {remark}")).unwrap_or_default();
    format!("{document}{reason}{remark}")
}

/// A stock level after a change. `delta` is 0 if it already had the counted units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelChanged {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// Units that were added to the available ones.
    pub delta: i32,
    /// The units after the change.
    pub units: StockUnits,
}

/// A draft at a version, which a transaction posts with its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftClaim {
    /// The draft.
    pub id: DraftId,
    /// The version that was read.
    pub version: i64,
}

/// A document of changes of stock levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockDocument {
    lines: Vec<LevelChange>,
    /// Lines whose keys no item or warehouse has, by their index. Their entries in `lines` are placeholders.
    refused: BTreeMap<usize, Error>,
    /// Whether one refused line refuses all lines.
    pub atomic: bool,
    /// The draft that an atomic document posts.
    pub draft: Option<DraftClaim>,
}

impl StockDocument {
    /// Creates a document.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`DOCUMENT_LINES_MAX`] lines.
    pub fn new(lines: Vec<LevelChange>, atomic: bool) -> Result<Self, Error> {
        match lines.len() {
            1..=DOCUMENT_LINES_MAX => Ok(Self { lines, refused: BTreeMap::new(), atomic, draft: None }),
            0 => Err(Error::invalid("changes", "must not be empty")),
            _ => Err(Error::invalid("changes", format!("must have at most {DOCUMENT_LINES_MAX} lines"))),
        }
    }

    /// Refuses a line, whose key no item or warehouse has.
    pub fn refuse(&mut self, index: usize, rejection: Error) {
        if let Some(line) = self.lines.get_mut(index) {
            line.sku = None;
        }
        self.refused.insert(index, rejection);
    }

    /// The lines that are refused before any level is read, by their index.
    pub fn refused(&self) -> &BTreeMap<usize, Error> {
        &self.refused
    }

    /// Returns the line, for the resolution of its keys.
    pub fn line_mut(&mut self, index: usize) -> Option<&mut LevelChange> {
        self.lines.get_mut(index)
    }

    /// The lines, in the order of the request.
    pub fn lines(&self) -> &[LevelChange] {
        &self.lines
    }

    /// Sets the limit of write-offs of every line.
    pub fn limit_write_offs(&mut self, units_max: i32) {
        self.lines.iter_mut().for_each(|line| line.write_off_units_max = Some(units_max));
    }

    /// Sets the warehouse of the lines without one, and checks that a counted level is on one line alone: the order of
    /// its lines would decide the result. Several lines may add units to a level, or write units off. The limit of write-offs
    /// is that of their sum.
    ///
    /// # Errors
    /// [`Error::Invalid`] names both lines by their numbers, from 1.
    pub fn resolve(&mut self, default_warehouse: Option<WarehouseId>) -> Result<(), Error> {
        let mut first_lines = HashMap::with_capacity(self.lines.len());
        for (number, line) in (1_usize..).zip(&mut self.lines) {
            line.warehouse = line.warehouse.or(default_warehouse);
            if self.refused.contains_key(&(number - 1)) {
                continue;
            }
            let is_count = matches!(line.target, LevelTarget::Set { .. });
            match first_lines.entry((line.item, line.warehouse)) {
                Entry::Vacant(entry) => _ = entry.insert((number, is_count)),
                Entry::Occupied(entry) => {
                    let (first, was_count) = *entry.get();
                    if is_count || was_count {
                        let reason = format!(
                            "must name a stock level that is set once: lines {first} and {number} are for item {}",
                            line.item
                        );
                        return Err(Error::invalid("changes", reason));
                    }
                }
            }
        }
        self.refuse_large_write_offs();
        Ok(())
    }

    /// Refuses the write-offs of a level whose sum is larger than the caller may write off.
    fn refuse_large_write_offs(&mut self) {
        let refused = &self.refused;
        let lines = || self.lines.iter().enumerate().filter(|(index, _)| !refused.contains_key(index));
        let mut sums = HashMap::<_, i64>::new();
        for (_, line) in lines() {
            if let (LevelTarget::Change(units @ ..0), Some(_)) = (line.target, line.write_off_units_max) {
                *sums.entry((line.item, line.warehouse)).or_default() -= i64::from(units);
            }
        }
        let rejection = |line: &LevelChange| {
            let LevelTarget::Change(..0) = line.target else { return None };
            let (max, units) = (line.write_off_units_max?, *sums.get(&(line.item, line.warehouse))?);
            (units > i64::from(max)).then_some(Error::WriteOffForbidden { item: line.item, units, max })
        };
        let rejections: Vec<_> =
            lines().filter_map(|(index, line)| Some((index, rejection(line)?))).collect();
        rejections.into_iter().for_each(|(index, rejection)| self.refuse(index, rejection));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(item: i64, warehouse: Option<i64>, target: LevelTarget) -> LevelChange {
        let note = "count".to_owned();
        let warehouse = warehouse.map(WarehouseId);
        LevelChange { item: ItemId(item), sku: None, warehouse, target, note, write_off_units_max: None }
    }

    fn set(units: i64) -> LevelTarget {
        let units = Units::new(units).expect("units");
        LevelTarget::Set { units, expected: None, basis: CountBasis::OnHand }
    }

    #[test]
    fn a_document_has_a_bounded_number_of_lines() {
        let lines = |count| vec![line(1, None, LevelTarget::Change(1)); count];
        assert!(StockDocument::new(lines(0), false).is_err());
        assert!(StockDocument::new(lines(DOCUMENT_LINES_MAX), false).is_ok());
        assert!(StockDocument::new(lines(DOCUMENT_LINES_MAX + 1), false).is_err());
    }

    #[test]
    fn a_counted_level_is_on_one_line() {
        let resolve = |lines| StockDocument::new(lines, false).expect("lines").resolve(Some(WarehouseId(1)));
        let one = LevelTarget::Change(1);
        assert!(resolve(vec![line(1, None, one), line(1, Some(1), one)]).is_ok());
        assert!(
            resolve(vec![line(1, None, set(5)), line(1, Some(2), set(5)), line(2, None, set(5))]).is_ok()
        );
        assert!(resolve(vec![line(1, None, set(5)), line(1, Some(1), set(5))]).is_err());
        assert!(resolve(vec![line(1, None, set(5)), line(1, Some(1), one)]).is_err());
        assert!(resolve(vec![line(1, Some(1), one), line(1, None, set(5))]).is_err());
    }

    #[test]
    fn a_write_off_is_not_split_into_lines_below_the_limit() {
        let refused = |lines: Vec<LevelChange>| {
            let mut document = StockDocument::new(lines, false).expect("lines");
            document.limit_write_offs(10);
            document.resolve(Some(WarehouseId(1))).expect("resolved");
            document.refused().keys().copied().collect::<Vec<_>>()
        };
        let change = LevelTarget::Change;
        assert_eq!(refused(vec![line(1, None, change(-10)), line(2, None, change(-10))]), [0; 0]);
        let split = vec![line(1, None, change(-6)), line(1, None, change(9)), line(1, Some(1), change(-5))];
        assert_eq!(refused(split), [0, 2]);
    }

    #[test]
    fn a_note_has_document_reason_and_remark() {
        let [count, shelf] = ["count", "shelf 3"].map(|text| Note::new(text).expect("a note"));
        assert_eq!(document_note(&count, None, None), "count");
        assert_eq!(document_note(&count, Some(&shelf), Some("DN-17")), "DN-17: count; shelf 3");
    }

    #[test]
    fn a_change_is_not_0() {
        assert!(LevelTarget::change(0).is_err());
        assert!(LevelTarget::change(i64::from(UNITS_MAX) + 1).is_err());
        assert!(LevelTarget::change(i64::from(i32::MIN)).is_err());
        assert_eq!(LevelTarget::change(-5), Ok(LevelTarget::Change(-5)));
    }
}
