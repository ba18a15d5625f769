//! Pages of the audit log and of the movements with their origins.

use crate::page::{bad_cursor, checked_limit};
use crate::time_filter::{YEARS, time_filter};
use crate::{AuditEvent, AuditKind, Error, ItemId, PageQuery, Time};
use chrono::Datelike as _;

/// The longest text of a filter, in characters.
pub const FILTER_CHARS_MAX: usize = 255;

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

pub(crate) fn parse_cursor(cursor: &str) -> Option<(Time, i64)> {
    let (id, micros) = cursor.split_once(':')?;
    let created_at = Time::from_timestamp_micros(micros.parse().ok()?)?;
    YEARS.contains(&created_at.year()).then_some((created_at, id.parse().ok()?))
}

pub(crate) fn filter(field: &'static str, text: Option<String>) -> Result<Option<String>, Error> {
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
