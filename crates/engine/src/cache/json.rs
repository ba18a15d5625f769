//! Values with their JSON, which is serialized once.

use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// A shared value and its JSON, which the first caller serializes.
#[derive(Debug)]
pub struct CachedJson<T> {
    value: T,
    json: OnceLock<JsonBytes>,
}

/// A serialized response with its entity tag.
#[derive(Debug, Clone)]
pub struct JsonBytes {
    /// The JSON.
    pub body: Arc<[u8]>,
    /// A hash of 64 bits of the body. Equal bodies have equal tags on every server.
    pub tag: u64,
}

impl<T> CachedJson<T> {
    pub(crate) fn of(value: T) -> Arc<Self> {
        Arc::new(Self { value, json: OnceLock::new() })
    }

    /// Returns the JSON. The first call serializes the value by `render`.
    pub fn bytes(&self, render: impl FnOnce(&T) -> Vec<u8>) -> &JsonBytes {
        self.json.get_or_init(|| {
            let body: Arc<[u8]> = render(&self.value).into();
            // This hasher has fixed keys, so that tags agree across servers and restarts.
            let mut hasher = DefaultHasher::new();
            hasher.write(&body);
            JsonBytes { tag: hasher.finish(), body }
        })
    }
}

impl<T> Deref for CachedJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
