//! The Content-Security-Policy, its reports, and the other headers of pages.

use crate::app::{Postgres, TestApp};
use crate::binary::{Folder, ServerProcess, stockhold};
use serde_json::{Value, json};
use std::fs::File;

/// Returns the sources of a directive; of `default-src` if the policy does not have it.
fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
    let find = |name: &str| {
        let mut directives = policy.split(';').map(str::trim);
        directives.find_map(|text| text.strip_prefix(name)?.strip_prefix(' '))
    };
    find(directive).or_else(|| find("default-src")).expect("a directive").split(' ').collect()
}

#[tokio::test]
async fn no_page_allows_inline_scripts_without_a_nonce() {
    let app = TestApp::start().await;
    let form = app.request(reqwest::Method::POST, "/forms/act_on_blocks").body("id=1&action=Release");
    let pages = [
        app.get("/").await,
        app.get("/items").await,
        app.get("/nothing").await,
        app.get("/api/docs/").await,
        app.get("/api/nothing").await,
        app.send(form.header("content-type", "application/x-www-form-urlencoded")).await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy").to_owned();
        let scripts = sources(&policy, "script-src");
        for source in &scripts {
            let is_known = ["'self'", "'wasm-unsafe-eval'"].contains(source) || source.starts_with("'nonce-");
            assert!(is_known, "{policy}");
        }
        for directive in ["object-src", "frame-ancestors", "frame-src", "base-uri"] {
            assert_eq!(sources(&policy, directive), ["'none'"], "{policy}");
        }
        for directive in ["connect-src", "style-src", "font-src", "form-action"] {
            assert_eq!(sources(&policy, directive), ["'self'"], "{policy}");
        }
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
        let permissions = page.header("permissions-policy");
        for feature in ["camera", "microphone", "geolocation", "payment", "usb"] {
            assert!(permissions.contains(&format!("{feature}=()")), "{permissions}");
        }
        assert_eq!(page.header("strict-transport-security"), "", "only over TLS");
        // Every inline script has the nonce of the policy, and no tag has an event handler.
        for tag in page.text.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap_or(rest)) {
            let nonce = tag.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next());
            let has_nonce = nonce.is_some_and(|nonce| policy.contains(&format!("'nonce-{nonce}'")));
            assert!(has_nonce || tag.contains(" src=\""), "<script{tag}> {policy}");
        }
        assert!(!page.text.contains(" onclick=") && !page.text.contains("javascript:"), "{}", page.text);
    }
    let nonce =
        |page: String| page.split("'nonce-").nth(1).map(|rest| rest.split('\'').next().map(str::to_owned));
    let first = nonce(app.get("/").await.header("content-security-policy").to_owned());
    let second = nonce(app.get("/").await.header("content-security-policy").to_owned());
    assert!(first.is_some() && first != second, "each page has its own nonce");
}

fn report(directive: &str, blocked: &str) -> Value {
    let mut violation = json!({
        "document-uri": "http://127.0.0.1/items?token=s3cret",
        "referrer": "http://127.0.0.1/s3cret",
        "original-policy": "default-src 'self'",
        "disposition": "enforce",
        "status-code": 200,
        "line-number": 7,
    });
    (violation["effective-directive"], violation["blocked-uri"]) = (directive.into(), blocked.into());
    json!({ "csp-report": violation })
}

#[tokio::test]
async fn a_report_is_logged_once_and_without_secrets() {
    let folder = Folder::new("csp");
    std::fs::create_dir(&folder.0).expect("a folder");
    let path = folder.0.join("log");
    let mut command = stockhold();
    command.args(["serve", "--log", "json"]);
    command.env("DATABASE_URL", Postgres::find().create_database().await);
    command.stderr(File::create(&path).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    let client = reqwest::Client::new();
    let send = async |kind: &str, body: String| {
        let request =
            client.post(format!("{}/csp-reports", serving.url)).header("content-type", kind).body(body);
        request.send().await.expect("an answer").status().as_u16()
    };
    let kind = "application/csp-report";
    for blocked in ["inline", "inline", "https://evil.example/s3cret", "inline"] {
        assert_eq!(send(kind, report("script-src-elem", blocked).to_string()).await, 204);
    }
    assert_eq!(send(kind, report("img-src", "inline").to_string()).await, 204);
    assert_eq!(send(kind, report("forged\nline", "a\nb").to_string()).await, 204);
    assert_eq!(send("application/json", report("img-src", "inline").to_string()).await, 415);
    assert_eq!(send(kind, "{}".to_owned()).await, 400);
    assert_eq!(
        send(kind, format!("{{\"csp-report\": {{}}, \"x\": \"{}\"}}", "x".repeat(16 * 1024))).await,
        413
    );
    for number in 0..200 {
        assert_eq!(
            send(kind, report("img-src", &format!("https://h{number}.example/")).to_string()).await,
            204
        );
    }
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
    let log = std::fs::read_to_string(&path).expect("a log");
    assert!(!log.contains("s3cret") && !log.contains("forged"), "{log}");
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let blocked: Vec<_> = lines.iter().filter(|line| line["directive"].is_string()).collect();
    let about = |directive: &str, source: &str| {
        let is_about = |line: &&&Value| line["directive"] == directive && line["source"] == source;
        blocked.iter().filter(is_about).count()
    };
    assert_eq!(about("script-src-elem", "inline"), 1, "{log}");
    assert_eq!(about("script-src-elem", "https://evil.example"), 1, "{log}");
    assert_eq!(about("img-src", "inline"), 1, "{log}");
    assert_eq!(blocked.len(), 64, "the lines per hour are bounded");
    assert_eq!((&blocked[0]["page"], &blocked[0]["line"]), (&json!("items"), &json!(7)));
}
