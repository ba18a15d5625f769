//! The layout of a file, with a form that overrides it.

use api::{ChooseImport, Import, ImportColumn, ImportLayout};
use leptos::prelude::*;

/// The encodings that a person can choose.
const ENCODINGS: [(&str, &str); 9] = [
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16le", "Unicode (UTF-16, little-endian)"),
    ("utf-16be", "Unicode (UTF-16, big-endian)"),
    ("windows-1252", "Western European (Windows-1252)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("shift_jis", "Japanese (Shift_JIS)"),
];

const DELIMITERS: [(&str, &str); 4] =
    [("comma", "comma"), ("semicolon", "semicolon"), ("tab", "tab"), ("|", "vertical bar (|)")];

const DECIMAL_SIGNS: [(&str, &str); 2] = [("point", "point (12.90)"), ("comma", "comma (12,90)")];

const KINDS: [(&str, &str); 2] = [("items", "items"), ("stock", "stock")];

const FIELDS: [(&str, &str); 11] = [
    ("id", "Item id"),
    ("sku", "SKU"),
    ("name", "Name"),
    ("description", "Description"),
    ("category", "Category"),
    ("price", "Price"),
    ("barcodes", "Barcodes"),
    ("warehouse", "Warehouse code"),
    ("count", "Counted units"),
    ("change", "Change of units"),
    ("reason", "Reason for the change"),
];

/// The value of the form for a column that is not used.
const IGNORED: &str = "ignored";

/// Renders the layout: as a form while no server works on the import, otherwise as text. The page of a running import is
/// reloaded, which would reset a form.
pub(super) fn view(import: &Import, first_lines: &[(u64, String)]) -> impl IntoView + use<> {
    let can_change = ["undecided", "judged"].contains(&import.state.as_str());
    let notes = import.layout.iter().flat_map(|layout| layout.notes.clone());
    let notes = notes.map(|note| view! { <li>{note}</li> }).collect_view();
    let words = import.layout.as_ref().map(in_words);
    let form = can_change.then(|| form(import, first_lines));
    view! {
        <section class="section" aria-labelledby="layout">
            <h2 id="layout">"How the file is read"</h2>
            {words.map(|words| view! { <p>{words}</p> })}
            <ul class="import__notes">{notes}</ul>
            {form}
        </section>
    }
}

fn in_words(layout: &ImportLayout) -> String {
    let effect = match layout.kind.as_deref() {
        Some("items") => " It changes items.",
        Some("stock") => " It changes stock.",
        _ => "",
    };
    format!(
        "Encoding: {}. Delimiter: {}. Decimal sign: {}.{effect}",
        layout.encoding.words, layout.delimiter.words, layout.decimal_sign.words
    )
}

fn form(import: &Import, first_lines: &[(u64, String)]) -> impl IntoView + use<> {
    let ChooseImport { encoding, delimiter, decimal_sign, kind, .. } = import.choices.clone();
    let layout = import.layout.as_ref();
    let detected =
        |words: Option<&str>| words.map_or_else(|| "Detect".to_owned(), |words| format!("Detected: {words}"));
    let of_layout = |words: fn(&ImportLayout) -> &str| detected(layout.map(words));
    let kind_words = detected(layout.and_then(|layout| layout.kind.as_deref()));
    let header_line = header_line(import, first_lines);
    let columns = layout.map(|layout| columns(&layout.columns, &import.choices));
    view! {
        // Open while a choice is missing.
        <details class="import__choices" open=import.state == "undecided">
            <summary>"Read the file differently"</summary>
            <form class="form" method="post" action=format!("/imports/{}/choices", import.id)>
                <div class="form__pair">
                    {field("encoding", "Encoding", select("encoding", encoding, of_layout(|layout| &layout.encoding.words), &ENCODINGS))}
                    {field("delimiter", "Delimiter", select("delimiter", delimiter, of_layout(|layout| &layout.delimiter.words), &DELIMITERS))}
                    {field("decimalSign", "Decimal sign", select("decimalSign", decimal_sign, of_layout(|layout| &layout.decimal_sign.words), &DECIMAL_SIGNS))}
                    {field("kind", "The file changes", select("kind", kind, kind_words, &KINDS))}
                </div>
                {field("headerLine", "The names of the columns are on", header_line)}
                {columns}
                <button class="button">"Check the file again"</button>
            </form>
        </details>
    }
}

fn field(name: &'static str, label: &'static str, control: impl IntoView) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("field-{name}")>{label}</label>
            {control}
        </div>
    }
}

