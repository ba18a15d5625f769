use crate::memo::dynamic;
use crate::user_text::visible;
use leptos::prelude::*;
use leptos_meta::Title;

/// The head of a page: its title, on the page and on the browser tab, and its actions.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// The address and the name of the parent page.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    /// Badges after the title, and the page's actions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        // The text is a plain value: the server reads it after the page's signals have been disposed.
        {dynamic(move || view! { <Title text=visible(title.get()) /> })}
        <header class="page-head">
            <div class="page-head__title">
                {up.map(|(href, name)| view! { <a class="page-head__up" href=href>{name}</a> })}
                <h1>
                    <bdi>{dynamic(move || visible(title.get()))}</bdi>
                </h1>
            </div>
            {children.map(|children| view! { <div class="page-head__actions">{children()}</div> })}
        </header>
    }
}
