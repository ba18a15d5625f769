//! The report as one self-contained HTML file.

use super::svg::{COLOURS, Line, chart, escape, linear, percentiles, times};
use super::{Report, Table};
use crate::record::{RunResult, SLOT};
use anyhow::{Context as _, Result};
use std::path::Path;

const STYLE: &str = include_str!("style.css");

/// Writes the report.
pub fn write(report: &Report, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't create {}", folder.display()))?;
    }
    std::fs::write(path, page(report)).with_context(|| format!("can't write {}", path.display()))
}

fn page(report: &Report) -> String {
    let verdict =
        if report.passed() { "<b class=\"pass\">passed</b>" } else { "<b class=\"fail\">failed</b>" };
    let tables: String = report.all_tables().iter().map(table).collect();
    let charts: String = report.outcomes.iter().map(charts).collect();
    let raw: String = report.raw.iter().map(|text| format!("<pre>{}</pre>", escape(text))).collect();
    let raw =
        if raw.is_empty() { raw } else { format!("<details><summary>Raw output</summary>{raw}</details>") };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Stockhold: {title}</title><style>{STYLE}</style></head><body>\
         <h1>{title}: {verdict}</h1><p>{about}</p><p><code>{command}</code><br>{facts}</p>{tables}\
         <h2>Latency and throughput</h2>{charts}{raw}</body></html>\n",
        title = escape(report.scenario),
        about = escape(&report.about),
        command = escape(&report.command),
        facts = escape(&report.facts.line()),
    )
}

fn table(table: &Table) -> String {
    let cell = |tag: &str, column: usize, text: &str| {
        let class = match (text, table.is_figures(column)) {
            ("pass" | "FAIL", _) => format!(" class=\"{}\"", text.to_lowercase()),
            (_, true) => " class=\"figure\"".to_owned(),
            _ => String::new(),
        };
        format!("<{tag}{class}>{}</{tag}>", escape(text))
    };
    let line = |tag: &str, cells: &[String]| {
        let cells: String = cells.iter().enumerate().map(|(column, text)| cell(tag, column, text)).collect();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = table.rows.iter().map(|row| line("td", row)).collect();
    format!("<h2>{}</h2><table>{}{rows}</table>", escape(&table.title), line("th", &table.head))
}

fn charts(outcome: &RunResult) -> String {
    let latencies: Vec<Line> = outcome
        .record
        .tallies
        .iter()
        .filter(|tally| !tally.latencies.is_empty())
        .map(|tally| Line {
            name: tally.kind.name.to_owned(),
            points: tally
                .latencies
                .iter_quantiles(5)
                .map(|value| (value.quantile() * 100.0, value.value_iterated_to() as f64))
                .collect(),
        })
        .collect();
    let highest =
        |lines: &[Line]| lines.iter().flat_map(|line| &line.points).map(|point| point.1).fold(0.0, f64::max);
    let lowest =
        latencies.iter().flat_map(|line| &line.points).map(|point| point.1).fold(f64::INFINITY, f64::min);
    if latencies.is_empty() {
        return String::new();
    }
    let per_second = 1.0 / SLOT.as_secs_f64();
    let throughput = Line {
        name: "answers a second".to_owned(),
        points: outcome
            .record
            .slots
            .iter()
            .enumerate()
            .map(|(index, count)| (index as f64 / per_second, f64::from(*count) * per_second))
            .collect(),
    };
    let seconds = outcome.record.slots.len() as f64 / per_second;
    let over_time = [throughput];
    let legend: String = latencies
        .iter()
        .enumerate()
        .map(|(index, line)| format!("<span class=\"c{}\">{}</span> ", index % COLOURS, escape(&line.name)))
        .collect();
    format!(
        "<figure><figcaption>{} · {} connections · {legend}</figcaption>{}{}</figure>",
        escape(&outcome.name),
        outcome.users,
        chart(&latencies, &percentiles(), &times(lowest, highest(&latencies))),
        chart(
            &over_time,
            &linear("seconds", seconds, ""),
            &linear("answers a second", highest(&over_time), "")
        ),
    )
}
