//! Charts with axes, drawn as SVG paths in the width of their container. The pointer or the arrow keys choose a point, whose
//! values are shown and read out.

use crate::components::time::{clock, day_and_month, short_date};
use crate::event_handlers::{on_click, on_keydown};
use crate::format::format_integer;
use crate::locale::{Locale, seconds_ahead};
use crate::memo::{boxed, dynamic, memo};
use crate::texts;
use api::time::at;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// The size of the SVG's coordinate system.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 120;

/// The steps from which labels are days, not times of day, in seconds.
const DAY_SECONDS: i64 = 86_400;

/// The most labels on the time axis.
const TIMES_MAX: i64 = 6;

/// The steps of the time axis, in seconds: a minute to four weeks.
const TIME_STEPS: [i64; 13] =
    [60, 300, 600, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 2 * 86_400, 7 * 86_400, 28 * 86_400];

/// The least distance of a label from the ends of the time axis. A closer one would be cut.
const TIME_MARGIN: i64 = 15;

/// The highest values of the axis of quantities, to be multiplied by powers of ten. Half of each is a whole number.
const TOPS: [i64; 4] = [2, 4, 6, 10];

/// One series of values in a chart.
#[derive(Clone, PartialEq)]
pub struct Series {
    /// The name of the counted events.
    pub name: &'static str,
    /// The CSS class for the colour.
    pub class: &'static str,
    /// A value for each point.
    pub values: Vec<i64>,
}

/// The content of a chart.
#[derive(Clone, PartialEq)]
pub struct ChartData {
    /// The time of each point in seconds since 1970, ascending.
    pub times: Vec<i64>,
    /// The end of the time axis in seconds since 1970.
    pub until: i64,
    /// One or more series with a value for each point.
    pub series: Vec<Series>,
    /// Whether a value is a level that holds until the next point. Otherwise it is a sum, drawn as a column.
    pub is_level: bool,
}

impl ChartData {
    fn from(&self) -> i64 {
        self.times.first().copied().unwrap_or(self.until)
    }

    /// Returns the horizontal place of a time, from 0 to [`WIDTH`].
    fn x(&self, time: i64) -> i64 {
        ((time - self.from()) * WIDTH / (self.until - self.from()).max(1)).clamp(0, WIDTH)
    }

    /// Returns the horizontal place of a point: that of its time, or the middle of its column.
    fn point_x(&self, point: usize) -> i64 {
        let time = |point: usize| self.times.get(point).copied().unwrap_or(self.until);
        match self.is_level {
            true => self.x(time(point)),
            false => (self.x(time(point)) + self.x(time(point + 1))) / 2,
        }
    }

    /// Returns the point at a horizontal place: the last one that has begun.
    fn point_at(&self, x: i64) -> usize {
        self.times.iter().rposition(|time| self.x(*time) <= x).unwrap_or(0)
    }

    /// Returns the value at the top of the axis.
    fn top(&self) -> i64 {
        let max = self.series.iter().flat_map(|series| &series.values).copied().max().unwrap_or(0);
        let mut power = 1;
        loop {
            let top = TOPS.iter().map(|top| top * power).find(|top| *top >= max);
            match top {
                Some(top) => return top,
                // A larger axis would overflow.
                None if power > i64::MAX / 1_000 => return max,
                None => power *= 10,
            }
        }
    }

    /// Returns the path of a series; of a level also the closed path below it.
    fn path(&self, line: usize) -> String {
        let top = self.top();
        let series = &self.series[line];
        match self.is_level {
            true => steps(self, &series.values, top),
            false => columns(self, &series.values, line as i64, self.series.len() as i64, top),
        }
    }

    /// Returns the values of a point in words: `22 Nov 14:05: Blocks 3, Confirmed 2`.
    fn text(&self, point: usize) -> String {
        let Some(time) = self.times.get(point) else { return String::new() };
        let value = |series: &Series| {
            let value = format_integer(series.values.get(point).copied().unwrap_or(0));
            format!("{} {value}", series.name)
        };
        let values: Vec<_> = self.series.iter().map(value).collect();
        format!("{}: {}", short_date(at(*time)), values.join(", "))
    }

    /// Returns the marks of the time axis, at round times of the person's time zone: their places from 0 to [`WIDTH`], and their
    /// labels.
    fn time_marks(&self) -> Vec<(i64, String)> {
        let (from, span) = (self.from(), self.until - self.from());
        let step = TIME_STEPS.into_iter().find(|step| span / step <= TIMES_MAX).unwrap_or(span);
        let locale = Locale::current();
        let ahead = |time: i64| seconds_ahead(&locale.zone, at(time));
        let before = ahead(from);
        let first = from + before + (-(from + before)).rem_euclid(step.max(1));
        // Each mark has the offset of its own time: the clocks may change between two marks.
        let time = |local: i64| local - ahead(local - before);
        let times =
            (0..=TIMES_MAX).map(|index| time(first + index * step)).filter(|time| *time <= self.until);
        let marks = times.map(|time| {
            let label = if step < DAY_SECONDS { clock(at(time)) } else { day_and_month(at(time)) };
            (self.x(time), label)
        });
        marks.filter(|(x, _)| (TIME_MARGIN..=WIDTH - TIME_MARGIN).contains(x)).collect()
    }
}

