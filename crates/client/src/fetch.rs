use crate::live::Live;
use api::Problem;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// Counts the changes that a person makes on this page. Whatever was fetched is fetched again after each
/// one.
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

/// What fetched data is about: which changes made elsewhere make it be fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// What things are called, and which there are.
    Rarely,
    /// Any stock level.
    Stock,
    /// The stock of one item, by its id.
    Item(i64),
    /// Allocations and cancellations.
    Orders,
}

impl About {
    /// Another number after each change that concerns it.
    fn version(self, live: Live) -> u64 {
        match self {
            Self::Rarely => live.named(),
            Self::Stock => live.stock(),
            Self::Item(id) => live.item(id),
            Self::Orders => live.orders(),
        }
    }
}

/// What a page fetched: kept while newer data is on its way.
pub struct Fetched<T: 'static> {
    resource: Resource<Value, Json>,
    data: PhantomData<fn() -> T>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Fetched<T> {
    /// The answer, once there is one.
    pub fn get(&self) -> Option<Result<T, Problem>> {
        let value = self.resource.get()?;
        match value {
            Value::Text(text) => Some(parse(&text)),
            Value::Answer { answer, .. } => answer.downcast_ref::<Result<T, Problem>>().cloned(),
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    api::read::from_json::<Result<T, Problem>>(text.as_bytes()).unwrap_or_else(|error| {
        Err(Problem::new(500, "internal", "The page could not be read", error.to_string()))
    })
}

/// An answer of any type: so that Leptos' resources, which are a lot of code, are compiled once.
#[derive(Clone)]
pub enum Value {
    /// As the server wrote it into the page.
    Text(Arc<str>),
    /// A `Result<T, Problem>`, and how it is written into the page.
    Answer {
        answer: Arc<dyn Any + Send + Sync>,
        #[cfg(feature = "ssr")]
        write: fn(&dyn Any) -> String,
    },
}

impl Value {
    fn of<T: Serialize + Send + Sync + 'static>(answer: Result<T, Problem>) -> Self {
        Self::Answer {
            answer: Arc::new(answer),
            #[cfg(feature = "ssr")]
            write: write::<T>,
        }
    }
}

#[cfg(feature = "ssr")]
fn write<T: Serialize + 'static>(answer: &dyn Any) -> String {
    let answer = answer.downcast_ref::<Result<T, Problem>>();
    serde_json::to_string(&answer).unwrap_or_default()
}

/// How answers get from the server into the browser.
pub struct Json;

impl Encoder<Value> for Json {
    type Error = std::convert::Infallible;
    type Encoded = String;

    fn encode(value: &Value) -> Result<String, Self::Error> {
        Ok(match value {
            Value::Text(text) => text.to_string(),
            #[cfg(feature = "ssr")]
            Value::Answer { answer, write } => write(&**answer),
            // The browser writes no pages.
            #[cfg(not(feature = "ssr"))]
            Value::Answer { .. } => String::new(),
        })
    }
}

impl Decoder<Value> for Json {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(json: &str) -> Result<Value, Self::Error> {
        Ok(Value::Text(json.into()))
    }
}

/// Equal for equal values. Hashes stand for values where their types would have code compiled for each.
pub fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Fetches what `key` names: on the server for the first page, then again whenever the key changes, or what
/// it is about.
pub fn fetch<K, T, Fut>(
    about: About,
    key: impl Fn() -> K + Clone + Send + Sync + 'static,
    call: impl Fn(K) -> Fut + Send + Sync + 'static,
) -> Fetched<T>
where
    K: Hash + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let named = key.clone();
    let call = Box::new(move || -> Answer {
        let answer = call(untrack(&named));
        Box::pin(async move { Value::of(answer.await) })
    });
    Fetched { resource: erased(about, Box::new(move || fingerprint(&key())), call), data: PhantomData }
}

type Answer = Pin<Box<dyn Future<Output = Value> + Send>>;

/// Compiled once, not for each place that fetches.
fn erased(
    about: About,
    key: Box<dyn Fn() -> u64 + Send + Sync>,
    call: Box<dyn Fn() -> Answer + Send + Sync>,
) -> Resource<Value, Json> {
    let (changes, live) = (Changes::expect(), Live::expect());
    Resource::new_with_options(move || (key(), changes.0.get(), about.version(live)), move |_| call(), false)
}
