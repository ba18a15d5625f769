use crate::components::icon::Icon;
use crate::event_handlers::on_click;
use crate::live_updates::{ConnectionState, LiveUpdates};
use crate::shortcuts::Shortcuts;
use crate::theme::ThemePicker;
use leptos::prelude::*;
use leptos_router::components::A;

const SECTIONS: [(&str, &str, Icon); 6] = [
    ("/", "Overview", Icon::Overview),
    ("/categories", "Categories", Icon::Tag),
    ("/items", "Items", Icon::Item),
    ("/blocks", "Blocks", Icon::Lock),
    ("/orders", "Orders", Icon::Order),
    ("/warehouses", "Warehouses", Icon::Warehouse),
];

/// The navigation between the console's sections, with the current one marked, and the choice of the theme.
#[component]
pub fn Navigation() -> impl IntoView {
    let sections = SECTIONS.map(|(href, name, icon)| {
        view! {
            <li>
                <A href=href exact=href == "/">
                    {icon.view()}
                    <span>{name}</span>
                </A>
            </li>
        }
    });
    view! {
        <header class="shell__side">
            <a class="shell__brand" href="/">
                <svg class="shell__mark" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M3 5h18v3.4H3zM3 10.3h13v3.4H3zM3 15.6h8V19H3z" />
                </svg>
                "Stockhold"
            </a>
            <PaletteButton />
            <nav class="shell__nav" aria-label="Main">
                <ul>{sections.into_iter().collect_view()}</ul>
            </nav>
            <div class="shell__foot">
                <LiveBadge />
                <ThemePicker />
            </div>
        </header>
    }
}

#[component]
fn PaletteButton() -> impl IntoView {
    let shortcuts = Shortcuts::expect();
    view! {
        <button class="shell__find" type="button" on:click=on_click(move |_| shortcuts.palette_open.set(true))>
            {Icon::Search.view()}
            <span>"Search"</span>
            <kbd aria-hidden="true">"Ctrl K"</kbd>
        </button>
    }
}

/// Shows whether the page receives live updates.
#[component]
fn LiveBadge() -> impl IntoView {
    let live = LiveUpdates::expect();
    let is_live = move || live.connection() == ConnectionState::Connected;
    let text = move || {
        if live.connection() == ConnectionState::SignedOut {
            "Signed out"
        } else if is_live() {
            "Live"
        } else {
            "Connecting…"
        }
    };
    view! {
        <p class="live" class:live--on=is_live role="status">
            {text}
        </p>
    }
}
