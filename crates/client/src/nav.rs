use crate::components::icon::Icon;
use crate::keys::Keys;
use crate::live::{Hearing, Live};
use crate::on::on_click;
use crate::theme::ThemePicker;
use leptos::prelude::*;
use leptos_router::components::A;

const PLACES: [(&str, &str, Icon); 6] = [
    ("/", "Overview", Icon::Overview),
    ("/categories", "Categories", Icon::Tag),
    ("/items", "Items", Icon::Item),
    ("/blocks", "Blocks", Icon::Lock),
    ("/orders", "Orders", Icon::Order),
    ("/warehouses", "Warehouses", Icon::Warehouse),
];

/// The console's places, with the current one marked, and the choice of colours.
#[component]
pub fn Navigation() -> impl IntoView {
    let places = PLACES.map(|(href, name, icon)| {
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
                <ul>{places.into_iter().collect_view()}</ul>
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
    let keys = Keys::expect();
    view! {
        <button class="shell__find" type="button" on:click=on_click(move |_| keys.palette.set(true))>
            {Icon::Search.view()}
            <span>"Find or do"</span>
            <kbd aria-hidden="true">"Ctrl K"</kbd>
        </button>
    }
}

/// Tells whether what is on the screen is what is so.
#[component]
fn LiveBadge() -> impl IntoView {
    let live = Live::expect();
    let is_live = move || live.hearing() == Hearing::Live;
    view! {
        <p class="live" class:live--on=is_live role="status">
            {move || if is_live() { "Live" } else { "Connecting…" }}
        </p>
    }
}
