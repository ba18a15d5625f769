//! The wire types of the HTTP API, for REST and for the console's server functions.
//!
//! Field names are camelCase. The types do not depend on SQL. With the feature `ssr` they are converted from and to
//! the domain's types, and each server function makes one call into the engine.

#[cfg(feature = "ssr")]
mod activity;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod availability;
mod blocks;
#[cfg(feature = "ssr")]
pub mod by_key;
mod carts;
mod categories;
#[cfg(feature = "ssr")]
mod changes;
#[cfg(feature = "ssr")]
mod clients;
#[cfg(feature = "ssr")]
mod conditions;
mod deserialize;
mod events;
mod items;
pub mod json;
pub mod links;
mod lists;
#[cfg(feature = "ssr")]
mod order_parts;
mod orders;
mod overview;
mod page;
pub mod page_request;
mod problem;
pub mod rpc;
pub mod rpc_protocol;
mod search;
#[cfg(feature = "ssr")]
mod sourcing;
mod system;
pub mod time;
mod warehouses;
#[cfg(feature = "ssr")]
mod webhooks;

#[cfg(feature = "ssr")]
mod convert;
#[cfg(feature = "ssr")]
pub mod downloads;
#[cfg(feature = "ssr")]
mod engine_errors;
#[cfg(feature = "ssr")]
mod imports;
#[cfg(feature = "ssr")]
mod shipments;
#[cfg(feature = "ssr")]
mod stock_batch;
#[cfg(feature = "ssr")]
mod stored_responses;

#[cfg(feature = "ssr")]
pub use activity::*;
#[cfg(feature = "ssr")]
pub use audit::*;
#[cfg(feature = "ssr")]
pub use availability::*;
pub use blocks::*;
pub use carts::*;
pub use categories::*;
#[cfg(feature = "ssr")]
pub use changes::*;
#[cfg(feature = "ssr")]
pub use clients::*;
#[cfg(feature = "ssr")]
pub use conditions::*;
#[cfg(feature = "ssr")]
pub use convert::webhooks::{ReplayFrom, webhook_body, webhook_test_body};
#[cfg(feature = "ssr")]
pub use domain::Total;
#[cfg(feature = "ssr")]
pub use engine_errors::{problem_from, problem_with_details, problem_with_keys, stored_problem};
pub use events::*;
#[cfg(feature = "ssr")]
pub use imports::*;
pub use items::*;
pub use lists::*;
#[cfg(feature = "ssr")]
pub use order_parts::*;
pub use orders::*;
pub use overview::*;
pub use page::*;
pub use problem::*;
pub use search::*;
#[cfg(feature = "ssr")]
pub use shipments::*;
#[cfg(feature = "ssr")]
pub use sourcing::*;
#[cfg(feature = "ssr")]
pub use stock_batch::{
    ChangeStock, ChangeStockLine, DocumentProblem, StockBasis, StockChanged, StockChangedLine,
};
#[cfg(feature = "ssr")]
pub use stored_responses::{stock_changed, stored_response};
pub use system::*;
pub use warehouses::*;
#[cfg(feature = "ssr")]
pub use webhooks::*;

/// A point in time, in UTC.
pub type Time = time::DateTime<time::Utc>;
