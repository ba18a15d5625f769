//! The browser's half of a call. Leptos' own would be compiled anew for each function, all the way down to the
//! browser's `fetch`; here that is compiled once.

use super::{Call, Wire};
use crate::{Problem, read};
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

impl<In, Input, Output, C, S> Protocol<Input, Output, C, S, Problem> for Call<In>
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
        unreachable!("a browser serves nobody")
    }

    fn run_client(path: &str, input: Input) -> impl Future<Output = Result<Output, Problem>> + Send {
        let answer = send(input.into_req(path, Wire::CONTENT_TYPE));
        async move { read::from_json(&answer.await?).map_err(unreadable) }
    }
}

fn send(
    request: Result<BrowserRequest, Problem>,
) -> Pin<Box<dyn Future<Output = Result<Bytes, Problem>> + Send>> {
    Box::pin(async move {
        let answer: BrowserResponse = <BrowserClient as Client<Problem>>::send(request?).await?;
        let refused = ClientRes::<Problem>::status(&answer) >= 400;
        let bytes = ClientRes::<Problem>::try_into_bytes(answer).await?;
        if refused { Err(Problem::de(bytes)) } else { Ok(bytes) }
    })
}

fn unreadable(error: read::Unreadable) -> Problem {
    Problem::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string()))
}
