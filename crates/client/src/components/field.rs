use crate::components::keyed_list::KeyedList;
use crate::event_handlers::{on_change, on_input};
use crate::locale::Locale;
use crate::memo::{boxed, dynamic, effect, memo};
use crate::texts;
use crate::user_text::visible;
use api::Problem;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// The kind of value in a text field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    #[default]
    Text,
    /// Units, at least 0.
    Units,
    /// Units, at least 1.
    Quantity,
    /// An amount of money with two decimals.
    Price,
    /// A whole number that may be negative.
    Signed,
    /// Degrees of a position.
    Degrees,
    /// A date and a time without a zone.
    Moment,
}

/// The pattern of an amount in any number format. The server reads it with the signs of the person's format.
const AMOUNT: &str = "[0-9.,’' \u{a0}\u{202f}]{1,20}";

impl FieldKind {
    /// Returns the attributes `inputmode`, `pattern` and `title`. A number is a text with a pattern: an input of the type
    /// `number` is changed by the mouse wheel, accepts `1e3`, and has no value for other texts.
    pub fn attributes(self) -> [Option<&'static str>; 3] {
        match self {
            Self::Text | Self::Moment => [None; 3],
            Self::Units => [Some("numeric"), Some("[0-9]{1,10}"), Some(texts::whole_number_hint())],
            Self::Quantity => [Some("numeric"), Some("0*[1-9][0-9]{0,9}"), Some(texts::whole_number_min())],
            Self::Price => [Some("decimal"), Some(AMOUNT), Some(texts::amount_hint())],
            // The keyboards for numbers of some phones have no minus.
            Self::Signed => [None, Some("-?[0-9]{1,7}"), Some(texts::signed_number())],
            Self::Degrees => [None, Some("-?[0-9]{1,3}([.,][0-9]*)?"), Some(texts::degrees())],
        }
    }
}

/// Returns a whole number without the signs between its groups of three digits: with `,` as this sign, `1,000` is 1000. Returns
/// nothing for other texts. The rule is that of `domain::NumberSigns`, which is not part of the WASM.
fn ungrouped(text: &str, group: char) -> Option<String> {
    let is_group = |sign: char| match group {
        '\u{202f}' => matches!(sign, ' ' | '\u{a0}' | '\u{202f}'),
        '\u{2019}' => matches!(sign, '\'' | '\u{2019}'),
        group => sign == group,
    };
    let (sign, digits) = text.trim().strip_prefix('-').map_or(("", text.trim()), |digits| ("-", digits));
    let groups = digits.split(is_group).collect::<Vec<_>>();
    let is_number = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = groups.len() > 1
        && groups.iter().all(is_number)
        && groups.iter().enumerate().all(|(at, group)| match at {
            0 => (1..=3).contains(&group.len()) && !group.starts_with('0'),
            _ => group.len() == 3,
        });
    is_grouped.then(|| format!("{sign}{}", groups.concat()))
}

/// Synchronises a signal and an input. Keeps text that was typed before hydration, which a binding by
/// `prop:value` would overwrite.
pub fn bind_input(node: NodeRef<html::Input>, value: RwSignal<String>) {
    effect(move |bound: Option<bool>| {
        let text = value.get();
        let Some(input) = node.get() else { return false };
        let typed = input.value();
        if bound != Some(true) && typed != text && !typed.is_empty() {
            value.set(typed);
        } else if typed != text {
            input.set_value(&text);
        }
        true
    });
}

/// Returns the message of a problem that concerns one field.
fn field_error(problem: Signal<Option<Problem>>, name: &'static str) -> Memo<Option<String>> {
    memo(move || {
        problem.get().filter(|problem| problem.field.as_deref() == Some(name)).map(|problem| problem.detail)
    })
}

