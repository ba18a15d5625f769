use crate::components::icon::Icon;
use crate::filters::use_filters;
use crate::memo::memo;
use leptos::prelude::*;

/// The head of a column that its table can be sorted by. Each click takes the next of its orders.
#[component]
pub fn SortHead(
    /// The column's name.
    label: &'static str,
    /// The values of `sort` that this column has, first the one for a first click: with the value for
    /// `aria-sort`.
    orders: &'static [(&'static str, &'static str)],
    /// The value of `sort` that an address without one stands for.
    default: &'static str,
    /// The class of the head.
    class: String,
) -> impl IntoView {
    let filters = use_filters();
    let current = memo(move || {
        let sort = filters.get("sort").unwrap_or_else(|| default.to_owned());
        orders.iter().position(|(order, _)| *order == sort)
    });
    let href = move || {
        let next = current.get().map_or(0, |at| (at + 1) % orders.len());
        let order = orders[next].0;
        filters.href(&[("sort", if order == default { "" } else { order })])
    };
    let direction = move || current.get().map(|at| orders[at].1);
    let icon = move || match direction()? {
        "ascending" => Some(Icon::Up.view()),
        "descending" => Some(Icon::Down.view()),
        _ => None,
    };
    view! {
        <th scope="col" class=class aria-sort=direction>
            <a class="sort" href=href data-noscroll="">
                {label}
                {icon}
            </a>
        </th>
    }
}
