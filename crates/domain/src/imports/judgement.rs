//! The judgement of a row: what it would change, and why it can't.

use super::level_rows::LevelRows;
use crate::{Item, StockUnits, WarehouseId};
use std::collections::BTreeMap;

/// Values by the stable name of their field. `None` is an empty value. Barcodes are separated by line feeds.
pub type FieldValues = BTreeMap<String, Option<String>>;

/// The effect of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowAction {
    /// The row creates an item.
    Create,
    /// The row changes an item or a level.
    Change,
    /// The item or the level already has the values.
    Unchanged,
}

impl RowAction {
    /// All actions.
    pub const ALL: [Self; 3] = [Self::Create, Self::Change, Self::Unchanged];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Unchanged => "unchanged",
        }
    }

    /// Returns the action with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// A problem of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The stable code.
    pub code: String,
    /// The problem in words.
    pub message: String,
    /// The name of the column.
    pub column: Option<String>,
    /// Whether the row can be applied nevertheless.
    pub is_warning: bool,
}

impl RowProblem {
    /// Returns a problem that prevents the row.
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), column: None, is_warning: false }
    }

    /// Returns a problem that does not prevent the row.
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::error(code, message) }
    }
}

/// The present state of the things that a row names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresentState<'a> {
    /// The item with the row's id.
    pub item_by_id: Option<&'a Item>,
    /// The item with the row's SKU.
    pub item_by_sku: Option<&'a Item>,
    /// The warehouse of a row of stock: that with the row's code, or the default one.
    pub warehouse: Option<WarehouseId>,
    /// Whether the warehouse is archived.
    pub is_warehouse_archived: bool,
    /// The units of the level.
    pub units: StockUnits,
    /// The earlier rows of the file for the level; `None` for the first one.
    pub earlier: Option<LevelRows>,
}

/// A judged row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The effect; `None` if a problem prevents it.
    pub action: Option<RowAction>,
    /// The values that the row sets.
    pub values: FieldValues,
    /// The present values of the same fields. The row is applied only while they are the present ones.
    pub before: FieldValues,
    /// The keys that only one row of a file may have.
    pub claims: Vec<String>,
    /// The units that are added to the level, or removed if negative.
    pub units: i64,
    /// The rows of the file for the level, up to this one; `None` for a row of items, or with an error.
    pub level: Option<LevelRows>,
    /// The problems.
    pub problems: Vec<RowProblem>,
}

impl Judgement {
    /// Returns the judgement of a row that can't be read.
    pub fn unread() -> Self {
        Self::of(FieldValues::new())
    }

    pub(super) fn of(values: FieldValues) -> Self {
        let (before, claims, problems) = (FieldValues::new(), Vec::new(), Vec::new());
        Self { action: None, values, before, claims, units: 0, level: None, problems }
    }

    pub(super) fn error(mut self, code: &str, message: impl Into<String>) -> Self {
        self.refuse(RowProblem::error(code, message));
        self
    }

    /// Adds a problem that prevents the row.
    pub fn refuse(&mut self, problem: RowProblem) {
        self.action = None;
        self.units = 0;
        self.level = None;
        self.claims.clear();
        self.problems.push(problem);
    }
}
