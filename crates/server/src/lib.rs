//! The process: configuration, the HTTP server with its REST handlers, server functions and console, the
//! command line.
//!
//! **Invariant:** no rule and no SQL of its own. A REST handler reads the request, makes one call into the
//! engine, and renders the answer; a server function does the same in `api`.

// The types of the console's views spell out all that is in them.
#![recursion_limit = "512"]

mod attend;
mod bodies;
mod catalogue;
mod cli;
mod config;
mod console;
mod database;
mod demo;
mod explain;
mod forms;
mod guard;
mod health;
mod idempotency;
mod input;
#[cfg(feature = "limits")]
mod limits;
mod openapi;
mod output;
mod params;
mod problem;
mod remedy;
mod request;
mod rest;
mod router;
mod routes;
mod rpc;
mod serve;
mod startup;
mod state;
mod telemetry;
mod upkeep;

pub use catalogue::{CODES, Code};
pub use cli::{Cli, Command, run};
pub use config::{Config, DatabaseConfig, HttpConfig, LogFormat, leptos_options};
pub use demo::load as load_demo;
pub use openapi::document;
pub use output::say_error;
pub use routes::{Route, table};
pub use startup::Application;
