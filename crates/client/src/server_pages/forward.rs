//! The page that leads on to an OpenID provider after a form.

use crate::components::page_head::PageHead;
use crate::texts;
use leptos::prelude::*;

/// The way on to an OpenID provider.
#[derive(Debug, Clone, Default)]
pub struct ForwardPage {
    /// The name of the provider.
    pub name: String,
    /// The address at the provider.
    pub url: String,
}

impl ForwardPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { name, url } = self;
        view! {
            <PageHead title=texts::continue_to(&name) />
            <p>
                <a class="button button--primary" href=url rel="external">
                    {texts::continue_to(&name)}
                </a>
            </p>
        }
    }
}
