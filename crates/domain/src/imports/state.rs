//! The states of an import and of its rows.

/// The state of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportState {
    /// The file is being uploaded.
    Uploading,
    /// A server detects the layout, and judges the rows.
    Judging,
    /// A person has to choose a part of the layout.
    Undecided,
    /// All rows are judged. The import waits for a person.
    Judged,
    /// A server applies the rows.
    Applying,
    /// All rows are applied or refused.
    Applied,
    /// A person cancelled the import. Rows that were applied before stay applied.
    Cancelled,
    /// The file can't be imported, or the work on it failed internally. Rows that were applied before stay applied.
    Failed,
}

impl ImportState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Uploading,
        Self::Judging,
        Self::Undecided,
        Self::Judged,
        Self::Applying,
        Self::Applied,
        Self::Cancelled,
        Self::Failed,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Judging => "judging",
            Self::Undecided => "undecided",
            Self::Judged => "judged",
            Self::Applying => "applying",
            Self::Applied => "applied",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Returns the state with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Returns whether a server works on the import.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Uploading | Self::Judging | Self::Applying)
    }

    /// Returns whether the import has ended.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Applied | Self::Cancelled | Self::Failed)
    }

    /// Returns whether a person may change the layout.
    pub const fn is_changeable(self) -> bool {
        matches!(self, Self::Judging | Self::Undecided | Self::Judged)
    }
}

/// The outcome of a row that was to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowOutcome {
    /// The row was applied.
    Applied,
    /// The item or the level has changed since the row was judged. Nothing was changed.
    Conflict,
    /// A rule refused the row. Nothing was changed.
    Refused,
}

impl RowOutcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Applied, Self::Conflict, Self::Refused];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
        }
    }

    /// Returns the outcome with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// The numbers of an import's rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// The judged rows.
    pub rows: i64,
    /// Rows with an error, which are not applied.
    pub errors: i64,
    /// Rows with a warning.
    pub warnings: i64,
    /// Rows that create an item.
    pub creates: i64,
    /// Rows that change an item or a stock level.
    pub changes: i64,
    /// Rows whose values are the present ones.
    pub unchanged: i64,
    /// Units that the rows add to stock levels.
    pub units_added: i64,
    /// Units that the rows remove from stock levels.
    pub units_removed: i64,
    /// The applied rows.
    pub applied: i64,
    /// The rows whose item or level changed after the judgement.
    pub conflicts: i64,
    /// The rows that a rule refused when they were applied.
    pub refused: i64,
}

impl ImportCounts {
    /// Returns the rows that are still to be applied.
    pub fn open(&self) -> i64 {
        self.creates + self.changes - self.applied - self.conflicts - self.refused
    }
}
