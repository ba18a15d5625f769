use crate::locale::{Locale, seconds_ahead};
use crate::memo::{effect, memo};
use crate::texts;
use api::Time;
use api::time::{Civil, at as time_at, seconds};
use leptos::prelude::*;
use std::time::Duration;

/// The server's current time, updated every second. `None` until hydration: the server and the first render in the
/// browser show absolute times, so that their HTML is the same.
#[derive(Clone, Copy)]
pub struct Clock {
    time: RwSignal<Option<Time>>,
    /// The seconds by which the server's clock is ahead of the browser's.
    ahead: StoredValue<i64>,
}

impl Clock {
    /// Provides the clock as a context and starts it in the browser.
    pub fn provide() {
        let clock = Self { time: RwSignal::new(None), ahead: StoredValue::new(0) };
        provide_context(clock);
        effect(move |_| {
            let tick = move || clock.time.set(Some(clock.read()));
            tick();
            let ticking = set_interval_with_handle(tick, Duration::from_secs(1));
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
        self.time.get()
    }

    /// Returns the current time. Reads it from the browser, so it is not for rendering.
    pub fn read(self) -> Time {
        time_at(browser_seconds() + self.ahead.get_value())
    }

    /// Sets the clock to the server's time in seconds since 1970. The browser's clock may be wrong.
    #[cfg(feature = "hydrate")]
    pub fn set_server_seconds(self, server: i64) {
        self.ahead.set_value(server - browser_seconds());
    }
}

/// Returns the time of the browser's clock in seconds since 1970.
fn browser_seconds() -> i64 {
    (js_sys::Date::now() / 1_000.0) as i64
}

/// Returns the seconds from `earlier` to `later`.
pub fn seconds_between(later: Time, earlier: Time) -> i64 {
    seconds(later) - seconds(earlier)
}

fn month(civil: Civil) -> &'static str {
    let months = [
        texts::month_1,
        texts::month_2,
        texts::month_3,
        texts::month_4,
        texts::month_5,
        texts::month_6,
        texts::month_7,
        texts::month_8,
        texts::month_9,
        texts::month_10,
        texts::month_11,
        texts::month_12,
    ];
    months.get(civil.month as usize - 1).map(|name| name()).unwrap_or_default()
}

/// Converts a time to the person's time zone. Returns the civil time, and the seconds by which the zone is ahead of UTC.
fn local(time: Time) -> (Civil, i64) {
    let ahead = seconds_ahead(&Locale::current().zone, time);
    (Civil::of(time_at(seconds(time) + ahead)), ahead)
}

/// Formats the distance to UTC: `UTC`, `UTC+1`, `UTC−3:30`.
fn zone(ahead: i64) -> String {
    let (hours, minutes) = (ahead.abs() / 3_600, ahead.abs() / 60 % 60);
    match (ahead, minutes) {
        (0, _) => "UTC".to_owned(),
        (ahead, 0) => format!("UTC{}{hours}", if ahead < 0 { '\u{2212}' } else { '+' }),
        (ahead, _) => format!("UTC{}{hours}:{minutes:02}", if ahead < 0 { '\u{2212}' } else { '+' }),
    }
}

/// Formats a time with its time zone: `22 Nov 2025 14:05:09 UTC`.
pub fn format_exact(time: Time) -> String {
    let (civil, ahead) = local(time);
    let Civil { year, day, hour, minute, second, .. } = civil;
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    texts::date_exact(&day.to_string(), month(civil), &year.to_string(), &time, &zone(ahead))
}

/// Formats a time as RFC 3339: `2025-11-22T14:05:09Z`.
pub fn rfc3339(time: Time) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(time);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Formats a time without year and seconds: `22 Nov 14:05`.
pub fn short_date(time: Time) -> String {
    let civil = local(time).0;
    texts::date_short(&civil.day.to_string(), month(civil), &clock(time))
}

/// Formats the day of a time: `22 Nov`.
pub fn day_and_month(time: Time) -> String {
    let civil = local(time).0;
    texts::date_short(&civil.day.to_string(), month(civil), "").trim_end().to_owned()
}

/// Formats a time of today as `14:05`, and another one with its day: `22 Nov 14:05`. Reads the browser's clock, so it is not for
/// rendering.
pub fn time_or_date(time: Time) -> String {
    let day = |time| {
        let Civil { year, month, day, .. } = local(time).0;
        (year, month, day)
    };
    if day(time) == day(time_at(browser_seconds())) { clock(time) } else { short_date(time) }
}

/// Formats the time of day: `14:05`.
pub fn clock(time: Time) -> String {
    let Civil { hour, minute, .. } = local(time).0;
    format!("{hour:02}:{minute:02}")
}

/// Formats a time relative to `now`: `just now`, `5 min ago`, `3 h ago`. Older times are shown as dates.
pub fn ago(time: Time, now: Time) -> String {
    match seconds_between(now, time) {
        ..45 => texts::just_now().to_owned(),
        seconds @ ..3_600 => texts::minutes_ago((seconds / 60).max(1)),
        seconds @ ..86_400 => texts::hours_ago(seconds / 3_600),
        seconds @ ..604_800 => texts::days_ago(seconds / 86_400),
        _ => short_date(time),
    }
}

/// Formats the remaining time: `59:07`, `3 h 20 min`, `2 d 5 h`. Returns `None` after `until`.
fn remaining(until: Time, now: Time) -> Option<String> {
    let seconds = seconds_between(until, now);
    match seconds {
        ..=0 => None,
        1..3_600 => Some(format!("{}:{:02}", seconds / 60, seconds % 60)),
        3_600..86_400 => Some(texts::hours_left(seconds / 3_600, &format!("{:02}", seconds % 3_600 / 60))),
        _ => Some(texts::days_left(seconds / 86_400, seconds % 86_400 / 3_600)),
    }
}

/// Formats the remaining time, or says that it is up.
pub fn time_left(until: Time, now: Time) -> String {
    remaining(until, now).unwrap_or_else(|| texts::time_is_up().to_owned())
}

/// Returns whether a countdown ends within two minutes.
pub fn is_soon(until: Time, now: Time) -> bool {
    seconds_between(until, now) < 120
}

/// An exact time, such as `22 Nov 2025 14:05:09 UTC`, for pages that are not hydrated.
#[cfg(feature = "ssr")]
#[component]
pub fn ExactTime(
    /// The time.
    at: Time,
) -> impl IntoView {
    view! { <time datetime=rfc3339(at)>{format_exact(at)}</time> }
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
        <time datetime=rfc3339(at) title=format_exact(at)>
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
        <time datetime=rfc3339(at) title=format_exact(at)>
            {clock(at)}
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
        Some(now) => time_left(until, now),
    });
    let soon = memo(move || clock.now().is_some_and(|now| is_soon(until, now)));
    view! {
        <time class="time-left" class:time-left--soon=soon datetime=rfc3339(until) title=format_exact(until)>
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
        assert_eq!(format_exact(at(0)), "22 Nov 2025 14:05:09 UTC");
        assert_eq!((zone(3_600), zone(-12_600)), ("UTC+1".to_owned(), "UTC\u{2212}3:30".to_owned()));
        assert_eq!(rfc3339(at(0)), "2025-11-22T14:05:09Z");
        assert_eq!(short_date(at(0)), "22 Nov 14:05");
        assert_eq!(ago(at(0), at(-3)), "just now");
        assert_eq!(ago(at(0), at(60)), "1 min ago");
        assert_eq!(ago(at(0), at(3_599)), "59 min ago");
        assert_eq!(ago(at(0), at(7_300)), "2 h ago");
        assert_eq!(ago(at(0), at(90_000)), "1 day ago");
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
