//! The page of a search over all kinds.

use super::form::message;
use crate::components::page_head::PageHead;
use crate::search_text::{group, name, note};
use crate::texts;
use crate::user_text::user_text;
use api::{SearchKind, SearchResult};
use leptos::prelude::*;

/// A search and its results.
#[derive(Debug, Clone, Default)]
pub struct SearchPage {
    /// The text in the form.
    pub q: String,
    /// The results, grouped by kind; `None` without a search.
    pub results: Option<Vec<SearchResult>>,
    /// The reason why there is no result.
    pub error: Option<String>,
}

const KINDS: [SearchKind; 6] = [
    SearchKind::Item,
    SearchKind::Order,
    SearchKind::Block,
    SearchKind::Cart,
    SearchKind::Category,
    SearchKind::Warehouse,
];

impl SearchPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { q, results, error } = self;
        // Beside results, the next scan is for the page and not for the field.
        let starts_in_field = q.is_empty();
        let nothing = results.as_ref().is_some_and(Vec::is_empty);
        let nothing = nothing.then(|| texts::nothing_found(q.trim()));
        let results = results.unwrap_or_default();
        let section = |kind: SearchKind| {
            let found: Vec<_> = results.iter().filter(|result| result.kind == kind).map(row).collect();
            let id = format!("found-{}", group(kind));
            let heading = id.clone();
            (!found.is_empty()).then(|| {
                view! {
                    <section class="section" aria-labelledby=id>
                        <header class="section__head">
                            <h2 id=heading>{group(kind)}</h2>
                        </header>
                        <ul class="matches">{found}</ul>
                    </section>
                }
            })
        };
        let sections = KINDS.map(section).into_iter().collect_view();
        view! {
            <PageHead title=texts::search_title().to_owned() />
            {message(error)}
            <form class="form form--filter" method="get" action="/search" role="search">
                <div class="field">
                    <label for="q">{texts::search_field()}</label>
                    <input id="q" class="input" type="search" name="q" value=q autocomplete="off" autofocus=starts_in_field />
                </div>
                <button class="button button--primary">{texts::search()}</button>
            </form>
            {nothing.map(|text| view! { <p class="summary" role="status">{text}</p> })}
            {sections}
        }
    }
}

fn row(result: &SearchResult) -> impl IntoView + use<> {
    view! {
        <li>
            <a href=result.href.clone()>{user_text(name(result))}</a>
            <span class="muted">{user_text(note(result))}</span>
        </li>
    }
}
