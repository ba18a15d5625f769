//! The layout of a file: encoding, dialect, header and kind. It is detected from the file, and each part can be chosen by
//! a person.

use crate::dialect::{DecimalSign, Delimiter, sep_line};
use crate::encoding::{Decoder, Detector as EncodingDetector, Encoding};
use crate::format::Format;
use crate::header::{Column, ColumnUse, Field, FileKind, fingerprint};
use crate::numbers::clear_decimal_sign;
use crate::problem::FileProblem;
use crate::records::Records;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The bytes at the beginning of a file from which the layout is detected.
pub const SAMPLE_BYTES_MAX: usize = 256 << 10;

/// The records at the beginning of a file in which the header is searched.
const HEADER_RECORDS_MAX: usize = 10;

/// The rows from which the decimal sign is detected.
const SAMPLE_ROWS_MAX: usize = 1_000;

/// The first bytes of workbooks: ZIP (.xlsx, .ods) and the compound file (.xls).
const WORKBOOK_MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"];

/// The parts of a layout that a person chose. `None` is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choices {
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// The delimiter.
    pub delimiter: Option<Delimiter>,
    /// The decimal sign.
    pub decimal_sign: Option<DecimalSign>,
    /// The kind.
    pub kind: Option<FileKind>,
    /// The line of the header.
    pub header_line: Option<u64>,
    /// Columns by index, each with the field that it holds. `None` ignores the column.
    pub columns: Vec<(usize, Option<Field>)>,
}

/// The layout of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Layout {
    /// The encoding.
    pub encoding: Encoding,
    /// The delimiter.
    pub delimiter: Delimiter,
    /// The decimal sign; a point if no number shows it.
    pub decimal_sign: DecimalSign,
    /// The kind. `None` if the columns do not tell it.
    pub kind: Option<FileKind>,
    /// The program that exported the file, if it is recognized.
    pub format: Option<Format>,
    /// The line of the header.
    pub header_line: u64,
    /// The lines above the header that are neither blank nor a `sep=` line, such as a title. They are skipped.
    pub title_lines: Vec<u64>,
    /// The columns.
    pub columns: Vec<Column>,
    /// A text that files with the same columns share: a key for the choices of a person.
    pub fingerprint: String,
}

impl Layout {
    /// Returns the column that holds a field.
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.usage == ColumnUse::Field(field))
    }

    /// Returns whether a person has to choose what a column of quantities holds.
    pub fn is_asked(&self, column: usize) -> bool {
        let is_quantity = self.columns.get(column).is_some_and(|column| column.usage == ColumnUse::Quantity);
        let is_known = [Field::Count, Field::Change].into_iter().any(|field| self.column_of(field).is_some());
        is_quantity && self.kind != Some(FileKind::Items) && !is_known
    }

    /// Returns whether the kind of the file uses a column.
    pub fn is_used(&self, column: usize) -> bool {
        match (self.columns.get(column).map(|column| column.usage), self.kind) {
            (Some(ColumnUse::Field(field)), Some(kind)) => field.is_of(kind),
            _ => false,
        }
    }

    /// Returns the problems that a person has to solve before rows can be read.
    pub fn problems(&self) -> Vec<FileProblem> {
        if !self.columns.iter().any(Column::is_known) {
            return vec![FileProblem::NoKnownColumn { line: self.header_line }];
        }
        let mut problems = self.repeated_fields();
        match self.kind {
            None => problems.push(FileProblem::KindNotChosen),
            Some(FileKind::Items) => {
                if [Field::Id, Field::Sku, Field::Name]
                    .into_iter()
                    .all(|field| self.column_of(field).is_none())
                {
                    problems.push(FileProblem::KeyMissing);
                }
            }
            Some(FileKind::Stock) => self.stock_problems(&mut problems),
        }
        problems
    }

    fn stock_problems(&self, problems: &mut Vec<FileProblem>) {
        if self.column_of(Field::Id).or(self.column_of(Field::Sku)).is_none() {
            problems.push(FileProblem::KeyMissing);
        }
        let quantity = self.columns.iter().find(|column| column.usage == ColumnUse::Quantity);
        match (self.column_of(Field::Count), self.column_of(Field::Change), quantity) {
            (Some(_), Some(_), _) => problems.push(FileProblem::CountAndChange),
            (None, None, Some(column)) => {
                problems.push(FileProblem::QuantityNotChosen { column: column.name.clone() });
            }
            (None, None, None) => problems.push(FileProblem::QuantityMissing),
            _ => {}
        }
    }

    fn repeated_fields(&self) -> Vec<FileProblem> {
        let mut problems = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let ColumnUse::Field(field) = column.usage else { continue };
            match self.column_of(field) {
                Some(first) if first < index && self.kind.is_none_or(|kind| field.is_of(kind)) => {
                    let first = self.columns[first].name.clone();
                    problems.push(FileProblem::FieldTwice { field, first, second: column.name.clone() });
                }
                _ => {}
            }
        }
        problems
    }
}

