use crate::components::rows::Rows;
use crate::memo::{Look, memo};
use crate::on::{on_change, on_input};
use api::Problem;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// What a field takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// Units, from 0.
    Units,
    /// Units, from 1.
    Quantity,
    /// An amount of money with two decimals.
    Price,
}

impl Kind {
    /// The attributes `type`, `inputmode`, `min`, `max` and `step`.
    fn attributes(self) -> [Option<&'static str>; 5] {
        const UNITS_MAX: &str = "2147483647";
        match self {
            Self::Text => [Some("text"), None, None, None, None],
            Self::Units => [Some("number"), Some("numeric"), Some("0"), Some(UNITS_MAX), Some("1")],
            Self::Quantity => [Some("number"), Some("numeric"), Some("1"), Some(UNITS_MAX), Some("1")],
            Self::Price => [Some("number"), Some("decimal"), Some("0"), Some("99999999.99"), Some("0.01")],
        }
    }
}

/// Keeps a signal and an input the same, and adopts what was typed before the page came to life, which
/// binding `prop:value` would overwrite.
pub fn bind(node: NodeRef<html::Input>, value: RwSignal<String>) {
    Effect::new(move |bound: Option<bool>| {
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

/// The part of a problem that is about one field.
fn about(problem: Signal<Option<Problem>>, name: &'static str) -> Memo<Option<String>> {
    memo(move || {
        problem.get().filter(|problem| problem.field.as_deref() == Some(name)).map(|problem| problem.detail)
    })
}

/// A line of text or a number, with its label, a hint, and what is wrong with it.
#[component]
pub fn TextField(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The field's name on the wire: a problem with this `field` is shown here.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// What it takes.
    #[prop(optional)]
    kind: Kind,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether it has the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// The most characters.
    #[prop(optional)]
    max_length: Option<u32>,
    /// The id of a `<datalist>` with suggestions.
    #[prop(optional)]
    suggestions: Option<&'static str>,
    /// A line of help.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Why the form was refused.
    #[prop(optional, into)]
    problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let node = NodeRef::new();
    bind(node, value);
    let [r#type, inputmode, min, max, step] = kind.attributes();
    let wrong = about(problem, name);
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>
                {label} {(!required).then(|| view! { <span class="field__optional">" optional"</span> })}
            </label>
            <input
                id=id
                name=name
                node_ref=node
                class="input"
                type=r#type
                inputmode=inputmode
                min=min
                max=max
                step=step
                maxlength=max_length
                list=suggestions
                required=required
                autofocus=autofocus
                autocomplete="off"
                value=value.get_untracked()
                aria-invalid=move || wrong.look(Option::is_some).then_some("true")
                aria-describedby=hint_id.clone()
                on:input=on_input(move |event| value.set(event_target_value(&event)))
            />
            <FieldNotes id=hint_id hint wrong />
        </div>
    }
}

/// What is wrong with a field, or else its hint.
#[component]
fn FieldNotes(id: String, hint: Option<Signal<String>>, wrong: Memo<Option<String>>) -> impl IntoView {
    let text = move || wrong.get().or_else(|| hint.map(|hint| hint.get()));
    view! {
        <p id=id class="field__note" class:field__note--wrong=move || wrong.look(Option::is_some)>
            {text}
        </p>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The id of the input, unique on the page.
    id: &'static str,
    /// The field's name on the wire.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// What is typed.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label} <span class="field__optional">" optional"</span></label>
            <textarea
                id=id
                name=name
                class="input"
                rows="3"
                maxlength="10000"
                prop:value=move || value.get()
                on:input=on_input(move |event| value.set(event_target_value(&event)))
            ></textarea>
        </div>
    }
}

/// A choice among few.
#[component]
pub fn SelectField(
    /// The id of the select, unique on the page.
    id: &'static str,
    /// The field's name on the wire.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The value that is chosen.
    value: RwSignal<String>,
    /// The values and their names.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <Select id name value options change=move |chosen| value.set(chosen) />
        </div>
    }
}

/// A choice that shows `value`, whichever options come and go.
#[component]
pub fn Select(
    /// The id of the select, unique on the page, where a label names it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The field's name on the wire.
    name: &'static str,
    /// The value that is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// The values and their names.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Told what a person chose.
    #[prop(into)]
    change: Callback<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Select>::new();
    // A browser chooses anew when an option comes or goes. So the choice is set once they are all there.
    Effect::new(move |_| {
        let value = value.get();
        options.track();
        let Some(select) = node.get() else { return };
        set_timeout(move || select.set_value(&value), Duration::ZERO);
    });
    let option = move |(key, name): (String, String)| {
        let selected = value.glance(|value| *value == key);
        view! {
            <option value=key selected=selected>
                {name}
            </option>
        }
    };
    view! {
        <select
            id=id
            name=name
            class="input"
            node_ref=node
            on:change=on_change(move |event| change.run(event_target_value(&event)))
        >
            <Suspense>
                <Rows
                    each=move || options.get()
                    key=|(key, name)| (key.clone(), name.clone())
                    children=option
                />
            </Suspense>
        </select>
    }
}
