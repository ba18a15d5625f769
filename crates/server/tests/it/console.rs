//! The server-rendered console.

use crate::app::{TestApp, site};
use leptos::config::LeptosOptions;
use reqwest::Method;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A folder of console files, deleted on drop.
struct Site(PathBuf);

impl Site {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("stockhold-site-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("pkg")).expect("a folder");
        std::fs::write(folder.join("pkg/stockhold.js"), "plain").expect("a file");
        std::fs::write(folder.join("pkg/stockhold.js.br"), "squeezed").expect("a file");
        std::fs::write(folder.join("robots.txt"), "User-agent: *").expect("a file");
        Self(folder)
    }

    fn options(&self) -> LeptosOptions {
        site(&self.0.to_string_lossy())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn pages_are_rendered_with_their_data() {
    let app = TestApp::start().await;
    app.item(17).await;
    let page = app.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(page.header("cache-control"), "no-cache");
    let page = app.get("/items").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Lamp"), "the server renders the data");
}

/// While Leptos lists the routes, it suppresses resources in the whole process.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn pages_are_rendered_while_another_server_starts() {
    let app = Arc::new(TestApp::start_with(|config| config.http.request_timeout_seconds = 5).await);
    let enough = CancellationToken::new();
    let mut looking = JoinSet::new();
    for _ in 0..3 {
        let (app, enough) = (app.clone(), enough.clone());
        looking.spawn(async move {
            while !enough.is_cancelled() {
                assert_eq!(app.get("/").await.status, 200);
            }
        });
    }
    for _ in 0..20 {
        app.one_more().await.stop();
    }
    enough.cancel();
    looking.join_all().await;
}

/// A component that is rendered twice fetches its data twice, and hydration may use the wrong response.
#[tokio::test]
async fn a_page_fetches_nothing_twice() {
    let app = TestApp::start().await;
    let item = app.item(17).await;
    let order = app.order(&[(item, 2)]).await;
    for (path, fetched) in [
        (format!("/items/{item}"), 7),
        (format!("/items/{item}?do=edit"), 8),
        (format!("/items/{item}?do=place"), 8),
        (format!("/items/{item}?do=move.1"), 7),
        (format!("/orders/{order}"), 3),
        ("/blocks?do=place".to_owned(), 6),
    ] {
        let page = app.get(&path).await.text;
        let resources: Vec<_> = page
            .split("__RESOLVED_RESOURCES[")
            .skip(1)
            .filter_map(|text| text.split_once("] = "))
            .map(|(number, _)| number)
            .collect();
        assert_eq!(resources.len(), fetched, "{path}: {resources:?}");
    }
}

#[tokio::test]
async fn an_unknown_page_is_404() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/pkg/nothing.js", "/items/1/nothing/at/all", "/apiary", "/..%2f..%2fCargo.toml"]
    {
        let page = app.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.text.contains("</html>"), "{path}");
    }
}

#[tokio::test]
async fn files_are_compressed_and_cached() {
    let site = Site::new();
    let app = TestApp::start_with_site(site.options()).await;
    let plain = app.get("/pkg/stockhold.js").await;
    assert_eq!((plain.status, plain.text.as_str()), (200, "plain"));
    assert_eq!(plain.header("cache-control"), "no-cache");
    let squeezed = app.request(Method::GET, "/pkg/stockhold.js").header("accept-encoding", "br");
    let squeezed = app.send(squeezed).await;
    assert_eq!((squeezed.header("content-encoding"), squeezed.text.as_str()), ("br", "squeezed"));
    let again = app.request(Method::GET, "/pkg/stockhold.js");
    let again = again.header("if-modified-since", plain.header("last-modified"));
    assert_eq!(app.send(again).await.status, 304);
    assert_eq!(app.get("/robots.txt").await.text, "User-agent: *");
    assert_eq!(app.get("/pkg/").await.status, 404, "folders are not listed");

    let mut hashed = site.options();
    hashed.hash_files = true;
    let names = site.0.join("hash.txt");
    std::fs::write(&names, "js: 1\nwasm: 2\ncss: 3\n").expect("a file");
    hashed.hash_file = names.to_string_lossy().into();
    let app = TestApp::start_with_site(hashed).await;
    assert!(app.get("/pkg/stockhold.js").await.header("cache-control").contains("immutable"));
    // The names are read at the start.
    std::fs::remove_file(names).expect("removed");
    let page = app.get("/orders/new").await;
    assert_eq!(page.status, 200);
    for file in ["/pkg/stockhold.1.js", "/pkg/stockhold.2.wasm", "/pkg/stockhold.3.css"] {
        assert!(page.text.contains(file), "{file}");
    }
    assert_eq!(app.get("/robots.txt").await.header("cache-control"), "no-cache");
    assert_eq!(app.get("/pkg/nothing.js").await.header("cache-control"), "no-cache");
}
