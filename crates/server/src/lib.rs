//! The process: command line, configuration, and the HTTP server with REST, server functions and console.
//!
//! **Invariant:** this crate has no rule and no SQL. A REST handler reads the request, makes one call to the engine, and
//! returns the result. A server function in `api` does the same.
//!
//! **Invariant:** modules depend on each other in one direction: `cli` on `startup`, `startup` on `http`, and `http` on
//! `state` and `config`.

// The type of a console view contains the types of all its elements.
#![recursion_limit = "512"]

mod cli;
mod client_commands;
mod config;
mod database;
mod demo;
mod http;
mod maintenance;
#[cfg(feature = "openid")]
mod openid_sign_in;
mod output;
mod password_prompt;
mod remedy;
mod startup;
mod state;
mod telemetry;
mod user_commands;
mod warehouse_arguments;

pub use cli::{Cli, Command, run};
pub use client_commands::ClientCommand;
#[cfg(feature = "openid")]
pub use config::OpenIdConfig;
pub use config::{
    AccessConfig, Config, DatabaseConfig, ForwardedHeaders, HostNames, HttpConfig, LocalAccess, LogFormat,
    NetworkConfig, Networks, RateLimitConfig, leptos_options,
};
pub use demo::load as load_demo;
pub use http::{CODES, Code, Route, document, table};
pub use output::print_error;
pub use startup::Application;
pub use user_commands::{PersonArguments, UserCommand};
