//! Responses to commands, fresh or stored under an idempotency key.

use crate::{Error, KeysById};
use domain::{CategoryName, Decision, Granted, Item, LevelChanged, Order, Version, Warehouse};
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
    /// After a rename, the version of a category with exactly the items that the rename has moved. After a dry run, the
    /// present version; `None` without a condition.
    pub version: Option<Version>,
}

/// The state of a line of a stock document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineState {
    /// The level was changed.
    Changed,
    /// The level already had the counted units.
    Unchanged,
    /// The rules reject the line.
    Refused,
    /// The line failed, and may succeed later.
    Failed,
}

impl LineState {
    const ALL: [(Self, char); 4] =
        [(Self::Changed, 'c'), (Self::Unchanged, 'u'), (Self::Refused, 'r'), (Self::Failed, 'f')];

    pub(crate) fn as_char(self) -> char {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or('f', |(_, text)| *text)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| text.chars().eq([*known])).map(|(state, _)| *state)
    }
}

/// The result of a line of a stock document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentLine {
    /// The level, changed or unchanged.
    Done(LevelChanged),
    /// The rules reject the line.
    Refused(domain::Error),
    /// The line failed.
    Failed(Error),
    /// The serialized result of an earlier request with the same idempotency key.
    Stored(LineState, Arc<[u8]>),
}

impl DocumentLine {
    /// Converts the decision about a line.
    pub(crate) fn of(decision: Decision) -> Self {
        match decision {
            Ok(Granted::LevelChanged(changed)) => Self::Done(changed),
            // The planner grants each request in kind; the enum of grants can't express that.
            Ok(_) => Self::Failed(Error::Internal),
            Err(rejection) => Self::Refused(rejection),
        }
    }

    /// Returns whether the line was refused because a right of the caller is missing.
    pub(crate) fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused(rejection) if rejection.is_forbidden())
    }

    /// Returns the state.
    pub fn state(&self) -> LineState {
        match self {
            Self::Done(LevelChanged { delta: 0, .. }) => LineState::Unchanged,
            Self::Done(_) => LineState::Changed,
            Self::Refused(_) => LineState::Refused,
            Self::Failed(_) => LineState::Failed,
            Self::Stored(state, _) => *state,
        }
    }
}

/// The results of a stock document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentOutcome {
    /// One per line, in the order of the request.
    pub lines: Vec<DocumentLine>,
    /// Whether one refused line refuses all lines.
    pub atomic: bool,
    /// The keys of the items and warehouses of the lines.
    pub keys: Arc<KeysById>,
}

impl DocumentOutcome {
    /// Returns whether the document was refused as a whole: nothing was changed.
    pub fn is_refused(&self) -> bool {
        self.atomic && self.lines.iter().any(|line| line.state() == LineState::Refused)
    }
}

/// The result of a command, to be serialized by a [`ResponseSerializer`].
#[derive(Debug)]
pub enum CommandResult<'a> {
    /// The decision about a stock request, with the keys of its answer.
    Stock(&'a Decision, &'a Arc<KeysById>),
    /// An item was created.
    ItemCreated(&'a Item),
    /// An item was changed.
    ItemUpdated(&'a Item),
    /// A warehouse was created.
    WarehouseCreated(&'a Warehouse),
    /// A warehouse was changed.
    WarehouseUpdated(&'a Warehouse),
    /// An order was created.
    OrderCreated(&'a Order),
    /// The lines of an order were changed.
    OrderChanged(&'a Order),
    /// A category was renamed.
    CategoryRenamed(&'a CategoryRenamed),
    /// A line of a stock document, with its index and the keys of the document.
    DocumentLine(usize, &'a DocumentLine, &'a KeysById),
    /// A stock document was applied, or refused as a whole.
    StockDocument(&'a DocumentOutcome),
    /// A command that is not about stock levels was rejected, with the keys of its problem.
    Rejected(&'a domain::Error, &'a KeysById),
}

impl CommandResult<'_> {
    /// Returns whether the response can be stored under an idempotency key. It can't if the request is invalid, or if a right of
    /// the caller is missing: a corrected request, or one after a change of the rights, may succeed under the same key.
    pub(crate) fn is_storable(&self) -> bool {
        let is_storable = |rejection: &domain::Error| {
            !rejection.is_forbidden() && !matches!(rejection, domain::Error::Invalid { .. })
        };
        match self {
            Self::Stock(decision, _) => decision.as_ref().err().is_none_or(is_storable),
            Self::Rejected(rejection, _) => is_storable(rejection),
            Self::StockDocument(outcome) => {
                !(outcome.is_refused() && outcome.lines.iter().any(DocumentLine::is_forbidden))
            }
            _ => true,
        }
    }
}

/// Serializes a result. The engine does not know the wire format. The text is the request's id.
pub type ResponseSerializer = fn(&CommandResult<'_>, &str) -> StoredResponse;
