use leptos::prelude::*;
use leptos_meta::Title;

/// The head of a page: its title, here and on the browser's tab, and what can be done on the page.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Where the page belongs: the address and name of the list above it.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// Badges after the title, and the page's actions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        // Its text is plain: the server reads it when the page's signals are gone.
        {move || view! { <Title text=title.get() /> }}
        <header class="page-head">
            <div class="page-head__title">
                {up.map(|(href, name)| view! { <a class="page-head__up" href=href>{name}</a> })}
                <h1>{move || title.get()}</h1>
            </div>
            {children.map(|children| view! { <div class="page-head__actions">{children()}</div> })}
        </header>
    }
}
