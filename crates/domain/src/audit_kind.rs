//! The kinds of events of the audit log.

use crate::Error;

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuditKind {
    /// A person signed in.
    SignedIn,
    /// A sign-in was rejected.
    SignInFailed,
    /// A person signed out.
    SignedOut,
    /// A person was invited.
    PersonInvited,
    /// A person was created.
    PersonCreated,
    /// The role or another property of a person was changed.
    PersonChanged,
    /// A person was disabled.
    PersonDisabled,
    /// A password was set or changed.
    PasswordChanged,
    /// A second factor was added or removed.
    SecondFactorChanged,
    /// A person was linked to an identity at an OpenID provider, or the link was removed.
    IdentityChanged,
    /// Sessions were ended.
    SessionsRevoked,
    /// A client was created.
    ClientCreated,
    /// The warehouses of a client were changed.
    ClientChanged,
    /// A client was disabled.
    ClientDisabled,
    /// A token was created.
    TokenCreated,
    /// A token was revoked.
    TokenRevoked,
    /// An item was created.
    ItemCreated,
    /// The name, description, price or category of an item was changed.
    ItemChanged,
    /// An item was archived.
    ItemArchived,
    /// An archived item was restored.
    ItemRestored,
    /// A category was renamed or merged with another.
    CategoryRenamed,
    /// A warehouse was created.
    WarehouseCreated,
    /// The code or name of a warehouse was changed, or another warehouse was made the default.
    WarehouseChanged,
    /// A warehouse was archived.
    WarehouseArchived,
    /// An archived warehouse was restored.
    WarehouseRestored,
    /// An order was created.
    OrderCreated,
    /// The lines of an order were changed.
    OrderChanged,
    /// An order was cancelled.
    OrderCancelled,
    /// A block was extended.
    BlockExtended,
    /// A payment of a cart was started.
    PaymentStarted,
    /// A payment of a cart was ended by a request.
    PaymentEnded,
    /// A file was uploaded for an import.
    ImportCreated,
    /// A judged import was started.
    ImportApplied,
    /// An import was cancelled.
    ImportCancelled,
    /// A view of a list was saved or renamed.
    ViewSaved,
    /// A view of a list was deleted.
    ViewDeleted,
    /// A webhook endpoint was created.
    WebhookCreated,
    /// A webhook endpoint was changed, paused, resumed or replayed, or its events were sent again.
    WebhookChanged,
    /// A webhook endpoint got a new secret.
    WebhookRotated,
    /// A webhook endpoint was disabled by the answer of its receiver, or because its cursor is unknown or archived.
    WebhookDisabled,
    /// A webhook endpoint was deleted.
    WebhookDeleted,
    /// Old movements or audit events were written to a file of an archive, and deleted.
    ArchiveWritten,
    /// A server was started, with the settings that concern security.
    ServerStarted,
}

impl AuditKind {
    /// All kinds.
    pub const ALL: [Self; 43] = [
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::PersonInvited,
        Self::PersonCreated,
        Self::PersonChanged,
        Self::PersonDisabled,
        Self::PasswordChanged,
        Self::SecondFactorChanged,
        Self::IdentityChanged,
        Self::SessionsRevoked,
        Self::ClientCreated,
        Self::ClientChanged,
        Self::ClientDisabled,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::ItemCreated,
        Self::ItemChanged,
        Self::ItemArchived,
        Self::ItemRestored,
        Self::CategoryRenamed,
        Self::WarehouseCreated,
        Self::WarehouseChanged,
        Self::WarehouseArchived,
        Self::WarehouseRestored,
        Self::OrderCreated,
        Self::OrderChanged,
        Self::OrderCancelled,
        Self::BlockExtended,
        Self::PaymentStarted,
        Self::PaymentEnded,
        Self::ImportCreated,
        Self::ImportApplied,
        Self::ImportCancelled,
        Self::ViewSaved,
        Self::ViewDeleted,
        Self::WebhookCreated,
        Self::WebhookChanged,
        Self::WebhookRotated,
        Self::WebhookDisabled,
        Self::WebhookDeleted,
        Self::ArchiveWritten,
        Self::ServerStarted,
    ];

    /// Returns the name of the kind in requests, responses and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "session.created",
            Self::SignInFailed => "session.rejected",
            Self::SignedOut => "session.ended",
            Self::PersonInvited => "person.invited",
            Self::PersonCreated => "person.created",
            Self::PersonChanged => "person.changed",
            Self::PersonDisabled => "person.disabled",
            Self::PasswordChanged => "password.changed",
            Self::SecondFactorChanged => "second_factor.changed",
            Self::IdentityChanged => "identity.changed",
            Self::SessionsRevoked => "session.revoked",
            Self::ClientCreated => "client.created",
            Self::ClientChanged => "client.changed",
            Self::ClientDisabled => "client.disabled",
            Self::TokenCreated => "token.created",
            Self::TokenRevoked => "token.revoked",
            Self::ItemCreated => "item.created",
            Self::ItemChanged => "item.changed",
            Self::ItemArchived => "item.archived",
            Self::ItemRestored => "item.restored",
            Self::CategoryRenamed => "category.renamed",
            Self::WarehouseCreated => "warehouse.created",
            Self::WarehouseChanged => "warehouse.changed",
            Self::WarehouseArchived => "warehouse.archived",
            Self::WarehouseRestored => "warehouse.restored",
            Self::OrderCreated => "order.created",
            Self::OrderChanged => "order.changed",
            Self::OrderCancelled => "order.cancelled",
            Self::BlockExtended => "block.extended",
            Self::PaymentStarted => "payment.started",
            Self::PaymentEnded => "payment.ended",
            Self::ImportCreated => "import.created",
            Self::ImportApplied => "import.applied",
            Self::ImportCancelled => "import.cancelled",
            Self::ViewSaved => "view.saved",
            Self::ViewDeleted => "view.deleted",
            Self::WebhookCreated => "webhook.created",
            Self::WebhookChanged => "webhook.changed",
            Self::WebhookRotated => "webhook.rotated",
            Self::WebhookDisabled => "webhook.disabled",
            Self::WebhookDeleted => "webhook.deleted",
            Self::ArchiveWritten => "archive.written",
            Self::ServerStarted => "server.started",
        }
    }

    /// Returns the kind with this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] lists the kinds.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid("kind", format!("must be one of {names}"))
        })
    }
}

/// The kinds of changes of the catalogue: items, categories and warehouses.
pub const CATALOGUE_KINDS: [AuditKind; 9] = [
    AuditKind::ItemCreated,
    AuditKind::ItemChanged,
    AuditKind::ItemArchived,
    AuditKind::ItemRestored,
    AuditKind::CategoryRenamed,
    AuditKind::WarehouseCreated,
    AuditKind::WarehouseChanged,
    AuditKind::WarehouseArchived,
    AuditKind::WarehouseRestored,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_parsed_back() {
        for kind in AuditKind::ALL {
            assert_eq!(AuditKind::parse(kind.as_str()), Ok(kind));
        }
        assert!(AuditKind::parse("token").is_err());
    }
}
