//! Secrets come from variables, files and systemd credentials, and no output contains them.

use crate::app::Postgres;
use crate::binary::{Folder, ServerProcess, stockhold};
use std::fs::File;
use std::process::Output;

/// The password in the URLs. PostgreSQL does not check it for the users of these tests.
const PASSWORD: &str = "hunter2-s3cret";

/// Adds the password to a database URL.
fn with_password(url: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}password={PASSWORD}")
}

fn check(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains(PASSWORD), "{text}");
    }
}

fn with_file(text: &str) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new("secrets");
    std::fs::create_dir(&folder.0).expect("a folder");
    let path = folder.0.join("database_url");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

#[tokio::test]
async fn the_database_is_named_by_a_file_or_a_credential() {
    let url = with_password(&Postgres::find().create_database().await);
    let (folder, path) = with_file(&format!("{url}\n"));
    let data = folder.0.join("data");
    let migrate = |name: &str, value: &std::path::Path| {
        let mut command = stockhold();
        command.arg("migrate").env(name, value).env("STOCKHOLD_DATA_DIR", &data);
        let output = command.output().expect("run");
        check(&output);
        assert!(output.status.success(), "{output:?}");
        assert!(!data.exists(), "no private PostgreSQL was started");
    };
    migrate("DATABASE_URL_FILE", &path);
    migrate("CREDENTIALS_DIRECTORY", &folder.0);

    let both = stockhold().arg("migrate").env("DATABASE_URL", &url).env("DATABASE_URL_FILE", &path).output();
    let both = both.expect("run");
    check(&both);
    assert!(String::from_utf8_lossy(&both.stderr).contains("are both set"), "{both:?}");
    let missing = stockhold().arg("migrate").env("DATABASE_URL_FILE", folder.0.join("missing")).output();
    let missing = missing.expect("run");
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("DATABASE_URL_FILE names can't be read"));
}

#[tokio::test]
async fn no_log_line_and_no_response_contains_the_password() {
    let url = with_password(&Postgres::find().create_database().await);
    let (folder, path) = with_file(&url);
    let log = folder.0.join("log");
    let mut command = stockhold();
    command.args(["serve", "--demo"]).env("RUST_LOG", "trace").env("DATABASE_URL_FILE", &path);
    command.env("DATABASE_READ_URL", &url).stderr(File::create(&log).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    for path in
        ["/health", "/health/live", "/", "/api/items", "/api/nothing", "/api/openapi.json", "/api/docs/"]
    {
        let answer = reqwest::get(format!("{}{path}", serving.url)).await.expect("an answer");
        let text = format!("{:?} {}", answer.headers().clone(), answer.text().await.expect("a body"));
        assert!(!text.contains(PASSWORD), "{path}: {text}");
    }
    let printed = serving.lines_before_ready.join("\n");
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
    assert!(!printed.contains(PASSWORD), "{printed}");
    let log = std::fs::read_to_string(&log).expect("a log");
    assert!(log.lines().count() > 100, "{log}");
    let told = log.lines().find(|line| line.contains(PASSWORD));
    assert_eq!(told, None);
}

#[test]
fn no_error_and_no_help_contains_the_password() {
    let urls = [
        format!("postgres://shop:{PASSWORD}@127.0.0.1:1/shop"),
        format!("postgres://shop:{PASSWORD}@nowhere.invalid/shop"),
        format!("postgres://shop:{PASSWORD}@[bad/shop"),
        format!("postgres://shop:{PASSWORD}@127.0.0.1:port/shop"),
        format!("postgres://127.0.0.1:1/shop?password={PASSWORD}&sslmode=nonsense"),
        format!("mysql://shop:{PASSWORD}@127.0.0.1/shop"),
        format!("shop:{PASSWORD}"),
    ];
    for url in urls {
        for arguments in
            [["migrate"].as_slice(), &["reconcile"], &["serve", "--help"], &["migrate", "--nonsense"]]
        {
            let mut command = stockhold();
            command.args(arguments).env("DATABASE_URL", &url).env("DATABASE_READ_URL", &url);
            check(&command.env("RUST_LOG", "debug").output().expect("run"));
        }
    }
}
