//! Splits text into records and cells: RFC 4180 with any delimiter and line ending.
//!
//! A state machine of its own, because the `csv` and `csv-core` crates can't meet three rules: they count only LF as a
//! line, they read an unclosed quote to the end of the file, and they accept a stray quote as text.

use crate::dialect::{Delimiter, sep_line};
use std::borrow::Cow;

/// The longest record, in bytes of UTF-8. It bounds the memory, and the text below an unclosed quote that is read twice.
pub const RECORD_BYTES_MAX: usize = 1 << 20;

/// The damage of a record that can't be split into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// A quote opens on the record's last line and never closes, or meets a quote that is not doubled on a later line.
    UnclosedQuote,
    /// A quote in a quoted cell is not doubled.
    StrayQuote,
    /// The record is longer than [`RECORD_BYTES_MAX`].
    TooLong,
}

/// A cell, as a range of bytes of its record.
#[derive(Debug, Clone, Copy)]
struct Cell {
    from: usize,
    to: usize,
    /// The cell contains doubled quotes.
    doubled: bool,
}

/// One record: the cells of a row.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    text: &'a str,
    cells: &'a [Cell],
    /// The line of the record's first character, counted from 1 as an editor does.
    pub(crate) line: u64,
    /// The line of the damage.
    pub(crate) damage: Option<(u64, Damage)>,
    /// The line of an unclosed quote, if this record is in the text between that quote and the next one.
    pub(crate) below_quote: Option<u64>,
}

impl<'a> Record<'a> {
    /// The number of cells; 0 for a damaged record.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The text of a cell; empty if there is no such cell.
    pub(crate) fn cell(&self, index: usize) -> Cow<'a, str> {
        let Some(cell) = self.cells.get(index) else { return Cow::Borrowed("") };
        let text = &self.text[cell.from..cell.to];
        if cell.doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = Cow<'a, str>> {
        (0..self.len()).map(|index| self.cell(index))
    }
}

