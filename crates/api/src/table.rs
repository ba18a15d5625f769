//! CSV: lists as downloads, and files of items and stock as uploads.

use crate::*;
use csv::{ReaderBuilder, StringRecord, Writer};
use domain::{IMPORT_LINES_MAX, ImportRow};
use engine::Done;

/// Characters at the beginning of a cell that a spreadsheet takes for a formula; the full-width ones in Japanese.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The columns of items; an upload may have them all.
pub const ITEM_COLUMNS: &[&str] =
    &["id", "name", "category", "price", "quantity", "description", "createdAt", "updatedAt"];

/// The columns of blocks.
pub const BLOCK_COLUMNS: &[&str] =
    &["id", "itemId", "itemName", "warehouse", "quantity", "state", "createdAt", "expiresAt"];

/// The columns of how blocks have ended.
pub const ENDED_COLUMNS: &[&str] =
    &["id", "itemId", "itemName", "warehouse", "quantity", "end", "endedAt", "actor"];

/// The columns of orders: a row for each line.
pub const ORDER_COLUMNS: &[&str] =
    &["id", "reference", "status", "warehouseId", "createdAt", "updatedAt", "itemId", "itemName", "quantity"];

/// The columns of an upload that a download does not have.
const UPLOAD_COLUMNS: [&str; 2] = ["warehouse", "reason"];

/// Something that is written into a file, row by row.
pub trait Rows {
    /// Its rows, as cells.
    fn rows(&self) -> Vec<Vec<String>>;
}

impl Rows for domain::Item {
    fn rows(&self) -> Vec<Vec<String>> {
        vec![vec![
            self.id.to_string(),
            guarded(&self.name),
            guarded(self.category.as_deref().unwrap_or_default()),
            self.price.to_string(),
            self.quantity.to_string(),
            guarded(self.description.as_deref().unwrap_or_default()),
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
        let held = held(self.id, self.item, &self.item_name, &self.warehouse_code, self.quantity);
        vec![held.into_iter().chain(own).collect()]
    }
}

impl Rows for domain::EndedBlock {
    fn rows(&self) -> Vec<Vec<String>> {
        let own = [self.reason.as_str().to_owned(), time(self.ended_at), guarded(&self.actor)];
        let held = held(self.id, self.item, &self.item_name, &self.warehouse_code, self.quantity);
        vec![held.into_iter().chain(own).collect()]
    }
}

impl Rows for domain::Order {
    fn rows(&self) -> Vec<Vec<String>> {
        let line = |line: &domain::OrderLine| {
            vec![
                self.id.to_string(),
                guarded(self.reference.as_deref().unwrap_or_default()),
                self.status.as_str().to_owned(),
                self.warehouse.map(|warehouse| warehouse.to_string()).unwrap_or_default(),
                time(self.created_at),
                time(self.updated_at),
                line.item.to_string(),
                guarded(&line.item_name),
                line.quantity.to_string(),
            ]
        };
        self.lines.iter().map(line).collect()
    }
}

/// What a block holds, and where: the cells that every row about one begins with.
fn held(
    id: domain::BlockId,
    item: domain::ItemId,
    item_name: &str,
    warehouse_code: &str,
    quantity: impl ToString,
) -> [String; 5] {
    let [id, item] = [id.to_string(), item.to_string()];
    [id, item, guarded(item_name), guarded(warehouse_code), quantity.to_string()]
}

/// The rows of `all` as CSV.
pub fn to_csv(all: &[impl Rows]) -> Vec<u8> {
    written(all.iter().flat_map(Rows::rows))
}

/// A header as CSV.
pub fn header_to_csv(columns: &[&str]) -> Vec<u8> {
    written([columns.iter().map(ToString::to_string).collect()].into_iter())
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        // Rows of equal length into memory: nothing can fail.
        let _ = writer.write_record(&row);
    }
    writer.into_inner().unwrap_or_default()
}

fn time(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A text that a spreadsheet can't take for a formula: an apostrophe goes before what would begin one.
fn guarded(text: &str) -> String {
    if begins_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// A text without the apostrophe that [`guarded`] put there.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| begins_formula(rest)).unwrap_or(text)
}

/// Whether a text begins a formula, behind any apostrophes of its own.
fn begins_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// The lines of an uploaded file. The first one names the columns: those of a download, `warehouse`, and
/// `reason`; the one behind it has the number `first_line`.
///
/// # Errors
/// A file without a header, a column that is unknown or comes twice, more than [`IMPORT_LINES_MAX`] lines.
pub fn read_items(text: &str, first_line: i64) -> Result<Vec<engine::ImportLine>, domain::Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let refuse = |reason: String| domain::Error::invalid("csv", reason);
    let columns = reader.headers().map_err(|error| refuse(format!("has no header: {error}")))?.clone();
    for (place, column) in columns.iter().enumerate() {
        if !ITEM_COLUMNS.contains(&column) && !UPLOAD_COLUMNS.contains(&column) {
            let known = [ITEM_COLUMNS, &UPLOAD_COLUMNS].concat().join(", ");
            return Err(refuse(format!("has a column {column:?}; the columns are {known}")));
        }
        if columns.iter().take(place).any(|before| before == column) {
            return Err(refuse(format!("has the column {column} twice")));
        }
    }
    if !["id", "name"].iter().any(|column| columns.iter().any(|known| known == *column)) {
        return Err(refuse(
            "must begin with a line that names its columns, id or name among them".to_owned(),
        ));
    }
    // Lines of the file and not records: a text may have line breaks.
    let offset = first_line - 2;
    let mut lines = Vec::new();
    for record in reader.records() {
        let (line, row) = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                (line, row(&columns, &record))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, Err(refuse(format!("can't be read: {error}"))))
            }
        };
        lines.push(engine::ImportLine { line: offset + i64::try_from(line).unwrap_or(0), row });
        if lines.len() > IMPORT_LINES_MAX {
            break;
        }
    }
    // Counted and not kept: a file of 4 MiB may have two million lines.
    let count = lines.len() + reader.byte_records().count();
    if count > IMPORT_LINES_MAX {
        return Err(refuse(format!("must have at most {IMPORT_LINES_MAX} lines at once, not {count}")));
    }
    Ok(lines)
}

