//! Extractors: a request's parameters, body and context as types. Each failure is an
//! [`ApiError`](crate::http::error::ApiError) that names the field at fault.

pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod if_match;
pub(crate) mod json_body;
pub(crate) mod params;
pub(crate) mod request_context;
pub(crate) mod request_origin;
mod serde_message;

pub(crate) use if_match::IfMatch;
pub(crate) use json_body::{JsonBody, OptionalJsonBody};
pub(crate) use params::{CategoryPath, ClientName, Id, ItemSku, Query, check_text, invalid_query};
pub(crate) use request_context::{KeylessContext, RequestContext};
pub(crate) use request_origin::RequestOrigin;
