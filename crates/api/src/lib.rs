//! The wire: what goes in and out over HTTP, for REST and for the console's server functions alike.
//!
//! Field names are camelCase. The types know JSON and nothing of SQL; behind `ssr` they are made from
//! the domain's types, and the server functions each make one call into the engine.

mod blocks;
mod carts;
mod categories;
pub mod document;
mod events;
mod import;
mod items;
mod lenient;
mod orders;
mod overview;
mod page;
mod problem;
pub mod read;
pub mod rpc;
mod system;
pub mod time;
mod warehouses;
mod wire;

#[cfg(feature = "ssr")]
mod convert;
#[cfg(feature = "ssr")]
mod convert_console;
#[cfg(feature = "ssr")]
mod convert_overview;
#[cfg(feature = "ssr")]
mod refusal;
#[cfg(feature = "ssr")]
mod render;
#[cfg(feature = "ssr")]
pub mod table;

pub use blocks::*;
pub use carts::*;
pub use categories::*;
pub use events::*;
pub use import::*;
pub use items::*;
pub use orders::*;
pub use overview::*;
pub use page::*;
pub use problem::*;
#[cfg(feature = "ssr")]
pub use refusal::{explained, problem_from};
#[cfg(feature = "ssr")]
pub use render::render;
pub use system::*;
pub use warehouses::*;

/// The time of an event, in UTC.
pub type Time = time::DateTime<time::Utc>;
