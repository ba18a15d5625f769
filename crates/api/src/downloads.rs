//! Lists as CSV files for download.

use crate::*;
use domain::{Condition, EndedBlock, NamedLevel, NamedMovement};
use spreadsheet::{Column, ColumnUse, Delimiter, Field, Layout, Writer};
use std::collections::HashMap;
use std::sync::Arc;

/// The columns of a file of items.
pub const ITEM_COLUMNS: &[&str] = &[
    "id",
    "sku",
    "name",
    "category",
    "price",
    "quantity",
    "description",
    "barcodes",
    "createdAt",
    "updatedAt",
];

/// The columns of a file of stock levels. `count` is the units on hand.
pub const LEVEL_COLUMNS: &[&str] = &[
    "itemId",
    "sku",
    "name",
    "warehouse",
    "count",
    "available",
    "held",
    "committed",
    "damaged",
    "quarantined",
];

/// The columns of a file of movements.
pub const MOVEMENT_COLUMNS: &[&str] = &[
    "id",
    "createdAt",
    "itemId",
    "sku",
    "itemName",
    "warehouse",
    "change",
    "units",
    "reason",
    "condition",
    "note",
    "blockId",
    "orderId",
    "actor",
];

/// The columns of a file of blocks.
pub const BLOCK_COLUMNS: &[&str] = &[
    "id",
    "itemId",
    "sku",
    "itemName",
    "warehouse",
    "quantity",
    "state",
    "createdAt",
    "expiresAt",
    "reference",
    "note",
];

/// The columns of a file of ended blocks.
pub const ENDED_COLUMNS: &[&str] =
    &["id", "itemId", "sku", "itemName", "warehouse", "quantity", "end", "endedAt", "actor"];

/// The columns of a file of orders: one row per line.
pub const ORDER_COLUMNS: &[&str] = &[
    "id",
    "reference",
    "status",
    "warehouseId",
    "warehouse",
    "createdAt",
    "updatedAt",
    "itemId",
    "sku",
    "itemName",
    "quantity",
];

/// The columns of a file of audit events.
pub const AUDIT_COLUMNS: &[&str] =
    &["id", "createdAt", "actor", "credential", "address", "requestId", "kind", "subject", "before", "after"];

/// The columns of a file of changes.
pub const CHANGE_COLUMNS: &[&str] =
    &["id", "createdAt", "kind", "itemId", "warehouseId", "category", "actor", "before", "after"];

/// A value that has rows in a CSV file.
pub trait Rows {
    /// Writes its rows.
    fn write(&self, writer: &mut Writer);
}

/// Returns the beginning of a file: the header, after a byte order mark if `bom`.
pub fn header(columns: &[&str], bom: bool) -> Vec<u8> {
    let mut writer = match bom {
        true => Writer::with_bom(Delimiter::COMMA),
        false => Writer::new(Delimiter::COMMA),
    };
    writer.header(columns);
    writer.take()
}

/// Returns the rows of `all` as CSV.
pub fn to_csv(all: &[impl Rows]) -> Vec<u8> {
    let mut writer = Writer::new(Delimiter::COMMA);
    for value in all {
        value.write(&mut writer);
    }
    writer.take()
}

impl Rows for domain::Item {
    fn write(&self, writer: &mut Writer) {
        writer
            .value(self.id)
            .optional_text(self.sku.as_deref())
            .text(&self.name)
            .optional_text(self.category.as_deref());
        writer.value(self.price).value(self.quantity).optional_text(self.description.as_deref());
        // No barcode contains white space.
        writer.text(&self.barcodes.join(" "));
        writer.value(time(self.created_at)).value(time(self.updated_at)).end_row();
    }
}

impl Rows for NamedLevel {
    fn write(&self, writer: &mut Writer) {
        let units = self.level.units;
        writer
            .value(self.key.item)
            .optional_text(self.sku.as_deref())
            .text(&self.item_name)
            .text(&self.level.warehouse_code);
        writer.value(units.on_hand()).value(units.available).value(units.held);
        writer.value(units.committed).value(units.damaged).value(units.quarantined).end_row();
    }
}

impl Rows for NamedMovement {
    fn write(&self, writer: &mut Writer) {
        let movement = &self.movement;
        writer.value(movement.id).value(time(movement.created_at)).value(movement.item);
        writer
            .optional_text(self.sku.as_deref())
            .optional_text(self.item_name.as_deref())
            .text(&movement.warehouse_code)
            .value(movement.change)
            .optional_value(movement.units);
        writer.value(movement.reason.as_str()).optional_value(movement.condition.map(Condition::as_str));
        writer.optional_text(movement.note.as_deref());
        writer.optional_value(movement.block).optional_value(movement.order).text(&movement.actor).end_row();
    }
}

