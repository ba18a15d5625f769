//! Parts of forms that work without JavaScript.

use crate::components::field::FieldKind;
use crate::texts;
use crate::user_text::visible;
use leptos::prelude::*;
use std::borrow::Cow;

/// Renders a text field of a form.
pub(super) fn text_field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    hint: impl Into<Cow<'static, str>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    labelled(
        name,
        label,
        hint,
        view! { <input id=id class="input" type=kind name=name value=value autocomplete="off" /> },
    )
}

/// Renders a field for texts of one line each.
pub(super) fn lines_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    let id = format!("field-{name}");
    labelled(name, label, hint, view! { <textarea id=id class="input" name=name rows="3">{value}</textarea> })
}

/// Renders a field for a whole number of at least 0. It is a text with a pattern: see
/// [`crate::components::field::FieldKind`].
pub(super) fn number_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: impl Into<Cow<'static, str>>,
) -> impl IntoView {
    pattern_field(
        name,
        label,
        value,
        hint,
        [Some("numeric"), Some("[0-9]{1,19}"), Some(texts::whole_number_hint())],
    )
}

/// Renders a field for a whole number that may be negative.
pub(super) fn signed_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    pattern_field(name, label, value, hint, FieldKind::Signed.attributes())
}

/// Renders a field for degrees.
pub(super) fn degrees_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    pattern_field(name, label, value, hint, FieldKind::Degrees.attributes())
}

/// Renders a field for a text with the attributes `inputmode`, `pattern` and `title`.
fn pattern_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: impl Into<Cow<'static, str>>,
    [inputmode, pattern, title]: [Option<&'static str>; 3],
) -> impl IntoView {
    let input = view! {
        <input
            id=format!("field-{name}")
            class="input"
            inputmode=inputmode
            pattern=pattern
            title=title
            name=name
            value=value
            autocomplete="off"
        />
    };
    labelled(name, label, hint, input)
}

/// Renders the choice of a kind among all, for a filter. `text` returns the words of a kind.
pub(super) fn kind_field(
    label: &'static str,
    kinds: Vec<&'static str>,
    chosen: &str,
    text: fn(&str) -> String,
) -> impl IntoView + use<> {
    let kinds = kinds.into_iter().map(|kind| {
        let selected = kind == chosen;
        view! {
            <option value=kind selected=selected>
                {text(kind)}
            </option>
        }
    });
    let options = kinds.collect_view();
    let select = view! {
        <select id="field-kind" class="input" name="kind">
            <option value="">{texts::all()}</option>
            {options}
        </select>
    };
    labelled("kind", label, "", select)
}

/// Renders a choice of values with their texts.
pub(super) fn select_field(
    name: &'static str,
    label: &'static str,
    values: Vec<(String, String)>,
    chosen: &str,
) -> impl IntoView + use<> {
    let options = values.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {text}
            </option>
        }
    });
    let options = options.collect_view();
    let select = view! {
        <select id=format!("field-{name}") class="input" name=name>
            {options}
        </select>
    };
    labelled(name, label, "", select)
}

/// Returns the choices of a filter, with the one for no filter.
pub(super) fn with_all(choices: Vec<(String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), texts::all().to_owned())).chain(choices).collect()
}

/// Renders an input with its label and its hint.
pub(super) fn labelled(
    name: &'static str,
    label: &'static str,
    hint: impl Into<Cow<'static, str>>,
    input: impl IntoView,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=format!("field-{name}")>{label}</label>
            {input}
            {note(hint)}
        </div>
    }
}

/// Returns the headers of columns with numbers, which are aligned on the right. Their cells have the class `figure`.
fn figure_columns() -> [&'static str; 6] {
    [
        texts::units(),
        texts::requests(),
        texts::present_units(),
        texts::allocated(),
        texts::shipped(),
        texts::returned(),
    ]
}

/// Renders a table. `caption` is for screen readers, and `columns` are the headers.
pub(super) fn table(
    caption: &'static str,
    columns: impl IntoIterator<Item = &'static str>,
    rows: impl IntoView,
) -> impl IntoView {
    let figures = figure_columns();
    let class = |column| figures.contains(&column).then_some("figure");
    let head = |column| view! { <th scope="col" class=class(column)>{column}</th> };
    let heads = columns.into_iter().map(head).collect_view();
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Renders the hint of a field, unless it is empty.
fn note(hint: impl Into<Cow<'static, str>>) -> impl IntoView {
    let hint = hint.into();
    (!hint.is_empty()).then(|| view! { <p class="field__note">{hint}</p> })
}

/// Renders the field of a new person's or client's name.
pub(super) fn name_field() -> impl IntoView {
    let hint = texts::name_hint();
    text_field("name", texts::name(), "text", String::new(), hint)
}

/// Renders a secret that no other page shows.
pub(super) fn shown_once(label: &'static str, explanation: String, secret: String) -> impl IntoView {
    view! {
        <section class="panel" role="status" aria-label=label>
            <p>{explanation}</p>
            <p>
                <strong>{texts::copy_now()}</strong>
            </p>
            <p>
                <code>{secret}</code>
            </p>
        </section>
    }
}

/// Returns the size of a cart or an order: `2 lines, 5 units`.
pub(super) fn size(lines: usize, units: i64) -> String {
    texts::lines_and_units(&texts::lines_count(lines as i64), &texts::units_count(units))
}

/// Renders a form that is a single button.
pub(super) fn button_form(
    action: impl Into<String>,
    label: &'static str,
    fields: Vec<(&'static str, String)>,
) -> impl IntoView {
    let action = action.into();
    let fields = fields.into_iter();
    let hidden = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form method="post" action=action>
            {hidden.collect_view()}
            <button class="button">{label}</button>
        </form>
    }
}

/// Renders the reason for a rejection.
pub(super) fn message(text: Option<String>) -> impl IntoView {
    text.map(|text| {
        view! {
            <div class="problem" role="alert">
                <p>{visible(text)}</p>
            </div>
        }
    })
}

/// Renders a field for a password.
pub(super) fn secret_field(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    hint: &'static str,
) -> impl IntoView {
    let id = format!("field-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id class="input" type="password" name=name autocomplete=autocomplete required />
            {note(hint)}
        </div>
    }
}

/// Renders the field of a new person's or client's limit to warehouses.
pub(super) fn warehouses_field() -> impl IntoView {
    text_field("warehouses", texts::warehouses(), "text", String::new(), texts::warehouses_limit_hint())
}

/// Renders a form that changes the limit to warehouses. `warehouses` are the current codes.
pub(super) fn warehouses_form(action: &'static str, name: &str, warehouses: String) -> impl IntoView {
    let label = texts::warehouses_of(name);
    view! {
        <form method="post" action=action>
            <input type="hidden" name="name" value=name.to_owned() />
            <input class="input" name="warehouses" value=warehouses placeholder=texts::all_placeholder() aria-label=label autocomplete="off" />
            <button class="button">{texts::change_action()}</button>
        </form>
    }
}
