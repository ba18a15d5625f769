//! Rate limits: per client, per person, and per network of the client's address.

use crate::Caller;
use crate::throttle::network;
use domain::Credential;
use governor::clock::MonotonicClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::borrow::Cow;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of networks from which new ones share one entry. A request keeps an entry for at most `2 / per_second`
/// seconds, so half as many requests per second never reach it.
const NETWORKS_MAX: usize = 100_000;

/// The shared entry of networks beyond [`NETWORKS_MAX`]. No client has this address.
const SHARED_NETWORK: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// A limit: a token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The requests per second.
    pub per_second: NonZeroU32,
    /// The requests at once.
    pub burst: NonZeroU32,
}

impl RateLimit {
    /// Returns the time in which an empty bucket is filled, in seconds, rounded up.
    pub fn window_seconds(self) -> u32 {
        self.burst.get().div_ceil(self.per_second.get())
    }
}

/// The limits of a server. `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// The requests of one client, with any of its tokens.
    pub client: Option<RateLimit>,
    /// The requests of one person, with any of the person's sessions.
    pub person: Option<RateLimit>,
    /// The requests of one network without valid credentials.
    pub anonymous: Option<RateLimit>,
    /// All requests of one network.
    pub address: Option<RateLimit>,
}

/// The state of a limit after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitState {
    /// The name of the limit: "client", "person", "anonymous" or "address".
    pub name: &'static str,
    /// The limit.
    pub limit: RateLimit,
    /// The requests that are left at once.
    pub remaining: u32,
    /// Whether the request is rejected.
    pub is_exceeded: bool,
}

/// The rate limits of a server.
pub struct RateLimits {
    client: Option<Limiter<Cow<'static, str>>>,
    person: Option<Limiter<Cow<'static, str>>>,
    anonymous: Option<Limiter<IpAddr>>,
    address: Option<Limiter<IpAddr>>,
}

impl RateLimits {
    pub(crate) fn new(settings: &RateLimitSettings) -> Self {
        Self {
            client: settings.client.map(|limit| Limiter::new("client", limit)),
            person: settings.person.map(|limit| Limiter::new("person", limit)),
            anonymous: settings.anonymous.map(|limit| Limiter::new("anonymous", limit)),
            address: settings.address.map(|limit| Limiter::new("address", limit)),
        }
    }

    /// Returns whether clients or people are limited.
    pub fn has_caller_limit(&self) -> bool {
        self.client.is_some() || self.person.is_some()
    }

    /// Counts a request of a caller. Returns `None` if its kind has no limit. Local access has none.
    pub fn check_caller(&self, caller: &Caller) -> Option<RateLimitState> {
        let limiter = match caller.credential()? {
            Credential::Token(_) => self.client.as_ref()?,
            Credential::Session(_) => self.person.as_ref()?,
        };
        Some(limiter.check(&caller.actor))
    }

    /// Counts a request without valid credentials. Returns `None` if such requests have no limit.
    pub fn check_anonymous(&self, address: IpAddr) -> Option<RateLimitState> {
        Some(self.anonymous.as_ref()?.check_network(address))
    }

    /// Counts a request of an address. Returns `None` if addresses have no limit.
    pub fn check_address(&self, address: IpAddr) -> Option<RateLimitState> {
        Some(self.address.as_ref()?.check_network(address))
    }

    /// Removes entries without effect.
    pub(crate) fn shrink(&self) {
        self.client.iter().chain(&self.person).for_each(Limiter::shrink);
        self.anonymous.iter().chain(&self.address).for_each(Limiter::shrink);
    }
}

