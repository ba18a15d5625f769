//! What is done when something happens, in boxes: the code of an attribute that listens is compiled once
//! for each kind of event, not for each place.

use web_sys::{Event, KeyboardEvent, MouseEvent, SubmitEvent};

/// A click.
pub fn on_click(act: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(act)
}

/// Another value, once one is done with it.
pub fn on_change(act: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(act)
}

/// Another value, letter by letter.
pub fn on_input(act: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(act)
}

/// A form that is sent.
pub fn on_submit(act: impl FnMut(SubmitEvent) + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(act)
}

/// A key.
pub fn on_keydown(act: impl FnMut(KeyboardEvent) + 'static) -> Box<dyn FnMut(KeyboardEvent)> {
    Box::new(act)
}
