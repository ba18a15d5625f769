//! Parts of forms that work without JavaScript.

use crate::href;
use leptos::prelude::*;
use std::borrow::Cow;

/// Renders a text field of a form.
pub(super) fn text_field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    let id = format!("field-{name}");
    labelled(
        name,
        label,
        hint,
        view! { <input id=id class="input" type=kind name=name value=value autocomplete="off" /> },
    )
}

/// Renders a field for a whole number of a form. It is a text with a pattern: see [`crate::components::field::FieldKind`].
pub(super) fn number_field(
    name: &'static str,
    label: &'static str,
    value: String,
    hint: impl Into<Cow<'static, str>>,
) -> impl IntoView {
    let input = view! {
        <input
            id=format!("field-{name}")
            class="input"
            inputmode="numeric"
            pattern="[0-9]{1,19}"
            title="A whole number, such as 12"
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
            <option value="">"All"</option>
            {options}
        </select>
    };
    labelled("kind", label, "", select)
}

/// Renders an input with its label and its hint.
fn labelled(
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

/// Renders a table. `caption` is for screen readers, and `columns` are the headers.
pub(super) fn table(
    caption: &'static str,
    columns: &'static [&'static str],
    rows: impl IntoView,
) -> impl IntoView {
    let heads = columns.iter().map(|column| view! { <th scope="col">{*column}</th> }).collect_view();
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
    let hint = "a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.";
    text_field("name", "Name", "text", String::new(), hint)
}

/// Renders a secret that no other page shows.
pub(super) fn shown_once(label: &'static str, explanation: String, secret: String) -> impl IntoView {
    view! {
        <section class="panel" role="status" aria-label=label>
            <p>{explanation}</p>
            <p>
                <strong>"Copy it now. It is not shown again."</strong>
            </p>
            <p>
                <code>{secret}</code>
            </p>
        </section>
    }
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
                <p>{text}</p>
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

/// The hint of the field for a limit to warehouses.
const WAREHOUSES_HINT: &str =
    "Codes, separated by commas. Stock, blocks and orders can be changed in these only. Empty: in all.";

/// Renders the field of a new person's or client's limit to warehouses.
pub(super) fn warehouses_field() -> impl IntoView {
    text_field("warehouses", "Warehouses", "text", String::new(), WAREHOUSES_HINT)
}

/// Renders a form that changes the limit to warehouses. `warehouses` are the current codes.
pub(super) fn warehouses_form(action: &'static str, name: &str, warehouses: String) -> impl IntoView {
    let label = format!("Warehouses of {name}");
    view! {
        <form method="post" action=action>
            <input type="hidden" name="name" value=name.to_owned() />
            <input class="input" name="warehouses" value=warehouses placeholder="all" aria-label=label autocomplete="off" />
            <button class="button">"Change"</button>
        </form>
    }
}

/// Renders the link to the page after `next`, if there is one. `path` ends with `?` or `&`.
pub(super) fn next_page(next: Option<String>, path: &str) -> Option<impl IntoView + use<>> {
    next.map(|next| pager(format!("{path}after={}", href::percent_encode(&next))))
}

/// Renders the link to the next page.
pub(super) fn pager(href: String) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            <a class="button" href=href rel="next">
                "Next page"
            </a>
        </nav>
    }
}
