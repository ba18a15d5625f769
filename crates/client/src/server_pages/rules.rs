//! The rules of a shop: thresholds and durations that concern each person.

use crate::format::format_integer;
use crate::texts;
use leptos::prelude::*;

/// The thresholds and durations in force.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShopRules {
    /// The units on hand up to which an item is low, unless it has a threshold of its own; 0 for never.
    pub low_stock: i64,
    /// The minutes of a hold without another time.
    pub hold_minutes: i64,
    /// The most days of a hold.
    pub hold_days_max: i64,
    /// The most units of a hold; `None` without a limit.
    pub hold_units_max: Option<i64>,
    /// The most holds with one reference.
    pub reference_holds_max: i64,
    /// The most hours of a cart with a running payment.
    pub cart_hours_max: i64,
    /// The most units of a write-off without the permission for larger ones.
    pub write_off_units_max: i64,
    /// The days for which notifications are shown.
    pub notification_days: i64,
    /// The most bytes of an imported file.
    pub import_bytes_max: u64,
    /// The days for which the file and the rows of an import are stored.
    pub import_days: i64,
}

impl ShopRules {
    pub(super) fn view(self) -> impl IntoView {
        let unlimited = || texts::rule_unlimited().to_owned();
        let low = match self.low_stock {
            0 => texts::rule_never().to_owned(),
            units => format_integer(units),
        };
        let facts = [
            (texts::low_stock_at(), low),
            (texts::rule_hold_minutes(), format_integer(self.hold_minutes)),
            (texts::rule_hold_days(), format_integer(self.hold_days_max)),
            (texts::rule_hold_units(), self.hold_units_max.map_or_else(unlimited, format_integer)),
            (texts::rule_reference_holds(), format_integer(self.reference_holds_max)),
            (texts::rule_cart_hours(), format_integer(self.cart_hours_max)),
            (texts::rule_write_off(), format_integer(self.write_off_units_max)),
            (texts::rule_notification_days(), format_integer(self.notification_days)),
            (texts::rule_import_megabytes(), format_integer((self.import_bytes_max >> 20) as i64)),
            (texts::rule_import_days(), format_integer(self.import_days)),
        ];
        let facts = facts.map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                </div>
            }
        });
        view! {
            <section class="panel" aria-labelledby="rules">
                <h2 id="rules">{texts::rules()}</h2>
                <p>{texts::rules_hint()}</p>
                <dl class="facts">{facts.into_iter().collect_view()}</dl>
            </section>
        }
    }
}
