//! Tests of the planner against the enumeration of every division of the units.

use super::evaluate::Key;
use super::*;
use crate::WarehouseId;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

/// Units by warehouse and item.
type Units = Vec<Vec<u32>>;

fn rules(policy: SourcingPolicy, mode: AllocationMode) -> SourcingRules {
    SourcingRules { policy, max_parcels: None, split_lines: true, mode }
}

fn whole(policy: SourcingPolicy) -> SourcingRules {
    rules(policy, AllocationMode::Whole)
}

fn warehouse(id: i64, priority: i32, distance: Option<u32>, units: &[i32]) -> SourcingWarehouse {
    let available = (1..).zip(units).map(|(item, units)| (ItemId(item), *units)).collect();
    SourcingWarehouse { id: WarehouseId(id), priority, distance, available }
}

fn demand(units: &[i32]) -> BTreeMap<ItemId, i32> {
    (1..).zip(units).map(|(item, units)| (ItemId(item), *units)).collect()
}

/// Returns the warehouses of the first plan.
fn chosen(demand_units: &[i32], warehouses: &[SourcingWarehouse], rules: SourcingRules) -> Vec<i64> {
    let sourcing = plan_sourcing(&demand(demand_units), warehouses, rules, 1);
    let parcels = sourcing.plans.first().map(|plan| plan.parcels.as_slice()).unwrap_or_default();
    parcels.iter().map(|parcel| parcel.warehouse.0).collect()
}

#[test]
fn each_policy_has_its_own_best_plan() {
    let warehouses = [
        warehouse(1, 0, Some(900), &[2, 0]),
        warehouse(2, 5, Some(100), &[1, 1]),
        warehouse(3, 9, Some(500), &[3, 3]),
        warehouse(4, 1, None, &[0, 9]),
    ];
    assert_eq!(chosen(&[3, 2], &warehouses, whole(SourcingPolicy::FewestParcels)), [3]);
    assert_eq!(chosen(&[3, 2], &warehouses, whole(SourcingPolicy::Priority)), [1, 4, 2]);
    assert_eq!(chosen(&[3, 2], &warehouses, whole(SourcingPolicy::Nearest)), [2, 3]);
    assert_eq!(chosen(&[3, 2], &warehouses, whole(SourcingPolicy::HighestStock)), [4, 3]);
    let one = SourcingRules { max_parcels: NonZeroU32::new(1), ..whole(SourcingPolicy::Priority) };
    assert_eq!(chosen(&[3, 2], &warehouses, one), [3]);
    let unsplit = SourcingRules { split_lines: false, ..whole(SourcingPolicy::Priority) };
    assert_eq!(chosen(&[2, 2], &warehouses, unsplit), [1, 4]);
}

#[test]
fn a_plan_is_whole_or_states_what_is_missing() {
    let warehouses = [warehouse(1, 0, None, &[2, 0]), warehouse(2, 0, None, &[1, 1])];
    let whole = plan_sourcing(&demand(&[4, 1]), &warehouses, whole(SourcingPolicy::Priority), 3);
    assert_eq!(whole, Sourcing { plans: Vec::new(), is_optimal: true });
    let partial = rules(SourcingPolicy::Priority, AllocationMode::Partial);
    let partial = plan_sourcing(&demand(&[4, 1]), &warehouses, partial, 3);
    let missing: Vec<_> = partial.plans.iter().map(|plan| plan.missing.clone()).collect();
    assert_eq!(missing, [demand(&[1]), demand(&[2, 1]), demand(&[3])]);
}

#[test]
fn a_demand_without_units_has_a_plan_without_parcels() {
    let plan = |demand_units: &[i32], wanted| {
        plan_sourcing(&demand(demand_units), &[], whole(SourcingPolicy::Nearest), wanted)
    };
    assert_eq!(plan(&[], 2).plans, [SourcingPlan::default()]);
    assert_eq!(plan(&[0, -1], 2).plans, [SourcingPlan::default()]);
    assert_eq!(plan(&[1], 2).plans, []);
    assert_eq!(plan(&[], 0).plans, []);
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let max = i32::MAX;
    let warehouses: Vec<_> = (1..=20).map(|id| warehouse(id, max, Some(u32::MAX), &[max; 9])).collect();
    for policy in SourcingPolicy::ALL {
        assert_eq!(chosen(&[max; 9], &warehouses, whole(policy)), [1]);
    }
}

