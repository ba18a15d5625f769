//! Writes CSV files.

use crate::dialect::Delimiter;
use crate::escape::escape;
use std::fmt::{Display, Write as _};

/// Writes rows of a CSV file into memory. Lines end with CRLF, as RFC 4180 requires.
///
/// ```
/// use spreadsheet::{Delimiter, Writer};
///
/// let mut writer = Writer::with_bom(Delimiter::COMMA);
/// writer.header(&["sku", "name", "price"]);
/// writer.text("A-1").text("24\" =Frame").value("9.90").end_row();
/// writer.text("A-2").text("=SUM(1)").value("-1").end_row();
/// let file = String::from_utf8(writer.take())?;
/// assert_eq!(file, "\u{FEFF}sku,name,price\r\nA-1,\"24\"\" =Frame\",9.90\r\nA-2,'=SUM(1),-1\r\n");
/// # Ok::<_, std::string::FromUtf8Error>(())
/// ```
#[derive(Debug)]
pub struct Writer {
    delimiter: char,
    text: String,
    /// The current row has a cell.
    in_row: bool,
}

impl Writer {
    /// Creates a writer of a file in UTF-8 without a byte order mark, or of a part of a file.
    pub fn new(delimiter: Delimiter) -> Self {
        Self { delimiter: char::from(delimiter.byte()), text: String::new(), in_row: false }
    }

    /// Creates a writer of a file that starts with a byte order mark. Excel reads a file without one as Windows-1252.
    pub fn with_bom(delimiter: Delimiter) -> Self {
        let mut writer = Self::new(delimiter);
        writer.text.push('\u{FEFF}');
        writer
    }

    /// Writes a row of column names.
    pub fn header(&mut self, columns: &[&str]) {
        for column in columns {
            self.text(column);
        }
        self.end_row();
    }

    /// Writes a cell with a text of a person, guarded against formulas.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.cell(&escape(text))
    }

    /// Writes a cell with a text, or an empty cell.
    pub fn optional_text(&mut self, text: Option<&str>) -> &mut Self {
        self.text(text.unwrap_or_default())
    }

    /// Writes a cell with a number, a time or another value that no person typed. It is not guarded.
    pub fn value(&mut self, value: impl Display) -> &mut Self {
        self.delimit();
        // Writing to a String can't fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// Writes a cell with a value, or an empty cell.
    pub fn optional_value(&mut self, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.value(value),
            None => self.cell(""),
        }
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.text.push_str("\r\n");
        self.in_row = false;
    }

    /// Returns the bytes since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text).into_bytes()
    }

    fn cell(&mut self, text: &str) -> &mut Self {
        self.delimit();
        let delimiter = self.delimiter;
        let special = |character| matches!(character, '"' | '\r' | '\n') || character == delimiter;
        let starts_or_ends_blank = text.trim().len() < text.len();
        if starts_or_ends_blank || text.contains(special) {
            self.text.push('"');
            self.text.push_str(&text.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(text);
        }
        self
    }

    fn delimit(&mut self) {
        if self.in_row {
            self.text.push(self.delimiter);
        }
        self.in_row = true;
    }
}
