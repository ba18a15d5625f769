//! The audit log: sign-ins, changes of people, clients and credentials, and the changes that are no movement of stock.

use crate::page::{YEARS, bad_cursor, checked_limit};
use crate::{Error, ItemId, PageQuery, Time, WarehouseId};
use chrono::Datelike as _;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// The longest text of a filter, in characters.
pub const FILTER_CHARS_MAX: usize = 255;

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
    /// An order was cancelled.
    OrderCancelled,
    /// A block was extended.
    BlockExtended,
    /// A server was started, with the settings that concern security.
    ServerStarted,
}

impl AuditKind {
    /// All kinds.
    pub const ALL: [Self; 29] = [
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
        Self::OrderCancelled,
        Self::BlockExtended,
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
            Self::OrderCancelled => "order.cancelled",
            Self::BlockExtended => "block.extended",
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

/// The credential of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A client's token, by its id.
    Token(i64),
    /// A person's session, by its id.
    Session(i64),
}

impl Credential {
    /// Returns the id of the token; `None` for a session.
    pub const fn token(self) -> Option<i64> {
        match self {
            Self::Token(id) => Some(id),
            Self::Session(_) => None,
        }
    }

    /// Returns the id of the session; `None` for a token.
    pub const fn session(self) -> Option<i64> {
        match self {
            Self::Token(_) => None,
            Self::Session(id) => Some(id),
        }
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Session(id) => write!(f, "session:{id}"),
        }
    }
}

/// The origin of an event: the principal, and the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The principal, such as `person:anna`.
    pub actor: Cow<'static, str>,
    /// The credential. `None` on the command line and for local access.
    pub credential: Option<Credential>,
    /// The client's address. `None` on the command line.
    pub address: Option<IpAddr>,
    /// The id of the request. `None` on the command line.
    pub request_id: Option<String>,
}

impl Origin {
    /// The command line, whose user has all rights on this machine.
    pub const COMMAND_LINE: Self =
        Self { actor: Cow::Borrowed("local"), credential: None, address: None, request_id: None };
    /// The system itself.
    pub const SYSTEM: Self =
        Self { actor: Cow::Borrowed("system"), credential: None, address: None, request_id: None };
}

/// An event that has not been written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEvent<'a> {
    /// The principal and the request.
    pub origin: &'a Origin,
    /// The kind.
    pub kind: AuditKind,
    /// The principal or object that the event is about, such as `client:webshop` or `item:7`.
    pub subject: &'a str,
    /// The values before the event, as a JSON object. Never a secret.
    pub before: Option<String>,
    /// The values after the event, as a JSON object. Never a secret.
    pub after: Option<String>,
}

/// An event of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// The id.
    pub id: i64,
    /// The time of its transaction.
    pub created_at: Time,
    /// The principal.
    pub actor: String,
    /// The credential, such as `token:5`.
    pub credential: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The name of the kind. A later version may have written a kind that this version lacks.
    pub kind: String,
    /// The principal or object that the event is about.
    pub subject: String,
    /// The values before the event, as a JSON object.
    pub before: Option<String>,
    /// The values after the event, as a JSON object.
    pub after: Option<String>,
}

/// A movement of the ledger with its origin, for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditMovement {
    /// The id.
    pub id: i64,
    /// The time of its transaction.
    pub created_at: Time,
    /// The warehouse of the stock level.
    pub warehouse: i64,
    /// Units added to the level; negative for units taken.
    pub change: i32,
    /// The reason.
    pub reason: String,
    /// The caller's explanation.
    pub note: Option<String>,
    /// The block that it belongs to.
    pub block: Option<i64>,
    /// The order that it belongs to.
    pub order: Option<i64>,
    /// The principal.
    pub actor: String,
    /// The credential, such as `token:5`.
    pub credential: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
}

/// A page of the audit log, latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only events of this principal.
    pub actor: Option<String>,
    /// Only events of this kind.
    pub kind: Option<AuditKind>,
    /// Only events about this principal or object.
    pub subject: Option<String>,
    /// Only events at or after this time.
    pub since: Option<Time>,
    /// Only events before this time.
    pub until: Option<Time>,
    /// 1 to [`crate::PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page starts after the event with this time and id.
    pub after: Option<(Time, i64)>,
}

