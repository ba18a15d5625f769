use leptos::prelude::*;
use std::ops::Deref;

/// A memo whose closure is boxed: its code is compiled once for each type of value, not for each closure.
pub fn memo<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    boxed(Box::new(value))
}

fn boxed<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| value())
}

/// A signal made from others, whose closure is boxed for the same reason.
pub fn derived<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T>
where
    T: Send + Sync + 'static,
{
    derived_boxed(Box::new(value))
}

fn derived_boxed<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Signal<T>
where
    T: Send + Sync + 'static,
{
    Signal::derive(value)
}

/// `with` by way of guards: Leptos' own is compiled anew for each closure, guards for each type.
pub trait Look {
    /// The value.
    type Seen: ?Sized;

    /// Looks at the value, and again whenever it changes.
    fn look<U>(&self, look: impl FnOnce(&Self::Seen) -> U) -> U;

    /// Looks at the value as it is now.
    fn glance<U>(&self, look: impl FnOnce(&Self::Seen) -> U) -> U;
}

impl<S: Track + ReadUntracked> Look for S {
    type Seen = <S::Value as Deref>::Target;

    fn look<U>(&self, look: impl FnOnce(&Self::Seen) -> U) -> U {
        look(&self.read())
    }

    fn glance<U>(&self, look: impl FnOnce(&Self::Seen) -> U) -> U {
        look(&self.read_untracked())
    }
}

/// `update` by way of guards, for the same reason.
pub trait Change {
    /// The value.
    type Seen;

    /// Changes the value, and tells whoever looks at it.
    fn change<U>(&self, change: impl FnOnce(&mut Self::Seen) -> U) -> U;
}

impl<S: Write> Change for S {
    type Seen = S::Value;

    fn change<U>(&self, change: impl FnOnce(&mut Self::Seen) -> U) -> U {
        change(&mut self.write())
    }
}