/// Detects the layout of a file from a stream of its bytes. The memory is bounded by [`SAMPLE_BYTES_MAX`].
pub struct Detector {
    encoding: EncodingDetector,
    sample: Vec<u8>,
    /// The sample is the whole file.
    is_whole: bool,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl Detector {
    /// Creates a detector.
    pub fn new() -> Self {
        Self { encoding: EncodingDetector::new(), sample: Vec::new(), is_whole: true }
    }

    /// Reads the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.encoding.push(bytes);
        let room = SAMPLE_BYTES_MAX - self.sample.len();
        self.sample.extend_from_slice(&bytes[..room.min(bytes.len())]);
        self.is_whole &= bytes.len() <= room;
    }

    /// Returns the layout with the parts that a person chose.
    ///
    /// # Errors
    /// [`FileProblem::Empty`], [`FileProblem::Workbook`], [`FileProblem::UnreadableHeader`], and
    /// [`FileProblem::BlankHeader`] for a chosen line without a record.
    pub fn finish(self, choices: &Choices) -> Result<Layout, FileProblem> {
        if WORKBOOK_MAGIC.iter().any(|magic| self.sample.starts_with(magic)) {
            return Err(FileProblem::Workbook);
        }
        let detected = self.encoding.finish();
        let encoding = choices.encoding.unwrap_or(detected);
        let mut text = String::new();
        Decoder::new(encoding).decode(&self.sample, self.is_whole, &mut text);
        let sample = Sample { text, is_whole: self.is_whole, header_line: choices.header_line };
        let (delimiter, header) = match choices.delimiter.or_else(|| sample.sep_line()) {
            Some(delimiter) => (delimiter, sample.header(delimiter)?),
            None => sample.detect_delimiter()?,
        };
        let mut columns = header.columns;
        let recognized = Format::recognize(&mut columns);
        let fingerprint = fingerprint(&columns);
        for (index, field) in &choices.columns {
            if let Some(column) = columns.get_mut(*index) {
                column.usage = field.map_or(ColumnUse::Ignored, ColumnUse::Field);
            }
        }
        let kind = choices.kind.or(recognized.map(|(_, kind)| kind)).or_else(|| kind_of(&columns));
        let mut layout = Layout {
            encoding,
            delimiter,
            decimal_sign: DecimalSign::Point,
            kind,
            format: recognized.map(|(format, _)| format),
            header_line: header.line,
            title_lines: header.title_lines,
            columns,
            fingerprint,
        };
        let decimal_sign = choices.decimal_sign.or_else(|| sample.decimal_sign(&layout));
        layout.decimal_sign = decimal_sign.unwrap_or(DecimalSign::Point);
        Ok(layout)
    }
}

/// Returns the kind of a file with these columns, if they tell it.
fn kind_of(columns: &[Column]) -> Option<FileKind> {
    let holds = |fields: &[Field]| {
        columns.iter().any(|column| fields.iter().any(|field| column.usage == ColumnUse::Field(*field)))
    };
    let details = holds(&[Field::Description, Field::Category, Field::Price, Field::Barcodes]);
    let quantities = holds(&[Field::Count, Field::Change])
        || columns.iter().any(|column| column.usage == ColumnUse::Quantity);
    match (details, quantities) {
        (true, true) => None,
        (false, true) => Some(FileKind::Stock),
        (true, false) => Some(FileKind::Items),
        (false, false) => holds(&[Field::Name]).then_some(FileKind::Items),
    }
}

/// A header that was found in a sample.
struct Header {
    line: u64,
    title_lines: Vec<u64>,
    columns: Vec<Column>,
}

/// The text at the beginning of a file.
struct Sample {
    text: String,
    is_whole: bool,
    /// The line of the header that a person chose.
    header_line: Option<u64>,
}

impl Sample {
    fn records(&self, delimiter: Delimiter) -> Records {
        let mut records = Records::new(delimiter);
        records.buffer().push_str(&self.text);
        // The last line of a part of a file may be cut.
        if self.is_whole {
            records.finish();
        }
        records
    }

    fn sep_line(&self) -> Option<Delimiter> {
        self.text.lines().next().and_then(|line| sep_line(line.split('\r').next().unwrap_or_default()))
    }

