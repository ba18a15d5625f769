//! Drafts of stock documents: a delivery, a count or a move that a person enters line by line and posts at once.

use crate::{
    CountBasis, DraftId, Error, ItemId, LevelChange, LevelTarget, Note, Quantity, Reference, StockDocument,
    Time, Units, WarehouseId, document_note,
};

/// The most lines of a draft.
pub const DRAFT_LINES_MAX: usize = 1_000;

/// The most drafts that are not posted.
pub const DRAFTS_OPEN_MAX: usize = 1_000;

/// The effect of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKind {
    /// Its units are received.
    Receipt,
    /// Its units are those on the shelf.
    Count,
    /// Its units go to another warehouse.
    Move,
}

impl DraftKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Receipt, Self::Count, Self::Move];

    /// Returns the name in the database and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Count => "count",
            Self::Move => "move",
        }
    }

    /// Returns the kind with this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another name.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        known.ok_or_else(|| Error::invalid("kind", "must be receipt, count or move"))
    }

    /// Returns the units that a request adds to a line. A count may add 0: an item without units on the shelf is counted, too.
    ///
    /// # Errors
    /// [`Error::Invalid`] for less than 1 unit, of a count for less than 0, and for more than [`crate::UNITS_MAX`].
    pub fn added_units(self, units: i64) -> Result<Units, Error> {
        match self {
            Self::Count => Units::new(units),
            Self::Receipt | Self::Move => Quantity::new(units).map(Units::from),
        }
    }

    /// The reason that the ledger stores with each movement.
    const fn reason(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Count => "count",
            Self::Move => "move",
        }
    }
}

/// A request to create a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDraft {
    /// Its effect.
    pub kind: DraftKind,
    /// Its name, such as the number of a delivery note.
    pub name: Reference,
    /// The warehouse of its units; of a move, the one that loses them.
    pub warehouse: WarehouseId,
    /// The warehouse that receives the units of a move.
    pub target: Option<WarehouseId>,
}

impl NewDraft {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an invalid name, and for a move without another warehouse. The target of other kinds is ignored.
    pub fn new(
        kind: DraftKind,
        name: &str,
        warehouse: WarehouseId,
        target: Option<WarehouseId>,
    ) -> Result<Self, Error> {
        let target = target.filter(|_| kind == DraftKind::Move);
        if kind == DraftKind::Move && target.is_none_or(|target| target == warehouse) {
            return Err(Error::invalid("target", "must be another warehouse"));
        }
        let name = Reference::new(name).map_err(|error| match error {
            Error::Invalid { reason, .. } => Error::invalid("name", reason),
            other => other,
        })?;
        Ok(Self { kind, name, warehouse, target })
    }
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockDraft {
    /// Its id.
    pub id: DraftId,
    /// Its effect.
    pub kind: DraftKind,
    /// Its name.
    pub name: String,
    /// The warehouse of its units; of a move, the one that loses them.
    pub warehouse: WarehouseId,
    /// The code of this warehouse.
    pub warehouse_code: String,
    /// The warehouse that receives the units of a move, and its code.
    pub target: Option<(WarehouseId, String)>,
    /// The number that each change raises.
    pub version: i64,
    /// The principal that created it, and the time.
    pub created: (String, Time),
    /// The principal that posted it, and the time. A posted draft does not change.
    pub posted: Option<(String, Time)>,
    /// The number of its lines.
    pub line_count: i64,
    /// The sum of its units.
    pub units: i64,
}

/// A line of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// The item.
    pub item: ItemId,
    /// The item's name.
    pub name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// Received, counted or moved units: at least 0, and at least 1 unless they are counted.
    pub quantity: i32,
}

/// A change of a line of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// Adds units to the draft at a version. A new line starts at 0.
    Add(Units, i64),
    /// Sets the units.
    Set(Units),
    /// Removes the line.
    Remove,
}

impl StockDraft {
    /// The warehouse that receives the units of a move.
    pub fn target_id(&self) -> Option<WarehouseId> {
        self.target.as_ref().map(|(id, _)| *id)
    }

