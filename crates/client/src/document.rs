use crate::App;
use crate::plain::Outcome;
use crate::theme::Theme;
use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

/// The HTML document around the console. The person's theme is in its first byte, so that no page
/// flashes in the other one.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    // Where a form is answered, the browser would bring to life the page of the address, which isn't there.
    let scripts = Outcome::current().is_none().then(|| {
        let options = options.clone();
        view! { <HydrationScripts options /> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::current().name() data-density=crate::prefs::density()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="description" content="Stockhold keeps an online shop's stock truthful." />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <AutoReload options />
                {scripts}
                <MetaTags />
            </head>
            <body data-address=api::document::request_address()>
                <App />
            </body>
        </html>
    }
}
