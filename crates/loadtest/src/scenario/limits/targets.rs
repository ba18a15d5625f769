//! The targets: ratios of figures of one run. Each round has its own ratios of stages that were measured within a minute,
//! because the machine's speed changes over minutes. The result is the median of the rounds.

use super::stage::{Figures, Stage};
use crate::report::{Report, Table, figure};
use crate::scenario::median;

/// A bound for the ratio of two stages.
struct Target {
    what: &'static str,
    of: Stage,
    /// The divisor; `None` if the figure itself has the bound.
    by: Option<Stage>,
    bound: Bound,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

const fn ratio(what: &'static str, of: Stage, by: Stage, least: f64) -> Target {
    Target { what, of, by: Some(by), bound: Bound::AtLeast(least) }
}

// Creating is bounded by PostgreSQL: it needs about 50 µs for the rows and index entries of an item, and half of the
// do-nothing handler's rate leaves about 6 µs.
const TARGETS: [Target; 13] = [
    ratio("blocks on one hot item ÷ pgbench single-row, 128 clients", Stage::Hot, Stage::Pgbench, 50.0),
    ratio("blocks on one hot item ÷ blocks over 10,000 items", Stage::Hot, Stage::Spread, 1.0),
    ratio("blocks on one hot item ÷ the do-nothing handler", Stage::Hot, Stage::Nothing, 0.4),
    ratio("a hot item's blocks by SKU ÷ blocks by id", Stage::Sku, Stage::Hot, 0.95),
    ratio("a hot item's blocks with a token ÷ blocks without", Stage::Token, Stage::Hot, 0.97),
    ratio("a hot item's blocks under a key ÷ blocks without", Stage::Keyed, Stage::Hot, 0.5),
    ratio("a hot item's blocks placed, confirmed or released ÷ blocks placed", Stage::Sale, Stage::Hot, 0.5),
    ratio("blocks over 10,000 items ÷ the do-nothing handler", Stage::Spread, Stage::Nothing, 0.2),
    ratio("creating items ÷ the do-nothing handler", Stage::Create, Stage::Nothing, 0.2),
    ratio("reading one item by id ÷ the do-nothing handler", Stage::Read, Stage::Nothing, 0.7),
    ratio("top 100 ÷ a static file of that size", Stage::Top, Stage::Static, 0.8),
    Target {
        what: "latency of a lone block, median ÷ the same statement in pgbench",
        of: Stage::Lone,
        by: Some(Stage::LonePgbench),
        bound: Bound::AtMost(4.0),
    },
    Target {
        what: "memory of the server at 1,000 connections under load, in MB",
        of: Stage::Memory,
        by: None,
        bound: Bound::AtMost(150.0),
    },
];

/// The figures of one stage, or its ratios to another stage, per round; `None` if a stage was not measured.
fn found(figures: &Figures, of: Stage, by: Option<Stage>) -> Option<Vec<f64>> {
    let of = figures.get(&of)?;
    let Some(by) = by else { return Some(of.clone()) };
    Some(of.iter().zip(figures.get(&by)?).map(|(of, by)| of / by).collect())
}

/// Checks the targets with measured stages.
pub(super) fn check(report: &mut Report, figures: &Figures) {
    let mut table = Table::new("Ratios", &["what", "median", "each round"]);
    let mut add_row = |what: &str, found: &[f64]| {
        let rounds: Vec<_> = found.iter().map(|value| figure(*value)).collect();
        table.row([what.to_owned(), figure(median(found)), rounds.join(" · ")]);
    };
    for target in &TARGETS {
        let Some(found) = found(figures, target.of, target.by) else { continue };
        add_row(target.what, &found);
        let found = median(&found);
        match target.bound {
            Bound::AtLeast(limit) => report.at_least(target.what, limit, found),
            Bound::AtMost(limit) => report.at_most(target.what, limit, found),
        }
    }
    // Not targets, but a bound for one of them: both parts of creating an item share the processors.
    if let Some(alone) = found(figures, Stage::CreatePgbench, Some(Stage::Nothing)) {
        add_row("items written by PostgreSQL alone ÷ the do-nothing handler", &alone);
        let both: Vec<_> = alone.iter().map(|alone| 1.0 / (1.0 + 1.0 / alone)).collect();
        add_row(
            "an item written by PostgreSQL plus a do-nothing request, in sequence ÷ the do-nothing handler",
            &both,
        );
    }
    report.tables.insert(0, table);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_without_both_figures_is_skipped() {
        let mut report = Report::new("x", "y");
        check(&mut report, &Figures::from([(Stage::Hot, vec![100.0])]));
        assert!(report.checks.is_empty() && report.tables[0].rows.is_empty());
        check(&mut report, &Figures::from([(Stage::Hot, vec![100.0]), (Stage::Spread, vec![120.0])]));
        assert_eq!(report.checks.iter().map(|check| check.passed).collect::<Vec<_>>(), [false]);
    }

    #[test]
    fn each_round_has_its_own_ratio() {
        let slower_and_slower = Figures::from([
            (Stage::Hot, vec![100.0, 50.0, 30.0]),
            (Stage::Nothing, vec![200.0, 100.0, 75.0]),
        ]);
        let hot = TARGETS.iter().find(|target| target.by == Some(Stage::Nothing)).expect("a target");
        assert_eq!(found(&slower_and_slower, hot.of, hot.by), Some(vec![0.5, 0.5, 0.4]));
    }
}
