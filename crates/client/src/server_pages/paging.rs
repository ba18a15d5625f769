//! The pages of a list that the server renders: links to the first, the previous and the next one, and the rows per page.

use crate::components::pager::{next_trail, previous_page};
use crate::texts;
use crate::url_state::{AFTER, PAGE_SIZES, SIZE, TRAIL, page_size, parse_query};
use api::links::percent_encode;
use api::page_request::request_address;
use leptos::prelude::*;

/// The page of a list that the address names.
struct ListPage {
    /// The path of the list with its filter. It ends with `?` or `&`.
    path: String,
    /// The cursor of the page; `None` for the first one.
    after: Option<String>,
    /// The cursors of the pages before.
    trail: Option<String>,
    /// The chosen rows per page, if they are chosen.
    size: Option<String>,
    /// The place of the list on its page, such as `#rows`.
    anchor: &'static str,
}

impl ListPage {
    /// Returns the page that the address of the request names. The response to a form has no page in its address.
    fn current(path: &str, anchor: &'static str) -> Self {
        let address = request_address().unwrap_or_default();
        let query = parse_query(address.split_once('?').map_or("", |(_, query)| query));
        let get = |name: &str| {
            let pair = query.iter().find(|(key, value)| key == name && !value.is_empty());
            pair.map(|(_, value)| value.clone())
        };
        Self { path: path.to_owned(), after: get(AFTER), trail: get(TRAIL), size: get(SIZE), anchor }
    }

    /// Returns the address of a page of the list.
    fn href(&self, after: &str, trail: &str, size: Option<&str>) -> String {
        let pairs = [(AFTER, after), (TRAIL, trail), (SIZE, size.unwrap_or_default())];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<_> = pairs.map(|(key, value)| format!("{key}={}", percent_encode(value))).collect();
        let href = format!("{}{}", self.path, query.join("&"));
        format!("{}{}", href.trim_end_matches(['?', '&']), self.anchor)
    }

    /// Returns the address, the name and the relation of each linked page.
    fn links(&self, next: Option<String>) -> Vec<(String, &'static str, &'static str)> {
        let size = self.size.as_deref();
        let mut links = Vec::new();
        if self.after.is_some() {
            let (after, trail) = previous_page(self.trail.clone());
            links.push((self.href("", "", size), texts::first_page(), ""));
            links.push((self.href(&after, &trail, size), texts::previous_page(), "prev"));
        }
        if let Some(next) = next {
            let trail = next_trail(self.trail.clone(), self.after.clone());
            links.push((self.href(&next, &trail, size), texts::next_page(), "next"));
        }
        links
    }
}

/// Renders the links to other pages of a list, and the choice of the rows per page. `path` is that of the list with its filter,
/// and ends with `?` or `&`. The choice is left out for a list that fits into the smallest page.
pub(super) fn pages(next: Option<String>, path: &str, rows: usize) -> impl IntoView + use<> {
    pages_at(next, path, rows, "")
}

/// Renders the same for a list that is not at the beginning of its page. `anchor` is its place, such as `#rows`.
pub(super) fn pages_at(
    next: Option<String>,
    path: &str,
    rows: usize,
    anchor: &'static str,
) -> impl IntoView + use<> {
    let page = ListPage::current(path, anchor);
    let chosen = page_size(page.size.clone());
    let is_small = page.after.is_none() && next.is_none() && rows as i64 <= PAGE_SIZES[0];
    let links = page.links(next).into_iter();
    let links = links.map(|(href, name, rel)| view! { <a class="button" href=href rel=rel>{name}</a> });
    let links: Vec<_> = links.collect();
    let links =
        (!links.is_empty()).then(|| view! { <nav class="pager" aria-label=texts::pages()>{links}</nav> });
    let choice = |rows: i64| {
        let href = page.href("", "", Some(&rows.to_string()));
        view! { <a href=href aria-current=(rows == chosen).then_some("true")>{rows}</a> }
    };
    let sizes = (!is_small).then(|| {
        view! {
            <div class="list-foot">
                <nav aria-label=texts::rows_per_page()>
                    <span>{texts::rows_per_page()}</span>
                    {PAGE_SIZES.map(choice).into_iter().collect_view()}
                </nav>
            </div>
        }
    });
    view! {
        {links}
        {sizes}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&str>, trail: Option<&str>, size: Option<&str>) -> ListPage {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        ListPage {
            path: "/audit?actor=x&".to_owned(),
            after: owned(after),
            trail: owned(trail),
            size: owned(size),
            anchor: "",
        }
    }

    #[test]
    fn each_page_links_to_the_ones_before_and_after_it() {
        let hrefs = |page: &ListPage, next: Option<&str>| {
            let links = page.links(next.map(str::to_owned)).into_iter();
            links.map(|(href, ..)| href).collect::<Vec<_>>()
        };
        assert_eq!(hrefs(&page(None, None, None), None), Vec::<String>::new());
        assert_eq!(hrefs(&page(None, None, Some("25")), Some("7:1")), ["/audit?actor=x&after=7%3A1&size=25"]);
        assert_eq!(
            hrefs(&page(Some("7:1"), None, None), Some("3:1")),
            ["/audit?actor=x", "/audit?actor=x", "/audit?actor=x&after=3%3A1&trail=7%253A1"]
        );
        assert_eq!(
            hrefs(&page(Some("3:1"), Some("7%3A1"), None), None),
            ["/audit?actor=x", "/audit?actor=x&after=7%3A1"]
        );
    }

    #[test]
    fn a_list_keeps_its_place_on_the_page() {
        let rows = ListPage { path: "/imports/5?".to_owned(), anchor: "#rows", ..page(None, None, None) };
        assert_eq!(rows.href("", "", None), "/imports/5#rows");
        assert_eq!(rows.href("9", "", None), "/imports/5?after=9#rows");
    }
}