impl AuditQuery {
    /// Creates a query without filters. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds or a malformed cursor.
    pub fn new(limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let after = after.filter(|cursor| !cursor.is_empty());
        let after = after.map(|cursor| parse_cursor(&cursor).ok_or_else(bad_cursor)).transpose()?;
        Ok(Self { limit: checked_limit(limit)?, after, ..Self::default() })
    }

    /// Adds the filters. An empty text counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown kind, for a text that is too long or has a NUL character, and for a time that the
    /// database can't compare.
    pub fn with_filters(
        self,
        actor: Option<String>,
        kind: Option<String>,
        subject: Option<String>,
        since: Option<Time>,
        until: Option<Time>,
    ) -> Result<Self, Error> {
        let kind = kind.filter(|name| !name.is_empty()).map(|name| AuditKind::parse(&name)).transpose()?;
        let (actor, subject) = (filter("actor", actor)?, filter("subject", subject)?);
        let (since, until) = (time_filter("since", since)?, time_filter("until", until)?);
        Ok(Self { actor, kind, subject, since, until, ..self })
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { after: Some(parse_cursor(cursor).ok_or_else(bad_cursor)?), ..self })
    }

    /// Formats the cursor of an event.
    pub fn cursor(event: &AuditEvent) -> String {
        format!("{}:{}", event.id, event.created_at.timestamp_micros())
    }
}

/// A page of an item's movements, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditMovementQuery {
    /// The item, which may be deleted.
    pub item: ItemId,
    /// Only movements by this principal.
    pub actor: Option<String>,
    /// Only movements at or after this time.
    pub since: Option<Time>,
    /// Only movements before this time.
    pub until: Option<Time>,
    /// The page.
    pub page: PageQuery,
}

impl AuditMovementQuery {
    /// Creates a query. An empty text counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an actor that is too long or has a NUL character, and for a time that the database can't
    /// compare.
    pub fn new(
        item: ItemId,
        page: PageQuery,
        actor: Option<String>,
        since: Option<Time>,
        until: Option<Time>,
    ) -> Result<Self, Error> {
        let (since, until) = (time_filter("since", since)?, time_filter("until", until)?);
        Ok(Self { item, actor: filter("actor", actor)?, since, until, page })
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

/// The object of a change of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeSubject {
    /// An item.
    Item(ItemId),
    /// A warehouse.
    Warehouse(WarehouseId),
    /// A category that was renamed, by its old or its new name.
    Category(String),
}

/// A page of the changes of the catalogue, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Filters and page. The subject is that of `about`.
    pub audit: AuditQuery,
    /// Only changes of this object.
    pub about: Option<ChangeSubject>,
}

impl ChangeQuery {
    /// Creates a query from the filters.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a kind that is no change of the catalogue, and for more than one object.
    pub fn new(
        audit: AuditQuery,
        item: Option<i64>,
        warehouse: Option<i64>,
        category: Option<String>,
    ) -> Result<Self, Error> {
        if audit.kind.is_some_and(|kind| !CATALOGUE_KINDS.contains(&kind)) {
            let names = CATALOGUE_KINDS.map(AuditKind::as_str).join(", ");
            return Err(Error::invalid("kind", format!("must be one of {names}")));
        }
        let about = match (item, warehouse, filter("category", category)?) {
            (None, None, None) => None,
            (Some(item), None, None) => Some(ChangeSubject::Item(ItemId(item))),
            (None, Some(warehouse), None) => Some(ChangeSubject::Warehouse(WarehouseId(warehouse))),
            (None, None, Some(category)) => Some(ChangeSubject::Category(category)),
            _ => {
                return Err(Error::invalid(
                    "itemId",
                    "must not be combined with warehouseId or category, nor those with each other",
                ));
            }
        };
        Ok(Self { audit, about })
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { audit: self.audit.after_cursor(cursor)?, ..self })
    }

    /// Returns the kinds of the query.
    pub fn kinds(&self) -> Vec<&'static str> {
        let kinds =
            CATALOGUE_KINDS.into_iter().filter(|kind| self.audit.kind.is_none_or(|only| only == *kind));
        kinds.map(AuditKind::as_str).collect()
    }
}

