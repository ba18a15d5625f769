//! Properties of all files.

use proptest::prelude::*;
use spreadsheet::{
    Choices, DecimalSign, Delimiter, Detector, Encoding, Field, FileKind, Layout, Reader, Row, RowValue,
    Writer,
};

/// Reads rows in chunks of these sizes, repeated.
fn rows_in_chunks(file: &[u8], layout: &Layout, sizes: &[usize]) -> Vec<Row> {
    let mut reader = Reader::new(layout).expect("no problems");
    let mut rows = Vec::new();
    let mut rest = file;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, after) = rest.split_at(rest.len().min(*size));
        rest = after;
        reader.push(chunk);
        rows.extend(std::iter::from_fn(|| reader.next_row()));
    }
    reader.finish();
    rows.extend(std::iter::from_fn(|| reader.next_row()));
    rows
}

fn detect(file: &[u8], choices: &Choices) -> Option<Layout> {
    let mut detector = Detector::new();
    file.chunks(13).for_each(|chunk| detector.push(chunk));
    detector.finish(choices).ok()
}

/// Counts the lines before a byte of a text as an editor does.
fn line_at(text: &str, byte: usize) -> u64 {
    let before = text[..byte].replace("\r\n", "\n");
    1 + before.matches(['\r', '\n']).count() as u64
}

/// A cell as a program would write it: quoted if it must be, or anyway.
fn written(cell: &str, delimiter: char, quoted: bool) -> String {
    let must = cell.contains(['"', '\r', '\n', delimiter]) || cell.trim() != cell;
    if quoted || must { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// One of the encodings that can encode the text.
fn encoded(text: &str, encoding: usize) -> (Encoding, Vec<u8>) {
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| {
        format!("\u{FEFF}{text}").encode_utf16().flat_map(to_bytes).collect::<Vec<_>>()
    };
    match encoding {
        0 => (Encoding::UTF_8, text.as_bytes().to_vec()),
        1 => (Encoding::UTF_8, format!("\u{FEFF}{text}").into_bytes()),
        2 => (Encoding::UTF_16LE, utf_16(u16::to_le_bytes)),
        3 => (Encoding::UTF_16BE, utf_16(u16::to_be_bytes)),
        _ => {
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
            match unmappable {
                false => (Encoding::WINDOWS_1252, bytes.into_owned()),
                true => (Encoding::UTF_8, text.as_bytes().to_vec()),
            }
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9äöüß€ .,;:'=+@-]{0,12}",
        "[a\",;\t\r\n 日é]{0,10}",
        "(\"|\"\"|,|;|\t|\r\n|\n|\r| ){0,5}",
    ]
}

fn chunks() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..8_usize, 1..300_usize], 1..6)
}