fn row(columns: &StringRecord, record: &StringRecord) -> Result<ImportRow, domain::Error> {
    if record.len() != columns.len() {
        let reason = format!("has {} cells, the header has {}", record.len(), columns.len());
        return Err(domain::Error::invalid("line", reason));
    }
    let cell = |name: &str| {
        let place = columns.iter().position(|column| column == name)?;
        record.get(place).map(unguarded)
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

/// What became of an upload.
pub fn report(imported: Vec<engine::Imported>, dry_run: bool) -> ImportReport {
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

impl From<engine::Imported> for ImportLine {
    fn from(imported: engine::Imported) -> Self {
        let change = |change: domain::ImportChange| ImportChange {
            field: change.field.to_owned(),
            before: change.before,
            after: change.after,
        };
        let (outcome, item_id, error) = match imported.done {
            Ok(Done::ToCreate) => (ImportOutcome::Create, None, None),
            Ok(Done::Created(item)) => (ImportOutcome::Create, Some(item.0), None),
            Ok(Done::CreatedUnderKey(reply)) => {
                let item = serde_json::from_slice::<Item>(&reply.body).ok();
                (ImportOutcome::Create, item.map(|item| item.id), None)
            }
            Ok(Done::Changed(item)) => (ImportOutcome::Update, Some(item.0), None),
            Ok(Done::Nothing(item)) => (ImportOutcome::Unchanged, Some(item.0), None),
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

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for (text, kept) in [
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(guarded(text), kept);
            assert_eq!(unguarded(kept), text);
        }
    }

    #[test]
    fn a_file_is_read_line_by_line() {
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
}
