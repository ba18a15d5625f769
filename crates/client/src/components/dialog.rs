use crate::act::Act;
use crate::components::icon::Icon;
use crate::components::when::When;
use crate::on::on_click;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The id of the form that closes the open dialog.
const CLOSE: &str = "close-dialog";

fn close(event: &web_sys::MouseEvent, open: RwSignal<bool>) {
    event.prevent_default();
    open.set(false);
}

/// A modal dialog. The browser keeps the focus inside, closes it on Escape and gives the focus back; its
/// content is built when it opens, so a form in it starts afresh.
#[component]
pub fn Dialog(
    /// The id of its title, unique on the page.
    id: &'static str,
    /// Its title, which names it.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |seen: Option<bool>| {
        let Some(dialog) = node.get() else { return seen == Some(true) };
        if seen != Some(true) {
            // As the server renders it, it is open for browsers without JavaScript, and not modal.
            _ = dialog.remove_attribute("open");
        }
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            // After the content is there, so that the browser finds what to focus; yet before the next key, which
            // would be the page's: a frame later is too late for who types on.
            queue_microtask(move || {
                if open.try_get_untracked() == Some(true) {
                    _ = dialog.show_modal();
                    // What one types takes the place of what is there.
                    if let Some(Ok(input)) =
                        document().active_element().map(JsCast::dyn_into::<HtmlInputElement>)
                    {
                        input.select();
                    }
                }
            });
        }
        true
    });
    let children = StoredValue::new(children);
    view! {
        <dialog class="dialog" open=open.get_untracked() node_ref=node aria-labelledby=id on:close=move |_| open.set(false)>
            <When is=move || open.get()>
                <header class="dialog__head">
                    <h2 id=id>{move || title.get()}</h2>
                    // The browser itself closes a dialog by such a form: without JavaScript too.
                    <form id=CLOSE method="dialog">
                        <button
                            class="button button--icon"
                            aria-label="Close"
                            on:click=on_click(move |event| close(&event, open))
                        >
                            {Icon::Cross.view()}
                        </button>
                    </form>
                </header>
                {children.read_value()()}
            </When>
        </dialog>
    }
}

/// The foot of a form in a dialog: cancel, or do it.
#[component]
pub fn DialogFoot<I: 'static>(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// What the form does.
    act: Act<I>,
    /// What that is called.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let pending = act.pending();
    view! {
        <footer class="dialog__foot">
            // Of the other form: Enter in a field of this one does what this one is for.
            <button class="button" form=CLOSE on:click=on_click(move |event| close(&event, open))>
                "Cancel"
            </button>
            <button
                class="button button--primary"
                class:button--danger=danger
                type="submit"
                aria-disabled=move || pending.get().then_some("true")
            >
                {move || label.get()}
            </button>
        </footer>
    }
}
