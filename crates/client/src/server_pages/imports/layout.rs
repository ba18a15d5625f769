//! The layout of a file, with a form that overrides it.

use super::effect;
use crate::texts;
use crate::user_text::{user_text, visible};
use api::{ChooseImport, Import, ImportColumn, ImportLayout, ImportOption};
use leptos::prelude::*;

/// A value of a form and its words.
type Choice = (&'static str, fn() -> &'static str);

/// The encodings that a person can choose.
const ENCODINGS: [Choice; 9] = [
    ("utf-8", texts::encoding_utf_8),
    ("utf-16le", texts::encoding_utf_16le),
    ("utf-16be", texts::encoding_utf_16be),
    ("windows-1252", texts::encoding_western),
    ("windows-1250", texts::encoding_central),
    ("windows-1251", texts::encoding_cyrillic),
    ("windows-1253", texts::encoding_greek),
    ("windows-1254", texts::encoding_turkish),
    ("shift_jis", texts::encoding_japanese),
];

const DELIMITERS: [Choice; 4] = [
    ("comma", texts::delimiter_comma),
    ("semicolon", texts::delimiter_semicolon),
    ("tab", texts::delimiter_tab),
    ("|", texts::delimiter_bar),
];

const DECIMAL_SIGNS: [Choice; 2] = [("point", texts::decimal_point), ("comma", texts::decimal_comma)];

const KINDS: [Choice; 2] = [("items", texts::import_kind_items), ("stock", texts::import_kind_stock)];

const FIELDS: [Choice; 11] = [
    ("id", texts::item_number),
    ("sku", texts::sku),
    ("name", texts::name),
    ("description", texts::description),
    ("category", texts::category),
    ("price", texts::item_price),
    ("barcodes", texts::barcodes),
    ("warehouse", texts::warehouse_code),
    ("count", texts::counted_units),
    ("change", texts::change_of_units),
    ("reason", texts::reason_for_change),
];

/// The value of the form for a column that is not used.
const IGNORED: &str = "ignored";

const IGNORE: Choice = (IGNORED, texts::ignore);

/// Renders the layout: as a form while no server works on the import, otherwise as text. The page of a running import is
/// reloaded, which would reset a form.
pub(super) fn view(import: &Import, first_lines: &[(u64, String)]) -> impl IntoView + use<> {
    let can_change = ["undecided", "judged"].contains(&import.state.as_str());
    let notes = import.layout.iter().flat_map(effect::notes);
    let notes = notes.map(|note| view! { <li>{note}</li> }).collect_view();
    let words = import.layout.as_ref().map(in_words);
    let form = can_change.then(|| form(import, first_lines));
    view! {
        <section class="section" aria-labelledby="layout">
            <h2 id="layout">{texts::import_layout()}</h2>
            {words.map(|words| view! { <p>{words}</p> })}
            <ul class="import__notes">{notes}</ul>
            {form}
        </section>
    }
}

/// Returns the words of a value of the layout.
fn words_of(choices: &[Choice], option: &ImportOption) -> String {
    let known = choices.iter().find(|(value, _)| *value == option.value);
    known.map_or_else(|| option.words.clone(), |(_, words)| words().to_owned())
}

fn in_words(layout: &ImportLayout) -> String {
    let effect = match layout.kind.as_deref() {
        Some("items") => texts::import_changes_items(),
        Some("stock") => texts::import_changes_stock(),
        _ => "",
    };
    let format = texts::import_format(
        &words_of(&ENCODINGS, &layout.encoding),
        &words_of(&DELIMITERS, &layout.delimiter),
        &words_of(&DECIMAL_SIGNS, &layout.decimal_sign),
    );
    format!("{format} {effect}")
}