impl Rows for domain::Block {
    fn write(&self, writer: &mut Writer) {
        let state = match self.state {
            domain::BlockState::Temporary => "temporary",
            domain::BlockState::Permanent => "permanent",
            domain::BlockState::Expired => "expired",
            domain::BlockState::Released => "released",
            domain::BlockState::Converted => "converted",
        };
        writer.value(self.id).value(self.item).optional_text(self.sku.as_deref());
        writer.text(&self.item_name).text(&self.warehouse_code);
        writer.value(self.quantity).value(state).value(time(self.created_at));
        writer.optional_value(self.expires_at.map(time));
        writer.optional_text(self.reference.as_deref()).optional_text(self.note.as_deref()).end_row();
    }
}

impl Rows for EndedBlock {
    fn write(&self, writer: &mut Writer) {
        writer.value(self.id).value(self.item).optional_text(self.sku.as_deref());
        writer.text(&self.item_name).text(&self.warehouse_code);
        writer.value(self.quantity).value(self.reason.as_str()).value(time(self.ended_at));
        writer.text(&self.actor).end_row();
    }
}

impl Rows for domain::Order {
    fn write(&self, writer: &mut Writer) {
        for line in &self.lines {
            writer.value(self.id).optional_text(self.reference.as_deref()).value(self.status.as_str());
            writer.optional_value(self.warehouse).optional_text(self.warehouse_code.as_deref());
            writer.value(time(self.created_at)).value(time(self.updated_at));
            writer
                .value(line.item)
                .optional_text(line.sku.as_deref())
                .text(&line.item_name)
                .value(line.quantity)
                .end_row();
        }
    }
}

impl Rows for Change {
    fn write(&self, writer: &mut Writer) {
        let values = |values: &Option<serde_json::Value>| values.as_ref().map(ToString::to_string);
        writer.value(self.id).value(time(self.created_at)).text(&self.kind);
        writer.optional_value(self.item_id).optional_value(self.warehouse_id);
        writer.optional_text(self.category.as_deref()).text(&self.actor);
        writer.optional_text(values(&self.before).as_deref());
        writer.optional_text(values(&self.after).as_deref()).end_row();
    }
}

impl Rows for domain::AuditEvent {
    fn write(&self, writer: &mut Writer) {
        writer.value(self.id).value(time(self.created_at)).text(&self.actor);
        writer.optional_text(self.credential.as_deref()).optional_text(self.address.as_deref());
        writer.optional_text(self.request_id.as_deref()).text(&self.kind).text(&self.subject);
        writer.optional_text(self.before.as_deref()).optional_text(self.after.as_deref()).end_row();
    }
}

/// A row of an import that has an error or was not applied.
pub struct ImportErrorRow {
    /// The row.
    pub row: engine::ImportRow,
    /// The file.
    pub file: Arc<ImportErrorFile>,
}

/// The file of the rows with errors.
pub struct ImportErrorFile {
    /// The layout of the imported file.
    pub layout: Option<Layout>,
    /// The codes of the warehouses by their ids.
    pub warehouse_codes: HashMap<i64, String>,
}

impl ImportErrorRow {
    /// Returns a cell of a row without stored cells, from the row's values.
    fn cell(&self, layout: &Layout, column: &Column) -> String {
        let ColumnUse::Field(field) = column.usage else { return String::new() };
        let values = &self.row.values;
        let value = values.get(field.as_str()).cloned().flatten().unwrap_or_default();
        match field {
            Field::Warehouse => {
                let code = self.row.warehouse.and_then(|id| self.file.warehouse_codes.get(&id));
                code.cloned().unwrap_or(value)
            }
            Field::Id => self.row.item.map(|item| item.to_string()).unwrap_or_default(),
            Field::Sku => self.row.sku.clone().unwrap_or(value),
            Field::Barcodes => value.replace('\n', " "),
            Field::Price => value.replace('.', &layout.decimal_sign.character().to_string()),
            _ => value,
        }
    }
}

impl Rows for ImportErrorRow {
    fn write(&self, writer: &mut Writer) {
        let Self { row, file } = self;
        let errors = row.problems.iter().filter(|problem| !problem.is_warning);
        let errors = errors.map(|problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.message),
            None => problem.message.clone(),
        });
        let reason = row.reason.iter().map(|reason| reason.message.clone());
        let is_open = row.action.is_some() && row.outcome.is_none();
        let open = is_open.then(|| "The import ended before the row was applied".to_owned());
        writer.value(row.line).text(&errors.chain(reason).chain(open).collect::<Vec<_>>().join("; "));
        if row.cells.is_empty() {
            if let Some(layout) = &file.layout {
                layout.columns.iter().for_each(|column| write_cell(writer, &self.cell(layout, column)));
            }
        } else {
            row.cells.iter().for_each(|cell| write_cell(writer, cell));
        }
        writer.end_row();
    }
}

/// Writes a cell of an uploaded file. A number with a sign stays a number, and a text that was guarded is guarded once.
fn write_cell(writer: &mut Writer, cell: &str) {
    let is_number = cell.strip_prefix(['-', '+']).is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    match is_number {
        true => writer.value(cell),
        false => writer.text(spreadsheet::unescape(cell)),
    };
}

