//! The alert rules, the dashboard and the runbook name only metrics that exist, and each alert has an entry in the runbook.

use crate::app::TestApp;
use std::collections::HashSet;
use std::path::Path;

/// The first parts of the names of metrics.
const PREFIXES: [&str; 4] = ["stockhold_", "http_server_", "db_client_", "process_"];

/// The labels with such a prefix.
const LABELS: [&str; 2] = ["db_client_connection_pool_name", "db_client_connection_state"];

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the names of metrics in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| {
        PREFIXES.iter().any(|prefix| word.starts_with(prefix) && word.len() > prefix.len())
            && !LABELS.contains(word)
    })
}

/// Returns the names of the samples of each family, also of one that has no sample now.
fn known(lines: &[String]) -> HashSet<String> {
    let mut known = HashSet::new();
    for line in lines.iter().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').expect("a type");
        let suffixes: &[&str] = match kind {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            _ => &[""],
        };
        known.extend(suffixes.iter().map(|suffix| format!("{name}{suffix}")));
    }
    known
}

#[tokio::test]
async fn every_observed_metric_exists() {
    let app = TestApp::start_with_metrics().await;
    // A metric of requests is described with its first sample.
    app.get("/api/warehouses").await.expect(200);
    let known = known(&app.metrics().await);
    let mut found = 0;
    for path in [
        "deploy/prometheus/alerts.yml",
        "deploy/prometheus/alerts.test.yml",
        "deploy/grafana/stockhold.json",
        "docs/runbook.md",
    ] {
        let text = read(path);
        for name in names(&text) {
            assert!(known.contains(name), "{path}: {name} does not exist; known: {known:?}");
            found += 1;
        }
    }
    assert!(found > 30, "only {found} names were found");
    // The description of metrics names families, without suffixes.
    let text = read("docs/observability.md");
    for name in names(&text) {
        let exists = ["", "_total", "_count"].iter().any(|suffix| known.contains(&format!("{name}{suffix}")));
        assert!(exists, "docs/observability.md: {name} does not exist");
    }
}

#[test]
fn every_alert_has_an_entry_in_the_runbook() {
    let rules = read("deploy/prometheus/alerts.yml");
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let runbook = read("docs/runbook.md");
    let entries: Vec<_> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(alerts, entries);
    let links = rules.matches("docs/runbook.md#").count();
    assert_eq!(links, alerts.len());
    for alert in alerts {
        assert!(
            rules.contains(&format!("docs/runbook.md#{}\n", alert.to_lowercase())),
            "{alert} has no link"
        );
    }
}
