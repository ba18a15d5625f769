use crate::memo::memo;
use api::Time;
use api::time::{Civil, at as time_at, seconds};
use leptos::prelude::*;
use std::time::Duration;

/// The current time, updated every second. `None` until hydration: the server and the first render in the
/// browser show absolute times, so that their HTML is the same.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<Option<Time>>);

impl Clock {
    /// Provides the clock as a context and starts it in the browser.
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

    /// Returns the clock from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Returns the current time, or `None` before hydration. Tracks it.
    pub fn now(self) -> Option<Time> {
        self.0.get()
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns the current time of the browser.
pub fn now() -> Time {
    time_at((js_sys::Date::now() / 1_000.0) as i64)
}

/// Returns the seconds from `earlier` to `later`.
pub fn seconds_between(later: Time, earlier: Time) -> i64 {
    seconds(later) - seconds(earlier)
}

fn month(civil: Civil) -> &'static str {
    MONTHS.get(civil.month as usize - 1).copied().unwrap_or_default()
}

/// Formats a time: `22 Nov 2025 14:05:09 UTC`.
pub fn format_utc(time: Time) -> String {
    let civil = Civil::of(time);
    let Civil { year, day, hour, minute, second, .. } = civil;
    format!("{day} {} {year} {hour:02}:{minute:02}:{second:02} UTC", month(civil))
}

/// Formats a time as RFC 3339: `2025-11-22T14:05:09Z`.
fn rfc3339(time: Time) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Formats a time without year and seconds: `22 Nov 14:05`.
fn short_date(time: Time) -> String {
    let civil = Civil::of(time);
    format!("{} {} {}", civil.day, month(civil), clock(time))
}

/// Formats the time of day: `14:05`.
fn clock(time: Time) -> String {
    let Civil { hour, minute, .. } = Civil::of(time);
    format!("{hour:02}:{minute:02}")
}

/// Formats a time relative to `now`: `just now`, `5 min ago`, `3 h ago`. Older times are shown as dates.
fn ago(time: Time, now: Time) -> String {
    match seconds_between(now, time) {
        ..45 => "just now".to_owned(),
        seconds @ ..3_600 => format!("{} min ago", (seconds / 60).max(1)),
        seconds @ ..86_400 => format!("{} h ago", seconds / 3_600),
        seconds @ ..604_800 => format!("{} d ago", seconds / 86_400),
        _ => short_date(time),
    }
}

/// Formats the remaining time: `59:07`, `3 h 20 min`, `2 d 5 h`. Returns `None` after `until`.
fn remaining(until: Time, now: Time) -> Option<String> {
    let seconds = seconds_between(until, now);
    match seconds {
        ..=0 => None,
        1..3_600 => Some(format!("{}:{:02}", seconds / 60, seconds % 60)),
        3_600..86_400 => Some(format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60)),
        _ => Some(format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600)),
    }
}

/// An exact time, such as `22 Nov 2025 14:05:09 UTC`, for pages that are not hydrated.
#[cfg(feature = "ssr")]
#[component]
pub fn ExactTime(
    /// The time.
    at: Time,
) -> impl IntoView {
    view! { <time datetime=rfc3339(at)>{format_utc(at)}</time> }
}

/// The time since an event, with the exact time as a tooltip.
#[component]
pub fn RelativeTime(
    /// The time of the event.
    at: Time,
) -> impl IntoView {
    let clock = Clock::expect();
    let text = memo(move || clock.now().map_or_else(|| short_date(at), |now| ago(at, now)));
    view! {
        <time datetime=rfc3339(at) title=format_utc(at)>
            {text}
        </time>
    }
}

/// A time of day, such as `14:05`, with the exact time as a tooltip.
#[component]
pub fn TimeOfDay(
    /// The time.
    at: Time,
) -> impl IntoView {
    view! {
        <time datetime=rfc3339(at) title=format_utc(at)>
            {format!("{} UTC", clock(at))}
        </time>
    }
}

/// A countdown.
#[component]
pub fn TimeLeft(
    /// The end of the countdown.
    until: Time,
) -> impl IntoView {
    let clock = Clock::expect();
    let text = memo(move || match clock.now() {
        None => short_date(until),
        Some(now) => remaining(until, now).unwrap_or_else(|| "time is up".to_owned()),
    });
    let soon = memo(move || clock.now().is_some_and(|now| seconds_between(until, now) < 120));
    view! {
        <time class="time-left" class:time-left--soon=soon datetime=rfc3339(until) title=format_utc(until)>
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
        assert_eq!(format_utc(at(0)), "22 Nov 2025 14:05:09 UTC");
        assert_eq!(rfc3339(at(0)), "2025-11-22T14:05:09Z");
        assert_eq!(short_date(at(0)), "22 Nov 14:05");
        assert_eq!(ago(at(0), at(-3)), "just now");
        assert_eq!(ago(at(0), at(60)), "1 min ago");
        assert_eq!(ago(at(0), at(3_599)), "59 min ago");
        assert_eq!(ago(at(0), at(7_300)), "2 h ago");
        assert_eq!(ago(at(0), at(90_000)), "1 d ago");
        assert_eq!(ago(at(0), at(700_000)), "22 Nov 14:05");
    }

    #[test]
    fn time_left_counts_down() {
        assert_eq!(remaining(at(0), at(0)), None);
        assert_eq!(remaining(at(0), at(9)), None);
        assert_eq!(remaining(at(67), at(0)).as_deref(), Some("1:07"));
        assert_eq!(remaining(at(12_000), at(0)).as_deref(), Some("3 h 20 min"));
        assert_eq!(remaining(at(190_800), at(0)).as_deref(), Some("2 d 5 h"));
    }
}
