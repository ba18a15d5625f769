use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Something that many ask for, and what it looks like on the wire once somebody has written it.
#[derive(Debug)]
pub struct CachedJson<T> {
    value: T,
    json: OnceLock<JsonBytes>,
}

/// Something as it is sent, with a tag that is equal for equal bytes.
#[derive(Debug, Clone)]
pub struct JsonBytes {
    /// The bytes.
    pub body: Arc<[u8]>,
    /// Changes whenever the bytes do, for all that one can tell from 64 bits.
    pub tag: u64,
}

impl<T> CachedJson<T> {
    pub(crate) fn of(value: T) -> Arc<Self> {
        Arc::new(Self { value, json: OnceLock::new() })
    }

    /// Its bytes, written by `render` the first time that somebody asks.
    pub fn bytes(&self, render: impl FnOnce(&T) -> Vec<u8>) -> &JsonBytes {
        self.json.get_or_init(|| {
            let body: Arc<[u8]> = render(&self.value).into();
            // Keys of zero: the same in every process, so that a tag holds across servers and restarts.
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