/// A field for a line of text or a number, with its label, a hint and its error.
#[component]
pub fn TextField(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The field's name on the wire. A problem with this `field` is shown here.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// The kind of value.
    #[prop(optional)]
    kind: FieldKind,
    /// Whether the field is required.
    #[prop(optional)]
    required: bool,
    /// Whether the field has the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// The most characters.
    #[prop(optional)]
    max_length: Option<u32>,
    /// The id of a `<datalist>` with suggestions.
    #[prop(optional)]
    suggestions: Option<&'static str>,
    /// A hint below the field.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// The problem of the form's last submission.
    #[prop(optional, into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    bind_input(node, value);
    let [inputmode, pattern, title] = kind.attributes();
    let error = field_error(problem, name);
    let is_whole = matches!(kind, FieldKind::Units | FieldKind::Quantity | FieldKind::Signed);
    // The event comes before the browser checks the form.
    let changed = move |event| {
        let group = Locale::current().numbers.group;
        let number = ungrouped(&event_target_value(&event), group).filter(|_| is_whole);
        let Some(number) = number else { return };
        if let Some(input) = node.get_untracked() {
            input.set_value(&number);
        }
        value.set(number);
    };
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>
                {label} {(!required).then(|| view! { <span class="field__optional">" " {texts::optional()}</span> })}
            </label>
            <input
                id=id
                name=name
                node_ref=node
                class="input"
                type=if kind == FieldKind::Moment { "datetime-local" } else { "text" }
                inputmode=inputmode
                pattern=pattern
                title=title
                maxlength=max_length
                list=suggestions
                required=required
                autofocus=autofocus
                autocomplete="off"
                value=value.get_untracked()
                aria-invalid=boxed(move || error.with(Option::is_some).then_some("true"))
                aria-describedby=hint_id.clone()
                on:input=on_input(move |event| value.set(event_target_value(&event)))
                on:change=on_change(changed)
            />
            <FieldNotes id=hint_id hint error />
        </div>
    }
}

/// The error of a field, or its hint.
#[component]
fn FieldNotes(id: String, hint: Option<Signal<String>>, error: Memo<Option<String>>) -> impl IntoView {
    let text = move || error.get().or_else(|| hint.map(|hint| hint.get()));
    view! {
        <p id=id class="field__note" class:field__note--error=boxed(move || error.with(Option::is_some))>
            {dynamic(text)}
        </p>
    }
}

/// A field for several lines of text.
#[component]
pub fn TextArea(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The field's name on the wire.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The text.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label} <span class="field__optional">" " {texts::optional()}</span></label>
            <textarea
                id=id
                name=name
                class="input"
                rows="3"
                maxlength="10000"
                prop:value=boxed(move || value.get())
                on:input=on_input(move |event| value.set(event_target_value(&event)))
            ></textarea>
        </div>
    }
}

/// A choice between a few options.
#[component]
pub fn SelectField(
    /// The id of the select, unique on the page.
    id: &'static str,
    /// The field's name on the wire.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The chosen value.
    value: RwSignal<String>,
    /// The values and their names.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <Select id name value options on_select=move |chosen| value.set(chosen) />
        </div>
    }
}

/// A select that keeps showing `value` when its options change.
#[component]
pub fn Select(
    /// The id of the select, unique on the page, if a label refers to it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The field's name on the wire.
    name: &'static str,
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// The values and their names.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Called with the value that a person chose.
    #[prop(into)]
    on_select: Callback<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Select>::new();
    // A browser changes the selected option when options are added or removed. The value is set again after they
    // have been.
    effect(move |_| {
        let value = value.get();
        options.track();
        let Some(select) = node.get() else { return };
        set_timeout(move || select.set_value(&value), Duration::ZERO);
    });
    let option = move |(key, name): (String, String)| {
        let selected = value.with_untracked(|value| *value == key);
        view! {
            <option value=key selected=selected>
                {visible(name)}
            </option>
        }
    };
    view! {
        <select
            id=id
            name=name
            class="input"
            node_ref=node
            on:change=on_change(move |event| on_select.run(event_target_value(&event)))
        >
            <Suspense>
                <KeyedList
                    each=move || options.get()
                    key=|(key, name)| (key.clone(), name.clone())
                    children=option
                />
            </Suspense>
        </select>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three_digits_are_one_number() {
        let grouped = [
            (',', "1,000"),
            ('.', "1.000"),
            ('\u{202f}', "1 000"),
            ('\u{202f}', "1\u{202f}000"),
            ('\u{2019}', "1'000"),
            (',', " 1,000 "),
        ];
        for (group, text) in grouped {
            assert_eq!(ungrouped(text, group).as_deref(), Some("1000"), "{text}");
        }
        assert_eq!(ungrouped("-12.345.678", '.').as_deref(), Some("-12345678"));
    }

    #[test]
    fn other_texts_stay() {
        for text in
            ["1000", "1,00", "1,0000", "1,000.000", ",000", "0,299", "1.5", "1.000", "1e3", "", "-", "1,000,"]
        {
            assert_eq!(ungrouped(text, ','), None, "{text}");
        }
    }
}
