//! The output of the binary. Lines without a reader are lost, and the process continues.

use crate::app::Postgres;
use crate::binary::{ServerProcess, stockhold};
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// Returns the command of a server that writes a verbose log to a pipe.
async fn verbose() -> Command {
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", Postgres::find().create_database().await);
    command.env("RUST_LOG", "trace").stderr(Stdio::piped());
    command
}

fn log(serving: &mut ServerProcess) -> ChildStderr {
    serving.child.stderr.take().expect("its log")
}

async fn ask(serving: &ServerProcess, times: usize) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
    for _ in 0..times {
        let url = format!("{}/api/warehouses", serving.url);
        let answer = client.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn a_closed_log_does_not_stop_the_server() {
    let mut serving = ServerProcess::start(verbose().await);
    drop(log(&mut serving));
    ask(&serving, 50).await;
    serving.stop("-TERM");
}

#[tokio::test]
async fn a_log_without_reader_does_not_block_the_server() {
    let mut serving = ServerProcess::start(verbose().await);
    let log = log(&mut serving);
    // More than the buffer of a pipe.
    ask(&serving, 500).await;
    let started = Instant::now();
    serving.stop("-TERM");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    drop(log);
}

#[tokio::test]
async fn lines_of_the_log_are_whole_and_written_at_the_end() {
    let mut command = verbose().await;
    command.env("RUST_LOG", "server=debug").args(["--log", "json", "--access-log", "all"]);
    let mut serving = ServerProcess::start(command);
    let log = log(&mut serving);
    ask(&serving, 20).await;
    serving.stop("-TERM");
    let lines: Vec<_> = BufReader::new(log).lines().map(|line| line.expect("a line")).collect();
    for line in &lines {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
    assert_eq!(lines.iter().filter(|line| line.contains("/api/warehouses")).count(), 20);
}

/// `stockhold migrate 2>&1 | true` exits with the usual code.
#[tokio::test]
async fn the_exit_code_does_not_depend_on_the_output() {
    let mut command = stockhold();
    command.arg("migrate").env("DATABASE_URL", "postgres://127.0.0.1:1/shop");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().expect("an end").code(), Some(1));
}
