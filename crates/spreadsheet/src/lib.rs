//! Reads spreadsheet exports (CSV) of items and stock, and writes CSV files.
//!
//! **Invariant:** no IO, no async, no SQL. Bytes come in as chunks of any size, rows go out, and the memory is bounded by one
//! record. A value is never guessed: a cell that has two meanings is a problem of its row.
//!
//! 1. [`Detector`] reads the file once, for example while it is uploaded, and returns its [`Layout`]: encoding, delimiter,
//!    decimal sign, header and kind. [`Choices`] override the detection.
//! 2. [`Layout::problems`] lists the missing choices.
//! 3. [`Reader`] reads the file again and returns a [`Row`] per row: its values, and its problems with line numbers.
//!
//! ```
//! use spreadsheet::{Choices, Delimiter, Detector, Reader, RowValue};
//!
//! let file = "SKU;Name;Price\r\nA-1;Kettle;24,90\r\nA-2;Pan;dear\r\n".as_bytes();
//!
//! let mut detector = Detector::new();
//! detector.push(file);
//! let layout = detector.finish(&Choices::default())?;
//! assert_eq!(layout.delimiter, Delimiter::SEMICOLON);
//! assert_eq!(layout.decimal_sign.in_words(), "comma (12,90)");
//! assert!(layout.problems().is_empty());
//!
//! let mut reader = Reader::new(&layout).expect("no problems");
//! let mut rows = Vec::new();
//! for chunk in file.chunks(7) {
//!     reader.push(chunk);
//!     while let Some(row) = reader.next_row() {
//!         rows.push(row);
//!     }
//! }
//! reader.finish();
//! while let Some(row) = reader.next_row() {
//!     rows.push(row);
//! }
//!
//! let Some(RowValue::Item(kettle)) = &rows[0].value else { panic!("{rows:?}") };
//! assert_eq!(kettle.price.map(|price| price.to_string()).as_deref(), Some("24.90"));
//! assert_eq!(rows[1].value, None);
//! assert_eq!(rows[1].problems[0].to_string(), "Line 3, column Price: \"dear\" is not a number.");
//! # Ok::<_, spreadsheet::FileProblem>(())
//! ```

mod adapter;
mod dialect;
mod encoding;
mod escape;
mod first_lines;
mod format;
mod header;
mod layout;
mod numbers;
mod problem;
mod reader;
mod records;
mod rows;
mod write;

pub use dialect::{DecimalSign, Delimiter};
pub use domain::{ItemRow, RowValue, StockQuantity, StockRow};
pub use encoding::Encoding;
pub use escape::{escape, unescape};
pub use first_lines::first_lines;
pub use format::Format;
pub use header::{Column, ColumnUse, Field, FileKind};
pub use layout::{Choices, Detector, Layout, SAMPLE_BYTES_MAX};
pub use numbers::NumberProblem;
pub use problem::{FileProblem, Problem, ProblemKind};
pub use reader::Reader;
pub use records::RECORD_BYTES_MAX;
pub use rows::Row;
pub use write::Writer;
