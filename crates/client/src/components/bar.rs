use leptos::prelude::*;

/// Thousandths of `max`, at least a visible sliver for what is not nothing.
fn share(value: i64, max: i64) -> i64 {
    if value <= 0 || max <= 0 {
        return 0;
    }
    let thousandths = i128::from(value) * 1000 / i128::from(max);
    i64::try_from(thousandths).unwrap_or(1000).clamp(4, 1000)
}

/// How much of the largest value a value is. An SVG, because its width is an attribute and no inline
/// style. The figure stands beside it, so screen readers skip it.
#[component]
pub fn Bar(
    /// The value.
    #[prop(into)]
    value: Signal<i64>,
    /// The largest value around, which fills the bar.
    #[prop(into)]
    max: Signal<i64>,
) -> impl IntoView {
    view! {
        <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar__available" width=move || share(value.get(), max.get()) height="10" />
        </svg>
    }
}

/// What is available, held and sold, side by side, as shares of the largest sum around.
#[component]
pub fn StockBar(
    /// Units available.
    available: i64,
    /// Units in temporary blocks.
    held: i64,
    /// Units in permanent blocks.
    sold: i64,
    /// The largest sum around, which fills the bar.
    #[prop(into)]
    max: Signal<i64>,
) -> impl IntoView {
    let widths = move || {
        let max = max.get();
        [share(available, max), share(held, max), share(sold, max)]
    };
    view! {
        <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar__available" width=move || widths()[0] height="10" />
            <rect class="bar__held" x=move || widths()[0] width=move || widths()[1] height="10" />
            <rect
                class="bar__sold"
                x=move || widths()[0] + widths()[1]
                width=move || widths()[2]
                height="10"
            />
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