/// A limit with the state of each key.
struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    limit: RateLimit,
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, MonotonicClock, StateInformationMiddleware>,
    /// An upper bound of the number of keys.
    keys: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(name: &'static str, limit: RateLimit) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        let limiter = RateLimiter::new(quota, DefaultKeyedStateStore::default(), MonotonicClock);
        Self { name, limit, limiter, keys: AtomicUsize::new(0) }
    }

    fn check(&self, key: &K) -> RateLimitState {
        let checked = self.limiter.check_key(key);
        let remaining = checked.as_ref().map_or(0, |state| state.remaining_burst_capacity());
        if remaining + 1 >= self.limit.burst.get() {
            // The key may be new.
            self.keys.fetch_add(1, Ordering::Relaxed);
        }
        RateLimitState { name: self.name, limit: self.limit, remaining, is_exceeded: checked.is_err() }
    }

    fn shrink(&self) {
        if self.keys.load(Ordering::Relaxed) > 0 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.keys.store(self.limiter.len(), Ordering::Relaxed);
        }
    }
}

impl Limiter<IpAddr> {
    fn check_network(&self, address: IpAddr) -> RateLimitState {
        match self.keys.load(Ordering::Relaxed) < NETWORKS_MAX {
            true => self.check(&network(address)),
            false => self.check(&SHARED_NETWORK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authenticated, SecretHash};
    use domain::{Principal, Scope};
    use std::net::Ipv6Addr;
    use std::sync::Arc;
    use std::time::Duration;

    fn limit(per_second: u32, burst: u32) -> Option<RateLimit> {
        Some(RateLimit { per_second: NonZeroU32::new(per_second)?, burst: NonZeroU32::new(burst)? })
    }

    fn client(name: &str, token: i64) -> Caller {
        let principal = Principal::client(name, &[Scope::StockRead]);
        let (credential, hash) = (Credential::Token(token), SecretHash::of(name));
        Caller::Known(Arc::new(Authenticated { principal, credential, hash }))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn tokens_of_a_client_share_its_limit() {
        let limits = RateLimits::new(&RateLimitSettings { client: limit(1, 3), ..Default::default() });
        let state = |client: &Caller| {
            let state = limits.check_caller(client).expect("a limit");
            (state.remaining, state.is_exceeded)
        };
        assert_eq!(state(&client("shop", 1)), (2, false));
        assert_eq!(state(&client("shop", 2)), (1, false));
        assert_eq!(state(&client("shop", 1)), (0, false));
        assert_eq!(state(&client("shop", 2)), (0, true));
        assert_eq!(state(&client("till", 3)), (2, false), "another client is not limited");
        assert_eq!(limits.check_caller(&Caller::Local), None);
        assert_eq!(limits.check_anonymous(address("192.0.2.1")), None);
    }

    #[test]
    fn addresses_of_a_network_share_its_limit() {
        let limits = RateLimits::new(&RateLimitSettings { anonymous: limit(1, 2), ..Default::default() });
        let is_exceeded = |text: &str| limits.check_anonymous(address(text)).expect("a limit").is_exceeded;
        assert_eq!(
            ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"].map(is_exceeded),
            [false, false, true, false]
        );
        assert_eq!(["192.0.2.1", "192.0.2.2"].map(is_exceeded), [false, false]);
        assert_eq!(["::ffff:192.0.2.1", "192.0.2.1"].map(is_exceeded), [false, true], "one address");
    }

    #[test]
    fn the_number_of_entries_is_bounded() {
        let limiter = Limiter::new("address", limit(1, 2).expect("a limit"));
        for network in 0..2 * NETWORKS_MAX as u128 {
            limiter.check_network(IpAddr::V6(Ipv6Addr::from_bits(network << 64)));
        }
        assert!(limiter.limiter.len() <= NETWORKS_MAX + 1, "{}", limiter.limiter.len());
        assert!(limiter.check_network(address("192.0.2.1")).is_exceeded, "new networks share a limit");
        std::thread::sleep(Duration::from_millis(2_100));
        limiter.shrink();
        assert!(limiter.limiter.len() <= 1, "{}", limiter.limiter.len());
        assert!(!limiter.check_network(address("192.0.2.1")).is_exceeded);
    }
}
