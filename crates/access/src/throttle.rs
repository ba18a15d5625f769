//! The throttle of sign-ins, by account and by address.

use crate::{Error, Result};
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

/// The attempts at one account from one network at once, and the interval in which one more is allowed.
const ACCOUNT_ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const ACCOUNT_INTERVAL: Duration = Duration::from_secs(30);

/// The attempts from one network at once, and the interval in which one more is allowed.
const NETWORK_ATTEMPTS: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
const NETWORK_INTERVAL: Duration = Duration::from_secs(5);

/// The bits of an IPv6 address that name a network. A provider assigns a whole network to one customer.
const IPV6_PREFIX_BITS: u32 = 64;

/// The number of entries from which entries without effect are removed.
const ENTRIES_MAX: usize = 10_000;

type Limiter<K> = RateLimiter<
    K,
    DefaultKeyedStateStore<K>,
    MonotonicClock,
    NoOpMiddleware<<MonotonicClock as governor::clock::Clock>::Instant>,
>;

/// Limits attempts per account and network, and per network. No limit is for an account alone: a stranger can't lock the
/// owner out of it.
pub(crate) struct Throttle {
    accounts: Limiter<(String, IpAddr)>,
    networks: Limiter<IpAddr>,
    /// Sign-ins by a provider. Apart from the others, because their entries cost no password hash.
    providers: Limiter<IpAddr>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            accounts: limiter(ACCOUNT_ATTEMPTS, ACCOUNT_INTERVAL),
            networks: limiter(NETWORK_ATTEMPTS, NETWORK_INTERVAL),
            providers: limiter(NETWORK_ATTEMPTS, NETWORK_INTERVAL),
        }
    }

    /// Counts an attempt. Attempts are counted before they are checked, so that concurrent ones are limited too.
    ///
    /// # Errors
    /// [`Error::Throttled`].
    pub(crate) fn check(&self, account: &str, address: Option<IpAddr>) -> Result<()> {
        let network = network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
        check(&self.networks, &network)?;
        check(&self.accounts, &(account.to_owned(), network))
    }

    /// Removes entries without effect.
    pub(crate) fn shrink(&self) {
        self.accounts.retain_recent();
        self.networks.retain_recent();
        self.providers.retain_recent();
    }

    /// Counts the start of a sign-in by a provider.
    ///
    /// # Errors
    /// [`Error::Throttled`].
    pub(crate) fn check_provider(&self, address: Option<IpAddr>) -> Result<()> {
        check(&self.providers, &network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))))
    }
}

fn limiter<K: Hash + Eq + Clone>(attempts: NonZeroU32, interval: Duration) -> Limiter<K> {
    // The interval is not zero.
    let quota = Quota::with_period(interval).unwrap_or(Quota::per_minute(attempts)).allow_burst(attempts);
    RateLimiter::new(quota, DefaultKeyedStateStore::default(), MonotonicClock)
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<()> {
    if limiter.len() >= ENTRIES_MAX {
        limiter.retain_recent();
        // Each entry for a password costs a hash, so entries expire faster than they are added.
        if limiter.len() >= ENTRIES_MAX {
            return Err(Error::Overloaded);
        }
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(MonotonicClock.now());
        Error::Throttled { seconds: wait.as_secs() + 1 }
    })
}

/// Returns the network of an address: an IPv4 address, or the first 64 bits of an IPv6 address.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let mask = u128::MAX << (128 - IPV6_PREFIX_BITS);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts(throttle: &Throttle, account: &str, address: &str) -> usize {
        let address = address.parse().expect("an address");
        (0..100).take_while(|_| throttle.check(account, Some(address)).is_ok()).count()
    }

    #[test]
    fn attempts_are_limited_by_account_and_network() {
        let throttle = Throttle::new();
        assert_eq!(attempts(&throttle, "anna", "192.0.2.1"), 10);
        assert_eq!(attempts(&throttle, "anna", "192.0.2.2"), 10, "another address is not locked out");
        assert_eq!(attempts(&throttle, "bert", "192.0.2.1"), 10, "nor is another account");
        let error = throttle.check("anna", "192.0.2.1".parse().ok()).expect_err("no attempt is left");
        assert!(matches!(error, Error::Throttled { seconds: 1..=31 }), "{error:?}");
    }

    #[test]
    fn entries_without_effect_are_removed() {
        let throttle = Throttle::new();
        attempts(&throttle, "anna", "192.0.2.1");
        throttle.shrink();
        assert_eq!((throttle.accounts.len(), throttle.networks.len()), (1, 1), "the limits still count");
        let quick = limiter(ACCOUNT_ATTEMPTS, Duration::from_millis(1));
        assert!(check(&quick, &1).is_ok());
        std::thread::sleep(Duration::from_millis(20));
        quick.retain_recent();
        assert_eq!(quick.len(), 0);
    }

    #[test]
    fn attempts_are_limited_by_network() {
        let throttle = Throttle::new();
        let tried: usize =
            (0..20).map(|n| attempts(&throttle, &format!("a{n}"), &format!("2001:db8::{n}"))).sum();
        assert!((40..=60).contains(&tried), "{tried}");
        assert_eq!(attempts(&throttle, "anna", "2001:db8:0:1::1"), 10);
        assert_eq!(network("::ffff:192.0.2.1".parse().expect("an address")).to_string(), "192.0.2.1");
    }
}
