//! Caches of committed rows and of responses.

pub(crate) mod blocks;
pub(crate) mod items;
pub(crate) mod json;
pub(crate) mod levels;
pub(crate) mod refreshing;
