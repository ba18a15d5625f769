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
    /// Returns whether the caller may not perform the action.
    pub(crate) fn is_forbidden(&self, action: &str) -> bool {
        self.forbidden.contains(&action)
    }

    /// Returns the forbidden actions of the render's caller as an attribute.
    pub(crate) fn forbidden_actions() -> Option<String> {
        use_context::<Self>()
            .filter(|caller| !caller.forbidden.is_empty())
            .map(|caller| caller.forbidden.join(" "))
    }

    /// Renders the name, the link to the account, and the sign-out. They are outside of the hydrated application.
    pub(crate) fn view() -> impl IntoView {
        use_context::<Self>().map(|Self { name, has_session, .. }| {
            let sign_out = has_session.then(|| {
                view! {
                    <form method="post" action="/sign-out">
                        <button class="button button--link">"Sign out"</button>
                    </form>
                }
            });
            view! {
                <aside class="caller" aria-label="Account">
                    <a class="caller__name" href="/account" rel="external">
                        {name}
                    </a>
                    {sign_out}
                </aside>
            }
        })
    }
}
