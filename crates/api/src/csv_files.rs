//! CSV files: lists for download, and uploads of items and stock.

use crate::*;
use csv::{ReaderBuilder, StringRecord, Writer};
use domain::{IMPORT_LINES_MAX, ImportRow};
use engine::{ImportEffect, Response};

/// Characters that start a formula in a spreadsheet. The full-width characters do so in Japanese versions.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The columns of a download of items. An upload may have all of them.
pub const ITEM_COLUMNS: &[&str] =
    &["id", "name", "category", "price", "quantity", "description", "createdAt", "updatedAt"];

/// The columns of a download of blocks.
pub const BLOCK_COLUMNS: &[&str] =
    &["id", "itemId", "itemName", "warehouse", "quantity", "state", "createdAt", "expiresAt"];

/// The columns of a download of ended blocks.
pub const ENDED_COLUMNS: &[&str] =
    &["id", "itemId", "itemName", "warehouse", "quantity", "end", "endedAt", "actor"];

/// The columns of a download of orders: one row per line.
pub const ORDER_COLUMNS: &[&str] =
    &["id", "reference", "status", "warehouseId", "createdAt", "updatedAt", "itemId", "itemName", "quantity"];

/// The columns of a download of the audit log.
pub const AUDIT_COLUMNS: &[&str] =
    &["id", "createdAt", "actor", "credential", "address", "requestId", "kind", "subject", "before", "after"];

/// Columns of the CSV file of changes.
pub const CHANGE_COLUMNS: &[&str] =
    &["id", "createdAt", "kind", "itemId", "warehouseId", "category", "actor", "before", "after"];

/// Columns that only an upload has.
const UPLOAD_COLUMNS: [&str; 2] = ["warehouse", "reason"];

/// The number of the first line after the header of a whole file.
pub const FIRST_LINE_DEFAULT: i64 = 2;

/// The highest number of the first line of a part.
pub const FIRST_LINE_MAX: i64 = 1_000_000_000;

/// A value that has rows in a CSV file.
pub trait Rows {
    /// Returns its rows: one text per cell.
    fn rows(&self) -> Vec<Vec<String>>;
}

impl Rows for domain::Item {
    fn rows(&self) -> Vec<Vec<String>> {
        vec![vec![
            self.id.to_string(),
            escape_formula(&self.name),
            escape_formula(self.category.as_deref().unwrap_or_default()),
            self.price.to_string(),
            self.quantity.to_string(),
            escape_formula(self.description.as_deref().unwrap_or_default()),
            time(self.created_at),
            time(self.updated_at),
        ]]
    }
}

impl Rows for domain::Block {
    fn rows(&self) -> Vec<Vec<String>> {
        let state = match self.state {
            domain::BlockState::Temporary => "temporary",
            domain::BlockState::Permanent => "permanent",
            domain::BlockState::Expired => "expired",
            domain::BlockState::Released => "released",
        };
        let own = [state.to_owned(), time(self.created_at), self.expires_at.map(time).unwrap_or_default()];
        let block_cells =
            block_cells(self.id, self.item, &self.item_name, &self.warehouse_code, self.quantity);
        vec![block_cells.into_iter().chain(own).collect()]
    }
}

impl Rows for domain::EndedBlock {
    fn rows(&self) -> Vec<Vec<String>> {
        let own = [self.reason.as_str().to_owned(), time(self.ended_at), escape_formula(&self.actor)];
        let block_cells =
            block_cells(self.id, self.item, &self.item_name, &self.warehouse_code, self.quantity);
        vec![block_cells.into_iter().chain(own).collect()]
    }
}

impl Rows for domain::Order {
    fn rows(&self) -> Vec<Vec<String>> {
        let line = |line: &domain::OrderLine| {
            vec![
                self.id.to_string(),
                escape_formula(self.reference.as_deref().unwrap_or_default()),
                self.status.as_str().to_owned(),
                self.warehouse.map(|warehouse| warehouse.to_string()).unwrap_or_default(),
                time(self.created_at),
                time(self.updated_at),
                line.item.to_string(),
                escape_formula(&line.item_name),
                line.quantity.to_string(),
            ]
        };
        self.lines.iter().map(line).collect()
    }
}

