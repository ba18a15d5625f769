//! The server from outside: over HTTP, against a real PostgreSQL.

mod app;
mod bad_input;
mod blocks;
mod connections;
mod console;
mod demo;
mod documents;
mod files;
mod http;
mod idempotency;
mod items;
mod ledger;
mod life;
mod markup;
mod orders;
mod output;
mod overview;
mod process;
mod program;
mod races;
mod rpc;
mod stream;
mod unasked;
mod values;
