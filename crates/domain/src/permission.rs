use std::fmt;

/// A right that an operation requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Permission {
    /// Operations that need no credentials, such as health checks and the sign-in.
    Public,
    /// Operations of every signed-in person or client on its own account.
    SignedIn,
    /// Reads of items, stock, blocks, orders and events.
    ReadStock,
    /// Placing, confirming, extending and releasing blocks and carts, and the clean-up of expired ones.
    WriteHolds,
    /// Creating, allocating and cancelling orders.
    WriteOrders,
    /// Receipts, moves, and write-offs up to the configured limit.
    WriteStock,
    /// Write-offs of any size.
    WriteOffStock,
    /// Imports of items and stock from files.
    ImportItems,
    /// Changes of items, categories and warehouses.
    WriteItems,
    /// Webhook endpoints, their secrets and deliveries.
    ManageWebhooks,
    /// People, clients and their credentials, and the audit log.
    ManageAccess,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 11] = [
        Self::Public,
        Self::SignedIn,
        Self::ReadStock,
        Self::WriteHolds,
        Self::WriteOrders,
        Self::WriteStock,
        Self::WriteOffStock,
        Self::ImportItems,
        Self::WriteItems,
        Self::ManageWebhooks,
        Self::ManageAccess,
    ];

    /// Returns the name in errors and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::SignedIn => "signed-in",
            Self::ReadStock => "stock:read",
            Self::WriteHolds => "holds:write",
            Self::WriteOrders => "orders:write",
            Self::WriteStock => "stock:write",
            Self::WriteOffStock => "stock:write-off",
            Self::ImportItems => "items:import",
            Self::WriteItems => "items:write",
            Self::ManageWebhooks => "webhooks:manage",
            Self::ManageAccess => "admin",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