proptest! {
    #[test]
    fn a_table_is_read_as_it_was_written(
        descriptions in prop::collection::vec(prop::collection::vec((cell(), any::<bool>()), 2), 0..6),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        encoding in 0..5_usize,
        sizes in chunks(),
        blank_lines in 0..3_usize,
    ) {
        let mut text = if delimiter == '|' { format!("sep=|{ending}") } else { String::new() };
        text += &["sku", "category", "description"].join(&delimiter.to_string());
        text += ending;
        let mut expected = Vec::new();
        for (number, cells) in descriptions.iter().enumerate() {
            text += &ending.repeat(blank_lines);
            expected.push((line_at(&text, text.len()), number, cells));
            let row = [format!("k{number}"), written(&cells[0].0, delimiter, cells[0].1), written(&cells[1].0, delimiter, cells[1].1)];
            text += &row.join(&delimiter.to_string());
            text += ending;
        }
        let (encoding, file) = encoded(&text, encoding);
        let choices = Choices { encoding: Some(encoding), ..Choices::default() };
        let layout = detect(&file, &choices).expect("a layout");
        prop_assert_eq!(layout.delimiter, Delimiter::new(delimiter).expect("a delimiter"));
        let rows = rows_in_chunks(&file, &layout, &sizes);
        prop_assert_eq!(rows.len(), expected.len());
        for (row, (line, number, cells)) in rows.iter().zip(expected) {
            prop_assert_eq!(row.line, line);
            prop_assert_eq!(row.ordinal, number as u64 + 1);
            // A category must not have line breaks; then the row shows its cells.
            let (category, description) = match &row.value {
                Some(RowValue::Item(item)) => {
                    let text = |text: Option<String>| text.unwrap_or_default();
                    (
                        text(item.category.clone().flatten().map(|category| category.to_string())),
                        text(item.description.clone().flatten().map(|text| text.to_string())),
                    )
                }
                _ => {
                    prop_assert_eq!(row.cells.len(), 3, "{:?}", row);
                    prop_assert_eq!(&row.cells[1], &cells[0].0);
                    prop_assert_eq!(&row.cells[2], &cells[1].0);
                    continue;
                }
            };
            // The name of a category has single spaces.
            let words: Vec<_> = spreadsheet::unescape(cells[0].0.trim()).split_whitespace().collect();
            prop_assert_eq!(category, words.join(" "));
            prop_assert_eq!(description, spreadsheet::unescape(cells[1].0.trim()));
        }
    }

    #[test]
    fn a_downloaded_text_is_uploaded_unchanged(
        text in "\\PC{1,30}|['=+@,\";\t＝－＠a -]{1,10}",
        delimiter in prop::sample::select(vec![Delimiter::COMMA, Delimiter::SEMICOLON, Delimiter::TAB]),
    ) {
        let Ok(name) = domain::ItemName::new(&text) else { return Ok(()) };
        // A name that was stored with a replacement character is an error of its row, which changes nothing.
        if name.as_str().contains('\u{FFFD}') {
            return Ok(());
        }
        let mut writer = Writer::with_bom(delimiter);
        writer.header(&["id", "name", "description"]);
        writer.value(7).text(name.as_str()).text(name.as_str()).end_row();
        let file = writer.take();
        let layout = detect(&file, &Choices::default()).expect("a layout");
        let rows = rows_in_chunks(&file, &layout, &[5]);
        let Some(RowValue::Item(item)) = &rows[0].value else { panic!("{rows:?}") };
        prop_assert_eq!(item.name.as_ref(), Some(&name));
        let description = item.description.clone().flatten().map(|text| text.to_string());
        prop_assert_eq!(description.as_deref(), Some(name.as_str()));
    }

    #[test]
    fn any_bytes_are_judged_the_same_in_any_chunks(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "(sku|name|price|count|Handle|Title|[\",\r\n'=;\t\u{0}é]|[0-9.,]{1,6}){0,80}".prop_map(String::into_bytes),
        ],
        encoding in prop::sample::select(vec![None, Some("utf-8"), Some("utf-16le"), Some("shift_jis"), Some("windows-1252")]),
        kind in prop::sample::select(vec![FileKind::Items, FileKind::Stock]),
        sizes in chunks(),
    ) {
        let choices = Choices {
            encoding: encoding.and_then(Encoding::for_label),
            decimal_sign: Some(DecimalSign::Point),
            kind: Some(kind),
            columns: vec![(0, Some(Field::Sku)), (1, Some(Field::Count)), (2, Some(Field::Name))],
            ..Choices::default()
        };
        let Some(layout) = detect(&bytes, &choices) else { return Ok(()) };
        if !layout.problems().is_empty() {
            return Ok(());
        }
        let rows = rows_in_chunks(&bytes, &layout, &sizes);
        prop_assert_eq!(&rows_in_chunks(&bytes, &layout, &[usize::MAX]), &rows);
        prop_assert!(rows.is_sorted_by(|before, after| before.line < after.line && before.ordinal < after.ordinal));
        for row in &rows {
            let is_wrong = row.problems.iter().any(|problem| !problem.is_warning());
            prop_assert_eq!(row.value.is_none(), is_wrong);
            prop_assert!(!format!("{:?}", row.value).contains('\u{FFFD}'), "{:?}", row);
        }
    }
}
