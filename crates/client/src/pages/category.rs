use crate::components::bar::Bar;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::rows::Rows;
use crate::components::time::Ago;
use crate::components::when::When;
use crate::fetch::fetch;
use crate::href;
use crate::memo::memo;
use crate::text::{count, price, units};
use api::{Item, TopItems, rpc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// One category: its 100 items of highest quantity.
#[component]
pub fn CategoryPage() -> impl IntoView {
    let params = use_params_map();
    let name = memo(move || params.with(|params| params.get("name")).unwrap_or_default());
    // Built anew for another category: nothing of this one may stay.
    move || view! { <Top name=name.get() /> }
}

#[component]
fn Top(name: String) -> impl IntoView {
    let title = name.clone();
    let all = href::with_query("/items", [("category", name.as_str())]);
    let top = fetch(move || name.clone(), rpc::top_items);
    view! {
        <PageHead title=title up=("/categories", "Categories")>
            <a class="button" href=all>
                "All its items"
            </a>
        </PageHead>
        <Loaded from=top lines=12 let:top>
            <When
                is=move || top.with(|top| !top.items.is_empty())
                fallback=|| {
                    view! {
                        <Empty title="No item bears this category">
                            <a class="button button--primary" href="/categories">
                                "See the categories"
                            </a>
                        </Empty>
                    }
                }
            >
                <TopTable top />
            </When>
        </Loaded>
    }
}

fn summary(top: &TopItems) -> String {
    let all = count(top.total_items_in_category, "item", "items");
    if top.count < top.total_items_in_category {
        format!("The {} of highest quantity, out of {all}", units(top.count))
    } else {
        format!("{all}, highest quantity first")
    }
}

#[component]
fn TopTable(top: Signal<TopItems>) -> impl IntoView {
    let largest = memo(move || {
        top.with(|top| top.items.first().map(|item| i64::from(item.quantity)).unwrap_or_default())
    });
    let ranked = move || top.get().items.into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <p class="summary">{move || top.with(summary)}</p>
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Items of highest quantity"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="figure table__rank">"#"</th>
                        <th scope="col">"Item"</th>
                        <th scope="col" class="figure">"Available"</th>
                        <th scope="col" class="table__bar"><span class="visually-hidden">"Share"</span></th>
                        <th scope="col" class="figure">"Price"</th>
                        <th scope="col" class="table__minor">"Changed"</th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=ranked
                        key=|(at, item)| (*at, item.id, item.quantity, item.updated_at)
                        children=move |(at, item)| view! { <TopRow rank=at + 1 item largest /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn TopRow(rank: usize, item: Item, largest: Memo<i64>) -> impl IntoView {
    view! {
        <tr>
            <td class="figure muted table__rank">{rank}</td>
            <th scope="row" class="table__lead"><a href=href::item(item.id)>{item.name}</a></th>
            <td class="figure">{units(item.quantity)}</td>
            <td class="table__bar"><Bar value=i64::from(item.quantity) max=largest /></td>
            <td class="figure">{price(&item.price)}</td>
            <td class="muted table__minor"><Ago at=item.updated_at /></td>
        </tr>
    }
}
