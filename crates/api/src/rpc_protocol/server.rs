//! The server's side of a server function call: Leptos' own implementation.

use super::{Json, RpcCall};
use crate::Problem;
use http::Method;
use server_fn::Protocol;
use server_fn::codec::Encoding;
use std::future::Future;

impl<In, Input, Output, Client, Server> Protocol<Input, Output, Client, Server, Problem> for RpcCall<In>
where
    In: Encoding,
    Client: server_fn::client::Client<Problem>,
    Server: server_fn::server::Server<Problem>,
    server_fn::Http<In, Json>: Protocol<Input, Output, Client, Server, Problem>,
{
    const METHOD: Method = In::METHOD;

    fn run_server<F, Fut>(
        request: Server::Request,
        server_fn: F,
    ) -> impl Future<Output = Result<Server::Response, Problem>> + Send
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, Problem>> + Send,
    {
        server_fn::Http::<In, Json>::run_server(request, server_fn)
    }

    fn run_client(path: &str, input: Input) -> impl Future<Output = Result<Output, Problem>> + Send {
        server_fn::Http::<In, Json>::run_client(path, input)
    }
}
