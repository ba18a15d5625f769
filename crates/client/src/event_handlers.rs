//! Event handlers as boxes: Leptos compiles the code of an `on:` attribute once per type of handler, so that
//! boxes share it.

use web_sys::{Event, KeyboardEvent, MouseEvent, SubmitEvent};

/// Boxes a handler of `click` events.
pub fn on_click(handler: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(handler)
}

/// Boxes a handler of `change` events.
pub fn on_change(handler: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(handler)
}

/// Boxes a handler of `input` events.
pub fn on_input(handler: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(handler)
}

/// Boxes a handler of `submit` events.
pub fn on_submit(handler: impl FnMut(SubmitEvent) + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(handler)
}

/// Boxes a handler of `keydown` events.
pub fn on_keydown(handler: impl FnMut(KeyboardEvent) + 'static) -> Box<dyn FnMut(KeyboardEvent)> {
    Box::new(handler)
}
