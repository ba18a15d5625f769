use crate::live::Live;
use crate::memo::Change;
#[cfg(feature = "ssr")]
use crate::memo::derived;
#[cfg(not(feature = "ssr"))]
use crate::memo::memo;
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
        self.0.change(|count| *count += 1);
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

impl<T: Fetchable> Fetched<T> {
    /// The answer, once there is one.
    pub fn get(&self) -> Option<Result<T, Problem>> {
        match self.resource.get().map(settled::<T>)? {
            Value::Good(good) => good.of().cloned().map(Ok),
            Value::Failed(problem) => Some(Err(*problem)),
            Value::Text(_) => None,
        }
    }

    /// Waits for an answer.
    #[cfg(feature = "ssr")]
    pub async fn come(self) {
        // Only who looks makes the page around wait as well, and look again for what else there is to wait for.
        if self.resource.get().is_none() {
            self.resource.await;
        }
    }

    /// The latest data, and what went wrong with the latest answer.
    pub fn latest(self) -> (Latest, Signal<Option<Problem>>) {
        latest(self.resource, settled::<T>)
    }
}

/// What can be fetched.
pub trait Fetchable: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static> Fetchable for T {}

/// The latest data that came without a problem, of whatever type.
pub type Latest = Signal<Option<Good>>;

/// Compiled once, like all that follows here, not for each type of data.
#[cfg(not(feature = "ssr"))]
fn latest(resource: Resource<Value, Json>, settle: fn(Value) -> Value) -> (Latest, Signal<Option<Problem>>) {
    let settled = memo(move || resource.get().map(settle));
    let good = Memo::new(move |last: Option<&Option<Good>>| match settled.get() {
        Some(Value::Good(good)) => Some(good),
        _ => last.cloned().flatten(),
    });
    let problem = memo(move || match settled.get() {
        Some(Value::Failed(problem)) => Some(*problem),
        _ => None,
    });
    (good.into(), problem.into())
}

/// The same for the one time that the server looks, without memos: several threads work on a page, and a memo
/// whose source changes while it is computed takes the old value for the new one.
#[cfg(feature = "ssr")]
fn latest(resource: Resource<Value, Json>, settle: fn(Value) -> Value) -> (Latest, Signal<Option<Problem>>) {
    let good = derived(move || match resource.get().map(settle) {
        Some(Value::Good(good)) => Some(good),
        _ => None,
    });
    let problem = derived(move || match resource.get().map(settle) {
        Some(Value::Failed(problem)) => Some(*problem),
        _ => None,
    });
    (good, problem)
}

/// Data that has come, and that changes while newer data comes.
pub struct Data<T> {
    latest: Latest,
    data: PhantomData<fn() -> T>,
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: Clone + 'static> Data<T> {
    /// The data of a page that stands only where some has come.
    pub fn of(latest: Latest) -> Self {
        Self { latest, data: PhantomData }
    }

    /// Looks at it, and again whenever it changes.
    pub fn look<U>(self, look: impl FnOnce(&T) -> U) -> U {
        look(self.latest.get().as_ref().and_then(Good::of).expect("data has come"))
    }

    /// Looks at it as it is now.
    pub fn glance<U>(self, look: impl FnOnce(&T) -> U) -> U {
        look(self.latest.get_untracked().as_ref().and_then(Good::of).expect("data has come"))
    }

    /// The data.
    pub fn get(self) -> T {
        self.look(T::clone)
    }

    /// The data as it is now.
    pub fn get_untracked(self) -> T {
        self.glance(T::clone)
    }
}

/// An answer of any type: so that Leptos' resources and memos, which are a lot of code, are compiled once.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// As the server wrote it into the page: the JSON of a `Result`.
    Text(Arc<str>),
    /// The data.
    Good(Good),
    /// Why there is none.
    Failed(Box<Problem>),
}

/// Data of any type.
#[derive(Clone)]
pub struct Good {
    data: Arc<dyn Any + Send + Sync>,
    same: fn(&Good, &Good) -> bool,
    #[cfg(feature = "ssr")]
    write: fn(&Good) -> String,
}

impl Good {
    fn new<T: Fetchable>(data: T) -> Self {
        Self {
            data: Arc::new(data),
            same: |one, other| one.of::<T>() == other.of::<T>(),
            #[cfg(feature = "ssr")]
            write: |good| serde_json::to_string(&good.of::<T>()).unwrap_or_default(),
        }
    }

    fn of<T: 'static>(&self) -> Option<&T> {
        self.data.downcast_ref()
    }
}

impl PartialEq for Good {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(self, other)
    }
}

/// An answer that is text no longer.
fn settled<T: Fetchable>(value: Value) -> Value {
    match value {
        Value::Text(text) => match api::read::from_json::<Result<T, Problem>>(text.as_bytes()) {
            Ok(answer) => answered(answer),
            Err(error) => answered::<T>(Err(Problem::new(
                500,
                "internal",
                "The page could not be read",
                error.to_string(),
            ))),
        },
        value => value,
    }
}

fn answered<T: Fetchable>(answer: Result<T, Problem>) -> Value {
    match answer {
        Ok(data) => Value::Good(Good::new(data)),
        Err(problem) => Value::Failed(Box::new(problem)),
    }
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
            Value::Good(good) => format!("{{\"Ok\":{}}}", (good.write)(good)),
            #[cfg(feature = "ssr")]
            Value::Failed(problem) => {
                format!("{{\"Err\":{}}}", serde_json::to_string(problem).unwrap_or_default())
            }
            // The browser writes no pages.
            #[cfg(not(feature = "ssr"))]
            _ => String::new(),
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
    T: Fetchable,
    Fut: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let named = key.clone();
    let call = Box::new(move || -> Answer {
        let answer = call(untrack(&named));
        Box::pin(async move { answered(answer.await) })
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