    /// Returns the document that the draft posts: all lines are applied, or none.
    ///
    /// # Errors
    /// [`Error::Invalid`] without lines, and for a received or moved line of 0 units.
    pub fn document(&self, lines: &[DraftLine]) -> Result<StockDocument, Error> {
        if lines.is_empty() {
            return Err(Error::invalid("lines", "must not be empty"));
        }
        let note = document_note(&Note::new(self.kind.reason())?, None, Some(&self.name));
        let mut changes = Vec::with_capacity(lines.len() * 2);
        for line in lines {
            let change = |warehouse: WarehouseId, target| LevelChange {
                item: line.item,
                sku: None,
                warehouse: Some(warehouse),
                target,
                note: note.clone(),
                write_off_units_max: None,
            };
            let quantity = || Quantity::new(line.quantity.into()).map(Quantity::get);
            match (self.kind, &self.target) {
                (DraftKind::Count, _) => {
                    let units = Units::new(line.quantity.into())?;
                    let target = LevelTarget::Set { units, expected: None, basis: CountBasis::OnHand };
                    changes.push(change(self.warehouse, target));
                }
                (DraftKind::Move, Some((target, _))) => {
                    changes.push(change(self.warehouse, LevelTarget::Move(-quantity()?)));
                    changes.push(change(*target, LevelTarget::Move(quantity()?)));
                }
                _ => changes.push(change(self.warehouse, LevelTarget::Change(quantity()?))),
            }
        }
        StockDocument::new(changes, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: DraftKind) -> StockDraft {
        StockDraft {
            id: DraftId(1),
            kind,
            name: "D-7".to_owned(),
            warehouse: WarehouseId(1),
            warehouse_code: "MAIN".to_owned(),
            target: (kind == DraftKind::Move).then(|| (WarehouseId(2), "NORTH".to_owned())),
            version: 1,
            created: ("ada".to_owned(), Time::default()),
            posted: None,
            line_count: 1,
            units: 5,
        }
    }

    fn line(quantity: i32) -> DraftLine {
        DraftLine { item: ItemId(3), name: "Lamp".to_owned(), sku: None, quantity }
    }

    #[test]
    fn each_kind_has_its_changes() {
        let targets = |kind, quantity| {
            let document = draft(kind).document(&[line(quantity)]).expect("a document");
            assert!(document.atomic);
            let changes = document.lines().iter();
            changes.map(|change| (change.warehouse.map(|id| id.0), change.target)).collect::<Vec<_>>()
        };
        assert_eq!(targets(DraftKind::Receipt, 5), [(Some(1), LevelTarget::Change(5))]);
        let moved = [(Some(1), LevelTarget::Move(-5)), (Some(2), LevelTarget::Move(5))];
        assert_eq!(targets(DraftKind::Move, 5), moved);
        let [(Some(1), LevelTarget::Set { units, basis: CountBasis::OnHand, .. })] =
            targets(DraftKind::Count, 0)[..]
        else {
            panic!("a count")
        };
        assert_eq!(units.get(), 0);
    }

    #[test]
    fn a_draft_without_units_has_no_document() {
        assert!(draft(DraftKind::Receipt).document(&[]).is_err());
        assert!(draft(DraftKind::Receipt).document(&[line(0)]).is_err());
        assert!(draft(DraftKind::Move).document(&[line(0)]).is_err());
    }

    #[test]
    fn only_a_count_adds_no_units() {
        let units = |kind: DraftKind, units| kind.added_units(units).map(Units::get).ok();
        assert_eq!(units(DraftKind::Count, 0), Some(0));
        assert_eq!(units(DraftKind::Receipt, 0), None);
        assert_eq!(units(DraftKind::Move, 0), None);
        for kind in DraftKind::ALL {
            assert_eq!((units(kind, 3), units(kind, -1)), (Some(3), None), "{kind:?}");
        }
    }

    #[test]
    fn a_move_needs_another_warehouse() {
        let new = |target| NewDraft::new(DraftKind::Move, "M-1", WarehouseId(1), target);
        assert!(new(None).is_err() && new(Some(WarehouseId(1))).is_err());
        assert!(new(Some(WarehouseId(2))).is_ok());
        let receipt = NewDraft::new(DraftKind::Receipt, "R-1", WarehouseId(1), Some(WarehouseId(2)));
        assert_eq!(receipt.expect("valid").target, None);
    }
}
