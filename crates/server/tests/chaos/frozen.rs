//! A network that stops forwarding without closing any connection.

use crate::binary::Folder;
use crate::standby::Standby;
use crate::test_bed::TestBed;
use std::time::{Duration, Instant};

/// The longest recovery time, from the moment when the database can be reached.
const RECOVERY_MAX: Duration = Duration::from_secs(15);

/// How long the network is frozen.
const FROZEN: Duration = Duration::from_secs(5);

/// Responses before and after the failure.
const RESPONSES: usize = 200;

/// The primary vanishes with open connections and without a TCP reset. Its synchronous replica has every acknowledged
/// effect, and takes over.
#[test]
fn the_service_recovers_from_a_primary_that_vanishes_silently() {
    let folder = Folder::new("vanished");
    let mut bed = TestBed::behind_proxy(&folder);
    let standby = Standby::of(bed.cluster());
    bed.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    bed.query("SELECT pg_reload_conf()::text");
    bed.start_clients();
    bed.wait_for_responses(RESPONSES);
    bed.proxy().freeze();
    bed.destroy_postgres();
    let since = bed.fail_over(&standby);
    bed.finish("a primary that vanished silently", since);
}

/// The network delivers held-back packets late, after the servers have closed their connections.
#[test]
fn the_service_recovers_from_a_frozen_network() {
    let folder = Folder::new("frozen");
    let mut bed = TestBed::behind_proxy(&folder);
    bed.start_clients();
    bed.wait_for_responses(RESPONSES);
    bed.proxy().freeze();
    std::thread::sleep(FROZEN);
    bed.proxy().resume();
    bed.finish("a network that was frozen for a while", Instant::now());
}

impl TestBed {
    /// Waits for the recovery, then for some load, and checks every response.
    fn finish(&mut self, failure: &str, since: Instant) {
        let (took, probes) = self.recover(since);
        println!("{failure}: {:.1} s", took.as_secs_f64());
        assert!(took < RECOVERY_MAX, "{failure}: {took:?}");
        self.wait_for_responses(RESPONSES);
        let mut exchanges = self.stop_clients();
        exchanges.extend(probes);
        self.check_stored_responses(&exchanges);
        self.close();
        self.check_effects(&exchanges);
    }
}
