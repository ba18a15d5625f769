//! The process: command line, configuration, and the HTTP server with REST, server functions and console.
//!
//! **Invariant:** this crate has no rule and no SQL. A REST handler reads the request, makes one call to the engine, and
//! returns the result. A server function in `api` does the same.
//!
//! **Invariant:** modules depend on each other in one direction: `cli` on `startup`, `startup` on `http`, and `http` on
//! `state` and `config`.

// The type of a console view contains the types of all its elements.
#![recursion_limit = "512"]

mod archive;
mod backup_commands;
mod cli;
mod client_commands;
mod config;
mod config_commands;
mod database;
mod demo;
mod http;
mod maintenance;
mod metrics;
#[cfg(feature = "openid")]
mod openid_sign_in;
mod output;
mod password_prompt;
mod remedy;
mod service_manager;
mod shop_commands;
mod shop_password;
mod span_export;
mod startup;
mod state;
mod telemetry;
mod user_commands;
mod warehouse_arguments;
mod webhook_transport;

pub use archive::commands::{ArchiveArguments, ArchiveCommand, ArchivedRows};
pub use backup_commands::{BackupArguments, RestoreArguments};
pub use cli::{Cli, Command, run};
pub use client_commands::ClientCommand;
#[cfg(feature = "openid")]
pub use config::OpenIdConfig;
pub use config::{
    AccessConfig, AccessLog, ArchiveConfig, Config, DatabaseConfig, ForwardedHeaders, HostNames, HttpConfig,
    LocalAccess, LogFormat, NetworkConfig, Networks, ObserveConfig, RateLimitConfig, SessionSettings,
    SiteConfig, WebhookConfig,
};
pub use demo::load as load_demo;
pub use http::{CODES, Code, Route, document, table};
pub use metrics::record_start;
pub use output::print_error;
pub use shop_commands::ShopCommand;
pub use startup::Application;
pub use user_commands::{PersonArguments, UserCommand};