/// A chart. Its label describes the values in words.
#[component]
pub fn Chart(
    /// The chart's label.
    #[prop(into)]
    label: Signal<String>,
    /// The content.
    #[prop(into)]
    data: Signal<ChartData>,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let description = move || data.with(|data| describe(&label.get(), data));
    let paths = move || {
        data.with(|data| {
            let path = |line: usize| {
                let path = data.path(line);
                if !data.is_level {
                    return view! { <path class=data.series[line].class d=path /> }.into_any();
                }
                view! {
                    <path class="chart__area" d=format!("{path}V{HEIGHT}H0z") />
                    <path class="chart__line" d=path />
                }
                .into_any()
            };
            (0..data.series.len()).map(path).collect_view()
        })
    };
    let legend = move || {
        data.with(|data| {
            let entry = |series: &Series| {
                let class = format!("legend-swatch {}", series.class);
                let total = format_integer(series.values.iter().sum::<i64>());
                view! {
                    <li>
                        <i class=class></i>
                        {format!("{} {total}", series.name)}
                    </li>
                }
            };
            (!data.is_level).then(|| data.series.iter().map(entry).collect_view())
        })
    };
    let top = memo(move || data.with(ChartData::top));
    let marks = memo(move || data.with(ChartData::time_marks));
    let times = move || {
        let label = |(x, label)| view! { <span style=place(x)>{label}</span> };
        marks.get().into_iter().map(label).collect_view()
    };
    let grid = move || {
        let lines: String = marks.with(|marks| marks.iter().map(|(x, _)| format!("M{x} 0V120")).collect());
        format!("M0 .5H600M0 60H600M0 119.5H600{lines}")
    };
    let tip = move || chosen.get().map(|point| data.with(|data| data.text(point)));
    let cursor = move || chosen.get().map(|point| place(data.with(|data| data.point_x(point))));
    view! {
        <figure class="chart">
            <div class="chart__frame">
                <p class="chart__values" aria-hidden="true">
                    <span>{dynamic(move || format_integer(top.get()))}</span>
                    <span>{dynamic(move || format_integer(top.get() / 2))}</span>
                    <span>"0"</span>
                </p>
                <div
                    class="chart__plot"
                    role="img"
                    tabindex="0"
                    aria-label=boxed(description)
                    on:keydown=on_keydown(move |event| choose_by_key(&event, chosen, data))
                    on:mousemove=on_click(move |event| choose_by_pointer(&event, chosen, data))
                    on:mouseleave=on_click(move |_| chosen.set(None))
                    on:blur=move |_| chosen.set(None)
                >
                    <svg viewBox="0 0 600 120" preserveAspectRatio="none" aria-hidden="true">
                        <path class="chart__grid" d=boxed(grid) />
                        {dynamic(paths)}
                    </svg>
                    <i class="chart__cursor" hidden=boxed(move || chosen.get().is_none()) style=boxed(cursor)></i>
                </div>
                <p class="chart__time" aria-hidden="true">
                    {dynamic(times)}
                </p>
            </div>
            <figcaption>
                <ul class="chart__legend">{dynamic(legend)}</ul>
                <p class="chart__tip" aria-live="polite">
                    {dynamic(tip)}
                </p>
            </figcaption>
        </figure>
    }
}

/// Returns the style of an element at a horizontal place.
fn place(x: i64) -> String {
    // Integers: code that formats fractions is large.
    let permille = x * 1_000 / WIDTH;
    format!("left: {}.{}%", permille / 10, permille % 10)
}

/// Moves to another point: by the arrow keys, and to the first and the last one by Home and End.
fn choose_by_key(event: &ev::KeyboardEvent, chosen: RwSignal<Option<usize>>, data: Signal<ChartData>) {
    let last = data.with_untracked(|data| data.times.len()).saturating_sub(1);
    let point = chosen.get_untracked();
    let next = match event.key().as_str() {
        "ArrowLeft" => Some(point.map_or(last, |point| point.saturating_sub(1))),
        "ArrowRight" => Some(point.map_or(0, |point| (point + 1).min(last))),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" => None,
        _ => return,
    };
    event.prevent_default();
    chosen.set(next);
}

