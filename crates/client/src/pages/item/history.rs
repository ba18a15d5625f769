use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::fetch::{Fetched, RefetchOn, fetch};
use crate::fragments::{self, Fragment, ListPart};
use crate::memo::derived;
use crate::texts;
use crate::url_state::use_url_state;
use leptos::prelude::*;

const CURSOR: &str = "movements";

/// Fetches the page of an item's movements that the address names.
pub fn fetch_movements(id: i64) -> Fetched<ListPart> {
    let url = use_url_state();
    fetch(
        RefetchOn::Item(id),
        move || (id, url.get(CURSOR)),
        |(id, after)| fragments::item_movements(id, after),
    )
}

/// An item's movements, newest first.
#[component]
pub fn History(
    /// The movements.
    movements: Fetched<ListPart>,
) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="item-history">
            <header class="section__head">
                <h2 id="item-history">{texts::movements()}</h2>
            </header>
            <Loaded from=movements lines=4 let:page>
                <Fragment html=derived(move || page.with(|page| page.html.clone())) />
                <Pager next=derived(move || page.with(|page| page.next.clone())) parameter=CURSOR />
            </Loaded>
        </section>
    }
}
