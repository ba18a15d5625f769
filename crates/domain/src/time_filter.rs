//! The range of the times in queries.

use crate::{Error, Time};
use chrono::Datelike as _;
use std::ops::RangeInclusive;

/// The years of a time in a request: those of the database's columns. PostgreSQL has no times for some other years.
pub(crate) const YEARS: RangeInclusive<i32> = 1..=9999;

pub(crate) fn time_filter(field: &'static str, time: Option<Time>) -> Result<Option<Time>, Error> {
    match time {
        Some(time) if !YEARS.contains(&time.year()) => {
            let (first, last) = (YEARS.start(), YEARS.end());
            Err(Error::invalid(field, format!("must be in the years {first} to {last}")))
        }
        _ => Ok(time),
    }
}
