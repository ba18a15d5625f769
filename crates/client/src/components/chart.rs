//! Charts, drawn as SVG paths in the width of their container.

use crate::format::format_integer;
use crate::memo::derived;
use leptos::prelude::*;

/// The size of the SVG's coordinate system.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 120;

/// One series of values in a chart.
#[derive(Clone, PartialEq)]
pub struct Series {
    /// The name of the counted events.
    pub name: &'static str,
    /// The CSS class for the colour.
    pub class: &'static str,
    /// The values, oldest first.
    pub values: Vec<i64>,
}

/// A column chart with one column per minute and series. Its label describes the values in words.
#[component]
pub fn ColumnChart(
    /// The chart's label.
    label: &'static str,
    /// One or more series of the same length.
    #[prop(into)]
    series: Signal<Vec<Series>>,
) -> impl IntoView {
    let description = move || series.with(|series| describe(label, series));
    let top = derived(move || {
        series.with(|series| series.iter().flat_map(|series| &series.values).copied().max().unwrap_or(0))
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
            let class = format!("legend-swatch {}", series.class);
            view! {
                <li>
                    <i class=class></i>
                    {format!("{} {}", series.name, format_integer(total))}
                </li>
            }
        };
        series.get().into_iter().map(entry).collect_view()
    };
    view! {
        <figure class="chart">
            {top_line(top)}
            <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label=description>
                {paths}
            </svg>
            {time_line(Signal::stored("an hour ago".to_owned()))}
            <figcaption>
                <ul class="chart__legend">{legend}</ul>
            </figcaption>
        </figure>
    }
}

/// Describes a chart in words: `Blocks and allocations: Blocks 12 in all, at most 5, 1 now; …`
fn describe(label: &str, series: &[Series]) -> String {
    let one = |series: &Series| {
        let (sum, max) =
            (series.values.iter().sum::<i64>(), series.values.iter().max().copied().unwrap_or(0));
        let now = series.values.last().copied().unwrap_or(0);
        format!("{}: {sum} in all, at most {max}, {now} now", series.name)
    };
    format!("{label}. {}", series.iter().map(one).collect::<Vec<_>>().join("; "))
}

/// Returns the columns of one of several series as an SVG path.
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

/// The value of the chart's top line. Hidden from screen readers, which read the description.
fn top_line(top: Signal<i64>) -> AnyView {
    view! { <p class="chart__top" aria-hidden="true">{move || format_integer(top.get())}</p> }.into_any()
}

/// The start and the end of the time axis.
fn time_line(from: Signal<String>) -> AnyView {
    view! {
        <p class="chart__time" aria-hidden="true">
            <span>{move || from.get()}</span>
            <span>"now"</span>
        </p>
    }
    .into_any()
}

/// A step chart of a level over time. Each point is a time in seconds and the level from then on.
#[component]
pub fn StepChart(
    /// The chart's label.
    #[prop(into)]
    label: Signal<String>,
    /// The points by ascending time.
    #[prop(into)]
    points: Signal<Vec<(i64, i64)>>,
    /// The start of the time axis, in words.
    #[prop(into)]
    from: Signal<String>,
) -> impl IntoView {
    let top =
        derived(move || points.with(|points| points.iter().map(|(_, level)| *level).max().unwrap_or(0)));
    let line = move || points.with(|points| steps(points));
    let area = move || points.with(|points| format!("{}V{HEIGHT}H0z", steps(points)));
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
    // Leaves room for half the line's width at the top and the bottom.
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
    fn a_chart_has_a_description_in_words() {
        let series = [Series { name: "Blocks", class: "", values: vec![3, 5, 1] }];
        assert_eq!(describe("Last hour", &series), "Last hour. Blocks: 9 in all, at most 5, 1 now");
    }
}
