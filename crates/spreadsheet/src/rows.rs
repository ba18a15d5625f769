//! Rows of items and of stock.

use crate::adapter::Replaced;
use crate::dialect::DecimalSign;
use crate::escape::unescape;
use crate::format::Format;
use crate::header::{Field, FileKind};
use crate::layout::Layout;
use crate::numbers::{self, quoted};
use crate::problem::{Problem, ProblemKind};
use crate::records::{Damage, Record};
use domain::{
    Barcodes, CategoryName, Description, ItemId, ItemName, ItemRow, Note, RowValue, Sku, StockQuantity,
    StockRow, WarehouseCode,
};
use std::borrow::Cow;

/// A judged row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The position among the rows below the header, counted from 1. Blank rows do not count. It identifies the row: the
    /// same bytes with the same layout give each row the same ordinal.
    pub ordinal: u64,
    /// The line of the row's first character, as an editor counts.
    pub line: u64,
    /// The values. `None` if a problem is more than a warning.
    pub value: Option<RowValue>,
    /// The problems, in the order of the columns.
    pub problems: Vec<Problem>,
    /// The cells, as in the file. Empty for a row with wrong quotes.
    pub cells: Vec<String>,
}

/// The fields of a file's rows, with their columns.
pub(crate) struct Fields {
    columns: [Option<usize>; Field::ALL.len()],
    names: Vec<String>,
    /// The number of cells up to the last used column.
    cells_min: usize,
    /// The number of cells of the header.
    cells_max: usize,
    kind: FileKind,
    decimal_sign: DecimalSign,
    /// The file is an export of another program. Its empty cells keep values.
    is_export: bool,
}

impl Fields {
    /// Returns the fields that a file of this kind has.
    pub(crate) fn new(layout: &Layout, kind: FileKind) -> Self {
        let column = |field: Field| layout.column_of(field).filter(|_| field.is_of(kind));
        let columns = Field::ALL.map(column);
        Self {
            columns,
            names: layout.columns.iter().map(|column| column.name.clone()).collect(),
            cells_min: columns.iter().flatten().max().map_or(0, |last| last + 1),
            cells_max: layout.columns.len(),
            kind,
            decimal_sign: layout.decimal_sign,
            is_export: Format::is_export(layout.format),
        }
    }

    fn column(&self, field: Field) -> Option<usize> {
        self.columns[field as usize]
    }
}

/// Judges a record.
pub(crate) fn judge(fields: &Fields, record: &Record<'_>, replaced: &Replaced, ordinal: u64) -> Row {
    let mut judge = Judge { fields, record, replaced, problems: Vec::new() };
    if let Some(quote) = record.below_quote {
        judge.problem(None, ProblemKind::BelowUnclosedQuote { quote });
    }
    let value = match judge.has_cells() {
        true => match fields.kind {
            FileKind::Items => Some(RowValue::Item(judge.item())),
            FileKind::Stock => judge.stock().map(RowValue::Stock),
        },
        false => None,
    };
    let problems = judge.problems;
    // Blank cells after the used columns are no part of the table.
    let count = (0..record.len()).rev().find(|index| !record.cell(*index).trim().is_empty());
    let count = count.map_or(0, |last| last + 1).max(fields.cells_max).min(record.len());
    let cells = record.cells().take(count).map(Cow::into_owned).collect();
    let value = value.filter(|_| problems.iter().all(Problem::is_warning));
    Row { ordinal, line: record.line, value, problems, cells }
}

struct Judge<'a> {
    fields: &'a Fields,
    record: &'a Record<'a>,
    replaced: &'a Replaced,
    problems: Vec<Problem>,
}

impl<'a> Judge<'a> {
    fn problem(&mut self, field: Option<Field>, kind: ProblemKind) {
        let column = field.and_then(|field| self.fields.column(field));
        let column = column.and_then(|column| self.fields.names.get(column)).filter(|name| !name.is_empty());
        self.problems.push(Problem { line: self.record.line, column: column.cloned(), kind });
    }

    /// Checks that the record can be split into the cells of the used columns.
    fn has_cells(&mut self) -> bool {
        if let Some((line, damage)) = self.record.damage {
            let kind = match damage {
                Damage::UnclosedQuote => ProblemKind::UnclosedQuote,
                Damage::StrayQuote => ProblemKind::StrayQuote,
                Damage::TooLong => ProblemKind::RowTooLong,
            };
            self.problems.push(Problem { line, column: None, kind });
            return false;
        }
        let (found, expected) = (self.record.len(), self.fields.cells_max);
        if found < self.fields.cells_min {
            self.problem(None, ProblemKind::TooFewCells { found, expected });
            return false;
        }
        if (expected..found).any(|index| !self.record.cell(index).trim().is_empty()) {
            self.problem(None, ProblemKind::TooManyCells { found, expected });
            return false;
        }
        true
    }

    /// Returns the trimmed cell of a field. `None` if no column holds the field, or the cell can't be read.
    fn cell(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let column = self.fields.column(field)?;
        let cell = match self.replaced.get(field) {
            Some(text) => Cow::Borrowed(text),
            None => self.record.cell(column),
        };
        if cell.contains(char::REPLACEMENT_CHARACTER) {
            self.problem(Some(field), ProblemKind::UnreadableCharacter);
            return None;
        }
        Some(match cell {
            Cow::Borrowed(cell) => Cow::Borrowed(cell.trim()),
            Cow::Owned(cell) => Cow::Owned(cell.trim().to_owned()),
        })
    }

