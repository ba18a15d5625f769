use crate::href::percent_decode;
use crate::memo::{boxed, dynamic};
use crate::texts;
use crate::url_state::{AFTER, PAGE_SIZES, SIZE, TRAIL, UrlState, use_url_state};
use api::Problem;
use api::links::percent_encode;
use leptos::prelude::*;

/// Separates the cursors of the trail. Encoded cursors do not contain it.
const SEPARATOR: char = '!';
/// The most cursors of the trail. Before them, the link to the previous page leads to the first one.
const TRAIL_MAX: usize = 40;

/// Links to the first, the previous and the next page of a list.
#[component]
pub fn Pager(
    /// The cursor of the next page.
    #[prop(into)]
    next: Signal<Option<String>>,
    /// The query parameter with the cursor. Only the list of a page has a link to the previous page.
    #[prop(default = AFTER)]
    parameter: &'static str,
) -> impl IntoView {
    let url = use_url_state();
    let links = move || {
        let is_list = parameter == AFTER;
        let first = url.get(parameter).map(|_| (url.href(&[(parameter, "")]), texts::first_page(), ""));
        let previous = previous(url).filter(|_| is_list).map(|href| (href, texts::previous_page(), "prev"));
        let next = next.get().map(|cursor| {
            let trail = if is_list { trail_with_this_page(url) } else { String::new() };
            (url.href(&[(parameter, &cursor), (TRAIL, &trail)]), texts::next_page(), "next")
        });
        let link = |(href, name, rel)| view! { <a class="button" href=href rel=rel>{name}</a> };
        [first, previous, next].into_iter().flatten().map(link).collect_view()
    };
    view! { <nav class="pager" aria-label=texts::page_links()>{dynamic(links)}</nav> }
}

/// Returns the address of the previous page.
fn previous(url: UrlState) -> Option<String> {
    url.get(AFTER)?;
    let (cursor, rest) = previous_page(url.get(TRAIL));
    Some(url.href(&[(AFTER, &cursor), (TRAIL, &rest)]))
}

/// Returns the trail of the next page.
fn trail_with_this_page(url: UrlState) -> String {
    next_trail(url.get(TRAIL), url.get(AFTER))
}

/// Returns the cursor of the previous page and its trail. The cursor of the first page is empty.
pub fn previous_page(trail: Option<String>) -> (String, String) {
    let trail = trail.unwrap_or_default();
    let (rest, last) = trail.rsplit_once(SEPARATOR).unwrap_or(("", &trail));
    (percent_decode(last), rest.to_owned())
}

/// Returns the trail of the next page. `after` is the cursor of this page.
pub fn next_trail(trail: Option<String>, after: Option<String>) -> String {
    let trail = trail.unwrap_or_default();
    let this = after.map(|cursor| percent_encode(&cursor));
    let cursors: Vec<_> =
        trail.split(SEPARATOR).filter(|cursor| !cursor.is_empty()).map(str::to_owned).chain(this).collect();
    cursors[cursors.len().saturating_sub(TRAIL_MAX)..].join("!")
}

/// The number of rows of a list with the sum of their units, and the choice of the rows per page.
#[component]
pub fn ListFoot(
    /// The text of the number of rows: `1,234 orders`.
    #[prop(into)]
    total: Signal<Option<Result<String, Problem>>>,
) -> impl IntoView {
    let url = use_url_state();
    let choice = move |rows: i64| {
        view! {
            <a
                href=boxed(move || url.href(&[(SIZE, &rows.to_string())]))
                data-noscroll=""
                aria-current=boxed(move || (url.page_size() == rows).then_some("true"))
            >
                {rows}
            </a>
        }
    };
    let total = move || total.try_get().flatten().and_then(Result::ok);
    view! {
        <div class="list-foot">
            <p role="status"><Transition>{dynamic(total)}</Transition></p>
            <nav aria-label=texts::rows_per_page()>
                <span>{texts::rows_per_page()}</span>
                {PAGE_SIZES.map(choice).into_iter().collect_view()}
            </nav>
        </div>
    }
}