fn parse_cursor(cursor: &str) -> Option<(Time, i64)> {
    let (id, micros) = cursor.split_once(':')?;
    let created_at = Time::from_timestamp_micros(micros.parse().ok()?)?;
    YEARS.contains(&created_at.year()).then_some((created_at, id.parse().ok()?))
}

fn time_filter(field: &'static str, time: Option<Time>) -> Result<Option<Time>, Error> {
    match time {
        Some(time) if !YEARS.contains(&time.year()) => {
            let (first, last) = (YEARS.start(), YEARS.end());
            Err(Error::invalid(field, format!("must be in the years {first} to {last}")))
        }
        _ => Ok(time),
    }
}

fn filter(field: &'static str, text: Option<String>) -> Result<Option<String>, Error> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match &text {
        Some(text) if text.chars().count() > FILTER_CHARS_MAX => {
            Err(Error::invalid(field, format!("must have at most {FILTER_CHARS_MAX} characters")))
        }
        Some(text) if text.contains('\0') => Err(Error::invalid(field, "must not contain a NUL character")),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds_are_parsed_back() {
        for kind in AuditKind::ALL {
            assert_eq!(AuditKind::parse(kind.as_str()), Ok(kind));
        }
        assert!(AuditKind::parse("token").is_err());
    }

    #[test]
    fn a_cursor_is_parsed_as_it_is_formatted() {
        let time = Time::from_timestamp_micros(1_700_000_000_123_456).expect("a time");
        let event = AuditEvent {
            id: 7,
            created_at: time,
            actor: "local".to_owned(),
            credential: None,
            address: None,
            request_id: None,
            kind: "token.created".to_owned(),
            subject: "client:shop".to_owned(),
            before: None,
            after: None,
        };
        let query = AuditQuery::new(None, Some(AuditQuery::cursor(&event))).expect("a cursor");
        assert_eq!(query.after, Some((time, 7)));
        assert!(AuditQuery::new(None, Some("7".to_owned())).is_err());
        assert!(AuditQuery::new(Some(0), None).is_err());
    }

    #[test]
    fn times_outside_the_years_of_the_database_are_rejected() {
        for micros in [i64::MIN, -8_334_601_228_800_000_000, -210_866_803_200_000_001, i64::MAX] {
            assert!(AuditQuery::new(None, Some(format!("1:{micros}"))).is_err(), "{micros}");
        }
        for year in ["-262143", "-0001", "+10000"] {
            let time = format!("{year}-01-01T00:00:00Z").parse::<Time>().expect("a time");
            let query = AuditQuery::default();
            assert!(query.clone().with_filters(None, None, None, Some(time), None).is_err(), "{year}");
            assert!(query.with_filters(None, None, None, None, Some(time)).is_err(), "{year}");
        }
    }

    #[test]
    fn empty_filters_count_as_absent() {
        let query = AuditQuery::new(None, None).expect("no cursor");
        let empty = || Some(String::new());
        let filtered = query.clone().with_filters(empty(), empty(), Some(" ".to_owned()), None, None);
        assert_eq!(filtered, Ok(query.clone()));
        assert!(query.clone().with_filters(None, Some("x".to_owned()), None, None, None).is_err());
        assert!(query.with_filters(Some("a\0".to_owned()), None, None, None, None).is_err());
    }

    proptest! {
        #[test]
        fn any_cursor_is_rejected_or_a_time_of_the_database(cursor in "\\PC{0,40}|-?[0-9]{1,20}:-?[0-9]{1,20}") {
            if let Ok(query) = AuditQuery::new(None, Some(cursor)) {
                prop_assert!(query.after.is_none_or(|(time, _)| YEARS.contains(&time.year())));
            }
        }

        #[test]
        fn any_filter_is_trimmed_and_bounded(text in "\\PC{0,300}|[\0 a]{0,4}") {
            if let Ok(query) = AuditQuery::default().with_filters(Some(text.clone()), None, None, None, None) {
                let actor = query.actor.unwrap_or_default();
                prop_assert_eq!(&actor, text.trim());
                prop_assert!(actor.chars().count() <= FILTER_CHARS_MAX && !actor.contains('\0'));
            }
        }
    }
}
