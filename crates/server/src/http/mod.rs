//! The HTTP interface.
//!
//! **Invariant:** modules depend on each other in one direction. A module uses only its own layer's submodules and
//! the layers above it in this table:
//!
//! | layer | modules |
//! | --- | --- |
//! | errors, headers and log lines | `error`, `error_codes`, `headers`, `log_once`, `request_id`, `request_scope`, `traceparent`; then `observer` |
//! | client and host | `forwarded`, then `client_address`; `cookie`, then `session_cookie`, `attempt_cookie`; `hosts` |
//! | request bodies | `body_limits`, `timed_body`; then `crate::state` |
//! | extractors | `extract`, then `upload` |
//! | handlers and middleware | `middleware`, `rest`, `rpc`, `bench_noop`, `csp_reports` |
//! | browser | `console_actions`, then `console`, then `forms`, then `account` |
//! | route table | `routes`, then `openapi` |
//! | router | `router`, `tls`, `serve`, `metrics_listener` |
//!
//! `cargo test -p xtask` fails if modules form a cycle.

mod account;
#[cfg(feature = "openid")]
mod attempt_cookie;
#[cfg(feature = "limits")]
mod bench_noop;
pub(crate) mod body_limits;
pub(crate) mod client_address;
mod console;
mod console_actions;
mod cookie;
mod csp_reports;
mod error;
mod error_codes;
mod extract;
mod forms;
mod forwarded;
mod headers;
pub(crate) mod hosts;
mod locale;
pub(crate) mod log_once;
mod metrics_listener;
mod middleware;
pub(crate) mod observer;
mod openapi;
mod openapi_bounds;
mod openapi_examples;
mod openapi_rules;
mod request_id;
mod request_scope;
mod rest;
mod router;
mod routes;
mod rpc;
mod serve;
mod session_cookie;
mod timed_body;
pub(crate) mod tls;
mod traceparent;
mod unread;
mod upload;

pub use error_codes::{CODES, Code};
pub(crate) use metrics_listener::serve_metrics;
pub use openapi::document;
pub(crate) use rest::health::health_report;
pub(crate) use router::router;
pub use routes::{Route, table};
pub(crate) use serve::serve;
pub(crate) use tls::Tls;