/// Twenty warehouses of which each has one item of twenty: each set of them is a different plan.
#[test]
fn the_work_is_bounded() {
    let units = |id: usize| (0..20).map(|item| i32::from(item == id)).collect::<Vec<_>>();
    let warehouses: Vec<_> = (0..20_u8)
        .map(|id| warehouse(i64::from(id), 0, Some(u32::from(id)), &units(usize::from(id))))
        .collect();
    for policy in SourcingPolicy::ALL {
        let sourcing = plan_sourcing(&demand(&[1; 20]), &warehouses, whole(policy), 5);
        assert_eq!(sourcing.plans.len(), 1, "{policy:?}");
        assert!(sourcing.is_optimal, "{policy:?}");
        let partial = rules(policy, AllocationMode::Partial);
        let sourcing = plan_sourcing(&demand(&[2; 20]), &warehouses, partial, 5);
        assert_eq!(sourcing.plans.len(), 5, "{policy:?}");
        assert_eq!(sourcing.plans[0].missing, demand(&[1; 20]));
    }
}

#[test]
fn more_warehouses_than_the_search_covers_have_a_greedy_plan() {
    let warehouses: Vec<_> = (1..=60).map(|id| warehouse(id, 0, None, &[1, 1])).collect();
    for policy in SourcingPolicy::ALL {
        let sourcing = plan_sourcing(&demand(&[60, 59]), &warehouses, whole(policy), 2);
        assert!(!sourcing.is_optimal);
        assert_eq!(sourcing.plans.len(), 1, "{policy:?}");
        assert_eq!(sourcing.plans[0].parcels.len(), 60);
        let limited = SourcingRules { max_parcels: NonZeroU32::new(3), ..whole(policy) };
        assert_eq!(plan_sourcing(&demand(&[3, 2]), &warehouses, limited, 1).plans[0].parcels.len(), 3);
    }
}

/// Returns every division of `demand` units of one item: at most the available units, of one warehouse unless `split`.
fn divisions(available: &[u32], demand: u32, split: bool) -> Vec<Vec<u32>> {
    let Some((first, rest)) = available.split_first() else { return vec![Vec::new()] };
    let of_first = |taken: u32| {
        let after = if split || taken == 0 { demand - taken } else { 0 };
        divisions(rest, after, split).into_iter().map(move |rest| [vec![taken], rest].concat())
    };
    (0..=*first.min(&demand)).flat_map(of_first).collect()
}

/// Returns every plan, as units by warehouse and item.
fn all_plans(warehouses: &[SourcingWarehouse], wanted: &BTreeMap<ItemId, i32>, split: bool) -> Vec<Units> {
    let mut plans: Vec<Units> = vec![vec![Vec::new(); warehouses.len()]];
    for (item, demand) in wanted {
        let available: Vec<_> =
            warehouses.iter().map(|warehouse| warehouse.available[item].unsigned_abs()).collect();
        let divisions = divisions(&available, demand.unsigned_abs(), split);
        let extend = |plan: &Units| {
            let plan = plan.clone();
            divisions.clone().into_iter().map(move |division| {
                let rows = plan.iter().zip(division);
                rows.map(|(row, units)| [row.as_slice(), &[units]].concat()).collect()
            })
        };
        plans = plans.iter().flat_map(extend).collect();
    }
    plans
}

