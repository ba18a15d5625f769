//! A network that stops forwarding without closing any connection.

use crate::program::Folder;
use crate::standby::Standby;
use crate::world::World;
use std::time::{Duration, Instant};

/// The service works again this long after the database can be reached.
const RECOVERY_MAX: Duration = Duration::from_secs(15);

/// How long the network is frozen before it goes on.
const FROZEN: Duration = Duration::from_secs(5);

/// Answers before and after the failure.
const ANSWERS: usize = 200;

/// The primary vanishes without a reset, with connections open. Its replica is synchronous, so it has everything that
/// was acknowledged; it takes over.
#[test]
fn a_primary_that_vanishes_silently_is_recovered_from() {
    let folder = Folder::new("vanished");
    let mut world = World::behind_proxy(&folder);
    let standby = Standby::of(world.cluster());
    world.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    world.query("SELECT pg_reload_conf()::text");
    world.open();
    world.wait_for_answers(ANSWERS);
    world.proxy().freeze();
    world.lose_postgres();
    let since = world.fail_over(&standby);
    world.finish("a primary that vanished silently", since);
}

/// The network delivers held-back packets late, after the servers have closed their connections.
#[test]
fn a_frozen_network_that_goes_on_is_recovered_from() {
    let folder = Folder::new("frozen");
    let mut world = World::behind_proxy(&folder);
    world.open();
    world.wait_for_answers(ANSWERS);
    world.proxy().freeze();
    std::thread::sleep(FROZEN);
    world.proxy().resume();
    world.finish("a network that was frozen for a while", Instant::now());
}

impl World {
    /// Waits for the recovery, goes on under load, and checks everything.
    fn finish(&mut self, failure: &str, since: Instant) {
        let (took, probes) = self.recover(since);
        println!("{failure}: {:.1} s", took.as_secs_f64());
        assert!(took < RECOVERY_MAX, "{failure}: {took:?}");
        self.wait_for_answers(ANSWERS);
        let mut told = self.close_shop();
        told.extend(probes);
        self.check_answers_are_kept(&told);
        self.close();
        self.check_effects(&told);
    }
}
