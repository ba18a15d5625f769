//! The layout of a file.

use super::choices::{decimal_sign_name, delimiter_name};
use serde::{Deserialize, Serialize};
use spreadsheet::{Column, ColumnUse, Layout};
use utoipa::ToSchema;

/// The layout of a file, as it was detected or chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportLayout {
    pub encoding: ImportOption,
    pub delimiter: ImportOption,
    pub decimal_sign: ImportOption,
    /// `items` or `stock`; null if the columns do not tell it.
    #[schema(pattern = "^(items|stock)$")]
    pub kind: Option<String>,
    /// The program that exported the file, if it is recognized, such as "Shopify products".
    pub format: Option<String>,
    /// The line with the names of the columns.
    pub header_line: i64,
    /// Lines above the header that are skipped, such as a title.
    pub title_lines: Vec<i64>,
    pub columns: Vec<ImportColumn>,
    /// Explanations of the layout in words, one sentence each.
    pub notes: Vec<String>,
}

/// A value of the layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportOption {
    /// The value for `PATCH /api/imports/{id}`, such as `windows-1252`.
    pub value: String,
    /// The value in words, such as "Western European (Windows-1252)".
    pub words: String,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportColumn {
    /// The position, from 0.
    pub index: u32,
    /// The name in the header.
    pub name: String,
    /// The field that the column holds; null if it is ignored or not decided.
    pub field: Option<String>,
    /// Whether the import uses the column.
    pub is_used: bool,
    /// Whether a person has to choose the field of this column of quantities.
    pub is_asked: bool,
}

impl From<&Layout> for ImportLayout {
    fn from(layout: &Layout) -> Self {
        let columns: Vec<_> = layout
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| column_of(layout, index, column))
            .collect();
        let line = |line: &u64| i64::try_from(*line).unwrap_or(i64::MAX);
        Self {
            encoding: ImportOption::new(
                layout.encoding.label().to_ascii_lowercase(),
                layout.encoding.in_words(),
            ),
            delimiter: ImportOption::new(delimiter_name(layout.delimiter), layout.delimiter.in_words()),
            decimal_sign: ImportOption::new(
                decimal_sign_name(layout.decimal_sign),
                layout.decimal_sign.in_words(),
            ),
            kind: layout.kind.map(|kind| kind.as_str().to_owned()),
            format: layout.format.map(|format| format.in_words().to_owned()),
            header_line: line(&layout.header_line),
            title_lines: layout.title_lines.iter().map(line).collect(),
            notes: notes(layout),
            columns,
        }
    }
}

impl ImportOption {
    fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into() }
    }
}

fn column_of(layout: &Layout, index: usize, column: &Column) -> ImportColumn {
    let field = match column.usage {
        ColumnUse::Field(field) => Some(field.as_str().to_owned()),
        _ => None,
    };
    ImportColumn {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        name: column.name.clone(),
        field,
        is_used: layout.is_used(index),
        is_asked: layout.is_asked(index),
    }
}

/// Explains the header, the recognized program and the ignored columns.
fn notes(layout: &Layout) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(format) = layout.format {
        notes.push(format!("The file is recognized as an export: {}.", format.in_words()));
    }
    let header = layout.header_line;
    match layout.title_lines.as_slice() {
        [] => {}
        [line] => {
            notes.push(format!("Line {line} is a title and is skipped. Line {header} names the columns."))
        }
        [first, .., last] => {
            notes.push(format!(
                "Lines {first} to {last} are titles and are skipped. Line {header} names the columns."
            ));
        }
    }
    let ignored: Vec<_> = layout
        .columns
        .iter()
        .enumerate()
        .filter(|(index, column)| !layout.is_used(*index) && !layout.is_asked(*index) && is_named(column))
        .map(|(_, column)| column.name.as_str())
        .collect();
    if layout.kind.is_some() && !ignored.is_empty() {
        notes.push(format!("Ignored columns: {}.", ignored.join(", ")));
    }
    notes
}

fn is_named(column: &Column) -> bool {
    column.usage != ColumnUse::Unnamed
}
