use api::Problem;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;

/// Counts the changes that this page has made or heard of. Whatever was fetched is fetched again after
/// each one.
#[derive(Clone, Copy)]
pub struct Changes(RwSignal<u64>);

impl Changes {
    /// Makes the count known to everything below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(0)));
    }

    /// The count of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Something has changed.
    pub fn mark(self) {
        self.0.update(|count| *count += 1);
    }
}

/// What a page fetched: kept while newer data is on its way.
pub type Fetched<T> = Resource<Result<T, Problem>, Json>;

/// JSON, read from bytes: the very code that reads the server functions' answers. Leptos' own codec reads
/// from text, which would put all of it into the WASM twice.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(json.as_bytes())
    }
}

/// Equal for equal values. Hashes stand for values where their types would have code compiled for each.
pub fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Fetches what `key` names: on the server for the first page, then again whenever the key or the stock
/// changes.
pub fn fetch<K, T, Fut>(
    key: impl Fn() -> K + Clone + Send + Sync + 'static,
    call: impl Fn(K) -> Fut + Send + Sync + 'static,
) -> Fetched<T>
where
    K: Hash + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let named = key.clone();
    erased(Box::new(move || fingerprint(&key())), Box::new(move || Box::pin(call(untrack(&named)))))
}

type Call<T> = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, Problem>> + Send>> + Send + Sync>;

/// Compiled once for each type of data, not for each place that fetches it.
fn erased<T>(key: Box<dyn Fn() -> u64 + Send + Sync>, call: Call<T>) -> Fetched<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let changes = Changes::expect();
    Resource::new_with_options(move || (key(), changes.0.get()), move |_| call(), false)
}
