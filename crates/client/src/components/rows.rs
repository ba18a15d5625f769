use crate::fetch::fingerprint;
use leptos::prelude::*;
use std::hash::Hash;
use std::sync::Arc;

/// A row to be: who it is, and how it is shown.
struct Row {
    identity: u64,
    show: Box<dyn FnOnce() -> AnyView + Send>,
}

type Each = Arc<dyn Fn() -> Vec<Row> + Send + Sync>;

/// A list whose rows stay in place, with the focus in them, while its data changes: a row is shown anew only
/// when its key is another one, so the key has all that the row shows.
#[component]
pub fn Rows<T, K, V>(
    /// The data.
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// What tells a row from another, and from its own past.
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    /// Shows a row.
    children: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Hash,
    V: IntoView + 'static,
{
    keyed(Arc::new(move || {
        let row = |data: T| {
            let (identity, children) = (fingerprint(&key(&data)), children.clone());
            Row { identity, show: Box::new(move || children(data).into_any()) }
        };
        each().into_iter().map(row).collect()
    }))
}

/// Compiled once for all lists: Leptos' keyed list is the largest piece of code that a list has.
fn keyed(each: Each) -> impl IntoView {
    view! { <For each=move || each() key=|row| row.identity children=|row| (row.show)() /> }
}
