//! Charts as SVG text, without a script.

use std::fmt::Write as _;

/// A chart's size, and the margins around its field.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;

/// The number of colours for lines in the style sheet.
pub const COLOURS: usize = 10;

/// One line of a chart.
#[derive(Debug, Clone)]
pub struct Line {
    /// The name in the legend.
    pub name: String,
    /// The points, by ascending x.
    pub points: Vec<(f64, f64)>,
}

/// A tick of an axis: its position, from 0 to 1, and its label.
pub type Tick = (f64, String);

/// One axis: the position of each value, from 0 to 1, and the ticks.
pub struct Axis {
    /// The title.
    pub title: &'static str,
    /// Returns the position of a value.
    pub position: Box<dyn Fn(f64) -> f64>,
    /// The ticks.
    pub ticks: Vec<Tick>,
}

/// Draws lines between two axes.
pub fn chart(lines: &[Line], x: &Axis, y: &Axis) -> String {
    let across = |part: f64| LEFT + part.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT);
    let up = |part: f64| HEIGHT - BOTTOM - part.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">");
    // Writing to a string can't fail.
    for (part, text) in &x.ticks {
        let at = across(*part);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            up(0.0),
            up(1.0),
            HEIGHT - BOTTOM + 16.0,
            escape(text)
        );
    }
    for (part, text) in &y.ticks {
        let at = up(*part);
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            across(0.0),
            across(1.0),
            LEFT - 6.0,
            at + 4.0,
            escape(text)
        );
    }
    for (index, line) in lines.iter().enumerate() {
        let points: Vec<String> = line
            .points
            .iter()
            .map(|(a, b)| format!("{:.1},{:.1}", across((x.position)(*a)), up((y.position)(*b))))
            .collect();
        let _ = write!(
            svg,
            "<polyline class=\"line c{}\" points=\"{}\"><title>{}</title></polyline>",
            index % COLOURS,
            points.join(" "),
            escape(&line.name)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} → {}</text></svg>",
        across(0.5),
        HEIGHT - 6.0,
        escape(y.title),
        escape(x.title)
    );
    svg
}

/// An axis of percentiles on which each further nine takes the same length.
pub fn percentiles() -> Axis {
    let position = |percent: f64| -((1.0 - percent / 100.0).max(1e-5)).log10() / 5.0;
    let ticks =
        [0.0, 90.0, 99.0, 99.9, 99.99, 99.999].map(|percent| (position(percent), format!("{percent} %")));
    Axis { title: "percentile", position: Box::new(position), ticks: ticks.to_vec() }
}

/// An axis of times in nanoseconds, with the same length for each power of ten, from the one below `low` to the one
/// above `high`.
pub fn times(low: f64, high: f64) -> Axis {
    let bottom = low.max(1.0).log10().floor();
    let top = high.max(10.0).log10().ceil().max(bottom + 1.0);
    let position = move |value: f64| (value.max(1.0).log10() - bottom) / (top - bottom);
    let ticks = (bottom as i32..=top as i32)
        .map(|power| {
            let text = match power {
                9.. => format!("{} s", 10_u64.pow(power.abs_diff(9))),
                6.. => format!("{} ms", 10_u64.pow(power.abs_diff(6))),
                3.. => format!("{} µs", 10_u64.pow(power.abs_diff(3))),
                _ => format!("{} ns", 10_u64.pow(power.unsigned_abs())),
            };
            (position(10_f64.powi(power)), text)
        })
        .collect();
    Axis { title: "latency", position: Box::new(position), ticks }
}

/// An axis from 0 to `high` with ticks at round values.
pub fn linear(title: &'static str, high: f64, unit: &str) -> Axis {
    let high = high.max(1e-9);
    let power = 10_f64.powf((high / 4.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| high / step <= 5.0)
        .unwrap_or(high);
    let end = (high / step).ceil() * step;
    let ticks = (0..=(end / step).round() as u32)
        .map(|index| {
            let value = f64::from(index) * step;
            (value / end, format!("{}{unit}", super::figure(value)))
        })
        .collect();
    Axis { title, position: Box::new(move |value| value / end), ticks }
}

/// Text between tags.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_marks() {
        let texts = |axis: Axis| axis.ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(linear("t", 9.3, " s")), ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]);
        assert_eq!(texts(times(150_000.0, 2e9)), ["100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"]);
        assert!((percentiles().ticks[1].0 - 0.2).abs() < 1e-9);
    }

    #[test]
    fn names_are_escaped() {
        let line = Line { name: "a<b".into(), points: vec![(0.0, 0.0), (1.0, 1.0)] };
        assert!(
            chart(&[line], &linear("s", 1.0, ""), &linear("n", 1.0, "")).contains("<title>a&lt;b</title>")
        );
    }
}