/// Returns the rank of each warehouse: the number of different better measures.
fn ranks(
    warehouses: &[SourcingWarehouse],
    wanted: &BTreeMap<ItemId, i32>,
    policy: SourcingPolicy,
) -> Vec<usize> {
    let stock = |warehouse: &SourcingWarehouse| -> i64 {
        wanted.keys().map(|item| i64::from(warehouse.available[item])).sum()
    };
    let measure = |warehouse: &SourcingWarehouse| match policy {
        SourcingPolicy::FewestParcels => (warehouse.priority.into(), warehouse.distance.unwrap_or(u32::MAX)),
        SourcingPolicy::Priority => (warehouse.priority.into(), 0),
        SourcingPolicy::Nearest => (0, warehouse.distance.unwrap_or(u32::MAX)),
        SourcingPolicy::HighestStock => (-stock(warehouse), 0),
    };
    let stocked = warehouses.iter().filter(|warehouse| stock(warehouse) > 0);
    let measures: BTreeSet<_> = stocked.map(measure).collect();
    let rank = |warehouse| {
        measures.iter().take_while(|better| **better < measure(warehouse)).collect::<Vec<_>>().len()
    };
    warehouses.iter().map(rank).collect()
}

/// Returns the place of a plan in the order of plans.
fn key(plan: &Units, warehouses: &[SourcingWarehouse], ranks: &[usize], policy: SourcingPolicy) -> Key {
    let mut units = vec![0; warehouses.len() + 1];
    let mut ids = Vec::new();
    for ((row, warehouse), rank) in plan.iter().zip(warehouses).zip(ranks) {
        let sum: u64 = row.iter().copied().map(u64::from).sum();
        units[*rank] += sum;
        if sum > 0 {
            ids.push(warehouse.id);
        }
    }
    Key::new(policy, units, ids)
}

fn units_of(plan: &SourcingPlan, warehouses: &[SourcingWarehouse], wanted: &BTreeMap<ItemId, i32>) -> Units {
    let parcel = |id| plan.parcels.iter().find(|parcel| parcel.warehouse == id);
    let units =
        |id, item: &ItemId| parcel(id).and_then(|parcel| parcel.units.get(item)).copied().unwrap_or(0);
    let row = |warehouse: &SourcingWarehouse| {
        wanted.keys().map(|item| units(warehouse.id, item).unsigned_abs()).collect()
    };
    warehouses.iter().map(row).collect()
}

fn any_rules() -> impl Strategy<Value = SourcingRules> {
    let policy = prop::sample::select(SourcingPolicy::ALL.to_vec());
    let mode = prop::sample::select(vec![AllocationMode::Whole, AllocationMode::Partial]);
    (policy, 0..4_u32, any::<bool>(), mode).prop_map(|(policy, max_parcels, split_lines, mode)| {
        SourcingRules { policy, max_parcels: NonZeroU32::new(max_parcels), split_lines, mode }
    })
}

