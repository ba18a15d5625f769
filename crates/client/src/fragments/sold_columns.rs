//! The units sold as columns of a chart.

use serde::{Deserialize, Serialize};

/// The units sold per hour, or per day in a long span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sold {
    /// The start of each hour or day in seconds since 1970, ascending.
    pub times: Vec<i64>,
    /// The end of the span in seconds since 1970.
    pub until: i64,
    /// The units of each hour or day.
    pub units: Vec<i64>,
}
