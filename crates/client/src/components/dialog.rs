use crate::action::Action;
use crate::components::icon::Icon;
use crate::components::show::Show;
use crate::event_handlers::{on_click, on_input};
use crate::memo::{boxed, dynamic, effect};
use crate::texts;
use crate::unsaved::Unsaved;
use crate::user_text::visible;
use leptos::context::Provider;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The id of the form that closes the open dialog.
const CLOSE_FORM: &str = "close-dialog";

/// The typed work of a dialog, which closing it would lose.
#[derive(Clone, Copy)]
struct Typed {
    open: RwSignal<bool>,
    has_work: StoredValue<bool>,
    unsaved: Unsaved,
}

impl Typed {
    /// Closes the dialog, unless it has typed work that the person keeps.
    fn close(self, event: &web_sys::Event) {
        event.prevent_default();
        if !self.has_work.get_value() || self.unsaved.may_leave() {
            self.open.set(false);
        }
    }

    /// Notes that something was typed into a field. The text of a search is no work.
    fn note(self, event: &web_sys::Event) {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_field = |target: web_sys::Element| {
            target.matches("form input:not([role=combobox]), form textarea").unwrap_or_default()
        };
        if target.is_some_and(is_field) {
            self.set(true);
        }
    }

    fn clear(self) {
        if self.has_work.get_value() {
            self.set(false);
        }
    }

    fn set(self, has_work: bool) {
        self.has_work.set_value(has_work);
        self.unsaved.set(has_work);
    }

    fn on_cancel(self) -> impl FnMut(web_sys::Event) {
        move |event| {
            // A file chooser in the dialog sends this event too.
            if event.target() == event.current_target() {
                self.close(&event);
            }
        }
    }

    fn on_escape(self) -> impl FnMut(web_sys::KeyboardEvent) {
        move |event| {
            if event.key() == "Escape" && !event.default_prevented() {
                self.close(&event);
            }
        }
    }
}

/// A modal dialog. The browser traps the focus and restores it. The content is built when the dialog opens, so that its form
/// starts empty. Closing the dialog asks first if something was typed.
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
    let typed = Typed { open, has_work: StoredValue::new(false), unsaved: Unsaved::expect() };
    on_cleanup(move || typed.clear());
    let node = NodeRef::<html::Dialog>::new();
    effect(move |initialized: Option<bool>| {
        let Some(dialog) = node.get() else { return initialized == Some(true) };
        if initialized != Some(true) {
            // The server renders an open dialog with this attribute, for browsers without JavaScript. It isn't
            // modal then.
            _ = dialog.remove_attribute("open");
        }
        if !open.get() {
            typed.clear();
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
        <dialog
            class="dialog"
            open=open.get_untracked()
            node_ref=node
            aria-labelledby=id
            on:close=move |_| open.set(false)
            // Escape. A second one in a row would close the dialog without this event, so its key is handled too.
            on:cancel=typed.on_cancel()
            on:keydown=typed.on_escape()
            on:input=on_input(move |event| typed.note(&event))
        >
            <Show when=move || open.get()>
                <header class="dialog__head">
                    <h2 id=id>{dynamic(move || visible(title.get()))}</h2>
                    // `method="dialog"` closes the dialog without JavaScript too.
                    <form id=CLOSE_FORM method="dialog">
                        <button
                            class="button button--icon"
                            aria-label=texts::close()
                            on:click=on_click(move |event| typed.close(&event))
                        >
                            {Icon::Cross.view()}
                        </button>
                    </form>
                </header>
                // The buttons of the content close this dialog, and not another one of the page.
                <Provider value=typed>{children.read_value()()}</Provider>
            </Show>
        </dialog>
    }
}

/// The buttons of a form in a dialog: cancel and submit.
#[component]
pub fn DialogFoot<I: 'static>(
    /// The action of the form.
    action: Action<I>,
    /// The label of the submit button.
    #[prop(into)]
    label: Signal<String>,
    /// The label of the button that closes the dialog, if it is not "Cancel".
    #[prop(optional)]
    keep: Option<&'static str>,
    /// Whether the action is destructive.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let (pending, typed) = (action.pending(), expect_context::<Typed>());
    view! {
        <footer class="dialog__foot">
            // Belongs to the other form. Enter in a field then presses the submit button and not this one.
            <button class="button" form=CLOSE_FORM on:click=on_click(move |event| typed.close(&event))>
                {keep.unwrap_or_else(texts::cancel)}
            </button>
            <button
                class="button button--primary"
                class:button--danger=danger
                type="submit"
                aria-disabled=boxed(move || pending.get().then_some("true"))
            >
                {dynamic(move || label.get())}
            </button>
        </footer>
    }
}
