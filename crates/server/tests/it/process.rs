//! The program itself: what it says, how it ends.

use crate::program::{Folder, Serving, stockhold};
use std::net::TcpListener;
use std::process::Output;

fn check_fails(output: &Output, wanted: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.starts_with("error: ") && errors.contains(wanted), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn it_tells_its_version() {
    let output = stockhold().arg("--version").output().expect("run");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        concat!("stockhold ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_taken_address_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let output = stockhold().arg("serve").env("LEPTOS_SITE_ADDR", &address).output().expect("run");
    check_fails(&output, &format!("another program listens on {address} already"));
}

#[test]
fn an_unreachable_database_is_told() {
    for command in [["serve"].as_slice(), &["migrate"], &["seed", "--demo"]] {
        let output = stockhold().args(command).env("DATABASE_URL", "postgres://127.0.0.1:1/shop").output();
        check_fails(&output.expect("run"), "the database that DATABASE_URL names can't be reached");
    }
    let output = stockhold().arg("migrate").env("DATABASE_URL", "nonsense").output().expect("run");
    check_fails(&output, "DATABASE_URL");
}

#[tokio::test]
async fn it_serves_from_a_private_postgresql_and_keeps_the_data() {
    let folder = Folder::new("serve");
    for (start, signal) in ["-TERM", "-INT"].into_iter().enumerate() {
        let mut command = stockhold();
        command.args(["serve", "--demo"]).env("STOCKHOLD_DATA_DIR", &folder.0);
        let serving = Serving::start(command);
        let demo =
            serving.said.iter().find(|line| line.starts_with("Demo data: ")).expect("a line on the demo");
        assert_eq!(demo.contains("left out"), start > 0, "{demo}");
        let text = reqwest::get(format!("{}/api/categories", serving.url)).await.expect("an answer");
        let categories: serde_json::Value =
            serde_json::from_str(&text.text().await.expect("a body")).expect("JSON");
        assert_eq!(categories.as_array().map(Vec::len), Some(15));
        serving.stop(signal);
    }
}
