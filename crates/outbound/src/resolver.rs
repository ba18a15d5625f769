//! The resolver of host names. It returns public addresses only, so that no name leads to a private network: neither at once,
//! nor by another answer of the name server later.

use domain::is_public_address;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::Service;

/// The resolver of the operating system, without private addresses.
#[derive(Debug, Clone)]
pub(crate) struct Resolver {
    system: GaiResolver,
    allows_private: bool,
}

impl Resolver {
    pub(crate) fn new(allows_private: bool) -> Self {
        Self { system: GaiResolver::new(), allows_private }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.system.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolved, allows_private) = (self.system.call(name), self.allows_private);
        Box::pin(async move {
            let found: Vec<SocketAddr> = resolved.await?.collect();
            let allowed = |address: &SocketAddr| allows_private || is_public_address(address.ip());
            let public: Vec<_> = found.iter().copied().filter(allowed).collect();
            if public.is_empty() && !found.is_empty() {
                let message = "the name has private addresses only, and requests to these are not allowed";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
            }
            Ok(public.into_iter())
        })
    }
}