fn form(import: &Import, first_lines: &[(u64, String)]) -> impl IntoView + use<> {
    let ChooseImport { encoding, delimiter, decimal_sign, kind: chosen_kind, .. } = import.choices.clone();
    let layout = import.layout.as_ref();
    let detected = |words: Option<String>| {
        words.map_or_else(|| texts::detect().to_owned(), |words| texts::detected(&words))
    };
    let of_layout = |choices: &[Choice], option: fn(&ImportLayout) -> &ImportOption| {
        detected(layout.map(|layout| words_of(choices, option(layout))))
    };
    let kind = |layout: &ImportLayout| {
        let kind = layout.kind.as_deref()?;
        KINDS.iter().find(|(known, _)| *known == kind).map(|(_, words)| words().to_owned())
    };
    let kind_words = detected(layout.and_then(kind));
    let encodings = of_layout(&ENCODINGS, |layout| &layout.encoding);
    let delimiters = of_layout(&DELIMITERS, |layout| &layout.delimiter);
    let decimal_signs = of_layout(&DECIMAL_SIGNS, |layout| &layout.decimal_sign);
    let header_line = header_line(import, first_lines);
    let columns = layout.map(|layout| columns(&layout.columns, &import.choices));
    view! {
        // Open while a choice is missing.
        <details class="import__choices" open=import.state == "undecided">
            <summary>{texts::read_differently()}</summary>
            <form class="form" method="post" action=format!("/imports/{}/choices", import.id)>
                <div class="form__pair">
                    {field("encoding", texts::encoding(), select("encoding", encoding, encodings, &ENCODINGS))}
                    {field("delimiter", texts::delimiter(), select("delimiter", delimiter, delimiters, &DELIMITERS))}
                    {field("decimalSign", texts::decimal_sign(), select("decimalSign", decimal_sign, decimal_signs, &DECIMAL_SIGNS))}
                    {field("kind", texts::import_kind(), select("kind", chosen_kind, kind_words, &KINDS))}
                </div>
                {field("headerLine", texts::header_line(), header_line)}
                {columns}
                <button class="button">{texts::check_again()}</button>
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
    options: &'static [Choice],
) -> impl IntoView + use<> {
    // With a choice, the layout has the choice and not the detection.
    let first = if chosen.is_some() { texts::detect().to_owned() } else { detected };
    let chosen = chosen.map(|chosen| chosen.to_ascii_lowercase());
    let other = chosen.clone().filter(|chosen| options.iter().all(|(value, _)| value != chosen));
    let other = other.map(|value| view! { <option value=value.clone() selected>{value.clone()}</option> });
    let options = options.iter().map(|(value, words)| {
        let selected = chosen.as_deref() == Some(value);
        view! { <option value=*value selected=selected>{words()}</option> }
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
        .map(|layout| texts::detected(&texts::line_number(&layout.header_line.to_string())))
        .unwrap_or_else(|| texts::detect().to_owned());
    let other = chosen.filter(|chosen| first_lines.iter().all(|(line, _)| line != chosen));
    let lines = first_lines.iter().map(|(line, text)| {
        (*line, format!("{}: {}", texts::line_number(&line.to_string()), visible(text.as_str())))
    });
    let lines = lines.chain(other.map(|line| (line, texts::line_number(&line.to_string()))));
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
            |field: &str| FIELDS.iter().find(|(known, _)| *known == field).map_or("", |(_, words)| words());
        let detected = match &column.field {
            Some(field) if column.is_used => field_words(field).to_owned(),
            _ => texts::not_used().to_owned(),
        };
        let first = match chosen {
            Some(_) => texts::detect().to_owned(),
            None if column.is_asked => texts::choose_quantity().to_owned(),
            None => texts::detected(&detected),
        };
        let options = [IGNORE].into_iter().chain(FIELDS).map(|(value, words)| {
            let selected = chosen.as_deref() == Some(value);
            view! { <option value=value selected=selected>{words()}</option> }
        });
        view! {
            <div class="field">
                <label for=format!("field-{name}")>{user_text(column.name.as_str())}</label>
                <select id=format!("field-{name}") class="input" name=name>
                    <option value="">{first}</option>
                    {options.collect_view()}
                </select>
            </div>
        }
    });
    view! {
        <fieldset class="field">
            <legend>{texts::columns()}</legend>
            <div class="form__pair">{fields.collect_view()}</div>
        </fieldset>
    }
}
