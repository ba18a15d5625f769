//! The activity of a span, such as since yesterday evening, and the open work.

use crate::components::chart::{Chart, ChartData, Series};
use crate::components::loaded::Loaded;
use crate::components::show::Show;
use crate::components::tabs::Tabs;
use crate::fetch::{Fetched, RefetchOn, fetch};
use crate::fragments::{self, ActivityPart, Fragment, Sold};
use crate::memo::{boxed, derived, effect};
use crate::texts;
use crate::url_state::use_url_state;
use leptos::prelude::*;
use std::time::Duration;

/// The time between two reads of the activity. It is not read after each change: a week is much to read.
const REFRESH_INTERVAL: Duration = Duration::from_secs(60);

/// The spans, and their labels.
const SPANS: [(&str, fn() -> &'static str); 6] = [
    ("", texts::span_evening),
    ("day", texts::period_day),
    ("week", texts::period_week),
    ("this_week", texts::span_this_week),
    ("last_week", texts::span_last_week),
    ("custom", texts::span_custom),
];

/// Fetches the activity of the span in the address.
pub fn fetch_activity() -> Fetched<ActivityPart> {
    let url = use_url_state();
    let refreshed = RwSignal::new(0);
    effect(move |_| {
        let refresh = move || refreshed.update(|count| *count += 1);
        if let Ok(refreshing) = set_interval_with_handle(refresh, REFRESH_INTERVAL) {
            on_cleanup(move || refreshing.clear());
        }
    });
    let key = move || (url.get("span"), url.get("from"), url.get("until"), refreshed.get());
    fetch(RefetchOn::Catalog, key, |(span, from, until, _)| fragments::activity(span, from, until))
}

/// The numbers of a span, each with a link to the list that it sums.
#[component]
pub fn SpanSection(activity: Fetched<ActivityPart>) -> impl IntoView {
    let url = use_url_state();
    let is_custom = move || url.get("span").as_deref() == Some("custom");
    let day = move |name, label: &'static str| {
        let value = move || url.get(name).unwrap_or_default();
        view! { <input class="input" type="date" name=name aria-label=label value=boxed(value) /> }
    };
    view! {
        <section class="section" aria-labelledby="span">
            <header class="section__head">
                <h2 id="span">{texts::activity()}</h2>
                <Tabs label=texts::span() parameter="span" tabs=&SPANS />
            </header>
            <Show when=is_custom>
                <form class="form form--filter" method="get" action="/">
                    <input type="hidden" name="span" value="custom" />
                    {day("from", texts::span_from())}
                    {day("until", texts::span_until())}
                    <button class="button">{texts::show()}</button>
                </form>
            </Show>
            <Loaded from=activity lines=4 let:activity>
                <Fragment html=derived(move || activity.with(|activity| activity.numbers.clone())) />
                <Chart
                    label=Signal::stored(texts::units_sold().to_owned())
                    data=derived(move || activity.with(|activity| chart(&activity.sold)))
                />
            </Loaded>
        </section>
    }
}

fn chart(sold: &Sold) -> ChartData {
    let Sold { times, until, units } = sold.clone();
    let series = vec![Series { name: texts::units_sold(), class: "chart__b", values: units }];
    ChartData { times, until, series, is_level: false }
}

/// The items that run out, the orders that wait, the last receipts, the people, and the last check.
#[component]
pub fn WorkSections(activity: Fetched<ActivityPart>) -> impl IntoView {
    view! {
        <Loaded from=activity lines=6 let:activity>
            <Fragment html=derived(move || activity.with(|activity| activity.work.clone())) />
        </Loaded>
    }
}
