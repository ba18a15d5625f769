use crate::memo::memo;
use api::Time;
use api::time::{Civil, at as time_at, seconds};
use leptos::prelude::*;
use std::time::Duration;

/// The time in the browser, second by second. Before the page has come to life there is none: the server
/// and the first render in the browser both write absolute times, and so agree.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<Option<Time>>);

impl Clock {
    /// Makes the clock known to everything below, and lets it tick in the browser.
    pub fn provide() {
        let time = RwSignal::new(None);
        provide_context(Self(time));
        Effect::new(move |_| {
            time.set(Some(now()));
            let ticking = set_interval_with_handle(move || time.set(Some(now())), Duration::from_secs(1));
            if let Ok(ticking) = ticking {
                on_cleanup(move || ticking.clear());
            }
        });
    }

    /// The clock of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The time, once there is one.
    pub fn now(self) -> Option<Time> {
        self.0.get()
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time in the browser.
pub fn now() -> Time {
    time_at((js_sys::Date::now() / 1_000.0) as i64)
}

/// Seconds from one time to a later one.
pub fn since(later: Time, earlier: Time) -> i64 {
    seconds(later) - seconds(earlier)
}

fn month(civil: Civil) -> &'static str {
    MONTHS.get(civil.month as usize - 1).copied().unwrap_or_default()
}

/// `22 Nov 2025 14:05:09 UTC`
pub fn exact(time: Time) -> String {
    let civil = Civil::of(time);
    let Civil { year, day, hour, minute, second, .. } = civil;
    format!("{day} {} {year} {hour:02}:{minute:02}:{second:02} UTC", month(civil))
}

/// `2025-11-22T14:05:09Z`, for machines.
fn machine(time: Time) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// `22 Nov 14:05`
fn short(time: Time) -> String {
    let civil = Civil::of(time);
    format!("{} {} {}", civil.day, month(civil), clock(time))
}

/// `14:05`
fn clock(time: Time) -> String {
    let Civil { hour, minute, .. } = Civil::of(time);
    format!("{hour:02}:{minute:02}")
}

/// `just now`, `5 min ago`, `3 h ago`, then the date.
fn ago(time: Time, now: Time) -> String {
    match since(now, time) {
        ..45 => "just now".to_owned(),
        seconds @ ..3_600 => format!("{} min ago", (seconds / 60).max(1)),
        seconds @ ..86_400 => format!("{} h ago", seconds / 3_600),
        seconds @ ..604_800 => format!("{} d ago", seconds / 86_400),
        _ => short(time),
    }
}

/// `59:07`, `3 h 20 min`, `2 d 5 h`; nothing once it is over.
fn left(until: Time, now: Time) -> Option<String> {
    let seconds = since(until, now);
    match seconds {
        ..=0 => None,
        1..3_600 => Some(format!("{}:{:02}", seconds / 60, seconds % 60)),
        3_600..86_400 => Some(format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60)),
        _ => Some(format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600)),
    }
}

/// When something happened: how long ago, and exactly on hover.
#[component]
pub fn Ago(
    /// The moment.
    at: Time,
) -> impl IntoView {
    let clock = Clock::expect();
    let text = memo(move || clock.now().map_or_else(|| short(at), |now| ago(at, now)));
    view! {
        <time datetime=machine(at) title=exact(at)>
            {text}
        </time>
    }
}

/// A moment today by the clock: `14:05`, exactly on hover.
#[component]
pub fn Moment(
    /// The moment.
    at: Time,
) -> impl IntoView {
    view! {
        <time datetime=machine(at) title=exact(at)>
            {format!("{} UTC", clock(at))}
        </time>
    }
}

/// How long something still lasts, ticking.
#[component]
pub fn TimeLeft(
    /// When it ends.
    until: Time,
) -> impl IntoView {
    let clock = Clock::expect();
    let text = memo(move || match clock.now() {
        None => short(until),
        Some(now) => left(until, now).unwrap_or_else(|| "time is up".to_owned()),
    });
    let soon = memo(move || clock.now().is_some_and(|now| since(until, now) < 120));
    view! {
        <time class="time-left" class:time-left--soon=soon datetime=machine(until) title=exact(until)>
            {text}
        </time>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        time_at(1_763_820_309 + seconds)
    }

    #[test]
    fn times_are_written_for_people() {
        assert_eq!(exact(at(0)), "22 Nov 2025 14:05:09 UTC");
        assert_eq!(machine(at(0)), "2025-11-22T14:05:09Z");
        assert_eq!(short(at(0)), "22 Nov 14:05");
        assert_eq!(ago(at(0), at(-3)), "just now");
        assert_eq!(ago(at(0), at(60)), "1 min ago");
        assert_eq!(ago(at(0), at(3_599)), "59 min ago");
        assert_eq!(ago(at(0), at(7_300)), "2 h ago");
        assert_eq!(ago(at(0), at(90_000)), "1 d ago");
        assert_eq!(ago(at(0), at(700_000)), "22 Nov 14:05");
    }

    #[test]
    fn time_left_counts_down() {
        assert_eq!(left(at(0), at(0)), None);
        assert_eq!(left(at(0), at(9)), None);
        assert_eq!(left(at(67), at(0)).as_deref(), Some("1:07"));
        assert_eq!(left(at(12_000), at(0)).as_deref(), Some("3 h 20 min"));
        assert_eq!(left(at(190_800), at(0)).as_deref(), Some("2 d 5 h"));
    }
}
