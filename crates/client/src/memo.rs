//! Memos, derived signals, effects, and dynamic parts of views with boxed closures: their code is compiled once per type of value, not once per
//! closure.

use leptos::prelude::*;

/// Creates a memo.
pub fn memo<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    boxed_memo(Box::new(value))
}

fn boxed_memo<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| value())
}

/// Creates a derived signal.
pub fn derived<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Send + Sync + 'static,
{
    boxed_signal(Box::new(value))
}

fn boxed_signal<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T>
where
    T: Send + Sync + 'static,
{
    Signal::derive(value)
}

/// Creates an effect. `run` receives its own last result.
pub fn effect<T: 'static>(run: impl FnMut(Option<T>) -> T + 'static) {
    boxed_effect(Box::new(run));
}

fn boxed_effect<T: 'static>(run: Box<dyn FnMut(Option<T>) -> T>) {
    Effect::new(run);
}

/// Returns the value of a dynamic attribute.
pub fn boxed<T>(value: impl Fn() -> T + Send + 'static) -> Box<dyn Fn() -> T + Send> {
    Box::new(value)
}

/// Renders a part of a view again whenever a signal changes that it reads.
pub fn dynamic<V: IntoView + 'static>(view: impl Fn() -> V + Send + 'static) -> AnyView {
    boxed_view(Box::new(move || view().into_any()))
}

fn boxed_view(view: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
    view.into_any()
}
