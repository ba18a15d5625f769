//! Responses to commands, fresh or stored under an idempotency key.

use domain::{CategoryName, Decision, Item, Order, Warehouse};
use std::sync::Arc;
use store::ResponseRecord;

/// The response to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response<T> {
    /// The output of a command without an idempotency key.
    Fresh(T),
    /// The serialized response to a command with an idempotency key: the first time and each further time.
    Stored(StoredResponse),
}

impl<T> Response<T> {
    /// Converts a fresh output.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Response<U> {
        match self {
            Self::Fresh(output) => Response::Fresh(convert(output)),
            Self::Stored(response) => Response::Stored(response),
        }
    }

    /// Returns the fresh output, or `None` for a stored response.
    pub fn fresh(self) -> Option<T> {
        match self {
            Self::Fresh(output) => Some(output),
            Self::Stored(_) => None,
        }
    }
}

/// A response as it is sent, stored under an idempotency key. A rejection is stored like a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Arc<[u8]>,
}

impl StoredResponse {
    /// Returns whether the command was granted.
    pub fn is_success(&self) -> bool {
        self.status < 400
    }

    pub(crate) fn from_record(record: &ResponseRecord) -> Self {
        Self { status: u16::try_from(record.status).unwrap_or(500), body: record.body.as_slice().into() }
    }
}

/// The result of renaming a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRenamed {
    /// The old name.
    pub from: CategoryName,
    /// The new name.
    pub to: CategoryName,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// The number of items that change their category.
    pub items: i64,
    /// The number of items that already had the new category.
    pub items_already: i64,
}

/// The result of a command, to be serialized by a [`ResponseSerializer`].
#[derive(Debug)]
pub enum CommandResult<'a> {
    /// The decision about a stock request.
    Stock(&'a Decision),
    /// An item was created.
    ItemCreated(&'a Item),
    /// An item was changed.
    ItemUpdated(&'a Item),
    /// A warehouse was created.
    WarehouseCreated(&'a Warehouse),
    /// An order was created.
    OrderCreated(&'a Order),
    /// A category was renamed.
    CategoryRenamed(&'a CategoryRenamed),
    /// A command that is not about stock levels was rejected.
    Rejected(&'a domain::Error),
}

impl CommandResult<'_> {
    /// Returns whether the command was rejected because a right of the caller is missing.
    pub(crate) fn is_forbidden(&self) -> bool {
        match self {
            Self::Stock(decision) => decision.as_ref().is_err_and(domain::Error::is_forbidden),
            Self::Rejected(rejection) => rejection.is_forbidden(),
            _ => false,
        }
    }
}

/// Serializes a result. The engine does not know the wire format. The text is the request's id.
pub type ResponseSerializer = fn(&CommandResult<'_>, &str) -> StoredResponse;
