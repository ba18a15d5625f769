//! Pages that only the server renders: plain HTML and forms, without hydration and without a byte of WASM.

mod account;
mod audit;
mod clients;
mod form;
mod people;
mod sign_in;

pub use account::{AccountPage, NewFactor, SessionRow};
pub use audit::{AuditFilter, AuditPage};
pub use clients::ClientsPage;
pub use people::{PeoplePage, PersonRow};
pub use sign_in::{InvitationPage, SignInPage};

use leptos::prelude::*;

/// The name of the caller on every page, with a link to the account. The server puts it into the context of a render. It is
/// outside of the hydrated application.
#[derive(Clone)]
pub struct CallerName(pub String);

impl CallerName {
    /// Renders the link, if the request has a caller.
    pub(crate) fn link() -> impl IntoView {
        use_context::<Self>().map(|Self(name)| {
            view! {
                <a class="account-link" href="/account" rel="external">
                    {name}
                </a>
            }
        })
    }
}

/// A page that only the server renders. The server puts it into the context of a render, where it replaces the page of
/// the address.
#[derive(Clone)]
pub enum ServerPage {
    /// The API clients.
    Clients(ClientsPage),
    /// The audit log.
    Audit(AuditPage),
    /// The people.
    People(PeoplePage),
    /// One's own account.
    Account(AccountPage),
    /// The sign-in.
    SignIn(SignInPage),
    /// The choice of a password by a one-time link.
    Invitation(InvitationPage),
}

impl ServerPage {
    /// Returns the page from the render's context.
    pub(crate) fn current() -> Option<Self> {
        use_context()
    }

    /// Renders the page.
    pub(crate) fn view(self) -> AnyView {
        match self {
            Self::Clients(page) => page.view().into_any(),
            Self::Audit(page) => page.view().into_any(),
            Self::People(page) => page.view().into_any(),
            Self::Account(page) => page.view().into_any(),
            Self::SignIn(page) => page.view().into_any(),
            Self::Invitation(page) => page.view().into_any(),
        }
    }
}
