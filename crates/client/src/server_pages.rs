//! Pages that only the server renders: plain HTML and forms, without hydration and without a byte of WASM.

mod account;
mod audit;
mod caller;
mod carts;
mod catalogue;
mod changes;
mod clients;
mod form;
mod forward;
mod imports;
mod people;
mod sign_in;

pub use account::{AccountPage, NewFactor, SessionRow};
pub use audit::{AuditFilter, AuditPage};
pub use caller::ConsoleCaller;
pub use carts::{CartPage, CartsPage};
pub use catalogue::{ArchivePage, ItemChangesPage, WarehouseEditPage};
pub use changes::{ChangesFilter, ChangesPage};
pub use clients::ClientsPage;
pub use forward::ForwardPage;
pub use imports::{ImportPage, ImportRowsPage, ImportsPage};
pub use people::{PeoplePage, PersonRow};
pub use sign_in::{InvitationPage, SignInPage};

use crate::components::page_head::PageHead;
use leptos::prelude::*;

/// A page that only the server renders. The server puts it into the context of a render, where it replaces the page of
/// the address.
#[derive(Clone)]
pub enum ServerPage {
    /// The API clients.
    Clients(Box<ClientsPage>),
    /// The audit log.
    Audit(AuditPage),
    /// The people.
    People(PeoplePage),
    /// One's own account.
    Account(AccountPage),
    /// The sign-in.
    SignIn(SignInPage),
    /// The way on to an OpenID provider.
    Forward(ForwardPage),
    /// The choice of a password by a one-time link.
    Invitation(InvitationPage),
    /// The changes of items, categories and warehouses.
    Changes(ChangesPage),
    /// The changes of an item.
    ItemChanges(ItemChangesPage),
    /// The form of a warehouse.
    WarehouseEdit(WarehouseEditPage),
    /// The archived items and warehouses.
    Archive(ArchivePage),
    /// The list of imports.
    Imports(ImportsPage),
    /// An import.
    Import(Box<ImportPage>),
    /// The search for carts.
    Carts(CartsPage),
    /// A cart.
    Cart(Box<CartPage>),
    /// In place of a cart that does not exist, with the reason.
    NoCart(String),
    /// In place of a page of actions that the caller may not perform.
    Forbidden,
}

impl ServerPage {
    /// Returns the page from the render's context, or [`Self::Forbidden`] if the caller may not open the page of the
    /// address.
    pub(crate) fn current() -> Option<Self> {
        use_context().or_else(|| {
            let address = api::page_request::request_address()?;
            let path = address.split('?').next()?.trim_end_matches('/');
            use_context::<ConsoleCaller>()?.is_forbidden(path).then_some(Self::Forbidden)
        })
    }

    /// Returns whether the page is for people who have not signed in. It has no navigation.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self, Self::SignIn(_) | Self::Invitation(_))
    }

    /// Renders the page.
    pub(crate) fn view(self) -> AnyView {
        match self {
            Self::Clients(page) => page.view().into_any(),
            Self::Audit(page) => page.view().into_any(),
            Self::People(page) => page.view().into_any(),
            Self::Account(page) => page.view().into_any(),
            Self::SignIn(page) => page.view().into_any(),
            Self::Forward(page) => page.view().into_any(),
            Self::Invitation(page) => page.view().into_any(),
            Self::Changes(page) => page.view().into_any(),
            Self::ItemChanges(page) => page.view().into_any(),
            Self::WarehouseEdit(page) => page.view().into_any(),
            Self::Archive(page) => page.view().into_any(),
            Self::Imports(page) => page.view().into_any(),
            Self::Import(page) => page.view().into_any(),
            Self::Carts(page) => page.view().into_any(),
            Self::Cart(page) => page.view().into_any(),
            Self::NoCart(error) => carts::no_cart(error).into_any(),
            Self::Forbidden => forbidden().into_any(),
        }
    }
}

fn forbidden() -> impl IntoView {
    api::page_request::respond_with_status(403);
    view! {
        <PageHead title="Not allowed".to_owned() />
        <div class="problem" role="alert">
            <p>"Your role does not include this page. An administrator can change your role."</p>
        </div>
    }
}
