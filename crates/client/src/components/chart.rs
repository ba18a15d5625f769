//! Charts: a few SVG paths, as wide as there is room.

use crate::memo::{Look, derived};
use crate::text::units;
use leptos::prelude::*;

/// The chart's own width and height.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 120;

/// One line of figures in a chart.
#[derive(Clone, PartialEq)]
pub struct Series {
    /// What it counts.
    pub name: &'static str,
    /// Its class in the style sheet, for its colour.
    pub class: &'static str,
    /// From the oldest to the newest.
    pub values: Vec<i64>,
}

/// Figures minute by minute, as columns side by side. What it shows is told in words as well.
#[component]
pub fn Columns(
    /// What the chart is about.
    label: &'static str,
    /// One or more lines of figures of the same length.
    #[prop(into)]
    series: Signal<Vec<Series>>,
) -> impl IntoView {
    let told = move || series.look(|series| tell(label, series));
    let top = derived(move || {
        series.look(|series| series.iter().flat_map(|series| &series.values).copied().max().unwrap_or(0))
    });
    let paths = move || {
        let series = series.get();
        let top = top.get().max(1);
        let lines = series.len() as i64;
        let path = |(line, series): (usize, Series)| {
            view! { <path class=series.class d=columns(&series.values, line as i64, lines, top) /> }
        };
        series.into_iter().enumerate().map(path).collect_view()
    };
    let legend = move || {
        let entry = |series: Series| {
            let total = series.values.iter().sum::<i64>();
            let key = format!("key {}", series.class);
            view! {
                <li>
                    <i class=key></i>
                    {format!("{} {}", series.name, units(total))}
                </li>
            }
        };
        series.get().into_iter().map(entry).collect_view()
    };
    view! {
        <figure class="chart">
            {top_line(top)}
            <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label=told>
                {paths}
            </svg>
            {time_line(Signal::stored("an hour ago".to_owned()))}
            <figcaption>
                <ul class="chart__legend">{legend}</ul>
            </figcaption>
        </figure>
    }
}

/// `Blocks and allocations: Blocks 12 in all, at most 5, 1 now; …`
fn tell(label: &str, series: &[Series]) -> String {
    let one = |series: &Series| {
        let (sum, max) =
            (series.values.iter().sum::<i64>(), series.values.iter().max().copied().unwrap_or(0));
        let now = series.values.last().copied().unwrap_or(0);
        format!("{}: {sum} in all, at most {max}, {now} now", series.name)
    };
    format!("{label}. {}", series.iter().map(one).collect::<Vec<_>>().join("; "))
}

/// The columns of one of several lines as one path.
fn columns(values: &[i64], line: i64, lines: i64, top: i64) -> String {
    let slot = WIDTH / values.len().max(1) as i64;
    let width = ((slot - 2) / lines).max(1);
    let mut path = String::new();
    for (at, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let height = (value * HEIGHT / top).max(2);
        let x = at as i64 * slot + line * width;
        path.push_str(&format!("M{x} {HEIGHT}v-{height}h{width}v{height}z"));
    }
    path
}

/// What the line at the top stands for. The chart is told in words elsewhere.
fn top_line(top: Signal<i64>) -> AnyView {
    view! { <p class="chart__top" aria-hidden="true">{move || units(top.get())}</p> }.into_any()
}

/// When it begins and ends.
fn time_line(from: Signal<String>) -> AnyView {
    view! {
        <p class="chart__time" aria-hidden="true">
            <span>{move || from.get()}</span>
            <span>"now"</span>
        </p>
    }
    .into_any()
}

/// A level over the time, as steps. Each point is a time in seconds and the level from then on.
#[component]
pub fn Steps(
    /// What the chart is about.
    #[prop(into)]
    label: Signal<String>,
    /// By ascending time.
    #[prop(into)]
    points: Signal<Vec<(i64, i64)>>,
    /// When they begin, in words.
    #[prop(into)]
    from: Signal<String>,
) -> impl IntoView {
    let top =
        derived(move || points.look(|points| points.iter().map(|(_, level)| *level).max().unwrap_or(0)));
    let line = move || points.look(|points| steps(points));
    let area = move || points.look(|points| format!("{}V{HEIGHT}H0z", steps(points)));
    view! {
        <figure class="chart chart--small">
            {top_line(top)}
            <svg
                viewBox="0 0 600 120"
                preserveAspectRatio="none"
                role="img"
                aria-label=move || label.get()
            >
                <path class="chart__area" d=area />
                <path class="chart__line" d=line />
            </svg>
            {time_line(from)}
        </figure>
    }
}

fn steps(points: &[(i64, i64)]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return "M0 120H600".to_owned() };
    let span = (last.0 - first.0).max(1);
    let top = points.iter().map(|(_, level)| *level).max().unwrap_or(0).max(1);
    // A little room above and below, for the width of the line.
    let y = |level: i64| HEIGHT - 1 - level.max(0) * (HEIGHT - 2) / top;
    let mut path = format!("M0 {}", y(first.1));
    for (at, level) in points {
        path.push_str(&format!("H{}V{}", (at - first.0) * WIDTH / span, y(*level)));
    }
    path.push_str("H600");
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_side_by_side_and_none_is_lost() {
        assert_eq!(columns(&[0, 10], 0, 1, 10), "M300 120v-120h298v120z");
        assert_eq!(columns(&[1, 0], 1, 2, 1_000), "M149 120v-2h149v2z");
        assert_eq!(columns(&[], 0, 1, 1), "");
    }

    #[test]
    fn a_level_holds_until_it_changes() {
        assert_eq!(steps(&[(0, 10), (50, 5), (100, 5)]), "M0 1H0V1H300V60H600V60H600");
        assert_eq!(steps(&[]), "M0 120H600");
    }

    #[test]
    fn a_chart_is_told_in_words() {
        let series = [Series { name: "Blocks", class: "", values: vec![3, 5, 1] }];
        assert_eq!(tell("Last hour", &series), "Last hour. Blocks: 9 in all, at most 5, 1 now");
    }
}