    /// Returns the delimiter with which the header has the most known columns. If there are equally many, more rows with
    /// as many cells as the header decide, then more columns.
    fn detect_delimiter(&self) -> Result<(Delimiter, Header), FileProblem> {
        let mut best: Option<((usize, usize, usize), Delimiter, Header)> = None;
        let mut problem = FileProblem::Empty;
        for delimiter in Delimiter::DETECTED {
            let header = match self.header(delimiter) {
                Ok(header) => header,
                Err(FileProblem::Empty) => return Err(FileProblem::Empty),
                Err(error) => {
                    problem = error;
                    continue;
                }
            };
            let count = header.columns.len();
            let known = header.columns.iter().filter(|column| column.is_known()).count();
            let score = match count {
                1 => (known, 0, 1),
                _ => (known, self.rows_of(delimiter, &header), count),
            };
            if best.as_ref().is_none_or(|(best_score, ..)| score > *best_score) {
                best = Some((score, delimiter, header));
            }
        }
        best.map(|(_, delimiter, header)| (delimiter, header)).ok_or(problem)
    }

    /// Counts the rows below a header that have as many cells.
    fn rows_of(&self, delimiter: Delimiter, header: &Header) -> usize {
        let mut records = self.records(delimiter);
        let mut count = 0;
        for _ in 0..SAMPLE_ROWS_MAX {
            let Some(record) = records.next() else { break };
            count += usize::from(record.line > header.line && record.len() == header.columns.len());
        }
        count
    }

    fn header(&self, delimiter: Delimiter) -> Result<Header, FileProblem> {
        match self.header_line {
            Some(line) => self.chosen_header(delimiter, line),
            None => self.detected_header(delimiter),
        }
    }

    /// Returns the header on a line.
    fn chosen_header(&self, delimiter: Delimiter, line: u64) -> Result<Header, FileProblem> {
        let mut records = self.records(delimiter);
        let mut title_lines = Vec::new();
        while let Some(record) = records.next() {
            match record.line.cmp(&line) {
                Ordering::Less => title_lines.push(record.line),
                Ordering::Equal if record.damage.is_some() => {
                    return Err(FileProblem::UnreadableHeader { line });
                }
                Ordering::Equal => {
                    let columns = record.cells().map(|name| Column::new(&name)).collect();
                    return Ok(Header { line, title_lines, columns });
                }
                Ordering::Greater => break,
            }
        }
        Err(FileProblem::BlankHeader { line })
    }

    /// Finds the header: the record with the most known columns among the first records. Below the first record, a header
    /// needs two known columns.
    fn detected_header(&self, delimiter: Delimiter) -> Result<Header, FileProblem> {
        let mut records = self.records(delimiter);
        let mut lines = Vec::new();
        let mut best: Option<(usize, Header)> = None;
        let mut damaged = None;
        for _ in 0..HEADER_RECORDS_MAX {
            let Some(record) = records.next() else { break };
            if record.damage.is_some() {
                damaged = damaged.or(Some(record.line));
                lines.push(record.line);
                continue;
            }
            let columns: Vec<_> = record.cells().map(|name| Column::new(&name)).collect();
            let known = columns.iter().filter(|column| column.is_known()).count();
            let is_better = match &best {
                None => lines.is_empty() || known >= 2,
                Some((best_known, _)) => known >= 2 && known > *best_known,
            };
            if is_better {
                best = Some((known, Header { line: record.line, title_lines: lines.clone(), columns }));
            }
            lines.push(record.line);
        }
        match (best, damaged) {
            (Some((_, header)), _) => Ok(header),
            (None, Some(line)) => Err(FileProblem::UnreadableHeader { line }),
            (None, None) if self.is_whole => Err(FileProblem::Empty),
            (None, None) => Err(FileProblem::UnreadableHeader { line: 1 }),
        }
    }

    /// Returns the decimal sign of most numbers.
    fn decimal_sign(&self, layout: &Layout) -> Option<DecimalSign> {
        let numbers: Vec<_> = (0..layout.columns.len())
            .filter(|index| match layout.columns[*index].usage {
                ColumnUse::Field(field) => matches!(field, Field::Price | Field::Count | Field::Change),
                ColumnUse::Quantity => true,
                ColumnUse::Ignored | ColumnUse::Unnamed => false,
            })
            .collect();
        let mut records = self.records(layout.delimiter);
        let (mut points, mut commas) = (0, 0);
        for _ in 0..SAMPLE_ROWS_MAX {
            let Some(record) = records.next() else { break };
            if record.line <= layout.header_line {
                continue;
            }
            for sign in numbers.iter().filter_map(|index| clear_decimal_sign(&record.cell(*index))) {
                match sign {
                    DecimalSign::Point => points += 1,
                    DecimalSign::Comma => commas += 1,
                }
            }
        }
        match points + commas {
            0 => None,
            _ if commas > points => Some(DecimalSign::Comma),
            _ => Some(DecimalSign::Point),
        }
    }
}
