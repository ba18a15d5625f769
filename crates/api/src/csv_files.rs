//! Uploads of CSV files with items and stock.

use crate::downloads::ITEM_COLUMNS;
use crate::*;
use csv::{ReaderBuilder, StringRecord};
use domain::{IMPORT_LINES_MAX, ImportRow};
use engine::{ImportEffect, Response};

/// Columns that only an upload has.
const UPLOAD_COLUMNS: [&str; 2] = ["warehouse", "reason"];

/// The number of the first line after the header of a whole file.
pub const FIRST_LINE_DEFAULT: i64 = 2;

/// The highest number of the first line of a part.
pub const FIRST_LINE_MAX: i64 = 1_000_000_000;

/// Parses an uploaded file. The first line names the columns: those of a download, `warehouse`, and `reason`. The
/// second line has the number `first_line`.
///
/// # Errors
/// [`domain::Error::Invalid`] for a file without a header, an unknown or duplicate column, more than [`IMPORT_LINES_MAX`]
/// lines, and a `first_line` outside [`FIRST_LINE_DEFAULT`] to [`FIRST_LINE_MAX`].
pub fn read_items(text: &str, first_line: i64) -> Result<Vec<engine::ImportLine>, domain::Error> {
    if !(FIRST_LINE_DEFAULT..=FIRST_LINE_MAX).contains(&first_line) {
        let reason = format!("must be {FIRST_LINE_DEFAULT} to {FIRST_LINE_MAX}, not {first_line}");
        return Err(domain::Error::invalid("firstLine", reason));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let invalid = |reason: String| domain::Error::invalid("csv", reason);
    let columns = reader.headers().map_err(|error| invalid(format!("has no header: {error}")))?.clone();
    for (index, column) in columns.iter().enumerate() {
        if !ITEM_COLUMNS.contains(&column) && !UPLOAD_COLUMNS.contains(&column) {
            let allowed = [ITEM_COLUMNS, &UPLOAD_COLUMNS].concat().join(", ");
            let column = domain::quoted(column);
            return Err(invalid(format!("has a column {column}; the columns are {allowed}")));
        }
        if columns.iter().take(index).any(|before| before == column) {
            return Err(invalid(format!("has the column {column} twice")));
        }
    }
    if !["id", "name"].iter().any(|column| columns.iter().any(|name| name == *column)) {
        return Err(invalid(
            "must start with a line that names its columns, including id or name".to_owned(),
        ));
    }
    // Line numbers of the file, not record numbers: a text may have line breaks.
    let offset = first_line - FIRST_LINE_DEFAULT;
    let mut line_numbers = LineNumbers { text: text.as_bytes(), read: 0, line: 1 };
    let mut lines = Vec::new();
    for record in reader.records() {
        let (line, row) = match record {
            Ok(record) => {
                let line = line_numbers.at(record.position());
                (line, row(&columns, &record))
            }
            Err(error) => {
                let line = line_numbers.at(error.position());
                (line, Err(invalid(format!("can't be read: {error}"))))
            }
        };
        lines.push(engine::ImportLine { line: offset + line, row });
        if lines.len() > IMPORT_LINES_MAX {
            break;
        }
    }
    // The remaining lines are only counted: a file of 4 MiB may have two million lines.
    let count = lines.len() + reader.byte_records().count();
    if count > IMPORT_LINES_MAX {
        return Err(invalid(format!("must have at most {IMPORT_LINES_MAX} lines at once, not {count}")));
    }
    Ok(lines)
}

/// Line numbers of a file. A line ends with CR, LF or CRLF; the csv crate counts LF only. Two lines must not have one
/// number, because a line's commands have its number in their idempotency key.
struct LineNumbers<'a> {
    text: &'a [u8],
    /// The number of bytes that were read.
    read: usize,
    /// The line of the next byte.
    line: i64,
}

impl LineNumbers<'_> {
    /// Returns the line of a record. Positions must ascend, so that each byte is read once.
    fn at(&mut self, position: Option<&csv::Position>) -> i64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        // A record's position may be before empty lines.
        while let Some(byte) = self.text.get(self.read) {
            if self.read >= start && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            let is_crlf = *byte == b'\r' && self.text.get(self.read + 1) == Some(&b'\n');
            self.line += i64::from(matches!(byte, b'\r' | b'\n') && !is_crlf);
            self.read += 1;
        }
        self.line
    }
}

fn row(columns: &StringRecord, record: &StringRecord) -> Result<ImportRow, domain::Error> {
    if record.len() != columns.len() {
        let reason = format!("has {} cells, the header has {}", record.len(), columns.len());
        return Err(domain::Error::invalid("line", reason));
    }
    let cell = |name: &str| {
        let index = columns.iter().position(|column| column == name)?;
        record.get(index).map(spreadsheet::unescape)
    };
    let filled = |name| cell(name).filter(|text| !text.is_empty());
    let number = |field: &'static str| {
        let parse =
            |text: &str| text.parse::<i64>().map_err(|_| domain::Error::invalid(field, "is not a number"));
        filled(field).map(parse).transpose()
    };
    let id = number("id")?.map(domain::ItemId);
    Ok(ImportRow {
        id,
        name: filled("name").map(domain::ItemName::new).transpose()?,
        sku: filled("sku").map(domain::Sku::new).transpose()?,
        barcodes: cell("barcodes").map(|cell| domain::Barcodes::new(cell.split_whitespace())).transpose()?,
        price: filled("price").map(str::parse).transpose()?,
        description: cell("description")
            .map(|_| filled("description").map(domain::Description::new).transpose())
            .transpose()?,
        category: cell("category")
            .map(|_| filled("category").map(domain::CategoryName::new).transpose())
            .transpose()?,
        quantity: number("quantity")?.map(domain::Units::new).transpose()?,
        warehouse: filled("warehouse").map(str::to_owned),
        note: filled("reason").map(domain::Note::new).transpose()?,
    })
}

