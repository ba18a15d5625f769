//! Typed work that is not saved yet. Leaving it asks first.

use crate::memo::effect;
use crate::texts;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
#[cfg(feature = "hydrate")]
use wasm_bindgen::JsCast;
#[cfg(feature = "hydrate")]
use wasm_bindgen::closure::Closure;

/// Whether a form has typed work that is not saved.
#[derive(Clone, Copy)]
pub struct Unsaved {
    is_unsaved: StoredValue<bool>,
    /// The address of the page, which the browser's back button has changed already when it is asked about.
    address: StoredValue<String>,
}

impl Unsaved {
    /// Provides the state as a context, and asks before the browser leaves the page with unsaved work. Call it before the
    /// router is created: the listener of the browser's back button must be called before the router's.
    pub fn provide() {
        let unsaved = Self { is_unsaved: StoredValue::new(false), address: StoredValue::new(String::new()) };
        provide_context(unsaved);
        #[cfg(feature = "hydrate")]
        unsaved.guard();
    }

    /// Follows the address of the page. Call it inside the router.
    pub fn follow_address(self) {
        let location = use_location();
        effect(move |_| {
            location.pathname.track();
            location.search.track();
            self.address.set_value(window().location().href().unwrap_or_default());
        });
    }

    /// Returns the state from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Records whether there is unsaved work.
    pub fn set(self, is_unsaved: bool) {
        self.is_unsaved.try_set_value(is_unsaved);
    }

    /// Returns whether unsaved work may be left: there is none, or the person discards it.
    pub fn may_leave(self) -> bool {
        if !self.is_unsaved.get_value() {
            return true;
        }
        let discards = window().confirm_with_message(texts::discard_changes()).unwrap_or(true);
        if discards {
            self.set(false);
        }
        discards
    }

    /// Listens to all ways that leave a page: closing and loading another one, links, and the browser's back and forward.
    #[cfg(feature = "hydrate")]
    fn guard(self) {
        drop(window_event_listener(leptos::ev::beforeunload, move |event| {
            if self.is_unsaved.get_value() {
                event.prevent_default();
            }
        }));
        // In the capture phase, before the router.
        let on_click = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
            let opens_other = event.ctrl_key() || event.meta_key() || event.shift_key();
            let leaves = !opens_other
                && link.is_some_and(|link| {
                    let href = link.get_attribute("href").unwrap_or_default();
                    !href.starts_with('#') && !link.has_attribute("download") && !link.has_attribute("target")
                });
            if leaves && !self.may_leave() {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let listener = on_click.as_ref().unchecked_ref();
        _ = window().add_event_listener_with_callback_and_bool("click", listener, true);
        // The listener lives as long as the page.
        on_click.forget();
        drop(window_event_listener(leptos::ev::popstate, move |event| {
            if !self.may_leave() {
                event.stop_immediate_propagation();
                if let Ok(history) = window().history() {
                    _ = history.push_state_with_url(&"".into(), "", Some(&self.address.get_value()));
                }
            }
        }));
    }
}
