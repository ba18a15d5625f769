use crate::hashing::hash_of;
use leptos::prelude::*;
use std::hash::Hash;
use std::sync::Arc;

struct Row {
    key_hash: u64,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

type Rows = Arc<dyn Fn() -> Vec<Row> + Send + Sync>;

/// A list whose rows stay in place, with their focus, while the data changes. A row is rendered again only if its
/// key is new, so the key must contain everything that the row shows.
#[component]
pub fn KeyedList<T, K, V>(
    /// The data.
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// Returns a row's key.
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    /// Renders a row.
    children: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Hash,
    V: IntoView + 'static,
{
    boxed_list(Arc::new(move || {
        let row = |data: T| {
            let (key_hash, children) = (hash_of(&key(&data)), children.clone());
            Row { key_hash, view: Box::new(move || children(data).into_any()) }
        };
        each().into_iter().map(row).collect()
    }))
}

/// Renders the rows by Leptos' `For`, whose code is compiled once here and not once per list.
fn boxed_list(rows: Rows) -> impl IntoView {
    view! { <For each=move || rows() key=|row| row.key_hash children=|row| (row.view)() /> }
}
