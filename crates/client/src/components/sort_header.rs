use crate::components::icon::Icon;
use crate::memo::{boxed, dynamic, memo};
use crate::url_state::use_url_state;
use leptos::prelude::*;

/// The header of a sortable column. Each click selects the next of its sort orders.
#[component]
pub fn SortHeader(
    /// The column's label.
    label: &'static str,
    /// The column's values of the parameter `sort`, each with its `aria-sort` value. The first click selects the
    /// first.
    orders: &'static [(&'static str, &'static str)],
    /// The filter that the list must have for these orders: a parameter and its value; empty without one.
    among: (&'static str, &'static str),
    /// The value of `sort` that applies without the parameter.
    default: &'static str,
    /// The CSS class of the header.
    class: String,
) -> impl IntoView {
    let url = use_url_state();
    let current = memo(move || {
        let (parameter, value) = among;
        if !value.is_empty() && url.get(parameter).as_deref() != Some(value) {
            return None;
        }
        let sort = url.get("sort").unwrap_or_else(|| default.to_owned());
        orders.iter().position(|(order, _)| *order == sort)
    });
    let href = move || {
        let next = current.get().map_or(0, |at| (at + 1) % orders.len());
        let order = orders[next].0;
        let sort = ("sort", if order == default { "" } else { order });
        if among.0.is_empty() { url.href(&[sort]) } else { url.href(&[sort, among]) }
    };
    let direction = move || current.get().map_or("none", |at| orders[at].1);
    let icon = move || match direction() {
        "ascending" => Icon::Up.view(),
        "descending" => Icon::Down.view(),
        _ => Icon::Sort.view(),
    };
    view! {
        <th scope="col" class=class aria-sort=boxed(direction)>
            <a class="sort" href=boxed(href) data-noscroll="">
                {label}
                {dynamic(icon)}
            </a>
        </th>
    }
}
