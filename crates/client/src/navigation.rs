use crate::components::icon::Icon;
use crate::event_handlers::on_click;
use crate::live_updates::{ConnectionState, LiveUpdates};
use crate::memo::{boxed, dynamic};
use crate::shortcuts::Shortcuts;
use crate::texts;
use crate::theme::ThemePicker;
use leptos::prelude::*;
use leptos_router::components::A;

const SECTIONS: [(&str, fn() -> &'static str, Icon); 6] = [
    ("/", texts::nav_overview, Icon::Overview),
    ("/categories", texts::nav_categories, Icon::Tag),
    ("/items", texts::items, Icon::Item),
    ("/blocks", texts::holds, Icon::Lock),
    ("/orders", texts::orders, Icon::Order),
    ("/warehouses", texts::warehouses, Icon::Warehouse),
];

/// The navigation between the console's sections, with the current one marked, and the choice of the theme.
#[component]
pub fn Navigation() -> impl IntoView {
    let sections = SECTIONS.map(|(href, name, icon)| {
        view! {
            <li>
                <A href=href exact=href == "/">
                    {icon.view()}
                    <span>{name()}</span>
                </A>
            </li>
        }
    });
    let is_stock = api::page_request::request_address().is_some_and(|address| address.starts_with("/stock"));
    view! {
        <header class="shell__side">
            <a class="shell__brand" href="/">
                <svg class="shell__mark" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M3 5h18v3.4H3zM3 10.3h13v3.4H3zM3 15.6h8V19H3z" />
                </svg>
                "Stockhold"
            </a>
            <SearchForm />
            <nav class="shell__nav" aria-label=texts::sections()>
                <ul>
                    {sections.into_iter().collect_view()}
                    <li>
                        <a href="/stock" rel="external" aria-current=is_stock.then_some("page")>
                            {Icon::Item.view()}
                            <span>{texts::stock()}</span>
                        </a>
                    </li>
                </ul>
            </nav>
            <div class="shell__foot">
                <LiveBadge />
                <ThemePicker />
            </div>
        </header>
    }
}

/// The search field. Before hydration and without JavaScript, it leads to the search page. A click opens the command palette.
#[component]
fn SearchForm() -> impl IntoView {
    let shortcuts = Shortcuts::expect();
    let open = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        shortcuts.palette_open.set(true);
    };
    view! {
        <form
            class="shell__find"
            role="search"
            aria-label=texts::find_anything()
            action="/search"
            on:click=on_click(open)
        >
            {Icon::Search.view()}
            <input type="search" name="q" aria-label=texts::find_anything() placeholder=texts::search() autocomplete="off" />
            <kbd aria-hidden="true">"Ctrl K"</kbd>
        </form>
    }
}

/// Shows whether the page receives live updates.
#[component]
fn LiveBadge() -> impl IntoView {
    let live = LiveUpdates::expect();
    let is_live = move || live.connection() == ConnectionState::Connected;
    let text = move || match live.connection() {
        ConnectionState::SignedOut => texts::live_signed_out().to_owned(),
        ConnectionState::Connected => texts::live_on().to_owned(),
        ConnectionState::Connecting => texts::live_connecting().to_owned(),
        ConnectionState::Silent(seconds) => texts::live_silent(seconds),
    };
    view! {
        <p class="live" class:live--on=boxed(is_live) role="status">
            {dynamic(text)}
        </p>
    }
}