fn choose_by_pointer(event: &ev::MouseEvent, chosen: RwSignal<Option<usize>>, data: Signal<ChartData>) {
    let plot = event.current_target().and_then(|plot| plot.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(plot) = plot {
        let x = i64::from(event.offset_x()) * WIDTH / i64::from(plot.offset_width()).max(1);
        chosen.set(Some(data.with_untracked(|data| data.point_at(x))));
    }
}

/// Describes a chart in words: `Blocks and allocations: Blocks 12 in all, at most 5, 1 now; …`
fn describe(label: &str, data: &ChartData) -> String {
    let one = |series: &Series| {
        let max = series.values.iter().max().copied().unwrap_or(0);
        let min = series.values.iter().min().copied().unwrap_or(0);
        let sum = series.values.iter().sum::<i64>();
        let now = series.values.last().copied().unwrap_or(0);
        match data.is_level {
            true => texts::chart_level(series.name, now, min, max),
            false => texts::chart_sum(series.name, sum, max, now),
        }
    };
    format!("{label}. {}", data.series.iter().map(one).collect::<Vec<_>>().join("; "))
}

/// Returns the columns of one of several series as an SVG path.
fn columns(data: &ChartData, values: &[i64], line: i64, lines: i64, top: i64) -> String {
    let mut path = String::new();
    for (point, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let begin = data.x(data.times.get(point).copied().unwrap_or(data.until));
        let end = data.x(data.times.get(point + 1).copied().unwrap_or(data.until));
        let width = ((end - begin - 2) / lines).max(1);
        let height = (value * HEIGHT / top).max(2);
        path.push_str(&format!("M{} {HEIGHT}v-{height}h{width}v{height}z", begin + line * width));
    }
    path
}

/// Returns the steps of a level as an SVG path.
fn steps(data: &ChartData, levels: &[i64], top: i64) -> String {
    // Leaves room for half the line's width at the top and the bottom.
    let y = |level: i64| HEIGHT - 1 - level.max(0) * (HEIGHT - 2) / top;
    let mut path = format!("M0 {}", y(levels.first().copied().unwrap_or(0)));
    for (time, level) in data.times.iter().zip(levels) {
        path.push_str(&format!("H{}V{}", data.x(*time), y(*level)));
    }
    path.push_str("H600");
    path
}

/// Returns the data of a level from its times and values.
pub fn level_data(name: &'static str, points: &[(i64, i64)]) -> ChartData {
    let (times, values): (Vec<_>, Vec<_>) = points.iter().copied().unzip();
    let until = times.last().copied().unwrap_or(0);
    ChartData { times, until, series: vec![Series { name, class: "", values }], is_level: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(values: Vec<Vec<i64>>, is_level: bool) -> ChartData {
        let count = values.first().map_or(0, Vec::len) as i64;
        let series = values.into_iter().map(|values| Series { name: "Blocks", class: "", values }).collect();
        let times = (0..count).map(|point| 1_763_820_000 + point * 60).collect();
        ChartData { times, until: 1_763_820_000 + count * 60, series, is_level }
    }

    #[test]
    fn columns_stand_side_by_side_and_none_is_lost() {
        assert_eq!(data(vec![vec![0, 10]], false).path(0), "M300 120v-120h298v120z");
        assert_eq!(data(vec![vec![1_000, 0], vec![1, 0]], false).path(1), "M149 120v-2h149v2z");
        assert_eq!(data(vec![vec![]], false).path(0), "");
    }

    #[test]
    fn a_level_holds_until_it_changes() {
        let mut level = level_data("Available", &[(0, 10), (50, 5), (100, 5)]);
        assert_eq!(level.path(0), "M0 1H0V1H300V60H600V60H600");
        level.times.clear();
        assert_eq!((level.point_at(300), level.text(0).as_str()), (0, ""));
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (max, top) in [(0, 2), (3, 4), (5, 6), (7, 10), (11, 20), (650, 1_000)] {
            assert_eq!(data(vec![vec![max]], false).top(), top, "{max}");
        }
    }

    #[test]
    fn a_point_is_found_by_its_place_and_has_a_text() {
        let data = data(vec![vec![3, 5, 1]], false);
        let points = [0, 199, 200, 599, 600].map(|x| data.point_at(x));
        assert_eq!(points, [0, 0, 1, 2, 2]);
        assert_eq!([0, 1, 2].map(|point| data.point_x(point)), [100, 300, 500]);
        assert_eq!(data.text(1), "22 Nov 14:01: Blocks 5");
    }

    #[test]
    fn the_time_axis_has_round_times() {
        let labels = |from: i64, until: i64| {
            let data = ChartData { times: vec![from], until, series: Vec::new(), is_level: true };
            data.time_marks().into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        // 22 Nov 2025, 14:00 UTC.
        let from = 1_763_820_000;
        assert_eq!(labels(from + 120, from + 3_720), ["14:10", "14:20", "14:30", "14:40", "14:50", "15:00"]);
        assert_eq!(labels(from, from + 54_000), ["15:00", "18:00", "21:00", "00:00", "03:00"]);
        assert_eq!(labels(from, from + 7 * 86_400).len(), 3);
        assert_eq!(labels(from, from), [""; 0]);
    }

    #[test]
    fn a_chart_has_a_description_in_words() {
        let data = data(vec![vec![3, 5, 1]], false);
        assert_eq!(describe("Last hour", &data), "Last hour. Blocks: 9 in all, at most 5, 1 now");
    }
}
