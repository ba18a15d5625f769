#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(any(feature = "ssr", not(feature = "hydrate")))]
mod server;

use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::codec::{GetUrl, Post};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use std::marker::PhantomData;

/// The encoding of server functions: JSON for requests and responses. The browser parses it with [`crate::json`].
pub struct JsonEncoding;

/// A JSON body of a request or a response.
pub type Json = Post<JsonEncoding>;

impl ContentType for JsonEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonEncoding {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<server_fn::Bytes, Self::Error> {
        serde_json::to_vec(value).map(Into::into)
    }
}

#[cfg(feature = "ssr")]
impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: server_fn::Bytes) -> Result<T, Self::Error> {
        serde_json::from_slice(&bytes)
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
    type Error = crate::json::JsonError;

    fn decode(bytes: server_fn::Bytes) -> Result<T, Self::Error> {
        crate::json::from_json(&bytes)
    }
}

/// A server function with arguments in the encoding `In` and a JSON response.
pub struct RpcCall<In>(PhantomData<In>);

/// A server function that reads. Its arguments are in the query string.
pub type ReadCall = RpcCall<GetUrl>;

/// A server function that writes. Its arguments are in the body.
pub type WriteCall = RpcCall<Json>;
