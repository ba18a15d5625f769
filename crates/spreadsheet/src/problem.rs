//! Problems of files and rows, in words for the people who work in a shop, with stable codes.

use crate::header::Field;
use crate::numbers::NumberProblem;
use crate::records::RECORD_BYTES_MAX;
use std::fmt;

/// A problem of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, as an editor counts.
    pub line: u64,
    /// The name of the column.
    pub column: Option<String>,
    /// The problem.
    pub kind: ProblemKind,
}

impl Problem {
    /// Returns whether the row can be applied nevertheless.
    pub fn is_warning(&self) -> bool {
        matches!(self.kind, ProblemKind::BelowUnclosedQuote { .. } | ProblemKind::NoKey)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "Line {}, column {column}: {}.", self.line, self.kind),
            None => write!(f, "Line {}: {}.", self.line, self.kind),
        }
    }
}

/// The kind of a row's problem, with the values that explain it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// A quote opens and never closes.
    #[error("the quote that opens here never closes")]
    UnclosedQuote,
    /// A quote in a quoted cell is not doubled.
    #[error("a quote inside a quoted cell must be doubled (\"\")")]
    StrayQuote,
    /// The row is longer than [`RECORD_BYTES_MAX`].
    #[error("the row is longer than {RECORD_BYTES_MAX} bytes")]
    RowTooLong,
    /// The row may be a part of the text of an unclosed quote.
    #[error(
        "the row is below the quote that opens on line {quote} and never closes: check that it is a row of its own"
    )]
    BelowUnclosedQuote {
        /// The line of the quote.
        quote: u64,
    },
    /// The row has more filled cells than the header.
    #[error("the row has {found} cells, but the header has {expected}")]
    TooManyCells {
        /// The cells of the row.
        found: usize,
        /// The cells of the header.
        expected: usize,
    },
    /// The row has fewer cells than the header, and a used column is missing.
    #[error("the row has only {found} of {expected} cells")]
    TooFewCells {
        /// The cells of the row.
        found: usize,
        /// The cells of the header.
        expected: usize,
    },
    /// A character can't be read.
    #[error(
        "a character can't be read: choose another encoding, or save the file again as UTF-8 if the character is already \
        lost"
    )]
    UnreadableCharacter,
    /// A cell that must be filled is empty.
    #[error("the cell is empty")]
    Empty,
    /// The row has neither a SKU nor an id.
    #[error("the row has neither a SKU nor an id")]
    KeyMissing,
    /// The row has neither a SKU nor an id, and creates an item with each import.
    #[error("the row has neither a SKU nor an id: each import of it creates an item")]
    NoKey,
    /// The cell is not the number that its column needs.
    #[error("{0}")]
    Number(#[from] NumberProblem),
    /// An id is not a whole number above 0.
    #[error("\"{cell}\" is not an id of an item")]
    InvalidId {
        /// The cell.
        cell: String,
    },
    /// A spreadsheet program replaced digits of a long number.
    #[error(
        "\"{cell}\" was shortened by a spreadsheet program: format the column as text, and enter the number again"
    )]
    Shortened {
        /// The cell.
        cell: String,
    },
    /// Barcodes are not separated by white space.
    #[error("\"{cell}\" must have white space between barcodes, without commas or semicolons")]
    BarcodeSeparator {
        /// The cell.
        cell: String,
    },
    /// The value breaks a rule of the field.
    #[error("the value {reason}")]
    InvalidValue {
        /// The rule, and the value.
        reason: String,
    },
}

impl ProblemKind {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnclosedQuote => "unclosed_quote",
            Self::StrayQuote => "stray_quote",
            Self::RowTooLong => "row_too_long",
            Self::BelowUnclosedQuote { .. } => "below_unclosed_quote",
            Self::TooManyCells { .. } => "too_many_cells",
            Self::TooFewCells { .. } => "too_few_cells",
            Self::UnreadableCharacter => "unreadable_character",
            Self::Empty => "empty_cell",
            Self::KeyMissing => "key_missing",
            Self::NoKey => "no_key",
            Self::Number(problem) => problem.code(),
            Self::InvalidId { .. } => "invalid_id",
            Self::Shortened { .. } => "shortened_by_spreadsheet",
            Self::BarcodeSeparator { .. } => "barcode_separator",
            Self::InvalidValue { .. } => "invalid_value",
        }
    }
}

/// The reason why no row of a file can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// The file has no text.
    #[error("The file is empty.")]
    Empty,
    /// The file is a workbook of a spreadsheet program.
    #[error("The file is a workbook, not a CSV file: open it and save it as \"CSV UTF-8\".")]
    Workbook,
    /// The header can't be read.
    #[error("Line {line}: the line with the names of the columns can't be read: check its quotes.")]
    UnreadableHeader {
        /// The line.
        line: u64,
    },
    /// The chosen line of the header is blank, inside a cell, or too far below the beginning.
    #[error("Line {line} has no names of columns: choose another line.")]
    BlankHeader {
        /// The line.
        line: u64,
    },
    /// No column of the header is known.
    #[error(
        "Line {line} should name the columns, but no name on it is known: choose the line that names them, or what each column holds."
    )]
    NoKnownColumn {
        /// The line.
        line: u64,
    },
    /// The columns do not tell the kind of the file.
    #[error(
        "The file has details of items and quantities: choose whether it changes the items or their stock."
    )]
    KindNotChosen,
    /// A column of quantities may hold counts or changes.
    #[error("Choose whether the column {column} holds counted units or changes.")]
    QuantityNotChosen {
        /// The column.
        column: String,
    },
    /// Two columns hold the same field.
    #[error("The columns {first} and {second} both hold the {}: choose one.", field.as_str())]
    FieldTwice {
        /// The field.
        field: Field,
        /// The first column.
        first: String,
        /// The second column.
        second: String,
    },
    /// A file of stock has counts and changes.
    #[error("The file has a column of counts and one of changes: choose one.")]
    CountAndChange,
    /// No column of quantities.
    #[error("The file has no column of counted units or of changes: choose one.")]
    QuantityMissing,
    /// No column identifies the items.
    #[error("The file has no column with the SKU or the id of the items: choose one.")]
    KeyMissing,
}

impl FileProblem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::Workbook => "file_is_workbook",
            Self::UnreadableHeader { .. } => "unreadable_header",
            Self::BlankHeader { .. } => "blank_header",
            Self::NoKnownColumn { .. } => "no_known_column",
            Self::KindNotChosen => "kind_not_chosen",
            Self::QuantityNotChosen { .. } => "quantity_not_chosen",
            Self::FieldTwice { .. } => "field_twice",
            Self::CountAndChange => "count_and_change",
            Self::QuantityMissing => "quantity_column_missing",
            Self::KeyMissing => "key_column_missing",
        }
    }
}
