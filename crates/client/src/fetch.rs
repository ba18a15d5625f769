use api::Problem;
use leptos::prelude::*;
use std::future::Future;

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
pub type Fetched<T> = Resource<Result<T, Problem>>;

/// Fetches what `key` names: on the server for the first page, then again whenever the key or the stock
/// changes.
pub fn fetch<K, T, Fut>(
    key: impl Fn() -> K + Send + Sync + 'static,
    call: impl Fn(K) -> Fut + Send + Sync + 'static,
) -> Fetched<T>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let changes = Changes::expect();
    Resource::new(move || (key(), changes.0.get()), move |(key, _)| call(key))
}
