use chrono::{DateTime, Utc};

/// A point in time, by the database's clock.
pub type Time = DateTime<Utc>;
