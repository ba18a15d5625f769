//! Data that a page fetches from the server, and fetches again when it changes.
//!
//! Leptos' `Resource` and memos are a lot of code for each type of data. Here they hold one type,
//! [`FetchResult`], whose data is type-erased; [`Fetched`] and [`Data`] restore the type.

use crate::hashing::hash_of;
use crate::live_updates::LiveUpdates;
#[cfg(feature = "ssr")]
use crate::memo::derived;
#[cfg(not(feature = "ssr"))]
use crate::memo::memo;
use crate::refetch::RefetchTrigger;
use crate::texts;
use api::Problem;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::future::Future;
use std::hash::Hash;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// The live updates after which data is fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefetchOn {
    /// Changes of names, and new items, categories and warehouses.
    Catalog,
    /// Changes of any stock level.
    Stock,
    /// Changes of one item's stock, by the item's id.
    Item(i64),
    /// Allocations and cancellations of orders.
    Orders,
}

impl RefetchOn {
    /// Returns a number that changes with each matching update. Tracks it.
    fn version(self, live: LiveUpdates) -> u64 {
        match self {
            Self::Catalog => live.catalog(),
            Self::Stock => live.stock(),
            Self::Item(id) => live.item(id),
            Self::Orders => live.orders(),
        }
    }
}

/// Data that is being fetched. The old data stays available while newer data is on its way.
pub struct Fetched<T: 'static> {
    resource: Resource<FetchResult, JsonCodec>,
    data: PhantomData<fn() -> T>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Fetchable> Fetched<T> {
    /// Returns the response, or `None` while the first one is on its way and after the page was left. Tracks it.
    pub fn get(&self) -> Option<Result<T, Problem>> {
        match response(self.resource).map(parse_json::<T>)? {
            FetchResult::Data(data) => data.downcast_ref().cloned().map(Ok),
            FetchResult::Problem(problem) => Some(Err(*problem)),
            FetchResult::Json(_) => None,
        }
    }

    /// Waits for the first response.
    #[cfg(feature = "ssr")]
    pub async fn ready(self) {
        // `get` registers the resource with the surrounding `Suspense`, which then waits for it as well and runs
        // its content again.
        if self.resource.get().is_none() {
            self.resource.await;
        }
    }

    /// Returns the latest data, and the problem of the latest response.
    pub fn latest(self) -> (Latest, Signal<Option<Problem>>) {
        latest(self.resource, parse_json::<T>)
    }
}

/// Returns the response of a resource, if there is one. Tracks it. An update of a page may run once more after a navigation
/// has disposed of the page's resources, so a disposed resource counts as one without a response.
fn response(resource: Resource<FetchResult, JsonCodec>) -> Option<FetchResult> {
    resource.try_get().flatten()
}

/// Data that a server function returns.
pub trait Fetchable: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + PartialEq + Clone + Send + Sync + 'static> Fetchable for T {}

/// The latest data that arrived without a problem.
pub type Latest = Signal<Option<ErasedData>>;

#[cfg(not(feature = "ssr"))]
fn latest(
    resource: Resource<FetchResult, JsonCodec>,
    parse: fn(FetchResult) -> FetchResult,
) -> (Latest, Signal<Option<Problem>>) {
    let parsed = memo(move || response(resource).map(parse));
    let data = Memo::new(move |last: Option<&Option<ErasedData>>| match parsed.get() {
        Some(FetchResult::Data(data)) => Some(data),
        _ => last.cloned().flatten(),
    });
    let problem = memo(move || match parsed.get() {
        Some(FetchResult::Problem(problem)) => Some(*problem),
        _ => None,
    });
    (data.into(), problem.into())
}

/// The server renders a page once and needs no memos. They would be wrong there: several threads render one page,
/// and a memo whose source changes during its computation keeps the old value.
#[cfg(feature = "ssr")]
fn latest(
    resource: Resource<FetchResult, JsonCodec>,
    parse: fn(FetchResult) -> FetchResult,
) -> (Latest, Signal<Option<Problem>>) {
    let data = derived(move || match response(resource).map(parse) {
        Some(FetchResult::Data(data)) => Some(data),
        _ => None,
    });
    let problem = derived(move || match response(resource).map(parse) {
        Some(FetchResult::Problem(problem)) => Some(*problem),
        _ => None,
    });
    (data, problem)
}

/// Data that has arrived, as a signal: newer data replaces it.
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
    /// Wraps a signal that has data. Its methods panic without any.
    pub fn of(latest: Latest) -> Self {
        Self { latest, data: PhantomData }
    }

    /// Applies a function to the data. Tracks it.
    pub fn with<U>(self, apply: impl FnOnce(&T) -> U) -> U {
        apply(self.latest.get().as_ref().and_then(ErasedData::downcast_ref).expect("data has arrived"))
    }

    /// Applies a function to the data. Doesn't track it.
    pub fn with_untracked<U>(self, apply: impl FnOnce(&T) -> U) -> U {
        apply(
            self.latest
                .get_untracked()
                .as_ref()
                .and_then(ErasedData::downcast_ref)
                .expect("data has arrived"),
        )
    }

    /// Returns the data. Tracks it.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// Returns the data. Doesn't track it.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// The response of a server function.
