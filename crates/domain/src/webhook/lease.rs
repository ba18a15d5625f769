//! The time within which a server may use its lease of an endpoint.

use std::time::Duration;

/// The time for which an endpoint is leased. Another server sends to it after this time.
pub const WEBHOOK_LEASE: Duration = Duration::from_secs(10);

/// The part of a lease that its server does not use, as a divisor: a tenth. It covers clocks that run at different speeds, and
/// a message that is on its way when the server stops.
const UNUSED_PART: u32 = 10;

/// Returns the time for which a server may send, counted from the start of the statement that read the rest of its lease.
pub fn usable_lease(rest: Duration, lease: Duration) -> Duration {
    rest.saturating_sub(lease / UNUSED_PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_stops_before_its_lease_ends() {
        let usable = |seconds| usable_lease(Duration::from_secs(seconds), WEBHOOK_LEASE);
        assert_eq!(usable(10), Duration::from_secs(9));
        assert_eq!(usable(5), Duration::from_secs(4));
        assert_eq!((usable(1), usable(0)), (Duration::ZERO, Duration::ZERO));
    }
}
