//! Lists of a replica that include the changes up to a position of the log: `Stockhold-Position` and `Stockhold-At-Least`.

use crate::binary::Folder;
use crate::replica_world::{DATABASE, TIMEOUT, World};
use crate::standby::query;
use cluster::{Cluster, Options};
use reqwest::Method;
use serde_json::json;
use std::time::Instant;

const POSITION: &str = "stockhold-position";
const AT_LEAST: &str = "stockhold-at-least";

/// A list of the items whose names contain the text.
fn list(name: &str) -> String {
    format!("/api/items?q={name}")
}

impl World {
    /// Creates an item, and returns the position in the response.
    fn create(&self, name: &str) -> String {
        let item = json!({"name": name, "quantity": 1, "price": "1"});
        let (head, body) = self.exchange(self.request(Method::POST, "/api/items").json(&item));
        assert_eq!(head.status(), 201, "{body}");
        assert!(!head.headers().contains_key("set-cookie"), "a program gets no cookie: {head:?}");
        head.headers()[POSITION].to_str().expect("ASCII").to_owned()
    }

    /// Creates an item as the console does, and returns the cookie with the position.
    fn create_in_browser(&self, name: &str) -> String {
        let item = json!({"name": name, "quantity": 1, "price": "1"});
        let request = self.request(Method::POST, "/api/items").header("sec-fetch-site", "same-origin");
        let (head, body) = self.exchange(request.json(&item));
        assert_eq!(head.status(), 201, "{body}");
        let cookie = head.headers()["set-cookie"].to_str().expect("ASCII");
        assert!(cookie.starts_with("position=") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
        cookie.split(';').next().expect("a pair").to_owned()
    }

    /// Returns the number of lists that were read from this database.
    fn lists_from(&self, database: &str) -> u64 {
        let start = format!("stockhold_replica_lists_total{{from=\"{database}\"}} ");
        let metrics = self.exchange(self.http.get(&self.metrics_url)).1;
        let sample = metrics.lines().find_map(|line| line.strip_prefix(&start));
        sample.unwrap_or_else(|| panic!("no {start}: {metrics}")).parse().expect("a number")
    }

    /// Reads a list with a header until its result has these names, and asserts that it never has the others.
    fn wait_until_listed(&self, header: (&str, &str), name: &str) {
        let begun = Instant::now();
        while !self.read(&list(name), header.0, header.1).1.contains(name) {
            assert!(begun.elapsed() < TIMEOUT, "{name} is not listed");
        }
    }
}

#[test]
fn a_list_includes_the_changes_up_to_its_position() {
    let folder = Folder::new("positions");
    let cluster = Cluster::start(&Options::durable(&folder.0)).expect("a PostgreSQL");
    let world = World::start(&folder, &cluster, "400");
    world.wait_for("following");
    world.wait_until_used();
    let replica = world.standby.url(DATABASE);
    let ask = |sql: &str| world.runtime.block_on(query(&replica, sql));

    assert_eq!(world.read("/api/items", AT_LEAST, "").0, 200);
    for value in ["0", "0/", "0/G", "newest"] {
        let (status, problem) = world.read("/api/items", AT_LEAST, value);
        assert!(status == 400 && problem.contains("invalid_position"), "{value}: {problem}");
    }
    let two = world.request(Method::GET, "/api/items").header(AT_LEAST, "0/0").header(AT_LEAST, "0/0");
    assert_eq!(world.exchange(two).0.status(), 400);

    // A position that no server has reached is no lag: the next list is still read from the replica.
    world.standby.catch_up(&world.runtime, &world.primary_url);
    let begun = Instant::now();
    loop {
        assert_eq!(world.read("/api/items", AT_LEAST, "7FFFFFFF/FFFFFFFF").0, 200, "from the primary");
        let before = world.lists_from("replica");
        assert_eq!(world.read("/api/items", "x-none", "").0, 200);
        if world.lists_from("replica") > before {
            break;
        }
        assert!(begun.elapsed() < TIMEOUT, "the replica is not used");
    }

    // The replica replays nothing more.
    let early = world.create("Early");
    world.standby.catch_up(&world.runtime, &world.primary_url);
    ask("SELECT pg_wal_replay_pause()::text");
    let late = world.create("Later");
    let item: i64 = ask("SELECT id::text FROM items WHERE name = 'Early'")[0].parse().expect("an id");
    let stock = json!({"delta": 77, "reason": "delivery"});
    let stock = world.exchange(world.request(Method::POST, &format!("/api/items/{item}/stock")).json(&stock));
    assert_eq!(stock.0.status(), 200, "{}", stock.1);
    let cookie = world.create_in_browser("Browser");
    let before = world.lists_from("replica");
    let (status, body) = world.read(&list("Later"), AT_LEAST, &early);
    assert_eq!((status, body.contains("Later")), (200, false), "from the replica: {body}");
    assert!(world.lists_from("replica") > before, "it is counted");
    let (status, body) = world.read(&list("Early"), AT_LEAST, &early);
    assert_eq!((status, body.contains("Early")), (200, true), "{body}");
    let lists = ["/api/movements".to_owned(), format!("/api/items/{item}/movements")];
    for list in &lists {
        let (status, body) = world.read(list, AT_LEAST, &early);
        assert_eq!(
            (status, body.contains("\"change\":77,")),
            (200, false),
            "from the replica: {list} {body}"
        );
    }
    assert!(world.read(&list("Later"), AT_LEAST, &late).1.contains("Later"), "from the primary");
    assert!(world.get(&list("Later")).contains("Later"), "the latest changes without the header");
    for list in lists {
        assert!(world.get(&list).contains("\"change\":77,"), "the latest changes: {list}");
    }
    assert!(world.read(&list("Browser"), "cookie", &cookie).1.contains("Browser"));
    assert!(world.read("/items?q=Browser", "cookie", &cookie).1.contains("<bdi>Browser"), "a page");
    assert_eq!(world.read(&list("Later"), "cookie", "position=nonsense").0, 200);

    // An outage of the primary. A caller that has not written gets the list of the replica, and one that has gets its write
    // or an error.
    world.primary_proxy.cut();
    let begun = Instant::now();
    while world.read(&list("Early"), AT_LEAST, &late).0 != 503
        || world.read(&list("Early"), "x-none", "").0 != 200
    {
        assert!(begun.elapsed() < TIMEOUT, "the outage is not detected");
    }
    let (status, body) = world.read(&list("Later"), "x-none", "");
    assert_eq!((status, body.contains("Later")), (200, false), "{body}");
    assert_eq!(world.read(&list("Later"), "cookie", &cookie).0, 503);
    assert_eq!(world.read(&list("Later"), AT_LEAST, &late).0, 503);
    ask("SELECT pg_wal_replay_resume()::text");
    world.wait_until_listed((AT_LEAST, &late), "Later");
    world.wait_until_listed(("cookie", &cookie), "Browser");
    world.primary_proxy.resume();
    let begun = Instant::now();
    while world.read("/health", "x-none", "").0 != 200 {
        assert!(begun.elapsed() < TIMEOUT, "the primary is not used again");
    }
    world.wait_for("following");

    // A crash of the replica fails no list: those that run on it are read again from the primary.
    world.wait_until_used();
    let reading = |_| {
        let url = format!("{}{}", world.serving.url, list("Early"));
        let request = world.http.get(url).header(AT_LEAST, &early);
        world.runtime.spawn(async move {
            for _ in 0..200 {
                let response = request.try_clone().expect("no body").send().await.expect("an answer");
                let (status, body) = (response.status(), response.text().await.expect("a body"));
                assert!(status == 200 && body.contains("Early"), "{status}: {body}");
            }
        })
    };
    let readers: Vec<_> = (0..4).map(reading).collect();
    world.kill_replica();
    world.runtime.block_on(async {
        for reader in readers {
            reader.await.expect("every list is complete");
        }
    });
    world.wait_for("down");
    assert!(world.read(&list("Early"), AT_LEAST, &early).1.contains("Early"));
}