/// Demand and warehouses with at most `units_max` units, few different priorities and few different distances.
fn any_input(
    items: usize,
    warehouses: std::ops::RangeInclusive<usize>,
    units_max: i32,
) -> impl Strategy<Value = (BTreeMap<ItemId, i32>, Vec<SourcingWarehouse>)> {
    let row = (0..3_i32, prop::option::of(0..3_u32), prop::collection::vec(0..=units_max, items));
    let rows = prop::collection::vec(row, warehouses).prop_map(|rows| {
        let row = |(id, (priority, distance, units)): (i64, (i32, Option<u32>, Vec<i32>))| {
            warehouse(id, priority, distance, &units)
        };
        (1..).zip(rows).map(row).collect()
    });
    (prop::collection::vec(1..=units_max, items).prop_map(|units| demand(&units)), rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The first plan is the best of all divisions of the units.
    #[test]
    fn the_first_plan_is_the_best((wanted, warehouses) in any_input(3, 0..=3, 3), rules in any_rules()) {
        let ranks = ranks(&warehouses, &wanted, rules.policy);
        let total: i32 = wanted.values().sum();
        let max_parcels = rules.max_parcels.map_or(usize::MAX, |max| max.get() as usize);
        let accepted = |plan: &&Units| {
            let units: u32 = plan.iter().flatten().sum();
            let parcels = plan.iter().filter(|row| row.iter().any(|units| *units > 0)).count();
            let has_units = match rules.mode {
                AllocationMode::Whole => units == total.unsigned_abs(),
                AllocationMode::Partial => units > 0,
            };
            has_units && parcels <= max_parcels
        };
        let all = all_plans(&warehouses, &wanted, rules.split_lines);
        let best = all.iter().filter(accepted).map(|plan| key(plan, &warehouses, &ranks, rules.policy)).min();
        let sourcing = plan_sourcing(&wanted, &warehouses, rules, 1);
        prop_assert!(sourcing.is_optimal);
        let first = sourcing.plans.first().map(|plan| units_of(plan, &warehouses, &wanted));
        prop_assert_eq!(first.map(|plan| key(&plan, &warehouses, &ranks, rules.policy)), best);
    }

    /// The plans are ascending, different, and independent of the number of plans and of the order of the warehouses.
    #[test]
    fn the_list_of_plans_is_deterministic(
        (wanted, warehouses) in any_input(4, 0..=7, 6),
        rules in any_rules(),
        rotation in 0..7_usize,
    ) {
        let plans = plan_sourcing(&wanted, &warehouses, rules, 1_000).plans;
        let ranks = ranks(&warehouses, &wanted, rules.policy);
        let key = |plan| key(&units_of(plan, &warehouses, &wanted), &warehouses, &ranks, rules.policy);
        prop_assert!(plans.is_sorted_by(|a, b| key(a) < key(b)));
        for wanted_plans in [1, 2, 5] {
            let first = plan_sourcing(&wanted, &warehouses, rules, wanted_plans).plans;
            prop_assert_eq!(&first, &plans[..plans.len().min(wanted_plans)]);
        }
        let mut rotated = warehouses.clone();
        rotated.rotate_left(rotation.min(warehouses.len()));
        prop_assert_eq!(plan_sourcing(&wanted, &rotated, rules, 1_000).plans, plans);
    }

    /// No plan takes more than is available or requested, and each states the units that it lacks. This holds for searches
    /// that are not exact, too.
    #[test]
    fn a_plan_takes_only_units_that_exist(
        (wanted, warehouses) in any_input(5, 0..=30, 9),
        rules in any_rules(),
    ) {
        let sourcing = plan_sourcing(&wanted, &warehouses, rules, 3);
        for plan in &sourcing.plans {
            let parcels = plan.parcels.len();
            prop_assert!(rules.max_parcels.is_none_or(|max| parcels <= max.get() as usize));
            let mut taken = plan.missing.clone();
            let mut sources = BTreeMap::<ItemId, usize>::new();
            for parcel in &plan.parcels {
                let warehouse = warehouses.iter().find(|warehouse| warehouse.id == parcel.warehouse);
                let available = &warehouse.expect("a candidate").available;
                prop_assert!(!parcel.units.is_empty());
                for (item, units) in &parcel.units {
                    prop_assert!(*units > 0 && *units <= available[item]);
                    *taken.entry(*item).or_default() += units;
                    *sources.entry(*item).or_default() += 1;
                }
            }
            prop_assert_eq!(&taken, &wanted);
            prop_assert!(rules.split_lines || sources.values().all(|sources| *sources == 1));
            prop_assert!(rules.mode == AllocationMode::Partial || plan.missing.is_empty());
        }
    }

    /// More than 20 warehouses: the plan has every unit that the warehouses have, unless the parcels are limited.
    #[test]
    fn a_greedy_plan_has_the_most_units(
        (wanted, warehouses) in any_input(4, 21..=40, 60),
        policy in prop::sample::select(SourcingPolicy::ALL.to_vec()),
    ) {
        let sourcing = plan_sourcing(&wanted, &warehouses, rules(policy, AllocationMode::Partial), 1);
        let units = |item: &ItemId| warehouses.iter().map(|warehouse| warehouse.available[item]).sum::<i32>();
        let missing = wanted.iter().map(|(item, demand)| (*item, demand - units(item)));
        let missing: BTreeMap<_, _> = missing.filter(|(_, missing)| *missing > 0).collect();
        prop_assert_eq!(sourcing.plans.first().map(|plan| plan.missing.clone()), Some(missing));
    }
}