#[derive(Clone, PartialEq)]
pub enum FetchResult {
    /// The JSON of the data, as the server wrote it into the page.
    Json(Arc<str>),
    /// The data.
    Data(ErasedData),
    /// The problem.
    Problem(Box<Problem>),
}

/// Data of any type.
#[derive(Clone)]
pub struct ErasedData {
    data: Arc<dyn Any + Send + Sync>,
    eq: fn(&ErasedData, &ErasedData) -> bool,
    #[cfg(feature = "ssr")]
    to_json: fn(&ErasedData) -> String,
}

impl ErasedData {
    fn new<T: Fetchable>(data: T) -> Self {
        Self {
            data: Arc::new(data),
            eq: |one, other| one.downcast_ref::<T>() == other.downcast_ref::<T>(),
            #[cfg(feature = "ssr")]
            to_json: |data| serde_json::to_string(&data.downcast_ref::<T>()).unwrap_or_default(),
        }
    }

    fn downcast_ref<T: 'static>(&self) -> Option<&T> {
        self.data.downcast_ref()
    }
}

impl PartialEq for ErasedData {
    fn eq(&self, other: &Self) -> bool {
        (self.eq)(self, other)
    }
}

/// Parses the JSON of a response, if it isn't parsed yet.
fn parse_json<T: Fetchable>(result: FetchResult) -> FetchResult {
    let FetchResult::Json(json) = result else { return result };
    erase(api::json::from_json::<T>(json.as_bytes()).map_err(unreadable))
}

fn unreadable(error: api::json::JsonError) -> Problem {
    Problem::new(500, "internal", texts::page_unreadable(), error.to_string())
}

fn erase<T: Fetchable>(result: Result<T, Problem>) -> FetchResult {
    match result {
        Ok(data) => FetchResult::Data(ErasedData::new(data)),
        Err(problem) => FetchResult::Problem(Box::new(problem)),
    }
}

/// Carries responses from the server's HTML into the browser as JSON. That of a problem is marked.
pub struct JsonCodec;

/// Precedes the JSON of a problem. No JSON starts with it.
const PROBLEM_MARK: char = '!';

impl Encoder<FetchResult> for JsonCodec {
    type Error = std::convert::Infallible;
    type Encoded = String;

    fn encode(result: &FetchResult) -> Result<String, Self::Error> {
        Ok(match result {
            FetchResult::Json(json) => json.to_string(),
            #[cfg(feature = "ssr")]
            FetchResult::Data(data) => (data.to_json)(data),
            #[cfg(feature = "ssr")]
            FetchResult::Problem(problem) => {
                format!("{PROBLEM_MARK}{}", serde_json::to_string(problem).unwrap_or_default())
            }
            // The browser renders no HTML.
            #[cfg(not(feature = "ssr"))]
            _ => String::new(),
        })
    }
}

impl Decoder<FetchResult> for JsonCodec {
    type Error = std::convert::Infallible;
    type Encoded = str;

    fn decode(json: &str) -> Result<FetchResult, Self::Error> {
        let Some(problem) = json.strip_prefix(PROBLEM_MARK) else {
            return Ok(FetchResult::Json(json.into()));
        };
        let problem = api::json::from_json(problem.as_bytes()).unwrap_or_else(unreadable);
        Ok(FetchResult::Problem(Box::new(problem)))
    }
}

/// Fetches data on the server for the first page, and in the browser again whenever the key changes, a matching
/// live update arrives, or [`RefetchTrigger::trigger`] is called. `call` gets the key.
pub fn fetch<K, T, Fut>(
    refetch_on: RefetchOn,
    key: impl Fn() -> K + Clone + Send + Sync + 'static,
    call: impl Fn(K) -> Fut + Send + Sync + 'static,
) -> Fetched<T>
where
    K: Hash + 'static,
    T: Fetchable,
    Fut: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let current_key = key.clone();
    let call = Box::new(move || -> Response {
        let response = call(untrack(&current_key));
        Box::pin(async move { erase(response.await) })
    });
    let resource = erased_resource(refetch_on, Box::new(move || hash_of(&key())), call);
    Fetched { resource, data: PhantomData }
}

/// The status of a response that did not arrive, and of a server that is overloaded.
const UNAVAILABLE: u16 = 503;

type Response = Pin<Box<dyn Future<Output = FetchResult> + Send>>;

fn erased_resource(
    refetch_on: RefetchOn,
    key_hash: Box<dyn Fn() -> u64 + Send + Sync>,
    call: Box<dyn Fn() -> Response + Send + Sync>,
) -> Resource<FetchResult, JsonCodec> {
    let (trigger, live) = (RefetchTrigger::expect(), LiveUpdates::expect());
    let source = move || (key_hash(), trigger.version(), refetch_on.version(live));
    let call = move |_| -> Response {
        let response = call();
        Box::pin(async move {
            let response = response.await;
            if matches!(&response, FetchResult::Problem(problem) if problem.status == UNAVAILABLE) {
                live.set_failed();
            }
            response
        })
    };
    Resource::new_with_options(source, call, false)
}
