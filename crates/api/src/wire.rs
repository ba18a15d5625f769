#[cfg(all(feature = "hydrate", not(feature = "ssr")))]
mod browser;
#[cfg(any(feature = "ssr", not(feature = "hydrate")))]
mod server;

use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::codec::{GetUrl, Post};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use std::marker::PhantomData;

/// How server functions speak: JSON both ways. The browser reads it by the small reader of this crate.
pub struct Wire;

/// The body of a request, or of an answer, in JSON.
pub type Json = Post<Wire>;

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Wire {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<server_fn::Bytes, Self::Error> {
        serde_json::to_vec(value).map(Into::into)
    }
}

#[cfg(feature = "ssr")]
impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = serde_json::Error;

    fn decode(bytes: server_fn::Bytes) -> Result<T, Self::Error> {
        serde_json::from_slice(&bytes)
    }
}

#[cfg(not(feature = "ssr"))]
impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = crate::read::Unreadable;

    fn decode(bytes: server_fn::Bytes) -> Result<T, Self::Error> {
        crate::read::from_json(&bytes)
    }
}

/// A server function whose arguments travel as `In`, and whose answer comes as JSON.
pub struct Call<In>(PhantomData<In>);

/// One that reads: its arguments are in the address.
pub type Ask = Call<GetUrl>;

/// One that writes: its arguments are the body.
pub type Tell = Call<Json>;
