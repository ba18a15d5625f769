//! The REST handlers, one file per noun. A handler reads the request, makes one call to the engine, and returns its
//! result. Its name is the operation id in the OpenAPI document.

pub(crate) mod activity;
pub(crate) mod audit;
pub(crate) mod availability;
pub(crate) mod blocks;
pub(crate) mod carts;
pub(crate) mod categories;
pub(crate) mod changes;
pub(crate) mod clients;
pub(crate) mod downloads;
pub(crate) mod events;
pub(crate) mod filters;
pub(crate) mod health;
pub(crate) mod imports;
pub(crate) mod items;
pub(crate) mod orders;
pub(crate) mod overview;
mod response;
pub(crate) mod search;
pub(crate) mod stock;
pub(crate) mod warehouses;
pub(crate) mod webhooks;
