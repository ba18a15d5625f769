use crate::{AllowedWarehouses, Error, Permission, WarehouseId};
use std::borrow::Cow;
use std::fmt;

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Permissions(u16);

impl Permissions {
    /// The permissions without credentials.
    pub const ANONYMOUS: Self = Self::of(&[Permission::Public]);
    /// All permissions.
    pub const ALL: Self = Self::of(&Permission::ALL);

    /// Returns the set of these permissions.
    pub const fn of(permissions: &[Permission]) -> Self {
        let (mut bits, mut index) = (0, 0);
        while index < permissions.len() {
            bits |= 1 << permissions[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Returns the permissions in either set.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether the set contains the permission.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Checks that the set contains the permission. `actor` is the name of the caller in the error.
    ///
    /// # Errors
    /// [`Error::Forbidden`] names the permission.
    pub fn require(self, permission: Permission, actor: &str) -> Result<(), Error> {
        match self.contains(permission) {
            true => Ok(()),
            false => Err(Error::Forbidden { permission, actor: actor.to_owned() }),
        }
    }

    /// Returns the permissions in their order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The role of a person. Each role has the permissions of the roles before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Handles blocks, orders, receipts and imports.
    Operator,
    /// Also changes items, categories and warehouses, and writes off any number of units.
    Manager,
    /// Also manages people, clients and webhooks.
    Administrator,
}

impl Role {
    /// All roles, by ascending rights.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Operator, Self::Manager, Self::Administrator];

    /// Returns the name of the role in requests, responses and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
        }
    }

    /// Returns the role with this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] if no role has it.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == name);
        found.ok_or_else(|| {
            Error::invalid("role", "must be one of viewer, operator, manager and administrator")
        })
    }

    /// Returns the permissions of the role.
    pub const fn permissions(self) -> Permissions {
        use Permission as P;
        const VIEWER: Permissions = Permissions::of(&[P::Public, P::SignedIn, P::ReadStock]);
        const OPERATOR: Permissions =
            Permissions::of(&[P::WriteHolds, P::WriteOrders, P::WriteStock, P::ImportItems]).union(VIEWER);
        const MANAGER: Permissions = Permissions::of(&[P::WriteOffStock, P::WriteItems]).union(OPERATOR);
        match self {
            Self::Viewer => VIEWER,
            Self::Operator => OPERATOR,
            Self::Manager => MANAGER,
            Self::Administrator => Permissions::ALL,
        }
    }
}

/// A right of a client. A client has one or more scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Reads.
    StockRead,
    /// Receipts, moves and write-offs.
    StockWrite,
    /// Blocks and carts.
    HoldsWrite,
    /// Orders.
    OrdersWrite,
    /// Items, categories, warehouses and imports.
    ItemsWrite,
    /// Webhook endpoints.
    WebhooksManage,
    /// People and clients.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 7] = [
        Self::StockRead,
        Self::StockWrite,
        Self::HoldsWrite,
        Self::OrdersWrite,
        Self::ItemsWrite,
        Self::WebhooksManage,
        Self::Admin,
    ];

    /// Returns the name of the scope in requests, responses and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StockRead => "stock:read",
            Self::StockWrite => "stock:write",
            Self::HoldsWrite => "holds:write",
            Self::OrdersWrite => "orders:write",
            Self::ItemsWrite => "items:write",
            Self::WebhooksManage => "webhooks:manage",
            Self::Admin => "admin",
        }
    }

    /// Returns the scope with this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] if no scope has it.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|scope| scope.as_str() == name);
        found.ok_or_else(|| {
            let reason =
                "must be of stock:read, stock:write, holds:write, orders:write, items:write, webhooks:manage and admin";
            Error::invalid("scopes", reason)
        })
    }

    /// Returns the permissions of the scope.
    pub const fn permissions(self) -> Permissions {
        use Permission as P;
        match self {
            Self::StockRead => Permissions::of(&[P::Public, P::SignedIn, P::ReadStock]),
            Self::StockWrite => Permissions::of(&[P::Public, P::SignedIn, P::WriteStock, P::WriteOffStock]),
            Self::HoldsWrite => Permissions::of(&[P::Public, P::SignedIn, P::WriteHolds]),
            Self::OrdersWrite => Permissions::of(&[P::Public, P::SignedIn, P::WriteOrders]),
            Self::ItemsWrite => Permissions::of(&[P::Public, P::SignedIn, P::WriteItems, P::ImportItems]),
            Self::WebhooksManage => Permissions::of(&[P::Public, P::SignedIn, P::ManageWebhooks]),
            Self::Admin => Permissions::of(&[P::Public, P::SignedIn, P::ManageAccess]),
        }
    }
}

