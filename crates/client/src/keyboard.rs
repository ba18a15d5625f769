//! The keyboard of pages without WASM: a script, and the dialog that lists its shortcuts.

use crate::components::icon::Icon;
use crate::shortcuts::{STORAGE_KEY, destinations};
use crate::texts;
use leptos::prelude::*;

/// The address of the script. It works with the dialog of [`dialog`].
const SCRIPT: &str = "/keyboard.js";

/// The shortcuts that open no page, and their descriptions.
const SHORTCUTS: [(&str, fn() -> &'static str); 3] =
    [("Ctrl K / ⌘ K", texts::find_anything), ("/", texts::search), ("?", texts::shortcut_help)];

/// Loads the script.
pub fn script() -> impl IntoView {
    view! { <script src=SCRIPT defer=true></script> }
}

/// The list of shortcuts, with the switch for single keys. The script opens it, and reads the pages of its links.
pub fn dialog() -> impl IntoView {
    let row = |key: String, name: AnyView| {
        view! {
            <div>
                <dt>
                    <kbd>{key}</kbd>
                </dt>
                <dd>{name}</dd>
            </div>
        }
    };
    let shortcuts = SHORTCUTS.iter().map(|(key, name)| row((*key).to_owned(), name().into_any()));
    let pages = destinations().map(|(key, href, name)| {
        let link = view! {
            <a href=*href data-key=*key>
                {texts::go_to(name())}
            </a>
        };
        row(format!("g {key}"), link.into_any())
    });
    view! {
        <dialog id="keyboard" class="dialog" aria-labelledby="keyboard-title" data-setting=STORAGE_KEY>
            <header class="dialog__head">
                <h2 id="keyboard-title">{texts::keyboard_shortcuts()}</h2>
                <form method="dialog">
                    <button class="button button--icon" aria-label=texts::close()>
                        {Icon::Cross.view()}
                    </button>
                </form>
            </header>
            <dl class="shortcuts">{shortcuts.chain(pages).collect_view()}</dl>
            <label class="check">
                <input type="checkbox" checked=true />
                {texts::single_key_shortcuts()}
            </label>
        </dialog>
    }
}
