//! Prometheus scrapes a running server with the example of its configuration, and loads the alert rules.

use crate::app::TestApp;
use crate::binary::Folder;
use crate::rolling::free_address;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The deadline of every wait.
const TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// The address of the server in the example.
const EXAMPLE_TARGET: &str = "127.0.0.1:9464";

/// The path of the rules in the example.
const EXAMPLE_RULES: &str = "../prometheus/alerts.yml";

/// Prometheus. It is killed on drop.
struct Prometheus {
    process: Child,
    url: String,
}

impl Prometheus {
    /// Starts Prometheus with the example, which scrapes `target` every second.
    fn start(folder: &Path, target: &str) -> Self {
        let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
        let example = std::fs::read_to_string(deploy.join("examples/prometheus.yml")).expect("an example");
        assert!(example.contains(EXAMPLE_TARGET) && example.contains(EXAMPLE_RULES), "{example}");
        let rules = deploy.join("prometheus/alerts.yml");
        let config =
            example.replace(EXAMPLE_TARGET, target).replace(EXAMPLE_RULES, &rules.display().to_string());
        std::fs::create_dir_all(folder).expect("a folder");
        let path = folder.join("prometheus.yml");
        std::fs::write(&path, format!("global: {{scrape_interval: 1s}}\n{config}")).expect("written");
        let address = free_address();
        let mut command = Command::new("prometheus");
        command.arg("--config.file").arg(path).arg("--storage.tsdb.path").arg(folder.join("data"));
        command.arg(format!("--web.listen-address={address}"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect(
            "Prometheus is missing: `cargo xtask test` installs it as root on Debian and Ubuntu; otherwise install the package prometheus",
        );
        Self { process, url: format!("http://{address}") }
    }

    /// Returns the data of a response of its API; `None` until it responds.
    async fn get(&self, path: &str) -> Option<Value> {
        let response = reqwest::get(format!("{}/api/v1/{path}", self.url)).await.ok()?;
        Some(response.json::<Value>().await.ok()?["data"].take())
    }

    /// Waits until an expression has a value.
    async fn value(&self, expression: &str) -> String {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let data = self.get(&format!("query?query={expression}")).await;
            if let Some(value) = data.as_ref().and_then(|data| data["result"][0]["value"][1].as_str()) {
                return value.to_owned();
            }
            assert!(Instant::now() < deadline, "{expression} has no value: {data:?}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn prometheus_scrapes_the_server_and_loads_the_alerts() {
    let app = TestApp::start_with_metrics().await;
    let item = app.item(10).await;
    app.block(item, 3, 600).await;
    let folder = Folder::new("prometheus");
    let url = app.metrics_url.as_deref().expect("a listener for metrics");
    let prometheus = Prometheus::start(&folder.0, url.trim_start_matches("http://"));
    assert_eq!(prometheus.value("stockhold_units_total{reason=\"blocked\"}").await, "3");
    assert_eq!(prometheus.value("up").await, "1");
    let rules = prometheus.get("rules").await.expect("rules");
    let groups = rules["groups"].as_array().expect("groups");
    let loaded: usize = groups.iter().map(|group| group["rules"].as_array().map_or(0, Vec::len)).sum();
    let written = include_str!("../../../../deploy/prometheus/alerts.yml");
    let expected = written.lines().filter(|line| line.trim_start().starts_with("- alert:")).count();
    assert_eq!(loaded, expected);
    assert!(expected > 0);
}
