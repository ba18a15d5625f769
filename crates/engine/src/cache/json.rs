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

impl JsonBytes {
    /// Returns this JSON with its tag.
    pub(crate) fn of(json: Vec<u8>) -> Self {
        // This hasher has fixed keys, so that tags agree across servers and restarts.
        let mut hasher = DefaultHasher::new();
        hasher.write(&json);
        Self { tag: hasher.finish(), body: json.into() }
    }
}

impl<T> CachedJson<T> {
    pub(crate) fn of(value: T) -> Arc<Self> {
        Arc::new(Self { value, json: OnceLock::new() })
    }

    /// Returns the JSON. The first call serializes the value by `render`.
    pub fn bytes(&self, render: impl FnOnce(&T) -> Vec<u8>) -> &JsonBytes {
        self.json.get_or_init(|| JsonBytes::of(render(&self.value)))
    }
}

impl<T> Deref for CachedJson<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
