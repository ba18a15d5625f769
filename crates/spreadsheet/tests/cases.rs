//! Files as shops have them, with the exact outcome of each row.

use spreadsheet::{
    Choices, Column, ColumnUse, DecimalSign, Delimiter, Detector, Encoding, Field, FileKind, FileProblem,
    Format, Layout, Reader, Row, RowValue, StockQuantity, first_lines,
};

fn layout(file: &[u8], choices: &Choices) -> Layout {
    let mut detector = Detector::new();
    detector.push(file);
    detector.finish(choices).expect("a layout")
}

fn rows_of(file: &[u8], layout: &Layout) -> Vec<Row> {
    let mut reader = Reader::new(layout).expect("no problems");
    reader.push(file);
    reader.finish();
    std::iter::from_fn(|| reader.next_row()).collect()
}

/// Shows a row: its line, and its values or its problems.
fn shown(row: &Row) -> String {
    let problems: Vec<_> = row.problems.iter().map(ToString::to_string).collect();
    let value = match &row.value {
        None => None,
        Some(RowValue::Item(item)) => {
            let texts = [
                item.id.map(|id| format!("id={id}")),
                item.sku.as_ref().map(|sku| format!("sku={sku}")),
                item.name.as_ref().map(|name| format!("name={name}")),
                item.price.map(|price| format!("price={price}")),
                item.category.as_ref().map(|category| {
                    format!("category={}", category.as_ref().map(ToString::to_string).unwrap_or_default())
                }),
                item.description.as_ref().map(|description| {
                    format!(
                        "description={}",
                        description.as_ref().map(ToString::to_string).unwrap_or_default()
                    )
                }),
                item.barcodes
                    .as_ref()
                    .map(|barcodes| format!("barcodes={}", barcodes.texts().unwrap_or_default().join("+"))),
            ];
            Some(texts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        Some(RowValue::Stock(stock)) => {
            let texts = [
                stock.id.map(|id| format!("id={id}")),
                stock.sku.as_ref().map(|sku| format!("sku={sku}")),
                stock.warehouse.as_ref().map(|code| format!("warehouse={code}")),
                Some(match stock.quantity {
                    StockQuantity::Count(units) => format!("count={units}"),
                    StockQuantity::Change(units) => format!("change={units}"),
                }),
                stock.reason.as_ref().map(|reason| format!("reason={reason}")),
            ];
            Some(texts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
    };
    let parts: Vec<_> = value.into_iter().chain(problems).collect();
    format!("{}: {}", row.line, parts.join(" | "))
}

/// Reads a file of items in which new items have no key, without the warning about it.
fn items(file: &[u8]) -> Vec<String> {
    let choices = Choices { kind: Some(FileKind::Items), ..Choices::default() };
    let mut rows = rows_of(file, &layout(file, &choices));
    for row in &mut rows {
        row.problems.retain(|problem| problem.code() != "no_key");
    }
    rows.iter().map(shown).collect()
}

fn detected(file: &str) -> Vec<String> {
    rows_of(file.as_bytes(), &layout(file.as_bytes(), &Choices::default())).iter().map(shown).collect()
}

macro_rules! case {
    ($name:literal) => {
        include_bytes!(concat!("cases/", $name, ".csv"))
    };
}

#[test]
fn line_numbers_are_those_of_an_editor() {
    assert_eq!(
        items(case!("line_endings_crlf")),
        ["2: name=R01 Kettle price=4.00", "3: Line 3, column price: \"dear\" is not a number."]
    );
    assert_eq!(
        items(case!("blank_lines")),
        ["3: name=R02 Kettle price=4.00", "6: Line 6, column price: \"dear\" is not a number."]
    );
}

#[test]
fn rows_of_empty_cells_are_skipped() {
    assert_eq!(items(case!("rows_of_empty_cells")), ["2: name=R02 Kettle price=4.00"]);
}

#[test]
fn no_row_is_lost_in_any_line_ending() {
    for (file, name) in [(&case!("line_endings_mixed")[..], "R03a"), (case!("line_endings_cr"), "R03b")] {
        let expected = [(2, "One", "1.00"), (3, "Two", "2.00"), (4, "Three", "3.00")]
            .map(|(line, number, price)| format!("{line}: name={name} {number} price={price}"));
        assert_eq!(items(file), expected);
    }
}

#[test]
fn an_unclosed_quote_is_an_error_where_it_opens() {
    let below = "the row is below the quote that opens on line 2 and never closes: check that it is a row of its own.";
    assert_eq!(
        items(case!("unclosed_quote")),
        [
            "2: Line 2: the quote that opens here never closes.".to_owned(),
            format!("3: name=R04 Pan price=5.00 description=iron | Line 3: {below}"),
            format!("4: name=R04 Pot price=6.00 description=steel | Line 4: {below}"),
        ]
    );
}

#[test]
fn a_stray_quote_is_an_error_and_a_bare_inch_mark_is_text() {
    assert_eq!(
        items(case!("stray_quote")),
        ["2: Line 2: a quote inside a quoted cell must be doubled (\"\")."]
    );
    assert_eq!(items(b"name,price\n24\" Frame,9.00\n"), ["2: name=24\" Frame price=9.00"]);
}

#[test]
fn windows_1252_is_detected_shown_and_overridable() {
    let file = case!("windows_1252");
    let found = layout(file, &Choices::default());
    assert_eq!(found.encoding.in_words(), "Western European (Windows-1252)");
    assert_eq!(items(file), ["2: name=R06 Mühle für Kaffee price=9.00"]);
    let choices = Choices { encoding: Some(Encoding::UTF_8), ..Choices::default() };
    let rows = rows_of(file, &layout(file, &choices));
    assert_eq!(rows[0].value, None);
    assert_eq!((rows[0].problems[0].code(), rows[0].problems[0].line), ("no_key", 2));
    assert_eq!((rows[0].problems[1].code(), rows[0].problems[1].line), ("unreadable_character", 2));
}

#[test]
fn utf_16_and_byte_order_marks_are_read() {
    let text = "\u{FEFF}name,price\r\nMühle 日本,9.00\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for file in [text.as_bytes(), &little, &big] {
        assert_eq!(items(file), ["2: name=Mühle 日本 price=9.00"]);
    }
}

#[test]
fn a_damaged_character_is_an_error_of_its_cell_alone() {
    let file = b"sku,name,colour\nA,M\xC3\xBChle,\xFF\nB,M\xFFhle,\nC,M\xEF\xBF\xBDhle,\n";
    let unreadable = "a character can't be read: choose another encoding, or save the file again as UTF-8 if the character \
        is already lost.";
    assert_eq!(
        items(file),
        [
            "2: sku=A name=Mühle".to_owned(),
            format!("3: Line 3, column name: {unreadable}"),
            format!("4: Line 4, column name: {unreadable}"),
        ]
    );
}

#[test]
fn a_nul_is_an_error_of_its_cell_alone() {
    let text = "sku,name,col\0our\nA,Pan,\0\nB,P\0an,\nC,Pot,\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let windows: Vec<u8> = text.bytes().map(|byte| if byte == b'P' { 0xDC } else { byte }).collect();
    let utf16 = [b"\xFF\xFE".to_vec(), utf16].concat();
    for (file, letter) in [(text.as_bytes(), "P"), (&utf16, "P"), (&windows, "Ü")] {
        let found = layout(file, &Choices::default());
        assert_eq!(found.columns[2].name, "col\u{FFFD}our");
        let rows = rows_of(file, &found);
        let codes: Vec<_> =
            rows.iter().map(|row| row.problems.first().map(|problem| problem.code())).collect();
        assert_eq!(codes, [None, Some("unreadable_character"), None], "{letter}");
        assert_eq!(rows[1].cells, ["B", &format!("{letter}\u{FFFD}an"), ""]);
        assert!(rows.iter().flat_map(|row| &row.cells).all(|cell| !cell.contains('\0')));
    }
}

#[test]
fn whole_numbers_may_have_zero_decimals() {
    let file = case!("whole_numbers_with_decimals");
    let choices = Choices {
        kind: Some(FileKind::Stock),
        columns: vec![(0, Some(Field::Sku)), (2, Some(Field::Count))],
        ..Choices::default()
    };
    let rows: Vec<_> = rows_of(file, &layout(file, &choices)).iter().map(shown).collect();
    assert_eq!(
        rows,
        ["2: sku=R10 Ten count=10", "3: Line 3, column quantity: \"10.5\" is not a whole number of units.",]
    );
}

#[test]
fn semicolons_and_decimal_commas_are_detected() {
    let file = case!("semicolons");
    let found = layout(file, &Choices::default());
    assert_eq!((found.delimiter, found.decimal_sign), (Delimiter::SEMICOLON, DecimalSign::Comma));
    assert_eq!(items(file), ["2: name=R11 Kettle price=4.00"]);
}

#[test]
fn tabs_and_sep_lines_are_detected() {
    assert_eq!(items(b"name\tprice\nPan, large\t4.50\n"), ["2: name=Pan, large price=4.50"]);
    assert_eq!(items(b"sep=|\r\nname|price\r\nPan, large|4.50\r\n"), ["3: name=Pan, large price=4.50"]);
    // The header decides, not the number of commas.
    assert_eq!(
        items(b"name;price\na, b, c;4,50\nd, e, f;5,50\n"),
        ["2: name=a, b, c price=4.50", "3: name=d, e, f price=5.50"]
    );
}

#[test]
fn unnamed_columns_are_ignored_and_unknown_ones_are_listed() {
    let file = case!("unnamed_columns");
    assert_eq!(items(file), ["2: name=R11 Kettle price=4.00"]);
    let found = layout(b"colour,NAME,Price,\nred,Pan,4,,,\n", &Choices::default());
    let usages: Vec<_> = found.columns.iter().map(|Column { name, usage }| (name.as_str(), *usage)).collect();
    assert_eq!(
        usages,
        [
            ("colour", ColumnUse::Ignored),
            ("NAME", ColumnUse::Field(Field::Name)),
            ("Price", ColumnUse::Field(Field::Price)),
            ("", ColumnUse::Unnamed),
        ]
    );
    assert_eq!(items(b"name,price\nPan,4,,\n"), ["2: name=Pan price=4.00"]);
    assert_eq!(items(b"name,price\nPan,4,x\n"), ["2: Line 2: the row has 3 cells, but the header has 2."]);
    assert_eq!(
        items(b"name,price,colour\nPan\nPot,4\n"),
        ["2: Line 2: the row has only 1 of 3 cells.", "3: name=Pot price=4.00"]
    );
}

#[test]
fn a_title_above_the_header_is_skipped_and_reported() {
    let file = b"Stock of 3 May,,\n\nwarehouse Berlin,,\nSKU,Warehouse,Counted\nA,MAIN,5\n";
    let found = layout(file, &Choices::default());
    assert_eq!((found.header_line, &found.title_lines[..]), (4, &[1, 3][..]));
    assert_eq!(found.kind, Some(FileKind::Stock));
    let rows = rows_of(file, &found);
    assert_eq!((rows[0].ordinal, shown(&rows[0])), (1, "5: sku=A warehouse=MAIN count=5".to_owned()));
}

#[test]
fn a_person_chooses_the_line_of_the_header() {
    let file = b"Prices, spring\n\nArtikel-Nr,Was,EUR\nA,Pan,5.00\nB,\"two\nlines\",6.00\n";
    assert_eq!(layout(file, &Choices::default()).header_line, 1, "no name is known");
    let columns = vec![(0, Some(Field::Sku)), (1, Some(Field::Name)), (2, Some(Field::Price))];
    let chosen = |line| Choices { header_line: Some(line), columns: columns.clone(), ..Choices::default() };
    let found = layout(file, &chosen(3));
    let names: Vec<_> = found.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        (found.header_line, &found.title_lines[..], names),
        (3, &[1][..], vec!["Artikel-Nr", "Was", "EUR"])
    );
    let rows = rows_of(file, &found);
    assert_eq!((rows[0].ordinal, shown(&rows[0])), (1, "4: sku=A name=Pan price=5.00".to_owned()));
    for line in [2, 7, 1_000] {
        let mut detector = Detector::new();
        detector.push(file);
        assert_eq!(detector.finish(&chosen(line)), Err(FileProblem::BlankHeader { line }));
    }
    let long = format!("{}\r\n\r\nArtikel-Nr\rA\n", "x".repeat(100));
    let lines = first_lines(long.as_bytes(), None);
    assert_eq!(
        lines,
        [(1, format!("{}…", "x".repeat(80))), (3, "Artikel-Nr".to_owned()), (4, "A".to_owned())]
    );
    assert_eq!(first_lines(b"M\xFChle f\xFCr\n", None), [(1, "Mühle für".to_owned())]);
    assert_eq!(first_lines("a\n".repeat(100).as_bytes(), Some(Encoding::UTF_8)).len(), 20);
}

#[test]
fn a_column_of_quantities_is_asked_until_it_is_chosen() {
    let asked = |columns, kind| {
        let choices = Choices { columns, kind, ..Choices::default() };
        layout(b"sku,name,price,Qty\n", &choices).is_asked(3)
    };
    assert!(asked(vec![], None) && asked(vec![], Some(FileKind::Stock)));
    assert!(!asked(vec![], Some(FileKind::Items)));
    assert!(!asked(vec![(3, Some(Field::Count))], Some(FileKind::Stock)));
    assert!(!asked(vec![(2, Some(Field::Change))], Some(FileKind::Stock)));
}

#[test]
fn details_and_quantities_are_never_mixed_up() {
    let problems = |file: &str, choices: Choices| layout(file.as_bytes(), &choices).problems();
    let codes =
        |file: &str| problems(file, Choices::default()).iter().map(FileProblem::code).collect::<Vec<_>>();
    assert_eq!(codes("sku,name,price,quantity\n"), ["kind_not_chosen"]);
    assert_eq!(codes("sku,quantity\n"), ["quantity_not_chosen"]);
    assert_eq!(codes("sku,count,change\n"), ["count_and_change"]);
    assert_eq!(codes("name,count\n"), ["key_column_missing"]);
    assert_eq!(codes("sku,warehouse,change\n"), [""; 0]);
    assert_eq!(codes("sku,name,price\n"), [""; 0]);
    assert_eq!(codes("sku,name,title\n"), ["field_twice"]);
    assert_eq!(codes("a,b\n1,2\n"), ["no_known_column"]);
    let chosen = Choices { kind: Some(FileKind::Stock), ..Choices::default() };
    let found = problems("sku,name,price,Qty\n", chosen);
    assert_eq!(found, [FileProblem::QuantityNotChosen { column: "Qty".to_owned() }]);
    let found = found[0].to_string();
    assert_eq!(found, "Choose whether the column Qty holds counted units or changes.");
    // Details do not matter in a file of stock.
    let chosen = Choices {
        kind: Some(FileKind::Stock),
        columns: vec![(3, Some(Field::Change))],
        ..Choices::default()
    };
    let file = b"sku,name,price,Qty\nA,,dear,+5\nB,,,-1.000\n,,,1\nC,,,\n";
    let rows: Vec<_> = rows_of(file, &layout(file, &chosen)).iter().map(shown).collect();
    assert_eq!(
        rows,
        [
            "2: sku=A change=5",
            "3: Line 3, column Qty: \"-1.000\" can be read in two ways: write -1000 or -1.",
            "4: Line 4: the row has neither a SKU nor an id.",
            "5: Line 5, column Qty: the cell is empty.",
        ]
    );
}

#[test]
fn a_workbook_and_an_empty_file_are_explained() {
    let problem = |file: &[u8]| {
        let mut detector = Detector::new();
        detector.push(file);
        detector.finish(&Choices::default()).expect_err("a problem").code()
    };
    assert_eq!(problem(b"PK\x03\x04..."), "file_is_workbook");
    assert_eq!(problem(b""), "file_empty");
    assert_eq!(problem(b"\n\n,,\n"), "file_empty");
    assert_eq!(problem(b"\"name,price\nPan,4\n"), "unreadable_header");
}

#[test]
fn texts_follow_the_rules_of_the_domain() {
    let file = "sku,name,category,description\n\
        A,R28 \u{202E}elttek,,\nB,\" Pan \",,\"two\r\nlines\"\nC,\"two\nlines\",,\n";
    assert_eq!(
        detected(file),
        [
            "2: Line 2, column name: the value must not contain U+202E, which changes the direction of text, as its \
                character 5.",
            "3: sku=B name=Pan category= description=two\r\nlines",
            "5: Line 5, column name: the value must not contain U+000A, which is a control character, as its character 4.",
        ]
    );
}

#[test]
fn keys_are_read_as_the_shop_wrote_them() {
    let file = "sku,barcodes,name\n=\"00123\",4006381333931  x-1,Pan\n5.44901E+12,,Pan\n1E5,'0123,Pan\n\
        B,\"1, 2\",Pan\n'=B,,Pan\n";
    assert_eq!(
        detected(file),
        [
            "2: sku=00123 name=Pan barcodes=4006381333931+x-1",
            "3: Line 3, column sku: \"5.44901E+12\" was shortened by a spreadsheet program: format the column as text, \
                and enter the number again.",
            "4: sku=1E5 name=Pan barcodes='0123",
            "5: Line 5, column barcodes: \"1, 2\" must have white space between barcodes, without commas or semicolons.",
            "6: sku==B name=Pan barcodes=",
        ]
    );
    assert_eq!(
        detected("id,name\n7,Pan\n-7,Pan\n1.0,Pan\n"),
        [
            "2: id=7 name=Pan",
            "3: Line 3, column id: \"-7\" is not an id of an item.",
            "4: Line 4, column id: \"1.0\" is not an id of an item.",
        ]
    );
}

#[test]
fn an_item_without_a_key_is_a_warning() {
    assert_eq!(
        detected("name,price\nPan,4\n"),
        [
            "2: name=Pan price=4.00 | Line 2: the row has neither a SKU nor an id: each import of it creates an item."
        ]
    );
}

#[test]
fn shopify_products_are_read_by_variant() {
    let file = "Handle,Title,Body (HTML),Type,Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Price,\
        Variant Barcode,Image Src\n\
        shirt,Shirt,<p>Soft</p>,Clothing,Size,S,Red,S-1,9.50,'0123,a.jpg\n\
        shirt,,,,,M,Red,S-2,10.00,,\n\
        shirt,,,,,,,,,,b.jpg\n\
        mug,Mug,,Kitchen,Title,Default Title,,M-1,5,,\n";
    let found = layout(file.as_bytes(), &Choices::default());
    assert_eq!((found.format, found.kind), (Some(Format::ShopifyProducts), Some(FileKind::Items)));
    assert_eq!(
        detected(file),
        [
            "2: sku=S-1 name=Shirt - S, Red price=9.50 category=Clothing description=<p>Soft</p> barcodes=0123",
            "3: sku=S-2 name=Shirt - M, Red price=10.00 category=Clothing description=<p>Soft</p>",
            "5: sku=M-1 name=Mug price=5.00 category=Kitchen",
        ]
    );
}

#[test]
fn shopify_inventory_is_a_count_per_location() {
    let file = "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Available (not editable),On hand (current),\
        On hand (new)\n\
        shirt,Shirt,Size,S,S-1,Main Street,3,5,\n\
        shirt,Shirt,Size,M,S-2,Main Street,3,5,7\n\
        shirt,Shirt,Size,L,S-3,Main Street,not stocked,not stocked,not stocked\n";
    assert_eq!(
        detected(file),
        ["2: sku=S-1 warehouse=Main Street count=5", "3: sku=S-2 warehouse=Main Street count=7"]
    );
}

#[test]
fn woo_commerce_products_are_read_without_their_parents() {
    let file = "ID,Type,SKU,Name,Published,Description,Stock,Regular price,Categories\n\
        1,variable,H,Hoodie,1,,,,Clothing\n\
        2,\"variation, virtual\",H-1,Hoodie - Red,1,Soft\\nwarm,4,\"12,90\",\"Clothing > Hoodies, Sale\"\n\
        3,simple,'-X,Mug,1,,,\"5,00\",\"Pots\\, pans\"\n";
    let rows = [
        "3: sku=H-1 name=Hoodie - Red price=12.90 category=Clothing > Hoodies description=Soft\nwarm",
        "4: sku=-X name=Mug price=5.00 category=Pots, pans",
    ];
    assert_eq!(detected(file), rows);
    let choices = Choices { kind: Some(FileKind::Stock), ..Choices::default() };
    let stock: Vec<_> =
        rows_of(file.as_bytes(), &layout(file.as_bytes(), &choices)).iter().map(shown).collect();
    assert_eq!(stock, ["3: sku=H-1 count=4"]);
}

#[test]
fn square_items_have_the_name_of_their_variation() {
    let file = "Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Current Quantity Main\n\
        t1,Coffee,Large,C-1,,Drinks,0123,3.50,4\nt2,Mug,Regular,M-1,,,,14.00,\n";
    assert_eq!(
        detected(file),
        [
            "2: sku=C-1 name=Coffee - Large price=3.50 category=Drinks barcodes=0123",
            "3: sku=M-1 name=Mug price=14.00"
        ]
    );
}