fn time(time: Time) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spreadsheet::{Choices, Detector, FileKind, Format, Layout, Reader, Row, RowValue, StockQuantity};

    fn upload(columns: &[&str], rows: &[impl Rows]) -> (Layout, Vec<Row>) {
        let file = [header(columns, true), to_csv(rows)].concat();
        let mut detector = Detector::new();
        detector.push(&file);
        let layout = detector.finish(&Choices::default()).expect("a layout");
        let mut reader = Reader::new(&layout).expect("no problems");
        reader.push(&file);
        reader.finish();
        (layout, std::iter::from_fn(|| reader.next_row()).collect())
    }

    #[test]
    fn a_file_of_items_is_uploaded_as_items_with_the_same_values() {
        let item = domain::Item {
            id: domain::ItemId(7),
            name: "=Lamp \"9\"".into(),
            description: Some("'-two\r\nlines, and more".into()),
            quantity: 12,
            price: "1200".parse().expect("a price"),
            category: None,
            sku: Some("-A 1".into()),
            barcodes: vec!["=1".into(), "'0123".into()],
            created_at: Time::default(),
            updated_at: Time::default(),
            archived_at: None,
            low_stock: None,
        };
        let (layout, rows) = upload(ITEM_COLUMNS, std::slice::from_ref(&item));
        assert_eq!((layout.kind, layout.format), (Some(FileKind::Items), Some(Format::StockholdItems)));
        let Some(RowValue::Item(row)) = &rows[0].value else { panic!("{rows:?}") };
        assert_eq!((row.id, row.price), (Some(item.id), Some(item.price)));
        assert_eq!(row.sku.as_ref().map(domain::Sku::as_str), item.sku.as_deref());
        assert_eq!(row.barcodes.as_ref().and_then(domain::Barcodes::texts), Some(item.barcodes));
        assert_eq!(row.name.as_ref().map(domain::ItemName::as_str), Some(item.name.as_str()));
        let description = row.description.clone().flatten().map(|text| text.to_string());
        assert_eq!((description, row.category.clone()), (item.description, Some(None)));
    }

    #[test]
    fn a_file_of_stock_is_uploaded_as_counts_of_the_units_on_hand() {
        let key = domain::LevelKey { item: domain::ItemId(7), warehouse: domain::WarehouseId(1) };
        let units = domain::StockUnits { damaged: 4, ..domain::StockUnits::new(1_200, 30) };
        let level =
            domain::LevelAvailability { warehouse: key.warehouse, warehouse_code: "-NORTH".into(), units };
        let (layout, rows) =
            upload(LEVEL_COLUMNS, &[NamedLevel { key, sku: None, item_name: "Lamp".into(), level }]);
        assert_eq!(layout.kind, Some(FileKind::Stock));
        let Some(RowValue::Stock(row)) = &rows[0].value else { panic!("{rows:?}") };
        assert_eq!(row.id, Some(key.item));
        assert_eq!(row.warehouse.as_ref().map(domain::WarehouseCode::as_str), Some("-NORTH"));
        assert_eq!(row.quantity, StockQuantity::Count(domain::Units::new(1_234).expect("units")));
    }

    #[test]
    fn a_row_that_was_not_applied_has_every_column_that_was_mapped() {
        let written = |header: &str, values: &[(&str, &str)]| {
            let mut detector = Detector::new();
            detector.push(header.as_bytes());
            let choices =
                Choices { decimal_sign: Some(spreadsheet::DecimalSign::Comma), ..Choices::default() };
            let layout = detector.finish(&choices).expect("a layout");
            let text = |(field, value): &(&str, &str)| ((*field).to_owned(), Some((*value).to_owned()));
            let row = engine::ImportRow {
                ordinal: 1,
                line: 2,
                action: Some(domain::RowAction::Change),
                item: Some(7),
                warehouse: Some(1),
                sku: Some("K-1".to_owned()),
                values: values.iter().map(text).collect(),
                before: domain::FieldValues::new(),
                problems: Vec::new(),
                cells: Vec::new(),
                outcome: Some(domain::RowOutcome::Conflict),
                reason: Some(domain::RowReason::new("item_changed", "The item was changed.")),
            };
            let warehouse_codes = HashMap::from([(1, "NORTH".to_owned())]);
            let file = Arc::new(ImportErrorFile { layout: Some(layout), warehouse_codes });
            String::from_utf8(to_csv(&[ImportErrorRow { row, file }])).expect("text")
        };
        let items = [
            ("name", "Pan"),
            ("description", "Steel"),
            ("category", "Kitchen"),
            ("price", "12.50"),
            ("barcodes", "4006381333931\n96385074"),
        ];
        assert_eq!(
            written("id;sku;name;remark;description;category;price;barcodes\n", &items),
            "2,The item was changed.,7,K-1,Pan,,Steel,Kitchen,\"12,50\",4006381333931 96385074\r\n"
        );
        let stock = [("change", "-5"), ("reason", "Broken")];
        assert_eq!(
            written("sku;warehouse;change;reason\n", &stock),
            "2,The item was changed.,K-1,NORTH,-5,Broken\r\n"
        );
    }
}
