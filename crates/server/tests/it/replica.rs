//! A streaming replica that fails, lags and is promoted. Responses stay fast and complete.

use crate::binary::Folder;
use crate::replica_world::{DATABASE, World};
use crate::standby::query;
use cluster::{Cluster, Options};
use std::time::{Duration, Instant};

/// The longest time of ten lists and a page while the replica is unreachable. Each used to wait for 5 s.
const DEAD_MAX: Duration = Duration::from_secs(20);

#[test]
fn a_replica_is_not_used_while_it_is_unreachable_or_lagging() {
    let folder = Folder::new("replica");
    let cluster = Cluster::start(&Options::durable(&folder.0)).expect("a PostgreSQL");
    let world = World::start(&folder, &cluster, "1");
    world.wait_for("following");
    world.wait_until_used();
    world.check_fresh("followed");

    // Unreachable without a TCP reset, so that only a deadline detects it.
    world.proxy.freeze();
    let begun = Instant::now();
    for _ in 0..10 {
        world.get("/api/items?limit=5");
    }
    world.get("/items");
    assert!(begun.elapsed() < DEAD_MAX, "{:?}", begun.elapsed());
    world.wait_for("down");
    world.check_fresh("dead");
    assert_eq!(world.logged("the replica does not answer"), 1);
    world.proxy.resume();
    world.wait_for("following");
    world.wait_until_used();
    assert_eq!(world.logged("the replica answers again"), 1);

    let replica = world.standby.url(DATABASE);
    let ask = |sql: &str| world.runtime.block_on(query(&replica, sql));
    ask("SELECT pg_wal_replay_pause()::text");
    world.check_fresh("paused");
    world.wait_for("lagging");
    world.check_fresh("lagging");
    assert_eq!(world.logged("the replica lags too far behind"), 1);
    ask("SELECT pg_wal_replay_resume()::text");
    world.standby.catch_up(&world.runtime, &world.primary_url);
    world.wait_for("following");
    world.wait_until_used();
    world.check_fresh("caught-up");

    // A promoted replica has its own history.
    world.standby.stop_receiving(&world.runtime);
    world.standby.promote(&world.runtime);
    // A row that the primary never had. No list shows it, also not before the monitor detects the promotion.
    ask("INSERT INTO items (name, price) VALUES ('Diverged', 1)");
    for _ in 0..5 {
        let list = world.read("/api/items?q=Diverged", "stockhold-at-least", "0/0");
        assert!(!list.1.contains("Diverged"), "{list:?}");
    }
    world.check_fresh("promoted");
    world.wait_for("foreign");
    world.check_fresh("foreign");
}