/// The caller of an operation, authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The name in the ledger and in the audit log, such as `person:anna`, `client:webshop` or `local`. It is stable: names
    /// of people and clients never change and are never used again.
    pub actor: Cow<'static, str>,
    /// The permissions.
    pub permissions: Permissions,
    /// The warehouses whose stock it may change.
    pub warehouses: AllowedWarehouses,
}

impl Principal {
    /// Everyone on the same machine, while the server accepts local access: an administrator without credentials.
    pub const LOCAL: Self = Self {
        actor: Cow::Borrowed("local"),
        permissions: Permissions::ALL,
        warehouses: AllowedWarehouses::ALL,
    };

    /// Returns a person who may change the stock of all warehouses.
    pub fn person(name: &str, role: Role) -> Self {
        let (actor, permissions) = (format!("person:{name}").into(), role.permissions());
        Self { actor, permissions, warehouses: AllowedWarehouses::ALL }
    }

    /// Returns a client that may change the stock of all warehouses.
    pub fn client(name: &str, scopes: &[Scope]) -> Self {
        let permissions = scopes
            .iter()
            .fold(Permissions::ANONYMOUS, |permissions, scope| permissions.union(scope.permissions()));
        let actor = format!("client:{name}").into();
        Self { actor, permissions, warehouses: AllowedWarehouses::ALL }
    }

    /// Returns the principal with a limit to warehouses.
    pub fn limited_to(self, warehouses: AllowedWarehouses) -> Self {
        Self { warehouses, ..self }
    }

    /// Checks a permission.
    ///
    /// # Errors
    /// [`Error::Forbidden`] names the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Error> {
        self.permissions.require(permission, &self.actor)
    }

    /// Checks a permission in a warehouse.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::WarehouseForbidden`].
    pub fn check_warehouse(&self, permission: Permission, warehouse: WarehouseId) -> Result<(), Error> {
        self.require(permission)?;
        self.warehouses.check(permission, warehouse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_the_permissions_of_the_roles_before_it() {
        for (lower, higher) in Role::ALL.iter().zip(&Role::ALL[1..]) {
            let (lower, higher) = (lower.permissions(), higher.permissions());
            assert_eq!(lower.union(higher), higher);
            assert_ne!(lower, higher);
        }
        assert_eq!(Role::Administrator.permissions(), Permissions::ALL);
    }

    #[test]
    fn each_permission_has_a_bit_of_its_own() {
        for permission in Permission::ALL {
            assert_eq!(Permissions::of(&[permission]).iter().collect::<Vec<_>>(), [permission]);
        }
    }

    #[test]
    fn names_are_parsed_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Ok(scope));
        }
        assert!(Role::parse("root").is_err());
        assert!(Scope::parse("stock").is_err());
    }

    #[test]
    fn a_client_has_the_permissions_of_its_scopes_only() {
        let client = Principal::client("shop", &[Scope::StockRead, Scope::HoldsWrite]);
        let expected =
            [Permission::Public, Permission::SignedIn, Permission::ReadStock, Permission::WriteHolds];
        assert_eq!(client.permissions.iter().collect::<Vec<_>>(), expected);
        let error = client.require(Permission::WriteItems).expect_err("no scope has it");
        assert_eq!(error.to_string(), "client:shop needs the permission items:write.");
    }

    #[test]
    fn all_scopes_together_have_every_permission() {
        assert_eq!(Principal::client("all", &Scope::ALL).permissions, Permissions::ALL);
    }
}