impl Rows for crate::Change {
    fn rows(&self) -> Vec<Vec<String>> {
        let id = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
        let values = |values: &Option<serde_json::Value>| {
            escape_formula(&values.as_ref().map_or_else(String::new, ToString::to_string))
        };
        vec![vec![
            self.id.to_string(),
            time(self.created_at),
            escape_formula(&self.kind),
            id(self.item_id),
            id(self.warehouse_id),
            escape_formula(self.category.as_deref().unwrap_or_default()),
            escape_formula(&self.actor),
            values(&self.before),
            values(&self.after),
        ]]
    }
}

impl Rows for domain::AuditEvent {
    fn rows(&self) -> Vec<Vec<String>> {
        let text = |text: &Option<String>| escape_formula(text.as_deref().unwrap_or_default());
        vec![vec![
            self.id.to_string(),
            time(self.created_at),
            escape_formula(&self.actor),
            text(&self.credential),
            text(&self.address),
            text(&self.request_id),
            escape_formula(&self.kind),
            escape_formula(&self.subject),
            text(&self.before),
            text(&self.after),
        ]]
    }
}

/// The first cells of a row of a block.
fn block_cells(
    id: domain::BlockId,
    item: domain::ItemId,
    item_name: &str,
    warehouse_code: &str,
    quantity: impl ToString,
) -> [String; 5] {
    let [id, item] = [id.to_string(), item.to_string()];
    [id, item, escape_formula(item_name), escape_formula(warehouse_code), quantity.to_string()]
}

/// Writes the rows of `all` as CSV.
pub fn to_csv(all: &[impl Rows]) -> Vec<u8> {
    write_rows(all.iter().flat_map(Rows::rows))
}

/// Writes a header as CSV.
pub fn header_to_csv(columns: &[&str]) -> Vec<u8> {
    write_rows([columns.iter().map(ToString::to_string).collect()].into_iter())
}

fn write_rows(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        // Writing rows of equal length into memory can't fail.
        let _ = writer.write_record(&row);
    }
    writer.into_inner().unwrap_or_default()
}

fn time(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Escapes a text that starts a formula: puts an apostrophe before it.
fn escape_formula(text: &str) -> String {
    if starts_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Removes the apostrophe of [`escape_formula`].
fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| starts_formula(rest)).unwrap_or(text)
}

/// Returns whether a text starts a formula, after any leading apostrophes.
fn starts_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

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
        record.get(index).map(unescape_formula)
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
    fn formulas_are_escaped_and_unescaped() {
        for (text, escaped) in [
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(escape_formula(text), escaped);
            assert_eq!(unescape_formula(escaped), text);
        }
    }

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

        #[test]
        fn a_name_is_read_from_a_file_as_it_is_written(name in "['=+@,\"; a-zé＝-]{1,20}") {
            let Ok(name) = domain::ItemName::new(&name) else { return Ok(()) };
            let written = [header_to_csv(&["name"]), write_rows([vec![escape_formula(name.as_str())]].into_iter())];
            let text = String::from_utf8(written.concat()).expect("UTF-8");
            let lines = read_items(&text, FIRST_LINE_DEFAULT).expect("lines");
            prop_assert_eq!(lines[0].row.as_ref().ok().and_then(|row| row.name.clone()), Some(name));
        }

        #[test]
        fn no_written_text_starts_a_formula(text in "['=+@,\"\t＝－＠a-]{0,8}") {
            let escaped = escape_formula(&text);
            prop_assert!(!escaped.starts_with(FORMULA_STARTS));
            prop_assert_eq!(unescape_formula(&escaped), text);
        }
    }
}
