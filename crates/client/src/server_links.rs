//! Links to pages that only the server renders. The WASM has no code of these pages, so the browser loads them.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event};

/// The beginnings of the paths of these pages.
const SERVER_PAGES: [&str; 6] = ["/imports", "/carts", "/blocks/", "/search", "/sold", "/stock"];

fn is_server_page(href: &str) -> bool {
    SERVER_PAGES.iter().any(|page| href.starts_with(page))
}

/// Opens an address of the console.
pub fn open(href: &str, navigate: &impl Fn(&str, NavigateOptions)) {
    match is_server_page(href) {
        true => _ = window().location().set_href(href),
        false => navigate(href, NavigateOptions::default()),
    }
}

/// Leaves links to these pages to the browser, wherever they are. The router skips a link with `rel="external"`. The listener
/// captures a click, so it marks the link before the router sees the click.
pub fn mark_on_click() {
    let mark = Closure::<dyn FnMut(Event)>::new(|event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link else { return };
        if link.get_attribute("href").is_some_and(|href| is_server_page(&href)) {
            _ = link.set_attribute("rel", "external");
        }
    });
    _ = document().add_event_listener_with_callback_and_bool("click", mark.as_ref().unchecked_ref(), true);
    mark.forget();
}
