//! The process: configuration, the HTTP server with its REST handlers, server functions and console, the
//! command line.
//!
//! **Invariant:** no rule and no SQL of its own. A REST handler reads the request, makes one call into the
//! engine, and renders the answer; a server function does the same in `api`.

// The types of the console's views spell out all that is in them.
#![recursion_limit = "512"]

mod cli;
mod config;
mod database;
mod demo;
mod http;
mod maintenance;
mod output;
mod remedy;
mod startup;
mod state;
mod telemetry;

pub use cli::{Cli, Command, run};
pub use config::{Config, DatabaseConfig, HttpConfig, LogFormat, leptos_options};
pub use demo::load as load_demo;
pub use http::{CODES, Code, Route, document, table};
pub use output::print_error;
pub use startup::Application;