    fn filled(&mut self, field: Field) -> Option<Cow<'a, str>> {
        self.cell(field).filter(|cell| !cell.is_empty())
    }

    /// Returns a value that the domain checks. `None` for an empty cell.
    fn text<T>(&mut self, field: Field, parse: impl Fn(&str) -> Result<T, domain::Error>) -> Option<T> {
        let cell = self.filled(field)?;
        self.checked(field, parse(unescape(&cell)))
    }

    /// Returns a text that an empty cell removes, unless empty cells keep values.
    fn removable<T>(
        &mut self,
        field: Field,
        parse: impl Fn(&str) -> Result<T, domain::Error>,
    ) -> Option<Option<T>> {
        let is_empty = self.cell(field)?.is_empty();
        match is_empty {
            true => (!self.fields.is_export).then_some(None),
            false => self.text(field, parse).map(Some),
        }
    }

    fn number<T>(
        &mut self,
        field: Field,
        parse: impl Fn(&str, DecimalSign) -> Result<T, numbers::NumberProblem>,
    ) -> Option<T> {
        let cell = self.filled(field)?;
        match parse(&cell, self.fields.decimal_sign) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(Some(field), problem.into());
                None
            }
        }
    }

    fn id(&mut self) -> Option<ItemId> {
        let cell = self.filled(Field::Id)?;
        let is_plain = cell.bytes().all(|byte| byte.is_ascii_digit());
        match cell.parse().ok().filter(|id| is_plain && *id > 0) {
            Some(id) => Some(ItemId(id)),
            None => {
                self.problem(Some(Field::Id), ProblemKind::InvalidId { cell: quoted(&cell) });
                None
            }
        }
    }

    /// Returns the text of a key. Undoes `="00123"`, which keeps a spreadsheet from removing zeros.
    fn key_text(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let cell = self.filled(field)?;
        if cell.split_whitespace().any(is_shortened) {
            self.problem(Some(field), ProblemKind::Shortened { cell: quoted(&cell) });
            return None;
        }
        let inner = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        Some(match inner {
            Some(inner) => Cow::Owned(inner.trim().to_owned()),
            None => Cow::Owned(unescape(&cell).to_owned()),
        })
    }

    fn sku(&mut self) -> Option<Sku> {
        let text = self.key_text(Field::Sku)?;
        self.checked(Field::Sku, Sku::new(&text))
    }

    fn barcodes(&mut self) -> Option<Barcodes> {
        let is_empty = self.cell(Field::Barcodes)?.is_empty();
        if is_empty {
            return (!self.fields.is_export).then(Barcodes::default);
        }
        let text = self.key_text(Field::Barcodes)?;
        let barcodes = text.split_whitespace().map(|barcode| match self.fields.is_export {
            true => without_apostrophe(barcode),
            false => barcode,
        });
        let barcodes: Vec<_> = barcodes.collect();
        if barcodes.iter().any(|barcode| barcode.ends_with([',', ';'])) {
            self.problem(Some(Field::Barcodes), ProblemKind::BarcodeSeparator { cell: quoted(&text) });
            return None;
        }
        self.checked(Field::Barcodes, Barcodes::new(barcodes))
    }

    /// Returns a value that the domain checked. `None` if it is invalid.
    fn checked<T>(&mut self, field: Field, value: Result<T, domain::Error>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(Some(field), invalid(error));
                None
            }
        }
    }

    fn item(&mut self) -> ItemRow {
        let (id, sku) = (self.id(), self.sku());
        let has_key = id.is_some() || sku.is_some() || !self.problems.iter().all(Problem::is_warning);
        if !has_key {
            self.problem(None, ProblemKind::NoKey);
        }
        ItemRow {
            id,
            sku,
            name: self.text(Field::Name, ItemName::new),
            description: self.removable(Field::Description, Description::new),
            category: self.removable(Field::Category, CategoryName::new),
            price: self.number(Field::Price, numbers::price),
            barcodes: self.barcodes(),
        }
    }

    fn stock(&mut self) -> Option<StockRow> {
        let (id, sku) = (self.id(), self.sku());
        if id.is_none() && sku.is_none() && self.problems.iter().all(Problem::is_warning) {
            self.problem(None, ProblemKind::KeyMissing);
        }
        let warehouse = self.text(Field::Warehouse, WarehouseCode::new);
        let field = match self.fields.column(Field::Count) {
            Some(_) => Field::Count,
            None => Field::Change,
        };
        if self.cell(field).is_some_and(|cell| cell.is_empty()) {
            self.problem(Some(field), ProblemKind::Empty);
        }
        let quantity = match field {
            Field::Count => self.number(field, numbers::count).map(StockQuantity::Count),
            _ => self.number(field, numbers::change).map(StockQuantity::Change),
        };
        let reason = self.text(Field::Reason, Note::new);
        Some(StockRow { id, sku, warehouse, quantity: quantity?, reason })
    }
}

/// Removes the apostrophe that Shopify puts before digits.
fn without_apostrophe(barcode: &str) -> &str {
    let is_digits = |rest: &&str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    barcode.strip_prefix('\'').filter(is_digits).unwrap_or(barcode)
}

/// Returns whether a spreadsheet program replaced digits of a long number, such as `5.44901E+12`.
fn is_shortened(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts =
        text.split_once("E+").and_then(|(number, exponent)| Some((number.split_once(['.', ','])?, exponent)));
    parts.is_some_and(|((units, decimals), exponent)| digits(units) && digits(decimals) && digits(exponent))
}

fn invalid(error: domain::Error) -> ProblemKind {
    let reason = match error {
        domain::Error::Invalid { reason, .. } => reason,
        other => other.to_string(),
    };
    ProblemKind::InvalidValue { reason }
}
