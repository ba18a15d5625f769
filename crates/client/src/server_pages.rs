//! Pages that only the server renders: plain HTML and forms, without hydration and without a byte of WASM.

mod account;
mod audit;
mod block;
mod caller;
mod carts;
mod catalogue;
mod changes;
mod clients;
mod event_kinds;
mod form;
mod forward;
mod help;
mod imports;
mod movements;
mod notifications;
mod order_allocation;
mod order_documents;
mod order_lines;
mod paging;
mod people;
mod search;
mod settings;
mod shipping;
mod sign_in;
mod sold;
mod stock_drafts;
mod webhooks;

pub use account::{AccountPage, NewFactor, SessionRow};
pub use audit::{AuditFilter, AuditPage};
pub use block::BlockPage;
pub use caller::ConsoleCaller;
pub use carts::{CartPage, CartsPage};
pub use catalogue::{ArchivePage, ItemChangesPage, WarehouseEditPage};
pub use changes::{ChangesFilter, ChangesPage};
pub use clients::ClientsPage;
pub use forward::ForwardPage;
pub use help::HelpPage;
pub use imports::{ImportPage, ImportRowsPage, ImportsPage};
pub use movements::{MovementsPage, RefusalsPage, SpanFilter};
pub use notifications::{NoticeText, NotificationRow, NotificationsPage, UnreadNotifications};
pub use order_allocation::{OrderAllocationPage, PLAN_LEVELS_SEPARATOR, PlanChoice, SourcingPlace};
pub use order_documents::{DocumentKind, OrderDocument};
pub use order_lines::OrderLinesPage;
pub use people::{PeoplePage, PersonRow, role_name};
pub use search::SearchPage;
pub use settings::{LocaleChoice, SettingRow, SettingSource, SettingsPage};
pub use shipping::{ShippingPage, level_key};
pub use sign_in::{InvitationPage, SignInPage};
pub use sold::SoldPage;
pub use stock_drafts::{DraftLineRow, DraftPage, DraftPageKind, DraftRow, DraftsPage};
pub use webhooks::{WebhookFields, WebhookPage, WebhooksPage};

use crate::components::page_head::PageHead;
use crate::texts;
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
    /// The notifications of a person.
    Notifications(NotificationsPage),
    /// The movements of the ledger.
    Movements(Box<MovementsPage>),
    /// The refused units by item.
    Refusals(RefusalsPage),
    /// The units that are sold.
    Sold(SoldPage),
    /// The changes of an item.
    ItemChanges(ItemChangesPage),
    /// The form of a warehouse.
    WarehouseEdit(WarehouseEditPage),
    /// The archived items and warehouses.
    Archive(ArchivePage),
    /// The settings.
    Settings(Box<SettingsPage>),
    /// The drafts of stock documents.
    Drafts(Box<DraftsPage>),
    /// A draft of a stock document.
    Draft(Box<DraftPage>),
    /// In place of a draft that does not exist.
    NoDraft,
    /// A page of the help.
    Help(HelpPage),
    /// The list of imports.
    Imports(ImportsPage),
    /// An import.
    Import(Box<ImportPage>),
    /// A block.
    Block(Box<BlockPage>),
    /// In place of a block that does not exist, with the reason.
    NoBlock(String),
    /// The search for carts.
    Carts(CartsPage),
    /// A cart.
    Cart(Box<CartPage>),
    /// In place of a cart that does not exist, with the reason.
    NoCart(String),
    /// The form for the lines of an order.
    OrderLines(Box<OrderLinesPage>),
    /// The page that allocates an order.
    OrderAllocation(Box<OrderAllocationPage>),
    /// A printed document of an order.
    OrderDocument(Box<OrderDocument>),
    /// A search over all kinds.
    Search(SearchPage),
    /// The page that ships an order.
    Shipping(Box<ShippingPage>),
    /// The webhooks.
    Webhooks(Box<WebhooksPage>),
    /// A webhook.
    Webhook(Box<WebhookPage>),
    /// In place of an order that does not exist, with the reason.
    NoOrder(String),
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
            Self::Notifications(page) => page.view().into_any(),
            Self::Movements(page) => page.view().into_any(),
            Self::Refusals(page) => page.view().into_any(),
            Self::Sold(page) => page.view().into_any(),
            Self::ItemChanges(page) => page.view().into_any(),
            Self::WarehouseEdit(page) => page.view().into_any(),
            Self::Archive(page) => page.view().into_any(),
            Self::Settings(page) => page.view().into_any(),
            Self::Drafts(page) => page.view().into_any(),
            Self::Draft(page) => page.view().into_any(),
            Self::NoDraft => stock_drafts::no_draft().into_any(),
            Self::Help(page) => page.view().into_any(),
            Self::Imports(page) => page.view().into_any(),
            Self::Import(page) => page.view().into_any(),
            Self::Block(page) => page.view().into_any(),
            Self::NoBlock(error) => block::no_block(error).into_any(),
            Self::Carts(page) => page.view().into_any(),
            Self::Cart(page) => page.view().into_any(),
            Self::NoCart(error) => carts::no_cart(error).into_any(),
            Self::OrderLines(page) => page.view().into_any(),
            Self::OrderAllocation(page) => page.view().into_any(),
            Self::OrderDocument(page) => page.view().into_any(),
            Self::Webhooks(page) => page.view().into_any(),
            Self::Webhook(page) => page.view().into_any(),
            Self::NoOrder(error) => order_documents::no_order(error).into_any(),
            Self::Search(page) => page.view().into_any(),
            Self::Shipping(page) => page.view().into_any(),
            Self::Forbidden => forbidden().into_any(),
        }
    }
}

fn forbidden() -> impl IntoView {
    api::page_request::respond_with_status(403);
    view! {
        <PageHead title=texts::not_allowed().to_owned() />
        <div class="problem" role="alert">
            <p>{texts::not_allowed_detail()}</p>
        </div>
    }
}