/// Renders a choice. Its empty value stands for the detection.
fn select(
    name: &str,
    chosen: Option<String>,
    detected: String,
    options: &'static [(&'static str, &'static str)],
) -> impl IntoView + use<> {
    // With a choice, the layout has the choice and not the detection.
    let first = if chosen.is_some() { "Detect".to_owned() } else { detected };
    let chosen = chosen.map(|chosen| chosen.to_ascii_lowercase());
    let other = chosen.clone().filter(|chosen| options.iter().all(|(value, _)| value != chosen));
    let other = other.map(|value| view! { <option value=value.clone() selected>{value.clone()}</option> });
    let options = options.iter().map(|(value, words)| {
        let selected = chosen.as_deref() == Some(value);
        view! { <option value=*value selected=selected>{*words}</option> }
    });
    view! {
        <select id=format!("field-{name}") class="input" name=name.to_owned()>
            <option value="">{first}</option>
            {options.collect_view()}
            {other}
        </select>
    }
}

/// Renders the choice of the line that names the columns, among the first lines of the file.
fn header_line(import: &Import, first_lines: &[(u64, String)]) -> impl IntoView + use<> {
    let chosen = import.choices.header_line.and_then(|line| u64::try_from(line).ok());
    let detected = import.layout.as_ref().filter(|_| chosen.is_none());
    let first = detected
        .map_or_else(|| "Detect".to_owned(), |layout| format!("Detected: line {}", layout.header_line));
    let other = chosen.filter(|chosen| first_lines.iter().all(|(line, _)| line != chosen));
    let lines = first_lines.iter().map(|(line, text)| (*line, format!("Line {line}: {text}")));
    let lines = lines.chain(other.map(|line| (line, format!("Line {line}"))));
    let options = lines.map(|(line, text)| {
        view! { <option value=line selected=chosen == Some(line)>{text}</option> }
    });
    view! {
        <select id="field-headerLine" class="input" name="headerLine">
            <option value="">{first}</option>
            {options.collect_view()}
        </select>
    }
}

/// Renders the choice of a field per named column.
fn columns(columns: &[ImportColumn], choices: &ChooseImport) -> impl IntoView + use<> {
    let named = columns.iter().filter(|column| !column.name.is_empty() || column.is_used);
    let fields = named.map(|column| {
        let name = format!("column-{}", column.index);
        let choice = choices.columns.iter().find(|choice| choice.index == column.index);
        let chosen = choice.map(|choice| choice.field.clone().unwrap_or_else(|| IGNORED.to_owned()));
        let field_words =
            |field: &str| FIELDS.iter().find(|(known, _)| *known == field).map_or("", |(_, words)| words);
        let detected = match &column.field {
            Some(field) if column.is_used => field_words(field).to_owned(),
            _ => "Not used".to_owned(),
        };
        let first = match chosen {
            Some(_) => "Detect".to_owned(),
            None if column.is_asked => "Choose: counted units or a change".to_owned(),
            None => format!("Detected: {detected}"),
        };
        let options = [(IGNORED, "Ignore")].into_iter().chain(FIELDS).map(|(value, words)| {
            let selected = chosen.as_deref() == Some(value);
            view! { <option value=value selected=selected>{words}</option> }
        });
        view! {
            <div class="field">
                <label for=format!("field-{name}")>{column.name.clone()}</label>
                <select id=format!("field-{name}") class="input" name=name>
                    <option value="">{first}</option>
                    {options.collect_view()}
                </select>
            </div>
        }
    });
    view! {
        <fieldset class="field">
            <legend>"Columns"</legend>
            <div class="form__pair">{fields.collect_view()}</div>
        </fieldset>
    }
}
