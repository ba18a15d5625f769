//! An estimate of the database's time.

use crate::cache::generational::Generational;
use chrono::SubsecRound as _;
use domain::Time;
use std::time::{Duration, Instant};
use store::Generation;

/// The age up to which a reading of the database's clock is extrapolated. Two clocks drift apart by less than 1 ms in that
/// time. A clock that is set back or forth is noticed by the write statement, which compares the estimate with the
/// database's time.
const READING_AGE_MAX: Duration = Duration::from_secs(10);

/// The database's clock, extrapolated from its last reading.
#[derive(Default)]
pub(crate) struct DatabaseClock(Generational<Option<Reading>>);

#[derive(Clone, Copy)]
struct Reading {
    time: Time,
    read_at: Instant,
}

impl DatabaseClock {
    /// Stores a time that the database has just returned.
    pub(crate) fn set(&self, generation: Generation, time: Time) {
        self.0.update(generation, |reading| *reading = Some(Reading { time, read_at: Instant::now() }));
    }

    /// Returns the database's time in microseconds, late by at most the round trip of the last reading. Returns `None`
    /// without a reading that is recent enough.
    pub(crate) fn now(&self, generation: Generation) -> Option<Time> {
        let reading = self.0.read(generation, |reading| *reading)??;
        let age = reading.read_at.elapsed();
        (age < READING_AGE_MAX).then(|| (reading.time + age).trunc_subsecs(6))
    }
}
