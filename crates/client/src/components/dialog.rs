use crate::action::Action;
use crate::components::icon::Icon;
use crate::components::show::Show;
use crate::event_handlers::on_click;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The id of the form that closes the open dialog.
const CLOSE_FORM: &str = "close-dialog";

fn close(event: &web_sys::MouseEvent, open: RwSignal<bool>) {
    event.prevent_default();
    open.set(false);
}

/// A modal dialog. The browser traps the focus, closes the dialog on Escape and restores the focus. The content
/// is built when the dialog opens, so that its form starts empty.
#[component]
pub fn Dialog(
    /// The id of the title, unique on the page.
    id: &'static str,
    /// The title, which is also the accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |initialized: Option<bool>| {
        let Some(dialog) = node.get() else { return initialized == Some(true) };
        if initialized != Some(true) {
            // The server renders an open dialog with this attribute, for browsers without JavaScript. It isn't
            // modal then.
            _ = dialog.remove_attribute("open");
        }
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            // Runs after the content is rendered, so that the browser finds the field to focus, and before the
            // next key event, which would otherwise reach the page. An animation frame would be too late for the
            // next key.
            queue_microtask(move || {
                if open.try_get_untracked() == Some(true) {
                    _ = dialog.show_modal();
                    // Typing then replaces the field's text.
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
            <Show when=move || open.get()>
                <header class="dialog__head">
                    <h2 id=id>{move || title.get()}</h2>
                    // `method="dialog"` closes the dialog without JavaScript too.
                    <form id=CLOSE_FORM method="dialog">
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
            </Show>
        </dialog>
    }
}

/// The buttons of a form in a dialog: cancel and submit.
#[component]
pub fn DialogFoot<I: 'static>(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The action of the form.
    action: Action<I>,
    /// The label of the submit button.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the action is destructive.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let pending = action.pending();
    view! {
        <footer class="dialog__foot">
            // Belongs to the other form. Enter in a field then presses the submit button and not this one.
            <button class="button" form=CLOSE_FORM on:click=on_click(move |event| close(&event, open))>
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