/// Converts the result of an import.
pub fn report(imported: Vec<engine::ImportedLine>, dry_run: bool) -> ImportReport {
    let lines: Vec<_> = imported.into_iter().map(ImportLine::from).collect();
    let count = |outcome| {
        let count = lines.iter().filter(|line| line.outcome == outcome).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    };
    ImportReport {
        dry_run,
        created: count(ImportOutcome::Create),
        updated: count(ImportOutcome::Update),
        unchanged: count(ImportOutcome::Unchanged),
        wrong: count(ImportOutcome::Wrong),
        lines,
    }
}

impl From<engine::ImportedLine> for ImportLine {
    fn from(imported: engine::ImportedLine) -> Self {
        let change = |change: domain::ImportChange| ImportChange {
            field: change.field.to_owned(),
            before: change.before,
            after: change.after,
        };
        let (outcome, item_id, error) = match imported.effect {
            Ok(Response::Fresh(effect)) => match effect {
                ImportEffect::WouldCreate => (ImportOutcome::Create, None, None),
                ImportEffect::Created(item) => (ImportOutcome::Create, Some(item.0), None),
                ImportEffect::Changed(item) => (ImportOutcome::Update, Some(item.0), None),
                ImportEffect::Unchanged(item) => (ImportOutcome::Unchanged, Some(item.0), None),
            },
            Ok(Response::Stored(stored)) if stored.is_success() => {
                let item = serde_json::from_slice::<Item>(&stored.body).ok();
                (ImportOutcome::Create, item.map(|item| item.id), None)
            }
            Ok(Response::Stored(stored)) => {
                (ImportOutcome::Wrong, None, Some(stored_problem(&stored).detail))
            }
            Err(error) => (ImportOutcome::Wrong, None, Some(problem_from(error).detail)),
        };
        Self {
            line: imported.line,
            outcome,
            item_id,
            name: imported.name,
            changes: imported.changes.into_iter().map(change).collect(),
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_is_parsed_line_by_line() {
        let text = "\u{feff}name,price,description,quantity\n Lamp ,9.99,\"two\nlines\",5\n,x,,\nBow,1\n";
        let lines = read_items(text, 2).expect("lines");
        let numbers: Vec<_> = lines.iter().map(|line| (line.line, line.row.is_ok())).collect();
        assert_eq!(numbers, [(2, true), (4, false), (5, false)]);
        let first = lines[0].row.clone().expect("a row");
        assert_eq!(first.name.map(|name| name.to_string()).as_deref(), Some("Lamp"));
        assert_eq!((first.quantity.map(domain::Units::get), first.category), (Some(5), None));
        assert_eq!(read_items(text, 1_002).expect("lines")[1].line, 1_004);
        for text in ["", "nome,price\n", "name,name\n", "price\n1\n"] {
            assert!(read_items(text, 2).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_line_ends_with_cr_lf_or_both() {
        for (text, expected) in [
            ("name\rA\rB\r", [2, 3]),
            ("name\nA\nB\n", [2, 3]),
            ("name\r\nA\r\nB", [2, 3]),
            ("name\n\n\nA\r\n\r\nB", [4, 6]),
            ("name\n\"A\r\n\"\nB", [2, 4]),
        ] {
            let lines = read_items(text, FIRST_LINE_DEFAULT).expect("lines");
            let numbers: Vec<_> = lines.iter().map(|line| line.line).collect();
            assert_eq!(numbers, expected, "{text:?}");
        }
    }

    #[test]
    fn the_number_of_the_first_line_is_bounded() {
        let text = "name,price\nLamp,9.99\n";
        for first_line in [i64::MIN, -1, 0, 1, FIRST_LINE_MAX + 1, i64::MAX] {
            let error = read_items(text, first_line).expect_err("out of bounds");
            assert!(error.to_string().starts_with("firstLine must be 2 to 1000000000"), "{error}");
        }
        for first_line in [FIRST_LINE_DEFAULT, FIRST_LINE_MAX] {
            assert_eq!(read_items(text, first_line).expect("lines")[0].line, first_line);
        }
    }

    #[test]
    fn an_error_cuts_a_long_column_name() {
        let error = read_items(&"x".repeat(100_000), 2).expect_err("an unknown column");
        assert!(error.to_string().len() < 300, "{error}");
    }

    proptest! {
        #[test]
        fn any_file_is_rejected_or_has_a_result_per_line(
            text in "\\PC{0,200}|(id|name|price|quantity|warehouse|reason|[\",\r\n'=;\t\0é]|[0-9]{1,20}){0,60}",
        ) {
            if let Ok(lines) = read_items(&text, FIRST_LINE_DEFAULT) {
                // A record ends at a line break.
                let breaks = text.matches(['\n', '\r']).count();
                prop_assert!(lines.len() <= breaks, "{} lines of {} breaks", lines.len(), breaks);
                let numbers: Vec<_> = lines.iter().map(|line| line.line).collect();
                prop_assert!(numbers.first().is_none_or(|first| *first >= FIRST_LINE_DEFAULT), "{:?}", numbers);
                prop_assert!(numbers.is_sorted_by(|before, after| before < after), "{:?}", numbers);
            }
        }
    }
}
