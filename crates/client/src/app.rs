use crate::components::palette::Palette;
use crate::components::time::Clock;
use crate::components::toast::{ToastList, Toasts};
use crate::fetch::Changes;
use crate::href;
use crate::keys::Keys;
use crate::live::Live;
use crate::nav::Navigation;
use crate::pages::{
    blocks::BlocksPage, categories::CategoriesPage, category::CategoryPage, import::ImportPage,
    item::ItemPage, items::ItemsPage, not_found::NotFound, order::OrderPage, order_new::NewOrderPage,
    orders::OrdersPage, overview::OverviewPage, warehouse::WarehousePage, warehouses::WarehousesPage,
};
use crate::prefs::{Prefs, remembered};
use crate::saved::Saved;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// The console. Every page is rendered whole on the server (`SsrMode::Async`): it reads without
/// JavaScript, and its status is that of its content.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Changes::provide();
    Clock::provide();
    Toasts::provide();
    Live::provide();
    Prefs::provide();
    Saved::provide();
    view! {
        <Title formatter=document_title />
        <Router>
            // The browser's business, not the router's: it moves the focus as well.
            <a class="skip" href="#main" rel="external">
                "Skip to content"
            </a>
            <Shell />
        </Router>
    }
}

/// The document's title. `leptos_meta` writes it into the server's HTML without escaping it, so it is escaped here. The
/// browser sets `document.title`, which is text and not HTML.
fn document_title(page: String) -> String {
    escaped(if page.is_empty() { "Stockhold".to_owned() } else { format!("{page} · Stockhold") })
}

#[cfg(feature = "ssr")]
fn escaped(title: String) -> String {
    html_escape::encode_text(&title).into_owned()
}

#[cfg(not(feature = "ssr"))]
fn escaped(title: String) -> String {
    title
}

/// Within the router: the keyboard leads to places.
#[component]
fn Shell() -> impl IntoView {
    Keys::provide();
    view! {
        <div class="shell">
            <Navigation />
            <Content />
        </div>
        <Palette />
        <ToastList />
    }
}

#[component]
fn Content() -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    focus_on_arrival(main);
    view! {
        <main id="main" class="shell__main" tabindex="-1" node_ref=main>
            <Told />
            <Pages />
        </main>
    }
}

/// The page of the address, or what a form is answered with in its place.
#[component]
fn Pages() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(outcome) = crate::plain::Outcome::current() {
        return outcome.view();
    }
    view! {
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                <Route path=path!("/categories") view=CategoriesPage ssr=SsrMode::Async />
                <Route path=path!("/categories/:name") view=CategoryPage ssr=SsrMode::Async />
                <Route path=path!("/items") view=ItemsPage ssr=SsrMode::Async />
                <Route path=path!("/items/:id") view=ItemPage ssr=SsrMode::Async />
                <Route path=path!("/blocks") view=BlocksPage ssr=SsrMode::Async />
                <Route path=path!("/orders") view=OrdersPage ssr=SsrMode::Async />
                <Route path=path!("/orders/new") view=NewOrderPage ssr=SsrMode::Async />
                <Route path=path!("/orders/:id") view=OrderPage ssr=SsrMode::Async />
                <Route path=path!("/warehouses") view=WarehousesPage ssr=SsrMode::Async />
                <Route path=path!("/warehouses/:id") view=WarehousePage ssr=SsrMode::Async />
                <Route path=path!("/import") view=ImportPage ssr=SsrMode::Async />
            </FlatRoutes>
    }
    .into_any()
}

/// What became of a form that was sent without JavaScript: the server leaves it for the next page.
#[component]
fn Told() -> impl IntoView {
    remembered("told").map(|told| view! { <p class="told" role="status">{href::unescape(&told)}</p> })
}

/// Moves the focus to the content after a navigation to another page, as a full page load would: a
/// keyboard or a screen reader starts there, not at the link that was left.
fn focus_on_arrival(main: NodeRef<html::Main>) {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if let (Some(main), true) = (main.get_untracked(), before.is_some_and(|before| before != path)) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            _ = main.focus_with_options(&options);
        }
        path
    });
}
