//! The types and operations of the OpenAPI document, which `npm run generate` in `clients/typescript` writes.

mod operations;
pub mod types;
