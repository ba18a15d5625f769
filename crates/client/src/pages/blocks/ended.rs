use super::filter::filter;
use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::fetch::{RefetchOn, fetch};
use crate::fragments::{self, Fragment};
use crate::memo::derived;
use crate::url_state::{AFTER, UrlState};
use leptos::prelude::*;

/// The blocks that ended recently.
#[component]
pub fn EndedBlocks(
    /// The state of the page.
    url: UrlState,
) -> impl IntoView {
    let ended = fetch(
        RefetchOn::Stock,
        move || (filter(url), url.page_size(), url.get(AFTER)),
        |(filter, size, after)| fragments::ended_blocks(filter, Some(size), after),
    );
    view! {
        <Loaded from=ended lines=10 let:page>
            <Fragment html=derived(move || page.with(|page| page.html.clone())) />
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}