/// Returns whether all cells are blank.
fn is_blank(text: &str, cells: &[Cell]) -> bool {
    cells.iter().all(|cell| text[cell.from..cell.to].trim().is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first character of a record.
    RecordStart,
    /// Before the first character of a cell other than a space.
    CellStart,
    Unquoted,
    Quoted,
    /// After a quote in a quoted cell: the cell ends, or the quote is doubled.
    Quote,
    /// After the closing quote and a space.
    AfterQuote,
    /// Skips to the end of the line of a damaged record.
    Skip,
}

/// The text between an unclosed quote and the place where the search for its end stopped.
#[derive(Debug, Clone, Copy)]
struct BelowQuote {
    /// The line of the quote.
    line: u64,
    /// The end of the text, in bytes since the beginning.
    end: u64,
}

/// Splits a stream of text into records. The result does not depend on how the text is divided into chunks.
///
/// Offsets are relative to `start`.
pub(crate) struct Records {
    delimiter: u8,
    text: String,
    /// The start of the current record in `text`; for a damaged record, the next character.
    start: usize,
    /// The bytes before `start`, since the beginning.
    passed: u64,
    /// The offset of the next character.
    at: usize,
    /// The line of the next character.
    line: u64,
    /// The last character was a CR: an LF belongs to the same line ending.
    after_cr: bool,
    state: State,
    cells: Vec<Cell>,
    /// The offset of the current cell's text.
    cell: usize,
    /// The current cell contains doubled quotes.
    doubled: bool,
    /// The line of the record's first character.
    first_line: u64,
    /// The offset and line of the last opening quote.
    quote: (usize, u64),
    damage: Option<(u64, Damage)>,
    below: Option<BelowQuote>,
    /// The line of the unclosed quote above the current record.
    below_quote: Option<u64>,
    /// No record was read yet.
    is_first: bool,
    /// No text follows.
    finished: bool,
}

impl Records {
    pub(crate) fn new(delimiter: Delimiter) -> Self {
        Self {
            delimiter: delimiter.byte(),
            text: String::new(),
            start: 0,
            passed: 0,
            at: 0,
            line: 1,
            after_cr: false,
            state: State::RecordStart,
            cells: Vec::new(),
            cell: 0,
            doubled: false,
            first_line: 1,
            quote: (0, 1),
            damage: None,
            below: None,
            below_quote: None,
            is_first: true,
            finished: false,
        }
    }

    /// Returns the buffer to append text to.
    pub(crate) fn buffer(&mut self) -> &mut String {
        // The rest moves once per half of the buffer, so that small chunks cost no more than large ones.
        if self.start * 2 >= self.text.len() {
            self.text.drain(..self.start);
            self.start = 0;
        }
        &mut self.text
    }

    /// Ends the text. The last record may have no line ending.
    pub(crate) fn finish(&mut self) {
        self.finished = true;
    }

    /// Returns the next record. Skips blank records and a `sep=` line at the beginning. `None` until there is more text,
    /// and at the end.
    pub(crate) fn next(&mut self) -> Option<Record<'_>> {
        loop {
            let length = self.advance()?;
            let text = self.start..self.start + length;
            self.pass(self.at);
            self.at = 0;
            self.state = State::RecordStart;
            let damage = self.damage.take();
            let is_first = std::mem::replace(&mut self.is_first, false);
            let skipped = damage.is_none() && is_blank(&self.text[text.clone()], &self.cells)
                || is_first && sep_line(&self.text[text.clone()]).is_some();
            if !skipped {
                return Some(Record {
                    text: &self.text[text],
                    cells: &self.cells,
                    line: self.first_line,
                    damage,
                    below_quote: self.below_quote,
                });
            }
        }
    }

    /// Reads up to the end of a record, and returns its length in bytes without the line ending.
    fn advance(&mut self) -> Option<usize> {
        loop {
            let Some(byte) = self.text.as_bytes().get(self.start + self.at).copied() else {
                match self.state {
                    _ if !self.finished => return None,
                    State::RecordStart => return None,
                    State::Quoted => self.fail(Damage::UnclosedQuote),
                    State::Skip => return Some(0),
                    State::CellStart | State::Unquoted | State::Quote | State::AfterQuote => {
                        self.end_cell();
                        return Some(self.at);
                    }
                }
                continue;
            };
            if self.at >= RECORD_BYTES_MAX {
                let quoted = matches!(self.state, State::Quoted | State::Quote);
                self.fail(if quoted { Damage::UnclosedQuote } else { Damage::TooLong });
                continue;
            }
            let ends_line = matches!(byte, b'\n' | b'\r');
            match self.state {
                State::RecordStart => self.start_record(byte),
                State::Quoted => self.read_quoted(byte),
                State::Skip if ends_line => {
                    self.end_line(byte);
                    return Some(0);
                }
                State::Skip => {
                    // The text is dropped, so that a long line needs no memory.
                    let skipped = self.until(|byte| matches!(byte, b'\n' | b'\r'));
                    self.pass(skipped);
                }
                _ if ends_line => {
                    let length = self.at;
                    self.end_cell();
                    self.end_line(byte);
                    return Some(length);
                }
                _ if byte == self.delimiter => {
                    self.end_cell();
                    self.at += 1;
                    self.cell = self.at;
                    self.state = State::CellStart;
                }
                State::CellStart if byte == b'"' => {
                    self.quote = (self.at, self.line);
                    self.at += 1;
                    self.cell = self.at;
                    self.state = State::Quoted;
                }
                State::CellStart if matches!(byte, b' ' | b'\t') => self.at += 1,
                State::CellStart => self.state = State::Unquoted,
                State::Unquoted => {
                    let delimiter = self.delimiter;
                    self.at += self.until(|byte| matches!(byte, b'\n' | b'\r') || byte == delimiter);
                }
                State::Quote if byte == b'"' => {
                    self.doubled = true;
                    self.at += 1;
                    self.state = State::Quoted;
                }
                State::Quote if matches!(byte, b' ' | b'\t') => {
                    self.end_cell();
                    self.at += 1;
                    self.state = State::AfterQuote;
                }
                State::AfterQuote if matches!(byte, b' ' | b'\t') => self.at += 1,
                State::Quote | State::AfterQuote if self.line == self.quote.1 => {
                    self.fail(Damage::StrayQuote);
                }
                State::Quote | State::AfterQuote => self.fail(Damage::UnclosedQuote),
            }
        }
    }

    fn start_record(&mut self, byte: u8) {
        if std::mem::take(&mut self.after_cr) && byte == b'\n' {
            return self.pass(1);
        }
        self.cells.clear();
        self.cell = 0;
        self.doubled = false;
        self.first_line = self.line;
        self.below_quote = self.below.filter(|below| self.passed < below.end).map(|below| below.line);
        self.state = State::CellStart;
    }

    fn read_quoted(&mut self, byte: u8) {
        let after_cr = std::mem::take(&mut self.after_cr);
        match byte {
            b'"' => {
                self.at += 1;
                self.state = State::Quote;
            }
            b'\n' | b'\r' => {
                self.line += u64::from(!(byte == b'\n' && after_cr));
                self.after_cr = byte == b'\r';
                self.at += 1;
            }
            _ => self.at += self.until(|byte| matches!(byte, b'"' | b'\n' | b'\r')),
        }
    }

    /// The bytes before the next one that `stop` accepts, up to the end of the text or of the longest record.
    fn until(&self, stop: impl Fn(u8) -> bool) -> usize {
        let from = self.start + self.at;
        let to = self.text.len().min(self.start + RECORD_BYTES_MAX);
        let rest = &self.text.as_bytes()[from..to];
        rest.iter().position(|byte| stop(*byte)).unwrap_or(rest.len())
    }

    /// Ends the cell before the next character. In the state `AfterQuote` the cell has ended already.
    fn end_cell(&mut self) {
        let to = match self.state {
            State::AfterQuote => return,
            State::Quote => self.at - 1,
            _ => self.at,
        };
        self.cells.push(Cell { from: self.cell, to, doubled: self.doubled });
        self.doubled = false;
    }

    fn end_line(&mut self, byte: u8) {
        self.at += 1;
        self.line += 1;
        self.after_cr = byte == b'\r';
    }

    /// Moves the start of the record.
    fn pass(&mut self, bytes: usize) {
        self.start += bytes;
        self.passed += bytes as u64;
    }

    /// Marks the record as damaged, and goes back to the line of the damage. The lines below are read again, as records
    /// of their own.
    fn fail(&mut self, damage: Damage) {
        let end = self.passed + self.at as u64;
        let (offset, line) = match damage {
            Damage::TooLong => (self.at, self.line),
            Damage::UnclosedQuote | Damage::StrayQuote => self.quote,
        };
        if damage == Damage::UnclosedQuote && self.below.is_none_or(|below| below.end < end) {
            self.below = Some(BelowQuote { line, end });
        }
        self.damage = Some((line, damage));
        self.cells.clear();
        self.after_cr = false;
        self.line = line;
        self.pass(offset);
        self.at = 0;
        self.state = State::Skip;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record as text: its line, its cells, the damage and the line of an unclosed quote above.
    type Read = (u64, Vec<String>, Option<(u64, Damage)>, Option<u64>);

    fn read_chunks(delimiter: Delimiter, chunks: &[&str]) -> Vec<Read> {
        let mut records = Records::new(delimiter);
        let mut read = Vec::new();
        for chunk in chunks.iter().map(Some).chain([None]) {
            match chunk {
                Some(chunk) => records.buffer().push_str(chunk),
                None => records.finish(),
            }
            while let Some(record) = records.next() {
                let cells = record.cells().map(Cow::into_owned).collect();
                read.push((record.line, cells, record.damage, record.below_quote));
            }
        }
        read
    }

    /// Reads a text at once and character by character.
    fn read(text: &str) -> Vec<Read> {
        let at_once = read_chunks(Delimiter::COMMA, &[text]);
        let characters: Vec<_> = text.split("").collect();
        assert_eq!(read_chunks(Delimiter::COMMA, &characters), at_once, "{text:?}");
        at_once
    }

    fn cells(text: &str) -> Vec<(u64, Vec<String>)> {
        let read = read(text);
        assert!(read.iter().all(|(_, _, damage, below)| damage.is_none() && below.is_none()), "{read:?}");
        read.into_iter().map(|(line, cells, ..)| (line, cells)).collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_line_ending_counts_as_an_editor_counts() {
        for ending in ["\n", "\r", "\r\n"] {
            let text = ["a,b", "1,2", "", "3,\"x", "y\"", "5,6"].join(ending);
            let two_lines = format!("x{ending}y");
            let expected =
                [row(1, &["a", "b"]), row(2, &["1", "2"]), row(4, &["3", &two_lines]), row(6, &["5", "6"])];
            assert_eq!(cells(&text), expected);
            assert_eq!(cells(&format!("{text}{ending}")), expected);
        }
        let expected = [row(1, &["a"]), row(2, &["b"]), row(3, &["c"]), row(5, &["d"])];
        assert_eq!(cells("a\rb\r\nc\n\rd"), expected);
    }

    #[test]
    fn blank_records_and_rows_of_empty_cells_are_skipped() {
        assert_eq!(cells("a,b\n,\n \n\n\"\",\"\"\n1,2"), [row(1, &["a", "b"]), row(6, &["1", "2"])]);
        assert_eq!(cells(""), []);
        assert_eq!(cells("\n\r\n\r"), []);
    }

    #[test]
    fn a_sep_line_is_skipped_only_at_the_beginning() {
        assert_eq!(cells("sep=,\na,b\nsep=,\n"), [row(2, &["a", "b"]), row(3, &["sep=", ""])]);
    }

    #[test]
    fn quotes_are_removed_and_undoubled() {
        assert_eq!(cells("\"a,\"\"b\"\"\",\"\",c"), [row(1, &["a,\"b\"", "", "c"])]);
        assert_eq!(cells("  \"a, b\" ,\"c\"\t,d"), [row(1, &["a, b", "c", "d"])]);
        assert_eq!(cells("\"\"\"\"\"\""), [row(1, &["\"\""])]);
    }

    #[test]
    fn an_inch_mark_in_an_unquoted_cell_is_text() {
        assert_eq!(
            cells("24\" Frame,9\nFrame 24\",9"),
            [row(1, &["24\" Frame", "9"]), row(2, &["Frame 24\"", "9"])]
        );
    }

    #[test]
    fn a_stray_quote_damages_its_line_alone() {
        let expected = vec![
            (1, vec![], Some((1, Damage::StrayQuote)), None),
            (2, vec!["a".to_owned(), "b".to_owned()], None, None),
        ];
        assert_eq!(read("\"24\" Frame\",9\na,b"), expected);
        assert_eq!(read("\"24\"  x\r\na,b"), expected);
    }

    #[test]
    fn an_unclosed_quote_is_reported_where_it_opens_and_the_lines_below_are_read() {
        let below = |line, cell: &str| (line, vec![cell.to_owned(), "2".to_owned()], None, Some(2));
        let damaged = (2, vec![], Some((2, Damage::UnclosedQuote)), None);
        let expected =
            vec![(1, vec!["h".to_owned()], None, None), damaged.clone(), below(3, "a"), below(4, "b")];
        assert_eq!(read("h\nx,\"blue\na,2\nb,2"), expected);
        assert_eq!(read("h\r\nx,\"blue\r\na,2\r\nb,2\r\n"), expected);
        assert_eq!(read("h\nx,\"blue"), expected[..2]);
        // The search ends at a quote that can't close the cell. The rows after it are not in doubt.
        let mut expected = expected;
        expected[3].3 = None;
        assert_eq!(read("h\nx,\"blue\n\"a\",2\nb,2"), expected);
    }

    #[test]
    fn an_unclosed_quote_is_reported_on_its_own_line_of_a_longer_record() {
        let read = read("\"a\nb\",\"c\nd");
        let expected =
            [(1, vec![], Some((2, Damage::UnclosedQuote)), None), (3, vec!["d".to_owned()], None, Some(2))];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_record_that_is_too_long_is_skipped_in_bounded_memory() {
        let mut records = Records::new(Delimiter::COMMA);
        records.buffer().push_str("a,");
        for _ in 0..40 {
            records.buffer().push_str(&"x".repeat(RECORD_BYTES_MAX / 10));
            assert!(records.next().is_none());
            assert!(records.text.len() < 3 * RECORD_BYTES_MAX);
        }
        records.buffer().push_str("\nb,1\n");
        assert_eq!(
            records.next().map(|record| (record.line, record.damage)),
            Some((1, Some((1, Damage::TooLong))))
        );
        assert_eq!(records.next().map(|record| (record.line, record.len())), Some((2, 2)));
        assert!(records.next().is_none());
    }

    #[test]
    fn a_quote_that_does_not_close_within_the_longest_record_is_unclosed() {
        let lines = "a,b\n".repeat(RECORD_BYTES_MAX / 4 + 10);
        let text = format!("\"x\n{lines}");
        let at_once = read_chunks(Delimiter::COMMA, &[&text]);
        let halves = text.split_at(text.len() / 2);
        assert_eq!(read_chunks(Delimiter::COMMA, &[halves.0, halves.1]), at_once);
        assert_eq!(at_once.len(), RECORD_BYTES_MAX / 4 + 11);
        assert_eq!(at_once[0].2, Some((1, Damage::UnclosedQuote)));
        assert_eq!((at_once[1].0, at_once[1].3), (2, Some(1)));
        assert_eq!(at_once.last().map(|last| last.3), Some(None), "far below the quote");
    }
}
