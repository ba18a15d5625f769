use leptos::prelude::*;

/// Returns thousandths of `max`. A value above 0 gets a visible minimum.
fn share(value: i64, max: i64) -> i64 {
    if value <= 0 || max <= 0 {
        return 0;
    }
    let thousandths = i128::from(value) * 1000 / i128::from(max);
    i64::try_from(thousandths).unwrap_or(1000).clamp(4, 1000)
}

/// A stacked bar of available, held and sold units. An SVG, whose widths need no inline styles. Hidden from screen readers, which read the figures next to it.
#[component]
pub fn StockBar(
    /// Units available, in temporary blocks, in permanent blocks.
    parts: [i64; 3],
    /// The sum that fills the bar.
    max: i64,
) -> impl IntoView {
    let mut x = 0;
    let classes = ["bar__available", "bar__held", "bar__sold"];
    let part = |(value, class): (i64, &'static str)| {
        let (from, width) = (x, share(value, max));
        x += width;
        view! { <rect class=class x=from width=width height="10" /> }
    };
    let parts = parts.into_iter().zip(classes).map(part).collect_view();
    view! {
        <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            {parts}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_stay_within_the_bar() {
        assert_eq!(share(0, 10), 0);
        assert_eq!(share(1, 1_000_000), 4);
        assert_eq!(share(5, 10), 500);
        assert_eq!(share(10, 10), 1000);
        assert_eq!(share(11, 10), 1000);
        assert_eq!(share(1, 0), 0);
        assert_eq!(share(i64::MAX, i64::MAX), 1000);
    }
}
