//! Archives of old movements and audit events.

use crate::{Error, Time};
use chrono::{Datelike as _, TimeDelta};

/// The age below which movements and audit events are never archived, in days. The database checks it too.
pub const ARCHIVE_AGE_DAYS_MIN: i64 = 30;

/// The kind of archived rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArchiveKind {
    /// Movements of the ledger.
    Movements,
    /// Events of the audit log.
    Audit,
}

impl ArchiveKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Movements, Self::Audit];

    /// Returns the name in files and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Movements => "movements",
            Self::Audit => "audit",
        }
    }

    /// Returns the rows in words, for messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Movements => "movements",
            Self::Audit => "audit events",
        }
    }

    /// Returns the kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Checks the time before which rows are archived.
///
/// # Errors
/// [`Error::Invalid`] if it is later than [`ARCHIVE_AGE_DAYS_MIN`] days before `now`.
pub fn check_archive_time(before: Time, now: Time) -> Result<(), Error> {
    if before > now - TimeDelta::days(ARCHIVE_AGE_DAYS_MIN) {
        let reason = format!("must be at least {ARCHIVE_AGE_DAYS_MIN} days ago");
        return Err(Error::invalid("before", reason));
    }
    Ok(())
}

/// Returns how many of the first rows, by id, are one part of the archive: those up to the first row at `before` or later, and
/// up to the first row of a later month in UTC. `times` are the times of the rows.
///
/// Times follow ids approximately, so a row may be up to some seconds earlier than the one before it.
pub fn archived_rows(times: impl Iterator<Item = Time>, before: Time) -> usize {
    let month = |time: Time| (time.year(), time.month());
    let mut first = None;
    times.take_while(|time| *time < before && month(*time) <= *first.get_or_insert(month(*time))).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn part(times: &[&str], before: &str) -> usize {
        archived_rows(times.iter().map(|text| time(text)), time(before))
    }

    #[test]
    fn a_part_ends_before_a_later_row_and_with_its_month() {
        let times =
            ["2026-01-31T23:59:58Z", "2026-02-01T00:00:00Z", "2026-01-31T23:59:59Z", "2026-02-02T00:00:00Z"];
        assert_eq!(part(&times, "2026-03-01T00:00:00Z"), 1);
        assert_eq!(part(&times[1..], "2026-03-01T00:00:00Z"), 3, "an earlier row of the month before");
        assert_eq!(part(&times[1..], "2026-02-02T00:00:00Z"), 2);
        assert_eq!(part(&times, "2026-01-01T00:00:00Z"), 0);
        assert_eq!(part(&[], "2026-01-01T00:00:00Z"), 0);
    }

    #[test]
    fn rows_of_the_last_days_are_not_archived() {
        let now = time("2026-03-31T00:00:00Z");
        assert!(check_archive_time(time("2026-03-01T00:00:00Z"), now).is_ok());
        assert!(check_archive_time(time("2026-03-01T00:00:01Z"), now).is_err());
    }

    #[test]
    fn kinds_have_names() {
        assert!(ArchiveKind::ALL.into_iter().all(|kind| ArchiveKind::parse(kind.as_str()) == Some(kind)));
        assert_eq!(ArchiveKind::parse("items"), None);
    }
}
