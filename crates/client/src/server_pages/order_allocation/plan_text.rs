//! Plans as texts: of a hidden field, and in words.

use super::model::SourcingPlace;
use crate::format::format_integer;
use crate::texts;
use api::{Parcel, SourcingPlan, SourcingPolicy};

/// The character between the stock levels of [`plan_text`].
pub const PLAN_LEVELS_SEPARATOR: char = ' ';

/// Returns the units of a plan as the text of a field: item, warehouse and units of each stock level, as in `7.1.5 8.2.1`.
pub(super) fn plan_text(plan: &SourcingPlan) -> String {
    let parcel = |parcel: &Parcel| {
        let line =
            |line: &api::ParcelLine| format!("{}.{}.{}", line.item_id, parcel.warehouse_id, line.quantity);
        parcel.lines.iter().map(line).collect::<Vec<_>>()
    };
    let levels: Vec<_> = plan.parcels.iter().flat_map(parcel).collect();
    levels.join(&PLAN_LEVELS_SEPARATOR.to_string())
}

/// Returns the size of a plan and its warehouses: `2 parcels, from BER-1 and HAM-1`.
pub(super) fn headline(plan: &SourcingPlan) -> String {
    let codes: Vec<_> = plan.parcels.iter().map(|parcel| parcel.warehouse_code.clone()).collect();
    match codes.is_empty() {
        true => texts::no_parcel().to_owned(),
        false => texts::parcels_from(plan.parcels.len() as i64, &listed(&codes)),
    }
}

/// Lists words: `a`, `a and b`, `a, b and c`.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., last] => texts::listed(&words.join(", "), last),
    }
}

/// Returns why the best plan by a policy is the best. `is_exact`: the search covered all plans.
pub(super) fn reason(
    plan: &SourcingPlan,
    policy: SourcingPolicy,
    places: &[SourcingPlace],
    is_exact: bool,
) -> String {
    let with = |text: fn(&SourcingPlace) -> String| {
        let place = |parcel: &Parcel| places.iter().find(|place| place.id == parcel.warehouse_id).map(text);
        listed(&plan.parcels.iter().filter_map(place).collect::<Vec<_>>())
    };
    match policy {
        SourcingPolicy::FewestParcels if is_exact => texts::fewest_possible().to_owned(),
        SourcingPolicy::FewestParcels => texts::fewest_found().to_owned(),
        SourcingPolicy::Priority => texts::first_by_priority(&with(|place| {
            format!("{} {}", place.code, format_integer(place.priority))
        })),
        SourcingPolicy::Nearest => texts::nearest_are(&with(distance)),
        SourcingPolicy::HighestStock => texts::has_highest_stock().to_owned(),
    }
}

/// Returns the distance of a warehouse: `12 km`.
fn distance(place: &SourcingPlace) -> String {
    match place.metres {
        None => texts::unknown_distance().to_owned(),
        Some(metres) if metres < 1_000 => format!("{metres} m"),
        Some(metres) => format!("{} km", format_integer((metres + 500) / 1_000)),
    }
}

/// Returns how a plan differs from the best one.
pub(super) fn difference(plan: &SourcingPlan, best: &SourcingPlan) -> String {
    let missing = |plan: &SourcingPlan| plan.missing.iter().map(|line| i64::from(line.quantity)).sum::<i64>();
    let (lacks, more) =
        (missing(plan) - missing(best), plan.parcels.len() as i64 - best.parcels.len() as i64);
    if lacks > 0 {
        return texts::units_less(lacks);
    }
    match more {
        0 => texts::parcels_equal().to_owned(),
        1.. => texts::parcels_more(more),
        less => texts::parcels_less(-less),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::ParcelLine;

    fn plan(parcels: &[(i64, &str)], missing: i32) -> SourcingPlan {
        let line = |quantity| ParcelLine { item_id: 7, sku: None, quantity };
        let parcel = |(id, code): &(i64, &str)| Parcel {
            warehouse_id: *id,
            warehouse_code: (*code).to_owned(),
            lines: vec![line(2)],
        };
        SourcingPlan {
            fills: missing == 0,
            parcels: parcels.iter().map(parcel).collect(),
            missing: (missing > 0).then(|| line(missing)).into_iter().collect(),
        }
    }

    #[test]
    fn plans_are_described_in_words() {
        let (one, three) = (plan(&[(1, "MAIN")], 0), plan(&[(1, "MAIN"), (2, "HAM"), (3, "BER")], 0));
        assert_eq!(headline(&one), "1 parcel, from MAIN");
        assert_eq!(headline(&three), "3 parcels, from MAIN, HAM and BER");
        assert_eq!(plan_text(&three), "7.1.2 7.2.2 7.3.2");
        assert_eq!(difference(&three, &one), "2 parcels more than the best plan");
        assert_eq!(difference(&plan(&[(1, "MAIN")], 1), &three), "1 unit less than the best plan");
        let places = [
            SourcingPlace { id: 1, code: "MAIN".to_owned(), priority: -1, metres: Some(12_300) },
            SourcingPlace { id: 2, code: "HAM".to_owned(), priority: 1_000, metres: None },
        ];
        let two = plan(&[(1, "MAIN"), (2, "HAM")], 0);
        let because = |policy| reason(&two, policy, &places, true);
        assert_eq!(because(SourcingPolicy::Nearest), "nearest: 12 km and unknown distance");
        assert_eq!(because(SourcingPolicy::Priority), "first by priority: MAIN \u{2212}1 and HAM 1,000");
        assert_eq!(because(SourcingPolicy::FewestParcels), "fewest possible");
        assert_eq!(reason(&two, SourcingPolicy::FewestParcels, &places, false), "fewest found");
    }
}
