use crate::texts;
use leptos::prelude::*;

/// The caller of a page. The server puts it into the context of a render.
#[derive(Debug, Clone)]
pub struct ConsoleCaller {
    /// The name that every page shows.
    pub name: String,
    /// Whether the caller has a session, which a sign-out ends.
    pub has_session: bool,
    /// The actions that the caller may not perform; see [`crate::permissions`].
    pub forbidden: Vec<&'static str>,
}

impl ConsoleCaller {
    /// Returns the caller from the render's context.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }

    /// Returns whether the caller may not perform the action.
    pub(crate) fn is_forbidden(&self, action: &str) -> bool {
        self.forbidden.contains(&action)
    }

    /// Returns the forbidden actions of the render's caller as an attribute.
    pub(crate) fn forbidden_actions() -> Option<String> {
        Self::current().filter(|caller| !caller.forbidden.is_empty()).map(|caller| caller.forbidden.join(" "))
    }

    /// Renders the name, the link to the account, and the sign-out. They are outside of the hydrated application.
    pub(crate) fn view() -> impl IntoView {
        Self::current().map(|Self { name, has_session, .. }| {
            let sign_out = has_session.then(|| {
                view! {
                    <form method="post" action="/sign-out">
                        <button class="button button--link">{texts::sign_out()}</button>
                    </form>
                }
            });
            view! {
                <aside class="caller" aria-label=texts::account()>
                    <a class="caller__name" href="/account" rel="external">
                        {name}
                    </a>
                    {super::notifications::badge()}
                    {icon_link("/settings", "\u{2699}\u{FE0E}", texts::settings())}
                    {icon_link("/help", "?", texts::help())}
                    {sign_out}
                </aside>
            }
        })
    }
}

fn icon_link(address: &'static str, icon: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <a class="caller__icon" href=address rel="external" aria-label=name title=name>
            {icon}
        </a>
    }
}
