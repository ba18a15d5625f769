//! The browser's side of a server function call. Leptos' own implementation is generic over each function, down to the
//! browser's `fetch`; this one is compiled once.

use super::{JsonEncoding, RpcCall};
use crate::{Problem, json};
use http::Method;
use serde::de::DeserializeOwned;
use server_fn::client::Client;
use server_fn::client::browser::BrowserClient;
use server_fn::codec::{Encoding, IntoReq};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use server_fn::request::browser::BrowserRequest;
use server_fn::response::ClientRes;
use server_fn::response::browser::BrowserResponse;
use server_fn::{Bytes, ContentType, Protocol};
use std::future::Future;
use std::pin::Pin;

impl<In, Input, Output, C, S> Protocol<Input, Output, C, S, Problem> for RpcCall<In>
where
    In: Encoding,
    Input: IntoReq<In, BrowserRequest, Problem> + Send,
    Output: DeserializeOwned + Send,
    C: Client<Problem>,
    S: server_fn::server::Server<Problem>,
{
    const METHOD: Method = In::METHOD;

    async fn run_server<F, Fut>(_request: S::Request, _server_fn: F) -> Result<S::Response, Problem>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, Problem>> + Send,
    {
        unreachable!("a browser runs no server functions")
    }

    fn run_client(path: &str, input: Input) -> impl Future<Output = Result<Output, Problem>> + Send {
        let response = send(input.into_req(path, JsonEncoding::CONTENT_TYPE));
        async move { json::from_json(&response.await?).map_err(unreadable) }
    }
}

fn send(
    request: Result<BrowserRequest, Problem>,
) -> Pin<Box<dyn Future<Output = Result<Bytes, Problem>> + Send>> {
    Box::pin(async move {
        let response: BrowserResponse = <BrowserClient as Client<Problem>>::send(request?).await?;
        let is_error = ClientRes::<Problem>::status(&response) >= 400;
        let bytes = ClientRes::<Problem>::try_into_bytes(response).await?;
        if is_error { Err(Problem::de(bytes)) } else { Ok(bytes) }
    })
}

fn unreadable(error: json::JsonError) -> Problem {
    Problem::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
}
