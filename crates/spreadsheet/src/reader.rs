use crate::adapter::{Adapter, Replaced};
use crate::encoding::Decoder;
use crate::layout::Layout;
use crate::problem::FileProblem;
use crate::records::Records;
use crate::rows::{Fields, Row, judge};

/// Reads the rows of a file from a stream of its bytes.
///
/// The memory is bounded by one chunk and one record of [`crate::RECORD_BYTES_MAX`] bytes. The rows do not depend on how
/// the file is divided into chunks.
pub struct Reader {
    decoder: Decoder,
    records: Records,
    fields: Fields,
    adapter: Option<Adapter>,
    header_line: u64,
    ordinal: u64,
    skipped: u64,
}

impl Reader {
    /// Creates a reader of a file from its beginning.
    ///
    /// # Errors
    /// The problems that a person has to solve first: see [`Layout::problems`].
    pub fn new(layout: &Layout) -> Result<Self, Vec<FileProblem>> {
        let problems = layout.problems();
        let Some(kind) = layout.kind.filter(|_| problems.is_empty()) else { return Err(problems) };
        Ok(Self {
            decoder: Decoder::new(layout.encoding),
            records: Records::new(layout.delimiter),
            fields: Fields::new(layout, kind),
            adapter: Adapter::new(layout),
            header_line: layout.header_line,
            ordinal: 0,
            skipped: 0,
        })
    }

    /// Appends the next bytes of the file. Call [`Reader::next_row`] until it returns `None` after each chunk: chunks that
    /// are not read accumulate.
    pub fn push(&mut self, bytes: &[u8]) {
        self.decoder.decode(bytes, false, self.records.buffer());
    }

    /// Ends the file. The last row may have no line ending.
    pub fn finish(&mut self) {
        self.decoder.decode(&[], true, self.records.buffer());
        self.records.finish();
    }

    /// Returns the next row. `None` until there are more bytes, and at the end of the file.
    pub fn next_row(&mut self) -> Option<Row> {
        loop {
            let record = self.records.next()?;
            if record.line <= self.header_line {
                continue;
            }
            self.ordinal += 1;
            let replaced = match &mut self.adapter {
                Some(adapter) if record.damage.is_none() => adapter.adapt(&record),
                _ => Some(Replaced::default()),
            };
            match replaced {
                Some(replaced) => return Some(judge(&self.fields, &record, &replaced, self.ordinal)),
                None => self.skipped += 1,
            }
        }
    }

    /// The rows so far of a recognized format that are neither an item nor its stock, such as images of products. They
    /// have an ordinal and are not returned.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }
}
