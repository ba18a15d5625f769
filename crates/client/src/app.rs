use crate::components::command_palette::CommandPalette;
use crate::components::not_found::NotFound;
use crate::components::time::Clock;
use crate::components::toast::{ToastList, Toasts};
use crate::cookies::cookie;
use crate::href;
use crate::live_updates::provide_live_updates;
use crate::memo::effect;
use crate::navigation::Navigation;
use crate::pages::{
    blocks::BlocksPage, categories::CategoriesPage, category::CategoryPage, item::ItemPage, items::ItemsPage,
    order::OrderPage, order_new::NewOrderPage, orders::OrdersPage, overview::OverviewPage,
    warehouse::WarehousePage, warehouses::WarehousesPage,
};
use crate::preferences::Preferences;
use crate::refetch::RefetchTrigger;
use crate::shortcuts::Shortcuts;
use crate::texts;
use crate::unsaved::Unsaved;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// The console. The server renders every page completely (`SsrMode::Async`), so that pages work without
/// JavaScript and the HTTP status matches the content.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    crate::scroll::listen();
    #[cfg(feature = "ssr")]
    crate::locale::Locale::provide();
    RefetchTrigger::provide();
    Clock::provide();
    Toasts::provide();
    provide_live_updates();
    Preferences::provide();
    Unsaved::provide();
    view! {
        <Title formatter=document_title />
        <Router>
            // `external` leaves the link to the browser, which moves the focus too. The router doesn't.
            <a class="skip" href="#main" rel="external">
                {texts::skip_to_content()}
            </a>
            <Shell />
        </Router>
    }
}

/// Returns the document's title. `leptos_meta` doesn't escape titles in the server's HTML, so they are escaped
/// here. The browser sets `document.title`, which is plain text.
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

/// The frame of all pages. Inside the router, because shortcuts navigate.
#[component]
fn Shell() -> impl IntoView {
    Unsaved::expect().follow_address();
    Shortcuts::provide();
    view! {
        <div class="shell">
            <Navigation />
            <Content />
        </div>
        <CommandPalette />
        <ToastList />
    }
}

#[component]
fn Content() -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    focus_main_on_navigation(main);
    view! {
        <main id="main" class="shell__main" tabindex="-1" node_ref=main>
            <FlashMessage />
            <Pages />
        </main>
    }
}

/// The page of the address, the result of a form that was posted without JavaScript, or a page that only the server
/// renders.
#[component]
fn Pages() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(outcome) = crate::form_result::FormResult::current() {
        return outcome.view();
    }
    #[cfg(feature = "ssr")]
    if let Some(page) = crate::server_pages::ServerPage::current() {
        return page.view();
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
            </FlatRoutes>
    }
    .into_any()
}

/// Shows the flash message: the result of a form that was posted without JavaScript. The server sends it in a
/// cookie.
#[component]
fn FlashMessage() -> impl IntoView {
    cookie("flash").map(|text| view! { <p class="flash" role="status">{href::percent_decode(&text)}</p> })
}

/// Moves the focus to the main content after a navigation, as a full page load would. Keyboard and screen-reader
/// users then start at the content and not at the link they followed.
fn focus_main_on_navigation(main: NodeRef<html::Main>) {
    let path = use_location().pathname;
    effect(move |before: Option<String>| {
        let path = path.get();
        if let (Some(main), true) = (main.get_untracked(), before.is_some_and(|before| before != path)) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            _ = main.focus_with_options(&options);
        }
        path
    });
}
